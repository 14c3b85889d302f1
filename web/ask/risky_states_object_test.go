package ask

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/risk"
)

// Where the sign-in of a detection could not be looked up, the page does not say that it was not imported.
func TestSignInsOfDetectionsThatWereNotLookedUp(t *testing.T) {
	stored := signIn(1, 1)
	h := holding(t, stored)
	line := fmt.Sprintf(`{"id":"%064x","requestId":%q,"riskEventType":"anomalousToken","riskState":"atRisk","activityDateTime":%q,"userId":%q}`, 1, stored.ID, stored.Time.Format(time.RFC3339), stored.UserID)
	if report, err := importer.New(h.db, importer.Options{}).Reader(t.Context(), "detection.json", strings.NewReader(line)); err != nil || report.New != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	names := func(requestID string) *KnownRisk {
		d := &risk.Record{RequestID: requestID}
		a := &KnownRisk{Of: store.StateRiskyUser, Known: KnownObject{Kind: store.ObjectUser, ID: stored.UserID}}
		a.Detections.Rows = []TimelineRow{{Row: store.Row{Entry: d}, Log: risk.Users}}
		if err := a.linkSignals(t.Context(), h.Reader, RiskyObject{Range: day}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := names(stored.ID); len(a.Loose) != 0 || a.LinksTrouble != NoTrouble || len(a.Signals) != 1 {
		t.Errorf("a stored sign-in: %+v", a)
	}
	if a := names(testID(77)); len(a.Loose) != 1 || a.LinksTrouble != NoTrouble {
		t.Errorf("one that was not imported: %+v", a)
	}
	h.Reader.Reader = slowPages{h.db}
	if a := names(stored.ID); len(a.Loose) != 1 || !a.Loose[0].Names || a.LinksTrouble != TooSlow {
		t.Errorf("one that could not be looked up: %+v", a)
	}
}
