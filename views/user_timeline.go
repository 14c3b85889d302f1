package views

import (
	"net/url"
	"slices"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// TimelineLogParam names the logs that a timeline is narrowed to.
const TimelineLogParam = "log"

// TimelinePage is what a user did and what was done to the user, over all logs.
type TimelinePage struct {
	Shell Shell
	Looks Looks // of the viewer
	User  EntityPage
	Asked ask.Timeline
	ask.UserTimeline
	Now time.Time
}

// TimelineURL is the newest page of a user's timeline.
func TimelineURL(id string) string { return ObjectURL(store.ObjectUser, id) + "/timeline" }

// address is the timeline over a range and some logs, after some places.
func (p TimelinePage) address(in store.Range, logs []store.Log, after []store.Cursor) string {
	v := monthValues(store.Query{Range: in})
	for _, log := range logs {
		v.Add(TimelineLogParam, string(log))
	}
	for _, at := range after {
		v.Add("after", at.String())
	}
	return withQuery(TimelineURL(p.User.ID), v)
}

func (p TimelinePage) presetURL(preset string) string {
	return p.address(store.Range{Preset: preset}, p.Asked.Logs, nil)
}

func (p TimelinePage) nextURL() string { return p.address(p.Asked.Range, p.Asked.Logs, p.Next) }

func (p TimelinePage) newestURL() string { return p.address(p.Asked.Range, p.Asked.Logs, nil) }

// shows says that a log is among those shown.
func (p TimelinePage) shows(log store.Log) bool {
	return p.Asked.Logs == nil || slices.Contains(p.Asked.Logs, log)
}

// toggleURL adds a log to those shown, or takes it away. From all it narrows to the one.
func (p TimelinePage) toggleURL(log store.Log) string {
	var logs []store.Log
	switch {
	case p.Asked.Logs == nil:
		logs = []store.Log{log}
	case p.shows(log):
		logs = slices.DeleteFunc(slices.Clone(p.Asked.Logs), func(l store.Log) bool { return l == log })
	default:
		logs = append(slices.Clone(p.Asked.Logs), log)
	}
	return p.address(p.Asked.Range, logs, nil)
}

// logTitle names a log of the timeline.
func (p TimelinePage) logTitle(log store.Log) string {
	list, _ := p.Looks.List(log)
	return list.Info().Title
}

// logShort is the name of a log in a row.
func (p TimelinePage) logShort(log store.Log) string {
	list, _ := p.Looks.List(log)
	return firstText(list.Info().Short, list.Info().Title)
}

// timelineCount is the number of a log's records.
func timelineCount(l ask.TimelineLog) string {
	switch {
	case l.Trouble != ask.NoTrouble:
		return troubleText(l.Trouble, "too slow to count", "could not be counted")
	case !l.Total.Complete:
		return "at least " + Number(l.Total.N)
	}
	return Number(l.Total.N)
}

// timelineTrouble says which logs are missing from the page.
func (p TimelinePage) timelineTrouble() (texts []string) {
	for _, l := range p.Logs {
		if l.Trouble != ask.NoTrouble && p.shows(l.Log) {
			texts = append(texts, p.logTitle(l.Log)+": "+troubleText(l.Trouble, "looking them up took too long. Choose a shorter range.", "its records could not be looked up. Reload the page to try again.")+" They are missing below.")
		}
	}
	return texts
}

// day is the heading of a row that begins another day than the row before; empty for the others.
func (p TimelinePage) day(i int) string {
	day := p.Shell.Zone.Day(p.Rows[i].Entry.Head().Time)
	if i > 0 && p.Shell.Zone.Day(p.Rows[i-1].Entry.Head().Time) == day {
		return ""
	}
	return day
}

// what says what happened in a record.
func (p TimelinePage) what(row ask.TimelineRow) (what Cell, more [2]Cell) {
	before, after := trailCells(row.Entry, p.AppNames)
	if _, ok := store.SignIns.Log(row.Log); ok {
		before = "Sign-in to " + before
	}
	if row.ToUser {
		before += " (done to this user)"
	}
	return titled(before), after
}

func (p TimelinePage) customRange() bool { return p.Asked.Range.Preset == "" }

func (p TimelinePage) backURL() string {
	return withQuery(ObjectURL(store.ObjectUser, p.User.ID), monthOnly(p.Asked.Range))
}

func monthOnly(r store.Range) url.Values { return monthValues(store.Query{Range: r}) }
