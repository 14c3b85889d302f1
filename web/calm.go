package web

import (
	"context"
	"errors"
	"log/slog"
)

// calm is a log that lowers warnings and errors to information where nobody waits for the answer any more. The context of
// an abandoned request says so. The line itself stays.
type calm struct{ slog.Handler }

func calmed(ctx context.Context, level slog.Level) slog.Level {
	if level > slog.LevelInfo && errors.Is(ctx.Err(), context.Canceled) {
		return slog.LevelInfo
	}
	return level
}

// Enabled says whether a line of the level is written.
func (h calm) Enabled(ctx context.Context, level slog.Level) bool {
	return h.Handler.Enabled(ctx, calmed(ctx, level))
}

// Handle writes a line.
func (h calm) Handle(ctx context.Context, record slog.Record) error {
	record.Level = calmed(ctx, record.Level)
	return h.Handler.Handle(ctx, record)
}

// WithAttrs gives the log with attributes that every line has.
func (h calm) WithAttrs(attrs []slog.Attr) slog.Handler { return calm{h.Handler.WithAttrs(attrs)} }

// WithGroup gives the log with a group for later attributes.
func (h calm) WithGroup(name string) slog.Handler { return calm{h.Handler.WithGroup(name)} }
