package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"signpost/store"
)

// hostileSignIn has names that look like others, and values that would make a page of a megabyte.
func hostileSignIn() store.SignIn {
	s := interactiveSignIn(1, at("12:00:00"))
	s.UserDisplayName, s.AppDisplayName = "ada\u202egnp.exe\x1b[31m", "שלום\u200b"
	s.UserAgent = strings.Repeat("Mozilla ", 40_000) + "end"
	s.FailureReason, s.ErrorCode = strings.Repeat("x", 100_000), store.IntOf(50126)
	s.City = strings.Repeat("é", 50_000)
	return s
}

func hostileStore() *fakeStore {
	s := hostileSignIn()
	f := newFakeStore(s)
	early := s
	early.UserAgent = strings.Repeat("Mozilla ", 40_000) + "END"
	f.records[0].Versions = []store.Version{
		{Entry: early.Clone(), Doc: []byte(`{"id":"` + s.ID + `","userAgent":"` + early.UserAgent + `"}`)},
		{Entry: s.Clone(), Doc: []byte(`{"id":"` + s.ID + `","userAgent":"` + s.UserAgent + `","name":"` + "ada\u202egnp" + `"}`)},
	}
	return f
}

func TestLongValuesAreCutOff(t *testing.T) {
	p := newPortal(t, hostileStore(), admin)
	address := "/logs/interactive/" + testID(1)
	for _, path := range []string{address, address + "?tab=raw", address + "?tab=history", address + "?tab=device", "/logs/interactive", "/logs/interactive?cols=agent,city,reason"} {
		if a := p.get(path); a.Code != http.StatusOK || a.Body.Len() > 200_000 {
			t.Errorf("%s: status %d, %d bytes, want a page of less than 200 KB", path, a.Code, a.Body.Len())
		}
	}
	a := p.get(address + "?tab=basic")
	way := a.hook("clipped").Find("a").AttrOr("href", "")
	if !strings.Contains(fact(a, "Failure reason"), "[4,096 of 100,000 bytes are shown]") || way == "" {
		t.Fatalf("the reason is %.60q, the way to the whole %q", fact(a, "Failure reason"), way)
	}
	if got := fact(p.get(way), "Failure reason"); !strings.HasPrefix(got, strings.Repeat("x", 100_000)) {
		t.Errorf("the whole reason has %d bytes, want 100,000", len(got))
	}
	raw := p.get(p.get(address+"?tab=raw").hook("clipped").Find("a").AttrOr("href", ""))
	if got := raw.page.Find("section pre").Text(); !strings.Contains(got, "Mozilla end") || !strings.Contains(got, "Mozilla END") {
		t.Errorf("the whole records have %d bytes and lack the ends of their values", len(got))
	}
	if raw.page.Find("section [data-copy-block]").Length() != 2 || p.get(address+"?tab=raw").page.Find("section [data-copy-block]").Length() != 0 {
		t.Error("a record that is cut off can be copied, or a whole one cannot")
	}
	// A difference after the shown part is still a change.
	if got := p.get(address + "?tab=history").page.Find("#history .data").First().Text(); !strings.Contains(got, "1 field") {
		t.Errorf("the history says %q", squeeze(got))
	}
	if got := p.get(address + "?whole=no").Code; got != http.StatusBadRequest {
		t.Errorf("whole=no: status %d, want 400", got)
	}
}

func TestOrdinarySignInsAreWhole(t *testing.T) {
	if a := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin).get("/logs/interactive/" + testID(1)); a.hook("clipped").Length() != 0 {
		t.Error("an ordinary sign-in has something cut off")
	}
}

func TestInvisibleCharactersAreShown(t *testing.T) {
	p := newPortal(t, hostileStore(), admin)
	for _, path := range []string{"/logs/interactive", "/logs/interactive/" + testID(1), "/logs/interactive?user=ada%E2%80%AEgnp.exe%1B[31m", "/users", "/search?q=a%E2%80%AEb"} {
		a := p.get(path)
		if text := a.page.Text(); strings.ContainsAny(text, "\u202e\u200b\x1b") {
			t.Errorf("%s: an invisible character is in the text", path)
		}
		for i := range a.page.Find("[title], [aria-label]").Length() {
			e := a.page.Find("[title], [aria-label]").Eq(i)
			if strings.ContainsAny(e.AttrOr("title", "")+e.AttrOr("aria-label", ""), "\u202e\u200b\x1b") {
				t.Errorf("%s: an invisible character is in a title", path)
			}
		}
	}
	page := p.get("/logs/interactive/" + testID(1)).page
	if got := page.Find("h1").Text(); got != "ada[U+202E]gnp.exe[U+001B][31m to שלום[U+200B]" {
		t.Errorf("the heading says %q", got)
	}
	if got := page.Find("h1 bdi").Length(); got != 4 {
		t.Errorf("%d parts of the heading are isolated, want 4", got)
	}
	if got := p.get("/logs/interactive/" + testID(1) + "?tab=raw").page.Find("section pre").First().Text(); !strings.Contains(got, `"ada\u202egnp"`) {
		t.Errorf("the record as received says %.200s", got[max(0, len(got)-200):])
	}
}

// A value that is too long for a filter has a link that finds its sign-in, or a note on why it has none.
func TestLongValuesHaveAWayToTheLog(t *testing.T) {
	s, _ := everything(t, store.Interactive)
	for i, p := range store.SignIns.Properties {
		if p.Text != nil && p != store.RequestID {
			*p.Text(&s) = fmt.Sprintf("%d é %s", i, strings.Repeat("long ", 300))
		}
	}
	s.Log, s.NetworkLocationDetails[0].Names[0] = store.Interactive, strings.Repeat("network ", 200)
	s.AppliedConditionalAccessPolicies[0].DisplayName, s.AuthenticationDetails[0].Method = strings.Repeat("policy ", 200), strings.Repeat("method ", 200)
	p := newPortal(t, newFakeStore(s, interactiveSignIn(2, at("12:00:00"))), admin)
	page := p.get("/logs/interactive/" + s.ID).page
	ways, reasons := page.Find("section .narrow a[title='Filter by what begins like this']"), page.Find("section [data-testid=too-long]")
	if ways.Length() < 40 || reasons.Length() < ways.Length() {
		t.Errorf("%d ways to the log, %d reasons", ways.Length(), reasons.Length())
	}
	for i := range ways.Length() {
		way := ways.Eq(i).AttrOr("href", "")
		if list := p.get(way); list.Code != http.StatusOK || list.page.Find("[data-testid=row]").Length() != 1 {
			t.Errorf("%s leads to status %d, %d rows", way, list.Code, list.page.Find("[data-testid=row]").Length())
		}
		if name := ways.Eq(i).AttrOr("aria-label", ""); len(name) > 200 {
			t.Errorf("a way is called by %d bytes", len(name))
		}
	}
	facts := page.Find("section .fact")
	for i := range facts.Length() {
		fact := facts.Eq(i)
		if value := fact.Find("dd").Text(); len(value) > 1100 && fact.Find(".narrow a[title='Filter by what begins like this']").Length() != 0 && fact.Find("[data-testid=too-long]").Length() == 0 {
			t.Errorf("%s has a way and no word on what it leads to", fact.Find("dt").Text())
		}
	}
}
