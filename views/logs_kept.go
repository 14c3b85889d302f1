package views

import (
	"net/url"
	"slices"
	"strings"

	"signpost/store"
)

// Kept has the stored choices of the viewer, for the links of a page.
type Kept struct {
	// Columns are the stored columns of a list, by the list's Name.
	Columns map[string][]*store.Property
	// Defaults are the addresses of the views that lists begin with, by the list's Name.
	Defaults map[string]string
}

// Name is the list's name in addresses.
func (l List) Name() string { return strings.TrimPrefix(l.Path(), "/logs/") }

// These are the panels of the command bar, by the values of the parameter panel.
const (
	PanelColumns = "columns"
	PanelViews   = "views"
)

// IsPanel says whether the parameter panel knows the value.
func IsPanel(name string) bool { return name == PanelColumns || name == PanelViews }

// PanelURL is the list's page with the panel open.
func (l List) PanelURL(q store.Query, panel string) string {
	v := q.Values()
	v.Set("panel", panel)
	return l.URL(v)
}

// StartURL is the list without any request, with the columns stored for it.
func (l List) StartURL(kept Kept) string { return withColumns(l.Path(), kept.Columns[l.Name()]) }

// KeptURL is the address of the list's state for a session to come back to: its first page.
func (l List) KeptURL(q store.Query) string {
	q.Limit = store.DefaultLimit
	return l.URL(q.Values())
}

// withColumns is a list's address with these columns; with none it stays as it is.
func withColumns(address string, columns []*store.Property) string {
	path, query, _ := strings.Cut(address, "?")
	v, err := url.ParseQuery(query)
	if err != nil || len(columns) == 0 {
		return address
	}
	v.Set("cols", columnNames(columns))
	return withQuery(path, v)
}

func columnNames(columns []*store.Property) string {
	names := make([]string, len(columns))
	for i, p := range columns {
		names[i] = p.Name
	}
	return strings.Join(names, ",")
}

// tabURL leads to another log, with the parameters that both share and the columns stored for that log. If no
// parameter is left, it leads to the log's default view.
func (p LogPage) tabURL(to store.Log) string {
	target, address := List{Look: p.List.Look, Log: to}, p.List.TabURL(p.Query, to)
	begin := p.Kept.Defaults[target.Name()]
	switch {
	case target == p.List:
		return withColumns(address, p.Query.Columns)
	case address == target.Path() && begin != "":
		return begin
	case target.Info().Grouped, len(p.Query.Columns) > 0 && !p.List.Legacy:
		return address
	}
	return withColumns(address, p.Kept.Columns[target.Name()])
}

// previewURL is the same set in the other view of the interactive log, with the columns stored for that view.
func (p LogPage) previewURL() string {
	other := List{Log: store.Interactive, Legacy: !p.List.Legacy}
	q := p.Query
	q.Columns = p.Kept.Columns[other.Name()]
	return other.URL(q.Values())
}

// badPlace has the errors of parameters without a control. The columns have a control where they can be chosen.
func (p LogPage) badPlace() []string {
	params := placeParams
	if p.List.choosesColumns() {
		params = slices.DeleteFunc(slices.Clone(placeParams), func(param string) bool { return param == "cols" })
	}
	return p.badOf(params)
}

// keptColumnsURL is the same list with the viewer's stored columns.
func (p LogPage) keptColumnsURL() string {
	q := p.Query
	q.Columns = p.Kept.Columns[p.List.Name()]
	return p.List.URL(q.Values())
}
