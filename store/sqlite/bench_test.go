package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/storetest"
)

// BenchmarkImport measures Prepare and Commit by themselves, in batches of 20,000 with records of 4 KB.
func BenchmarkImport(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), signInsOnly, decodeJSON)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	filler := strings.Repeat(`{"displayName":"Require MFA","result":"notApplied"},`, 70)
	r := rand.New(rand.NewPCG(1, 1))
	var preparing, committing time.Duration
	for done := 0; done < b.N; done += 20000 {
		records := make([]store.Record, min(20000, b.N-done))
		for i := range records {
			var raw id16
			for j := range raw {
				raw[j] = byte(r.Uint32())
			}
			s := records[i].SignIn()
			*s = store.SignIn{
				Log: store.NonInteractive, ID: raw.guid(), CorrelationID: raw.guid(), SessionID: raw.guid(), UniqueTokenIdentifier: raw.token(),
				Time: noon.Add(time.Duration(done+i) * 70 * time.Millisecond), UserID: guid(r.IntN(2000)), UserPrincipalName: fmt.Sprint("u", r.IntN(2000)),
				AppID: guid(5000 + r.IntN(120)), ResourceID: guid(6000 + r.IntN(40)), IPAddress: fmt.Sprint("192.0.2.", r.IntN(255)), ErrorCode: store.IntOf(0),
				City: "Oslo", State: "Oslo", CountryOrRegion: "NO", UserAgent: "agent", OperatingSystem: "Windows 11", Browser: "Edge", TenantID: guid(1),
			}
			records[i].Versions = []store.Version{{Doc: fmt.Appendf(nil, `{"id":%q,"token":%q,"policies":[%s]}`, s.ID, s.UniqueTokenIdentifier, filler)}}
		}
		begin := time.Now()
		batch, err := db.Prepare(records)
		if err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if _, err := db.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		preparing += middle.Sub(begin)
		committing += time.Since(middle)
	}
	b.ReportMetric(float64(preparing.Microseconds())/float64(b.N), "prepare-µs/row")
	b.ReportMetric(float64(committing.Microseconds())/float64(b.N), "commit-µs/row")
}

// BenchmarkTextIDs asks for the IDs of 500,000 audit records over 30 days, which are texts. A hundred records at a time share
// the beginning of their IDs.
func BenchmarkTextIDs(b *testing.B) {
	const records, day = 500_000, 24 * time.Hour
	id := func(i int) string { return fmt.Sprintf("Directory_%s_L4422_%08d", guid(i%(records/100)), i) }
	catalog := store.NewCatalog(audit.Kind)
	db, err := Open(b.Context(), b.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	begin := time.Now()
	for done := 0; done < records; done += 20_000 {
		var some []store.Record
		for i := done; i < done+20_000; i++ {
			r := &audit.Record{Category: "GroupManagement", Activity: "Add member to group", Result: "success", CorrelationID: guid(i % (records / 100))}
			r.SetHead(store.Head{Log: audit.Directory, ID: id(i), Time: noon.Add(-time.Duration(i) * (30 * day / records))})
			some = append(some, store.Record{Entry: r, Versions: []store.Version{{Entry: r, Doc: fmt.Appendf(nil, `{"id":%q}`, id(i))}}})
		}
		batch, err := db.Prepare(some)
		if err == nil {
			_, err = db.Commit(b.Context(), batch)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%s a record written", time.Since(begin)/records)
	month, lastDay := rangeOf(noon.Add(-30*day), noon.Add(time.Second)), rangeOf(noon.Add(-day), noon.Add(time.Second))
	for _, bench := range []struct {
		name  string
		op    store.Operator
		value string
		in    store.Range
		want  int64
	}{
		{"is/other casing/30 days", store.OpIs, strings.ToUpper(id(77)), month, 1},
		{"starts/1/30 days", store.OpStarts, id(77), month, 1},
		{"starts/1/24 hours", store.OpStarts, id(77), lastDay, 1},
		{"starts/100/30 days", store.OpStarts, strings.ToUpper(id(77)[:40]), month, 100},
		{"starts/100/24 hours", store.OpStarts, id(77)[:40], lastDay, 4},
		{"starts/all/24 hours", store.OpStarts, "directory_", lastDay, records/30 + 1},
		{"starts/all/30 days", store.OpStarts, "directory_", month, records},
	} {
		b.Run(bench.name, func(b *testing.B) {
			q := store.ListQuery{Log: audit.Directory, Range: bench.in, Filter: store.Filter{}.With(audit.RequestField, bench.op, bench.value)}
			b.ReportAllocs()
			for b.Loop() {
				db.answers = newAnswerCache()
				total, err := db.Total(b.Context(), q)
				if err != nil || total.N != bench.want {
					b.Fatalf("%+v, %v, want %d", total, err, bench.want)
				}
			}
		})
	}
}
