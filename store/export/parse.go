package export

import (
	"context"
	"errors"
	"net/url"
	"time"

	"signpost/store"
)

// Parse reads an export from a list's address: its range and filter, without conditions that the log sets aside.
// It ignores columns, limit and all else that shapes a page, because a file has all rows and all fields.
//
// It adds two parameters: `file`, a Part, and `after`, a Place. An archive has neither, since it is whole and
// cannot go on. It keeps all conditions, which another of its logs may apply. A bad parameter gives an error of
// type store.BadParams.
func Parse(ctx context.Context, s store.Store, log store.Log, f Format, params url.Values, now time.Time) (Request, error) {
	info, ok := store.SignIns.Log(log)
	if !ok {
		return Request{}, store.ErrNotFound
	}
	r := Request{Format: f, Part: SignIns, Made: now}
	rest := url.Values{}
	for param, values := range params {
		if param != "file" && param != "after" {
			rest[param] = values
		}
	}
	query, bad := store.SignIns.ParseQuery(rest, now)
	for _, param := range []string{"file", "after"} {
		if len(params[param]) > 1 {
			bad = append(bad, store.BadParam{Param: param, Problem: "is given more than once. Keep one."})
		}
	}
	if query.Before != nil {
		bad = append(bad, store.BadParam{Param: "before", Value: params.Get("before"), Problem: "has no meaning in a download, which goes from the newest to the oldest. Use after."})
	}
	if part := params.Get("file"); part != "" {
		if r.Part = Part(part); !HasPart(log, f, r.Part) {
			bad = append(bad, store.BadParam{Param: "file", Value: part, Problem: "is no file of this download. CSV has signins, and for the user logs authdetails; the other formats have signins."})
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
			bad = append(bad, store.BadParam{Param: "after", Value: after, Problem: "is neither a place in this list nor the request ID of one of its sign-ins."})
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
