package views

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/audit"
)

// RevealParam shows the values of credentials (reveal=yes). They are hidden until a viewer with the right to them asks.
const RevealParam = "reveal"

// AsksToReveal reads reveal; ok is false for an unknown value.
func AsksToReveal(value string) (reveal, ok bool) {
	return value == "yes", value == "yes" || value == ""
}

func (p DetailsPage) audit() *audit.Record { return p.Record.Entry.(*audit.Record) }

// auditActivity shows the activity, its result and its actor.
func (p DetailsPage) auditActivity(s *Section) {
	r, head := p.audit(), p.head()
	date := Fact{Label: "Date", Value: p.Shell.Zone.PreciseTime(head.Time)}
	if head.TimeIsIngestion {
		date.Note = ingestionNote(audit.Kind)
	}
	status := Fact{Label: "Status", Value: statedStatus(audit.Kind, r), Status: audit.Kind.StatusOf(r), StatusOf: audit.Kind}
	activity := FactGroup{Title: "Activity", Facts: []Fact{
		date, p.fact(audit.Activity), p.narrowed(status, audit.Result), p.fact(audit.Reason), p.fact(audit.Service), p.fact(audit.Category),
		p.fact(audit.Operation), p.id(audit.CorrelationID), p.fact(audit.UserAgent),
		{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(head.Ingested)},
		{Label: "Log", Value: p.info().Title},
	}}
	s.Groups = []FactGroup{activity, p.auditActor(), {Title: "IDs", Facts: []Fact{p.id(audit.ID), p.id(audit.SessionID), p.id(audit.TokenID), p.id(audit.DeviceID), p.id(audit.Tenant)}}}
}

// statedStatus is a status in words; an unknown one is as the record has it.
func statedStatus(kind *store.Kind, e store.Entry) string {
	if status := kind.StatusOf(e); status != store.StatusUnknown {
		return kind.StatusInfo(status).Label
	}
	return OrEmpty(kind.StatusField().Column.Enumeration.Words(propertyText(kind.StatusField().Column, e)))
}

// auditActor shows the actor. A record names a person or a program.
func (p DetailsPage) auditActor() FactGroup {
	r := p.audit()
	g := FactGroup{Title: "Initiated by (actor)"}
	kind := Fact{Label: "Type", Value: Empty}
	switch {
	case r.App != (audit.App{}) && r.User == (audit.User{}):
		kind.Value = "Application"
		g.Facts = []Fact{
			kind, p.leading(p.fact(audit.AppName), store.ObjectServicePrincipal, r.App.PrincipalID), p.id(audit.AppID), p.id(audit.PrincipalID), p.fact(audit.PrincipalName),
		}
	case r.User != (audit.User{}):
		kind.Value = "User"
		g.Facts = []Fact{
			kind, p.leading(p.fact(audit.UserName), store.ObjectUser, r.User.ID), p.id(audit.Username), p.id(audit.UserID), p.fact(audit.UserType),
			p.id(audit.HomeTenantID), p.fact(audit.HomeTenantName),
		}
		g.Facts[2] = p.leading(g.Facts[2], store.ObjectUser, r.User.ID)
	default:
		g.Facts = []Fact{kind, p.fact(audit.ActorName)}
	}
	g.Facts = append(g.Facts, p.id(audit.Address))
	return g
}

// auditTargets lists the targets, the main target first.
func (p DetailsPage) auditTargets(s *Section) {
	r := p.audit()
	t := DataTable{Caption: "Targets", IsAlone: true, Head: []string{"Target", "Type", "ID", "Display name", "User principal name", "Group type"}, Empty: "The record names no target."}
	if r.UnreadTargets {
		t.Empty, s.Notes = "", []string{"Some targets are " + notRead + "."}
	}
	for i := range r.Targets {
		target := &r.Targets[i]
		t.addRow(
			Fact{Value: targetNumber(i)}, p.narrowedPart(Fact{Label: "Target type", Value: OrEmpty(audit.TargetTypes.Words(target.Type))}, audit.TargetTypeField.Properties[0], target.Type),
			p.narrowedPart(Fact{Label: "Target", Value: OrEmpty(target.ID)}, audit.TargetField.Properties[0], target.ID),
			p.narrowedPart(Fact{Label: "Target", Value: OrEmpty(target.Name)}, audit.TargetField.Properties[0], target.Name),
			p.narrowedPart(Fact{Label: "Target", Value: OrEmpty(target.Username)}, audit.TargetField.Properties[0], target.Username),
			Fact{Value: OrEmpty(audit.GroupTypes.Words(target.GroupType))})
	}
	s.Tables = []DataTable{t}
	s.Links = p.targetLinks()
}

func targetNumber(i int) string { return "Target" + Number(int64(i+1)) }

// targetPage is the page of a target; nil for one that has none.
func targetPage(t *audit.Target) *Link {
	kind := map[string]store.ObjectKind{"user": store.ObjectUser, "group": store.ObjectGroup, "serviceprincipal": store.ObjectServicePrincipal}[strings.ToLower(t.Type)]
	if kind == 0 || t.ID == "" {
		return nil
	}
	return &Link{"The page of " + t.Called(), ObjectURL(kind, strings.ToLower(t.ID))}
}

// targetLinks lead to the pages of the targets.
func (p DetailsPage) targetLinks() (links []Link) {
	r := p.audit()
	for i := range r.Targets {
		if link := targetPage(&r.Targets[i]); link != nil && !slices.Contains(links, *link) {
			links = append(links, *link)
		}
	}
	return links
}

// changeRow is one modified property, old and new side by side.
type changeRow struct {
	Target, Name string
	// Member is the path of the change inside the values; empty for the whole value.
	Member   string
	Old, New string
	Withheld bool
}

// ChangeTable is the modified properties of a record. Reveal is the address of the hidden values, if the viewer may see them.
type ChangeTable struct {
	Rows   []changeRow
	Empty  string
	Reveal string
}

// auditChanges shows old and new values side by side.
func (p DetailsPage) auditChanges(s *Section) {
	r := p.audit()
	table := &ChangeTable{Empty: "The record names no modified property."}
	for i := range r.Targets {
		for _, c := range r.Targets[i].Changes {
			row := changeRow{Target: r.Targets[i].Called(), Name: c.Name, Withheld: c.Withheld}
			row.Old, row.New = changeTexts(c)
			if c.Withheld && p.MayReveal {
				table.Reveal = p.revealURL()
			}
			table.Rows = append(table.Rows, row)
			table.Rows = append(table.Rows, membersOf(row, c)...)
		}
	}
	if r.UnreadTargets {
		s.Notes = []string{"Some targets are " + notRead + "."}
	}
	s.Changes = table
}

// membersOf gives the members that changed inside an object, each as a row of its own. The whole object is often too long to
// compare by eye.
func membersOf(row changeRow, c audit.Change) (rows []changeRow) {
	old, isOld := leaves(c.Old)
	now, isNew := leaves(c.New)
	if row.Withheld || !isOld || !isNew {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(union(old, now))) {
		if old[path] != now[path] {
			rows = append(rows, changeRow{Target: row.Target, Name: row.Name, Member: path, Old: OrEmpty(old[path]), New: OrEmpty(now[path])})
		}
	}
	return rows
}

func union(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// leaves gives the plain values inside a JSON object and its lists, by their paths; ok is false where the value is no object.
func leaves(value string) (found map[string]string, ok bool) {
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil || object == nil {
		return nil, false
	}
	found = map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				walk(strings.TrimPrefix(path+"."+name, "."), member)
			}
		case string:
			found[path] = v
		case nil:
		default:
			if text, err := json.Marshal(v); err == nil {
				found[path] = Unpacked(string(text))
			}
		}
	}
	walk("", object)
	return found, true
}

// revealURL is the address of this section with the hidden values.
func (p DetailsPage) revealURL() string {
	return withQuery(DetailsURL(p.head().Log, p.head().ID), url.Values{"tab": {TabModified}, RevealParam: {"yes"}})
}

// changeTexts are the old and the new value in words.
func changeTexts(c audit.Change) (old, now string) {
	if c.Withheld {
		return "Hidden", "Hidden"
	}
	return OrEmpty(Unpacked(c.Old)), OrEmpty(Unpacked(c.New))
}

// Unpacked shows a value of an audit record. Most are JSON inside a text. Then it gives the text in the JSON, the items of a
// list one a line, or the members of an object. A value that is no JSON stays as it is.
func Unpacked(value string) string {
	trimmed := strings.TrimSpace(value)
	if trimmed == "" || !strings.ContainsRune(`"[{`, rune(trimmed[0])) {
		return value
	}
	var v any
	decoder := json.NewDecoder(strings.NewReader(trimmed))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil || decoder.More() {
		return value
	}
	switch v := v.(type) {
	case string:
		if inner := strings.TrimSpace(v); inner != "" && strings.ContainsRune(`[{`, rune(inner[0])) {
			return Unpacked(v)
		}
		return v
	case []any:
		if texts, ok := textsOf(v); ok {
			return strings.Join(texts, "\n")
		}
	}
	return JSON([]byte(trimmed))
}

// textsOf gives the items of a list if all of them are plain values.
func textsOf(list []any) (texts []string, ok bool) {
	for _, item := range list {
		switch item := item.(type) {
		case string:
			texts = append(texts, item)
		case json.Number:
			texts = append(texts, item.String())
		case bool:
			texts = append(texts, strconv.FormatBool(item))
		default:
			return nil, false
		}
	}
	return texts, true
}

// isLong says that a value is folded.
func isLong(value string) bool { return len(value) > foldAt || strings.Count(value, "\n") > 4 }

// foldAt is the number of bytes beyond which a changed value is folded.
const foldAt = 160

// firstOf gives the first characters of a long value.
func firstOf(value string) string {
	runes := []rune(strings.Join(strings.Fields(value), " "))
	if len(runes) > 60 {
		return string(runes[:60]) + "\u2026"
	}
	return string(runes)
}

// auditDetails shows the additional details, and the keys that no field is read from.
func (p DetailsPage) auditDetails(s *Section) {
	r := p.audit()
	details := DataTable{Caption: "Additional details", Head: []string{"Key", "Value"}, Empty: "The record has no additional details."}
	if r.UnreadDetails {
		details.Empty, s.Notes = "", []string{"Some details are " + notRead + "."}
	}
	for _, d := range r.Details {
		details.Rows = append(details.Rows, []string{OrEmpty(d.Key), OrEmpty(Unpacked(d.Value))})
	}
	s.Tables = append([]DataTable{details}, p.unreadTables()...)
}
