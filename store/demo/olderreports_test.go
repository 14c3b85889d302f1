package demo

import (
	"bytes"
	"context"
	"maps"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// The older reports come in whole, and tell of the tenant's own people and applications. The present registration details then show
// who has registered a method since.
func TestOlderReports(t *testing.T) {
	until := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := theOrganisation()
	files := append(o.olderReports(), directoryFile{"registrationdetails.json", o.writeRegistrations})
	im := importer.New(db, importer.Options{Now: func() time.Time { return until }})
	for _, f := range files {
		var text bytes.Buffer
		if err := f.write(&text, until); err != nil {
			t.Fatal(err)
		}
		report, err := im.Reader(context.Background(), f.name, &text)
		if err != nil || report.RejectedTotal > 0 || report.Skipped > 0 || len(report.Reports) != 1 || report.Reports[0].Part != "" {
			t.Errorf("%s: %+v, %v", f.name, report.Reports, err)
		}
	}
	told, err := db.StatesTold(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[store.StateKind]int{
		store.StateRegistration: len(o.people) + len(sleeperList()), store.StateFormerRegistration: len(o.people), store.StatePrincipalActivity: len(o.apps) + len(o.services),
	} {
		if of := told[kind]; of.N != int64(want) || of.Gone != 0 {
			t.Errorf("%s: %+v, want %d rows", kind.Words(), of, want)
		}
	}
	want := map[string]int64{}
	for i := range o.people {
		p := &o.people[i]
		if was, is := p.registeredBefore(), p.registered(); len(was) < len(is) {
			want[store.FoldCase(p.key())]++
		}
	}
	got, err := db.NewRegistrations(t.Context(), until.AddDate(0, 0, -30), store.RegistrationsQuery{})
	if err != nil || len(want) == 0 || !maps.Equal(got, want) {
		t.Errorf("new methods %v, %v, want %v", got, err, want)
	}
	activities, err := db.PrincipalActivities(t.Context(), []string{o.apps[0].id, o.services[0].appID}, nil)
	if err != nil || len(activities) != 2 {
		t.Fatalf("%+v, %v", activities, err)
	}
	for _, a := range activities {
		if at := a.Last.Time; at.IsZero() || until.Sub(at) < activityReportDays*24*time.Hour {
			t.Errorf("%s was used last at %s, which the logs may have", a.AppID, at)
		}
	}
}
