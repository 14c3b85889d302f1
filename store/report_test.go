package store

import (
	"maps"
	"testing"
)

// Some people may not read the log that tells sign-ins. The report of the file says nothing of these sign-ins to them.
func TestReportWithoutTheLogThatTells(t *testing.T) {
	report := ImportReport{
		LogCounts: map[Log]int64{"activity": 5, Interactive: 3, NonInteractive: 4},
		Told:      map[Log]ToldRecords{Interactive: {N: 3}, NonInteractive: {N: 1}},
	}
	got := report.WithoutLogs(func(log Log) bool { return log == "activity" })
	if want := map[Log]int64{NonInteractive: 3}; !maps.Equal(got.LogCounts, want) || got.Told != nil {
		t.Errorf("without the log: %v and %v, want %v and nothing told", got.LogCounts, got.Told, want)
	}
	got = report.WithoutLogs(func(log Log) bool { return log == "directory" })
	if !maps.Equal(got.LogCounts, report.LogCounts) || !maps.Equal(got.Told, report.Told) || report.LogCounts[Interactive] != 3 {
		t.Errorf("without another log: %v and %v", got.LogCounts, got.Told)
	}
}
