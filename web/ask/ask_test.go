package ask

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// day holds the sign-ins of the tests, which are around noon.
var day = store.Range{From: noon.Add(-12 * time.Hour), To: noon.Add(12 * time.Hour)}

func testID(n int) string { return fmt.Sprintf("%08x-1111-4222-8333-%012x", n, n) }

// signIn is an interactive sign-in of Ada's that succeeded, some minutes after noon.
func signIn(n, minutes int) store.SignIn {
	return store.SignIn{
		Log: store.Interactive, ID: testID(n), Time: noon.Add(time.Duration(minutes) * time.Minute), CorrelationID: testID(1000 + n),
		UserID: testID(2001), UserPrincipalName: "ada@example.com", UserDisplayName: "Ada Example",
		AppID: testID(3001), AppDisplayName: "Travel Desk", ErrorCode: store.IntOf(0), IPAddress: "192.0.2.7",
	}
}

// of gives the sign-in to another user.
func of(user int, name string, s store.SignIn) store.SignIn {
	s.UserID, s.UserPrincipalName, s.UserDisplayName = testID(2000+user), name+"@example.com", name
	return s
}

// failed gives the sign-in an error code.
func failed(code int64, s store.SignIn) store.SignIn {
	s.ErrorCode = store.IntOf(code)
	return s
}

// house is a store of SQLite files, with the reported failures of parts.
type house struct {
	Reader
	db       *datafolder.Folder
	failures []string
}

// holding is a house with some sign-ins.
func holding(t *testing.T, signIns ...store.SignIn) *house {
	t.Helper()
	ctx := t.Context()
	db, err := datafolder.Open(ctx, t.TempDir(), kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{db: db}
	h.Reader = Reader{Reader: db, Directory: db, OnFailure: func(_ context.Context, part string, err error) {
		h.failures = append(h.failures, fmt.Sprintf("%s: %v", part, err))
	}}
	h.add(t, signIns...)
	return h
}

// add imports more sign-ins.
func (h *house) add(t *testing.T, signIns ...store.SignIn) {
	t.Helper()
	ctx, db := t.Context(), h.db
	records := make([]store.Record, len(signIns))
	for i, s := range signIns {
		records[i] = storetest.Copy(s)
	}
	id, err := db.BeginImport(ctx, store.ImportFile{Path: "made up"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(ctx, id, batch); err != nil {
		t.Fatal(err)
	}
	if err := db.EndImport(ctx, id, store.ImportReport{}); err != nil {
		t.Fatal(err)
	}
}

// broken gives an error for each count, list of values and histogram. The other questions reach the real store.
type broken struct {
	store.Reader
	err error
}

func (b broken) Total(context.Context, store.ListQuery) (store.Total, error) {
	return store.Total{}, b.err
}

func (b broken) Facets(context.Context, store.FacetsQuery) ([]store.Facet, error) { return nil, b.err }

func (b broken) Histogram(context.Context, store.HistogramQuery) (store.Histogram, error) {
	return store.Histogram{}, b.err
}

// countsFail makes every count of the house end with an error.
func (h *house) countsFail(err error) { h.Reader.Reader = broken{h.db, err} }

var errOdd = errors.New("an odd page")

// troubles has the Trouble of a part for each error, and whether OnFailure is told.
var troubles = []struct {
	err  error
	want Trouble
	told bool
}{
	{store.ErrTooSlow, TooSlow, false},
	{fmt.Errorf("count: %w", context.DeadlineExceeded), TooSlow, false},
	{errOdd, Failed, true},
}

func TestPart(t *testing.T) {
	for _, test := range troubles {
		h := holding(t)
		var got Trouble
		if err := h.Part(t.Context(), "count", test.err, &got); err != nil || got != test.want || (len(h.failures) == 1) != test.told {
			t.Errorf("%v: trouble %v, error %v, told of %q", test.err, got, err, h.failures)
		}
	}
	h := holding(t)
	var got Trouble
	if err := h.Part(t.Context(), "count", nil, &got); err != nil || got != NoTrouble {
		t.Errorf("without an error: trouble %v, error %v", got, err)
	}
	if err := h.Part(t.Context(), "count", context.Canceled, &got); !errors.Is(err, context.Canceled) || got != NoTrouble || len(h.failures) > 0 {
		t.Errorf("cancelled: trouble %v, error %v, told of %q", got, err, h.failures)
	}
}

func TestTogether(t *testing.T) {
	started := make(chan struct{})
	err := Together(t.Context(),
		func(ctx context.Context) error { // ends only because the other one is asked at the same time and fails
			close(started)
			<-ctx.Done()
			return ctx.Err()
		},
		func(ctx context.Context) error {
			<-started
			if _, ok := ctx.Deadline(); !ok {
				t.Error("a question has no deadline")
			}
			return errOdd
		},
	)
	if !errors.Is(err, errOdd) {
		t.Errorf("got %v, want the first error", err)
	}
}
