package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// flaggedSignIns are a person's with a flag that holds from 12:00 on, on a device with an ID, and others around it.
func flaggedSignIns() []store.SignIn {
	var list []store.SignIn
	add := func(n int, clock string, change func(*store.SignIn)) {
		s := interactiveSignIn(n, at(clock))
		s.CorrelationID, s.DeviceID, s.DeviceDisplayName = testID(100+n), "device-1", "Desk"
		if change != nil {
			change(&s)
		}
		list = append(list, s)
	}
	flag := func(s *store.SignIn) {
		s.FlaggedForReview, s.ErrorCode, s.FailureReason = store.True, store.IntOf(50105), "Not assigned."
	}
	add(1, "12:00:00", flag)
	add(2, "12:10:00", func(s *store.SignIn) { flag(s); s.Log = store.NonInteractive })
	add(3, "12:15:00", nil)                                                                    // not flagged, and on the device
	add(4, "12:21:00", nil)                                                                    // after the flag
	add(5, "12:05:00", func(s *store.SignIn) { s.DeviceID = "device-2" })                      // on another device
	add(6, "12:05:00", func(s *store.SignIn) { s.UserID, s.UserPrincipalName = "bo-id", "b" }) // of somebody else
	add(7, "11:00:00", func(s *store.SignIn) { flag(s); s.DeviceID, s.DeviceDisplayName = "", "" })
	add(8, "11:01:00", func(s *store.SignIn) { s.DeviceID, s.IPAddress = "", "192.0.2.99" }) // another address
	add(9, "11:02:00", func(s *store.SignIn) { s.DeviceID = "" })
	return list
}

// A flag is one story: what the person met on the device in its 20 minutes, flagged or not. Numbers are exact.
func TestFlaggedStories(t *testing.T) {
	p := newPortal(t, newFakeStore(flaggedSignIns()...), admin)
	a := p.get("/flagged?from=2026-11-23&to=2026-11-23")
	if a.Code != http.StatusOK || a.hook("total").AttrOr("data-value", "") != "3" {
		t.Fatalf("%d, the total is %s", a.Code, a.hook("total").AttrOr("data-value", ""))
	}
	var got [][]string
	for i := range a.hook("story").Length() {
		rows := a.hook("story").Eq(i).Find("[data-testid=row]")
		var ids []string
		for j := range rows.Length() {
			ids = append(ids, rows.Eq(j).AttrOr("data-id", ""))
		}
		got = append(got, ids)
	}
	want := [][]string{{testID(1), testID(2), testID(3)}, {testID(7), testID(9)}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the stories are %q, want %q", got, want)
	}
	links := a.hook("story").Find(".ways a")
	for i := range links.Length() {
		if total := p.get(links.Eq(i).AttrOr("href", "")).hook("total").AttrOr("data-value", "?"); total != links.Eq(i).AttrOr("data-value", "") {
			t.Errorf("%q leads to %s", links.Eq(i).Text(), total)
		}
	}
	if text := a.texts("[data-testid=story] .caption"); len(text) == 0 || !strings.Contains(text[0], "Device Desk (device-1)") {
		t.Errorf("the device is %q", text)
	}
	if empty := p.get("/flagged?from=2020-01-01&to=2020-01-02"); empty.page.Find(".empty h2").Text() != "No flagged sign-ins" {
		t.Errorf("without any: %q", empty.page.Find(".empty").Text())
	}
}

// Pages go on where the page before ended, and show each flagged sign-in in one story.
func TestFlaggedPages(t *testing.T) {
	var list []store.SignIn
	for n := range 45 {
		s := interactiveSignIn(n, at("12:00:00").Add(-time.Duration(n)*time.Hour))
		s.CorrelationID, s.DeviceID, s.FlaggedForReview, s.ErrorCode = testID(100+n), "device", store.True, store.IntOf(50105)
		list = append(list, s)
	}
	p := newPortal(t, newFakeStore(list...), admin)
	var met []string
	pages := 0
	for address := "/flagged?from=2026-11-20&to=2026-11-24"; address != "" && pages < 9; pages++ {
		a := p.get(address)
		met = append(met, a.ids("row")...)
		address = a.hook("next").AttrOr("href", "")
	}
	if pages != 5 || len(met) != 45 || len(slices.Compact(slices.Sorted(slices.Values(met)))) != 45 {
		t.Errorf("%d pages with %d sign-ins", pages, len(met))
	}
}
