package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/importer"
)

// read imports records.
func (h triageHouse) read(t *testing.T, docs ...string) {
	t.Helper()
	report, err := importer.New(h.folder, importer.Options{}).Reader(t.Context(), "open.json", strings.NewReader(strings.Join(docs, "\n")))
	if err != nil || report.RejectedTotal+report.Skipped > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
}

// The timeline and the history of a risky user have pages that links reach without scripts. Each signal and each change is there once, and
// the range stays.
func TestPagesOfARiskyUser(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	state := &store.Risky{Of: store.StateRiskyUser, ID: scopeAda, RiskChange: store.RiskChange{Updated: triageDay, State: "atRisk", Level: "high"}}
	for n := range 119 {
		state.History = append(state.History, store.RiskChange{Updated: triageDay.Add(-time.Duration(n/3+1) * time.Minute), State: []string{"atRisk", "remediated", "dismissed"}[n%3], Level: "low"})
	}
	h.risky(t, state.Settle())
	var docs []string
	for n := range 70 {
		docs = append(docs, fmt.Sprintf(`{"id":"9ee50f%058d","riskEventType":"anomalousToken","riskState":"atRisk","riskLevel":"high","activityDateTime":"2026-11-22T09:00:00Z","lastUpdatedDateTime":"2026-11-22T09:00:00Z","userId":%q,"userPrincipalName":"ada@example.com"}`, n, scopeAda))
	}
	h.read(t, docs...)
	v := h.as("olga")
	walk := func(address, older string, of func(page *goquery.Document) []string) (met []string, pages int) {
		t.Helper()
		for pages = 1; ; pages++ {
			page := v.get(address).document(t)
			met = append(met, of(page)...)
			u, _ := url.Parse(address)
			if newest := page.Find("[data-testid=" + strings.Replace(older, "older", "newest", 1) + "]"); newest.Length() != min(1, pages-1) {
				t.Errorf("page %d has %d links to the newest", pages, newest.Length())
			}
			next := page.Find("[data-testid="+older+"]").AttrOr("href", "")
			if next == "" || pages > 20 {
				return met, pages
			}
			if to, _ := url.Parse(next); to.Query().Get("from") != u.Query().Get("from") || to.Fragment == "" || to.Query().Get("from") == "" {
				t.Errorf("%s leads to %s", address, next)
			}
			address = next
		}
	}
	const story = "?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z"
	for _, mode := range []string{"", "&signals=each"} {
		met, pages := walk("/protection/users/"+scopeAda+story+mode, "signals-older", func(page *goquery.Document) []string {
			return page.Find(".risk-signals > li").Map(func(_ int, s *goquery.Selection) string {
				return s.AttrOr("data-signal", "") + s.AttrOr("data-id", "") + s.Find("time").AttrOr("datetime", "") + s.Find("b").Text()
			})
		})
		each := slices.Compact(slices.Sorted(slices.Values(met)))
		if len(met) != 190 || len(each) != 190 || pages != 7 || !strings.HasPrefix(met[0], "detection") || !strings.HasPrefix(met[70], "change2026-11-22T08:00:00Z") {
			t.Errorf("%q: %d lines, %d of them different, on %d pages", mode, len(met), len(each), pages)
		}
	}
	met, pages := walk("/protection/users/"+scopeAda+story, "history-older", func(page *goquery.Document) []string {
		return page.Find("[data-testid=change]").Map(func(_ int, s *goquery.Selection) string { return wordsOf(s.Children()) })
	})
	if len(met) != 120 || len(slices.Compact(slices.Sorted(slices.Values(met)))) != 120 || pages != 3 {
		t.Errorf("%d changes on %d pages", len(met), pages)
	}
}

// A place that the portal did not make is answered 400, with what is wrong.
func TestBadPlacesOfARiskyUser(t *testing.T) {
	t.Parallel()
	v := newTriageHouse(t).as("olga")
	place := func(log store.Log) string {
		return url.QueryEscape(store.Cursor{Key: store.KeyAt(triageDay), Log: log}.String())
	}
	for address, problem := range map[string]string{
		"after=x": "is no place in the timeline", "changes=x": "is no place in the history", "after=" + place("audit"): "is no place in the timeline",
		"changes=" + place(store.Interactive): "is no place in the history", "after=" + place("") + "&after=" + place(""): "given more than once", "after=" + place(store.ServicePrincipal): "is no place in the timeline",
	} {
		if got := v.get("/protection/users/" + scopeAda + "?" + address); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, problem) {
			t.Errorf("%s: %d, and it says %q: %v", address, got.StatusCode, problem, strings.Contains(got.body, problem))
		}
	}
	for _, address := range []string{"users/" + scopeAda + "?after=" + place(store.NonInteractive) + "&changes=" + place(""), "principals/" + triagePrincipal + "?after=" + place(store.Interactive), "users/" + scopeAda + "?after=&changes="} {
		v.get("/protection/"+address).expect(t, address, http.StatusOK, "")
	}
}

// The access log has the records of the page that was seen, not those of other pages.
func TestAPageOfATimelineIsRecorded(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	var docs []string
	for n := range 35 {
		docs = append(docs, fmt.Sprintf(`{"time":"2026-11-22T09:%02[1]d:00Z","category":"NonInteractiveUserSignInLogs","tenantId":"t","properties":{"id":%[2]q,"createdDateTime":"2026-11-22T09:%02[1]d:00Z","userId":%[3]q,"userPrincipalName":"ada@example.com","appId":%[4]q,"status":{"errorCode":0},"riskState":"atRisk","riskLevelDuringSignIn":"high"}}`, n, testID(4000+n), scopeAda, payroll))
	}
	h.read(t, docs...)
	v, kept := h.as("olga"), &keptLooks{}
	h.server.Access = kept
	address := "/protection/users/" + scopeAda + "?from=2026-11-22T08:30:00Z&to=2026-11-22T10:00:00Z"
	for _, want := range []int64{31, 16} { // the state, and the lines; of the second page those of the list above too
		*kept = keptLooks{}
		page := v.get(address).document(t)
		if len(kept.records) != 1 || kept.records[0].Action != access.Open || int64(kept.records[0].Rows.N) != want {
			t.Errorf("%s: %+v, want %d rows", address, kept.records, want)
		}
		address = page.Find("[data-testid=signals-older]").AttrOr("href", "")
	}
}
