package web

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"signpost/store"
)

type personKey struct{}

// asPerson notes the person who makes the request.
func asPerson(ctx context.Context, account int64) context.Context {
	return context.WithValue(ctx, personKey{}, account)
}

// turns lets each person do only so many things at a time. Later ones wait in order, until their context ends. A question
// without a person, such as an estimate in the background, never waits.
type turns struct {
	each int64

	mu     sync.Mutex
	people map[int64]*personTurns
}

type personTurns struct {
	free  *semaphore.Weighted
	users int // requests that hold a turn or wait for one
}

func newTurns(each int) *turns { return &turns{each: int64(each), people: map[int64]*personTurns{}} }

// take waits for a turn; release gives it back.
func (t *turns) take(ctx context.Context) (release func(), err error) {
	person, ok := ctx.Value(personKey{}).(int64)
	if !ok {
		return func() {}, nil
	}
	of := t.join(person)
	if err := of.free.Acquire(ctx, 1); err != nil {
		t.leave(person, of)
		return func() {}, err
	}
	return sync.OnceFunc(func() {
		of.free.Release(1)
		t.leave(person, of)
	}), nil
}

func (t *turns) join(person int64) *personTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.people[person]
	if of == nil {
		of = &personTurns{free: semaphore.NewWeighted(t.each)}
		t.people[person] = of
	}
	of.users++
	return of
}

func (t *turns) leave(person int64, of *personTurns) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if of.users--; of.users == 0 {
		delete(t.people, person)
	}
}

// inTurn asks a costly question when it is the person's turn.
func inTurn[A any](ctx context.Context, t *turns, question func() (A, error)) (answer A, err error) {
	release, err := t.take(ctx)
	if err != nil {
		return answer, err
	}
	defer release()
	return question()
}

// fairly gives the store and the directory to handlers. Each person asks only so many costly questions at a time, and holds
// only so many snapshots.
func fairly(s store.Store, d store.Directory, each int) (store.Store, store.Directory) {
	questions := newTurns(each)
	return fairStore{s, questions, newTurns(each)}, fairDirectory{d, questions}
}

// fairStore makes the costly questions wait: those that look at many rows. The others, by ID, do not wait.
type fairStore struct {
	store.Store
	questions, snapshots *turns
}

func (f fairStore) Snapshot(ctx context.Context) (context.Context, func(), error) {
	leave, err := f.snapshots.take(ctx)
	if err != nil {
		return ctx, func() {}, err
	}
	with, release, err := f.Store.Snapshot(ctx)
	if err != nil {
		leave()
		return with, release, err
	}
	return with, func() { release(); leave() }, nil
}

func (f fairStore) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	return inTurn(ctx, f.questions, func() (store.Page, error) { return f.Store.Page(ctx, q) })
}

func (f fairStore) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	return inTurn(ctx, f.questions, func() (store.Total, error) { return f.Store.Total(ctx, q) })
}

func (f fairStore) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	return inTurn(ctx, f.questions, func() (store.GroupPage, error) { return f.Store.Groups(ctx, q) })
}

func (f fairStore) GroupRows(ctx context.Context, q store.GroupRowsQuery) (store.Page, error) {
	return inTurn(ctx, f.questions, func() (store.Page, error) { return f.Store.GroupRows(ctx, q) })
}

func (f fairStore) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	return inTurn(ctx, f.questions, func() (store.Histogram, error) { return f.Store.Histogram(ctx, q) })
}

func (f fairStore) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	return inTurn(ctx, f.questions, func() ([]store.Facet, error) { return f.Store.Facets(ctx, q) })
}

func (f fairStore) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	return inTurn(ctx, f.questions, func() (store.Facet, error) { return f.Store.Values(ctx, q) })
}

func (f fairStore) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	return inTurn(ctx, f.questions, func() (store.Table, error) { return f.Store.Table(ctx, q) })
}

func (f fairStore) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	return inTurn(ctx, f.questions, func() (store.RecordPage, error) { return f.Store.Records(ctx, q) })
}

func (f fairStore) PersonTraces(ctx context.Context, q store.PersonQuery) (store.Traces, error) {
	return inTurn(ctx, f.questions, func() (store.Traces, error) { return f.Store.PersonTraces(ctx, q) })
}

func (f fairStore) FindUser(ctx context.Context, upn, tenant string) (store.FoundUser, error) {
	return inTurn(ctx, f.questions, func() (store.FoundUser, error) { return f.Store.FindUser(ctx, upn, tenant) })
}

// fairDirectory is fairStore for the directory.
type fairDirectory struct {
	store.Directory
	questions *turns
}

func (f fairDirectory) Entities(ctx context.Context, q store.EntitiesQuery) (store.EntityPage, error) {
	return inTurn(ctx, f.questions, func() (store.EntityPage, error) { return f.Directory.Entities(ctx, q) })
}

func (f fairDirectory) LastSuccess(ctx context.Context, kind store.ObjectKind, id string) (store.LastSuccess, error) {
	return inTurn(ctx, f.questions, func() (store.LastSuccess, error) { return f.Directory.LastSuccess(ctx, kind, id) })
}
