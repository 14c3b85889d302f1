package views

import (
	"net/url"
	"strconv"
	"time"

	"signpost/store"
)

// List is one of the lists: a log, or the legacy view, which shows only interactive sign-ins.
type List struct {
	// Look says how the log's records are shown; nil for sign-ins.
	Look   *Look
	Log    store.Log
	Legacy bool
}

func (l List) look() *Look {
	if l.Look == nil {
		return &signInLook
	}
	return l.Look
}

// TellsTenant says that the list can tell which tenant wrote a record.
func (l List) TellsTenant() bool { return l.look().Tenant != nil }

// Is says that it is the same list, whoever the viewer is.
func (l List) Is(other List) bool { return l.Log == other.Log && l.Legacy == other.Legacy }

// Kind gives the kind of the list's records.
func (l List) Kind() *store.Kind { return l.look().Kind }

// Logs are the logs of the kind that the viewer may read.
func (l List) Logs() []store.LogInfo { return l.look().logs() }

// Path is the list's address without its query.
func (l List) Path() string {
	if l.Legacy {
		return "/logs/legacy"
	}
	return logPath(l.Log)
}

// URL is the list's address with these parameters.
func (l List) URL(v url.Values) string { return withQuery(l.Path(), v) }

// Info describes the list's log.
func (l List) Info() store.LogInfo {
	info, _ := l.Kind().Log(l.Log)
	return info
}

func logPath(log store.Log) string { return "/logs/" + string(log) }

func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// DetailsURL is the page of one record.
func DetailsURL(log store.Log, id string) string { return logPath(log) + "/" + url.PathEscape(id) }

// MovedURL is a section of a record's page, for an address that was one of another log. The section may be empty.
func MovedURL(log store.Log, id, tab string) string {
	if tab == "" {
		return DetailsURL(log, id)
	}
	return withQuery(DetailsURL(log, id), url.Values{"tab": {tab}})
}

// NearParam carries the approximate time of a record in seconds since 1970, so that a store finds it sooner.
const NearParam = "near"

// ParseNear reads NearParam; the zero time if the text is empty.
func ParseNear(value string) (near time.Time, ok bool) {
	if value == "" {
		return near, true
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	near = time.Unix(seconds, 0).UTC()
	return near, err == nil && store.InReach(near)
}

func nearValue(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// detailsNear is DetailsURL with the approximate time of the record.
func detailsNear(log store.Log, id string, t time.Time) string {
	return withQuery(DetailsURL(log, id), url.Values{NearParam: {nearValue(t)}})
}

// nearURL is the page of a record that is at hand.
func nearURL(e store.Entry) string {
	head := e.Head()
	return detailsNear(head.Log, head.ID, head.Time)
}

// TabURL leads to another log with the whole query: conditions that do not apply there are set aside, not lost.
func (l List) TabURL(q store.Query, to store.Log) string {
	if l.Legacy {
		q.Columns = nil // these columns belong to the legacy view
	}
	return List{Look: l.Look, Log: to}.URL(q.Values())
}

func (l List) presetURL(q store.Query, preset string) string {
	q.Range, q.Wide = store.Range{Preset: preset}, store.Range{}
	return l.URL(q.Values())
}

func (l List) rangeURL(q store.Query, r store.Range) string {
	q.Range, q.Wide = r, store.Range{}
	return l.URL(q.Values())
}

func (l List) windowURL(q store.Query, w store.Window) string {
	q.Window = w
	return l.URL(q.Values())
}

func (l List) eventsURL(q store.Query, all bool) string {
	q.AllEvents = all
	return l.URL(q.Values())
}

// dirURL is the list in the reverse order.
func (l List) dirURL(q store.Query) string {
	q.Oldest, q.Follow = !q.Oldest, false
	return l.URL(q.Values())
}

func (l List) followURL(q store.Query, follow bool) string {
	q.Follow = follow
	return l.URL(q.Values())
}

// panelURL is the same page with a panel of the command bar open.
func (p LogPage) panelURL(panel string) string {
	v := placeValues(p.Query, store.Key{})
	v.Set("panel", panel)
	return p.List.URL(v)
}

func (l List) withoutURL(q store.Query, f *store.Field, op store.Operator, values ...string) string {
	for _, value := range values {
		q.Filter = q.Filter.Without(f, op, value)
	}
	return l.URL(q.Values())
}

func (l List) clearURL(q store.Query) string {
	q.Filter = store.Filter{}
	return l.URL(q.Values())
}

func (l List) firstURL(q store.Query) string { return l.URL(q.Values()) }

func (l List) olderURL(q store.Query, c *store.Cursor) string {
	v := q.Values()
	v.Set("after", c.String())
	return l.URL(v)
}

func (l List) newerURL(q store.Query, c *store.Cursor) string {
	v := q.Values()
	v.Set("before", c.String())
	return l.URL(v)
}

// placeValues are the query, its page, and the rows that are unfolded on it, without one group.
func placeValues(q store.Query, except store.Key) url.Values {
	v := q.Values()
	if q.After != nil {
		v.Set("after", q.After.String())
	}
	if q.Before != nil {
		v.Set("before", q.Before.String())
	}
	for _, k := range q.Expanded {
		if k != except {
			v.Add("expand", k.String())
		}
	}
	return v
}

// expandURL is the same page with the group's members below it, the newest first. The group comes last, because the
// cursor of members belongs to the last.
func (l List) expandURL(q store.Query, group store.Key) string {
	v := placeValues(q, group)
	v.Add("expand", group.String())
	return l.URL(v)
}

func (l List) collapseURL(q store.Query, group store.Key) string {
	return l.URL(placeValues(q, group))
}

func (l List) moreMembersURL(q store.Query, group store.Key, c *store.Cursor) string {
	v := placeValues(q, group)
	v.Add("expand", group.String())
	v.Set("members", c.String())
	return l.URL(v)
}

// fragmentURL asks only for the members of one group, from the cursor on.
func (l List) fragmentURL(q store.Query, group store.Key, c *store.Cursor) string {
	v := q.Values()
	v.Set("expand", group.String())
	if c != nil {
		v.Set("members", c.String())
	}
	return l.URL(v)
}

// DayEndingAt is the 24 hours that end with the minute of t, t included. Its ends are UTC.
func DayEndingAt(t time.Time) store.Range {
	to := t.UTC().Truncate(time.Minute).Add(time.Minute)
	return store.Range{From: to.Add(-24 * time.Hour), To: to}
}

// MonthRange is the default range of the own sign-ins and of the search. Both are about people, and people sign in less
// often than logs are read.
const MonthRange = "30d"

// monthValues are the parameters of a page with a default range of a month.
func monthValues(q store.Query) url.Values {
	v := q.Values()
	switch q.Range.Preset {
	case MonthRange:
		v.Del("range")
	case store.DefaultPreset:
		v.Set("range", q.Range.Preset)
	}
	return v
}

// with is the list narrowed by one more value.
func (l List) with(q store.Query, f *store.Field, value string) string {
	q.Filter = q.Filter.With(f, store.OpIs, value)
	return l.URL(q.Values())
}
