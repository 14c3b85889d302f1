package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/access"
)

func compareAddress(a, b string) string {
	return "/compare?" + url.Values{"a": {a}, "b": {b}}.Encode()
}

// Two records are compared, the differences first. Each is shown to a person as on its own page.
func TestCompareTwoRecords(t *testing.T) {
	f := newFakeStore(append(relatedTo(), principalSignIn(9, at("12:00:00")))...)
	p := newPortal(t, f, admin)
	first, second := "interactive/"+testID(1), "interactive/"+testID(2)
	a := p.get(compareAddress(first, second))
	fields := a.texts(`[aria-label="Table: Fields that differ"] tbody tr`)
	for _, want := range []string{"StatusFailureSuccess", "IP address203.0.113.9192.0.2.7", "Sign-in error code53003 An access policy blocked the sign-in0 Sign-in succeeded"} {
		if !slices.Contains(fields, want) {
			t.Errorf("what differs lacks %q: %q", want, fields)
		}
	}
	if slices.ContainsFunc(fields, func(row string) bool { return strings.HasPrefix(row, "Request ID") || strings.HasPrefix(row, "User") }) {
		t.Errorf("what differs has an ID that explains nothing, or what is the same: %q", fields)
	}
	policies := a.texts(`[aria-label="Table: Conditional Access policies"] tbody tr`)
	if len(policies) != 3 || !strings.HasPrefix(policies[0], "Secret policy: MFA for allFailureSuccess") {
		t.Errorf("policies = %q", policies)
	}
	all := a.texts(`[aria-label="Table: All fields"] tbody tr`)
	if len(all) <= len(fields) || !slices.ContainsFunc(all, func(row string) bool { return strings.HasPrefix(row, "Request ID") }) {
		t.Errorf("all fields are %q", all)
	}
	swapped := p.get(a.page.Find(".ways a").First().AttrOr("href", ""))
	if got := swapped.texts(`[aria-label="Table: Fields that differ"] tbody tr`); !slices.Contains(got, "StatusSuccessFailure") {
		t.Errorf("swapped: %q", got)
	}
	for what, b := range map[string]string{"an ID": testID(2), "an address": "https://signpost.example/logs/interactive/" + testID(2) + "?tab=raw", "spaces": " " + second + " "} {
		if got := p.get(compareAddress(first, b)); got.Code != http.StatusOK || len(got.texts(`[aria-label="Table: All fields"] tbody tr`)) != len(all) {
			t.Errorf("%s: status %d", what, got.Code)
		}
	}
	if got := p.get(compareAddress(first, "serviceprincipal/"+testID(9))).Code; got != http.StatusOK {
		t.Errorf("two sign-ins of two logs: status %d", got)
	}
	body := strings.ToLower(newPortal(t, f, reports).get(compareAddress(first, second)).Body.String())
	if strings.Contains(body, "secret") || strings.Contains(body, "conditional access") || !strings.Contains(body, "203.0.113.9") {
		t.Error("a Reports Reader sees no comparison, or Conditional Access data")
	}
}

// A record that is missing, in another log or of another kind gets the same answer as on its own page.
func TestCompareRefuses(t *testing.T) {
	p := newPortal(t, newFakeStore(relatedTo()...), admin)
	known := "interactive/" + testID(1)
	unknown := p.get(compareAddress(known, "interactive/"+testID(77)))
	for what, address := range map[string]string{
		"of another log": compareAddress(known, "noninteractive/"+testID(2)), "the first unknown": compareAddress("interactive/"+testID(77), known),
		"no such log": compareAddress("nosuch/"+testID(1), known), "alone and unknown": compareAddress("interactive/"+testID(77), ""), "odd": compareAddress(known, "interactive/../../etc"),
	} {
		if got := p.get(address); got.Code != http.StatusNotFound || squeeze(got.page.Find("main").Text()) != squeeze(unknown.page.Find("main").Text()) {
			t.Errorf("%s: status %d, %q", what, got.Code, squeeze(got.page.Find("main").Text()))
		}
	}
	for what, address := range map[string]string{
		"two kinds": compareAddress(known, "audit/x"), "nothing": "/compare", "a log alone": compareAddress("interactive", ""), "a foreign list": compareAddress(known, "") + "&list=/logs/audit",
	} {
		if got := p.get(address).Code; got != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", what, got)
		}
	}
}

// Without scripts the other record is chosen from those next to it, or by its ID.
func TestCompareOffersRecords(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	for list, want := range map[string][]int{"": {1, 5}, "/logs/interactive?range=7d": {1, 2, 4, 5}} {
		a := p.get("/compare?" + url.Values{"a": {"interactive/" + testID(3)}, "list": {list}}.Encode())
		var ids []string
		for i := range a.hook("compare-offer").Length() {
			u, err := url.Parse(a.hook("compare-offer").Eq(i).AttrOr("href", ""))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, u.Query().Get("b"))
		}
		var wanted []string
		for _, id := range want {
			wanted = append(wanted, "interactive/"+testID(id))
		}
		if !slices.Equal(ids, wanted) {
			t.Errorf("from %q are offered %q, want %q", list, ids, wanted)
		}
		if got := a.page.Find(`form[action="/compare"] input[name="b"]`).Length(); got != 1 {
			t.Errorf("%d inputs take an ID", got)
		}
	}
	if a := p.get("/logs/interactive/" + testID(3)); a.hook("compare-with").AttrOr("href", "") != "/compare?a="+url.QueryEscape("interactive/"+testID(3)) {
		t.Errorf("the page leads to %q", a.hook("compare-with").AttrOr("href", ""))
	}
	slow := newPortal(t, slowBeside{threeOfAda(), store.ErrTooSlow}, admin).get("/compare?a=interactive/" + testID(3))
	if slow.Code != http.StatusOK || !strings.Contains(slow.page.Find("main").Text(), "took too long") {
		t.Errorf("too slow: status %d", slow.Code)
	}
}

// keptLooks is an access log in memory.
type keptLooks struct{ records []access.Record }

func (k *keptLooks) Append(_ context.Context, r *access.Record) error {
	k.records = append(k.records, *r)
	return nil
}

// A comparison records each look at its two records, as their own pages do, and at the records that it offers.
func TestComparisonsAreRecorded(t *testing.T) {
	p := newPortal(t, threeOfAda(), admin)
	kept := &keptLooks{}
	p.Access = kept
	p.get(compareAddress("interactive/"+testID(3), "interactive/"+testID(2)))
	p.get(compareAddress("interactive/"+testID(3), "interactive/"+testID(77)))
	p.get(compareAddress("interactive/"+testID(3), ""))
	var looks []string
	for _, r := range kept.records {
		looks = append(looks, string(r.Action)+" "+string(r.Log)+" "+r.RecordID+" "+strconv.FormatInt(r.Rows.N, 10)+" "+r.Page)
	}
	want := []string{
		"open interactive " + testID(3) + " 1 /compare", "open interactive " + testID(2) + " 1 /compare",
		"open interactive " + testID(3) + " 1 /compare", "list interactive  2 /compare",
	}
	if !slices.Equal(looks, want) {
		t.Errorf("written down are %q, want %q", looks, want)
	}
}
