package web

import (
	"context"
	"time"

	"signpost/store/coverage"
)

// hourOfEach is a ledger of files that together cover the month before pageNow, but for an hour of each such length of time.
type hourOfEach time.Duration

func (hourOfEach) start() time.Time { return pageNow.AddDate(0, -1, 0).Truncate(time.Hour) }

// lacks says that no file covers a time.
func (h hourOfEach) lacks(t time.Time) bool {
	return !t.Before(h.start()) && t.Sub(h.start())%time.Duration(h) >= time.Duration(h)-time.Hour
}

func (h hourOfEach) Statements(_ context.Context, q coverage.Query) (stated coverage.Stated, err error) {
	for from := h.start(); from.Before(pageNow); from = from.Add(time.Duration(h)) {
		stated.Statements = append(stated.Statements, coverage.Statement{Log: q.Log, Basis: coverage.ByManifest, From: from, To: from.Add(time.Duration(h) - time.Hour), ExactFrom: true, ExactTo: true})
	}
	stated.First, stated.Last = h.start(), pageNow
	return stated, nil
}
