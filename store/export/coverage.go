package export

import (
	"context"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// ManifestCoverage is what imported files cover of a log in the range of an archive. It names no file.
type ManifestCoverage struct {
	// Since is the start of the first file of all, CompleteTo the time to which the files reach; null where there are none.
	Since      *time.Time    `json:"since"`
	CompleteTo *time.Time    `json:"complete_to"`
	Gaps       []ManifestGap `json:"gaps"`
	// Whole says that silence was looked for in the whole range, and every file was looked at.
	Whole bool `json:"whole"`
	// CutFiles and LateFiles count files with times in the range.
	CutFiles  int `json:"cut_files"`
	LateFiles int `json:"late_files"`
}

// ManifestGap is a time that no file covers or, as a guess, a silent time.
type ManifestGap struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Guess bool      `json:"guess"`
	Why   string    `json:"why"`
}

// gapsInReadme and gapsInProperties bound the gaps that a text lists. The manifest of an archive has all of them.
const (
	gapsInReadme     = 50
	gapsInProperties = 20
)

// coverageOf asks what files cover of a log in the range; nil where nobody tells.
func (e *exporter) coverageOf(ctx context.Context, log store.Log) (*coverage.Coverage, error) {
	if e.Coverage == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	c, err := e.Coverage(ctx, log, e.Query.Range)
	if err != nil {
		return nil, fmt.Errorf("look up what files cover of the %s log: %w", log, err)
	}
	return c, nil
}

// CoverageText is what imported files cover of the list's log in a few words; empty where nothing is known of it. It stands beside a
// file that has no place for it.
func (r Request) CoverageText(ctx context.Context) (string, error) {
	if r.Coverage == nil {
		return "", nil
	}
	c, err := r.Coverage(ctx, r.Query.Log, r.Query.Range)
	if err != nil || c == nil || c.CompleteTo.IsZero() {
		return "", err
	}
	return c.Text(func(t time.Time) string { return t.UTC().Format(time.RFC3339) }), nil
}

// manifestCoverage is the coverage as a manifest has it.
func manifestCoverage(c *coverage.Coverage) *ManifestCoverage {
	if c == nil {
		return nil
	}
	m := &ManifestCoverage{Gaps: []ManifestGap{}, Whole: c.IsWhole(), CutFiles: len(c.Cut), LateFiles: len(c.Late)}
	if !c.CompleteTo.IsZero() {
		since, to := c.Since.UTC(), c.CompleteTo.UTC()
		m.Since, m.CompleteTo = &since, &to
	}
	for _, g := range c.Gaps {
		m.Gaps = append(m.Gaps, ManifestGap{From: g.From.UTC(), To: g.To.UTC(), Guess: g.Guess, Why: g.Why()})
	}
	return m
}

// coverageLines is the coverage in the lines of a text, with some of its gaps. more says where the others are.
func coverageLines(c *coverage.Coverage, gaps int, more string) (lines []string) {
	if c == nil {
		return nil
	}
	at := func(t time.Time) string { return t.UTC().Format(longTime) }
	text := c.Text(at)
	if n := len(c.Cut); n > 0 {
		text += fmt.Sprintf(", cut files: %d", n)
	}
	lines = []string{text}
	for i, g := range c.Gaps {
		if i == gaps {
			noun := "gaps"
			if len(c.Gaps)-i == 1 {
				noun = "gap"
			}
			return append(lines, fmt.Sprintf("  and %d more %s%s", len(c.Gaps)-i, noun, more))
		}
		lines = append(lines, fmt.Sprintf("  gap from %s to %s: %s", at(g.From), at(g.To), g.Why()))
	}
	return lines
}
