package main

import (
	"bytes"
	"encoding/json"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

// A file holds what both its owner and its recipient may see. A file that leaves the portal holds what a Reports Reader sees.
func TestRightsOfOwnerAndRecipient(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)))
	all := func(terms *auth.Terms) {
		terms.Recipients, terms.Addresses = []int64{w.ids["root"], w.ids["reader"], w.ids["reports"], w.ids["plain"]}, []string{"outside@example.org"}
		terms.Format = "json"
	}
	byRoot := w.add(auth.KindSchedule, "root", all)
	byReports := w.add(auth.KindSchedule, "reports", func(terms *auth.Terms) { all(terms); terms.Addresses = nil })
	w.now = byRoot.Next
	w.round()
	saw := map[bool][]string{}
	for _, text := range w.expect("the mails", 4+3) {
		to, _, content := attached(t, text)
		if !json.Valid(content) || !bytes.Contains(content, []byte("Travel Desk")) {
			t.Errorf("%s got %s", to, content)
		}
		sees := bytes.Contains(bytes.ToLower(content), []byte("conditionalaccess")) || bytes.Contains(content, []byte("Block Oceania"))
		saw[sees] = append(saw[sees], to)
	}
	slices.Sort(saw[true])
	if got := strings.Join(saw[true], " "); got != "<reader@example.com> <root@example.com>" {
		t.Errorf("Conditional Access data went to %s", got)
	}
	for _, sub := range []auth.Subscription{byRoot, byReports} {
		for _, d := range w.deliveries(sub) {
			if want := d.Account == "plain"; (d.State == auth.Refused) != want {
				t.Errorf("to %q of %s: %s, %s", d.Account+d.Target, sub.Owner, d.State, d.Problem)
			}
		}
	}
	// A view that filters by Conditional Access data tells of it by its very number.
	named := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { all(terms); terms.Address = "/logs/interactive?ca=failure" })
	w.now = named.Next
	before := len(w.server.inbox())
	w.round()
	for _, d := range w.deliveries(named) {
		if want := d.Account == "root" || d.Account == "reader"; (d.State == auth.Delivered) != want {
			t.Errorf("of a view with the condition: to %q %s, %s", d.Account+d.Target, d.State, d.Problem)
		}
	}
	for _, text := range slices.DeleteFunc(w.server.inbox()[before:], isTrouble.MatchString) {
		if to, _, content := attached(t, text); strings.Contains(to, "reports") && bytes.Contains(content, []byte("Block Oceania")) {
			t.Errorf("%s got %s", to, content)
		}
	}
}

// When owner and recipient are limited to parts of the tenant, a file holds the records that are in both parts.
func TestLimitsOfOwnerAndRecipient(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for _, app := range []string{"app-1", "app-2", "app-3"} {
		r := w.signIn(w.now.Add(-time.Hour), "Oslo", "NO", "Linux")
		r["properties"].(map[string]any)["appId"] = app
		w.put(r)
	}
	for name, apps := range map[string][]string{"reader": {"app-1", "app-2"}, "reports": {"app-2", "app-3"}} {
		scope, err := auth.NewScope(nil, apps)
		if err == nil {
			err = w.accounts.SetScope(t.Context(), name, scope)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) {
		terms.Address, terms.Format = "/logs/interactive", "json"
		terms.Recipients = []int64{w.ids["root"], w.ids["reader"], w.ids["reports"]}
	})
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.OnPage, terms.More, terms.Minutes = "/logs/interactive", true, 1, 600
		terms.Recipients = []int64{w.ids["root"], w.ids["reports"]}
	})
	w.now = sub.Next
	w.round()
	got := map[string]string{}
	for _, text := range w.expect("the mails", 3) {
		to, _, content := attached(t, text)
		for _, app := range []string{"app-1", "app-2", "app-3"} {
			if bytes.Contains(content, []byte(app)) {
				got[to] += app + " "
			}
		}
	}
	for to, want := range map[string]string{"<root@example.com>": "app-1 app-2 ", "<reader@example.com>": "app-1 app-2 ", "<reports@example.com>": "app-2 "} {
		if got[to] != want {
			t.Errorf("%s got %s, want %s", to, got[to], want)
		}
	}
	for i, app := range []string{"app-1", "app-2", "app-3"} {
		r := w.signIn(w.now.Add(time.Duration(i)*time.Second), "Oslo", "NO", "Linux")
		r["properties"].(map[string]any)["appId"] = app
		w.put(r)
	}
	w.later(time.Minute)
	for _, d := range w.deliveries(watch) {
		if want := d.Account == "root"; (d.State == auth.Delivered) != want || want && d.N != 2 {
			t.Errorf("the watch told %s of %d: %s, %s", d.Account, d.N, d.State, d.Problem)
		}
	}
	if len(w.deliveries(watch)) != 2 {
		t.Errorf("the watch told %d people", len(w.deliveries(watch)))
	}
}

func TestOwnerWhoLostTheRight(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	condition := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.Recipients, terms.OnPage = "/logs/interactive?ca=failure", []int64{w.ids["root"]}, true
	})
	gone := w.add(auth.KindSchedule, "plain", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["root"]} })
	if err := w.accounts.SetRoles(t.Context(), "reader", []auth.Role{auth.RoleReportsReader}); err != nil {
		t.Fatal(err)
	}
	if err := w.accounts.Remove(t.Context(), "plain"); err != nil {
		t.Fatal(err)
	}
	w.now = gone.Next
	w.round()
	w.begin()
	w.later(time.Hour)
	for sub, want := range map[int64]string{condition.ID: "reader may no longer see", gone.ID: "plain, was removed"} {
		if got, err := w.people.Subscription(t.Context(), sub); err != nil || !strings.Contains(got.Stopped, want) {
			t.Errorf("stopped with %q, %v, want %q", got.Stopped, err, want)
		}
	}
	var told []string
	for _, text := range w.server.inbox() {
		message, err := netmail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, message.Header.Get("To")+" "+message.Header.Get("Subject"))
	}
	slices.Sort(told)
	if got, want := strings.Join(told, "\n"), "<reader@example.com> Stopped: Failures\n<root@example.com> Stopped: Failures\n<root@example.com> Stopped: Failures"; got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	if list, unseen, err := w.people.Notices(t.Context(), w.ids["root"], 10); err != nil || unseen != 2 || list[0].Kind != auth.OfStop {
		t.Errorf("notices %+v, %d, %v", list, unseen, err)
	}
}

// Only readers of the log of custom security attributes are told that a watch on it stopped.
func TestStopIsToldToWhoMayKnow(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for name, role := range map[string]auth.Role{"guard": auth.RoleSecurityAdministrator, "keeper": auth.RoleAttributeLogReader} {
		a, err := w.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{role}, Mail: name + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		w.ids[name] = a.ID
	}
	sub := w.add(auth.KindWatch, "keeper", func(terms *auth.Terms) {
		terms.Address, terms.Recipients, terms.OnPage = "/logs/customsecurity", []int64{w.ids["keeper"]}, true
	})
	if err := w.accounts.SetRoles(t.Context(), "keeper", []auth.Role{auth.RoleUser}); err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	for _, d := range w.deliveries(sub) {
		if want := d.Account == "guard"; (d.State == auth.Refused) != want {
			t.Errorf("%s by %s: %s", d.Account, d.Channel, d.State)
		}
	}
	w.expect("to the owner and the Global Administrator", 2)
}
