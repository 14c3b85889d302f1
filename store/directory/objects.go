package directory

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// objects is the table of the directory's objects.
var objects = dbfile.Summed{Table: "directory", Columns: objectColumns}

// PutDirectory keeps a batch of a directory export; see store.DirectoryWriter.
func (db *DB) PutDirectory(ctx context.Context, importID int64, batch store.DirectoryBatch) (outcomes []store.Outcome, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		w := directoryWriting{
			ctx: ctx, tx: tx, importID: importID, at: batch.At.UnixMicro(), received: batch.At.UnixMicro(), prepared: map[string]*sql.Stmt{}, whole: map[store.StateKind]int64{},
		}
		if !batch.Received.IsZero() {
			w.received = batch.Received.UnixMicro()
		}
		defer w.close()
		for i := range batch.Objects {
			if err := w.object(&batch.Objects[i]); err != nil {
				return fmt.Errorf("keep an object of the directory: %w", err)
			}
		}
		for i := range batch.Memberships {
			m := &batch.Memberships[i]
			if err := w.list(&groupMembers, m.Group, m.Members, m.Whole); err != nil {
				return fmt.Errorf("keep the members of a group: %w", err)
			}
		}
		for i := range batch.Ownerships {
			o := &batch.Ownerships[i]
			if err := w.list(&appOwners, o.Object, o.Owners, o.Whole); err != nil {
				return fmt.Errorf("keep the owners of an application: %w", err)
			}
		}
		for _, s := range batch.States {
			if err := w.state(s); err != nil {
				return fmt.Errorf("keep a row of a report: %w", err)
			}
		}
		for i := range batch.Reports {
			if err := w.report(&batch.Reports[i]); err != nil {
				return err
			}
		}
		outcomes = w.outcomes
		return newRevision(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

// newRevision notes that the directory changed.
func newRevision(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE directory_revision SET n = n + 1")
	return err
}

// directoryWriting is one transaction of an import.
type directoryWriting struct {
	ctx      context.Context
	tx       *sql.Tx
	importID int64
	// at is the time of the import, received that of its file.
	at, received int64
	outcomes     []store.Outcome
	prepared     map[string]*sql.Stmt
	// whole are the dates of the newest whole reports, as far as they were read.
	whole map[store.StateKind]int64
}

// statement gives a statement of the transaction, prepared once.
func (w *directoryWriting) statement(query string) (*sql.Stmt, error) {
	if s := w.prepared[query]; s != nil {
		return s, nil
	}
	s, err := w.tx.PrepareContext(w.ctx, query)
	if err == nil {
		w.prepared[query] = s
	}
	return s, err
}

func (w *directoryWriting) close() {
	for _, s := range w.prepared {
		_ = s.Close() // the transaction tells of its faults
	}
}

func (w *directoryWriting) say(kind store.OutcomeKind, id string) {
	w.outcomes = append(w.outcomes, store.Outcome{Kind: kind, ID: id})
}

// object writes one object. What it lacks stays as an earlier export had it.
func (w *directoryWriting) object(o *store.Object) error {
	if o.ID == "" || o.Kind == 0 {
		w.outcomes = append(w.outcomes, store.Outcome{Kind: store.OutcomeRejected, Reason: "the object has no id."})
		return nil
	}
	next := *o
	kind := store.OutcomeNew
	before, err := readObject(w.ctx, w.tx, o.Kind, o.ID)
	switch {
	case err == nil:
		next = mergedObject(before, *o)
		kind = store.OutcomeSame
		if !sameObject(before, next) {
			kind = store.OutcomeUpdated
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	changed, err := w.details(o)
	if err != nil {
		return fmt.Errorf("keep the details of an application: %w", err)
	}
	if changed && kind == store.OutcomeSame {
		kind = store.OutcomeUpdated
	}
	facts, err := packFacts(next.Facts)
	if err != nil {
		return err
	}
	cells := []any{
		int64(next.Kind), next.ID, next.Name, next.Username, next.AppID, next.Type, int64(next.Enabled), microsOf(next.Created), microsOf(next.LastSuccess), facts, w.at,
	}
	_, err = w.tx.ExecContext(w.ctx, "INSERT OR REPLACE INTO directory ("+objectColumns+", sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", append(cells, dbfile.SumOf(cells...))...)
	w.say(kind, o.ID)
	return err
}

// mergedObject gives what is known after a later export.
func mergedObject(before, o store.Object) store.Object {
	next := before
	for _, text := range []struct {
		into *string
		from string
	}{{&next.Name, o.Name}, {&next.Username, o.Username}, {&next.AppID, o.AppID}, {&next.Type, o.Type}} {
		if text.from != "" {
			*text.into = text.from
		}
	}
	if o.Enabled != store.Unset {
		next.Enabled = o.Enabled
	}
	if !o.Created.IsZero() {
		next.Created = o.Created
	}
	if o.LastSuccess.After(next.LastSuccess) {
		next.LastSuccess = o.LastSuccess
	}
	next.Facts = nil
	for _, f := range before.Facts {
		if !hasFact(o.Facts, f.Key) {
			next.Facts = append(next.Facts, f)
		}
	}
	for _, f := range o.Facts {
		if f.Value != "" {
			next.Facts = append(next.Facts, f)
		}
	}
	return next
}

func hasFact(facts []store.KeyValue, key string) bool {
	for _, f := range facts {
		if f.Key == key {
			return true
		}
	}
	return false
}

// sameObject compares all but the time of the import.
func sameObject(a, b store.Object) bool {
	factsA, errA := packFacts(a.Facts)
	factsB, errB := packFacts(b.Facts)
	return errA == nil && errB == nil && factsA == factsB && a.Name == b.Name && a.Username == b.Username && a.AppID == b.AppID &&
		a.Type == b.Type && a.Enabled == b.Enabled && microsOf(a.Created) == microsOf(b.Created) && microsOf(a.LastSuccess) == microsOf(b.LastSuccess)
}

// packFacts writes facts as a JSON object, keys in order; those without a value are left out.
func packFacts(facts []store.KeyValue) (string, error) {
	object := map[string]string{}
	for _, f := range facts {
		if f.Value != "" {
			object[f.Key] = f.Value
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(object)
	return text.String(), err
}

func unpackFacts(text string) ([]store.KeyValue, error) {
	object := map[string]string{}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return nil, fmt.Errorf("read the facts of an object: %w", err)
	}
	return store.FactsOf(object), nil
}

func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOfMicros(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

const objectColumns = "kind, id, name, username, app_id, type, enabled, created, last_success, facts, as_of"

// scanObject reads one row of objectColumns.
func scanObject(scan func(...any) error) (store.Object, error) {
	var o store.Object
	var created, success, asOf int64
	var facts string
	err := scan(&o.Kind, &o.ID, &o.Name, &o.Username, &o.AppID, &o.Type, &o.Enabled, &created, &success, &facts, &asOf)
	if err != nil {
		return o, err
	}
	o.Created, o.LastSuccess, o.AsOf = timeOfMicros(created), timeOfMicros(success), timeOfMicros(asOf)
	o.Facts, err = unpackFacts(facts)
	return o, err
}

func readObject(ctx context.Context, q dbfile.Querier, kind store.ObjectKind, id string) (store.Object, error) {
	row := q.QueryRowContext(ctx, "SELECT "+objectColumns+" FROM directory WHERE kind = ? AND id = ?", kind, id)
	o, err := scanObject(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	return o, err
}

func readObjects(ctx context.Context, q dbfile.Querier, query string, args ...any) ([]store.Object, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []store.Object
	for rows.Next() {
		o, err := scanObject(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Object gives one imported object; see store.Directory.
func (db *DB) Object(ctx context.Context, kind store.ObjectKind, id string) (o store.Object, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		o, err = readObject(ctx, q, kind, store.FoldCase(id))
		return err
	})
	return o, err
}

// ObjectsOfApp gives the objects of an application ID; see store.Directory.
func (db *DB) ObjectsOfApp(ctx context.Context, appID string) (list []store.Object, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		list, err = readObjects(ctx, q, "SELECT "+objectColumns+" FROM directory WHERE app_id = ? AND app_id <> '' ORDER BY kind, id LIMIT ?", store.FoldCase(appID), store.MaxOfApp)
		return err
	})
	return list, err
}

// NewestApp gives the application that was created last; see store.Directory.
func (db *DB) NewestApp(ctx context.Context, before time.Time, without []string) (o store.Object, err error) {
	tenants, _ := json.Marshal(without) // texts can always be written
	err = db.read(ctx, func(q dbfile.Querier) error {
		list, err := readObjects(ctx, q, "SELECT "+objectColumns+` FROM directory WHERE kind IN (?, ?) AND app_id <> '' AND type <> 'ManagedIdentity' AND created > 0 AND created < ?
			AND lower(coalesce(facts ->> '$.appOwnerOrganizationId', '')) NOT IN (SELECT value FROM json_each(?)) ORDER BY created DESC, app_id, kind LIMIT 1`,
			store.ObjectApplication, store.ObjectServicePrincipal, before.UnixMicro(), string(tenants))
		if len(list) > 0 {
			o = list[0]
		}
		return err
	})
	return o, err
}

// GroupsOf gives groups an object is a member of; see store.Directory.
func (db *DB) GroupsOf(ctx context.Context, id string, limit int) (list []store.Object, n int64, err error) {
	id = store.FoldCase(id)
	err = db.read(ctx, func(q dbfile.Querier) error {
		err := q.QueryRowContext(ctx, "SELECT count(*) FROM members WHERE id = ?", id).Scan(&n)
		if err != nil || n == 0 {
			return err
		}
		list, err = readObjects(ctx, q, `SELECT coalesce(d.kind, ?2), m.grp, coalesce(d.name, ''), '', '', coalesce(d.type, ''), coalesce(d.enabled, 0), coalesce(d.created, 0), 0, coalesce(d.facts, '{}'), coalesce(d.as_of, 0)
			FROM members AS m LEFT JOIN directory AS d ON d.kind = ?2 AND d.id = m.grp WHERE m.id = ?1 ORDER BY 3, 2 LIMIT ?3`, id, store.ObjectGroup, limit)
		return err
	})
	return list, n, err
}

// DirectoryState tells what was imported; see store.Directory.
func (db *DB) DirectoryState(ctx context.Context) (store.DirectoryState, error) {
	state := store.DirectoryState{N: map[store.ObjectKind]int64{}, AsOf: map[store.ObjectKind]time.Time{}}
	index, err := db.Index(ctx)
	if err != nil {
		return state, err
	}
	for _, kind := range store.ObjectKinds() {
		state.N[kind], state.AsOf[kind] = int64(len(index.Objects[kind])), index.AsOf[kind]
	}
	return state, nil
}
