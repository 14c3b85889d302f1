package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	portaldb "signpost/store/portal"
)

func TestNavigationComesBackToTheLastList(t *testing.T) {
	var list []store.SignIn
	for i := range 25 {
		list = append(list, interactiveSignIn(i, at("08:00:00")))
	}
	p := keptHouse(t, nil, append(list, refresh(90, at("08:00:00"), "r"), refresh(91, at("08:00:01"), "r"))...)
	v := p.as("ada")
	expect := func(what, want string) {
		t.Helper()
		v.get("/").expect(t, what+", start page", http.StatusSeeOther, want)
		v.get("/me").expectLink(t, what+", from another page", railLogs, want)
	}
	expect("nothing opened yet", "/logs/interactive")
	for _, step := range []struct{ path, want string }{
		{"/logs/interactive?user=ada-id&range=7d", "/logs/interactive?range=7d&user=ada-id"},
		{"/logs/interactive?limit=10&panel=views&user=ada-id", "/logs/interactive?user=ada-id"},
		{v.get("/logs/interactive?limit=10&user=ada-id").href(t, `[data-testid="next"]`), "/logs/interactive?user=ada-id"},
		{"/logs/noninteractive?agg=1h", "/logs/noninteractive?agg=1h"},
		{unfolding(v.get("/logs/noninteractive").document(t).Find(`[data-testid="expand"]`)), "/logs/noninteractive"},
		{"/logs/legacy?cols=city,os&chart=table&follow=yes", "/logs/legacy?chart=table&cols=location.city%2CdeviceDetail.operatingSystem&follow=yes"},
		{"/logs/interactive", "/logs/interactive"},
	} {
		got := v.get(step.path)
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d", step.path, got.StatusCode)
		}
		got.expectLink(t, step.path+", on itself", railLogs, step.want)
		expect(step.path, step.want)
	}
	v.get("/logs/interactive?user=ada-id")
	for _, path := range []string{"/logs/legacy?status=maybe", "/logs/interactive?panel=x", "/logs/managedidentity/nowhere", "/logs/interactive/" + testID(3), "/logs/unheardof"} {
		v.get(path)
		expect("after "+path, "/logs/interactive?user=ada-id")
	}
	v.send(http.MethodHead, "/logs/managedidentity", nil)
	v.get("/logs/noninteractive?expand=1", "HX-Request", "true")
	long := url.Values{}
	for i := range 12 {
		long.Add("reason", strings.Repeat("x", 900)+strings.Repeat("y", i))
	}
	v.get("/logs/interactive?"+long.Encode()).expect(t, "a long address", http.StatusOK, "")
	expect("after what is no page to come back to", "/logs/interactive?user=ada-id")
	p.as("ada").get("/").expect(t, "another session of the same account", http.StatusSeeOther, "/logs/interactive")
	p.as("grace").get("/").expect(t, "somebody else", http.StatusSeeOther, "/logs/interactive")
}

func TestLegacyViewIsRemembered(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	v := p.as("ada")
	for _, step := range []struct{ path, want string }{
		{"/logs/legacy", "/logs/legacy"},
		{"/logs/noninteractive", "/logs/legacy"},
		{"/logs/legacy?status=maybe", "/logs/legacy"},
		{"/logs/interactive?status=maybe", "/logs/legacy"}, // a page with an error does not count as the last view
		{"/logs/interactive", "/logs/interactive"},
		{"/logs/interactive/" + testID(1), "/logs/interactive"},
	} {
		v.get(step.path)
		p.as("ada").get("/").expect(t, "a new session after "+step.path, http.StatusSeeOther, step.want)
	}
	p.as("grace").get("/").expect(t, "somebody else", http.StatusSeeOther, "/logs/interactive")
}

func TestPreviewToggleKeepsTheSet(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	v := p.as("ada")
	toggle := `[data-testid="preview-toggle"]`
	got := v.get("/logs/interactive?user=ada-id&range=7d&cols=os")
	got.expectTexts(t, "on the interactive log", toggle, "Legacy view")
	got.expectLink(t, "to the legacy view", toggle, "/logs/legacy?range=7d&user=ada-id")
	got = v.get(got.href(t, toggle))
	got.expectTexts(t, "on the legacy view", toggle, "New view")
	got.expectLink(t, "back", toggle, "/logs/interactive?range=7d&user=ada-id")
	v.get("/logs/noninteractive").expectTexts(t, "on another log", toggle)
	// Each of the two lists has its own columns.
	v.post("/logs/interactive/columns", form("column", "city", "do", "save"))
	v.post("/logs/legacy/columns", form("column", "os", "do", "save"))
	v.get("/logs/interactive").expectLink(t, "with kept columns", toggle, "/logs/legacy?cols=deviceDetail.operatingSystem")
	v.get("/logs/legacy").expectLink(t, "with kept columns, back", toggle, "/logs/interactive?cols=location.city")
}

func TestKeptColumnsStandInLinks(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada := p.as("ada")
	ada.post("/logs/interactive/columns", form("column", "city", "column", "ca", "do", "save"))
	const kept = "cols=location.city%2CconditionalAccessStatus"
	tab := `[data-testid="tab-interactive"]`
	p.as("ada").get("/").expect(t, "a new session", http.StatusSeeOther, "/logs/interactive?"+kept)
	for path, want := range map[string]string{
		"/logs/noninteractive":                   "/logs/interactive?" + kept,
		"/logs/legacy":                           "/logs/interactive?" + kept,
		"/logs/serviceprincipal?range=7d":        "/logs/interactive?" + kept + "&range=7d",
		"/logs/interactive":                      "/logs/interactive", // the bare address is always the product's default
		"/logs/interactive?cols=os&user=ada-id":  "/logs/interactive?cols=deviceDetail.operatingSystem&user=ada-id",
		"/logs/noninteractive?cols=os&agg=1h":    "/logs/interactive?agg=1h&cols=deviceDetail.operatingSystem",
		"/logs/noninteractive?range=7d&user=bob": "/logs/interactive?" + kept + "&range=7d&user=bob",
	} {
		ada.get(path).expectLink(t, "from "+path, tab, want)
	}
	p.as("grace").get("/logs/noninteractive").expectLink(t, "somebody else", tab, "/logs/interactive")
	ada.get("/logs/interactive") // used last, although it is not first above
	// After the right is lost, a column of that data is dropped.
	if err := p.accounts.SetRoles(t.Context(), "ada", []auth.Role{auth.RoleReportsReader}); err != nil {
		t.Fatal(err)
	}
	p.as("ada").get("/").expect(t, "without the right", http.StatusSeeOther, "/logs/interactive?cols=location.city")
}

func TestNavigationBeginsWithTheDefaultView(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada := p.as("ada")
	begins := func(what, want string) {
		t.Helper()
		v := p.as("ada")
		v.get("/me").expectLink(t, what, railLogs, want)
		v.get("/").expect(t, what, http.StatusSeeOther, want)
	}
	setDefault := func(list, id string) {
		t.Helper()
		ada.post("/logs/"+list+"/views", form("do", "default", "view", id)).
			expect(t, "default "+id, http.StatusSeeOther, "/logs/"+list+"?panel=views")
	}
	setDefault("interactive", "failed-today")
	begins("a view of the product", "/logs/interactive?status=failure")
	ada.post("/logs/interactive/columns", form("column", "city", "do", "save"))
	begins("with kept columns", "/logs/interactive?cols=location.city&status=failure")
	setDefault("interactive", "abroad")
	begins("the view that asks first", "/logs/interactive/views/abroad")
	ada.post("/logs/interactive/views?user=bob&range=7d", form("do", "save", "name", "Bob"))
	setDefault("interactive", "1")
	begins("an own view", "/logs/interactive?range=7d&user=bob")
	ada.get("/logs/noninteractive").expectLink(t, "another tab with nothing set", `[data-testid="tab-interactive"]`, "/logs/interactive?range=7d&user=bob")
	ada.get("/logs/noninteractive?range=30d").expectLink(t, "another tab with a range", `[data-testid="tab-interactive"]`, "/logs/interactive?cols=location.city&range=30d")
	ada.get("/logs/interactive").expectLink(t, "the tab itself", `[data-testid="tab-interactive"]`, "/logs/interactive")
	if got := ada.get("/logs/interactive").values(t, ".default-view option[selected]", "value"); len(got) != 1 || got[0] != "1" {
		t.Errorf("chosen in the panel: got %q, want 1", got)
	}
	ada.get("/logs/legacy")
	begins("the legacy view begins with nothing", "/logs/legacy")
	setDefault("legacy", "")
	ada.get("/logs/interactive")
	begins("back", "/logs/interactive?range=7d&user=bob")
	ada.post("/logs/interactive/views/1", form("do", "delete"))
	begins("a view that is gone", "/logs/interactive?cols=location.city")
	setDefault("interactive", "mfa-denied")
	setDefault("interactive", "")
	begins("no default", "/logs/interactive?cols=location.city")

	// A default view that its owner no longer shares, or that the viewer may no longer see, does not count.
	grace := p.as("grace")
	grace.post("/logs/interactive/views?ca=failure", form("do", "save", "name", "Shared", "shared", "yes"))
	setDefault("interactive", "2")
	begins("a shared one", "/logs/interactive?ca=failure")
	grace.post("/logs/interactive/views/2", form("do", "unshare"))
	begins("not shared any more", "/logs/interactive?cols=location.city")
	grace.post("/logs/interactive/views/2", form("do", "share"))
	begins("shared again", "/logs/interactive?ca=failure")
	if err := p.accounts.SetRoles(t.Context(), "ada", []auth.Role{auth.RoleReportsReader}); err != nil {
		t.Fatal(err)
	}
	begins("without the right", "/logs/interactive?cols=location.city")
}

func TestTheListIsNotedWhereItDiffers(t *testing.T) {
	counting := &countingStores{}
	p := keptHouse(t, func(c *Config) {
		portal := c.Preferences.(*portaldb.DB)
		*counting = countingStores{SessionStore: portal, PreferenceStore: portal}
		c.Preferences, c.Sessions = counting, auth.NewSessions(counting, c.Accounts, c.Now, auth.SessionOptions{})
	}, interactiveSignIn(1, at("08:00:00")))
	v := p.as("ada")
	for i, step := range []struct {
		path                   string
		addresses, preferences int
	}{
		{"/logs/interactive", 1, 0},
		{"/logs/interactive", 1, 0},
		{"/logs/interactive?limit=5", 1, 0},
		{"/logs/legacy", 2, 1},
		{"/logs/legacy", 2, 1},
		{"/logs/noninteractive", 3, 1},
		{"/logs/legacy", 4, 1},
		{"/logs/interactive", 5, 2},
	} {
		v.get(step.path)
		if counting.addresses != step.addresses || counting.preferences != step.preferences {
			t.Errorf("step %d, %s: %d addresses and %d preferences written, want %d and %d", i, step.path,
				counting.addresses, counting.preferences, step.addresses, step.preferences)
		}
	}
}

// failingStores cannot write, as on a full disk.
type failingStores struct {
	auth.SessionStore
	auth.PreferenceStore
	auth.ViewStore
}

func (failingStores) SetLogsAddress(context.Context, auth.TokenHash, string) error {
	return store.ErrDiskFull
}

func (failingStores) SetPreference(context.Context, int64, auth.PreferenceName, string) error {
	return store.ErrDiskFull
}

func (failingStores) SavedView(context.Context, int64, int64) (auth.SavedView, error) {
	return auth.SavedView{}, errors.New("the file cannot be read")
}

func TestFullDiskKeepsNobodyFromReading(t *testing.T) {
	p := keptHouse(t, func(c *Config) {
		portal := c.Preferences.(*portaldb.DB)
		failing := failingStores{portal, portal, portal}
		c.Preferences, c.Views, c.Sessions = failing, failing, auth.NewSessions(failing, c.Accounts, c.Now, auth.SessionOptions{})
	}, interactiveSignIn(1, at("08:00:00")))
	if err := p.people.SetPreference(t.Context(), p.accountOf("ada").ID, auth.DefaultViewOf("interactive"), "5"); err != nil {
		t.Fatal(err)
	}
	v := p.as("ada")
	v.get("/").expect(t, "a default view that cannot be read", http.StatusSeeOther, "/logs/interactive")
	v.get("/logs/legacy").expect(t, "the list", http.StatusOK, "")
	if !strings.Contains(p.log.String(), "remember the list") {
		t.Error("the log does not say that the list was not remembered")
	}
	v.post("/preferences", url.Values{"zone": {"browser"}}).expect(t, "a preference", http.StatusInsufficientStorage, "")
}
