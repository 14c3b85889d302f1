package views

import (
	"net/url"

	"signpost/store"
	"signpost/web/ask"
)

// ListPlace is the list that a sign-in was opened from, with the IDs of its neighbours there. An ID is empty if there
// is no neighbour on that side.
type ListPlace struct {
	List         List
	Query        store.Query
	Newer, Older string
	// Trouble says why the neighbours are not known.
	Trouble string
}

// Take puts the neighbours of the opened record into the place.
func (l *ListPlace) Take(n *ask.Neighbours) {
	l.Newer, l.Older = n.Newer, n.Older
	which := "The newer and the older " + l.List.Kind().One
	l.Trouble = troubleText(n.Trouble, which+" took too long to find.", which+" could not be found.")
}

// newerKey and olderKey are the keys for the neighbours: [ goes up the list, ] down.
func (l ListPlace) newerKey() string {
	if l.Query.Oldest {
		return "]"
	}
	return "["
}

func (l ListPlace) olderKey() string {
	if l.Query.Oldest {
		return "["
	}
	return "]"
}

// OpenSignIn is the sign-in that is open next to a list, or the reason why it is missing.
type OpenSignIn struct {
	Details *DetailsPage
	Trouble string
}

// address leads back to the list, on the same page as before.
func (l ListPlace) address() string {
	q := l.Query
	q.Expanded = nil
	return l.List.URL(placeValues(q, store.Key{}))
}

// signInURL is the page of a sign-in at one of its sections, with the list that it was opened from.
func (p DetailsPage) signInURL(id, tab string) string {
	v := url.Values{}
	if tab != "" {
		v.Set("tab", tab)
	}
	if p.From != nil {
		v.Set("list", p.From.address())
	}
	if head := p.head(); id == head.ID {
		v.Set(NearParam, nearValue(head.Time))
	}
	return withQuery(DetailsURL(p.head().Log, id), v)
}

// closedURL is the list without the pane.
func (p LogPage) closedURL() string { return ListPlace{List: p.List, Query: p.Query}.address() }
