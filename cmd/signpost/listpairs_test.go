package main

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// pairCounts imports some files. The function it returns counts the interactive and the non-interactive sign-ins
// that pass a query.
func pairCounts(t *testing.T, paths ...string) func(query string) int64 {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	all := store.Range{From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	return func(query string) int64 {
		t.Helper()
		params, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		filter, bad := store.SignIns.ParseFilter(params)
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		var n int64
		for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
			total, err := db.Total(t.Context(), store.ListQuery{Log: log, Range: all, Filter: filter})
			if err != nil || !total.Complete {
				t.Fatalf("%s: %v, %v", query, total, err)
			}
			n += total.N
		}
		return n
	}
}

// One policy would have failed and another succeeded: the sign-in must not count as one for which the second would
// have failed.
func TestPolicyAndResultAreOfOnePolicy(t *testing.T) {
	const path = "../../../shared/cases/c11_ca.ndjson"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the made-up records of real questions are not at hand: ", err)
	}
	count := pairCounts(t, path)
	for query, want := range map[string]int64{
		"":                               7,
		"policy=Base+MFA":                6,
		"policyresult=reportOnlyFailure": 1,
		"policy=Base+MFA&policyresult=reportOnlyFailure":                                     0,
		"policy=Report+pilot&policyresult=success":                                           0,
		"policy=Report+pilot&policyresult=reportOnlyFailure":                                 1,
		"policy=Report+pilot&policyresult=reportOnlySuccess":                                 2,
		"policy=Report+pilot&policyresult=reportOnlyNotApplied":                              1,
		"policy=Report+pilot&policyresult=reportOnlyUnknownNew":                              1,
		"policy=Report+pilot&policyresult=unknownFutureValue":                                1,
		"policy=Report+pilot&policyresult.starts=reportOnly":                                 6,
		"policy=Report+pilot&policyresult.not=reportOnlySuccess":                             5,
		"policy=Report+pilot&policyresult=reportOnlyFailure&policyresult=unknownFutureValue": 2,
		"policy=Base+MFA&policyresult=success":                                               6,
		"policy=Base+MFA&policyresult.not=success":                                           0,
		"policy=Block&policyresult=failure":                                                  1,
		"policy=Block&policyresult=success":                                                  0,
		"policy=Base+MFA&policy=Block&policyresult=failure":                                  1,
		"policy.not=Base+MFA&policyresult=success":                                           0,
		"policy.not=Base+MFA":                                                                1,
		"policy.not=Base+MFA&policyresult.not=failure":                                       0,
		"policy=Block&policycontrol=mfa":                                                     1,
		"policy=Block&policycontrol=mfa&policyresult=reportOnlySuccess":                      0,
		"policycontrol.empty=yes&policy=Block":                                               0,
		"policy.empty=yes":                                                                   0,
		"policy.empty=no&policyresult=failure":                                               1,
		"policy=BDB35321-c050-581c-9160-dedae20e70a7&policyresult=reportOnlyFailure":         0,
		"policy=BDB35321-c050-581c-9160-dedae20e70a7&policyresult=SUCCESS":                   6,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d sign-ins, want %d", query, got, want)
		}
	}
}

// Each policy of the made-up tenant has results of its own, so different pairs give different numbers.
func TestPoliciesOfTheMadeUpTenantDiffer(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: 15_000, Seed: 7, Days: 30, Until: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	count := pairCounts(t, folder)
	any := count("policyresult=reportOnlyFailure")
	everyone := count("policy.starts=CA001&policyresult=reportOnlyFailure")
	warehouse := count("policy.starts=CA010&policyresult=reportOnlyFailure")
	risky := count("policy.starts=CA020&policyresult=reportOnlyFailure")
	if everyone != 0 || warehouse == 0 || risky == 0 || warehouse == risky || any <= warehouse || any > warehouse+risky {
		t.Errorf("would have failed: CA001 %d, CA010 %d, CA020 %d, any %d", everyone, warehouse, risky, any)
	}
	for query, some := range map[string]bool{
		"policy.starts=CA001&policyresult=failure":                            true,
		"policy.starts=CA001&policycontrol=Mfa&policyresult=success":          true,
		"policy.starts=CA001&policycontrol=Block":                             false,
		"policy.starts=CA002&policycontrol=Block&policyresult=failure":        true,
		"policy.starts=CA002&policyresult=success":                            false,
		"policy.starts=CA090&policycontrol.empty=yes&policyresult=notEnabled": true,
		"policy.starts=CA001&policycontrol.empty=yes":                         false,
		"method=Password&methodresult=yes":                                    true,
		"method=Password&methodresult=no":                                     true,
		"method=Mobile+app+notification&methodresult=no":                      true,
		"networktype=trustedNamedLocation&network.empty=no":                   true,
	} {
		if n := count(query); n > 0 != some {
			t.Errorf("%s: %d sign-ins", query, n)
		}
	}
}
