package export_test

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// BenchmarkWrite writes the non-interactive log, by far the largest, in every format, and reports rows/s. It makes
// a demo tenant, or uses the data folder in SIGNPOST_EXPORT_DATA, which must be a copy: it is opened for writing.
func BenchmarkWrite(b *testing.B) {
	db := benchStore(b)
	for _, format := range []export.Format{export.CSV, export.NDJSON, export.JSON, export.XLSX} {
		for _, conditionalAccess := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/conditional-access=%t", format, conditionalAccess), func(b *testing.B) {
				var rows int64
				r := everything(store.NonInteractive, format)
				if !conditionalAccess {
					r.Withheld = noConditionalAccess
				}
				b.ReportAllocs()
				start, before := time.Now(), cpuTime(b)
				for b.Loop() {
					var done int64
					r.Progress = func(n int64) { done = n }
					if err := export.Write(b.Context(), io.Discard, db, r); err != nil {
						b.Fatal(err)
					}
					rows += done
				}
				b.ReportMetric(float64(rows)/time.Since(start).Seconds(), "rows/s")
				b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(rows), "cpu-us/row")
			})
		}
	}
}

// cpuTime is the processor time of this process, a figure that holds on a busy machine too.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func benchStore(b *testing.B) store.Store {
	folder := os.Getenv("SIGNPOST_EXPORT_DATA")
	if folder == "" {
		return demoStore(b, 30_000)
	}
	db, err := datafolder.Open(b.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}
