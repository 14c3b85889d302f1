package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
)

// attacked is Ada's month with a stranger in it. From Suva come declined prompts, then a success, and background refreshes
// before and after midnight.
func attacked() *fakeStore {
	f := traveller()
	away := f.records[0].Entry.(*store.SignIn)
	success := *away
	success.CorrelationID = testID(999)
	success.ID, success.ErrorCode, success.AdditionalDetails, success.Time = testID(201), store.IntOf(0), "", away.Time.Add(time.Minute)
	list := []store.SignIn{success}
	for i := range 12 {
		s := refresh(300+i, success.Time.Add(time.Duration(i+1)*5*time.Minute), "r")
		s.City, s.State, s.CountryOrRegion, s.Browser = away.City, away.State, away.CountryOrRegion, away.Browser
		list = append(list, s)
	}
	return newFakeStore(append(slices.Clone(f.signIns()), list...)...)
}

func (f *fakeStore) signIns() (list []store.SignIn) {
	for _, r := range f.records {
		list = append(list, *r.Entry.(*store.SignIn))
	}
	return list
}

func TestMeAsksFirst(t *testing.T) {
	_, adaAt, rootAt, _ := answersHouseOf(t, attacked())
	page := adaAt.get("/me").document(t)
	question := page.Find("[data-testid=question]")
	if question.Length() != 1 || question.AttrOr("data-id", "") != testID(201) {
		t.Fatalf("%d questions, the first about %s, want the success from Suva", question.Length(), question.AttrOr("data-id", ""))
	}
	if first := page.Find("main h2").First().Text(); first != "We don't recognise this sign-in" {
		t.Errorf("the page begins with %q", first)
	}
	text := squeeze(question.Text())
	for _, want := range []string{
		"Successful sign-in to OfficeHome", "2026-11-23 11:31:20 UTC", "Suva, Central, Fiji First sign-in from Fiji.", "Chrome 119.0.0 First sign-in with this browser.",
		"1 sign-in from there did not succeed within a day.", "Oslo, Norway, Windows 11", "12 background refreshes from there. 1 more unusual sign-in from there",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the question reads %q, want %q in it", text, want)
		}
	}
	if got := adaAt.get("/me?q=oslo").document(t).Find("[data-testid=question]").Length(); got != 0 {
		t.Errorf("%d questions above what was searched for", got)
	}
	adaAt.say(testID(201), "do", "notmine", "next", "/me").expect(t, "report", http.StatusSeeOther, "/me/"+testID(201))
	page = adaAt.get("/me").document(t)
	if got := page.Find("[data-testid=question]").Length(); got != 0 {
		t.Errorf("%d questions after the answer", got)
	}
	if got := page.Find(".me-fold").First().Text(); !strings.HasPrefix(squeeze(got), "12 background") || !strings.Contains(squeeze(got), "From the same place and device as a sign-in that you answered for.") {
		t.Errorf("the refreshes from there read %q", squeeze(got))
	}
	if got := page.Find("[data-testid=reports]").Text(); !strings.Contains(squeeze(got), "Open Sign-in of 2026-11-23 11:31:20 UTC, OfficeHome, Suva, Central, Fiji") {
		t.Errorf("the report reads %q", squeeze(got))
	}
	adaAt.say(testID(201), "do", "notmine", "comment", "I was asleep.").expect(t, "a word later", http.StatusSeeOther, "/me/"+testID(201))
	if got := rootAt.get("/protection/reported?state=open").find(t, ".report"); !strings.Contains(got, "I was asleep.") {
		t.Errorf("the queue reads %q", got)
	}
	report := rootAt.get("/protection/reported?state=open").document(t).Find("[data-testid=report]").AttrOr("data-id", "")
	rootAt.post("/reported/"+report, form("do", "confirmed", "was", "open", "note", "We ended your sessions. <b>Call us.</b>"))
	said := adaAt.get("/me").find(t, "[data-testid=own-report]")
	for _, want := range []string{"Closed: it wasn't you", "An administrator confirmed that it was somebody else.", "We ended your sessions. <b>Call us.</b>"} {
		if !strings.Contains(said, want) {
			t.Errorf("after the decision the person reads %q, want %q in it", said, want)
		}
	}
	rootAt.post("/reported/"+report, form("do", "open", "was", "confirmed"))
	if said := adaAt.get("/me").find(t, "[data-testid=own-report]"); !strings.Contains(said, "Being looked at") {
		t.Errorf("opened again: the person reads %q", said)
	}
}

func TestMeAsksNoMoreAfterMine(t *testing.T) {
	_, adaAt, _, _ := answersHouseOf(t, attacked())
	adaAt.say(testID(201), "do", "mine", "next", "/me").expect(t, "it was me", http.StatusSeeOther, "/me")
	if got := adaAt.get("/me").document(t).Find("[data-testid=question]").Length(); got != 0 {
		t.Errorf("%d questions after the answer", got)
	}
}

// A fold has all refreshes of its device and day, in the zone of the page, whatever the limits of the pages.
func TestMeFoldsBackgroundRefreshes(t *testing.T) {
	var list []store.SignIn
	want := map[string]int{}
	for i := range 90 {
		s := refresh(i, pageNow.Add(-time.Duration(i)*time.Hour-time.Minute), "r")
		if i%3 == 0 {
			s.OperatingSystem = "iOS 18.1"
		}
		list = append(list, s)
		day := s.Time.In(time.FixedZone("", 3600)).Format(time.DateOnly)
		want[day+" "+strings.TrimSuffix(strings.Fields(s.OperatingSystem)[0], "11")]++
	}
	list = append(list, interactiveSignIn(200, pageNow.Add(-30*time.Hour)))
	p := newPortalOf(t, newFakeStore(list...), ada)
	cookie := plainCookie + "=" + strings.Repeat("A", 43) + "; tz=Europe%2FOslo"
	got := map[string]int{}
	sum, opened := 0, ""
	for next := "/me?limit=3"; next != ""; {
		a := p.get(next, "Cookie", cookie)
		a.hook("row").Each(func(_ int, row *goquery.Selection) {
			n := 1
			if row.HasClass("me-fold") {
				n, _ = strconv.Atoi(row.AttrOr("data-count", "")) // 0 shows below
				day, err := time.Parse("Monday, 2006-01-02", row.Closest(".me-day").Find("h2").Text())
				if err != nil {
					t.Fatal(err)
				}
				system := strings.Fields(row.Closest(".me-tile").Find("h3").Text())[0]
				got[day.Format(time.DateOnly)+" "+system] += n
				if n == 16 && opened == "" {
					opened = row.Find("[data-testid=expand]").AttrOr("href", "")
				}
			}
			sum += n
		})
		next = a.hook("next").AttrOr("href", "")
	}
	if sum != 91 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d sign-ins in folds %v, want 91 in %v", sum, got, want)
	}
	address, _, _ := strings.Cut(opened, "#")
	a := p.get(address, "Cookie", cookie)
	if members := a.ids("member"); len(members) == 0 || a.page.Find(`[aria-expanded="true"]`).Length() != 1 {
		t.Errorf("an open fold has %d members", len(members))
	}
	all := p.get("/me?limit=200&fold=no")
	if rows := all.hook("row").Length(); rows != 91 {
		t.Errorf("unfolded: %d rows, want 91", rows)
	}
	if a := p.get("/me?expand=x"); a.Code != http.StatusBadRequest {
		t.Errorf("a place that is none: status %d, want 400", a.Code)
	}
}

func TestMeIsInTheZoneOfThePerson(t *testing.T) {
	p := newPortalOf(t, people(), ada)
	a := p.get("/me", "Cookie", plainCookie+"="+strings.Repeat("A", 43)+"; tz=Europe%2FOslo")
	if got := squeeze(a.hook("times-are").Text()); got != "Times are in Europe/Oslo, the time zone of this browser." {
		t.Errorf("the page says %q", got)
	}
	if got := a.hook("row").First().Find("time").Text(); got != "13:00:00" {
		t.Errorf("the first row is of %s", got)
	}
}
