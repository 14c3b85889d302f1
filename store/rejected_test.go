package store

import (
	"fmt"
	"strings"
	"testing"
)

// The name of the file tells what the name of the imported one told, and is one that every system takes.
func TestNameOfRejectedFile(t *testing.T) {
	csv, lines := &RejectedFile{Head: []byte("a\n")}, &RejectedFile{}
	for _, test := range []struct {
		of             *RejectedFile
		imported, want string
	}{
		{csv, "InteractiveSignIns_2026-11-27_2026-11-28.csv", "rejected-InteractiveSignIns_2026-11-27_2026-11-28-7.csv"},
		{csv, "in/a folder/MSISignIns_2026-11-27 (1).CSV.gz", "rejected-MSISignIns_2026-11-27 (1)-7.csv"},
		{csv, `C:\in\all.zip/NonInteractiveSignIns.xlsx`, "rejected-NonInteractiveSignIns-7.csv"},
		{lines, "insights-logs-signinlogs.json", "rejected-insights-logs-signinlogs-7.jsonl"},
		{lines, "log\x1b[2J\"ü\".json", "rejected-log_[2J___-7.jsonl"},
		{lines, ".json", "rejected-.json-7.jsonl"},
		{lines, "", "rejected-.-7.jsonl"},
		{lines, strings.Repeat("x", 300), "rejected-" + strings.Repeat("x", 150) + "-7.jsonl"},
	} {
		if got := test.of.Name(test.imported, "7"); got != test.want {
			t.Errorf("%q: got %q, want %q", test.imported, got, test.want)
		}
	}
	if got := csv.Name("a.csv", ""); got != "rejected-a.csv" {
		t.Errorf("without a number: %q", got)
	}
}

// Somebody who may not read a log gets none of its records, and none that may be of it.
func TestRejectedFileWithoutLogs(t *testing.T) {
	file := func(logs ...Log) *RejectedFile {
		f := &RejectedFile{}
		for i, log := range logs {
			f.Records = append(f.Records, RejectedText{Record: int64(i), Log: log, Text: []byte("{}")})
		}
		return f
	}
	hidden := func(log Log) bool { return log == "secret" }
	for _, test := range []struct {
		file  *RejectedFile
		holds bool
		want  string
	}{
		{file("interactive", "", "audit"), false, "[0 1 2]"},
		{file("interactive", "", "audit"), true, "[0 2]"},
		{file("interactive", "", "secret"), false, "[0]"},
		{file("secret", ""), false, "[]"},
		{file(), true, "[]"},
	} {
		left := []int64{}
		for _, r := range test.file.WithoutLogs(hidden, test.holds).Records {
			left = append(left, r.Record)
		}
		if got := fmt.Sprint(left); got != test.want {
			t.Errorf("%+v, holds %v: got %s, want %s", test.file, test.holds, got, test.want)
		}
	}
}
