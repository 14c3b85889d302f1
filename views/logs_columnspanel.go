package views

import (
	"cmp"
	"slices"
	"strings"

	"signpost/store"
)

// Refused is a form of a panel that was sent and not accepted. The panel shows it again as it was filled in.
type Refused struct {
	Panel   string // PanelColumns or PanelViews
	View    string // the saved view of the form; empty for the form of a new view
	Problem string
	// Name and Shared are the typed values of a view.
	Name   string
	Shared bool
	// Columns are the chosen columns.
	Columns []*store.Property
}

// refusal is the form of the panel that was not accepted, if it is about this view; else nil.
func (p LogPage) refusal(panel, view string) *Refused {
	if p.Refused != nil && p.Refused.Panel == panel && p.Refused.View == view {
		return p.Refused
	}
	return nil
}

func (p LogPage) isPanelOpen(panel string) bool {
	return p.Panel == panel || p.Refused != nil && p.Refused.Panel == panel
}

// columnChoice is one column as the panel names it.
type columnChoice struct{ Name, Label string }

// columnsPanel has the columns that can be chosen for the list.
type columnsPanel struct {
	Open   bool
	Action string
	Chosen []columnChoice // in order
	Others []columnChoice // by label
	Bad    []string
	// Unsaved says that the shown columns differ from those that the viewer saved for the list.
	Unsaved bool
}

func (p LogPage) columnsPanel() columnsPanel {
	chosen := p.Query.Columns
	refused := p.refusal(PanelColumns, "")
	if refused != nil {
		chosen = refused.Columns
	}
	if len(chosen) == 0 {
		chosen = p.List.DefaultColumns(p.ConditionalAccess, p.SeveralTenants)
	}
	panel := columnsPanel{
		Action: withQuery(p.List.Path()+"/columns", p.Query.Values()), Bad: p.badOf([]string{"cols"}),
		Unsaved: !slices.Equal(p.Query.Columns, p.Kept.Columns[p.List.Name()]),
	}
	if refused != nil {
		panel.Bad = append(panel.Bad, refused.Problem)
	}
	panel.Open = p.isPanelOpen(PanelColumns) || len(panel.Bad) > 0
	for _, c := range chosen {
		panel.Chosen = append(panel.Chosen, p.List.choice(c))
	}
	for _, c := range p.List.choosable(p.ConditionalAccess) {
		if !slices.Contains(chosen, c) {
			panel.Others = append(panel.Others, p.List.choice(c))
		}
	}
	slices.SortFunc(panel.Others, func(a, b columnChoice) int {
		return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	return panel
}

func (l List) choice(p *store.Property) columnChoice { return columnChoice{p.Name, l.column(p).Label} }

// choosesColumns says that the list's columns can be chosen. A list of groups always has the columns of its key.
func (l List) choosesColumns() bool { return !l.Info().Grouped }

// fixedColumns says why the columns of a list of groups cannot be chosen.
func (p LogPage) fixedColumns() string {
	return "The columns of this log are fixed: its rows are groups of " + p.List.Kind().Many + ", and only what a whole group shares can be shown."
}

// choosable are the available columns: every single-valued property, and those made of several.
func (l List) choosable(conditionalAccess bool) []*store.Property {
	columns := slices.Clone(l.Kind().Columns)
	for _, p := range l.Kind().Properties {
		if p.Set == nil && (conditionalAccess || p.Class != store.ConditionalAccess) && !l.look().hides(p) {
			columns = append(columns, p)
		}
	}
	return columns
}

// DefaultColumns are the columns after the date if none are chosen; none if they cannot be chosen.
func (l List) DefaultColumns(conditionalAccess, severalTenants bool) []*store.Property {
	columns := slices.Clone(l.defaultProperties(severalTenants))
	return slices.DeleteFunc(columns, func(p *store.Property) bool { return p.Class == store.ConditionalAccess && !conditionalAccess })
}

func (l List) defaultProperties(severalTenants bool) []*store.Property {
	var properties []*store.Property
	switch {
	case !l.choosesColumns():
		return nil
	case l.Legacy:
		properties = slices.Clone(l.look().LegacyChosen)
	default:
		properties = slices.Clone(l.look().Chosen)
	}
	info := l.Info()
	properties = slices.DeleteFunc(properties, func(p *store.Property) bool { return !p.AppliesTo(info) })
	if tenant := l.look().Tenant; severalTenants && tenant != nil {
		properties = append(properties, tenant.Properties[0])
	}
	return properties
}

// column makes a column of a property, in the words of this list.
func (l List) column(p *store.Property) Column {
	if l.Legacy {
		if c, ok := l.look().Legacy[p]; ok {
			return c
		}
	}
	return l.look().propertyColumn(p)
}

func (l List) columnsOf(properties []*store.Property) []Column {
	columns := []Column{dateColumn}
	for _, p := range properties {
		columns = append(columns, l.column(p))
	}
	return columns
}
