package directory

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/dbfile"
)

// states is the table of the rows of reports, stateVersions that of what they were before.
var (
	states        = dbfile.Summed{Table: "states", Columns: "kind, id, name, username, marks, dated, doc, as_of"}
	stateVersions = dbfile.Summed{Table: "state_versions", Columns: "kind, id, until, as_of, doc"}
)

// state writes one row of a report. It takes the place of an earlier one as a whole, but not of one with a later date.
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
	var before string
	var beforeDated, beforeAsOf int64
	outcome := store.OutcomeNew
	look, err := w.statement("SELECT doc, dated, as_of FROM states WHERE kind = ? AND id = ?")
	if err != nil {
		return err
	}
	err = look.QueryRowContext(w.ctx, kind, id).Scan(&before, &beforeDated, &beforeAsOf)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case before != doc && dated != 0 && dated < beforeDated:
		w.say(store.OutcomeSame, id) // an earlier row changes nothing
		return nil
	case before == doc:
		outcome = store.OutcomeSame
	default:
		outcome = store.OutcomeUpdated
		if err := w.version(s, before, beforeAsOf); err != nil {
			return err
		}
	}
	name, username := s.StateNames()
	cells := []any{int64(kind), id, store.FoldCase(name), store.FoldCase(username), packMarks(s.StateMarks()), dated, doc, w.at}
	put, err := w.statement("INSERT OR REPLACE INTO states (" + states.Columns + ", sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	_, err = put.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...))...)
	w.say(outcome, id)
	return err
}

// version keeps what a row of registrations was before. A row of which only the date changed is no other version.
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

// readStates calls f with the text and the import of each row of a query for doc and as_of.
func readStates(ctx context.Context, q dbfile.Querier, f func(doc []byte, asOf int64) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var doc sql.RawBytes
		var asOf int64
		if err := rows.Scan(&doc, &asOf); err != nil {
			return err
		}
		if err := f(doc, asOf); err != nil {
			return fmt.Errorf("read a state: %w", err)
		}
	}
	return rows.Err()
}

// appDetails is the table of what the directory tells of applications.
var appDetails = dbfile.Summed{Table: "app_details", Columns: "kind, id, doc"}

// details writes what an object tells beside its facts, and says whether that changed something.
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
