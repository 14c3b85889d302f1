package ask

import (
	"context"
	"errors"
	"net/url"

	"signpost/store"
	"signpost/store/access"
)

// Looked asks who looked at a person's data.
type Looked struct {
	// Person is the user ID.
	Person string
	Range  store.Range
	After  *store.Cursor
	Limit  int
	// Mine reads the person's own records of all logs. They show which downloads had some of them.
	Mine store.Reader
}

// Look is one look at the person's data. Rows counts the person's rows in a download. It is zero for all other looks, because
// they name the person as a subject.
type Look struct {
	Record *access.Record
	Rows   int64
}

// Looks are the looks of a page. They include the downloads of its range that had rows of the person.
type Looks struct {
	Looks     []Look
	Next      *store.Cursor
	Downloads []Look
	// Unsure is the number of downloads of the range that could not be searched: there are too many, or it took too long.
	Unsure int64
}

// maxDownloads is the number of downloads of a range that are searched, the newest first.
const maxDownloads = 50

// Ask reads the access log.
func (q Looked) Ask(ctx context.Context, r store.Reader) (*Looks, error) {
	looks := &Looks{}
	err := Together(ctx,
		func(ctx context.Context) error {
			filter := store.Filter{}.With(access.SubjectField, store.OpIs, q.Person).With(access.StatusField, store.OpIs, string(access.Allowed))
			page, err := r.Records(ctx, store.RecordsQuery{ListQuery: store.ListQuery{Log: access.Log, Range: q.Range, Filter: filter, After: q.After, Limit: q.Limit}})
			for i := range page.Records {
				looks.Looks = append(looks.Looks, Look{Record: page.Records[i].Entry.(*access.Record)})
			}
			looks.Next = page.Next
			return err
		},
		func(ctx context.Context) error {
			if q.After != nil {
				return nil // listed on the first page
			}
			return q.downloads(ctx, r, looks)
		},
	)
	return looks, err
}

// downloads searches the downloads of the range for rows of the person. A download names nobody: it may have had thousands.
func (q Looked) downloads(ctx context.Context, r store.Reader, looks *Looks) error {
	list := store.ListQuery{Log: access.Log, Range: q.Range, Filter: store.Filter{}.With(access.ActionField, store.OpIs, string(access.Export)), Limit: maxDownloads}
	page, err := r.Page(ctx, list)
	if err != nil {
		return err
	}
	total, err := r.Total(ctx, list)
	if err != nil {
		return err
	}
	looks.Unsure = total.N - int64(len(page.Rows))
	rowsIn := map[string]int64{}
	for i := range page.Rows {
		row := page.Rows[i].Entry.(*access.Record)
		n, err := q.rowsIn(ctx, row)
		switch withheld := (store.WithheldError{}); {
		case errors.As(err, &withheld): // the person may not learn of these rows
		case isLate(err):
			looks.Unsure++
		case err != nil:
			return err
		case n > 0:
			rowsIn[row.Head().ID] = n
		}
	}
	for len(rowsIn) > 0 { // the rows do not have the reasons and roles of these looks; heavy records come in several parts
		whole, err := r.Records(ctx, store.RecordsQuery{ListQuery: list})
		if err != nil {
			return err
		}
		for i := range whole.Records {
			record := whole.Records[i].Entry.(*access.Record)
			if n := rowsIn[record.Head().ID]; n > 0 {
				looks.Downloads = append(looks.Downloads, Look{Record: record, Rows: n})
				delete(rowsIn, record.Head().ID)
			}
		}
		if list.After = whole.Next; list.After == nil {
			break
		}
	}
	looks.Unsure += int64(len(rowsIn))
	return nil
}

// rowsIn counts the rows of the person in a download, by the records that are stored now.
func (q Looked) rowsIn(ctx context.Context, record *access.Record) (int64, error) {
	kind := q.Mine.Catalog().Kind(record.Log)
	params, err := url.ParseQuery(record.Query)
	if kind == nil || err != nil {
		return 0, nil
	}
	if params.Has("from") {
		params.Del("range") // the range's word comes with its two ends, and these are exact
	}
	asked, bad := kind.ParseQuery(params, record.Head().Time)
	if len(bad) > 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	total, err := q.Mine.Total(ctx, store.ListQuery{Log: record.Log, Range: asked.Range, Filter: asked.Filter, AllEvents: asked.AllEvents})
	return total.N, err
}
