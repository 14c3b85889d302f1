package importer

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/rawjson"
)

// seeds gives the records and files that fuzzing begins with.
func seeds(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	real, err := filepath.Glob(fixtures + "/*/*.*json") // none where they are not at hand
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{fixtures + "/../cases/*.*", fixtures + "/../records/*/*.*son"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		real = append(real, more...)
	}
	for _, path := range append(paths, real...) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		first, _, _ := bytes.Cut(data, []byte{'\n'})
		f.Add(first)
		f.Add(data[:min(len(data), 8000)])
	}
	f.Add([]byte(azure(`"resultType":"Success"`, created+`,"status":"{\"errorCode\":0}","location":{"geoCoordinates":"{}"}`)))
	f.Add([]byte(`{"tables":[{"rows":[[1],["a"]]}]}`))
	f.Add([]byte("TimeGenerated,SourceSystem\n\"a\nb\",c\n"))
	f.Add([]byte("{\"id\":\"1\"}\x00\x00\n\x00[{},\x00\"{\\\"a\\\":1}\"]"))
	f.Add([]byte(`"{\"time\":1}"`))
	f.Add([]byte("Id;CreatedDateTime;UserPrincipalName\n#TYPE\n"))
	f.Add([]byte("#TYPE x\nRecordType,Operation,AuditData\n15,UserLoggedIn,\"{\n"))
	f.Add([]byte(azure("", created+`,"appliedConditionalAccessPolicies":{"id":"p","enforcedGrantControls":"[\"Mfa\"]"},"authenticationDetails":"[{\"a"`)))
	f.Add([]byte(`{"a":"\ud83d\ude00\u0000\\","b":[-1.5e+7,true,null]}`))
}

// FuzzDecode: no document may crash the decoder, and a document that it takes gives the same sign-in each time.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		compact, n, err := rawjson.Compact(nil, doc, maxDepth)
		valid := err == nil && len(bytes.TrimLeft(doc[n:], " \t\r\n")) == 0
		if valid && !json.Valid(doc) || valid && !utf8.Valid(compact) {
			t.Fatalf("%q was taken for JSON", doc)
		}
		if !valid && json.Valid(doc) && (len(doc) > 0 && (doc[0] == '{' || doc[0] == '[')) && depthOf(doc) < maxDepth {
			t.Fatalf("%q was not taken for JSON", doc)
		}
		s, err := Decoder(signInsOnly)("", doc)
		if err != nil {
			return
		}
		head := s.Head()
		if !store.InReach(head.Time) || head.ID == "" || head.Log == "" {
			t.Errorf("%q gives %+v", doc, s)
		}
		again, err := Decoder(signInsOnly)(head.Log, compact)
		if diff := cmp.Diff(s, again); err != nil || diff != "" {
			t.Errorf("%q compacted gives another sign-in: %v %s", doc, err, diff)
		}
	})
}

// depthOf is at least the depth to which the text nests.
func depthOf(doc []byte) int { return bytes.Count(doc, []byte{'{'}) + bytes.Count(doc, []byte{'['}) }

// FuzzImport: no file may crash the importer. Its counts add up, and do not depend on how the file arrives.
func FuzzImport(f *testing.F) {
	seeds(f)
	for _, content := range []string{ofErrand, `{"value":[{` + errand1 + `},` + aSignIn + `]}`, ofErrand + "\n" + aSignIn} {
		f.Add([]byte(content))
	}
	catalog, _ := withErrands()
	f.Fuzz(func(t *testing.T, content []byte) {
		w := newFakeWriter()
		w.catalog = catalog
		got, err := New(w, Options{BatchSize: 3}).Reader(t.Context(), "x", bytes.NewReader(content))
		sum := got.New + got.Updated + got.Same + got.Skipped + got.RejectedTotal
		if got.Unreadable > got.Skipped {
			t.Errorf("%q: %d of %d skipped records are not read", content, got.Unreadable, got.Skipped)
		}
		if len(got.Directory) > 0 {
			return // FuzzDirectory looks at those
		}
		if got.Read != sum || int(got.New) != len(w.rows) {
			t.Errorf("%q: got %+v, %d stored", content, got, len(w.rows))
		}
		checkRejectedAgain(t, w, "x", Options{})
		again, err2 := New(w, Options{}).Reader(t.Context(), "x", iotest.HalfReader(bytes.NewReader(content)))
		if again.New+again.Updated != 0 || again.Read != got.Read || (err == nil) != (err2 == nil) {
			t.Errorf("%q: the second time %+v %v, the first %+v %v", content, again, err2, got, err)
		}
	})
}

// FuzzFormats: no file of any format may crash the importer, with everything answered that it may ask. Its counts add up, and a
// second import of it changes nothing.
func FuzzFormats(f *testing.F) {
	for _, format := range demo.Formats() {
		dir := f.TempDir()
		if err := demo.WriteAs(f.Context(), dir, format, demoDay(12, 4)); err != nil {
			f.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(paths) == 0 {
			f.Fatal(format, paths, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for _, order := range []byte{0, 1} {
				f.Add(data[:min(len(data), 20_000)], order)
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, order byte) {
		path := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(path, content, 0o600))
		answers := Answers{Log: string(store.Interactive), Dates: []DateOrder{DayFirst, MonthFirst}[order%2], Zone: time.UTC}
		w := newFakeWriter()
		read := func() (got store.ImportReport, err error) {
			reports, err := New(w, Options{BatchSize: 3, Answers: answers}).Paths(t.Context(), path)
			if len(reports) == 1 {
				got = reports[0]
			}
			return got, err
		}
		got, err := read()
		if len(got.Directory) > 0 {
			return // FuzzDirectory looks at those
		}
		if sum := got.New + got.Updated + got.Same + got.Skipped + got.RejectedTotal; got.Read != sum || int(got.New) != len(w.rows) || got.Unreadable > got.Skipped {
			t.Errorf("%q: got %+v, %d stored", content, got, len(w.rows))
		}
		again, err2 := read()
		if again.New+again.Updated != 0 || again.Read != got.Read || (err == nil) != (err2 == nil) {
			t.Errorf("%q: the second time %+v %v, the first %+v %v", content, again, err2, got, err)
		}
	})
}
