package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
)

// fakeDirectory knows one user, one group and one application, and the entities that a test gives it.
type fakeDirectory struct {
	noDirectory
	entities []store.EntityRow
	asked    []store.EntitiesQuery
	odd      string // is in every text
}

const (
	someUser  = "aaaaaaaa-0000-4000-8000-00000000000a"
	someGroup = "bbbbbbbb-0000-4000-8000-00000000000b"
	bareGroup = "bbbbbbbb-0000-4000-8000-00000000000c"
	someApp   = "cccccccc-0000-4000-8000-00000000000c"
)

func (f *fakeDirectory) text(s string) string { return s + f.odd }

func (f *fakeDirectory) Object(_ context.Context, kind store.ObjectKind, id string) (store.Object, error) {
	o := store.Object{Kind: kind, ID: id, AsOf: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Facts: []store.KeyValue{{Key: "jobTitle", Value: f.text("Pilot")}, {Key: "description", Value: f.text("d")}}}
	switch {
	case kind == store.ObjectUser && id == someUser:
		o.Name, o.Username, o.Type, o.Enabled = f.text("Ada Byron"), f.text("ada@example.com"), f.text("Guest"), store.False
	case kind == store.ObjectGroup && (id == someGroup || id == bareGroup):
		o.Name, o.Type = f.text("Crew"), f.text("Security")
	case kind == store.ObjectServicePrincipal && id == someApp:
		o.Name, o.AppID = f.text("Payroll"), "app"
	default:
		return store.Object{}, store.ErrNotFound
	}
	return o, nil
}

func (f *fakeDirectory) Entities(_ context.Context, q store.EntitiesQuery) (store.EntityPage, error) {
	f.asked = append(f.asked, q)
	return store.EntityPage{Rows: f.entities, Total: int64(len(f.entities)), Complete: true, Next: &store.EntityPlace{N: 3, Name: f.text("x"), ID: "y"}}, nil
}

func (f *fakeDirectory) Membership(ctx context.Context, id string) (store.MembershipInfo, error) {
	o, err := f.Object(ctx, store.ObjectGroup, id)
	info := store.MembershipInfo{Group: o, N: 1, ByKind: map[store.ObjectKind]int64{store.ObjectUser: 1}, Whole: true, AsOf: o.AsOf}
	if id == bareGroup {
		info.AsOf = time.Time{}
	}
	return info, err
}

func (f *fakeDirectory) GroupMembers(context.Context, store.GroupMembersQuery) (store.GroupMemberPage, error) {
	return store.GroupMemberPage{Members: []store.Member{{ID: someUser, Name: f.text("Ada Byron"), Kind: store.ObjectUser, Username: f.text("ada")}, {ID: "d", Name: f.text("Laptop")}}}, nil
}

func (f *fakeDirectory) GroupsOf(context.Context, string, int) ([]store.Object, int64, error) {
	return []store.Object{{Kind: store.ObjectGroup, ID: someGroup, Name: f.text("Crew")}}, 3, nil
}

func newDirectoryPortal(t *testing.T, d *fakeDirectory, roles ...auth.Role) portal {
	t.Helper()
	s := interactiveSignIn(1, at("12:00:00"))
	s.UserID, s.AppID = someUser, "app"
	p := newPortal(t, newFakeStore(s, refresh(2, at("11:00:00"), "r"), principalSignIn(3, at("10:00:00"))), roles...)
	p.Directory = d
	return p
}

func TestEntitiesAskWhatTheAddressSays(t *testing.T) {
	day := func(text string) time.Time { d, _ := time.Parse(time.DateOnly, text); return d }
	for _, tt := range []struct {
		path string
		want store.EntitiesQuery
	}{
		{"/users", store.EntitiesQuery{Kind: store.ObjectUser, Sort: store.SortSignIns, Limit: 50}},
		{"/users?q=+ada+&type=Guest&state=disabled&sort=name&limit=10&inactive=", store.EntitiesQuery{Kind: store.ObjectUser, Text: "ada", Type: "Guest", Enabled: store.False, Sort: store.SortName, Limit: 10}},
		{"/users?q=" + strings.Repeat("%C3%A9", 1000), store.EntitiesQuery{Kind: store.ObjectUser, Text: strings.Repeat("é", 1000), Sort: store.SortSignIns, Limit: 50}},
		{"/groups?sort=failure&state=enabled", store.EntitiesQuery{Kind: store.ObjectGroup, Sort: store.SortFailure, Enabled: store.True, Limit: 50}},
		{"/apps?kind=principals", store.EntitiesQuery{Kind: store.ObjectServicePrincipal, Sort: store.SortSignIns, Limit: 50}},
		{"/users?sort=name&dir=desc", store.EntitiesQuery{Kind: store.ObjectUser, Sort: store.SortName, Reverse: true, Limit: 50}},
		{"/users?dir=asc", store.EntitiesQuery{Kind: store.ObjectUser, Sort: store.SortSignIns, Reverse: true, Limit: 50}},
		{"/users?inactive=2026-11-01&dir=desc", store.EntitiesQuery{Kind: store.ObjectUser, Inactive: true, Sort: store.SortSuccess, Limit: 50, Range: store.Range{From: day("2026-11-01")}}},
		{"/apps?inactive=2026-11-01", store.EntitiesQuery{Kind: store.ObjectApplication, Inactive: true, Sort: store.SortSuccess, Reverse: true, Limit: 50, Range: store.Range{From: day("2026-11-01")}}},
		{"/users?after=" + store.EntityPlace{N: 7, Name: "x", ID: "y"}.String(), store.EntitiesQuery{Kind: store.ObjectUser, Sort: store.SortSignIns, Limit: 50, After: &store.EntityPlace{N: 7, Name: "x", ID: "y"}}},
	} {
		d := &fakeDirectory{entities: []store.EntityRow{{ID: someUser, Name: "Ada"}}}
		a := newDirectoryPortal(t, d, admin).get(tt.path)
		if a.Code != http.StatusOK || len(d.asked) != 1 {
			t.Fatalf("%s: %d, %d questions", tt.path, a.Code, len(d.asked))
		}
		got := d.asked[0]
		if len(got.Edges) < 2 || got.Range.To.IsZero() || !tt.want.Range.From.IsZero() && !got.Range.From.Equal(tt.want.Range.From) {
			t.Errorf("%s asks for %s in %d edges", tt.path, got.Range, len(got.Edges))
		}
		got.Edges, got.Range, tt.want.Range = nil, store.Range{}, store.Range{}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) && (got.After == nil || *got.After != *tt.want.After) {
			t.Errorf("%s asks %+v, want %+v", tt.path, got, tt.want)
		}
		if next := a.hook("next").AttrOr("href", ""); !strings.Contains(next, "after=") || strings.Contains(next, "before=") {
			t.Errorf("%s: next leads to %q", tt.path, next)
		}
	}
}

func TestEntitiesBadAddresses(t *testing.T) {
	for path, message := range map[string]string{
		"/users?inactive=never":                       "inactive=never",
		"/users?inactive=2030-01-01":                  "not in the past",
		"/users?inactive=2026-11-01&range=7d":         "contradicts the range",
		"/users?sort=odd":                             "sort=odd",
		"/users?dir=up":                               "dir=up",
		"/users?state=odd":                            "state=odd",
		"/users?kind=principals":                      "kind=principals",
		"/apps?kind=odd":                              "kind=odd",
		"/groups?limit=0":                             "limit=0",
		"/groups?range=9d":                            "range=9d",
		"/users?q=a&q=b":                              "more than once",
		"/users?after=zz":                             "after=zz",
		"/users?user=ada":                             "user",
		"/users?q=" + strings.Repeat("x", 2000):       "too long",
		"/users?ca=success":                           "ca",
		"/users/" + someUser + "?range=9d":            "range =9d",
		"/groups/" + someGroup + "?member=a&member=b": "more than once",
		"/groups/" + someGroup + "?member=" + strings.Repeat("x", 2000): "too long",
		"/users/" + someUser + "?member=a":                              "member is not a parameter",
		"/users/" + someUser + "?x=1":                                   "x is not a parameter",
		"/groups/" + someGroup + "?after=zz":                            "after =zz",
		"/logs/interactive?group=" + bareGroup:                          "members were not imported",
		"/logs/noninteractive?group.not=" + someApp:                     "no group of the imported directory",
		"/logs/interactive/export.csv?group.empty=yes":                  "knows is and is not only",
	} {
		d := &fakeDirectory{}
		a := newDirectoryPortal(t, d, admin).get(path)
		if a.Code != http.StatusBadRequest || !strings.Contains(squeeze(a.page.Text()), message) {
			t.Errorf("%s: %d without %q: %.300s", path, a.Code, message, squeeze(a.page.Find("main").Text()))
		}
		if len(d.asked) > 0 {
			t.Errorf("%s was asked nonetheless", path)
		}
		if list, _, _ := strings.Cut(path, "?"); strings.Count(list, "/") == 1 {
			if right := a.page.Find(".empty a").AttrOr("href", "none"); newDirectoryPortal(t, d, admin).get(right).Code != http.StatusOK {
				t.Errorf("%s: without what is wrong it is %s, which is none either", path, right)
			}
		}
	}
}

// A search for a member keeps the range of the page.
func TestFindingAMemberKeepsTheRange(t *testing.T) {
	for query, want := range map[string]string{"?range=7d": "range=7d", "?from=2026-11-01&to=2026-11-02": "from=2026-11-01T00:00:00Z&to=2026-11-03T00:00:00Z", "": ""} {
		a := newDirectoryPortal(t, &fakeDirectory{}, admin).get("/groups/" + someGroup + query)
		var got []string
		a.page.Find("#members form input[type=hidden]").Each(func(_ int, input *goquery.Selection) {
			got = append(got, input.AttrOr("name", "")+"="+input.AttrOr("value", ""))
		})
		if strings.Join(got, "&") != want {
			t.Errorf("%q: the form has %q, want %q", query, got, want)
		}
	}
}

func TestEntityPages(t *testing.T) {
	for _, tt := range []struct{ path, heading, text, link string }{
		{"/users/" + strings.ToUpper(someUser), "Ada Byron", "Disabled", "/logs/interactive?range=30d&user=" + someUser},
		{"/groups/" + someGroup, "Crew", "Members as of 2026-11-22 10:00 UTC", "/users/" + someUser},
		{"/groups/" + bareGroup, "Crew", "Its members were not imported", "/groups/" + someGroup},
		{"/apps/app", "Outlook Web", "Not in the imported directory", "/users/" + someUser},
		{"/apps/" + someApp, "Payroll", "Service principal", "/apps/app"},
	} {
		a := newDirectoryPortal(t, &fakeDirectory{}, auth.RoleReportsReader).get(tt.path)
		if a.Code != http.StatusOK {
			t.Errorf("%s: %d", tt.path, a.Code)
			continue
		}
		if got := squeeze(a.page.Find("h1").Text()); got != tt.heading && tt.path != "/apps/app" {
			t.Errorf("%s is headed %q, want %q", tt.path, got, tt.heading)
		}
		if !strings.Contains(squeeze(a.page.Find("main").Text()), tt.text) {
			t.Errorf("%s does not say %q", tt.path, tt.text)
		}
		if a.page.Find(`main a[href="`+tt.link+`"]`).Length() == 0 {
			t.Errorf("%s has no link to %s: %q", tt.path, tt.link, a.page.Find("main a").Map(nil))
		}
		if strings.Contains(a.Body.String(), "onditional") {
			t.Errorf("%s tells of Conditional Access", tt.path)
		}
	}
}

// A missing object and one that the viewer may not open get the same bytes, whatever the address.
func TestEntityNotFoundAndForbidden(t *testing.T) {
	p := newDirectoryPortal(t, &fakeDirectory{}, admin)
	want := p.get("/logs/interactive/nobody").Body.String()
	for _, path := range []string{"/users/nobody", "/groups/nobody", "/apps/nobody", "/users/" + someGroup, "/groups/" + someUser, "/users/" + url.PathEscape("../x")} {
		a := p.get(path)
		if a.Code != http.StatusNotFound || a.Body.String() != want {
			t.Errorf("%s: %d, the same bytes: %t", path, a.Code, a.Body.String() == want)
		}
	}
	for _, role := range []auth.Role{auth.RoleUser, auth.RoleConditionalAccessAdministrator} {
		p := newDirectoryPortal(t, &fakeDirectory{}, role)
		for _, path := range []string{"/users", "/groups", "/apps", "/users/" + someUser, "/groups/" + someGroup, "/apps/app"} {
			if a := p.get(path); a.Code != http.StatusForbidden || strings.Contains(a.Body.String(), "Ada Byron") {
				t.Errorf("%s for %s: %d", path, role, a.Code)
			}
		}
	}
}

// The texts of an export are shown as text in every place.
func TestDirectoryTextsAreText(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE x;--`, "{{7*7}}", "javascript:alert(1)", "\u202e\u0000", `</title><b>`} {
		d := &fakeDirectory{odd: odd, entities: []store.EntityRow{{ID: odd, Name: odd, Username: odd, Type: odd, Imported: true}, {Name: odd}}}
		p := newDirectoryPortal(t, d, admin)
		clean := newDirectoryPortal(t, &fakeDirectory{entities: []store.EntityRow{{ID: "x", Name: "x", Username: "x", Type: "x", Imported: true}, {Name: "x"}}}, admin)
		for _, path := range []string{"/users", "/groups", "/apps", "/users/" + someUser, "/groups/" + someGroup, "/apps/" + someApp, "/logs/interactive?group=" + someGroup} {
			a, want := p.get(path), clean.get(path)
			if a.Code != http.StatusOK {
				t.Errorf("%s with %q: %d", path, odd, a.Code)
			}
			for _, tag := range []string{"script", "img", "b", "style", "iframe", "[onerror]"} {
				if got := a.page.Find(tag).Length(); got != want.page.Find(tag).Length() {
					t.Errorf("%s with %q has %d %s, want %d", path, odd, got, tag, want.page.Find(tag).Length())
				}
			}
			a.page.Find("a[href]").Each(func(_ int, link *goquery.Selection) {
				if href := link.AttrOr("href", ""); strings.HasPrefix(href, "javascript:") {
					t.Errorf("%s with %q leads to %s", path, odd, href)
				}
			})
		}
	}
}

func TestGroupFilterNamesItsGroup(t *testing.T) {
	a := newDirectoryPortal(t, &fakeDirectory{}, admin).get("/logs/interactive?group=" + strings.ToUpper(someGroup))
	if got := a.texts(`[data-testid="chip"]`); a.Code != http.StatusOK || len(got) != 1 || got[0] != "Group: Crew" {
		t.Errorf("%d with the chips %q", a.Code, got)
	}
	if got := a.texts("[data-members]"); len(got) != 1 || got[0] != "Crew: 1 member as of 2026-11-22 10:00 UTC" {
		t.Errorf("of the members it says %q", got)
	}
}
