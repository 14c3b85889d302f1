package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/views"
)

// whenParam is the input of the date control for a range typed as a text.
const whenParam = "when"

// aroundTime is how far a range around a time reaches to both sides.
const aroundTime = 30 * time.Minute

// untypedRange lists the possible inputs, for a text that was not understood.
const untypedRange = "is not a time that we understand. Write a range such as 2026-11-12 02:00/03:30, a day such as 2026-11-12 or yesterday, a time such as around 14:05, or last 3 hours."

// fromWhen gives the address of the range that was typed, whatever the inputs of its ends hold. ok is false where none was
// typed, so that those inputs count. A text that means no range is reported in bad.
func fromWhen(list views.List, params url.Values, now time.Time) (address string, bad store.BadParams, ok bool) {
	text := strings.TrimSpace(params.Get(whenParam))
	if !params.Has(whenParam) || text == "" && (params.Has(fromLocal) || params.Has(toLocal)) {
		return "", nil, false
	}
	r, ok := parseWhen(text, now)
	if !ok && text != "" {
		return "", store.BadParams{{Param: whenParam, Value: text, Problem: untypedRange}}, false
	}
	target := url.Values{}
	for name, values := range params {
		if name != whenParam && (text == "" || !slices.Contains([]string{"range", "from", "to", fromLocal, toLocal, "wide"}, name)) {
			target[name] = values
		}
	}
	if text != "" {
		for name, values := range (store.Query{Range: r}).Values() {
			target[name] = values
		}
	}
	return list.URL(target), nil, true
}

var (
	rangeEnds  = regexp.MustCompile(`^(.+?)\s*(?:/|\.\.|\s-\s|\sto\s|\suntil\s)\s*(.+)$`)
	lastLength = regexp.MustCompile(`^(?:last\s+)?(\d{1,5})\s*(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)$`)
)

// parseWhen reads a range as a person types it. Times without a zone are in the zone of now, and so are the starts of days. ok
// is false for a text that means no range.
func parseWhen(text string, now time.Time) (r store.Range, ok bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, preset := range store.AllPresets() {
		if text == preset || text == strings.ToLower(store.PresetLabel(preset)) {
			return store.PresetRange(preset, now)
		}
	}
	if found := lastLength.FindStringSubmatch(text); found != nil {
		return lastOf(found[1], found[2], now)
	}
	if found := rangeEnds.FindStringSubmatch(text); found != nil {
		return betweenTyped(found[1], found[2], now)
	}
	around, isAround := strings.CutPrefix(text, "around ")
	at, ok := parseMoment(around, now, time.Time{})
	switch {
	case !ok:
		return store.Range{}, false
	case at.isDay && !isAround:
		return rangeBetween(at.Time, at.AddDate(0, 0, 1))
	}
	return rangeBetween(at.Add(-aroundTime), at.Add(aroundTime))
}

// rangeBetween gives a custom range; ok is false where it has no length, or an end that no address can hold.
func rangeBetween(from, to time.Time) (r store.Range, ok bool) {
	r = store.Range{From: from.UTC(), To: to.UTC()}
	return r, r.From.Before(r.To) && store.InReach(r.From) && store.InReach(r.To)
}

func lastOf(number, unit string, now time.Time) (store.Range, bool) {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 {
		return store.Range{}, false
	}
	to := now.Truncate(time.Minute)
	switch unit[0] {
	case 'm':
		return rangeBetween(to.Add(-time.Duration(n)*time.Minute), to)
	case 'h':
		return rangeBetween(to.Add(-time.Duration(n)*time.Hour), to)
	case 'd':
		return rangeBetween(to.Add(-time.Duration(n)*24*time.Hour), to)
	}
	return rangeBetween(to.Add(-time.Duration(n)*7*24*time.Hour), to)
}

// betweenTyped gives the range of two ends. A time of day alone at the second end is the first such time after the first end. A
// day at the second end is included whole.
func betweenTyped(first, second string, now time.Time) (store.Range, bool) {
	from, ok := parseMoment(first, now, time.Time{})
	if !ok {
		return store.Range{}, false
	}
	to, ok := parseMoment(second, now, from.Time)
	if to.isDay {
		to.Time = to.AddDate(0, 0, 1)
	}
	if !ok {
		return store.Range{}, false
	}
	return rangeBetween(from.Time, to.Time)
}

// moment is a time as it was typed; isDay says that a day was typed alone, and the time is its start.
type moment struct {
	time.Time
	isDay bool
}

// parseMoment reads a time, a day, or a time of day. A time of day is the first one after a given time, else the newest one that
// is not in the future.
func parseMoment(text string, now, after time.Time) (m moment, ok bool) {
	switch text {
	case "now":
		return moment{Time: now}, true
	case "today":
		return moment{midnight(now, 0), true}, true
	case "yesterday":
		return moment{midnight(now, -1), true}, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02t15:04:05.999999999", "2006-01-02t15:04"} {
		if t, err := time.ParseInLocation(layout, strings.ToUpper(text), now.Location()); err == nil {
			return moment{Time: t}, true
		}
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return moment{Time: t}, true
		}
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return moment{t, true}, true
	}
	day := ""
	for _, name := range []string{"today ", "yesterday "} {
		if rest, found := strings.CutPrefix(text, name); found {
			day, text = name, rest
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		clock, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		return moment{Time: clockTime(clock, day, now, after)}, true
	}
	return moment{}, false
}

// clockTime puts a time of day on its day.
func clockTime(clock time.Time, day string, now, after time.Time) time.Time {
	on := func(of time.Time, days int) time.Time {
		year, month, day := of.In(now.Location()).Date()
		return time.Date(year, month, day+days, clock.Hour(), clock.Minute(), clock.Second(), 0, now.Location())
	}
	switch t := on(now, 0); {
	case day == "yesterday ":
		return on(now, -1)
	case day != "":
		return t
	case !after.IsZero():
		if t = on(after, 0); !t.After(after) {
			return on(after, 1)
		}
		return t
	case t.After(now):
		return on(now, -1)
	default:
		return t
	}
}

func midnight(now time.Time, days int) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, now.Location())
}
