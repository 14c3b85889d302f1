package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// Engine is the tested engine. It must have been opened with Decoder.
type Engine interface {
	store.Store
	store.Writer
}

// Reindexer is an engine that can make its rows again from the records as received.
type Reindexer interface {
	Reindex(ctx context.Context, done func(rows int64)) error
}

// Disturbed is an engine that a test disturbs between the batches of an import and between questions. It may close
// and open the engine, or delete a file.
type Disturbed interface {
	AfterBatch(t *testing.T)
	BeforeCase(t *testing.T)
}

// casesPerWorld is the number of cases for one set of sign-ins.
const casesPerWorld = 60

// maxFailed bounds the wrong answers reported for one set of sign-ins: the first ones say enough.
const maxFailed = 5

// Run imports made-up sign-ins into engines in random batches, and asks about that many random questions, between
// the batches too. Each set of sign-ins is a subtest and each question a subtest below it, so that a failure can
// be run by its name.
func Run(t *testing.T, open func(t *testing.T) Engine, cases int) {
	worlds := max(1, cases/casesPerWorld)
	for seed := range worlds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			w := &world{t: t, engine: open(t), seed: uint64(seed), r: rand.New(rand.NewPCG(uint64(seed), 3)), kept: map[idOfLog][]store.Version{}, users: map[string]store.Object{}}
			w.run(max(1, cases/worlds))
		})
	}
}

// world is one engine, the copies that it imported, and the contents that it must have.
type world struct {
	t      *testing.T
	engine Engine
	seed   uint64
	r      *rand.Rand
	kept   map[idOfLog][]store.Version
	before []Case // asked already
	groups map[string]store.MemberSet
	users  map[string]store.Object // of the directory, by ID
	asked  int
	failed int
}

// run imports everything into the engine. It asks a few cases before anything is there, some after batches, the
// rest at the end.
func (w *world) run(cases int) {
	w.ask(min(cases, 3))
	w.checkDeadline()
	arrivals := w.arrivals([]int{40, 150, 400}[w.r.IntN(3)])
	stops := 1 + w.r.IntN(4)
	for start := 0; start < len(arrivals); {
		end := min(len(arrivals), start+1+w.r.IntN(max(1, len(arrivals)/3)))
		w.feed(arrivals[start:end])
		if w.r.IntN(2) == 0 {
			w.feedDirectory()
		}
		if start = end; stops > 0 && start < len(arrivals) {
			stops--
			w.ask(min(cases/8, cases-w.asked))
		}
	}
	w.feedDirectory()
	w.ask((cases - w.asked) / 2)
	if engine, ok := w.engine.(Reindexer); ok {
		if err := engine.Reindex(w.t.Context(), func(int64) {}); err != nil {
			w.t.Fatalf("reindex: %v", err)
		}
	}
	w.ask(cases - w.asked)
	w.choose(1 + cases/10)
}

// choose checks the counts of values of lists' fields: see CheckChosen.
func (w *world) choose(cases int) {
	w.t.Helper()
	plain := w.oracle()
	for n := range cases {
		CheckChosen(w.t, w.engine, plain, rand.New(rand.NewPCG(w.seed, uint64(n)<<16)))
	}
}

// arrivals gives the copies in the order of import: by time with the late ones last, or in random order.
func (w *world) arrivals(rows int) []store.Record {
	signIns := MadeUp(w.seed, rows)
	later := Versions(w.seed, signIns)
	if w.r.IntN(2) == 0 {
		slices.SortStableFunc(signIns, func(a, b store.SignIn) int { return a.Time.Compare(b.Time) })
		w.r.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
		signIns = append(signIns, later...)
	} else {
		signIns = append(signIns, later...)
		w.r.Shuffle(len(signIns), func(i, j int) { signIns[i], signIns[j] = signIns[j], signIns[i] })
	}
	records := make([]store.Record, len(signIns))
	for i := range signIns {
		records[i] = Copy(signIns[i])
	}
	for _, kind := range w.engine.Catalog() {
		if kind != store.SignIns {
			records = append(records, MadeUpOf(kind, w.seed, rows/2)...)
			w.r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		}
	}
	return records
}

// feed imports the records as one file in batches, some of them twice. The next batch is prepared during the
// commit.
func (w *world) feed(records []store.Record) {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := w.engine.BeginImport(ctx, store.ImportFile{Path: "made up", Format: "azure-monitor"})
	if err != nil {
		w.t.Fatalf("begin an import: %v", err)
	}
	var batches [][]store.Record
	for start := 0; start < len(records); {
		end := min(len(records), start+1+w.r.IntN(max(120, len(records)/20)))
		batches = append(batches, records[start:end])
		if start = end; w.r.IntN(6) == 0 {
			batches = append(batches, batches[w.r.IntN(len(batches))])
		}
	}
	type preparedBatch struct {
		batch store.Batch
		err   error
	}
	prepared := make(chan preparedBatch, 1)
	go func() {
		for _, batch := range batches {
			b, err := w.engine.Prepare(batch)
			select {
			case prepared <- preparedBatch{b, err}:
			case <-ctx.Done(): // the test has failed
				return
			}
		}
	}()
	for _, batch := range batches {
		next := <-prepared
		if next.err != nil {
			w.t.Fatalf("prepare a batch: %v", next.err)
		}
		outcomes, err := w.engine.Commit(ctx, id, next.batch)
		if err != nil {
			w.t.Fatalf("commit a batch: %v", err)
		}
		w.checkOutcomes(batch, outcomes)
		if engine, ok := w.engine.(Disturbed); ok {
			engine.AfterBatch(w.t)
		}
	}
	w.endImport(ctx, id, len(records))
}

// checkOutcomes stores the records as the engine must, and compares the engine's outcome of each.
func (w *world) checkOutcomes(records []store.Record, outcomes []store.Outcome) {
	w.t.Helper()
	want := make([]store.Outcome, len(records))
	for i := range records {
		want[i].Kind = w.keep(&records[i])
	}
	if diff := gocmp.Diff(want, outcomes); diff != "" {
		w.t.Fatalf("outcomes of a batch (-want +got):\n%s", diff)
	}
}

// keep stores a record as the engine must, and returns the outcome.
func (w *world) keep(r *store.Record) store.OutcomeKind {
	head := r.Entry.Head()
	id := idOfLog{head.Log, NormalID(head.ID)}
	isKept := func(v store.Version) bool { return string(v.Doc) == string(r.Versions[0].Doc) }
	kind := store.OutcomeNew
	switch {
	case slices.ContainsFunc(w.kept[id], isKept):
		return store.OutcomeSame
	case len(w.kept[id]) > 0:
		kind = store.OutcomeUpdated
	}
	w.kept[id] = append(w.kept[id], r.Versions[0])
	return kind
}

// ask asks the engine random cases. One in four was asked before, and may have another answer now.
func (w *world) ask(cases int) {
	w.t.Helper()
	plain := w.oracle()
	w.checkLastSeen(plain)
	for range cases {
		w.asked++
		c := RandomCase(rand.New(rand.NewPCG(w.seed, uint64(w.asked)<<8)), plain)
		if len(w.before) > 0 && w.r.IntN(4) == 0 {
			c = w.before[w.r.IntN(len(w.before))]
		}
		w.before = append(w.before, c)
		if engine, ok := w.engine.(Disturbed); ok {
			engine.BeforeCase(w.t)
		}
		if !w.t.Run(fmt.Sprintf("case=%d", w.asked), func(t *testing.T) { Compare(t, w.engine, plain, c) }) {
			w.failed++
		}
		if w.failed == maxFailed {
			w.t.Fatalf("%d answers of %d are wrong: no more are asked of these sign-ins", w.failed, w.asked)
		}
	}
}

// checkDeadline asks questions with no time left.
func (w *world) checkDeadline() {
	w.t.Helper()
	ctx, cancel := context.WithDeadline(w.t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	list := store.ListQuery{Log: store.NonInteractive, Range: everything, Limit: 1}
	city, _ := store.SignIns.Field("city")
	for kind, ask := range map[Kind]func() error{
		KindPage: func() error { _, err := w.engine.Page(ctx, list); return err },
		KindRecords: func() error {
			_, err := w.engine.Records(ctx, store.RecordsQuery{ListQuery: list, Folded: true})
			return err
		},
		KindTotal:  func() error { _, err := w.engine.Total(ctx, list); return err },
		KindGroups: func() error { _, err := w.engine.Groups(ctx, store.GroupsQuery{ListQuery: list}); return err },
		KindHistogram: func() error {
			_, err := w.engine.Histogram(ctx, store.HistogramQuery{ListQuery: list, Edges: []time.Time{everything.From, everything.To}})
			return err
		},
		KindFacets: func() error {
			_, err := w.engine.Facets(ctx, store.FacetsQuery{ListQuery: list, Fields: []*store.Field{city}, Top: 1})
			return err
		},
		KindValues: func() error {
			_, err := w.engine.Values(ctx, store.ValuesQuery{ListQuery: list, Field: city, Text: "o", Top: 1})
			return err
		},
		KindTable: func() error {
			_, err := w.engine.Table(ctx, store.TableQuery{Range: everything, By: city, Limit: 1})
			return err
		},
	} {
		if err := ask(); !errors.Is(err, store.ErrTooSlow) {
			w.t.Errorf("%s past the deadline: %v, want store.ErrTooSlow", kind, err)
		}
	}
}
