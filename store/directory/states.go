package directory

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// states is the table of the rows of reports, stateVersions that of what they were before.
var (
	states        = dbfile.Summed{Table: "states", Columns: "kind, id, name, username, marks, dated, doc, as_of"}
	stateVersions = dbfile.Summed{Table: "state_versions", Columns: "kind, id, until, as_of, doc"}
)

// state writes one row of a report. It takes the place of an earlier one as a whole, but not of one with a later date. A row
// without a date has that of its file.
func (w *directoryWriting) state(s store.StateRow) error {
	kind, id := s.StateKey()
	if id == "" {
		w.outcomes = append(w.outcomes, store.Outcome{Kind: store.OutcomeRejected, Reason: "the row has no id."})
		return nil
	}
	if r, isRisky := s.(*store.Risky); isRisky {
		return w.risky(r)
	}
	doc, err := packState(s)
	if err != nil {
		return err
	}
	dated := microsOf(s.StateDate())
	date := dated
	if date == 0 {
		date = w.received
	}
	var before string
	var beforeDated, beforeAsOf, seen int64
	outcome := store.OutcomeNew
	look, err := w.statement("SELECT doc, dated, as_of, seen FROM states WHERE kind = ? AND id = ?")
	if err != nil {
		return err
	}
	err = look.QueryRowContext(w.ctx, kind, id).Scan(&before, &beforeDated, &beforeAsOf, &seen)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case before != doc && date < cmp.Or(beforeDated, seen):
		w.say(store.OutcomeSame, id) // an earlier row changes nothing
		touch, err := w.statement("UPDATE states SET import = ? WHERE kind = ? AND id = ?")
		if err == nil {
			_, err = touch.ExecContext(w.ctx, w.importID, kind, id)
		}
		return err
	case before == doc:
		outcome = store.OutcomeSame
	default:
		outcome = store.OutcomeUpdated
		if err := w.version(s, before, beforeAsOf); err != nil {
			return err
		}
	}
	seen = max(seen, date)
	marks := s.StateMarks()
	if whole, err := w.newestWhole(kind); err != nil {
		return err
	} else if seen < whole {
		marks = append(marks, store.MarkGone)
	}
	name, username := s.StateNames()
	cells := []any{int64(kind), id, store.FoldCase(name), store.FoldCase(username), packMarks(marks), dated, doc, w.at}
	put, err := w.statement("INSERT OR REPLACE INTO states (" + states.Columns + ", sum, seen, import) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	_, err = put.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...), seen, w.importID)...)
	w.say(outcome, id)
	return err
}

// version keeps what a row of registrations was before. A row with nothing but another date is no other version.
func (w *directoryWriting) version(s store.StateRow, before string, asOf int64) error {
	now, isRegistration := s.(*store.Registration)
	if !isRegistration {
		return nil
	}
	var was store.Registration
	if err := json.Unmarshal([]byte(before), &was); err != nil {
		return fmt.Errorf("read a version: %w", err)
	}
	was.Updated = now.Updated
	undated, err := packState(&was)
	if err != nil {
		return err
	}
	if doc, err := packState(now); err != nil || doc == undated {
		return err
	}
	kind, id := s.StateKey()
	cells := []any{int64(kind), id, w.at, asOf, before}
	_, err = w.tx.ExecContext(w.ctx, "INSERT OR IGNORE INTO state_versions ("+stateVersions.Columns+", sum) VALUES (?, ?, ?, ?, ?, ?)", append(cells, dbfile.SumOf(cells...))...)
	return err
}

// packState writes a state as JSON. Two equal states have one text.
func packState(s any) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", fmt.Errorf("write a state: %w", err)
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// packMarks writes words with a blank around each, so that one is found by its text.
func packMarks(marks []string) string {
	if len(marks) == 0 {
		return ""
	}
	return " " + strings.Join(marks, " ") + " "
}

// stateFound is a row of a report as a question reads it.
type stateFound struct {
	doc  sql.RawBytes
	asOf time.Time
	// gone is the date of the first whole report that lacks the row; zero where it counts.
	gone time.Time
}

// readStates calls f with the rows of a kind that a where clause and what follows it leave.
func readStates(ctx context.Context, q dbfile.Querier, kind store.StateKind, f func(s *stateFound) error, where string, args ...any) error {
	dates, err := readReportDates(ctx, q, kind)
	if err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, "SELECT doc, as_of, seen FROM states WHERE "+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var found stateFound
		var asOf, seen int64
		if err := rows.Scan(&found.doc, &asOf, &seen); err != nil {
			return err
		}
		found.asOf, found.gone = timeOfMicros(asOf), dates.goneSince(seen)
		if err := f(&found); err != nil {
			return fmt.Errorf("read a state: %w", err)
		}
	}
	return rows.Err()
}

// appDetails is the table of what the directory tells of applications.
var appDetails = dbfile.Summed{Table: "app_details", Columns: "kind, id, doc"}

// details writes what an object tells that is no fact, and says whether that changed something.
func (w *directoryWriting) details(o *store.Object) (changed bool, err error) {
	if o.Details.IsZero() {
		return false, nil
	}
	var text string
	var before store.AppDetails
	err = w.tx.QueryRowContext(w.ctx, "SELECT doc FROM app_details WHERE kind = ? AND id = ?", o.Kind, o.ID).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	default:
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			return false, fmt.Errorf("read the details: %w", err)
		}
	}
	doc, err := packState(before.With(o.Details))
	if err != nil || doc == text {
		return false, err
	}
	cells := []any{int64(o.Kind), o.ID, doc}
	_, err = w.tx.ExecContext(w.ctx, "INSERT OR REPLACE INTO app_details ("+appDetails.Columns+", sum) VALUES (?, ?, ?, ?)", append(cells, dbfile.SumOf(cells...))...)
	return true, err
}
