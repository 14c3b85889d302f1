package coverage_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/coverage"
	"signpost/store/kinds"
)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-11-"+text)
	if err != nil {
		panic(err)
	}
	return t
}

// What a file says follows from its name, its records and its report.
func TestStatements(t *testing.T) {
	const interactive, other = store.Interactive, store.NonInteractive
	for _, test := range []struct {
		name, path  string
		log         store.Log
		first, last string // of its records; empty for none
		change      func(*store.ImportReport)
		from, to    string // empty for no statement
		basis       coverage.Basis
		exact       [2]bool
		sure        [2]string // the same as from and to where it is empty
		cut         coverage.Cut
	}{
		{name: "records alone", path: "PT1H.json", log: interactive, first: "28 10:03", last: "28 10:59", from: "28 10:03", to: "28 10:59", basis: coverage.ByRecords},
		{name: "days between", path: "InteractiveSignIns_2026-11-22_2026-11-29.csv", log: interactive, first: "24 08:00", last: "26 10:00", from: "22 00:00", to: "29 00:00", basis: coverage.ByName, exact: [2]bool{true, true}, sure: [2]string{"23 00:00", "29 00:00"}},
		{name: "the last 7 days", path: "d/InteractiveSignIns_2026-11-22_2026-11-29.csv", log: interactive, first: "22 10:00", last: "29 09:58", from: "22 00:00", to: "29 09:58", basis: coverage.ByName, exact: [2]bool{true, false}, sure: [2]string{"22 10:00", "29 09:58"}},
		{name: "days to come", path: "InteractiveSignIns_2026-11-28_2026-11-30.csv", log: interactive, first: "28 00:10", last: "29 11:00", from: "28 00:00", to: "29 12:00", basis: coverage.ByName, exact: [2]bool{true, false}, sure: [2]string{"28 00:10", "29 12:00"}},
		{name: "one day", path: `c:\d\InteractiveSignIns_2026-11-28_2026-11-28 (1).csv`, log: interactive, first: "28 00:20", last: "28 23:40", from: "28 00:00", to: "28 23:40", basis: coverage.ByName, exact: [2]bool{true, false}, sure: [2]string{"28 00:20", "28 23:40"}},
		{name: "in a zip", path: "a.zip/InteractiveSignIns_2026-11-28_2026-11-29.csv", log: interactive, first: "28 00:00", last: "28 21:00", from: "28 00:00", to: "29 00:00", basis: coverage.ByName, exact: [2]bool{true, true}},
		{name: "a name of another log", path: "NonInteractiveSignIns_2026-11-20_2026-11-29.csv", log: interactive, first: "24 08:00", last: "24 10:00", from: "24 08:00", to: "24 10:00", basis: coverage.ByRecords},
		{name: "a name of other days", path: "InteractiveSignIns_2026-11-20_2026-11-22.csv", log: interactive, first: "24 08:00", last: "24 10:00", from: "24 08:00", to: "24 10:00", basis: coverage.ByRecords},
		{name: "an empty file with a name", path: "ApplicationSignIns_2026-11-20_2026-11-22.csv", log: store.ServicePrincipal, from: "20 00:00", to: "22 00:00", basis: coverage.ByName, exact: [2]bool{true, true}, sure: [2]string{"21 00:00", "22 00:00"}},
		{name: "an empty file of one day", path: "ApplicationSignIns_2026-11-20_2026-11-20.csv", log: store.ServicePrincipal},
		{name: "an empty file", path: "x.json", log: interactive},
		{name: "nothing of the log", path: "InteractiveSignIns_2026-11-20_2026-11-22.csv", log: interactive, change: func(r *store.ImportReport) { r.Read = 1 }},
		{
			name: "cut at the limit", path: "InteractiveSignIns_2026-11-20_2026-11-29.csv", log: interactive, first: "26 08:00", last: "28 10:00",
			change: func(r *store.ImportReport) { r.Read = 100_000 }, from: "26 08:00", to: "28 10:00", basis: coverage.ByRecords, cut: coverage.CutAtLimit,
		},
		{
			name: "a further page", path: "signIns.json", log: interactive, first: "26 08:00", last: "28 10:00",
			change: func(r *store.ImportReport) { r.MorePages = true }, from: "26 08:00", to: "28 10:00", basis: coverage.ByRecords, cut: coverage.CutMorePages,
		},
		{
			name: "a further page, as older reports say it", path: "signIns.json", log: interactive, first: "26 08:00", last: "28 10:00",
			change: func(r *store.ImportReport) {
				r.CannotShow = []string{"The answer ends with a link to a further page (@odata.nextLink): the file is not the whole answer."}
			}, from: "26 08:00", to: "28 10:00", basis: coverage.ByRecords, cut: coverage.CutMorePages,
		},
		{
			name: "broken", path: "InteractiveSignIns_2026-11-20_2026-11-29.csv", log: interactive, first: "26 08:00", last: "28 10:00",
			change: func(r *store.ImportReport) { r.Failure = "cut off" }, from: "26 08:00", to: "28 10:00", basis: coverage.ByRecords, cut: coverage.CutBroken,
		},
		{
			name: "a manifest", path: "Evidence.zip/InteractiveSignIns_2026-11-20_2026-11-21.ndjson", log: interactive, first: "20 08:00", last: "20 10:00",
			change: func(r *store.ImportReport) {
				r.Stated = map[store.Log]store.Span{interactive: {First: at("20 06:30"), Last: at("21 06:30")}}
			}, from: "20 06:30", to: "21 06:30", basis: coverage.ByManifest, exact: [2]bool{true, true},
		},
		{
			name: "an export that cannot hold the log", path: "signIns.json", log: other, first: "26 08:00", last: "28 10:00",
			change: func(r *store.ImportReport) {
				r.OneLog = true
				r.LogCounts, r.Times = map[store.Log]int64{interactive: 2}, map[store.Log]store.Span{interactive: r.Times[other]}
			}, from: "26 08:00", to: "28 10:00", basis: coverage.Absent,
		},
	} {
		report := store.ImportReport{Path: test.path}
		if test.first != "" {
			report.Read = 2
			report.LogCounts, report.Times = map[store.Log]int64{test.log: 2}, map[store.Log]store.Span{test.log: {First: at(test.first), Last: at(test.last)}}
		}
		if test.change != nil {
			test.change(&report)
		}
		var got *coverage.Statement
		for _, s := range coverage.StatementsOf(kinds.Catalog, &report, at("29 12:00")) {
			if s.Log == test.log {
				got = &s
			}
		}
		if got == nil || test.from == "" {
			if got != nil || test.from != "" {
				t.Errorf("%s: got %+v", test.name, got)
			}
			continue
		}
		want := coverage.Statement{
			Log: test.log, Basis: test.basis, From: at(test.from), To: at(test.to), ExactFrom: test.exact[0], ExactTo: test.exact[1],
			SureFrom: at(cmp.Or(test.sure[0], test.from)), SureTo: at(cmp.Or(test.sure[1], test.to)),
			Rows: report.LogCounts[test.log], Read: report.Read, Cut: test.cut,
		}
		if diff := gocmp.Diff(want, *got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// Records that a file tells of another log cover nothing of that log. An hour that holds nothing else is not covered.
func TestToldRecordsCoverNothing(t *testing.T) {
	report := store.ImportReport{
		Path: "told.json", Read: 2, LogCounts: map[store.Log]int64{activity.Log: 2, store.Interactive: 2}, Times: map[store.Log]store.Span{activity.Log: {First: at("28 10:03"), Last: at("28 10:05")}},
		Told: map[store.Log]store.ToldRecords{store.Interactive: {N: 2, Span: store.Span{First: at("28 10:03"), Last: at("28 10:05")}}},
	}
	list := slices.DeleteFunc(coverage.StatementsOf(kinds.Catalog, &report, at("29 12:00")), func(s coverage.Statement) bool { return s.Log != store.Interactive })
	if len(list) != 1 || list[0].Basis != coverage.Told || list[0].Rows != 2 {
		t.Fatalf("the statements: %+v", list)
	}
	q := coverage.Question{
		Log: store.Interactive, Range: store.Range{From: at("28 09:00"), To: at("28 12:00")}, Now: at("29 12:00"),
		Rows: []coverage.HourRows{{At: at("28 09:00")}, {At: at("28 10:00"), N: 2}, {At: at("28 11:00")}},
	}
	without := coverage.Of(q)
	q.Statements = list
	if with := coverage.Of(q); without.Hours[1].State != coverage.Covered || with.Hours[1].State == coverage.Covered || len(with.Files) != 0 || with.Absent != 0 || !with.Since.IsZero() {
		t.Errorf("with told records: %+v; without: %+v", with, without)
	}
}

// The name of a file comes from outside: whatever it is, it extends nothing beyond the days that it tells.
func FuzzStatementOfAName(f *testing.F) {
	for _, name := range []string{
		"InteractiveSignIns_2026-11-28_2026-11-29.csv", "InteractiveSignIns_2026-11-28_2026-11-28 (1).csv", "a.zip/InteractiveSignIns_2026-11-20_2026-12-09.json",
		"InteractiveSignIns_9999-12-31_9999-12-31.csv", "InteractiveSignIns_0000-01-01_2026-11-29.csv", "InteractiveSignIns_", "InteractiveSignIns_2026-11-29_2026-11-28.csv", "",
	} {
		f.Add(name, int64(3600), int64(70_000))
	}
	base := at("27 00:00")
	f.Fuzz(func(t *testing.T, name string, first, length int64) {
		from := base.Add(time.Duration(first%(40*86400)) * time.Second)
		to := from.Add(time.Duration((length%(20*86400)+20*86400)%(20*86400)) * time.Second)
		report := store.ImportReport{Path: name, Read: 2, LogCounts: map[store.Log]int64{store.Interactive: 2}, Times: map[store.Log]store.Span{store.Interactive: {First: from, Last: to}}}
		list := coverage.StatementsOf(kinds.Catalog, &report, base.AddDate(0, 0, 5))
		if len(list) != 1 {
			t.Fatalf("%d statements", len(list))
		}
		if s := list[0]; s.From.After(from) || s.To.Before(to) {
			t.Errorf("%q: from %v to %v, and the records are from %v to %v", name, s.From, s.To, from, to)
		}
	})
}
