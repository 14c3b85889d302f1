package views

import (
	"net/url"
	"slices"
	"time"

	"signpost/store"
)

// SavedView is a named state of a list: the viewer's own, one that somebody shares, or one that comes with the product.
type SavedView struct {
	ID   string // unique among the views of its list
	Name string
	List List
	// Query is the query of the list, as its address has it: see ViewQuery.
	Query   string
	Own     bool
	Product bool
	Owner   string // the account that owns it
	Shared  bool
	// Pinned says that the navigation links to it.
	Pinned bool
	// Broken says why the list does not understand the query; empty if it does.
	Broken string
	// Withheld says that the viewer owns the view but may no longer see data that it names. Only its name is left, for
	// deleting it.
	Withheld bool
}

// ViewQuery gives the parts of a list's state that a view stores: filter, range, columns, time aggregate, the field that its chart is
// broken down by, and whether every event is listed. It is canonical, so that equal views have equal texts.
func ViewQuery(l List, q store.Query) string {
	kept := store.Query{Range: q.Range, Filter: q.Filter, Split: q.Split}
	if l.Info().Grouped {
		kept.Window = q.Window
	} else {
		kept.Columns, kept.AllEvents = q.Columns, q.AllEvents
	}
	return kept.Values().Encode()
}

// Check fills in Broken if the view's query is wrong.
func (v SavedView) Check(now time.Time) SavedView {
	params, err := url.ParseQuery(v.Query)
	if err != nil {
		v.Broken = "The address it holds cannot be read."
		return v
	}
	if _, bad := v.List.Kind().ParseQuery(params, now); len(bad) > 0 {
		v.Broken = bad.Error()
	}
	return v
}

// Names says that the view names data of the class, so that viewers without the right to the class must not get it.
func (v SavedView) Names(class store.Class) bool {
	params, err := url.ParseQuery(v.Query)
	return err != nil || store.Catalog{v.List.Kind()}.Names(class, params) // an unreadable query may name anything
}

// Withhold gives the view without its query.
func (v SavedView) Withhold() SavedView {
	v.Query, v.Withheld, v.Broken = "", true, "it asks for data that your roles no longer include. Delete it, or ask an administrator of Signpost for the role."
	return v
}

// URL is the address that the view leads to. A view that comes with the product has the columns that the viewer stored.
func (v SavedView) URL(kept Kept) string {
	if v.isHomeCountry() && v.Query == "" {
		return v.ownURL()
	}
	address := v.List.Path()
	if v.Query != "" {
		address += "?" + v.Query
	}
	if v.Product && v.List.choosesColumns() {
		return withColumns(address, kept.Columns[v.List.Name()])
	}
	return address
}

// ownURL is the address of the view itself, which leads on to its list.
func (v SavedView) ownURL() string { return v.List.Path() + "/views/" + url.PathEscape(v.ID) }

// isAt says that the list is in the view's state.
func (v SavedView) isAt(l List, q store.Query) bool {
	if !v.List.Is(l) || v.Broken != "" {
		return false
	}
	if v.Product {
		q.Columns = nil
	}
	query := v.Query
	if params, err := url.ParseQuery(query); err == nil && !params.Has(splitParam) {
		q.Split = nil // the view is the same, whatever its chart is broken down by
	}
	if v.isHomeCountry() && query == "" {
		query = HomeCountryQuery(homeCountryIn(q))
	}
	return query == ViewQuery(l, q)
}

// isHomeCountry says that the query of the view may be known only when it is opened.
func (v SavedView) isHomeCountry() bool { return v.Product && v.ID == HomeCountryView }

// SavedViews are the views that the panel of a list offers.
type SavedViews struct {
	Offered []SavedView
	// Default is the ID of the view that the list begins with; empty if it begins with none.
	Default string
	// MayRemoveShared says that the viewer may delete shared views of others.
	MayRemoveShared bool
}

// viewGroup is some of the views under a heading.
type viewGroup struct {
	Title string
	Views []SavedView
}

// groups are the views of the list, the viewer's own first.
func (s SavedViews) groups(l List) []viewGroup {
	groups := []viewGroup{{Title: "My views"}, {Title: "Shared by others"}, {Title: "Built-in views"}}
	for _, v := range s.Offered {
		i := 1
		switch {
		case !v.List.Is(l):
			continue
		case v.Own:
			i = 0
		case v.Product:
			i = 2
		}
		groups[i].Views = append(groups[i].Views, v)
	}
	return groups
}

// hasAny says that the list has views.
func (s SavedViews) hasAny(l List) bool {
	return slices.ContainsFunc(s.Offered, func(v SavedView) bool { return v.List.Is(l) })
}

// elsewhere are the views of other lists that can be opened, by list.
func (s SavedViews) elsewhere(l List) []SavedView {
	var views []SavedView
	for _, v := range s.Offered {
		if !v.List.Is(l) && v.Broken == "" {
			views = append(views, v)
		}
	}
	return views
}

// label names the list where its views are shown among those of other lists.
func (l List) label() string {
	if l.Legacy {
		return "Legacy"
	}
	return l.Info().Short
}

// currentView is the view that matches the state of the page; nil if none does.
func (p LogPage) currentView() *SavedView {
	if len(p.Bad) > 0 {
		return nil
	}
	for i := range p.Saved.Offered {
		if v := &p.Saved.Offered[i]; v.isAt(p.List, p.Query) {
			return v
		}
	}
	return nil
}

// viewsURL is the address for a form about the list's views, with the state to come back to.
func (p LogPage) viewsURL() string { return withQuery(p.List.Path()+"/views", p.Query.Values()) }

// viewURL is the address for a form about one view.
func (p LogPage) viewURL(v SavedView) string { return withQuery(v.ownURL(), p.Query.Values()) }

// mayRemove says that the viewer may delete the view.
func (p LogPage) mayRemove(v SavedView) bool {
	return v.Own || !v.Product && p.Saved.MayRemoveShared
}

// newView is the form for a new view: empty, or as it was typed and refused.
func (p LogPage) newView() Refused {
	if refused := p.refusal(PanelViews, ""); refused != nil {
		return *refused
	}
	return Refused{}
}
