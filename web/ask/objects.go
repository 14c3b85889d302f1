package ask

import (
	"context"
	"time"

	"signpost/store"
)

// ObjectList is one page of the users, groups, applications or service principals, with the state of the imported
// directory.
type ObjectList struct {
	State store.DirectoryState
	Page  store.EntityPage
}

// sparkBars is about the number of bars in the small chart of a row.
const sparkBars = 30

// Objects asks for a page of a list. It chooses the edges of the query: whole days, from bars of about a day on.
func Objects(ctx context.Context, r Reader, q store.EntitiesQuery, location *time.Location) (list ObjectList, err error) {
	width := (q.Range.To.Sub(q.Range.From) / sparkBars).Round(time.Minute)
	if width > 20*time.Hour {
		width = width.Round(24 * time.Hour)
	}
	q.Edges = store.BucketEdges(q.Range, max(width, time.Minute), location)
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			list.State, err = r.DirectoryState(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			list.Page, err = r.Entities(ctx, q)
			return err
		})
	return list, err
}
