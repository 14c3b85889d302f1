package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store/access"
	"signpost/views"
)

// heardLog keeps the last record of the access log.
type heardLog struct{ last access.Record }

func (l *heardLog) Append(_ context.Context, r *access.Record) error {
	l.last = *r
	return nil
}

func watchHouse(t *testing.T, server *views.MailServer, sends Sends) *house {
	t.Helper()
	h := newHouse(t, func(c *Config) { c.Store, c.MailServer, c.Sends = people(), server, sends })
	h.wait(pageNow.Sub(h.clock()))
	for name, role := range map[string]auth.Role{"root": auth.RoleGlobalAdministrator, "reader": auth.RoleGlobalReader, "reports": auth.RoleReportsReader} {
		h.add(name, role)
	}
	return h
}

func TestWatchesAreAddedOnPages(t *testing.T) {
	h := watchHouse(t, &views.MailServer{Host: "mail.example", Port: 587, Security: "starttls"}, Sends{Webhooks: true, Folder: true})
	reader, reports, root := h.as("reader"), h.as("reports"), h.as("root")
	list := reader.get("/logs/interactive?status=failure&panel=views").body
	if !strings.Contains(list, "/settings/watches/new?address=%2Flogs%2Finteractive%3F") || !strings.Contains(list, "Send this view") {
		t.Error("a list offers no watch of it")
	}
	page := reader.get("/settings/watches/new?kind=watch&address=/logs/interactive%3Fca%3Dfailure&name=Blocked")
	page.expect(t, "the form", http.StatusOK, "")
	if strings.Contains(page.body, "Further mail addresses") {
		t.Error("a reader is offered addresses outside the portal")
	}
	good := []string{
		"do", "add", "kind", "watch", "address", "/logs/interactive?ca=failure", "name", "Blocked", "zone", "Europe/Oslo", "new", "no", "more", "5", "minutes", "10",
		"recipients", "reader\r\nreports\r\n", "page", "yes",
	}
	with := func(pairs ...string) []string { return append(append([]string{}, good...), pairs...) }
	reader.post("/settings/watches", form(good...)).expect(t, "add", http.StatusSeeOther, "/settings/watches/1?done=watch-added")
	sub, err := h.people.Subscription(t.Context(), 1)
	if err != nil || sub.Owner != "reader" || sub.Terms.More != 5 || sub.Terms.Minutes != 10 || len(sub.Terms.Recipients) != 2 || sub.Terms.Zone != "Europe/Oslo" {
		t.Errorf("kept %+v, %v", sub, err)
	}
	for what, test := range map[string]struct{ fields, says string }{
		"an unknown name":  {"recipients=nobody", "There is no account named “nobody”"},
		"too many records": {"more=100001", "from 1 to 100,000"},
		"no records":       {"more=0", "any records at all"},
		"too long":         {"minutes=1441", "from 1 to 1,440"},
		"no zone":          {"zone=Nowhere", "no time zone"},
		"a webhook":        {"webhook=https://hooks.example.com/x", "Only an administrator"},
		"another address":  {"addresses=x@example.com", "Only an administrator"},
	} {
		field, value, _ := strings.Cut(test.fields, "=")
		answer := reader.post("/settings/watches", replaced(form(good...), field, value))
		answer.expect(t, what, http.StatusUnprocessableEntity, "")
		if !strings.Contains(answer.body, test.says) {
			t.Errorf("%s: the page does not say %q", what, test.says)
		}
	}
	// A Reports Reader may neither watch by Conditional Access data, nor see the watch of another.
	reports.post("/settings/watches", form(good...)).expect(t, "of a Reports Reader", http.StatusForbidden, "")
	reports.get("/settings/watches/1").expect(t, "of another", http.StatusNotFound, "")
	reports.post("/settings/watches/1", form("do", "delete")).expect(t, "of another", http.StatusNotFound, "")
	if body := reports.get("/settings/watches").body; strings.Contains(body, "Blocked") {
		t.Error("a Reports Reader sees the watch of another")
	}
	if body := root.get("/settings/watches").body; !strings.Contains(body, "Blocked") {
		t.Error("an administrator does not see it")
	}
	root.post("/settings/watches", form(with("webhook", "https://hooks.example.com/x")...)).expect(t, "a host that is not allowed", http.StatusUnprocessableEntity, "")
	root.post("/settings/alerts", form("do", "hosts", "hosts", "hooks.example.com")).expect(t, "allow it", http.StatusSeeOther, "/settings/alerts?done=saved")
	leaves := form(with("webhook", "https://hooks.example.com/x", "addresses", "desk@example.org")...)
	answer := root.post("/settings/watches", leaves)
	answer.expect(t, "a view that a Reports Reader may not see", http.StatusUnprocessableEntity, "")
	if !strings.Contains(answer.body, "This view cannot leave the portal") {
		t.Error("the page does not say that the view cannot leave the portal")
	}
	heard := new(heardLog)
	h.server.Access = heard
	root.post("/settings/watches", replaced(leaves, "address", "/logs/interactive")).expect(t, "an allowed host", http.StatusSeeOther, "/settings/watches/2?done=watch-added")
	if got, want := heard.last.Query, "add watch /logs/interactive to reader, reports, desk@example.org, webhook hooks.example.com"; got != want {
		t.Errorf("the access log has %q, want %q", got, want)
	}
	reader.post("/settings/watches/1", form("do", "pause")).expect(t, "pause", http.StatusSeeOther, "/settings/watches/1?done=watch-pause")
	reader.post("/settings/watches/1", form("do", "resume")).expect(t, "resume", http.StatusSeeOther, "/settings/watches/1?done=watch-resume")
	reader.post("/settings/watches/1", form("do", "try")).expect(t, "try", http.StatusSeeOther, "/settings/watches/1?done=watch-try")
	if sent, err := h.people.Deliveries(t.Context(), 1, 10); err != nil || len(sent) != 2 || sent[0].Kind != auth.OfTrial {
		t.Errorf("tried: %+v, %v", sent, err)
	}
	reader.post("/settings/watches/1", form("do", "delete")).expect(t, "delete", http.StatusSeeOther, "/settings/watches?done=watch-removed")
	for _, bad := range []string{"/settings/watches/new?kind=watch&address=//evil.example", "/settings/watches/new?kind=watch&address=/settings/people", "/settings/watches/new?kind=x&address=/logs/interactive", "/settings/watches/new?kind=watch&address=/logs/interactive%3Fnosuch%3D1"} {
		reader.get(bad).expect(t, bad, http.StatusBadRequest, "")
	}
	reader.post("/settings/watches", form("do", "add", "kind", "schedule", "address", "/logs/interactive?status=failure", "name", "Each week", "zone", "UTC", "every", "weekly",
		"weekday", "1", "hour", "9", "day", "1", "format", "xlsx", "recipients", "reader", "mail", "yes")).expect(t, "a schedule", http.StatusSeeOther, "/settings/watches/3?done=watch-added")
}

// Only readers of the log of custom security attributes learn that a watch on it exists.
func TestWatchOnCustomSecurityIsHidden(t *testing.T) {
	h := watchHouse(t, nil, Sends{})
	h.add("guard", auth.RoleSecurityAdministrator)
	root, err := h.people.AccountByName(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindWatch, OwnerID: root.ID, Created: h.clock(), Terms: auth.Terms{
		Name: "Project Swan", Address: "/logs/customsecurity?q=swan", Zone: "UTC", More: 1, Minutes: 5, OnPage: true, Recipients: []int64{root.ID},
	}}); err != nil {
		t.Fatal(err)
	}
	guard := h.as("guard")
	if page := guard.get("/settings/watches"); page.StatusCode != http.StatusOK || strings.Contains(page.body, "Swan") {
		t.Errorf("a Security Administrator gets %d, with the watch: %v", page.StatusCode, strings.Contains(page.body, "Swan"))
	}
	guard.get("/settings/watches/1").expect(t, "its page", http.StatusNotFound, "")
	for _, do := range []string{"pause", "try", "delete"} {
		guard.post("/settings/watches/1", form("do", do)).expect(t, do, http.StatusNotFound, "")
	}
	if page := h.as("root").get("/settings/watches").body; !strings.Contains(page, "Project Swan") {
		t.Error("its owner does not see it")
	}
}

func TestEmergencyAccountsArePicked(t *testing.T) {
	h := watchHouse(t, nil, Sends{})
	root := h.as("root")
	if body := root.get("/settings/alerts?q=ada").body; !strings.Contains(body, "None are picked") {
		t.Error("the page does not say that none are picked")
	}
	root.post("/settings/alerts", form("do", "pick", "id", "ADA-ID", "name", "Ada Example")).expect(t, "pick", http.StatusSeeOther, "/settings/alerts?done=saved")
	settings, err := h.people.Settings(t.Context())
	if err != nil || len(settings.Emergency) != 1 || settings.Emergency[0] != (auth.EmergencyAccount{ID: "ada-id", Name: "Ada Example"}) {
		t.Errorf("picked %+v, %v", settings, err)
	}
	list, err := h.people.Subscriptions(t.Context(), 0)
	if err != nil || len(list) != 2 || list[0].Kind != auth.KindEmergency || list[0].Runs() != true {
		t.Errorf("watches %+v, %v", list, err)
	}
	root.post("/settings/watches/1", form("do", "delete")).expect(t, "delete", http.StatusBadRequest, "")
	// The last look told somebody who is no administrator any more.
	reader, err := h.people.AccountByName(t.Context(), "reader")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.people.ChangeSubscription(t.Context(), 1, func(sub *auth.Subscription) error { sub.Terms.Recipients = []int64{reader.ID}; return nil }); err != nil {
		t.Fatal(err)
	}
	root.post("/settings/watches/1", form("do", "try")).expect(t, "try", http.StatusSeeOther, "/settings/watches/1?done=watch-try")
	if sent, err := h.people.Deliveries(t.Context(), 1, 10); err != nil || len(sent) != 1 || sent[0].Account != "root" {
		t.Errorf("tried: %+v, %v", sent, err)
	}
	root.post("/settings/alerts", form("do", "unpick", "id", "ada-id")).expect(t, "take out", http.StatusSeeOther, "/settings/alerts?done=saved")
	h.as("reader").get("/settings/alerts").expect(t, "a reader", http.StatusForbidden, "")
}

func TestNoticesAreCountedAndSeen(t *testing.T) {
	h := watchHouse(t, nil, Sends{})
	root, reports := h.as("root"), h.as("reports")
	id := func(name string) int64 {
		a, err := h.people.AccountByName(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return a.ID
	}
	sub, err := h.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindWatch, OwnerID: id("root"), Created: h.clock(), Terms: auth.Terms{
		Name: "Blocked by policy", Address: "/logs/interactive?ca=failure", Zone: "UTC", More: 1, Minutes: 5, OnPage: true, Recipients: []int64{id("root"), id("reports")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	run := sub.Deliver(auth.OfRun, h.clock(), auth.Episode{From: h.clock().Add(-5e9), To: h.clock()}, h.clock())
	for i := range run {
		run[i].State, run[i].N = auth.Delivered, 1234
	}
	if fired, err := h.people.Fire(t.Context(), sub, run); err != nil || !fired {
		t.Fatal(fired, err)
	}
	page := root.get("/settings/watches").body
	if !strings.Contains(page, "1,234 records") || !strings.Contains(page, `data-testid="notices-link"`) {
		t.Error("the notice is not on the page, or not counted in its header")
	}
	// A right that was lost since the notice was made counts.
	if page := reports.get("/settings/watches").body; strings.Contains(page, "1,234") || strings.Contains(page, "ca=failure") {
		t.Error("a Reports Reader sees a count of Conditional Access data")
	}
	root.post("/settings/watches", form("do", "seen", "upto", "99")).expect(t, "seen", http.StatusSeeOther, "/settings/watches")
	if page := root.get("/settings/watches").body; strings.Contains(page, `data-testid="notices-link"`) {
		t.Error("the notice is still counted")
	}
}

// A recipient without the right or the address is accepted, and the page of the new watch says that nothing reaches this one.
func TestPageOfAWatchSaysWhoGetsNothing(t *testing.T) {
	h := watchHouse(t, &views.MailServer{Host: "mail.example", Port: 587, Security: "starttls"}, Sends{})
	reader := h.as("reader")
	for address, want := range map[string][]string{
		"/logs/interactive?ca=failure":     {"reports gets nothing: the roles of the account do not include what the view shows.", "root gets no mail: the account has no mail address."},
		"/logs/interactive?status=failure": {"reports gets no mail: the account has no mail address.", "root gets no mail: the account has no mail address."},
	} {
		added := reader.post("/settings/watches", form("do", "add", "kind", "watch", "address", address, "name", "Failures", "zone", "UTC", "new", "yes", "minutes", "10",
			"recipients", "reports\nroot", "mail", "yes", "page", "yes"))
		added.expect(t, address, http.StatusSeeOther, added.location())
		page := reader.page(added.location())
		var got []string
		page.Find(`[data-testid="unreached"]`).Each(func(_ int, s *goquery.Selection) { got = append(got, s.Text()) })
		slices.Sort(got)
		if len(got) != len(want) || !strings.HasPrefix(got[0], want[0]) || !strings.HasPrefix(got[1], want[1]) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	added := reader.post("/settings/watches", form("do", "add", "kind", "watch", "address", "/logs/interactive?status=failure", "name", "Page", "zone", "UTC", "new", "yes", "minutes", "10",
		"recipients", "reports", "page", "yes"))
	if page := reader.page(added.location()); page.Find(`[data-testid="unreached"]`).Length() > 0 {
		t.Error("a recipient who gets the notice is said to get nothing")
	}
}

// replaced gives a form with another value of a field.
func replaced(form url.Values, field, value string) url.Values {
	form.Set(field, value)
	return form
}
