package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/store/storetest"
)

// seen is an engine that knows only which documents it got.
type seen map[string]bool

func (seen) Catalog() store.Catalog                                       { return kinds.Catalog }
func (seen) BeginImport(context.Context, store.ImportFile) (int64, error) { return 1, nil }
func (seen) EndImport(context.Context, int64, store.ImportReport) error   { return nil }
func (seen) Prepare(records []store.Record) (store.Batch, error)          { return records, nil }
func (seen) Close() error                                                 { return nil }
func (s seen) open(string) (store.Writer, io.Closer, error)               { return s, s, nil }
func (s seen) Commit(_ context.Context, _ int64, b store.Batch) ([]store.Outcome, error) {
	var outcomes []store.Outcome
	for _, r := range b.([]store.Record) {
		kind := store.OutcomeNew
		if s[string(r.Versions[0].Doc)] {
			kind = store.OutcomeSame
		}
		s[string(r.Versions[0].Doc)] = true
		outcomes = append(outcomes, store.Outcome{Kind: kind, ID: r.Entry.Head().ID})
	}
	return outcomes, nil
}

const graphLine = `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","status":{"errorCode":0}}` + "\n"

func TestImport(t *testing.T) {
	for _, test := range []struct {
		name, content string
		twice         bool
		code          int
		out, err      string
	}{
		{name: "new", content: graphLine, out: "User sign-ins (interactive): 1"},
		{name: "again", content: graphLine, twice: true, out: "nothing new: the one sign-in was here already"},
		{name: "rejected", content: graphLine + "{\"id\":\n", code: exitRejected, out: "rejected: record 2, line 2:", err: "1 record rejected"},
		{name: "unknown", content: `{"a":1}`, code: exitRejected, out: "(Unknown format)", err: "1 record left out: the format is not read"},
		{name: "mixed", content: graphLine + `{"a":1}` + "\n", code: exitRejected, out: "1 record skipped: of no format that this version knows.", err: "1 record left out: the format is not read"},
		{name: "of another kind", content: graphLine + `{"category":"B2CRequestLogs","time":"2026-11-01T10:00:00Z","properties":{}}`, out: "1 record skipped: B2C request logs are not kept."},
		{name: "an empty list", content: `{"value":[]}`, out: "The file holds no records: its list is empty."},
		{name: "empty", content: "", out: "The file is empty."},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "export")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			engine := seen{}
			var out bytes.Buffer
			run := func() error {
				out.Reset()
				cmd := ImportCmd{Paths: []string{path}}
				return cmd.Run(t.Context(), engine.open, Streams{Out: &out, Err: io.Discard})
			}
			err := run()
			if test.twice {
				err = run()
			}
			if got := codeOf(err); got != test.code {
				t.Errorf("got exit code %d (%v), want %d", got, err, test.code)
			}
			if err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got error %q, want %q in it", err, test.err)
			}
			if !strings.Contains(out.String(), test.out) {
				t.Errorf("got output\n%s\nwant %q in it", out.String(), test.out)
			}
		})
	}
}

func codeOf(err error) int {
	var exit exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return 0
}

func TestImportJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(graphLine+"nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := ImportCmd{Paths: []string{path}, JSON: true}
	if got := codeOf(cmd.Run(t.Context(), seen{}.open, Streams{Out: &out, Err: io.Discard})); got != exitRejected {
		t.Errorf("got exit code %d, want %d", got, exitRejected)
	}
	var got struct {
		Files []struct {
			Format    string           `json:"format"`
			LogCounts map[string]int64 `json:"log_counts"`
			Tenants   []string         `json:"tenants"`
			Rejected  []store.RejectedRecord
		}
		Totals map[string]int64
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if got.Totals["read"] != 2 || got.Totals["new"] != 1 || got.Totals["rejected"] != 1 {
		t.Errorf("got totals %v, want 2 read, 1 new, 1 rejected", got.Totals)
	}
	if f := got.Files[0]; f.Format != "graph" || f.LogCounts["interactive"] != 1 || f.Tenants == nil || f.Rejected[0].Line != 2 {
		t.Errorf("got %+v", f)
	}
}

func TestImportOfMissingPathOpensNothing(t *testing.T) {
	cmd := ImportCmd{Paths: []string{filepath.Join(t.TempDir(), "missing")}}
	err := cmd.Run(t.Context(), func(string) (store.Writer, io.Closer, error) {
		t.Error("the data folder was opened")
		return nil, nil, errors.New("not reached")
	}, Streams{Out: io.Discard, Err: io.Discard})
	if got := codeOf(err); got != exitFailed {
		t.Errorf("got exit code %d (%v), want %d", got, err, exitFailed)
	}
}

func (seen) PutDirectory(_ context.Context, _ int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	return make([]store.Outcome, batch.Outcomes()), nil
}

// A terminal that shows the report must not obey text from files and their names.
func TestImportReportIsPlain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a\x1b]0;x\x07\nb\u202e.json")
	content := graphLine + `{"category":"Sign\u001b[2JInLogs\u202e","time":"2026-11-01T10:00:00Z","properties":{}}` + "\n" + "{\"id\u009b31m\":\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := ImportCmd{Paths: []string{path}}
	err := cmd.Run(t.Context(), seen{}.open, Streams{Out: &out, Err: &errs})
	text := out.String() + errs.String()
	if err != nil {
		text += oneLine(err.Error())
	}
	if strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), store.IsInvisible) || !strings.Contains(text, "a[U+001B]]0;x[U+0007][U+000A]b[U+202E].json (") {
		t.Errorf("the report is %+q", text)
	}
	if got := oneLine("open a\x1b[2J\nb"); got != "open a[U+001B][2J; b" {
		t.Errorf("an error becomes %q", got)
	}
}

// The words of a report are those of the kind that the file held.
func TestReportsOfOtherKinds(t *testing.T) {
	catalog := store.NewCatalog(store.SignIns, storetest.Errands())
	for _, test := range []struct {
		logs map[store.Log]int64
		want string
	}{
		{map[store.Log]int64{"errands": 1}, "nothing new: the one errand was here already"},
		{map[store.Log]int64{"errands": 2, "nighterrands": 1}, "nothing new: all 3 errands were here already"},
		{map[store.Log]int64{"interactive": 2}, "nothing new: all 2 sign-ins were here already"},
		{map[store.Log]int64{"interactive": 1, "errands": 1}, "nothing new: all of it was here already"},
	} {
		r := store.ImportReport{LogCounts: test.logs}
		for _, n := range test.logs {
			r.Same += n
		}
		if got := reportSentences(&r, catalog); len(got) != 1 || got[0] != test.want {
			t.Errorf("%v: %q, want %q", test.logs, got, test.want)
		}
	}
	r := store.ImportReport{New: 1, Conflicts: 1, LogCounts: map[store.Log]int64{"errands": 1}}
	if got := reportSentences(&r, catalog); len(got) != 1 || got[0] != "1 record had the id of a record of somebody else and got an id of their own" {
		t.Errorf("got %q", got)
	}
}

// The command reads files of no known format with the mappings that were made on the page.
func TestImportWithAMapping(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(t.TempDir(), "badge.csv")
	if err := os.WriteFile(path, []byte("When,Who\n2026-11-01T10:00:00Z,ada@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() (string, error) {
		var out bytes.Buffer
		err := (&ImportCmd{Data: folder, Paths: []string{path}}).Run(t.Context(), seen{}.open, Streams{Out: &out, Err: io.Discard})
		return out.String(), err
	}
	if out, err := run(); err == nil || !strings.Contains(out, "(Unknown format)") {
		t.Errorf("without a mapping: %v\n%s", err, out)
	}
	p, err := portal.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	m := store.Mapping{Name: "Badge", Log: store.Interactive, Headings: []string{"When", "Who"}, Fields: map[string]string{"When": "createdDateTime", "Who": "userPrincipalName"}}
	if _, err := p.AddMapping(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := run()
	if err != nil || !strings.Contains(out, "(CSV or JSON with a mapping)") || !strings.Contains(out, "User sign-ins (interactive): 1") || !strings.Contains(out, `Read with the mapping "Badge".`) {
		t.Errorf("with a mapping: %v\n%s", err, out)
	}
}
