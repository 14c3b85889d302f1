package rawjson

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// benchRecords gives real sign-ins of 4 KB, which the benchmarks read.
func benchRecords(b *testing.B) [][]byte {
	b.Helper()
	data, err := os.ReadFile("../../../shared/fixtures/DataDog_azure-log-forwarding-orchestration/sign_in_logs.json")
	if err != nil {
		b.Skip("the real exports are not at hand: ", err)
	}
	records := bytes.Split(bytes.TrimSpace(data), []byte{'\n'})
	b.SetBytes(int64(len(data) / len(records)))
	b.ReportAllocs()
	return records
}

// Ways of reading JSON, each doing the least an importer needs of it: meet every key and value once. jsontext checks
// as fast as Compact but needs a second pass for the compact copy, and Go still has it behind an experiment
// (bench_jsontext_test.go).

func BenchmarkCompactAndWalk(b *testing.B) {
	records := benchRecords(b)
	var doc []byte
	n := 0
	for i := 0; b.Loop(); i++ {
		var err error
		if doc, _, err = Compact(doc[:0], records[i%len(records)], testDepth); err != nil {
			b.Fatal(err)
		}
		n += walkAll(doc)
	}
}

func walkAll(value []byte) (n int) {
	for _, member := range EachMember(value) {
		n += 1 + walkAll(member)
	}
	for item := range EachItem(value) {
		n += 1 + walkAll(item)
	}
	return n
}

func BenchmarkReader(b *testing.B) {
	records := benchRecords(b)
	for i := 0; b.Loop(); i++ {
		r := NewReader(records[i%len(records)])
		if err := readAll(&r); err != nil {
			b.Fatal(err)
		}
	}
}

func readAll(r *Reader) error {
	var err error
	more := true
	switch c := r.Peek(); c {
	case '{', '[':
		closing := c + 2 // in ASCII
		r.Open()
		for more, err = r.More(closing); more && err == nil; more, err = r.More(closing) {
			if c == '{' {
				if _, err := r.Key(); err != nil {
					return err
				}
			}
			if err := readAll(r); err != nil {
				return err
			}
		}
	case '"':
		_, err = r.Text()
	default:
		_, err = r.Scalar()
	}
	return err
}

func BenchmarkEncodingJSON(b *testing.B) {
	records := benchRecords(b)
	for i := 0; b.Loop(); i++ {
		var v any
		if err := json.Unmarshal(records[i%len(records)], &v); err != nil {
			b.Fatal(err)
		}
	}
}
