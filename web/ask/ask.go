package ask

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"signpost/store"
)

// Reader answers questions. It holds the logs, limited to the rights of their viewer, and the directory.
type Reader struct {
	store.Reader
	store.Directory
	// OnFailure is told why a part of an answer is missing, unless it was merely too slow.
	OnFailure func(ctx context.Context, part string, err error)
}

// timeout bounds one question to the store.
const timeout = 10 * time.Second

// Together asks questions at the same time, each with its deadline, and gives the first error.
func Together(ctx context.Context, questions ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, question := range questions {
		group.Go(store.Caught(func() error {
			ctx, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			return question(ctx)
		}))
	}
	return group.Wait()
}

// Trouble says why a part of an answer is missing.
type Trouble uint8

// NoTrouble means that the part is there.
const (
	NoTrouble Trouble = iota
	TooSlow
	Failed
)

// Part turns the error of a part of an answer into its trouble, so that the rest of the answer stands. A cancelled question is
// returned as is; the caller already knows.
func (r Reader) Part(ctx context.Context, part string, err error, trouble *Trouble) error {
	switch {
	case err == nil:
	case isLate(err):
		*trouble = TooSlow
	case errors.Is(err, context.Canceled):
		return err
	default:
		r.OnFailure(ctx, part, err)
		*trouble = Failed
	}
	return nil
}

// isLate says that a question was not answered before its deadline.
func isLate(err error) bool {
	return errors.Is(err, store.ErrTooSlow) || errors.Is(err, context.DeadlineExceeded)
}
