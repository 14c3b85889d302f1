package ask

import (
	"context"
	"errors"
	"slices"

	"signpost/store"
)

// MovedTo gives the log that a told sign-in has gone to. It stood in the interactive log until a source told its own. The error is
// store.ErrNotFound for any other ID, and for a sign-in that the reader may not see.
func MovedTo(ctx context.Context, r Reader, from store.Ref) (to store.Log, err error) {
	if from.Log != store.Interactive { // told sign-ins stand nowhere else
		return "", store.ErrNotFound
	}
	for _, info := range store.SignIns.Logs {
		if info.Log == from.Log {
			continue
		}
		record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: info.Log, ID: from.ID}})
		switch {
		case errors.Is(err, store.ErrNotFound), errors.As(err, new(store.WithheldError)):
		case err != nil:
			return "", err
		case slices.ContainsFunc(record.Versions, func(v store.Version) bool { return v.Entry.Head().ToldBy != "" }):
			return info.Log, nil
		}
	}
	return "", store.ErrNotFound
}

// WhereMoved gives the comparison with the logs that told sign-ins have gone to in place of those that they stood in. The error is
// store.ErrNotFound where a record is in no such log either.
func (q Compare) WhereMoved(ctx context.Context, r Reader) (Compare, error) {
	find := func(ref *store.Ref) error {
		_, err := r.Get(ctx, store.GetQuery{Ref: *ref})
		if errors.Is(err, store.ErrNotFound) {
			ref.Log, err = MovedTo(ctx, r, *ref)
		}
		return err
	}
	log := q.A.Log
	if err := find(&q.A); err != nil {
		return q, err
	}
	if q.A.Log != log {
		q.List = nil // that of the log that it has left
	}
	if q.B == nil {
		return q, nil
	}
	b := *q.B
	q.B = &b
	return q, find(&b)
}
