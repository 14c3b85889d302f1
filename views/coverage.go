package views

import (
	"strconv"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/coverage"
	"signpost/web/ask"
)

// Covered is the coverage of a log in a range. MayOpen says that the viewer may open the page about it.
type Covered struct {
	Log      store.Log
	Coverage *coverage.Coverage
	Trouble  ask.Trouble
	MayOpen  bool
}

// text is the coverage in a few words; empty where nothing is known of it.
func (c *Covered) text(zone Zone, now time.Time) string {
	switch {
	case c == nil:
		return ""
	case c.Trouble != ask.NoTrouble:
		return "coverage not known in time"
	case c.Coverage == nil || c.Coverage.CompleteTo.IsZero():
		return ""
	}
	return c.Coverage.Text(func(t time.Time) string { return zone.near(t, now) })
}

// gaps is the number of gaps, for checks.
func (c *Covered) gaps() string {
	if c.Coverage == nil {
		return ""
	}
	return strconv.Itoa(len(c.Coverage.Gaps))
}

// name is the log in a line about several.
func (c *Covered) name() string {
	info, ok := store.SignIns.Log(c.Log)
	if !ok {
		info, _ = audit.Kind.Log(c.Log)
	}
	return info.Short
}

// Holes are the times of the range of which nothing is known.
func (c *Covered) Holes(now time.Time) []coverage.Gap {
	if c == nil || c.Coverage == nil {
		return nil
	}
	return c.Coverage.Holes(now)
}

// knownCoverage are those of some logs of which anything is known.
func knownCoverage(logs []Covered, zone Zone, now time.Time) (known []Covered) {
	for i := range logs {
		if logs[i].text(zone, now) != "" {
			known = append(known, logs[i])
		}
	}
	return known
}
