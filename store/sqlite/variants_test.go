package sqlite

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/directory"
	"signpost/store/storetest"
)

// tinySizes make many segments of a few hundred rows, a little different each time. Nothing is sealed but by sealNow.
func tinySizes(r *rand.Rand) sizes {
	rows := 1 + r.IntN(90)
	return sizes{
		segment: rows, piece: 1 + r.IntN(20), sealRows: 1, idleRows: 1 << 30, idleTime: time.Hour, smallRows: 1 + r.IntN(30), smallSegments: 1 + r.IntN(4),
		partKeys: 1 + r.IntN(60), maxJoined: r.IntN(rows + 1), backlogBytes: 1 << 30,
		walkedRows: r.IntN(200), graveTime: 0, refillRows: 1 + r.IntN(60), tick: time.Hour, retryTime: 0,
	}
}

func withSizes(s sizes) Option { return func(db *DB) { db.sizes = s } }

// sealNow does what the sealer does in the background.
func (db *DB) sealNow(t *testing.T, all bool) {
	db.sealer.step(t.Context(), all)
}

// logLines keeps what an engine logs.
type logLines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

// take gives what was logged since it was asked last.
func (l *logLines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.all.Reset()
	return l.all.String()
}

// peek gives what take will give.
func (l *logLines) peek() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func (l *logLines) option() Option { return WithLog(slog.New(slog.NewTextHandler(l, nil))) }

// variant is an engine under circumstances of its own.
type variant struct {
	*DB
	folder     string
	options    []Option
	r          *rand.Rand
	log        logLines
	afterBatch func(t *testing.T, v *variant)
	beforeCase func(t *testing.T, v *variant)
}

// joinedVariant is a variant with a directory beside it.
type joinedVariant struct {
	*directory.Joined
	v *variant
}

func (j *joinedVariant) AfterBatch(t *testing.T) { j.v.AfterBatch(t) }
func (j *joinedVariant) BeforeCase(t *testing.T) { j.v.BeforeCase(t) }
func (j *joinedVariant) Reindex(ctx context.Context, done func(rows int64)) error {
	return j.v.Reindex(ctx, done)
}

func (v *variant) AfterBatch(t *testing.T) {
	if v.afterBatch != nil {
		v.afterBatch(t, v)
	}
	v.complain(t)
}

func (v *variant) BeforeCase(t *testing.T) {
	if v.beforeCase != nil {
		v.beforeCase(t, v)
	}
	v.complain(t)
}

// complain fails the test for warnings that no circumstance here is a reason for.
func (v *variant) complain(t *testing.T) {
	for line := range strings.Lines(v.log.take()) {
		if !strings.Contains(line, "made anew") && !strings.Contains(line, "cols.db is broken") && !strings.Contains(line, "cannot be used") {
			t.Error(line)
		}
	}
}

func (v *variant) open(t *testing.T) {
	t.Helper()
	var err error
	if v.DB, err = Open(context.WithoutCancel(t.Context()), v.folder, signInsOnly, storetest.Decode, append(v.options, v.log.option())...); err != nil {
		t.Fatal(err)
	}
}

func (v *variant) close(t *testing.T) {
	t.Helper()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

// reopen closes the store and opens it again; meanwhile something may happen to its files.
func (v *variant) reopen(t *testing.T, meanwhile func()) {
	t.Helper()
	v.close(t)
	meanwhile()
	v.open(t)
}

func sealOften(t *testing.T, v *variant) {
	if v.r.IntN(2) == 0 {
		v.sealNow(t, v.r.IntN(4) == 0)
	}
}

// The answers are the same whatever there is in segments, in the cache and in memory.
func TestConformanceOfVariants(t *testing.T) {
	t.Parallel()
	variants := []struct {
		name       string
		options    []Option
		afterBatch func(t *testing.T, v *variant)
		beforeCase func(t *testing.T, v *variant)
	}{
		{name: "sealed between batches", afterBatch: sealOften},
		{name: "cache of 1 MiB", options: []Option{WithCache(1 << 20)}, afterBatch: sealOften},
		{name: "cache of a byte", options: []Option{WithCache(1)}, afterBatch: sealOften},
		{name: "sealed between questions", beforeCase: sealOften},
		{name: "opened anew", afterBatch: sealOften, beforeCase: func(t *testing.T, v *variant) {
			if v.r.IntN(8) == 0 {
				v.reopen(t, func() {})
			}
		}},
		{name: "damaged in use", options: []Option{WithCache(1)}, afterBatch: sealOften, beforeCase: func(t *testing.T, v *variant) {
			if v.r.IntN(6) == 0 {
				damages[v.r.IntN(len(damages))].do(t, v)
			}
			if v.r.IntN(6) == 0 {
				v.sealNow(t, true)
			}
		}},
		{name: "damaged while closed", afterBatch: sealOften, beforeCase: func(t *testing.T, v *variant) {
			if v.r.IntN(8) == 0 {
				v.reopen(t, func() { closedDamages[v.r.IntN(len(closedDamages))].do(t, v) })
			}
		}},
	}
	cases := 40
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 3000
	}
	for _, test := range variants {
		t.Run(test.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Engine {
				v := &variant{folder: t.TempDir(), r: rand.New(rand.NewPCG(uint64(len(t.Name())), 11)), afterBatch: test.afterBatch, beforeCase: test.beforeCase}
				v.options = append([]Option{withSizes(tinySizes(v.r))}, test.options...)
				v.open(t)
				t.Cleanup(func() { v.close(t) })
				return &joinedVariant{joined(t, v.folder, v), v}
			}, cases)
		})
	}
}

// pair is two processes on one folder: one writes, the other answers.
type pair struct {
	store.Store
	store.Writer
	writer, reader *DB
	r              *rand.Rand
}

func (p *pair) Catalog() store.Catalog { return p.reader.Catalog() }

func (p *pair) AfterBatch(t *testing.T) {
	if p.r.IntN(2) == 0 {
		p.writer.sealNow(t, p.r.IntN(3) == 0)
	}
	if p.r.IntN(2) == 0 {
		p.reader.sealNow(t, p.r.IntN(3) == 0)
	}
	// What is acknowledged is seen at once.
	for _, info := range store.SignIns.Logs {
		var rows int64
		if err := p.writer.writer.QueryRow("SELECT count(*) FROM rows_" + string(info.Log)).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		total, err := p.reader.Total(t.Context(), store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true})
		if err != nil || total.N != rows {
			t.Errorf("after a commit of %d %s rows the other process counts %d, %v", rows, info.Log, total.N, err)
		}
	}
}

func (p *pair) BeforeCase(t *testing.T) {
	if p.r.IntN(5) == 0 {
		p.reader.sealNow(t, p.r.IntN(2) == 0)
	}
	if p.r.IntN(5) == 0 {
		p.writer.sealNow(t, p.r.IntN(2) == 0)
	}
}

func (p *pair) Reindex(ctx context.Context, done func(rows int64)) error {
	return p.writer.Reindex(ctx, done)
}

var allTime = store.Range{From: noon.AddDate(-50, 0, 0), To: noon.AddDate(50, 0, 0)}

func TestConformanceOfTwoProcesses(t *testing.T) {
	t.Parallel()
	cases := 40
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 3000
	}
	for _, sealer := range []string{"writer", "reader"} {
		t.Run("sealed by the "+sealer, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Engine {
				folder, r := t.TempDir(), rand.New(rand.NewPCG(uint64(len(t.Name())), 12))
				open := func() *DB {
					db, err := Open(t.Context(), folder, signInsOnly, storetest.Decode, withSizes(tinySizes(r)), WithCache(int64(r.IntN(2)<<20)))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() {
						if err := db.Close(); err != nil {
							t.Error(err)
						}
					})
					return db
				}
				p := &pair{r: r, writer: open(), reader: open()}
				p.Store, p.Writer = beside(t, p.reader), beside(t, p.writer)
				if sealer == "writer" {
					p.writer.sealNow(t, true)
				} else {
					p.reader.sealNow(t, true)
				}
				return p
			}, cases)
		})
	}
}

func (v *variant) file() string { return filepath.Join(v.folder, "cols.db") }
