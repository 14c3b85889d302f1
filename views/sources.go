package views

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/web/ask"
)

// SourcesPath is the page of what the imported files cover.
const SourcesPath = "/sources"

// SourcesPage is what the imported files cover of each log, or of one log with its hours and files.
type SourcesPage struct {
	Shell Shell
	Range store.Range
	// Log is the log of the address, Day the day whose hours are listed; both may be empty.
	Log   store.Log
	Day   time.Time
	Bad   store.BadParams
	Typed url.Values
	Now   time.Time
	// MayImport says that the viewer may see the files.
	MayImport bool
	Logs      []SourceLog
}

// SourceLog is the coverage of one log. Coverage is nil where Trouble says why there is none.
type SourceLog struct {
	Info     store.LogInfo
	Coverage *coverage.Coverage
	Trouble  ask.Trouble
}

// sourcesURL leads to the page, for all logs or for one.
func sourcesURL(log store.Log, r store.Range, day time.Time) string {
	v := url.Values{}
	if log != "" {
		v.Set("log", string(log))
	}
	switch {
	case r.Preset != "":
		v.Set("range", r.Preset)
	case !r.IsZero():
		v.Set("from", r.From.Format(time.RFC3339Nano))
		v.Set("to", r.To.Format(time.RFC3339Nano))
	}
	if !day.IsZero() {
		v.Set("day", day.Format(time.DateOnly))
	}
	return withQuery(SourcesPath, v)
}

// sourcesPresets are the ranges that the page offers.
func sourcesPresets() []string { return []string{"24h", "7d", "30d"} }

// earlierURL and laterURL lead to the range of the same length before and after. There is no range after now.
func (p SourcesPage) earlierURL() string {
	return sourcesURL(p.Log, store.Range{From: p.Range.From.Add(-p.Range.To.Sub(p.Range.From)), To: p.Range.From}, time.Time{})
}

func (p SourcesPage) laterURL() string {
	if !p.Range.To.Before(p.Now.Truncate(time.Minute)) {
		return ""
	}
	return sourcesURL(p.Log, store.Range{From: p.Range.To, To: p.Range.To.Add(p.Range.To.Sub(p.Range.From))}, time.Time{})
}

// near is a time to the minute, without its date where that is today.
func (z Zone) near(t, now time.Time) string {
	if z.Date(t) == z.Date(now) {
		return z.format(t, "15:04 MST")
	}
	return z.Minute(t)
}

// completeText is the time to which the files of the log reach.
func (p SourcesPage) completeText(c *coverage.Coverage) string {
	if c.CompleteTo.IsZero() {
		return Empty
	}
	return p.Shell.Zone.Minute(c.CompleteTo)
}

// sections are the logs with a section of their own: those that files tell of, or the one of the address.
func (p SourcesPage) sections() (logs []SourceLog) {
	for _, log := range p.Logs {
		if c := log.Coverage; p.Log != "" || c == nil || !c.CompleteTo.IsZero() || c.Absent > 0 {
			logs = append(logs, log)
		}
	}
	return logs
}

// lead is the sentence about a log.
func (p SourcesPage) lead(c *coverage.Coverage) string {
	if c.CompleteTo.IsZero() {
		return "No file with records of this log was imported."
	}
	text := Capital(c.Text(func(t time.Time) string { return p.Shell.Zone.near(t, p.Now) })) + "."
	if c.Since.After(c.Range.From) {
		text += " The first file begins " + p.Shell.Zone.Minute(c.Since) + "."
	}
	return text
}

// notes are further sentences about a log.
func (p SourcesPage) notes(info store.LogInfo, c *coverage.Coverage) (notes []string) {
	if c.Absent > 0 {
		notes = append(notes, Count(int64(c.Absent), "file is an export that", "files are exports that")+" cannot hold this log: Microsoft Graph v1.0 has interactive sign-ins only.")
	}
	if c.Rejected > 0 {
		notes = append(notes, Count(c.Rejected, "record of these files was", "records of these files were")+" rejected, whatever their log.")
	}
	if c.Named > 0 {
		notes = append(notes, "Of "+Count(c.Named, "hour", "hours")+" nothing but the days in the name of a file says that it covers them: a name does not tell at which hour its range began.")
	}
	if c.More {
		notes = append(notes, "There are more than "+Number(coverage.MaxStatements)+" files: only the newest of them were looked at. Choose a shorter range.")
	}
	if noted := c.Timed; noted < c.Rows && c.Rows > 0 {
		notes = append(notes, fmt.Sprintf("The lateness is that of %s of %s: it is noted of new records that tell when they were ingested.", Number(noted), Count(c.Rows, info.Kind().One, info.Kind().Many)))
	}
	return notes
}

// lateness is a percentile in words. It is rounded up to the edge of a bin.
func lateness(noted int64, late time.Duration) string {
	switch {
	case noted == 0:
		return Empty
	case late >= store.MaxLateness:
		return "30 days or more"
	}
	return Length(late)
}

// gapsShown and filesShown bound the lists of the page.
const (
	gapsShown  = 200
	filesShown = 200
)

// gapText is a gap in words.
func (p SourcesPage) gapText(g coverage.Gap) string {
	return p.Shell.Zone.Edges(store.Range{From: g.From.Truncate(time.Second), To: g.To.Truncate(time.Second)}) + " (" + roughly(g.To.Sub(g.From)) + "): " + g.Why()
}

// roughly is a length in hours and minutes.
func roughly(d time.Duration) string {
	if d = d.Round(time.Minute); d%time.Hour == 0 || d < time.Hour {
		return Length(d)
	}
	return Length(d.Truncate(time.Hour)) + " " + Length(d%time.Hour)
}

// fileText is a file that is cut or late, in words. Its name is known to those who import.
func (p SourcesPage) fileText(s *coverage.Statement) string {
	name := "A file"
	if s.File != "" {
		name = s.File
	}
	text := name + ", " + p.Shell.Zone.Edges(store.Range{From: s.From.Truncate(time.Second), To: s.To.Truncate(time.Second)})
	if s.Cut != "" {
		text += ": " + s.Why()
	}
	if s.IsLate() {
		text += ": 95 percent of its records were ingested within " + lateness(s.Timed, s.P95) + " only"
	}
	return text
}

var basisWords = map[coverage.Basis]string{
	coverage.ByRecords: "its first and last record", coverage.ByName: "the days in its name", coverage.ByManifest: "the manifest of the bundle",
}

// importOf leads to the report of the file's import.
func importOf(s *coverage.Statement) string { return pastImportURL(s.Import) }

// stateText is how an hour is covered.
func stateText(h coverage.Hour) string {
	switch h.State {
	case coverage.Missing:
		return "gap: no file covers it"
	case coverage.Silent:
		return "silent (a guess)"
	case coverage.Partly:
		return "partly covered"
	case coverage.Named:
		return "covered by the name of a file alone"
	case coverage.Outside:
		return "outside of the files"
	}
	return "covered"
}

// cellText is an hour in the table of days: its records, or why there are none.
func cellText(h coverage.Hour) string {
	switch h.State {
	case coverage.Missing:
		return "gap"
	case coverage.Silent:
		return "silent"
	case coverage.Outside:
		if h.Rows == 0 {
			return Empty
		}
	}
	return Number(h.Rows)
}

func cellTitle(h coverage.Hour) string {
	return fmt.Sprintf("%s UTC: %s, %s, %s", h.At.UTC().Format("2006-01-02 15:04"), Count(h.Rows, "record", "records"), Count(int64(h.Files), "file", "files"), stateText(h))
}

// dayHours are the hours of one day, in UTC. Those that the range does not have are absent from its ends.
type dayHours struct {
	Day    time.Time
	Before int // hours of the day before the first
	Hours  []coverage.Hour
}

// days gives the hours by days, the newest day first.
func days(hours []coverage.Hour) (list []dayHours) {
	for _, h := range hours {
		day := h.At.UTC().Truncate(24 * time.Hour)
		if n := len(list); n == 0 || !list[n-1].Day.Equal(day) {
			list = append(list, dayHours{Day: day, Before: h.At.UTC().Hour()})
		}
		last := &list[len(list)-1]
		last.Hours = append(last.Hours, h)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// hoursOf gives the hours of the page's day.
func (p SourcesPage) hoursOf(c *coverage.Coverage) []coverage.Hour {
	for _, d := range days(c.Hours) {
		if d.Day.Equal(p.Day) {
			return d.Hours
		}
	}
	return nil
}

// stripWidth is how wide an hour is in the drawing of a strip.
const stripWidth = 6

// stripPart is all hours of one state in the drawing.
type stripPart struct{ Class, Path string }

// strip draws the hours in one line.
func strip(hours []coverage.Hour) (parts []stripPart) {
	for _, state := range []coverage.State{coverage.Covered, coverage.Named, coverage.Partly, coverage.Missing, coverage.Silent, coverage.Outside} {
		var path strings.Builder
		for i := 0; i < len(hours); i++ {
			first := i
			for i < len(hours) && hours[i].State == state {
				i++
			}
			if i > first {
				writePath(&path, first*stripWidth, 0, (i-first)*stripWidth, 16)
			}
		}
		if path.Len() > 0 {
			parts = append(parts, stripPart{string(state), path.String()})
		}
	}
	return parts
}

func stripBox(hours []coverage.Hour) string {
	return "0 0 " + strconv.Itoa(len(hours)*stripWidth) + " 16"
}

// holesApart is the least distance of two holes that are drawn apart: about two pixels.
const holesApart = 12

// holesPath draws the holes over the whole height of the chart.
func (c Chart) holesPath() string {
	if len(c.Buckets) == 0 {
		return ""
	}
	var path strings.Builder
	r := c.spread()
	from, to := 0, 0
	for _, hole := range c.Holes {
		part := r.Intersect(hole.From, hole.To)
		if !part.From.Before(part.To) {
			continue
		}
		left, width := bar(r, store.Bucket{From: part.From, To: part.To})
		if to > 0 && left-to >= holesApart {
			writePath(&path, from, 0, to-from, chartHeight)
			to = 0
		}
		if to == 0 {
			from = left
		}
		to = max(to, left+width)
	}
	if to > 0 {
		writePath(&path, from, 0, to-from, chartHeight)
	}
	return path.String()
}

// holeText says of a bar that files do not cover it; empty where they do.
func (c Chart) holeText(b store.Bucket) string {
	var hidden time.Duration
	guess := true
	for _, hole := range c.Holes {
		part := store.Range{From: b.From, To: b.To}.Intersect(hole.From, hole.To)
		if part.From.Before(part.To) {
			hidden += part.To.Sub(part.From)
			guess = guess && hole.Guess
		}
	}
	switch {
	case hidden == 0:
		return ""
	case guess:
		return "silent (a guess)"
	case hidden < b.To.Sub(b.From):
		return "partly in a gap"
	}
	return "in a gap"
}
