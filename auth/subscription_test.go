package auth

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTimesOfSchedules(t *testing.T) {
	at := func(text string) time.Time {
		t.Helper()
		v, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, test := range []struct {
		name  string
		terms Terms
		after string
		want  []string
	}{
		{"daily", Terms{Every: Daily, Hour: 7, Zone: "UTC"}, "2026-11-23 06:59", []string{"2026-11-23 07:00", "2026-11-24 07:00"}},
		{"daily, at its very time", Terms{Every: Daily, Hour: 7, Zone: "UTC"}, "2026-11-23 07:00", []string{"2026-11-24 07:00"}},
		{"in a zone, over the end of summer time", Terms{Every: Daily, Hour: 7, Zone: "Europe/Oslo"}, "2026-10-24 04:00", []string{"2026-10-24 05:00", "2026-10-25 06:00"}},
		{"an hour that the clocks leave out", Terms{Every: Daily, Hour: 2, Zone: "Europe/Oslo"}, "2026-03-28 12:00", []string{"2026-03-29 01:00", "2026-03-30 00:00"}},
		{"weekly", Terms{Every: Weekly, Hour: 9, Weekday: time.Monday, Zone: "UTC"}, "2026-11-23 09:00", []string{"2026-11-30 09:00", "2026-12-07 09:00"}},
		{"weekly, later this week", Terms{Every: Weekly, Hour: 9, Weekday: time.Sunday, Zone: "UTC"}, "2026-11-23 09:00", []string{"2026-11-29 09:00"}},
		{"weekly, before a day without a midnight", Terms{Every: Weekly, Hour: 0, Weekday: time.Saturday, Zone: "America/Santiago"}, "2026-09-05 04:30", []string{"2026-09-12 03:00"}},
		{"monthly", Terms{Every: Monthly, Hour: 0, Day: 31, Zone: "UTC"}, "2027-01-30 00:00", []string{"2027-01-31 00:00", "2027-02-28 00:00", "2027-03-31 00:00"}},
	} {
		now := at(test.after)
		for _, want := range test.want {
			next := test.terms.After(now)
			if got := next.Format("2006-01-02 15:04"); got != want {
				t.Errorf("%s: after %s comes %s, want %s", test.name, now, got, want)
			}
			now = next
		}
	}
	daily := Terms{Every: Daily, Hour: 7, Zone: "UTC"}
	if got := daily.Before(at("2026-11-20 07:00"), at("2026-11-23 06:00")); !got.Equal(at("2026-11-22 07:00")) {
		t.Errorf("the last of three missed runs was at %s", got)
	}
}

func TestTermsAreChecked(t *testing.T) {
	good := Terms{Name: " Failures ", Address: "/logs/interactive", Zone: "UTC", More: 1, Minutes: 1, Recipients: []int64{2, 1, 2}, OnPage: true}
	got, err := good.Check(KindWatch)
	if err != nil || got.Name != "Failures" || len(got.Recipients) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	for field, change := range map[string]func(*Terms){
		"name": func(t *Terms) { t.Name = " " }, "zone": func(t *Terms) { t.Zone = "Local" }, "more": func(t *Terms) { t.More = 100_001 },
		"minutes": func(t *Terms) { t.Minutes = 1_441 }, "address": func(t *Terms) { t.Address = "/" + strings.Repeat("a", 9_000) },
		"webhook": func(t *Terms) { t.Webhook = "http://hooks.example.com" }, "addresses": func(t *Terms) { t.Addresses = []string{"Ada <ada@example.com>"} },
		"channel": func(t *Terms) { t.OnPage = false }, "recipients": func(t *Terms) { t.Recipients = nil },
	} {
		terms := good
		change(&terms)
		_, err := terms.Check(KindWatch)
		var invalid Invalid
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	schedule := Terms{Name: "a", Address: "/logs/interactive", Zone: "UTC", Every: Daily, Format: "csv", Recipients: []int64{1}, ByMail: true}
	if _, err := schedule.Check(KindSchedule); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*Terms){
		"every": func(t *Terms) { t.Every = "" }, "hour": func(t *Terms) { t.Hour = 24 }, "format": func(t *Terms) { t.Format = "odt" },
		"day": func(t *Terms) { t.Every, t.Day = Monthly, 32 }, "weekday": func(t *Terms) { t.Every, t.Weekday = Weekly, 7 },
	} {
		terms := schedule
		change(&terms)
		_, err := terms.Check(KindSchedule)
		var invalid Invalid
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Rights together are the smaller ones for every pair of roles, pages and classes.
func TestRightsTogether(t *testing.T) {
	for _, a := range Roles() {
		for _, b := range Roles() {
			one, other := RightsOf([]Role{a}), RightsOf([]Role{b})
			both := one.And(other)
			for page := range table.pages {
				if got, want := both.MayOpen(page), one.MayOpen(page) && other.MayOpen(page); got != want {
					t.Errorf("%s and %s on %s: %v", a, b, page, got)
				}
			}
			for class := range table.classes {
				if got, want := both.MaySee(class), one.MaySee(class) && other.MaySee(class); got != want {
					t.Errorf("%s and %s on %s: %v", a, b, class, got)
				}
			}
		}
	}
	if (Readers{}).Rights().MayOpen(PageMe) || (Readers{Owner: Account{ID: 1, Disabled: true, Roles: Roles()}}).Rights().MayOpen(PageMe) {
		t.Error("nobody, or a disabled account, has rights")
	}
	outside := Readers{Owner: Account{ID: 1, Roles: Roles()}, Outside: true}.Rights()
	if outside.MaySee(ConditionalAccessData) || outside.MaySee(ActivityData) || !outside.MaySee(LogData) {
		t.Error("what leaves the portal is not what a Reports Reader sees")
	}
}

func TestWebhookHosts(t *testing.T) {
	hosts, err := WebhookHosts("Hooks.example.com:443\nb.example:8443, b.example:8443")
	if err != nil || strings.Join(hosts, " ") != "b.example:8443 hooks.example.com" {
		t.Errorf("%q, %v", hosts, err)
	}
	for _, bad := range []string{"https://a.example", "*.example.com", "a.example/x", "user@a.example"} {
		if hosts, err := WebhookHosts(bad); err == nil {
			t.Errorf("%s is %q", bad, hosts)
		}
	}
}

func FuzzWebhookHost(f *testing.F) {
	for _, seed := range []string{"https://hooks.example.com/x", "http://a", "https://a:443", "https://u:p@a", "https://[::1]:8443/", "https://a#b", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		host, err := WebhookHost(address)
		if err != nil {
			return
		}
		if again, err := WebhookHosts(host); err != nil || len(again) != 1 || again[0] != host {
			t.Errorf("%q has the host %q, which cannot be allowed: %q, %v", address, host, again, err)
		}
	})
}
