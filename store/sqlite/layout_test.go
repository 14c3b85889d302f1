package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// withProperties makes the engine one of a version of the program that knew the first properties only.
func withProperties(n int) Option {
	return withKinds(changedSignIns(func(k *store.Kind) { k.Properties = k.Properties[:n] }))
}

// mfaDetail is the place of the last two properties of the first versions of segments.
var mfaDetail = slices.Index(store.SignIns.Properties, store.MFAAuthMethod)

// The segments of an older version of the program stay: the columns it did not know are empty in them.
func TestSegmentsOfAnOlderLayoutStay(t *testing.T) {
	signIns := madeUp(store.Interactive, 600, 3)
	for i := range signIns {
		signIns[i].MFAAuthMethod = []string{"", "Text message"}[i%2]
	}
	fresh := openTest(t)
	put(t, fresh, signIns[:400]...)
	want := fewAnswers(t, fresh)

	v := &variant{folder: t.TempDir(), r: rand.New(rand.NewPCG(14, 1))}
	size := tinySizes(v.r)
	size.segment, size.smallRows, size.smallSegments = 50, 49, 4
	v.options = []Option{withSizes(size), withDecoder(decodeJSON), WithCache(1), withProperties(mfaDetail)}
	v.open(t)
	for some := range slices.Chunk(signIns[:400], 40) {
		put(t, v.DB, some...)
	}
	v.sealNow(t, true)
	segments := segmentIDs(t, v.DB)

	v.options = v.options[:3]
	v.reopen(t, func() {})
	defer v.close(t)
	if diff := gocmp.Diff(want, fewAnswers(t, v.DB)); diff != "" {
		t.Errorf("the answers of an older layout (-want +got):\n%s", diff)
	}
	if got := segmentIDs(t, v.DB); len(got) < 8 || !slices.Equal(got, segments) {
		t.Errorf("opening made other segments: %v, were %v", got, segments)
	}
	if logged := v.log.take(); logged != "" {
		t.Errorf("opening logged %s", logged)
	}
	// A damaged one is made from its rows, in today's layout.
	v.cols(t, "DELETE FROM columns WHERE id & 255 = ? AND id >> 8 = ?", v.schema.byProp[store.AppID].index, segments[0])
	v.reopen(t, func() {})
	if diff := gocmp.Diff(want, fewAnswers(t, v.DB)); diff != "" {
		t.Errorf("the answers after damage (-want +got):\n%s", diff)
	}
	if !slices.Equal(segments[1:], segmentIDs(t, v.DB)) {
		t.Errorf("after damage to one there are the segments %v, were %v", segmentIDs(t, v.DB), segments)
	}
	// Segments of both layouts are joined.
	put(t, fresh, signIns[400:]...)
	for some := range slices.Chunk(signIns[400:], 20) {
		put(t, v.DB, some...)
		v.sealNow(t, true)
	}
	if diff := gocmp.Diff(fewAnswers(t, fresh), fewAnswers(t, v.DB)); diff != "" {
		t.Errorf("the answers of both layouts (-want +got):\n%s", diff)
	}
}

// A print names one beginning of the list of columns, and that of the landed list is known.
func TestLayoutsHavePrintsOfTheirOwn(t *testing.T) {
	schema := newSchema(signInsOnly).kinds[0]
	for _, p := range store.SignIns.Properties[mfaDetail:] {
		if known, ok := schema.layouts[newSchema(store.Catalog{{Properties: []*store.Property{p}}}).kinds[0].print]; ok {
			t.Errorf("the print of %s alone is taken for that of the first %d properties", p.Name, known)
		}
	}
	// Segments of existing folders have these prints. Where one is not known, all of its segments are made again.
	for print, want := range map[int64]layout{
		4185333301: 81, // of the first versions of segments
		2881873194: 91, // of the version before kinds of records had columns of their own
	} {
		if n := schema.layouts[print]; n != want {
			t.Errorf("the layout with the print %d has %d columns, want %d", print, n, want)
		}
	}
}

func withDecoder(decode store.Decoder) Option { return func(db *DB) { db.decode = decode } }

// fewAnswers asks some questions of each kind.
func fewAnswers(t *testing.T, db *DB) string {
	t.Helper()
	var said strings.Builder
	for _, f := range []store.Filter{
		{},
		store.Filter{}.With(mustField("user"), store.OpIs, "User3@example.com"),
		store.Filter{}.With(mustField("error"), store.OpIs, "50126"),
		store.Filter{}.With(mustField("status"), store.OpIs, "Failure"),
		store.Filter{}.With(mustField("correlation"), store.OpStarts, "8"),
	} {
		q := store.ListQuery{Log: store.Interactive, Range: threeDays, Filter: f, AllEvents: true, Limit: 7}
		total, err := db.Total(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		page, err := db.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{mustField("city"), mustField("app")}, Top: 9})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&said, f.Values().Encode(), total, facets)
		for _, row := range page.Rows {
			fmt.Fprintln(&said, row.Key, row.SignIn().ID, row.SignIn().IPAddress)
		}
	}
	return said.String()
}

func segmentIDs(t *testing.T, db *DB) (ids []int64) {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), "SELECT id FROM segments ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}
