package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// A text lists some of the gaps, and says how many more there are and where.
func TestCoverageLines(t *testing.T) {
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	c := &coverage.Coverage{CompleteTo: start.AddDate(0, 0, 20), Cut: make([]coverage.Statement, 2)}
	for i := range 5 {
		from := start.AddDate(0, 0, i)
		c.Gaps = append(c.Gaps, coverage.Gap{From: from, To: from.Add(time.Hour)})
	}
	for _, test := range []struct {
		gaps  int
		more  string
		lines int
		last  string
	}{
		{5, "", 6, "  gap from 2026-11-05 00:00:00 UTC to 2026-11-05 01:00:00 UTC: no file covers it"},
		{4, "", 6, "  and 1 more gap"},
		{3, ": see there", 5, "  and 2 more gaps: see there"},
	} {
		lines := coverageLines(c, test.gaps, test.more)
		if len(lines) != test.lines || lines[len(lines)-1] != test.last || lines[0] != "complete to 2026-11-21 00:00:00 UTC, 5 gaps, cut files: 2" {
			t.Errorf("%d gaps: got %q", test.gaps, lines)
		}
	}
	if lines := coverageLines(nil, 5, ""); lines != nil {
		t.Errorf("nothing is known: %q", lines)
	}
}

// The text beside a file is one line of ASCII, and empty where nothing is known.
func TestCoverageText(t *testing.T) {
	to := time.Date(2026, 11, 20, 9, 55, 0, 0, time.FixedZone("", 3600))
	failed := errors.New("failed")
	for _, test := range []struct {
		of   func() (*coverage.Coverage, error)
		want string
		err  error
	}{
		{func() (*coverage.Coverage, error) {
			return &coverage.Coverage{CompleteTo: to, Gaps: make([]coverage.Gap, 2)}, nil
		}, "complete to 2026-11-20T08:55:00Z, 2 gaps", nil},
		{func() (*coverage.Coverage, error) { return &coverage.Coverage{}, nil }, "", nil},
		{func() (*coverage.Coverage, error) { return nil, nil }, "", nil},
		{func() (*coverage.Coverage, error) { return nil, failed }, "", failed},
	} {
		r := Request{Query: store.ListQuery{Log: store.Interactive}, Coverage: func(_ context.Context, log store.Log, _ store.Range) (*coverage.Coverage, error) {
			if log != store.Interactive {
				return nil, fmt.Errorf("asked for the %s log", log)
			}
			return test.of()
		}}
		got, err := r.CoverageText(t.Context())
		if got != test.want || !errors.Is(err, test.err) || strings.ContainsAny(got, "\r\n") {
			t.Errorf("got %q, %v, want %q, %v", got, err, test.want, test.err)
		}
	}
	if got, err := (Request{}).CoverageText(t.Context()); got != "" || err != nil {
		t.Errorf("nobody tells: %q, %v", got, err)
	}
}
