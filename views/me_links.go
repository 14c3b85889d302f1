package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

const mePath = "/me"

// MeDetailsURL is the page of one own sign-in.
func MeDetailsURL(id string) string { return mePath + "/" + url.PathEscape(id) }

// errorCodeURL is the page of an error code.
func errorCodeURL(code store.Int) string { return "/errors/" + codeText(code) }

// values are the parameters of the query without its place in the list.
func (q MeQuery) values() url.Values {
	v := monthValues(store.Query{Range: q.Range, Limit: q.Limit})
	for param, value := range map[string]string{
		"q": q.Text, "status": q.Status, "app": q.App, "place": q.Place, "device": q.Device, "kind": q.Kind,
	} {
		if value != "" {
			v.Set(param, value)
		}
	}
	if q.Unusual {
		v.Set("show", MeShowUnusual)
	}
	if q.Unfolded {
		v.Set(foldParam, MeFoldNo)
	}
	return v
}

// These parameters are about folds: fold=no lists every background refresh, and expand opens the fold of a
// place.
const (
	foldParam   = "fold"
	MeFoldNo    = "no"
	expandParam = "expand"
)

// MeShowUnusual is the value of the parameter show that keeps only unusual sign-ins.
const MeShowUnusual = "unusual"

// URL is the newest page of the query.
func (q MeQuery) URL() string { return withQuery(mePath, q.values()) }

func (q MeQuery) olderURL(c *store.Cursor) string { return q.placeURL("after", c) }

func (q MeQuery) newerURL(c *store.Cursor) string { return q.placeURL("before", c) }

func (q MeQuery) placeURL(param string, c *store.Cursor) string {
	v := q.values()
	v.Set(param, c.String())
	return withQuery(mePath, v)
}

// hereURL is the page itself, as the target of a form.
func (q MeQuery) hereURL() string {
	switch {
	case q.After != nil:
		return q.olderURL(q.After)
	case q.Before != nil:
		return q.newerURL(q.Before)
	}
	return q.URL()
}

// expandURL is the page itself with a fold open. collapseURL is the page with none open.
func (q MeQuery) expandURL(f *ask.OwnFold) string {
	here, query, _ := strings.Cut(q.hereURL(), "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return here // impossible: this file made the address
	}
	v.Set(expandParam, f.Key().String())
	return withQuery(here, v) + "#" + foldID(f)
}

func (q MeQuery) collapseURL(f *ask.OwnFold) string { return q.hereURL() + "#" + foldID(f) }

// foldURL is the list of all sign-ins of a fold.
func (q MeQuery) foldURL(f *ask.OwnFold) string {
	q.Range = store.Range{From: later(q.Range.From, f.Day), To: earlier(q.Range.To, f.NextDay)}
	q.Kind, q.Device, q.Unfolded = MeKindBackground, deviceLabel(&f.Example), true
	return q.URL()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// foldID names a fold within its page. It stays the same while newer refreshes join the fold.
func foldID(f *ask.OwnFold) string { return "fold-" + strconv.FormatInt(f.First.UnixMicro(), 36) }

// questionID names the question about a sign-in within its page.
func questionID(id string) string { return "question-" + id }

func (q MeQuery) presetURL(preset string) string {
	q.Range = store.Range{Preset: preset}
	return q.URL()
}

// rangeURL is the query over another range.
func (q MeQuery) rangeURL(from, to time.Time) string {
	q.Range = store.Range{From: from, To: to}
	return q.URL()
}

func (q MeQuery) unusualURL() string {
	q.Unusual = true
	return q.URL()
}

// clearURL is the range without any filter.
func (q MeQuery) clearURL() string {
	return MeQuery{Range: q.Range, Limit: q.Limit, Unfolded: q.Unfolded}.URL()
}

// exportURL is the download of all sign-ins that the query finds.
func (q MeQuery) exportURL(extension string) string {
	v := q.values()
	v.Del("limit")
	v.Del(foldParam)
	return withQuery(mePath+"/export."+extension, v)
}

// ReportedPath is the address of forms about reports. It leads to the queue.
const ReportedPath = "/reported"

// ReportedURL is the queue of reported sign-ins in a state; empty for every state.
func ReportedURL(state string) string { return reportedURL(state, "", 0) }

func reportedURL(state, param string, place int64) string {
	v := url.Values{}
	if state != "" {
		v.Set("state", state)
	}
	if param != "" {
		v.Set(param, strconv.FormatInt(place, 10))
	}
	return withQuery(ProtectionReportedPath, v)
}

// ReportURL is the address for the forms about one report.
func ReportURL(id int64) string { return ReportedPath + "/" + strconv.FormatInt(id, 10) }

// olderThanCutURL is the part of the range that the page did not look at.
func (p MePage) olderThanCutURL() string { return p.Query.rangeURL(p.Query.Range.From, p.Cut) }
