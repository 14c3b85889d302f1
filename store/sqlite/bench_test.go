package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"signpost/store"
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
