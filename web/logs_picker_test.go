package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/errorcode"
)

// sent is the data that a form would send: its hidden inputs, ticked boxes and chosen options.
func sent(form *goquery.Selection) url.Values {
	v := url.Values{}
	form.Find("input, select").Each(func(_ int, in *goquery.Selection) {
		name := in.AttrOr("name", "")
		switch {
		case name == "":
		case goquery.NodeName(in) == "select":
			v.Add(name, in.Find("option[selected]").AttrOr("value", in.Find("option").AttrOr("value", "")))
		case in.AttrOr("type", "") == "checkbox":
			if _, ticked := in.Attr("checked"); ticked {
				v.Add(name, in.AttrOr("value", ""))
			}
		default:
			v.Add(name, in.AttrOr("value", ""))
		}
	})
	return v
}

// with gives the values with some set; an empty value removes the parameter.
func with(v url.Values, pairs ...string) url.Values {
	next := url.Values{}
	for name, values := range v {
		next[name] = slices.Clone(values)
	}
	for i := 0; i < len(pairs); i += 2 {
		next.Set(pairs[i], pairs[i+1])
	}
	return next
}

func TestPickerListsTheFieldsOfTheLog(t *testing.T) {
	p := newPortal(t, newFakeStore(), admin)
	fields := func(path string) []string {
		return p.get(path).page.Find("#field-list button").Map(func(_ int, b *goquery.Selection) string { return b.AttrOr("value", "") })
	}
	interactive, identity := fields("/logs/interactive"), fields("/logs/managedidentity")
	if len(interactive) < 50 || !slices.Equal(interactive[:3], []string{"user", "app", "status"}) {
		t.Errorf("%d fields that begin with %q", len(interactive), interactive[:3])
	}
	if slices.Contains(identity, "user") || slices.Contains(identity, "ip") || !slices.Contains(identity, "mitype") {
		t.Errorf("managed identities can be filtered by %q", identity)
	}
}

func TestPickerOffersTheValuesOfTheRange(t *testing.T) {
	bob := interactiveSignIn(2, at("12:00:00"))
	bob.UserID, bob.UserDisplayName, bob.UserPrincipalName = "bob-id", "Bob Example", "bob@example.com"
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00")), bob, interactiveSignIn(3, at("12:00:01"))), admin)
	a := p.get("/logs/interactive?status=success&user=ada-id&pick=user")
	panel := a.hook("filter-add")
	if _, open := panel.Attr("open"); !open {
		t.Error("the picker is closed")
	}
	if got, want := a.texts("#picker-options .option"), []string{"Ada Example 2", "Bob Example 1"}; !slices.Equal(got, want) {
		t.Errorf("options = %q, want %q", got, want)
	}
	form := sent(panel.Find("form"))
	want := url.Values{"status": {"success"}, "field": {"user"}, "op": {"is"}, "value": {"ada-id"}, "had": {"ada-id"}, "find": {""}}
	if form.Encode() != want.Encode() {
		t.Errorf("the form sends %s, want %s", form.Encode(), want.Encode())
	}
	if got := p.get("/logs/interactive?pick=user&find=bo").texts("#picker-options .option"); !slices.Equal(got, []string{"Bob Example 1"}) {
		t.Errorf("options with bo = %q", got)
	}
	// A tick that is not applied yet stays during a search for something else.
	ticked := p.get("/logs/interactive?pick=user&field=user&value=ada-id&find=bo").texts("#picker-options .option:has(:checked)")
	if !slices.Equal(ticked, []string{"ada-id"}) {
		t.Errorf("ticked = %q, want ada-id kept", ticked)
	}
}

func TestPickerFormLeadsToTheFilter(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	base := url.Values{"field": {"user"}, "op": {"is"}, "status": {"success"}}
	tests := []struct {
		name string
		form url.Values
		want string
	}{
		{"a value typed", with(base, "find", " ada "), "status=success&user=ada"},
		{"a value ticked", with(base, "value", "ada-id"), "status=success&user=ada-id"},
		{"what was typed to find the one ticked", with(base, "value", "ada-id", "find", "ad"), "status=success&user=ada-id"},
		{"a value typed beside those there were", with(base, "value", "ada-id", "had", "ada-id", "find", "bob"), "status=success&user=ada-id&user=bob"},
		{"not", with(base, "op", "not", "find", "ada"), "status=success&user.not=ada"},
		{"contains", with(base, "op", "has", "find", "ad"), "status=success&user.has=ad"},
		{"is empty, whatever is ticked", with(base, "op", "empty", "value", "ada-id"), "status=success&user.empty=yes"},
		{"is not empty", with(base, "op", "notempty"), "status=success&user.empty=no"},
		{"the last value unticked", with(base, "had", "ada-id"), "status=success"},
		{"no value at all is left to be refused", base, "status=success&user="},
		{"an unknown field is left to be refused", with(base, "field", "nose", "find", "x"), "nose=x&status=success"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := p.get("/logs/interactive?" + test.form.Encode())
			if want := "/logs/interactive?" + test.want; a.Code != http.StatusSeeOther || a.Header().Get("Location") != want {
				t.Errorf("%d %s, want 303 %s", a.Code, a.Header().Get("Location"), want)
			}
		})
	}
}

// Words that are typed find the records with the machine's value and those with the words.
func TestPickedWordsFindBothSpellings(t *testing.T) {
	var list []store.SignIn
	for i, system := range []string{"Windows10", "Windows 10", "Windows11", "MacOs"} {
		s := interactiveSignIn(i, at("12:00:00"))
		s.OperatingSystem, s.CountryOrRegion = system, []string{"DE", "Germany", "RU", "AU"}[i]
		list = append(list, s)
	}
	p := newPortal(t, newFakeStore(list...), admin)
	for _, c := range []struct {
		form  string
		want  int64
		chips []string
	}{
		{"field=os&op=is&find=windows+10", 2, []string{"Operating system: Windows 10"}},
		{"field=os&op=not&find=Windows+10", 2, []string{"Operating system is not Windows 10"}},
		{"field=country&op=is&find=germany", 2, []string{"Country or region: Germany"}},
		{"field=country&op=not&find=Germany", 2, []string{"Country or region is not Germany"}},
		{"field=country&op=has&find=us", 0, []string{"Country or region contains us"}},
		{"field=country&op=has&find=rus", 1, []string{"Country or region contains rus"}},
	} {
		a := p.get("/logs/interactive?range=7d&" + c.form)
		list := p.get(a.Header().Get("Location"))
		if got := totalOf(t, list); got != c.want {
			t.Errorf("%s leads to %s with %d, want %d", c.form, a.Header().Get("Location"), got, c.want)
		}
		if got := texts(list.hook("chip")); !slices.Equal(got, c.chips) {
			t.Errorf("%s: the chips are %q, want %q", c.form, got, c.chips)
		}
	}
}

func TestClientAppsAreATree(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.ClientAppUsed = "Other clients; IMAP"
	a := newPortal(t, newFakeStore(s), admin).get("/logs/interactive?pick=client&client=legacy")
	if got, want := a.texts("#picker-options legend"), []string{"Modern authentication clients", "Legacy authentication clients"}; !slices.Equal(got, want) {
		t.Errorf("families = %q, want %q", got, want)
	}
	if got := a.texts("#picker-options .option"); len(got) != len(store.ClientApps())+2 || !slices.Contains(got, "IMAP4 1") {
		t.Errorf("options = %q", got)
	}
	if got := a.texts("#picker-options .option:has(:checked)"); !slices.Equal(got, []string{"All legacy authentication clients"}) {
		t.Errorf("ticked = %q", got)
	}
}

func TestPickerFragments(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	panel := p.get("/logs/interactive?pick=app", "HX-Request", "true", "HX-Target", "filter-panel").Body.String()
	if !strings.HasPrefix(panel, `<div class="menu-panel picker" id="filter-panel">`) || !strings.Contains(panel, "Travel Desk") {
		t.Errorf("the panel is %.120s", panel)
	}
	options := p.get("/logs/interactive?pick=app&field=app&find=tra", "HX-Request", "true", "HX-Target", "picker-options").Body.String()
	if !strings.HasPrefix(options, `<div class="picker-options"`) || !strings.Contains(options, "Travel Desk") {
		t.Errorf("the options are %.120s", options)
	}
}

func TestPickerRefusesWhatItDoesNotKnow(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	for path, message := range map[string]string{
		"/logs/interactive?user=ada&pick=nose":       "pick=nose",
		"/logs/interactive?user=ada&pick=status.has": "pick=status.has",
		"/logs/managedidentity?app=x&pick=user":      "do not have",
		// A part that would be dropped silently is reported too.
		"/logs/interactive?user=ada&find=x":                           "find=x belongs to the filter picker",
		"/logs/interactive?user=ada&value=x&had=x":                    "value=x belongs to the filter picker",
		"/logs/interactive?user=ada&pick=status&op=like":              "op=like is not a comparison",
		"/logs/interactive?user=ada&pick=status&op=has":               "op=has is not a comparison",
		"/logs/interactive?user=ada&pick=status&op=is&op=not":         "op=is, not is given more than once",
		"/logs/interactive?user=ada&field=status&op=like&value=x":     "op=like is not a comparison",
		"/logs/interactive?user=ada&field=status&field=app&value=x":   "field=status, app is given more than once",
		"/logs/interactive?user=ada&field=status&find=failure&find=x": "find=failure, x is given more than once",
	} {
		a := p.get(path)
		if got := squeeze(a.hook("filter-add").Find(`[data-testid="error"]`).Text()); a.Code != http.StatusBadRequest || !strings.Contains(got, message) {
			t.Errorf("%s: %d with %q beside the control, want 400 with %q", path, a.Code, got, message)
		}
		if a.hook("chip").Length() != 1 {
			t.Errorf("%s: %d chips, want the rest kept", path, a.hook("chip").Length())
		}
	}
	if a := newPortal(t, newFakeStore(), auth.RoleReportsReader).get("/logs/interactive?pick=policy.not"); a.Code != http.StatusForbidden {
		t.Errorf("picking Conditional Access data without the right: %d, want 403", a.Code)
	}
}

func TestChipsNameTheirIDs(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.AppID = "11111111-2222-3333-4444-555555555555"
	a := newPortal(t, newFakeStore(s), admin).get("/logs/interactive?app.not=" + s.AppID + "&app=99999999-2222-3333-4444-555555555555")
	if got, want := a.texts(`[data-testid="chip"]`), []string{"Application: 99999999-2222-3333-4444-555555555555", "Application is not Travel Desk"}; !slices.Equal(got, want) {
		t.Errorf("chips = %q, want %q", got, want)
	}
	if got := a.hook("chip").Eq(1).Find(".chip-text").AttrOr("title", ""); got != "Application is not Travel Desk ("+s.AppID+")" {
		t.Errorf("title = %q, want the ID too", got)
	}
}

func TestConditionsThatDoNotApplyAreSetAside(t *testing.T) {
	p := newPortal(t, newFakeStore(principalSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:00:00"))), admin)
	a := p.get("/logs/serviceprincipal?user=nobody&status=failure")
	if got := a.hook("row").Length(); got != 1 {
		t.Errorf("%d rows, want the one that the filter would hide if it counted", got)
	}
	if got := a.hook("total").AttrOr("data-value", ""); got != "1" {
		t.Errorf("total = %s, want 1", got)
	}
	if got, want := a.texts(`[data-testid="chip"]`), []string{"Status: Failure", "not used here: User: nobody"}; !slices.Equal(got, want) {
		t.Errorf("chips = %q, want %q", got, want)
	}
	back := a.hook("tab-interactive").AttrOr("href", "")
	if got := p.get(back).hook("row").Length(); back != "/logs/interactive?status=failure&user=nobody" || got != 0 {
		t.Errorf("back at %s there are %d rows, want none", back, got)
	}
}

// A typed text in the words of a page means the values behind these words, and the text itself.
func TestPickerTakesWords(t *testing.T) {
	p := newPortal(t, newFakeStore(), admin)
	for _, c := range []struct{ field, typed, want string }{
		{"country", "Netherlands", "country=NL"},
		{"country", "nl", "country=nl"},
		{"error", "50126 " + errorcode.Of(50126).Title, "error=50126"},
		{"error", "50126", "error=50126"},
		{"policyresult", "Report-only: would block", "policyresult=reportOnlyFailure&policyresult=Report-only%3A+would+block"},
		{"ca", "not applied", "ca=notApplied"},
		{"trust", "azure ad joined", "trust=Azure+AD+joined&trust=AzureAd&trust=AzureAD+Joined"},
		{"city", "Oslo", "city=Oslo"},
	} {
		a := p.get("/logs/interactive?" + url.Values{"field": {c.field}, "op": {"is"}, "find": {c.typed}}.Encode())
		if got := a.Header().Get("Location"); a.Code != http.StatusSeeOther || got != "/logs/interactive?"+c.want {
			t.Errorf("%s %q leads to %q (%d), want %q", c.field, c.typed, got, a.Code, c.want)
		}
	}
	if got := p.get("/logs/interactive?trust=AzureAd&trust=AzureAD+Joined").texts("[data-testid=chip]"); len(got) != 1 {
		t.Errorf("two spellings of one value have the chips %q", got)
	}
}
