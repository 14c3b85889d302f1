package store

import (
	"cmp"
	"slices"
	"time"
)

// Risky is the risk of a user, a service principal or an agent, with its history. Each imported record is merged with the kept one:
// see With. The order of imports changes nothing.
type Risky struct {
	// Of is StateRiskyUser, StateRiskyPrincipal or StateRiskyAgent.
	Of StateKind `json:"of"`
	ID string    `json:"id"` // of the object, in lower case
	RiskChange
	Deleted    Bool `json:"deleted,omitempty"` // Microsoft also says no for deleted users
	Processing Bool `json:"processing,omitempty"`
	Enabled    Bool `json:"enabled,omitempty"`
	Guest      Bool `json:"guest,omitempty"`
	// Names come from the latest change that has any.
	Names RiskyNames `json:"names,omitzero"`
	// History has each different change once, the latest first.
	History []RiskChange `json:"history,omitempty"`
	// AsOf is the time of the row's last import.
	AsOf time.Time `json:"-"`
}

// RiskChange is the state of a risk since one time.
type RiskChange struct {
	Updated time.Time `json:"updated,omitzero"` // zero where the record does not tell
	Level   string    `json:"level,omitempty"`
	State   string    `json:"state,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	// By is the ID of the administrator who made the change. Events are the types of the detections that caused it.
	By     string   `json:"by,omitempty"`
	Events []string `json:"events,omitempty"`
}

// RiskyNames are the names that a record has for the object. At is the time of the record's change.
type RiskyNames struct {
	At        time.Time `json:"at,omitzero"`
	Name      string    `json:"name,omitempty"`
	Username  string    `json:"username,omitempty"`  // of a user
	AppID     string    `json:"app,omitempty"`       // of a service principal
	Type      string    `json:"type,omitempty"`      // of a service principal or an agent
	Blueprint string    `json:"blueprint,omitempty"` // of an agent
}

func (n RiskyNames) isEmpty() bool {
	return n.Name+n.Username+n.AppID+n.Type+n.Blueprint == ""
}

// compare orders changes by their time, state, level and detail. Of changes of one time and state the one of the highest level is the
// latest: a risk that grew must not look smaller.
func (c RiskChange) compare(other RiskChange) int {
	return cmp.Or(
		c.Updated.Compare(other.Updated), cmp.Compare(c.State, other.State),
		cmp.Compare(RiskLevelRank(c.Level), RiskLevelRank(other.Level)), cmp.Compare(c.Level, other.Level), cmp.Compare(c.Detail, other.Detail),
	)
}

// second is the time of the change in whole seconds. Some files have no more of it.
func (c RiskChange) second() time.Time { return c.Updated.Truncate(time.Second) }

// isSame says that two changes are one: they are of one second, and have the same state, level and detail.
func (c RiskChange) isSame(other RiskChange) bool {
	return c.second().Equal(other.second()) && c.State == other.State && c.Level == other.Level && c.Detail == other.Detail
}

// with adds the cause that another record of the same change tells.
func (c RiskChange) with(other RiskChange) RiskChange {
	c.By = max(c.By, other.By)
	c.Events = slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Events, other.Events))))
	return c
}

// Settle adds the row's own change to its history.
func (r *Risky) Settle() *Risky {
	if r.State+r.Level+r.Detail != "" {
		r.History = append(r.History, r.RiskChange)
	}
	r.settleHistory()
	if !r.Names.isEmpty() {
		r.Names.At = r.Updated
	}
	return r
}

// With merges two rows of one object. The row with the later change is taken as a whole, but for its names where it has none. Rows
// of the same second fill each other's gaps. The merged history has the changes of both.
func (r *Risky) With(other *Risky) *Risky {
	newer, older := r, other
	if older.Updated.After(newer.Updated) {
		newer, older = older, newer
	}
	merged := *newer
	if newer.second().Equal(older.second()) {
		if older.compare(newer.RiskChange) > 0 {
			merged.RiskChange = older.RiskChange
		}
		merged.Deleted, merged.Processing = max(newer.Deleted, older.Deleted), max(newer.Processing, older.Processing)
		merged.Enabled, merged.Guest = max(newer.Enabled, older.Enabled), max(newer.Guest, older.Guest)
	}
	merged.Names = newer.Names.with(older.Names)
	merged.History = slices.Concat(r.History, other.History)
	merged.settleHistory()
	return &merged
}

// settleHistory sorts the history, keeps each different change once with its latest time, and gives the row's own change the cause that
// its history tells.
func (r *Risky) settleHistory() {
	var history []RiskChange
	for _, c := range slices.SortedFunc(slices.Values(r.History), func(a, b RiskChange) int { return b.compare(a) }) {
		same := len(history) - 1
		for same >= 0 && history[same].second().Equal(c.second()) && !history[same].isSame(c) {
			same--
		}
		if same >= 0 && history[same].isSame(c) {
			history[same] = history[same].with(c)
		} else {
			history = append(history, c.with(RiskChange{}))
		}
	}
	r.History = history
	for _, c := range history {
		if c.isSame(r.RiskChange) {
			r.RiskChange = c
		}
	}
}

func (n RiskyNames) with(other RiskyNames) RiskyNames {
	switch {
	case other.isEmpty(), !n.isEmpty() && n.At.After(other.At):
		return n
	case n.isEmpty(), other.At.After(n.At):
		return other
	}
	return RiskyNames{
		At: n.At, Name: max(n.Name, other.Name), Username: max(n.Username, other.Username), AppID: max(n.AppID, other.AppID), Type: max(n.Type, other.Type), Blueprint: max(n.Blueprint, other.Blueprint),
	}
}

// StateKey is the kind and the object's ID.
func (r *Risky) StateKey() (StateKind, string) { return r.Of, r.ID }

// StateDate is the time of the last change.
func (r *Risky) StateDate() time.Time { return r.Updated }

// StateNames are the object's.
func (r *Risky) StateNames() (name, username string) { return r.Names.Name, r.Names.Username }

// StateMarks are the level and the state.
func (r *Risky) StateMarks() (marks []string) {
	if r.Level != "" {
		marks = append(marks, "level="+plainMark(r.Level))
	}
	if r.State != "" {
		marks = append(marks, "state="+plainMark(r.State))
	}
	return marks
}
