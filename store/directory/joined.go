package directory

import (
	"context"
	"errors"
	"sync"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// Joined is a log engine and a directory as one store. Questions to the logs tell the engine what the directory knows.
type Joined struct {
	store.Store
	alone

	directory *DB
	engine    store.Engine

	mu sync.Mutex
	// uncounted is what the ledger could not be told yet, by the import.
	uncounted map[int64]counted
}

// alone is what the directory answers and keeps by itself.
type alone interface {
	store.DirectoryWriter
	store.States
	store.Ledger
	store.ImportHistory
	coverage.Ledger
	Object(ctx context.Context, kind store.ObjectKind, id string) (store.Object, error)
	ObjectsOfApp(ctx context.Context, appID string) ([]store.Object, error)
	Departments(ctx context.Context) ([]store.Department, error)
	NewestApp(ctx context.Context, before time.Time, without []string) (store.Object, error)
	Membership(ctx context.Context, group string) (store.MembershipInfo, error)
	GroupMembers(ctx context.Context, q store.GroupMembersQuery) (store.GroupMemberPage, error)
	GroupsOf(ctx context.Context, id string, limit int) (groups []store.Object, n int64, err error)
	DirectoryState(ctx context.Context) (store.DirectoryState, error)
	BeginImport(ctx context.Context, file store.ImportFile) (int64, error)
	ForgetObjects(ctx context.Context, objects []store.DoubtfulObject) (n int64, err error)
}

var (
	_ store.Store         = (*Joined)(nil)
	_ store.Writer        = (*Joined)(nil)
	_ store.Directory     = (*Joined)(nil)
	_ store.Ledger        = (*Joined)(nil)
	_ store.ImportHistory = (*Joined)(nil)
	_ coverage.Ledger     = (*Joined)(nil)
)

// Join makes a store of a log engine and a directory.
func Join(engine store.Engine, directory *DB) *Joined {
	return &Joined{
		Store: store.Resolved(engine, directory.Index), alone: directory, directory: directory, engine: engine, uncounted: map[int64]counted{},
	}
}

// Snapshot makes the questions see one state of the logs, and one of the directory; see store.Store.
func (j *Joined) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	with, releaseEngine, err := j.engine.Snapshot(ctx)
	if err != nil {
		return ctx, func() {}, err
	}
	with, releaseDirectory := j.directory.Snapshot(with)
	return with, func() { releaseDirectory(); releaseEngine() }, nil
}

// Prepare does the work of a batch that needs no lock; see store.Writer.
func (j *Joined) Prepare(records []store.Record) (store.Batch, error) {
	return j.engine.Prepare(records)
}

// Commit writes a batch, and counts it in the ledger; see store.Writer.
func (j *Joined) Commit(ctx context.Context, importID int64, batch store.Batch) ([]store.Outcome, error) {
	outcomes, err := j.engine.Commit(ctx, batch)
	if err != nil {
		return nil, err
	}
	n := counted{batches: 1}
	for i := range outcomes {
		if outcomes[i].Told != "" { // the record that tells it is counted
			continue
		}
		switch outcomes[i].Kind {
		case store.OutcomeNew:
			n.added++
		case store.OutcomeUpdated:
			n.updated++
		case store.OutcomeSame:
			n.same++
		}
	}
	// The batch is stored, whatever becomes of its counts: whoever put it again would be told that nothing was new. A disk
	// that is full now may have room when the next batch is counted, or at the end of the import.
	if err := j.count(ctx, importID, n); err != nil && !errors.Is(err, store.ErrDiskFull) {
		return nil, err
	}
	return outcomes, nil
}

// count tells the ledger what became of a batch, and of those before that it could not be told of.
func (j *Joined) count(ctx context.Context, importID int64, n counted) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.uncounted[importID]
	n.batches, n.added, n.updated, n.same = n.batches+before.batches, n.added+before.added, n.updated+before.updated, n.same+before.same
	if n == (counted{}) {
		return nil
	}
	if err := j.directory.count(ctx, importID, n); err != nil {
		j.uncounted[importID] = n
		return err
	}
	delete(j.uncounted, importID)
	return nil
}

// EndImport notes the end of a file's import; see store.Writer.
func (j *Joined) EndImport(ctx context.Context, importID int64, report store.ImportReport) error {
	if err := j.count(ctx, importID, counted{}); err != nil {
		return err
	}
	return j.directory.EndImport(ctx, importID, report, coverage.StatementsOf(j.Catalog(), &report, time.Now()))
}

// Entities gives one page of users, groups, applications or service principals; see store.Directory.
func (j *Joined) Entities(ctx context.Context, q store.EntitiesQuery) (store.EntityPage, error) {
	known, err := j.directory.Index(ctx)
	if err != nil {
		return store.EntityPage{}, err
	}
	q.Scopes = known.Scopes(q.Scopes)
	return j.engine.Entities(ctx, q, known)
}

// ScopeTold gives a scope with what the directory knows of it; see store.Directory.
func (j *Joined) ScopeTold(ctx context.Context, s store.Scope) (store.Scope, error) {
	if s.IsZero() {
		return s, nil
	}
	known, err := j.directory.Index(ctx)
	if err != nil {
		return s, err
	}
	return known.Scope(s), nil
}

// LastSuccess gives the newest successful sign-in of all time; see store.Directory.
func (j *Joined) LastSuccess(ctx context.Context, kind store.ObjectKind, id string) (store.LastSuccess, error) {
	ids := []string{store.FoldCase(id)}
	if kind == store.ObjectGroup {
		known, err := j.directory.Index(ctx)
		if err != nil {
			return store.LastSuccess{}, err
		}
		ids = nil
		for _, m := range known.Members(store.FoldCase(id)) {
			ids = append(ids, m.ID)
		}
	}
	return j.engine.LastSuccess(ctx, kind, ids)
}
