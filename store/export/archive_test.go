package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/export"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

var made = time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC)

// unpacked gives the files of an archive by name, and their names in order.
func unpacked(t testing.TB, archive []byte) (files map[string][]byte, names []string) {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, file := range reader.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[file.Name], err = io.ReadAll(content); err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Name)
	}
	return files, names
}

// parsed parses an address.
func parsed(t testing.TB, s store.Store, f export.Format, query string) export.Request {
	t.Helper()
	params, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	r, err := export.Parse(t.Context(), s, store.Interactive, f, params, made)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An archive has the same files as single downloads, each under the conditions that its log can apply. It names
// the others.
func TestArchiveOfAllCSVFiles(t *testing.T) {
	db := demoStore(t, 3000)
	const query = "from=2026-11-21T00:00:00Z&to=2026-11-23T14:05:00Z&status=failure&os.has=win"
	r := parsed(t, db, export.ZIP, query)
	if got := r.Name(db.Catalog()); got != "SignIns_2026-11-21_2026-11-23.zip" {
		t.Errorf("the archive is called %s", got)
	}
	var told int64
	r.Progress = func(rows int64) { told = rows }
	files, names := unpacked(t, exported(t, db, r))
	const days = "_2026-11-21_2026-11-23.csv"
	want := []string{
		"InteractiveSignIns" + days, "InteractiveSignIns_AuthDetails" + days, "NonInteractiveSignIns" + days,
		"NonInteractiveSignIns_AuthDetails" + days, "ApplicationSignIns" + days, "MSISignIns" + days, "README.txt", "manifest.json",
	}
	if !slices.Equal(names, want) {
		t.Fatalf("the archive holds %q", names)
	}
	if total, err := r.Total(t.Context(), db); err != nil || total != told || total == 0 {
		t.Errorf("told of %d rows of %d, %v", told, total, err)
	}
	for name, single := range map[string]export.Request{
		want[0]: {Query: store.ListQuery{Log: store.Interactive}, Part: export.Rows}, want[1]: {Query: store.ListQuery{Log: store.Interactive}, Part: export.AuthDetails},
		want[2]: {Query: store.ListQuery{Log: store.NonInteractive}}, want[4]: {Query: store.ListQuery{Log: store.ServicePrincipal}},
	} {
		single.Format = export.CSV
		single.Query.Range = r.Query.Range
		info, _ := store.SignIns.Log(single.Query.Log)
		single.Query.Filter, _ = r.Query.Filter.For(info)
		if !bytes.Equal(files[name], exported(t, db, single)) {
			t.Errorf("%s is not the file one gets alone", name)
		}
	}
	about := string(files["README.txt"])
	for _, part := range []string{
		"on 2026-11-23 14:30:00 UTC", want[4] + ": ", "Service principal sign-ins; 2026-11-21T00:00:00Z to 2026-11-23T14:05:00Z; status=failure; set aside, not a field of this log: os.has=win",
	} {
		if !strings.Contains(about, part) {
			t.Errorf("the text lacks %q:\n%s", part, about)
		}
	}
	for param, query := range map[string]string{"after": "after=x", "file": "file=authdetails"} {
		params, _ := url.ParseQuery(query)
		_, err := export.Parse(t.Context(), db, store.Interactive, export.ZIP, params, made)
		if bad, ok := err.(store.BadParams); !ok || bad.For(param) == "" { //nolint:errorlint // Parse gives it as it is
			t.Errorf("%s: got %v, want it refused", query, err)
		}
	}
}

func TestArchivesWithholdConditionalAccess(t *testing.T) {
	db := demoStore(t, 1500)
	for _, format := range []export.Format{export.ZIP, export.Evidence} {
		r := parsed(t, db, format, "from=2026-11-21T00:00:00Z&to=2026-11-23T14:05:00Z")
		r.Withheld = noConditionalAccess
		files, names := unpacked(t, exported(t, db, r))
		for _, name := range names {
			if name == "README.txt" || name == "manifest.json" {
				if !strings.Contains(string(files[name]), "withheld") && !strings.Contains(string(files[name]), "Conditional Access data is not in the files") {
					t.Errorf("%s: %s does not say what is withheld", format, name)
				}
				continue
			}
			for _, word := range []string{"conditionalaccessstatus", "conditionalaccesspolicies", "conditionalaccessaudiences", ",conditional access,", "notapplied", "reportonly"} {
				if strings.Contains(strings.ToLower(string(files[name])), word) {
					t.Errorf("%s: %s holds %q", format, name, word)
				}
			}
		}
	}
}

// An estimate is near the size of the file.
func TestSizes(t *testing.T) {
	t.Parallel()
	db := demoStore(t, 3000)
	var archive int64
	for _, info := range store.SignIns.Logs {
		sizes, err := export.Measure(t.Context(), db, info.Log, 0)
		if err != nil {
			t.Fatal(err)
		}
		list := store.ListQuery{Log: info.Log, Range: ages}
		total, err := db.Total(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []export.Format{export.CSV, export.JSON, export.NDJSON, export.XLSX, export.Evidence} {
			r := everything(info.Log, format)
			size := int64(len(exported(t, db, r)))
			got, ok := sizes.Of(format, "", total.N)
			if slack := int64(20_000); !ok || got < size*2/3-slack || got > size*3/2+slack {
				t.Errorf("%s %s: estimated %d bytes, %v; it has %d", info.Log, format, got, ok, size)
			}
		}
		share, ok := sizes.Of(export.ZIP, "", total.N)
		if !ok {
			t.Errorf("%s: nobody knows its share of an archive", info.Log)
		}
		archive += share
	}
	size := int64(len(exported(t, db, everything(store.Interactive, export.ZIP))))
	if archive < size*2/3-20_000 || archive > size*3/2+20_000 {
		t.Errorf("the archive of every log: estimated %d bytes; it has %d", archive, size)
	}
	empty, err := export.Measure(t.Context(), storetest.NewPlain(kinds.Catalog, nil), store.Interactive, 0)
	if _, ok := empty.Of(export.CSV, "", 5); err != nil || ok {
		t.Errorf("an empty log has sizes, %v", err)
	}
}

// rowsOf counts the rows of a CSV file below its heading.
func rowsOf(t testing.TB, file []byte) int64 {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(rows)) - 1
}
