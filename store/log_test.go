package store

import (
	"slices"
	"testing"
	"time"
)

func TestLogs(t *testing.T) {
	want := []Log{Interactive, NonInteractive, ServicePrincipal, ManagedIdentity}
	var got []Log
	for _, info := range SignIns.Logs {
		got = append(got, info.Log)
		if info.Title == "" || info.Short == "" || info.FileStem == "" || info.Category == "" {
			t.Errorf("%s lacks a name: %+v", info.Log, info)
		}
		if info.Grouped != (len(info.GroupBy) > 0) {
			t.Errorf("%s: grouped is %v with the key %v", info.Log, info.Grouped, info.GroupBy)
		}
		if same, ok := SignIns.Log(info.Log); !ok || same.Title != info.Title {
			t.Errorf("%s is described as %+v, %v", info.Log, same, ok)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("SignIns.Logs = %v, want %v", got, want)
	}
	if info, ok := SignIns.Log("legacy"); ok {
		t.Errorf("legacy is the log %+v; it is a view of the interactive one", info)
	}
}

func TestWindowAround(t *testing.T) {
	east := time.FixedZone("east", 5*3600+1800)
	for _, tt := range []struct {
		window         Window
		at             time.Time
		from, to       string
		inParam, label string
	}{
		{Window1h, time.Date(2026, 11, 23, 14, 5, 9, 999, time.UTC), "2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z", "1h", "1 hour"},
		{Window6h, time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC), "2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", "6h", "6 hours"},
		{Window6h, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), "2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", "6h", "6 hours"},
		{Window6h, time.Date(2026, 11, 23, 11, 59, 59, 999999999, time.UTC), "2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z", "6h", "6 hours"},
		{Window24h, time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC), "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "24h", "24 hours"},
		{Window24h, time.Date(2026, 11, 24, 3, 0, 0, 0, east), "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "24h", "24 hours"},
		{Window24h, time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z", "24h", "24 hours"},
		{0, time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC), "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "24h", "24 hours"},
	} {
		from, to := tt.window.Around(tt.at)
		if got, got2 := from.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano); got != tt.from || got2 != tt.to {
			t.Errorf("%s around %v = %s to %s, want %s to %s", tt.window, tt.at, got, got2, tt.from, tt.to)
		}
		if got := tt.window.String(); got != tt.inParam {
			t.Errorf("Window(%d).String() = %q, want %q", tt.window, got, tt.inParam)
		}
		if got := tt.window.Label(); got != tt.label {
			t.Errorf("Window(%d).Label() = %q, want %q", tt.window, got, tt.label)
		}
	}
	if got, want := Windows(), []Window{Window24h, Window6h, Window1h}; !slices.Equal(got, want) {
		t.Errorf("Windows() = %v, want %v", got, want)
	}
}
