package demo

import (
	"strings"
	"testing"

	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/provisioning"
)

// provisioningLines gives the lines of the provisioning log of a tenant, in time order.
func provisioningLines(t *testing.T, opts Options) (list []string) {
	t.Helper()
	tenant, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range tenant.Days() {
		var b strings.Builder
		if err := tenant.ProvisioningDay(t.Context(), day, &b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			list = append(list, line)
		}
	}
	return list
}

// Every record is read whole, in both spellings, and the story of the broken job is there: it fails for everybody and then catches up.
func TestProvisioningRecords(t *testing.T) {
	t.Parallel()
	lines := provisioningLines(t, Options{Density: DefaultDensity, Until: testEnd, Seed: 1})
	decode := importer.Decoder(kinds.Catalog)
	ids, statuses, days, errors := map[string]bool{}, map[string]int{}, map[string]int{}, map[string]int{}
	failed, mended, spellings := map[string]bool{}, map[string]bool{}, map[bool]int{}
	for _, line := range lines {
		e, err := decode("", []byte(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		r := e.(*provisioning.Record)
		h := r.Head()
		if h.Log != provisioning.Log || h.TimeIsIngestion || h.Ingested.Before(h.Time) || ids[h.ID] || r.UnreadSteps || r.UnreadChanges || len(r.Steps) < 3 || r.Identity.Name == "" || r.Principal.ID == "" || r.ApplicationID == "" ||
			r.JobID == "" || r.CycleID == "" || r.ChangeID == "" || r.Tenant != tenantID || !provisioning.Actions.Has(r.Action) {
			t.Fatalf("%+v: %s", r, line)
		}
		for _, s := range r.Steps {
			if !provisioning.StepTypes.Has(s.Type) || !provisioning.Results.Has(s.Status) || s.Description == "" {
				t.Fatalf("%+v: %s", s, line)
			}
		}
		if _, known := provisioning.AdviceOn(r.Error.Code); r.Error.Code != "" && !known {
			t.Errorf("no advice on %s", r.Error.Code)
		}
		ids[h.ID] = true
		statuses[r.Status]++
		errors[r.Error.Code]++
		days[h.Time.Format("2006-01-02")]++
		spellings[strings.Contains(line, `"sourceIdentity":{"Id"`)]++
		switch {
		case r.Error.Code == lostRights.code:
			failed[r.Source.ID] = true
		case r.Status == "success" && failed[r.Source.ID] && r.Principal.Name == "Harbour Invoices":
			mended[r.Source.ID] = true
		}
	}
	if len(lines) < 2500 || len(lines) > 6000 || spellings[true] < 300 || spellings[false] < 300 {
		t.Errorf("%d records, in spellings %v", len(lines), spellings)
	}
	for _, status := range provisioning.Results.Values[:4] {
		if statuses[status] < 20 {
			t.Errorf("statuses: %v", statuses)
		}
	}
	if len(failed) < 10 || len(mended) < len(failed)*9/10 || errors[lostRights.code] < 100 {
		t.Errorf("the broken job fails for %d people, %d times, and is mended for %d", len(failed), errors[lostRights.code], len(mended))
	}
	most := 0
	for _, n := range days {
		most = max(most, n)
	}
	if most < 150 {
		t.Errorf("the fullest day has %d records: no list of a day has several pages", most)
	}
}

// A range has the same records whatever is written around it.
func TestProvisioningContinues(t *testing.T) {
	t.Parallel()
	opts := Options{Density: DefaultDensity, Until: testEnd, Seed: 5, Days: 4}
	whole := provisioningLines(t, opts)
	middle := testEnd.AddDate(0, 0, -2)
	opts.Until, opts.Days = middle, 2
	before := provisioningLines(t, opts)
	after := provisioningLines(t, Options{Density: DefaultDensity, Seed: 5, From: middle, Until: testEnd})
	if strings.Join(before, "")+strings.Join(after, "") != strings.Join(whole, "") || len(after) == 0 {
		t.Errorf("%d and %d records are not the %d of the whole", len(before), len(after), len(whole))
	}
	other := provisioningLines(t, Options{Density: DefaultDensity, Seed: 6, From: middle, Until: testEnd})
	if strings.Join(other, "") == strings.Join(after, "") {
		t.Error("another seed is not another life")
	}
}
