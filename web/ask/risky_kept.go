package ask

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/risk"
)

// RiskyKept keeps what lists of risky sign-ins of service principals are made of, for as long as the logs stay as they are: to read
// thousands of detections takes longer than the rest of such a page. It is for readers without a scope alone.
type RiskyKept struct {
	turn *semaphore.Weighted // one makes what is kept; whoever needs it waits for that, until their time is over

	mu         sync.Mutex
	detections []*keptDetections // the newest last; none changes
}

// NewRiskyKept gives one that keeps nothing yet.
func NewRiskyKept() *RiskyKept { return &RiskyKept{turn: semaphore.NewWeighted(1)} }

// Ready makes what is kept for lists without a filter, so that no page waits for it.
func (k *RiskyKept) Ready(ctx context.Context, r Reader) error {
	_, err := k.of(ctx, r, store.Filter{})
	return err
}

// keptDetections are the detections of one version of their log that pass a filter, with the sign-ins that they name.
type keptDetections struct {
	version, filter string
	found           *workloadDetections
	namedVersion    string // of the log of sign-ins
	named           []namedSignIn
	namedComplete   bool
	// missing are the request IDs that no stored sign-in has. places are the times of the named sign-ins, and placed counts what stands there.
	missing []string
	places  *store.Spans
	placed  store.Total
}

// namedSignIn is a sign-in that a detection names. Its texts are in lower case, but for the ID.
type namedSignIn struct {
	key                       store.Key
	id, principal, credential string
	near                      bool // one of the detections too
}

func namedOf(row store.Row, of *workloadDetections) namedSignIn {
	s := row.Entry.(*store.SignIn)
	n := namedSignIn{key: row.Key, id: s.ID, principal: store.FoldCase(s.ServicePrincipalID), credential: store.FoldCase(s.ServicePrincipalCredentialKeyID)}
	n.near = of.spans.In(n.principal, n.credential, n.key.Time())
	return n
}

// Bounds of what is kept: filters of detections, and detections of one filter.
const (
	keptFilters        = 4
	keptDetectionsMost = 50_000
)

// of gives what is kept for a filter of detections, made again where a log has changed; nil where nothing can be kept.
func (k *RiskyKept) of(ctx context.Context, r Reader, detections store.Filter) (*keptDetections, error) {
	if k == nil {
		return nil, nil
	}
	version, ok, err := store.VersionOf(ctx, risk.Workloads)
	if err != nil || !ok {
		return nil, err
	}
	signIns, _, err := store.VersionOf(ctx, store.ServicePrincipal)
	if err != nil {
		return nil, err
	}
	filter := detections.Values().Encode()
	if kept := k.find(version, filter); kept != nil && kept.namedVersion == signIns {
		return kept, nil
	}
	if err := k.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer k.turn.Release(1)
	kept := &keptDetections{version: version, filter: filter}
	if before := k.find(version, filter); before != nil {
		if *kept = *before; kept.namedVersion == signIns {
			return kept, nil
		}
	} else {
		total, err := r.Total(ctx, store.ListQuery{Log: risk.Workloads, Range: store.AllTime()})
		if err != nil || total.N > keptDetectionsMost {
			return nil, err
		}
		if kept.found, err = detectionsIn(ctx, r, store.AllTime(), detections); err != nil {
			return nil, err
		}
	}
	if err := kept.lookUp(ctx, r); err != nil {
		return nil, err
	}
	kept.namedVersion = signIns
	k.keep(kept)
	return kept, nil
}

// find gives what is kept for a version and a filter; nil for nothing.
func (k *RiskyKept) find(version, filter string) *keptDetections {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range k.detections {
		if d.version == version && d.filter == filter {
			return d
		}
	}
	return nil
}

func (k *RiskyKept) keep(kept *keptDetections) {
	k.mu.Lock()
	defer k.mu.Unlock()
	others := slices.DeleteFunc(slices.Clone(k.detections), func(d *keptDetections) bool { return d.version != kept.version || d.filter == kept.filter })
	if k.detections = append(others, kept); len(k.detections) > keptFilters {
		k.detections = k.detections[1:]
	}
}

// naming gives the detections of service principals that name sign-ins, by request IDs in lower case. ok is false where they are not kept:
// it makes nothing.
func (k *RiskyKept) naming(ctx context.Context, ids []string) (naming map[string][]*risk.Record, ok bool, err error) {
	if k == nil {
		return nil, false, nil
	}
	version, ok, err := store.VersionOf(ctx, risk.Workloads)
	if err != nil || !ok {
		return nil, false, err
	}
	kept := k.find(version, store.Filter{}.Values().Encode())
	if kept == nil || !kept.found.complete {
		return nil, false, nil
	}
	naming = map[string][]*risk.Record{}
	for _, id := range ids {
		if id = store.FoldCase(id); len(kept.found.named[id]) > 0 {
			naming[id] = kept.found.named[id]
		}
	}
	return naming, true, nil
}

// lookUp finds the sign-ins that the detections name. While sign-ins are imported, those that were found before stay where they are: one
// count of their places tells. Then only the request IDs that were missing are looked up.
func (d *keptDetections) lookUp(ctx context.Context, r Reader) error {
	known, requests := []namedSignIn(nil), d.missing
	stay, err := d.stay(ctx, r)
	if err != nil {
		return err
	}
	if stay {
		known = d.named
	} else {
		requests = d.found.requests()
	}
	all, err := storedTime(ctx, r, store.ServicePrincipal)
	if err != nil {
		return err
	}
	rows, complete, err := namedSoon(ctx, r, all, d.found, requests)
	if err != nil {
		return err
	}
	if d.namedComplete = complete && (!stay || d.placed.Complete); stay && len(rows) == 0 {
		return nil
	}
	d.named = slices.Concat(known, rows)
	slices.SortFunc(d.named, newestNamed)
	has := map[string]bool{}
	for _, n := range d.named {
		has[store.FoldCase(n.id)] = true
	}
	d.missing = slices.DeleteFunc(d.found.requests(), func(id string) bool { return has[id] })
	d.places = placesNamed(d.named)
	d.placed, err = r.Total(ctx, d.placesList())
	return err
}

// namedPlace is when a service principal signed in with a key.
type namedPlace struct {
	at                    int64
	principal, credential string
}

// namedSoon is namedRows for all sign-ins. A detection mostly tells the time of the sign-in that it names: it is looked for around that time,
// and where it is not, in all of the log.
func namedSoon(ctx context.Context, r Reader, all store.Range, of *workloadDetections, requests []string) (named []namedSignIn, complete bool, err error) {
	told := func(id string) time.Time { return of.named[id][0].Head().Time }
	requests, complete = slices.Clone(requests), true
	slices.SortFunc(requests, func(a, b string) int { return told(a).Compare(told(b)) })
	has := map[string]bool{}
	for some := range slices.Chunk(requests, rowsRead/4) {
		in := store.Range{From: told(some[0]).Add(-time.Hour), To: told(some[len(some)-1]).Add(time.Hour)}
		rows, whole, err := namedRows(ctx, r, in, store.Filter{}, of, some)
		if err != nil {
			return nil, false, err
		}
		for _, n := range rows {
			has[store.FoldCase(n.id)] = true
		}
		named, complete = append(named, rows...), complete && whole
	}
	left := slices.DeleteFunc(requests, func(id string) bool { return has[id] })
	rows, whole, err := namedRows(ctx, r, all, store.Filter{}, of, left)
	return append(named, rows...), complete && whole, err
}

// placesNamed gives the places of some named sign-ins: a microsecond each. One without a service principal has none.
func placesNamed(named []namedSignIn) *store.Spans {
	taken, of := map[namedPlace]bool{}, map[string][]store.ObjectSpan{}
	for _, n := range named {
		at := n.key.Time()
		if place := (namedPlace{at.UnixMicro(), n.principal, n.credential}); n.principal != "" && !taken[place] {
			taken[place] = true
			of[n.principal] = append(of[n.principal], store.ObjectSpan{Range: store.Range{From: at, To: at.Add(time.Microsecond)}, Key: n.credential})
		}
	}
	return store.NewSpans(store.ServicePrincipalID, store.CredentialKeyID, of)
}

// storedTime is from the oldest record of a log to the newest. To look an ID up takes the longer the longer the time is.
func storedTime(ctx context.Context, r Reader, log store.Log) (store.Range, error) {
	all := store.AllTime()
	oldest, err := r.Page(ctx, store.ListQuery{Log: log, Range: all, Before: &store.Cursor{Key: store.KeyAt(all.From)}, Limit: 1})
	if err != nil || len(oldest.Rows) == 0 {
		return all, err
	}
	newest, _, err := r.Newest(ctx, log)
	return store.Range{From: oldest.Rows[0].Key.Time(), To: newest.Add(time.Microsecond)}, err
}

// stay says that all named sign-ins that were found are still there, with the same time, service principal and key.
func (d *keptDetections) stay(ctx context.Context, r Reader) (bool, error) {
	if d.places == nil {
		return false, nil
	}
	now, err := r.Total(ctx, d.placesList())
	return err == nil && now == d.placed, err
}

func (d *keptDetections) placesList() store.ListQuery {
	return store.ListQuery{Log: store.ServicePrincipal, Range: store.AllTime(), Filter: store.Filter{}.During(d.places)}
}

func newestNamed(a, b namedSignIn) int { return b.key.Compare(a.key) }

// in gives the named sign-ins of a range, the newest first.
func (d *keptDetections) in(r store.Range) []namedSignIn { return namedWithin(d.named, r) }

// namedWithin gives those of a range. Both lists have the newest first.
func namedWithin(named []namedSignIn, r store.Range) []namedSignIn {
	before := func(t time.Time) int {
		at, _ := slices.BinarySearchFunc(named, t, func(n namedSignIn, t time.Time) int {
			if n.key.Time().Before(t) {
				return 1
			}
			return -1
		})
		return at
	}
	return named[before(r.To):before(r.From)]
}

// about gives the detections of one service principal, and those of some sign-ins that are of it and that they name.
func (d *keptDetections) about(id string, some []namedSignIn) (of *workloadDetections, named []namedSignIn) {
	id = store.FoldCase(id)
	of = newWorkloadDetections(slices.Clone(d.found.about[id]), d.found.complete)
	for _, n := range some {
		if n.principal == id && of.named[store.FoldCase(n.id)] != nil {
			named = append(named, n)
		}
	}
	return of, named
}

// requests are the request IDs that the detections name, in byte order.
func (d *workloadDetections) requests() []string {
	ids := make([]string, 0, len(d.named))
	for id := range d.named {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// namedRows gives those sign-ins of service principals of a range that have one of some request IDs and pass a filter, the newest first.
func namedRows(ctx context.Context, r Reader, in store.Range, f store.Filter, of *workloadDetections, requests []string) (named []namedSignIn, complete bool, err error) {
	complete = true
	for some := range slices.Chunk(requests, rowsRead) { // each page of a list looks all its IDs up
		narrowed, ok := oneOf(store.ServicePrincipal, f, store.RequestField, some...)
		if !ok {
			continue
		}
		rows, whole, err := everyRow(ctx, r, store.ListQuery{Log: store.ServicePrincipal, Range: in, Filter: narrowed})
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			named = append(named, namedOf(row, of))
		}
		complete = complete && whole
	}
	slices.SortFunc(named, newestNamed)
	return named, complete, nil
}
