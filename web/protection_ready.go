package web

import (
	"context"
	"time"

	"signpost/store"
)

// After the lists of risky sign-ins were made ready they are looked at again after riskReadyEvery, and after a longer time where that took
// long: while files are imported the logs change all the time.
const (
	riskReadyEvery = 2 * time.Second
	riskReadyShare = 5 // it takes at most one of so many parts of the time
)

// KeepRiskReady makes what lists of risky sign-ins of service principals need, again after each change of a log, until ctx ends. Else the
// first page after a change would wait for it.
func (s *Server) KeepRiskReady(ctx context.Context) {
	said := ""
	for {
		began := time.Now()
		err := store.Caught(func() error { return s.readyRisk(ctx) })()
		if ctx.Err() != nil {
			return
		}
		now := ""
		if err != nil {
			now = err.Error()
		}
		if now != said && err != nil {
			s.Log.WarnContext(ctx, "make lists of risky sign-ins ready", "error", err)
		}
		said = now
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(riskReadyEvery, riskReadyShare*time.Since(began))):
		}
	}
}

func (s *Server) readyRisk(ctx context.Context) error {
	of, hidden := s.riskStore()
	ctx, release, err := of.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer release()
	return s.riskyKept.Ready(ctx, s.reader(of, hidden))
}
