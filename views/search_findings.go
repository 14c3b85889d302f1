package views

import (
	"cmp"
	"slices"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// FindingURL is the address of a finding.
func FindingURL(f ask.Finding) string {
	if f.SignIn != nil {
		return DetailsURL(f.Log, f.ID)
	}
	return List{Log: f.Log}.URL(store.Query{Range: f.Range, Filter: f.Filter}.Values())
}

// findingSection has the findings of one field.
type findingSection struct {
	Title string
	Exact bool
	More  bool // only the most frequent values are listed
	Items []findingItem
}

// findingItem is one value that was found, with the logs that have it.
type findingItem struct {
	Lead  string // the comparison, if it is not plain equality
	Text  string
	ID    string // shown next to a name, because two objects may have the same name
	Note  string
	Exact bool
	Links []findingLink
	// Diagnose leads to the failed sign-ins of a person; empty for what is none.
	Diagnose string
	total    int64
	key      string
}

// findingLink leads to the sign-ins of one log with the value.
type findingLink struct {
	Log, Count, Address string
}

const signInSection = "Sign-ins"

// sections orders the findings by field, and by value within a field: whole values first, then the most frequent.
func (p SearchPage) sections() []findingSection {
	var sections []findingSection
	for _, f := range p.Findings {
		title := signInSection
		if f.SignIn == nil {
			title = f.Field.Label
		}
		i := slices.IndexFunc(sections, func(s findingSection) bool { return s.Title == title })
		if i < 0 {
			i = len(sections)
			sections = append(sections, findingSection{Title: title})
		}
		sections[i].add(f, p.Shell.Zone)
	}
	for _, s := range sections {
		slices.SortStableFunc(s.Items, func(a, b findingItem) int {
			return cmp.Or(-compareBool(a.Exact, b.Exact), compareBool(a.Lead != "", b.Lead != ""), cmp.Compare(b.total, a.total))
		})
	}
	slices.SortStableFunc(sections, func(a, b findingSection) int { return -compareBool(a.Exact, b.Exact) })
	return sections
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (s *findingSection) add(f ask.Finding, zone Zone) {
	item := itemOf(f, zone)
	i := slices.IndexFunc(s.Items, func(known findingItem) bool { return known.key == item.key })
	if i < 0 {
		i = len(s.Items)
		s.Items = append(s.Items, item)
	}
	known := &s.Items[i]
	known.total += f.Total.N
	known.Exact = known.Exact || f.Exact
	s.Exact, s.More = s.Exact || f.Exact, s.More || f.More
	known.Links = append(known.Links, linkOf(f))
}

func itemOf(f ask.Finding, zone Zone) findingItem {
	if f.SignIn != nil {
		details := DetailsPage{Record: store.Record{Entry: f.SignIn}}
		return findingItem{Text: details.title(), ID: f.ID, Note: zone.Time(f.SignIn.Time), key: f.ID}
	}
	item := findingItem{Text: f.Value, key: f.Filter.Values().Encode()}
	if f.Op == store.OpIs && f.Field.Object == store.ObjectUser {
		item.Diagnose = cannotSignInURL(f.Value)
	}
	if f.Op != store.OpIs {
		item.Lead = f.Op.Label()
	}
	if f.Label != "" && store.FoldCase(f.Label) != store.FoldCase(f.Value) {
		item.Text, item.ID = f.Label, firstText(f.Username, f.Value)
	}
	var besides []string
	for _, c := range f.Filter.Conditions() {
		if c.Field != f.Field {
			besides = append(besides, conditionLead(c)+" "+strings.Join(c.Values, ", "))
		}
	}
	item.Note = strings.Join(besides, "; ")
	return item
}

func linkOf(f ask.Finding) findingLink {
	info, _ := store.SignIns.Log(f.Log)
	link := findingLink{Log: info.Short, Address: FindingURL(f), Count: Count(f.Total.N, "sign-in", "sign-ins")}
	switch {
	case f.SignIn != nil:
		link.Count = "open"
	case !f.Total.Complete:
		link.Count = "so far " + link.Count
	}
	return link
}
