package views

import (
	"net/url"

	"signpost/store"
	"signpost/web/ask"
)

// ListPlace is the list that a sign-in was opened from, with the IDs of those next to it there; empty where it is the
// first or the last.
type ListPlace struct {
	List         List
	Query        store.Query
	Newer, Older string
	// Trouble says why nothing is known of them.
	Trouble string
}

// Take takes the records next to the one that was opened.
func (l *ListPlace) Take(n *ask.Neighbours) {
	l.Newer, l.Older = n.Newer, n.Older
	which := "The newer and the older " + l.List.Kind().One
	l.Trouble = troubleText(n.Trouble, which+" took too long to find.", which+" could not be found.")
}

// newerKey and olderKey are the keys that lead to the records next to it: [ up the list, ] down.
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

// OpenSignIn is what stands beside a list: a sign-in, or why there is none.
type OpenSignIn struct {
	Details *DetailsPage
	Trouble string
}

// address leads back to the list, on the page that it was left at.
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
