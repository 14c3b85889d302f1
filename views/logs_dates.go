package views

import (
	"time"

	"signpost/store"
)

// earlierURL is the same list over the range of the same length before; for whole days, over as many days
// before.
func (p LogPage) earlierURL() string {
	from := p.stepped(p.Query.Range.From, -1)
	return p.List.rangeURL(p.Query, store.Range{From: from, To: p.Query.Range.From})
}

// laterURL is the same list over the range of the same length after; empty if the range ends now.
func (p LogPage) laterURL() string {
	if p.Query.Range.Slides() || !p.Query.Range.To.Before(p.Now.Truncate(time.Minute)) {
		return ""
	}
	return p.List.rangeURL(p.Query, store.Range{From: p.Query.Range.To, To: p.stepped(p.Query.Range.To, 1)})
}

// stepped moves an end of the range by the range's length, later or earlier. It moves a range of whole days
// by days of the zone, because some days have 23 or 25 hours.
func (p LogPage) stepped(edge time.Time, sign int) time.Time {
	r, zone := p.Query.Range, p.Shell.Zone.Location()
	length := r.To.Sub(r.From)
	days := int((length + 12*time.Hour) / (24 * time.Hour))
	switch {
	case r.Preset == "today":
		days = 1
	case r.Preset == "week":
		days = 7
	case days < 1 || !isMidnight(r.From.In(zone)) || !isMidnight(r.To.In(zone)):
		return edge.Add(time.Duration(sign) * length)
	}
	return edge.In(zone).AddDate(0, 0, sign*days).UTC()
}

func isMidnight(t time.Time) bool {
	year, month, day := t.Date()
	return t.Equal(time.Date(year, month, day, 0, 0, 0, 0, t.Location()))
}
