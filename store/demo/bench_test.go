package demo

import (
	"io"
	"testing"
)

// BenchmarkRecords measures planning and writing one record, which must stay under 12 microseconds.
func BenchmarkRecords(b *testing.B) {
	opts := Options{Rows: 1_000_000, Seed: 1, Until: testEnd}
	tenant, err := New(opts)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	records := 0
	bytes := &counter{}
	b.ResetTimer()
	for records < b.N {
		for _, day := range tenant.Days() {
			if records >= b.N {
				break
			}
			if err := tenant.Day(b.Context(), day, bytes); err != nil {
				b.Fatal(err)
			}
			records += tenant.Rows() / DefaultDays
		}
	}
	b.SetBytes(bytes.n / int64(records))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)
