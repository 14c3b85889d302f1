package export

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"signpost/store"
)

// Parse reads an export from a list's address: its range and filter, without conditions that the log sets aside.
// It ignores columns, limit and all else that shapes a page, because a file has all rows and all fields.
//
// It adds two parameters: `file`, a Part, and `after`, a Place. An archive has neither, since it is whole and
// cannot go on. It keeps all conditions, which another of its logs may apply. A bad parameter gives an error of
// type store.BadParams.
func Parse(ctx context.Context, s store.Store, log store.Log, f Format, params url.Values, now time.Time) (Request, error) {
	info, ok := s.Catalog().Log(log)
	if !ok {
		return Request{}, store.ErrNotFound
	}
	kind := info.Kind()
	r := Request{Format: f, Part: Rows, Made: now}
	rest := url.Values{}
	for param, values := range params {
		if param != "file" && param != "after" {
			rest[param] = values
		}
	}
	query, bad := kind.ParseQuery(rest, now)
	for _, param := range []string{"file", "after"} {
		if len(params[param]) > 1 {
			bad = append(bad, store.BadParam{Param: param, Problem: "is given more than once. Keep one."})
		}
	}
	if query.Before != nil {
		bad = append(bad, store.BadParam{Param: "before", Value: params.Get("before"), Problem: "has no meaning in a download, which goes from the newest to the oldest. Use after."})
	}
	if part := params.Get("file"); part != "" {
		if r.Part = Part(part); !HasPart(info, f, r.Part) {
			bad = append(bad, store.BadParam{Param: "file", Value: part, Problem: "is no file of this download. " + fileWords(kind)})
		}
	}
	r.Query = store.ListQuery{Log: log, Range: query.Range, Filter: query.Filter, AllEvents: query.AllEvents}
	if !f.isArchive() {
		r.Query.Filter, r.Aside = query.Filter.For(info)
	}
	if after := params.Get("after"); f.isArchive() && after != "" {
		bad = append(bad, store.BadParam{Param: "after", Value: after, Problem: "has no meaning in an archive, which is written whole. Take it out of the address."})
	} else if after != "" {
		place, err := Place(ctx, s, r.Query, after)
		switch {
		case errors.Is(err, store.ErrNotFound):
			bad = append(bad, store.BadParam{Param: "after", Value: after, Problem: "is neither a place in this list nor the " + idWords(kind) + " of one of its " + kind.Many + "."})
		case err != nil:
			return r, err
		}
		r.Query.After = place
	}
	if len(bad) > 0 {
		return r, bad
	}
	return r, nil
}

// fileWords say which files the downloads of a kind's logs have.
func fileWords(kind *store.Kind) string {
	if slices.ContainsFunc(kind.Logs, func(info store.LogInfo) bool { return HasPart(info, CSV, AuthDetails) }) {
		return "CSV has signins, and for the user logs authdetails; the other formats have signins."
	}
	return "Every format has signins alone."
}

// idWords are what the ID of a kind's records is called inside a sentence.
func idWords(kind *store.Kind) string {
	for _, p := range kind.Properties {
		if p.Unique {
			first, size := utf8.DecodeRuneInString(p.Label)
			return string(unicode.ToLower(first)) + p.Label[size:]
		}
	}
	return "ID"
}
