package store

import "context"

type versionsKey struct{}

// WithVersions gives the context of a snapshot with what tells the content of a log from any other. Engines set it.
func WithVersions(ctx context.Context, of func(ctx context.Context, log Log) (string, error)) context.Context {
	return context.WithValue(ctx, versionsKey{}, of)
}

// VersionOf tells the content of a log in a snapshot from every other content that it had or will have while the program runs. ok is
// false outside a snapshot, and for an engine that does not know. Whoever keeps what was made of a log goes by it.
func VersionOf(ctx context.Context, log Log) (version string, ok bool, err error) {
	of, ok := ctx.Value(versionsKey{}).(func(context.Context, Log) (string, error))
	if !ok {
		return "", false, nil
	}
	version, err = of(ctx, log)
	return version, err == nil, err
}
