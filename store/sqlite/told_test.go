package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/storetest"
)

// toldWorld is an engine, and the copies that were put into it: those of logs of sign-ins, and those that another kind tells.
type toldWorld struct {
	t      *testing.T
	db     *DB
	folder string
	r      *rand.Rand
	put    []store.Record
	logs   map[string]map[store.Log]bool // which logs of sign-ins told an ID so far
	asked  int
}

// madeUpTold gives copies of made-up sign-ins in random order: those of logs of sign-ins, and poorer ones that another kind tells.
// Of some sign-ins there are only the latter.
func madeUpTold(seed uint64, r *rand.Rand, rows int) (records []store.Record) {
	signIns := storetest.MadeUp(seed, rows)
	logs := map[string]int{}
	for i := range signIns {
		logs[storetest.NormalID(signIns[i].ID)]++
	}
	add := func(s store.SignIn) {
		for range 1 + r.IntN(5)/4 { // one in five twice
			records = append(records, storetest.Copy(s))
		}
	}
	for i := range signIns {
		s := &signIns[i]
		told := 0
		if logs[storetest.NormalID(s.ID)] == 1 {
			told = r.IntN(3)
		}
		for n := range told {
			copied := store.SignIn{
				Log: store.Interactive, ID: s.ID, Time: s.Time.Truncate(time.Second).Add(time.Duration(r.IntN(3)) * time.Second), ToldBy: "activity",
				CorrelationID: s.CorrelationID, UserID: s.UserID, ServicePrincipalID: s.ServicePrincipalID, AppID: s.AppID, ResourceID: s.ResourceID, UserAgent: fmt.Sprint("told ", n),
			}
			switch r.IntN(4) {
			case 0:
				copied.ErrorCode = s.ErrorCode
			case 1:
				copied.StatedStatus = "failure"
			case 2:
				copied.Time = s.Time.AddDate(0, 0, 3) // in another quarter of a day
			}
			switch r.IntN(6) {
			case 0:
				copied.AuthenticationProcessingDetails = []store.KeyValue{{Key: "RequestType", Value: "OAuth2:Token"}}
			case 1:
				copied.AuthenticationMethodsUsed = []string{"told"}
			case 2:
				copied.IPAddress, copied.CallerIPAddress = s.IPAddress, s.IPAddress
			case 3:
				copied.FailureReason, copied.RiskState = "told", "atRisk"
			}
			add(copied)
		}
		if told > 0 && r.IntN(4) == 0 { // several logs have the ID
			other := store.SignIns.Logs[r.IntN(len(store.SignIns.Logs))].Log
			if other != s.Log {
				add(store.SignIn{Log: other, ID: s.ID, Time: s.Time.Add(7 * time.Millisecond), UserID: s.UserID, ServicePrincipalID: s.ServicePrincipalID, AppID: s.AppID, UserAgent: "another log"})
			}
		}
		if told == 0 || r.IntN(4) > 0 {
			add(*s)
			if r.IntN(6) == 0 {
				later := *s
				later.UserAgent, later.Ingested = "later", s.Time.Add(time.Hour)
				add(later)
			}
		}
	}
	r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records
}

// feed puts records in batches of random sizes, some twice, and compares what it is told of each with what was put before.
func (w *toldWorld) feed(records []store.Record) {
	w.t.Helper()
	for len(records) > 0 {
		n := min(len(records), 1+w.r.IntN(25))
		for range 1 + w.r.IntN(5)/4 {
			batch, err := w.db.Prepare(records[:n])
			if err != nil {
				w.t.Fatal(err)
			}
			outcomes, err := w.db.Commit(w.t.Context(), batch)
			if err != nil {
				w.t.Fatal(err)
			}
			for i := range outcomes {
				w.keep(&records[i], outcomes[i])
			}
		}
		records = records[n:]
	}
}

func (w *toldWorld) keep(r *store.Record, got store.Outcome) {
	w.t.Helper()
	head := r.Entry.Head()
	id := storetest.NormalID(head.ID)
	known, isTold, log := w.logs[id], head.ToldBy != "", head.Log
	want := store.Outcome{Kind: store.OutcomeNew}
	if isTold {
		log = w.home(id)
		want.Told = log
	}
	for i := range w.put {
		of := w.put[i].Entry.Head()
		inRow := of.Log == log
		if of.ToldBy != "" { // the first of another source takes it
			inRow = len(known) == 0 || w.home(id) == log
		}
		switch {
		case storetest.NormalID(of.ID) != id || !inRow:
		case string(w.put[i].Versions[0].Doc) == string(r.Versions[0].Doc):
			want.Kind = store.OutcomeSame
		case want.Kind == store.OutcomeNew:
			want.Kind = store.OutcomeUpdated
		}
	}
	if got != want {
		w.t.Fatalf("%s of %s, told by %q: got %+v, want %+v", head.ID, head.Log, head.ToldBy, got, want)
	}
	if w.put = append(w.put, *r); !isTold {
		if known == nil {
			w.logs[id] = map[store.Log]bool{}
		}
		w.logs[id][head.Log] = true
	}
}

// home is the log where the told copies of an ID belong.
func (w *toldWorld) home(id string) store.Log {
	for _, info := range store.SignIns.Logs {
		if w.logs[id][info.Log] {
			return info.Log
		}
	}
	return store.Interactive
}

// compare asks the engine, and a plain store of the copies in the logs where they belong.
func (w *toldWorld) compare(cases int) {
	w.t.Helper()
	var records []store.Record
	for _, r := range w.put {
		head := r.Entry.Head()
		if head.ToldBy != "" {
			head.Log = w.home(storetest.NormalID(head.ID))
		}
		moved := store.Record{Entry: r.Entry.Clone(), Versions: slices.Clone(r.Versions)}
		moved.Versions[0].Entry = r.Versions[0].Entry.Clone()
		moved.Entry.SetHead(head)
		moved.Versions[0].Entry.SetHead(head)
		records = append(records, moved)
	}
	plain := storetest.Holding(w.t, w.db, records)
	for range cases {
		w.asked++
		c := storetest.RandomCase(rand.New(rand.NewPCG(uint64(w.asked), 5)), plain)
		storetest.Compare(w.t, w.db, plain, c)
	}
	found, err := w.db.Checkup(w.t.Context(), nil)
	if err != nil || len(found.Damages) > 0 {
		w.t.Fatalf("the checkup: %+v, %v", found.Damages, err)
	}
}

// damage moves the note of a told row to where no row stands. The checkup tells, and reindexing repairs it.
func (w *toldWorld) damage() {
	w.t.Helper()
	if _, err := w.db.writer.ExecContext(w.t.Context(), "UPDATE told SET k = 7 WHERE k = (SELECT max(k) FROM told)"); err != nil {
		w.t.Fatal(err)
	}
	found, err := w.db.Checkup(w.t.Context(), nil)
	if err != nil || len(found.Damages) != 1 || found.Damages[0].Remedy != remedyReindex {
		w.t.Errorf("a damaged note: %+v, %v", found.Damages, err)
	}
	if err := w.db.Reindex(w.t.Context(), func(int64) {}); err != nil {
		w.t.Fatal(err)
	}
	w.compare(1)
}

func (w *toldWorld) reopen() {
	w.t.Helper()
	if err := w.db.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *toldWorld) open() {
	w.t.Helper()
	db, err := Open(w.t.Context(), w.folder, signInsOnly, storetest.Decoder(signInsOnly))
	if err != nil {
		w.t.Fatal(err)
	}
	w.db = db
}

// Sign-ins that another kind tells stand where a plain loop puts them, in whatever order and batches their copies come: one row
// with all copies, in the first log that has its ID from a source of its own.
func TestToldSignInsStandWhereTheyBelong(t *testing.T) {
	t.Parallel()
	seeds, rows := uint64(3), 40
	if os.Getenv("SIGNPOST_SOAK") != "" {
		seeds, rows = 30, 250
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			w := &toldWorld{t: t, folder: t.TempDir(), r: rand.New(rand.NewPCG(seed, 9)), logs: map[string]map[store.Log]bool{}}
			w.open()
			defer func() {
				if err := w.db.Close(); err != nil {
					t.Error(err)
				}
			}()
			records := madeUpTold(seed, w.r, rows)
			for n := range 3 {
				w.feed(records[len(records)*n/3 : len(records)*(n+1)/3])
				w.compare(20)
				if n == 1 {
					w.reopen()
				}
			}
			if err := w.db.Reindex(t.Context(), func(int64) {}); err != nil {
				t.Fatal(err)
			}
			w.compare(20)
			var told int
			if err := w.db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM told WHERE alone").Scan(&told); err != nil {
				t.Fatal(err)
			}
			only := map[string]bool{}
			for _, r := range w.put {
				id := storetest.NormalID(r.Entry.Head().ID)
				if _, known := w.logs[id]; !known {
					only[id] = true
				}
			}
			if told != len(only) || told == 0 {
				t.Errorf("%d rows are noted as told ones, want %d", told, len(only))
			}
			w.damage()
		})
	}
}

// A told copy that tells nothing new changes no row: there is nothing to note for those who read columns. One that tells something does.
func TestToldCopyBesideARow(t *testing.T) {
	t.Parallel()
	w := &toldWorld{t: t, folder: t.TempDir(), r: rand.New(rand.NewPCG(1, 9)), logs: map[string]map[store.Log]bool{}}
	w.open()
	defer w.db.Close() //nolint:errcheck // nothing is written behind the last comparison
	changes := func() (n int) {
		t.Helper()
		if err := w.db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM changes").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	whole := store.SignIn{
		Log: store.NonInteractive, ID: "5f0c71c1-0000-4000-8000-000000000001", Time: storetest.Noon.Add(250 * time.Millisecond), UserID: "ada", AppID: "a1", UserAgent: "whole",
		ErrorCode: store.IntOf(50126), FailureReason: "wrong password", AuthenticationProcessingDetails: []store.KeyValue{{Key: "Is CAE Token", Value: "False"}},
	}
	bare := whole
	bare.ID, bare.UserAgent = "5f0c71c1-0000-4000-8000-000000000002", ""
	w.feed([]store.Record{storetest.Copy(whole), storetest.Copy(bare)})
	before := changes()
	told := func(of store.SignIn) store.Record {
		of.Log, of.ToldBy, of.Time, of.UserAgent, of.FailureReason = store.Interactive, "activity", storetest.Noon, "told", "InvalidUserNameOrPassword"
		of.AuthenticationProcessingDetails = []store.KeyValue{{Key: "RequestType", Value: "OAuth2:Token"}}
		return storetest.Copy(of)
	}
	w.feed([]store.Record{told(whole)})
	if n := changes(); n != before {
		t.Errorf("a copy that tells nothing new: %d changes, want %d", n, before)
	}
	w.feed([]store.Record{told(bare)})
	if n := changes(); n != before+1 {
		t.Errorf("a copy that tells the user agent: %d changes, want %d", n, before+1)
	}
	w.compare(20)
}

// It measures the import of a log while another log has told rows with other IDs, and while there are none.
func BenchmarkImportBesideTold(b *testing.B) {
	for _, told := range []int{0, 20_000} {
		b.Run(fmt.Sprint("told=", told), func(b *testing.B) {
			db, err := Open(b.Context(), b.TempDir(), signInsOnly, storetest.Decoder(signInsOnly))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			put := func(log store.Log, by store.Log, first, n int) {
				records := make([]store.Record, n)
				for i := range records {
					at := first + i
					records[i] = storetest.Copy(store.SignIn{
						Log: log, ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", at*2654435761&0xffffffff, at), Time: storetest.Noon.Add(time.Duration(at) * time.Second), UserID: "ada", AppID: "a1", ToldBy: by,
					})
				}
				batch, err := db.Prepare(records)
				if err == nil {
					_, err = db.Commit(b.Context(), batch)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			for first := 0; first < told; first += 10_000 {
				put(store.Interactive, "activity", first, 10_000)
			}
			next := 1 << 20
			for b.Loop() {
				put(store.NonInteractive, "", next, 10_000)
				next += 10_000
			}
			b.ReportMetric(float64(10_000*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
