//go:build goexperiment.jsonv2

package rawjson

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"io"
	"testing"
)

// BenchmarkJSONText needs GOEXPERIMENT=jsonv2.
func BenchmarkJSONText(b *testing.B) {
	records := benchRecords(b)
	in := bytes.NewReader(nil)
	d := jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for i := 0; b.Loop(); i++ {
		in.Reset(records[i%len(records)])
		d.Reset(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		for {
			if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
