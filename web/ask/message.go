package ask

import (
	"context"
	"time"

	"signpost/store"
)

// Message holds the other facts of a pasted error message next to its code: they identify the sign-in.
type Message struct {
	// Request and Correlation are the ids that the message names so. IDs are the ids that it does not name.
	Request, Correlation string
	IDs                  []string
	Time                 time.Time
}

// MessageOf takes from a text the facts that identify the sign-in.
func MessageOf(s store.Search) Message {
	m := Message{Time: s.Time}
	for _, id := range s.IDs {
		switch {
		case id.Said == store.RequestID && m.Request == "":
			m.Request = id.Value
		case id.Said == store.CorrelationID && m.Correlation == "":
			m.Correlation = id.Value
		default:
			m.IDs = append(m.IDs, id.Value)
		}
	}
	return m
}

// HasIDs says that the message names a sign-in.
func (m Message) HasIDs() bool { return m.Request != "" || m.Correlation != "" || len(m.IDs) > 0 }

// MessageSignIns are the sign-ins that a message is about. Looked says that the store was asked for them, Late that it did
// not answer everything in time.
type MessageSignIns struct {
	Findings     []Finding
	Looked, Late bool
}

// SignIns looks for the sign-in that has the message's request ID, else for those of its correlation ID.
func (m Message) SignIns(ctx context.Context, r Reader) (found MessageSignIns, err error) {
	if !m.HasIDs() {
		return found, nil
	}
	requests := finder{store: r, search: searchOf(m.Request, m.IDs)}
	correlations := finder{store: r, search: searchOf(m.Correlation, m.IDs)}
	found.Looked = true
	for _, lookups := range [][]lookup{requests.requests(), correlations.correlations()} {
		if len(lookups) == 0 || len(found.Findings) > 0 {
			continue
		}
		findings, late, err := run(ctx, lookups)
		if err != nil {
			return found, err
		}
		found.Findings, found.Late = distinct(findings), found.Late || late
	}
	return found, nil
}

// searchOf is the search for an id, where there is one, and for others.
func searchOf(id string, others []string) (s store.Search) {
	for _, id := range append([]string{id}, others...) {
		if id != "" {
			s.IDs = append(s.IDs, store.SearchID{Value: id})
		}
	}
	return s
}
