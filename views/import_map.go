package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// MapPath is the page on which somebody says what the columns of a file hold. MappingsPath is the list of the mappings.
const (
	MapPath      = importPath + "/map"
	MappingsPath = importPath + "/mappings"
)

// MapPage is the page of a mapping that is being made.
type MapPage struct {
	Shell Shell
	// ID is that of a kept mapping that is changed. Without a file nothing is shown of values and rows.
	ID           int64
	Upload, Name string // of the file; of a kept mapping its name
	File, Member int
	IsGone       bool // the file is not here any more
	// Problem says why the file cannot be mapped, or why it was not imported.
	Problem  string
	Problems []store.MappingProblem
	Look     store.MappingLook
	Mapping  store.Mapping
	Logs     []store.LogInfo
	List     List // that the rows are shown as
	Now      time.Time
}

// MapURL leads to the page of a mapping for a file of an upload.
func MapURL(f RefusedFile) string {
	address := MapPath + "?upload=" + f.Upload + "&file=" + strconv.Itoa(f.File)
	if f.Member >= 0 {
		address += "&member=" + strconv.Itoa(f.Member)
	}
	return address
}

// problemsOf are the problems of a part of the mapping, as one text. heading is the place of a heading; -1 for none.
func (p MapPage) problemsOf(part string, heading int) string {
	var list []string
	for _, problem := range p.Problems {
		if problem.Part == part && problem.Heading == heading {
			list = append(list, problem.Problem)
		}
	}
	return strings.Join(list, " ")
}

// title heads the page.
func (p MapPage) title() string {
	if p.ID != 0 {
		return "Change the mapping " + p.Name
	}
	return "Say what the columns hold"
}

// action is where the form goes.
func (p MapPage) action() string {
	if p.ID != 0 {
		return mappingURL(p.ID)
	}
	return MapPath
}

func mappingURL(id int64) string { return MappingsPath + "/" + strconv.FormatInt(id, 10) }

// asksDates and asksZone say that the page asks for the order of dates, and for the zone of times. A kept mapping has no file that
// would tell whether it needs them.
func (p MapPage) asksDates() bool {
	return p.ID != 0 || p.Look.Dates != "" || p.Mapping.Dates != "" || p.problemsOf(store.MappingDates, -1) != ""
}

func (p MapPage) asksZone() bool {
	return p.ID != 0 || p.Look.Zone != "" || p.Mapping.Zone != "" || p.problemsOf(store.MappingZone, -1) != ""
}

// missed says how many cells of a column were not understood; empty for none.
func (p MapPage) missed(i int) string {
	if i >= len(p.Look.Understood) || p.Look.Understood[i].Missed == 0 {
		return ""
	}
	c := p.Look.Understood[i]
	return fmt.Sprintf("%d of %s not understood in the first %s, such as %s", c.Missed, Count(int64(c.With), "value", "values"), Count(int64(p.Look.RowsRead), "row", "rows"), strings.Join(c.Examples, "; "))
}

// zoneOptions are the time zones to choose from: UTC, the viewer's, and the one that is chosen.
func zoneOptions(viewers, chosen string) []string {
	options := []string{"UTC"}
	for _, name := range []string{viewers, chosen} {
		if name != "" && !slices.Contains(options, name) {
			options = append(options, name)
		}
	}
	return options
}

// hasColumns says that there is something to map.
func (p MapPage) hasColumns() bool { return len(p.Look.Headings) > 0 }

// mapGroup is a group of fields of the choice.
type mapGroup struct {
	Label  string
	Fields []store.MappedField
}

// fieldGroups are the fields that a column can hold, in groups as the details of a record have them.
func (p MapPage) fieldGroups() (groups []mapGroup) {
	if p.List.Info().Kind() == nil {
		return nil
	}
	for _, f := range p.List.Info().Kind().MappedFields() {
		label := groupOfField(f)
		at := slices.IndexFunc(groups, func(g mapGroup) bool { return g.Label == label })
		if at < 0 {
			at, groups = len(groups), append(groups, mapGroup{Label: label})
		}
		groups[at].Fields = append(groups[at].Fields, f)
	}
	return groups
}

// fieldGroupNames are the beginnings of the names of fields, each with its group. The first that fits counts.
var fieldGroupNames = []struct{ start, group string }{
	{"user", "User"},
	{"signInIdentifier", "User"},
	{"homeTenant", "User"},
	{"initiatedBy", "Initiated by"},
	{"app", "Application and resource"},
	{"resource", "Application and resource"},
	{"location", "Location"},
	{"ipAddress", "Location"},
	{"autonomousSystem", "Location"},
	{"globalSecure", "Location"},
	{"isThroughGlobal", "Location"},
	{"deviceDetail", "Device"},
	{"servicePrincipal", "Service principal"},
	{"managedService", "Service principal"},
	{"federated", "Service principal"},
	{"agent", "Service principal"},
	{"authentication", "Authentication"},
	{"mfa", "Authentication"},
	{"client", "Authentication"},
	{"token", "Authentication"},
	{"incomingToken", "Authentication"},
	{"signInToken", "Authentication"},
	{"originalTransfer", "Authentication"},
}

// groupOfField is the group of a field.
func groupOfField(f store.MappedField) string {
	if f.Of != nil {
		switch f.Of.Block {
		case store.StatusBlock:
			return "Basic info"
		case store.ConditionalAccessBlock:
			return "Conditional Access"
		case store.AuthenticationBlock:
			return "Authentication"
		case store.RiskBlock:
			return "Risk"
		}
	}
	if f.IsTime || f.Name == "id" || f.Name == "correlationId" || f.Name == "result" || strings.HasPrefix(f.Name, "activity") {
		return "Basic info"
	}
	if f.Name == "userAgent" || strings.HasPrefix(f.Name, "appTokenProtection") {
		return "Authentication"
	}
	for _, known := range fieldGroupNames {
		if strings.HasPrefix(f.Name, known.start) {
			return known.group
		}
	}
	return "Further fields"
}

// previewColumns are the columns of the preview: those of the list and those that were mapped, where some row has a value.
func (p MapPage) previewColumns() (columns []Column) {
	kind := p.List.Info().Kind()
	if kind == nil {
		return nil
	}
	properties := slices.Clone(p.List.look().Chosen)
	for _, heading := range p.Look.Headings {
		if f, ok := kind.MappedField(p.Mapping.Fields[heading]); ok && f.Of != nil && !slices.Contains(properties, f.Of) {
			properties = append(properties, f.Of)
		}
	}
	for _, property := range properties {
		c := p.List.column(property)
		hasValue := func(row store.MappedRow) bool {
			if row.Entry == nil {
				return false
			}
			text := p.previewText(c, row.Entry)
			return text != "" && text != Empty
		}
		if slices.ContainsFunc(p.Look.Rows, hasValue) {
			columns = append(columns, c)
		}
	}
	return columns
}

// previewText is a cell of the preview.
func (p MapPage) previewText(c Column, e store.Entry) string {
	if c.Kind == kindStatus {
		kind := p.List.Info().Kind()
		return kind.StatusInfo(kind.StatusOf(e)).Label
	}
	return c.zoned(p.Shell.Zone, e).Text
}

// MappingsPage is the list of the mappings.
type MappingsPage struct {
	Shell    Shell
	Mappings []store.Mapping
	Catalog  store.Catalog
	Now      time.Time
	Done     string
	// Problem says why the mapping with the ID Of was not renamed.
	Problem string
	Of      int64
}

// logTitle is the log of a mapping in words.
func (p MappingsPage) logTitle(m store.Mapping) string {
	if info, ok := p.Catalog.Log(m.Log); ok {
		return info.Title
	}
	return string(m.Log)
}

// mappedTo says which columns hold what.
func (p MappingsPage) mappedTo(m store.Mapping) string {
	kind, parts := p.Catalog.Kind(m.Log), []string{}
	for _, heading := range m.Headings {
		if m.Fields[heading] == "" || kind == nil {
			continue
		}
		if f, ok := kind.MappedField(m.Fields[heading]); ok {
			parts = append(parts, heading+" is "+f.Label)
		}
	}
	return strings.Join(parts, "; ")
}
