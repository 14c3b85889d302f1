package importer

import (
	"slices"
	"strings"
	"unicode"

	"signpost/store"
	"signpost/store/rawjson"
)

// graphV1 are the keys of a sign-in in Microsoft Graph v1.0, as decoder.name writes them.
var graphV1 = []string{
	"id", "createddatetime", "userdisplayname", "userprincipalname", "userid", "appdisplayname", "appid", "resourcedisplayname", "resourceid",
	"status", "conditionalaccessstatus", "appliedconditionalaccesspolicies", "correlationid", "clientappused", "devicedetail", "ipaddress",
	"location", "isinteractive", "riskdetail", "risklevelaggregated", "risklevelduringsignin", "riskstate", "riskeventtypesv2", "riskeventtypes",
}

// graphV1Members are members that v1.0 leaves out of its objects.
var graphV1Members = []*store.Property{store.BrowserID}

// CannotShow is what no sign-in in a format can show: single-valued properties, and lists.
type CannotShow struct {
	Properties []*store.Property
	Lists      []store.Collection
	// Note is a sentence about what the format has in another way; empty where there is nothing to say.
	Note string
}

// formatGraphV1 stands for records of Graph's v1.0. Reports call them Graph's.
const formatGraphV1 = "graph-v1"

// cannotShow is what each format lacks in every log. The sources are Microsoft's pages on each export and the headings of real
// files.
var cannotShow = map[string]CannotShow{
	Graph: {Properties: noTenant}, PortalJSON: {Properties: noTenant}, PowerShellJSON: {Properties: noTenant},
	formatGraphV1: {Properties: lacking(func(p *store.Property) bool {
		object, _, _ := strings.Cut(p.Name, ".")
		return slices.Contains(graphV1, strings.ToLower(object)) && !slices.Contains(graphV1Members, p)
	}), Lists: listsBut(store.CollectionPolicies, store.CollectionRiskEventTypes)},
	PortalCSV: {
		Lists: listsBut(store.CollectionAuthenticationDetails),
		Note:  "Authentication details stand in a file of their own (..._AuthDetails.csv): import it too, before or after.",
	},
	DefenderCSV: {
		Properties: lacking(defenderRows.has),
		Lists:      listsBut(store.CollectionPolicies, store.CollectionNetworks, store.CollectionProcessingDetails, store.CollectionEventTypes),
	},
	PowerShellCSV: {
		Properties: noTenant, Lists: listsBut(),
		Note: "Export-Csv writes values inside of others (status, device, location) as names of types, and sign-ins of managed identities cannot be told from those of service principals. ConvertTo-Json -Depth 10 writes all of it.",
	},
}

// noTenant: Graph's answers are of one tenant and do not name it.
var noTenant = []*store.Property{store.TenantID}

// shallow are the values that names of types stand in the place of, where an export had too small a depth.
var shallow = lacking(func(p *store.Property) bool { return !strings.Contains(p.Name, ".") && p != store.IsCAEToken })

// CannotShowOf gives what no sign-in of some logs can show in a format; of all logs where none is named.
func CannotShowOf(format string, logs ...store.Log) CannotShow {
	c := cannotShow[format]
	if len(logs) == 0 {
		for _, info := range store.SignIns.Logs {
			logs = append(logs, info.Log)
		}
	}
	for i, log := range logs {
		var of []*store.Property
		switch format {
		case PortalCSV:
			of = lackingInFile(log)
		case LogAnalyticsCSV, LogAnalyticsJSON, LogAnalyticsQuery:
			of = lackingInTable(log)
			c.Lists = nil
		default:
			return c
		}
		if i == 0 {
			c.Properties = of
		}
		c.Properties = slices.DeleteFunc(slices.Clone(c.Properties), func(p *store.Property) bool { return !slices.Contains(of, p) })
	}
	return c
}

// cannotShowMapped gives what rows cannot show that are read with a mapping: all that none of its columns holds.
func cannotShowMapped(m *store.Mapping) CannotShow {
	holds := map[string]bool{}
	for _, name := range m.Fields {
		holds[name] = true
	}
	places := []*store.Property{store.City, store.State, store.CountryOrRegion}
	return CannotShow{Lists: listsBut(), Properties: lacking(func(p *store.Property) bool {
		isOfOther := p.Logs != nil && !slices.Contains(p.Logs, m.Log)
		return isOfOther || holds[p.Name] || holds[store.MappedPlace] && slices.Contains(places, p)
	})}
}

// lackingInFile gives the properties that the portal's file of a log has no column for.
func lackingInFile(log store.Log) []*store.Property {
	columns := store.PrincipalFileColumns
	switch info, _ := store.SignIns.Log(log); {
	case info.User:
		columns = store.UserFileColumns
	case log == store.ManagedIdentity:
		columns = store.IdentityFileColumns
	}
	return lacking(func(p *store.Property) bool {
		return slices.ContainsFunc(columns, func(c store.SignInColumn) bool {
			return c.Property == p || slices.Contains(portalRows.columns[plainHeading(c.Heading)].tells, p)
		})
	})
}

// lacking gives the single-valued properties of sign-ins that has does not tell of.
func lacking(has func(p *store.Property) bool) (properties []*store.Property) {
	for _, p := range store.SignIns.Properties {
		if p.Set == nil && !p.MadeUp && !has(p) {
			properties = append(properties, p)
		}
	}
	return properties
}

func listsBut(has ...store.Collection) (lists []store.Collection) {
	for _, c := range store.Collections() {
		if !slices.Contains(has, c) {
			lists = append(lists, c)
		}
	}
	return lists
}

// has says whether some column of the rows holds the property.
func (f *rowFormat) has(p *store.Property) bool {
	for _, c := range f.columns {
		if c.property == p || slices.Contains(c.tells, p) {
			return true
		}
	}
	return false
}

// Lacks gives what no sign-in of the same kind of export can have. It gives nothing where nothing is known to be lacking. Records
// of Microsoft Graph v1.0 are recognized by having no key that only another export has. A row that was read with a mapping has
// the cells that were not empty, so it tells of lists alone what it cannot have.
func Lacks(doc []byte) (lacks store.Lacking) {
	compact, _, err := rawjson.Compact(nil, doc, maxDepth)
	if err != nil {
		return lacks
	}
	d, keys := newDecoder(nil), 0
	if _, isSignIn := store.SignIns.Log(d.mappedLog(compact)); isSignIn {
		return store.Lacking{Export: store.FormatName(Mapped), Lists: listsBut()}
	}
	if f := d.rowFormatOf(compact); f != nil {
		lacks.Export = store.FormatName(f.format)
		all := CannotShowOf(f.format)
		lacks.Properties, lacks.Lists = all.Properties, all.Lists
		if d.member(compact, strings.ToLower(stepsKey))[0] == '[' { // a part of a sign-in, whose file has the rest
			lacks.Properties = lacking(func(*store.Property) bool { return false })
		}
		return lacks
	}
	if isTold(d, compact) {
		return store.Lacking{Export: toldSource, Properties: toldLacks.Properties, Lists: toldLacks.Lists}
	}
	for name := range rawjson.EachMember(compact) {
		keys++
		if lower := string(d.name(name)); !strings.HasPrefix(lower, "@odata.") && lower != "additionalproperties" && !slices.Contains(graphV1, lower) {
			return lacks
		}
	}
	if keys == 0 {
		return lacks
	}
	v1 := cannotShow[formatGraphV1]
	return store.Lacking{Export: graphV1Name, Properties: v1.Properties, Lists: v1.Lists}
}

// listWords are the words for a list: those of the property of its values, else Graph's name in words.
func listWords(list store.Collection) string {
	for _, p := range store.SignIns.Properties {
		if p.Name == list.Name() {
			return p.Label
		}
	}
	var words strings.Builder
	for i, letter := range list.Name() {
		switch {
		case i == 0:
			words.WriteRune(unicode.ToUpper(letter))
		case unicode.IsUpper(letter):
			words.WriteString(" " + string(unicode.ToLower(letter)))
		default:
			words.WriteRune(letter)
		}
	}
	return words.String()
}

// notInSource begins the sentence about what a format cannot show.
const notInSource = "Not in this source"

// sentence says what sign-ins in a format cannot show; empty where they can show all.
func (c CannotShow) sentence(source string) string {
	var names []string
	for _, p := range c.Properties {
		names = append(names, p.Label)
	}
	for _, list := range c.Lists {
		names = append(names, listWords(list))
	}
	if len(names) == 0 {
		return ""
	}
	return notInSource + " (" + source + "): " + strings.Join(names, ", ") + "."
}
