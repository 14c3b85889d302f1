package web

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/risk"
)

// countingDetections counts the questions for detections of service principals.
type countingDetections struct {
	store.Store
	asked *atomic.Int64
}

func (c countingDetections) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if q.Log == risk.Workloads {
		c.asked.Add(1)
	}
	return c.Store.Page(ctx, q)
}

// A page of risky sign-ins finds what it needs ready, and is right after the next import.
func TestRiskySignInsAreReady(t *testing.T) {
	t.Parallel()
	var db *datafolder.Folder
	asked := new(atomic.Int64)
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Store, c.Directory, c.PastImports, c.Imports = countingDetections{db, asked}, db, db, db
	})
	bring := func(lines string) {
		t.Helper()
		report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "risky.json", strings.NewReader(lines))
		if err != nil || report.RejectedTotal+report.Skipped > 0 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	bring(riskyLines())
	h.add("ada", auth.RoleGlobalAdministrator)
	v := h.as("ada")
	shown := func() (asks int64, named string) {
		t.Helper()
		before := asked.Load()
		named = pageOfRisk(t, v.get("/protection/principalsignins?"+riskyDays)).metrics()["named"]
		return asked.Load() - before, named
	}
	if err := h.server.readyRisk(t.Context()); err != nil || asked.Load() == 0 {
		t.Fatalf("%d questions, %v", asked.Load(), err)
	}
	if asks, named := shown(); asks != 0 || named != "1" {
		t.Errorf("%d questions for detections, %s named sign-ins; want none and 1", asks, named)
	}
	bring(`{"id":"` + testID(804) + `","requestId":"` + testID(13) + `","riskEventType":"suspiciousSignins","riskState":"atRisk","riskLevel":"high","activityDateTime":"2026-11-24T12:30:00Z","lastUpdatedDateTime":"2026-11-24T13:00:00Z","servicePrincipalId":"` + riskQuay + `","keyIds":["k2"]}`)
	if asks, named := shown(); asks == 0 || named != "2" {
		t.Errorf("after an import: %d questions for detections, %s named sign-ins; want some and 2", asks, named)
	}
	bring(`{"id":"` + testID(805) + `","requestId":"` + testID(14) + `","riskEventType":"suspiciousSignins","riskState":"atRisk","riskLevel":"high","activityDateTime":"2026-11-26T12:00:00Z","lastUpdatedDateTime":"2026-11-26T13:00:00Z","servicePrincipalId":"` + riskQuay + `","keyIds":["k1"]}`)
	if err := h.server.readyRisk(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asks, named := shown(); asks != 0 || named != "3" {
		t.Errorf("after another import that was made ready: %d questions, %s named sign-ins; want none and 3", asks, named)
	}
	v.get("/protection/principalsignins?"+riskyDays).expect(t, "the list", http.StatusOK, "")
}

// brokenDetections panics where somebody counts detections of service principals, and says so before.
type brokenDetections struct {
	store.Store
	counted func()
}

func (b brokenDetections) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	if q.Log == risk.Workloads {
		b.counted()
		panic("a record that nothing can read")
	}
	return b.Store.Total(ctx, q)
}

// A record that makes the program panic does not end it: nothing else would catch that in the background.
func TestABrokenRecordDoesNotEndWhatKeepsRiskReady(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db := c.Store.(*datafolder.Folder)
		c.Store, c.Directory, c.PastImports, c.Imports = brokenDetections{db, cancel}, db, db, db
	})
	h.server.KeepRiskReady(ctx)
	if ctx.Err() == nil {
		t.Error("nobody counted detections")
	}
}
