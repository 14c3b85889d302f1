package importer

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"signpost/store/rawjson"
)

// DateOrder is the order of day and month in dates such as 03/11/2026.
type DateOrder string

// The orders. Without one all dates of a file decide.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

// Valid says whether the order is one of the two.
func (o DateOrder) Valid() bool { return o == DayFirst || o == MonthFirst }

func (o DateOrder) words() string {
	if o == DayFirst {
		return "day, month, year"
	}
	return "month, day, year"
}

// Answers are what somebody has said about files that do not say it themselves.
type Answers struct {
	// Log is the log of the Entra admin center's files. A file whose name tells its log goes by its name.
	Log string
	// Dates is the order of day and month in files whose dates decide nothing.
	Dates DateOrder
	// Zone is the time zone of files that name another than UTC or none; nil where nobody has said it.
	Zone *time.Location
}

// dates reads the times of one file.
type dates struct {
	order DateOrder // "" where it is not known
	zone  *time.Location
	// needsZone says that times without a zone are not taken for UTC.
	needsZone bool
	// rewrites says that records in JSON have times in a local form.
	rewrites bool
}

// quotedText gives a text for a sentence about it.
func quotedText(text string) string { return quoted(rawjson.AppendQuoted(nil, text)) }

// localDate finds the numbers of a date in a local form, such as 3/11/2026, 03.11.2026 and 3-11-2026, and where it ends. A date
// that begins with the year is none.
func localDate(text []byte) (first, second, year, end int, ok bool) {
	c := clock{rest: text}
	first = c.number(1, 2)
	separator, found := c.skip("/.-")
	if c.bad || !found {
		return 0, 0, 0, 0, false
	}
	second = c.number(1, 2)
	c.must(string(separator))
	year = c.number(4, 4)
	return first, second, year, len(text) - len(c.rest), !c.bad
}

// read reads a time. heading is the zone that the heading of its column names.
func (d *dates) read(cell, heading string) (t time.Time, ok bool) {
	text := bytes.TrimSpace([]byte(cell))
	first, second, year, end, isLocal := localDate(text)
	if !isLocal {
		t, ok = parseTime(text)
		if ok && !hasZone(text) {
			t, ok = d.inZone(t, heading)
		}
		return t, ok
	}
	if d.order == "" {
		return time.Time{}, false
	}
	day, month := first, second
	if d.order == MonthFirst {
		day, month = second, first
	}
	rest := strings.TrimLeft(strings.TrimPrefix(string(text[end:]), ","), " T")
	if rest == "" {
		rest = "00:00"
	}
	if t, ok = parseTime(fmt.Appendf(nil, "%04d-%02d-%02dT%s", year, month, day, withHalf(rest))); !ok {
		return t, false
	}
	if hasZone([]byte(rest)) {
		return t, true
	}
	return d.inZone(t, heading)
}

// inZone gives a time that was read without a zone. ok is false where somebody must say which zone it is in.
func (d *dates) inZone(t time.Time, heading string) (time.Time, bool) {
	switch {
	case strings.EqualFold(heading, "UTC"):
		return t, true
	case d.zone != nil:
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), d.zone).UTC(), true
	case heading != "" || d.needsZone:
		return t, false
	}
	return t, true
}

// isAsked says that a cell is a time which cannot be read without an answer, or not even with it.
func (d *dates) isAsked(cell string) bool {
	_, _, _, _, isLocal := localDate(bytes.TrimSpace([]byte(cell)))
	return isLocal
}

// withHalf gives a time of day without AM and PM: "1:05:00 PM" is 13:05:00. What has neither stays.
func withHalf(text string) string {
	text = strings.ReplaceAll(text, "\u202f", " ") // as newer programs write the blank before AM and PM
	upper := strings.ToUpper(text)
	at := strings.LastIndexAny(upper, "AP")
	if at < 1 || !strings.HasSuffix(strings.ReplaceAll(upper, ".", ""), "M") {
		return text
	}
	hour, rest, found := strings.Cut(strings.TrimSpace(text[:at]), ":")
	if !found {
		return text
	}
	c := clock{rest: []byte(hour)}
	h := c.number(1, 2)
	if c.bad || h < 1 || h > 12 {
		return "bad"
	}
	if h %= 12; upper[at] == 'P' {
		h += 12
	}
	return fmt.Sprintf("%02d:%s", h, rest)
}

// hasZone says whether a time ends with a zone.
func hasZone(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) < 6 {
		return false
	}
	last := text[len(text)-1]
	if last == 'Z' || last == 'z' || bytes.HasSuffix(text, []byte("UTC")) || bytes.HasSuffix(text, []byte("GMT")) {
		return true
	}
	tail := text[len(text)-6:]
	return (tail[0] == '+' || tail[0] == '-') && tail[3] == ':' || (tail[1] == '+' || tail[1] == '-') && bytes.IndexByte(tail[2:], ':') < 0 && bytes.IndexByte(text, ':') >= 0
}

// isoTime writes a time as records do. parseTime reads it.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z") }

// dateEvidence is what the dates of a file tell about their order.
type dateEvidence struct {
	dayFirst, monthFirst, open int64
	same                       int64  // those that are the same date in both orders
	example                    string // one that decides nothing; else any
}

// note looks at a time.
func (e *dateEvidence) note(text []byte) {
	first, second, _, _, ok := localDate(bytes.TrimSpace(text))
	switch {
	case !ok:
		return
	case first == second:
		e.same++
		return
	case first > 12 && second <= 12:
		e.dayFirst++
	case second > 12 && first <= 12:
		e.monthFirst++
	default:
		e.open++
		e.example = string(text)
	}
	if e.example == "" {
		e.example = string(text)
	}
}

// noteOf looks at a time. In US form the month is first, also where the day could be a month.
func (e *dateEvidence) noteOf(text []byte, isUS bool) {
	first, second, _, _, ok := localDate(bytes.TrimSpace(text))
	if !isUS || !ok || first == second || max(first, second) > 12 {
		e.note(text)
		return
	}
	e.monthFirst++
	e.example = cmp.Or(e.example, string(text))
}

// isUSTimed says that Azure Monitor writes the time around records of a category in US form, such as 11/5/2026 11:35:37 AM. The
// month is first there, also where the day could be a month.
func isUSTimed(category string) bool {
	switch strings.ToLower(category) {
	case "userriskevents", "riskyusers", "serviceprincipalriskevents", "riskyserviceprincipals":
		return true
	}
	return false
}

// zoneEvidence is what the times of a file tell about their zone.
type zoneEvidence struct {
	open    int64 // times that name none
	example string
}

// note looks at a time. What is no time is told when it is read.
func (e *zoneEvidence) note(text string) {
	if isTime(text) && !tellsZone(text) {
		if e.open++; e.open == 1 {
			e.example = strings.TrimSpace(text)
		}
	}
}

// isTime says whether a text is a time in some form.
func isTime(text string) bool {
	plain := bytes.TrimSpace([]byte(text))
	if _, _, _, _, isLocal := localDate(plain); isLocal {
		return true
	}
	if _, ok := epochTime(text); ok {
		return true
	}
	_, ok := parseTime(plain)
	return ok
}

// tellsZone says whether a time needs no zone to be an instant.
func tellsZone(text string) bool {
	_, isEpoch := epochTime(text)
	return isEpoch || hasZone([]byte(text))
}

// decide gives the order. question says what must be asked; empty where nothing must be.
func (e *dateEvidence) decide(answer DateOrder) (order DateOrder, question string) {
	const how = " Say it with --dates dmy or --dates mdy, or choose it on the page."
	switch {
	case e.dayFirst+e.monthFirst+e.open == 0 && e.same > 0:
		return cmp.Or(answer, DayFirst), ""
	case e.dayFirst+e.monthFirst+e.open == 0:
		return answer, ""
	case e.dayFirst > 0 && e.monthFirst > 0:
		if answer != "" {
			return answer, ""
		}
		return "", fmt.Sprintf("%s can only be day, month, year and %s only month, day, year: the file mixes two orders.", count(e.dayFirst, "date"), count(e.monthFirst, "date")) + how
	case e.dayFirst > 0:
		return DayFirst, ""
	case e.monthFirst > 0:
		return MonthFirst, ""
	case answer != "":
		return answer, ""
	}
	return "", fmt.Sprintf("no date of the file tells whether the day or the month comes first, such as %s.", quotedText(e.example)) + how
}
