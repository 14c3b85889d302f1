package store

import "context"

type freshKey struct{ log Log }

// Fresh tells a store that a snapshot is for questions about a log. Where answers about the log come from a copy of it, as those
// about the access log do, the copy is brought up to date before the snapshot begins. Outside a snapshot every question does so.
func Fresh(ctx context.Context, log Log) context.Context {
	return context.WithValue(ctx, freshKey{log}, true)
}

// IsFresh says that Fresh was told of the log.
func IsFresh(ctx context.Context, log Log) bool { return ctx.Value(freshKey{log}) != nil }
