package importer

import (
	"bytes"
	"io"
	"os"
	"testing"

	"signpost/store"
	"signpost/store/rawjson"
)

// benchRecords gives the real sign-ins that the benchmarks read: three of 4 KB, interactive.
func benchRecords(b *testing.B) [][]byte {
	b.Helper()
	data, err := os.ReadFile(fixture(b, "DataDog_azure-log-forwarding-orchestration/sign_in_logs.json"))
	if err != nil {
		b.Fatal(err)
	}
	var size int
	records := bytes.Split(bytes.TrimSpace(data), []byte{'\n'})
	for _, r := range records {
		size += len(r)
	}
	b.SetBytes(int64(size / len(records)))
	b.ReportAllocs()
	return records
}

// BenchmarkDecode is all that the importer does with a record: check, compact, decode into a sign-in.
func BenchmarkDecode(b *testing.B) {
	records := benchRecords(b)
	d := newDecoder(tableOf(signInsOnly))
	var doc []byte
	for i := 0; b.Loop(); i++ {
		doc, _, _ = rawjson.Compact(doc[:0], records[i%len(records)], maxDepth)
		var s store.SignIn
		d.outline(doc)
		if v := d.tell(doc, &directory{}); v.shape != signIns || d.signIn(doc, v.format, &s) != "" {
			b.Fatal(v)
		}
	}
}

// BenchmarkImport is the whole importer in front of an engine that does nothing.
func BenchmarkImport(b *testing.B) {
	records := benchRecords(b)
	r, w := io.Pipe()
	go func() {
		var chunk []byte
		for i := range 64 {
			chunk = append(append(chunk, records[i%len(records)]...), '\n')
		}
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}()
	lines := io.Reader(r)
	im := New(discard{}, Options{})
	b.ResetTimer()
	report, err := im.Reader(b.Context(), "bench", io.LimitReader(lines, int64(b.N)*int64(len(records[0])+1)))
	if err != nil || report.New == 0 {
		b.Fatal(report, err)
	}
	_ = r.Close() // ends the goroutine that writes
	b.ReportMetric(float64(report.New)/b.Elapsed().Seconds(), "rows/s")
}
