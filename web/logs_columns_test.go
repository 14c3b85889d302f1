package web

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

const (
	columnsHook = `[data-testid="columns"]`
	headings    = `[data-testid="grid"] thead th`
)

// panelColumns gives the names of the chosen columns in the panel, and of the offered ones.
func panelColumns(t *testing.T, r reply) (chosen, others []string) {
	t.Helper()
	return r.values(t, columnsHook+` input[type="hidden"]`, "value"), r.values(t, columnsHook+` input[type="checkbox"]`, "value")
}

func TestColumnsPanelOffersEverySingleValuedField(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	for _, test := range []struct {
		name, path string
		want       []string
	}{
		{"ada", "/logs/interactive?panel=columns", []string{"id", "userDisplayName", "appDisplayName", "status", "ipAddress", "location", "conditionalAccessStatus", "authenticationRequirement"}},
		{"rolf", "/logs/interactive?panel=columns", []string{"id", "userDisplayName", "appDisplayName", "status", "ipAddress", "location", "authenticationRequirement"}},
		{"ada", "/logs/legacy?panel=columns", []string{"userDisplayName", "appDisplayName", "status", "riskState", "authenticationRequirement"}},
		{"ada", "/logs/interactive?cols=os,user,location&panel=columns", []string{"deviceDetail.operatingSystem", "userDisplayName", "location"}},
	} {
		chosen, others := panelColumns(t, p.as(test.name).get(test.path))
		if !slices.Equal(chosen, test.want) {
			t.Errorf("%s for %s: chosen are %q, want %q", test.path, test.name, chosen, test.want)
		}
		offered := slices.Concat(chosen, others)
		if len(offered) <= 50 {
			t.Errorf("%s for %s: %d columns, want more than 50", test.path, test.name, len(offered))
		}
		for _, property := range store.SignIns.Properties {
			want := property.Set == nil && (property.Class != store.ConditionalAccess || test.name == "ada")
			if got := slices.Contains(offered, property.Name); got != want {
				t.Errorf("%s for %s: %s is offered: %v, want %v", test.path, test.name, property.Name, got, want)
			}
		}
		if slices.Sort(offered); len(slices.Compact(offered)) != len(chosen)+len(others) {
			t.Errorf("%s for %s: a column is offered twice", test.path, test.name)
		}
	}
}

func TestColumnsPanelComesWhenItIsOpened(t *testing.T) {
	v := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00"))).as("ada")
	closed := v.get("/logs/interactive?user=ada-id")
	if chosen, others := panelColumns(t, closed); len(chosen)+len(others) > 0 {
		t.Errorf("a closed panel has %d columns", len(chosen)+len(others))
	}
	address := closed.href(t, columnsHook+" a")
	if address != "/logs/interactive?panel=columns&user=ada-id" {
		t.Errorf("it is brought from %s", address)
	}
	fragment := v.get(address, "HX-Request", "true", "HX-Target", "columns")
	if !strings.HasPrefix(fragment.body, "<details") || strings.Contains(fragment.body, "<html") {
		t.Errorf("the fragment is %.80s", fragment.body)
	}
	if _, others := panelColumns(t, fragment); len(others) < 40 {
		t.Errorf("the fragment offers %d columns", len(others))
	}
}

func TestColumnsAreFixedWhereRowsAreGroups(t *testing.T) {
	v := keptHouse(t, nil, refresh(1, at("08:00:00"), "r")).as("ada")
	for _, log := range []string{"noninteractive", "serviceprincipal", "managedidentity"} {
		control := v.get("/logs/" + log).document(t).Find(columnsHook)
		if got := control.AttrOr("aria-disabled", ""); got != "true" || control.Length() != 1 {
			t.Errorf("%s: aria-disabled of %d controls = %q, want true", log, control.Length(), got)
		}
		if reason := control.Parent().Find("#" + control.AttrOr("aria-describedby", "")).Text(); !strings.Contains(reason, "fixed") {
			t.Errorf("%s: the reason reads %q", log, reason)
		}
		v.post("/logs/"+log+"/columns", form("column", "city", "do", "save")).expect(t, log, http.StatusBadRequest, "")
	}
	v.post("/logs/unheardof/columns", form("column", "city", "do", "save")).expect(t, "no such log", http.StatusNotFound, "")
}

func TestColumnsForm(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	v := p.as("ada")
	defaults := []string{"column", "id", "column", "user", "column", "app", "column", "status", "column", "ip", "column", "location", "column", "ca", "column", "requirement"}
	const state = "?user=ada-id&range=7d"
	for _, test := range []struct {
		name string
		form url.Values
		want string // the target of the redirect
		kept []string
	}{
		{"apply once", form("column", "user", "column", "os", "do", "once"), "/logs/interactive?cols=userDisplayName%2CdeviceDetail.operatingSystem&range=7d&user=ada-id", nil},
		{"each once", form("column", "os", "column", "user", "column", "os", "do", "once"), "/logs/interactive?cols=deviceDetail.operatingSystem%2CuserDisplayName&range=7d&user=ada-id", nil},
		{"save", form("column", "location", "column", "city", "do", "save"), "/logs/interactive?cols=location%2Clocation.city&range=7d&user=ada-id", []string{"location", "location.city"}},
		{"apply once keeps what was saved", form("column", "os", "do", "once"), "/logs/interactive?cols=deviceDetail.operatingSystem&range=7d&user=ada-id", []string{"location", "location.city"}},
		{"up", form("column", "os", "column", "user", "up", "userDisplayName"), "/logs/interactive?cols=userDisplayName%2CdeviceDetail.operatingSystem&panel=columns&range=7d&user=ada-id#column-userDisplayName", []string{"location", "location.city"}},
		{"up at the top", form("column", "os", "column", "city", "up", "deviceDetail.operatingSystem"), "/logs/interactive?cols=deviceDetail.operatingSystem%2Clocation.city&panel=columns&range=7d&user=ada-id#column-deviceDetail.operatingSystem", []string{"location", "location.city"}},
		{"down", form("column", "os", "column", "city", "column", "ip", "down", "location.city"), "/logs/interactive?cols=deviceDetail.operatingSystem%2CipAddress%2Clocation.city&panel=columns&range=7d&user=ada-id#column-location.city", []string{"location", "location.city"}},
		{"down at the end", form("column", "os", "column", "city", "down", "location.city"), "/logs/interactive?cols=deviceDetail.operatingSystem%2Clocation.city&panel=columns&range=7d&user=ada-id#column-location.city", []string{"location", "location.city"}},
		{"remove", form("column", "os", "column", "city", "remove", "deviceDetail.operatingSystem"), "/logs/interactive?cols=location.city&panel=columns&range=7d&user=ada-id", []string{"location", "location.city"}},
		{"move what is not there", form("column", "os", "up", "location.city"), "/logs/interactive?cols=deviceDetail.operatingSystem&panel=columns&range=7d&user=ada-id", []string{"location", "location.city"}},
		{"exactly the default, once", form(append(defaults, "do", "once")...), "/logs/interactive?range=7d&user=ada-id", []string{"location", "location.city"}},
		{"exactly the default, saved", form(append(defaults, "do", "save")...), "/logs/interactive?range=7d&user=ada-id", nil},
		{"saved again", form("column", "city", "do", "save"), "/logs/interactive?cols=location.city&range=7d&user=ada-id", []string{"location.city"}},
		{"back to the default", form("column", "city", "do", "default"), "/logs/interactive?range=7d&user=ada-id", nil},
		{"back to the default from nothing", form("do", "default"), "/logs/interactive?range=7d&user=ada-id", nil},
	} {
		v.post("/logs/interactive/columns"+state, test.form).expect(t, test.name, http.StatusSeeOther, test.want)
		if got := p.preferencesOf("ada").Columns["interactive"]; !slices.Equal(got, test.kept) {
			t.Errorf("%s: kept are %q, want %q", test.name, got, test.kept)
		}
	}
}

func TestColumnsOfTwoPeopleAndTwoListsAreApart(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada, grace := p.as("ada"), p.as("grace")
	ada.post("/logs/interactive/columns", form("column", "os", "do", "save"))
	ada.post("/logs/legacy/columns", form("column", "city", "column", "requirement", "do", "save"))
	grace.post("/logs/interactive/columns", form("column", "browser", "do", "save"))
	for name, want := range map[string]map[string][]string{
		"ada":   {"interactive": {"deviceDetail.operatingSystem"}, "legacy": {"location.city", "authenticationRequirement"}},
		"grace": {"interactive": {"deviceDetail.browser"}},
		"rolf":  nil,
	} {
		if got := p.preferencesOf(name).Columns; !reflect.DeepEqual(got, want) {
			t.Errorf("%s keeps %v, want %v", name, got, want)
		}
	}
	grace.get("/logs/interactive?cols=os").expectTexts(t, "a link from Ada", headings, "Date", "Operating system")
	note := columnsHook + " .caption"
	grace.get("/logs/interactive?cols=os&panel=columns").expectTexts(t, "her note", note, "These are not the columns you saved. Show those")
	grace.get("/logs/interactive?cols=os&panel=columns").expectLink(t, "her own", note+" a", "/logs/interactive?cols=deviceDetail.browser")
	grace.get("/logs/interactive?cols=browser&panel=columns").expectTexts(t, "her own", note)
	p.as("rolf").get("/logs/interactive?cols=os&panel=columns").expectTexts(t, "nothing kept", note, "These columns are not saved.")
	ada.post("/logs/interactive/columns", form("do", "default"))
	if got := p.preferencesOf("ada").Columns; got["interactive"] != nil || len(got["legacy"]) != 2 {
		t.Errorf("after the default on one list: Ada keeps %v", got)
	}
}

func TestLegacyColumnsHaveTheirWords(t *testing.T) {
	v := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00"))).as("ada")
	got := v.get("/logs/legacy?cols=requirement,riskState,location,userType,ProcessingTimeInMilliseconds")
	got.expect(t, "another casing of a name", http.StatusBadRequest, "")
	got = v.get("/logs/legacy?cols=requirement,riskState,location,user")
	got.expectTexts(t, "headings", headings, "Date", "MFA required", "Risk detection status", "Location", "User")
	got.expectTexts(t, "cells", `[data-testid="row"] td:not(:first-child)`, "Yes", "At risk", "Oslo, Norway", "Ada Example")
	got = v.get("/logs/interactive?cols=requirement,riskState,location,user")
	got.expectTexts(t, "headings of the interactive log", headings, "Date", "Authentication requirement", "Risk state", "Location", "User")
	got.expectTexts(t, "cells", `[data-testid="row"] td:not(:first-child)`, "Multifactor authentication", "At risk", "Oslo, Norway", "Ada Example")
}

func TestBadColumnsAreToldInTheirPanel(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	v := p.as("ada")
	for _, test := range []struct {
		name    string
		form    url.Values
		message string
		chosen  []string
	}{
		{"a name that is none", form("column", "os", "column", "colour", "do", "save"), "There is no column colour", []string{"deviceDetail.operatingSystem"}},
		{"a list of values", form("column", "network", "column", "os", "do", "once"), "There is no column network", []string{"deviceDetail.operatingSystem"}},
		{"none", form("do", "save"), "A list needs at least one column", []string{"id", "userDisplayName", "appDisplayName", "status", "ipAddress", "location", "conditionalAccessStatus", "authenticationRequirement"}},
		{"the last one removed", form("column", "os", "remove", "deviceDetail.operatingSystem"), "A list needs at least one column", []string{"id", "userDisplayName", "appDisplayName", "status", "ipAddress", "location", "conditionalAccessStatus", "authenticationRequirement"}},
	} {
		got := v.post("/logs/interactive/columns?user=ada-id", test.form)
		got.expect(t, test.name, http.StatusBadRequest, "")
		if message := got.find(t, columnsHook+`[open] [data-testid="error"]`); !strings.Contains(message, test.message) {
			t.Errorf("%s: the open panel says %q, want %q", test.name, message, test.message)
		}
		if chosen, _ := panelColumns(t, got); !slices.Equal(chosen, test.chosen) {
			t.Errorf("%s: chosen are %q, want %q", test.name, chosen, test.chosen)
		}
		got.expectTexts(t, test.name+", the rest", `[data-testid="chip"] .chip-text`, "User: ada-id")
		if rows := len(got.each(t, `[data-testid="row"]`)); rows != 1 {
			t.Errorf("%s: %d rows, want the list behind the panel", test.name, rows)
		}
		if next := got.document(t).Find(`.theme input[name="next"]`).AttrOr("value", ""); next != "/logs/interactive?user=ada-id" {
			t.Errorf("%s: a change of the theme leads to %q", test.name, next)
		}
	}
	if kept := p.preferencesOf("ada").Columns; kept != nil {
		t.Errorf("kept are %v, want none", kept)
	}
	v.post("/logs/interactive/columns", form("column", "os")).expect(t, "nothing to do", http.StatusBadRequest, "")
	v.post("/logs/interactive/columns?status=maybe", form("column", "os", "do", "save")).expect(t, "a bad state", http.StatusBadRequest, "")
	got := v.get("/logs/interactive?cols=user,colour&user=ada-id")
	got.expect(t, "a bad address", http.StatusBadRequest, "")
	if message := got.find(t, columnsHook+`[open] [data-testid="error"]`); !strings.Contains(message, "cols=colour") {
		t.Errorf("a bad address: the open panel says %q", message)
	}
	got.expectTexts(t, "a bad address, all messages", `[data-testid="error"]`, got.find(t, columnsHook+` [data-testid="error"]`))
	v.get("/logs/noninteractive?cols=colour").expectTexts(t, "where there is no panel", `.summary [data-testid="error"]`,
		v.get("/logs/noninteractive?cols=colour").find(t, `[data-testid="error"]`))
	v.get("/logs/interactive?panel=views&panel=columns").expect(t, "two panels", http.StatusBadRequest, "")
	got = v.get("/logs/interactive?panel=facets")
	got.expect(t, "another panel", http.StatusBadRequest, "")
	if message := got.find(t, `.summary [data-testid="error"]`); !strings.Contains(message, "panel=facets") {
		t.Errorf("another panel: the page says %q", message)
	}
}

func TestColumnsOfConditionalAccessAreRefused(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	v := p.as("rolf")
	for name, f := range map[string]url.Values{
		"chosen":              form("column", "os", "column", "ca", "do", "save"),
		"by its other name":   form("column", "conditionalAccessStatus", "do", "once"),
		"in another casing":   form("column", "CONDITIONALACCESSSTATUS", "do", "once"),
		"of several":          form("column", "policy", "do", "once"),
		"moved":               form("column", "os", "up", "ca"),
		"with the default":    form("column", "ca", "do", "default"),
		"among other columns": form("column", "os,ca", "do", "save"),
	} {
		v.post("/logs/interactive/columns", f).expect(t, name, http.StatusForbidden, "")
	}
	v.post("/logs/interactive/columns?ca=failure", form("column", "os", "do", "save")).expect(t, "in the state", http.StatusForbidden, "")
	v.get("/logs/interactive?panel=columns&cols=ca").expect(t, "in the address", http.StatusForbidden, "")
	if kept := p.preferencesOf("rolf").Columns; kept != nil {
		t.Errorf("kept are %v, want none", kept)
	}
	if body := v.get("/logs/interactive?panel=columns").body; strings.Contains(body, "Conditional Access") || strings.Contains(body, "conditionalAccess") {
		t.Error("the panel speaks of Conditional Access")
	}
	// Their default lacks the column. To choose exactly the default is no choice.
	f := form("column", "id", "column", "user", "column", "app", "column", "status", "column", "ip", "column", "location", "column", "requirement", "do", "save")
	v.post("/logs/interactive/columns", f).expect(t, "their default", http.StatusSeeOther, "/logs/interactive")
}

// A change needs the right to open the list, and must come from a page of this portal.
func TestWhoMaySendThePanelsForms(t *testing.T) {
	p := keptHouse(t, nil)
	out, una, rolf, ada := p.visitor(), p.as("una"), p.as("rolf"), p.as("ada")
	for _, path := range []string{"/logs/interactive/columns", "/logs/interactive/views", "/logs/interactive/views/1"} {
		una.post(path, form("do", "nothing", "column", "os")).expect(t, path+" without a log", http.StatusForbidden, "")
		if got := rolf.post(path, form("do", "nothing", "column", "os")); got.StatusCode != http.StatusBadRequest && got.StatusCode != http.StatusNotFound {
			t.Errorf("%s for a reader: got %d, want to be let in", path, got.StatusCode)
		}
		out.post(path, form("do", "save"), "Referer", out.base+"/logs/interactive?range=7d").
			expect(t, path+" signed out", http.StatusSeeOther, "/signin?next=%2Flogs%2Finteractive%3Frange%3D7d")
		ada.post(path, form("do", "save"), "Sec-Fetch-Site", "cross-site").expect(t, path+" from another site", http.StatusForbidden, "")
	}
}
