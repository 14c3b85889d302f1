package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/kinds"
	"signpost/views"
)

const (
	viewsHook = `[data-testid="saved-views"]`
	viewLinks = viewsHook + " section li > a"
)

// save keeps the state of a list as a view of that name.
func (v *visitor) save(list, query, name string, shared bool) {
	v.t.Helper()
	f := form("do", "save", "name", name)
	if shared {
		f.Set("shared", "yes")
	}
	got := v.post("/logs/"+list+"/views?"+query, f)
	if got.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("save %s: got %d: %s", name, got.StatusCode, got.find(v.t, `[data-testid="error"]`))
	}
}

// ownViews gives the panel's views that do not come with the product, with their notes.
func ownViews(t *testing.T, r reply) []string {
	t.Helper()
	var texts []string
	for _, group := range []string{"My views", "Shared by others"} {
		texts = append(texts, r.each(t, fmt.Sprintf("%s section:has(h2:contains(%q)) li", viewsHook, group))...)
	}
	for i := range texts {
		texts[i], _, _ = strings.Cut(texts[i], " Change")
		texts[i], _, _ = strings.Cut(texts[i], " Delete")
	}
	return texts
}

func (p *house) keptViews(name string) []auth.SavedView {
	p.t.Helper()
	kept, err := p.people.SavedViews(p.t.Context(), p.accountOf(name).ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return kept
}

func TestViewsKeepTheStateOfAList(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")), refresh(2, at("08:00:00"), "r"))
	ada := p.as("ada")
	for i, test := range []struct{ list, query, want string }{
		{"interactive", "", ""},
		{"interactive", "status=failure&user=BOB&user=bob", "status=failure&user=BOB"},
		{"interactive", "range=7d&status=failure&limit=10&chart=table&follow=yes&wide=30d", "range=7d&status=failure"},
		{"interactive", "from=2026-11-20T10:00&to=2026-11-21T10:00:00%2B01:00", "from=2026-11-20T10%3A00%3A00Z&to=2026-11-21T09%3A00%3A00Z"},
		{"interactive", "cols=os,user&events=all&agg=1h&range=24h", "cols=deviceDetail.operatingSystem%2CuserDisplayName&events=all"},
		{"legacy", "cols=city&thumbprint.empty=yes", "cols=location.city&thumbprint.empty=yes"},
		{"noninteractive", "agg=1h&cols=os&user=x&events=all", "agg=1h&user=x"},
	} {
		ada.save(test.list, test.query, fmt.Sprint("view ", i), false)
		kept := p.keptViews("ada")
		got := kept[len(kept)-1]
		if got.List != test.list || got.Query != test.want || got.Name != fmt.Sprint("view ", i) || got.Shared || !got.Created.Equal(p.clock()) {
			t.Errorf("%s?%s: kept is %+v, want the query %s", test.list, test.query, got, test.want)
		}
		// Its link opens it, marked. A later page of it is still that view.
		page := ada.get("/logs/" + test.list + "?" + test.want)
		marked := page.document(t).Find(viewLinks + "[aria-current]")
		if name := squeeze(marked.Text()); name != got.Name {
			t.Errorf("%s?%s: marked is %q, want %q", test.list, test.want, name, got.Name)
		}
		if href := marked.AttrOr("href", ""); href != strings.TrimSuffix("/logs/"+test.list+"?"+test.want, "?") {
			t.Errorf("%s: it leads to %q", got.Name, href)
		}
		ada.get(fmt.Sprintf("/logs/%s/views/%d", test.list, got.ID)).
			expect(t, "by its id", http.StatusSeeOther, strings.TrimSuffix("/logs/"+test.list+"?"+test.want, "?"))
	}
	ada.get("/logs/interactive?user=bob&status=failure&limit=5").
		expectTexts(t, "in other words, on a shorter page", viewLinks+"[aria-current]")
	ada.get("/logs/interactive?user=BOB&status=failure&limit=5").
		expectTexts(t, "on a shorter page", viewLinks+"[aria-current]", "view 1")
	ada.post("/logs/interactive/views?user=x&chart=table", form("do", "save", "name", "y")).
		expect(t, "where it comes back to", http.StatusSeeOther, "/logs/interactive?chart=table&panel=views&user=x")
	ada.get("/logs/interactive/views?user=x").expect(t, "the forms' own address", http.StatusSeeOther, "/logs/interactive?panel=views&user=x")
	if got := ada.get("/logs/interactive?panel=views").document(t).Find(viewsHook + "[open]").Length(); got != 1 {
		t.Errorf("%d open panels, want 1", got)
	}
}

func TestWhoSeesWhichView(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada, grace, rolf := p.as("ada"), p.as("grace"), p.as("rolf")
	ada.save("interactive", "user=bob", "Bob", false)              // 1
	ada.save("interactive", "user=eve", "Eve", true)               // 2
	grace.save("interactive", "policy=x&range=7d", "Policy", true) // 3
	grace.save("interactive", "cols=user,ca", "Column", true)      // 4
	grace.save("legacy", "user=zoe", "Zoe", true)                  // 5
	for _, test := range []struct {
		at        *visitor
		name      string
		list      string
		want      []string
		elsewhere string
	}{
		{ada, "ada", "interactive", []string{"Bob", "Eve shared", "Column of grace", "Policy of grace"}, "ZoeLegacy"},
		{grace, "grace", "interactive", []string{"Column shared", "Policy shared", "Eve of ada"}, "ZoeLegacy"},
		{rolf, "rolf", "interactive", []string{"Eve of ada"}, "ZoeLegacy"},
		{ada, "ada", "legacy", []string{"Zoe of grace"}, "BobInteractive"},
		{rolf, "rolf", "legacy", []string{"Zoe of grace"}, "EveInteractive"},
	} {
		page := test.at.get("/logs/" + test.list)
		if got := ownViews(t, page); !slices.Equal(got, test.want) {
			t.Errorf("%s of %s: got %q, want %q", test.list, test.name, got, test.want)
		}
		if got := page.each(t, viewsHook+" > .views-panel > .view-more li"); !slices.Contains(got, test.elsewhere) {
			t.Errorf("%s of %s: other logs have %q, want %q among them", test.list, test.name, got, test.elsewhere)
		}
	}
	if body := rolf.get("/logs/interactive").body; strings.Contains(body, "Policy") || strings.Contains(body, "Report-only") {
		t.Error("the page of a Reports Reader names views of Conditional Access data")
	}

	// A view that is not offered gets the same answer as one that never existed, byte for byte.
	missing := rolf.get("/logs/interactive/views/999")
	missing.expect(t, "a missing view", http.StatusNotFound, "")
	for _, id := range []string{"1", "3", "4", "5", "report-only-would-block", "nonsense", "01", "+2", "-1", "9999999999999999999999"} {
		if got := rolf.get("/logs/interactive/views/" + id); got.StatusCode != http.StatusNotFound || got.body != missing.body {
			t.Errorf("open %s: got %d and %d bytes, want what a missing view gives", id, got.StatusCode, len(got.body))
		}
		rolf.post("/logs/interactive/views", form("do", "default", "view", id)).expect(t, "begin with "+id, http.StatusNotFound, "")
		for _, do := range []string{"rename", "share", "unshare", "delete", "nonsense"} {
			rolf.post("/logs/interactive/views/"+id, form("do", do, "name", "x")).expect(t, do+" "+id, http.StatusNotFound, "")
		}
	}
	if got := p.preferencesOf("rolf").DefaultViews; got != nil {
		t.Errorf("defaults of the Reports Reader: got %v, want none", got)
	}
	rolf.get("/logs/interactive/views/2").expect(t, "a shared view", http.StatusSeeOther, "/logs/interactive?user=eve")
	ada.get("/logs/interactive/views/3").expect(t, "with the right", http.StatusSeeOther, "/logs/interactive?policy=x&range=7d")
	for _, do := range []string{"rename", "share", "unshare", "delete"} {
		grace.post("/logs/interactive/views/2", form("do", do, "name", "x")).expect(t, "somebody else's: "+do, http.StatusNotFound, "")
	}
	ada.post("/logs/interactive/views/failed-today", form("do", "delete")).expect(t, "one of the product", http.StatusNotFound, "")
	if got := len(p.keptViews("ada")); got != 5 {
		t.Errorf("%d views are left, want all 5", got)
	}
}

func TestOwnersChangeTheirViews(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada, grace := p.as("ada"), p.as("grace")
	grace.save("interactive", "user=bob", "Bob", false)
	back := "/logs/interactive?panel=views&range=7d"
	change := func(f url.Values) {
		t.Helper()
		grace.post("/logs/interactive/views/1?range=7d", f).expect(t, f.Get("do"), http.StatusSeeOther, back)
	}
	change(form("do", "rename", "name", " Robert "))
	if got := p.keptViews("grace")[0]; got.Name != "Robert" || got.Shared {
		t.Errorf("renamed: got %+v", got)
	}
	change(form("do", "share"))
	if got := ownViews(t, ada.get("/logs/interactive")); !slices.Equal(got, []string{"Robert of grace"}) {
		t.Errorf("shared: Ada sees %q", got)
	}
	change(form("do", "unshare"))
	if got := ownViews(t, ada.get("/logs/interactive")); len(got) != 0 {
		t.Errorf("not shared any more: Ada sees %q", got)
	}
	change(form("do", "delete"))
	grace.post("/logs/interactive/views/1?range=7d", form("do", "delete")).expect(t, "deleted twice", http.StatusNotFound, "")
	grace.post("/logs/interactive/views", form("do", "explode")).expect(t, "nothing to do", http.StatusBadRequest, "")
	grace.save("interactive", "user=bob", "Bob", false)
	grace.post("/logs/interactive/views/2", form("do", "explode")).expect(t, "nothing to do with it", http.StatusBadRequest, "")
	grace.post("/logs/legacy/views/2", form("do", "delete")).expect(t, "at another list", http.StatusNotFound, "")
}

// Administrators delete shared views of others, and no other views of theirs.
func TestAdministratorsRemoveSharedViews(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada, grace := p.as("ada"), p.as("grace")
	grace.save("interactive", "user=bob", "Own", false)
	grace.save("interactive", "user=bob", "Shared", true)
	remove := viewsHook + ` section:contains("Shared by others") form button`
	ada.get("/logs/interactive").expectTexts(t, "the administrator's panel", remove, "Delete it")
	p.as("rolf").get("/logs/interactive").expectTexts(t, "the reader's panel", remove)
	ada.post("/logs/interactive/views/1", form("do", "delete")).expect(t, "what is not shared", http.StatusNotFound, "")
	ada.post("/logs/interactive/views/2", form("do", "rename", "name", "x")).expect(t, "rename", http.StatusNotFound, "")
	ada.post("/logs/interactive/views/2", form("do", "delete")).expect(t, "what is", http.StatusSeeOther, "/logs/interactive?panel=views")
	if got := p.keptViews("grace"); len(got) != 1 || got[0].Name != "Own" {
		t.Errorf("left are %+v, want Own", got)
	}
}

func TestViewNamesAreChecked(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada := p.as("ada")
	ada.save("interactive", "user=bob", "Bob", false)
	ada.save("legacy", "", "Other", false)
	long := strings.Repeat("ä", 81)
	for name, message := range map[string]string{
		"": "needs a name", "   ": "needs a name", long: "80 characters", "BOB": "of that name already", " bob ": "of that name already", "other": "of that name already", "a\x00b": "cannot be shown",
	} {
		got := ada.post("/logs/interactive/views?user=ada-id", form("do", "save", "name", name, "shared", "yes"))
		got.expect(t, "save "+name, http.StatusBadRequest, "")
		if said := got.find(t, viewsHook+`[open] .new-view [data-testid="error"]`); !strings.Contains(said, message) {
			t.Errorf("save %q: the form says %q, want %q", name, said, message)
		}
		typed := got.document(t).Find(viewsHook+` .new-view input[name="name"]`).AttrOr("value", "")
		if _, checked := got.document(t).Find(viewsHook + ` .new-view input[name="shared"]`).Attr("checked"); !checked || typed != strings.ReplaceAll(name, "\x00", "\uFFFD") {
			t.Errorf("save %q: the form holds %q, shared %v", name, typed, checked)
		}
		got.expectTexts(t, "the rest is kept", `[data-testid="chip"] .chip-text`, "User: ada-id")
		if name == "BOB" || name == " bob " {
			continue // its present name in other letter case
		}
		got = ada.post("/logs/interactive/views/1?user=ada-id", form("do", "rename", "name", name))
		got.expect(t, "rename to "+name, http.StatusBadRequest, "")
		if said := got.find(t, viewsHook+` .view-more[open] [data-testid="error"]`); !strings.Contains(said, message) {
			t.Errorf("rename to %q: the form says %q, want %q", name, said, message)
		}
	}
	if got := len(p.keptViews("ada")); got != 2 {
		t.Errorf("%d views are kept, want 2", got)
	}
	ada.save("interactive", "user=bob", strings.Repeat("ä", 80), false)
	p.as("grace").save("interactive", "", "bob", false) // names are unique for each owner
	for i := range auth.MaxViews {
		ada.post("/logs/interactive/views", form("do", "save", "name", fmt.Sprint("more ", i)))
	}
	if got := ada.post("/logs/interactive/views", form("do", "save", "name", "one more")).find(t, `[data-testid="error"]`); !strings.Contains(got, "100 saved views") {
		t.Errorf("one too many: the form says %q", got)
	}
	ada.post("/logs/interactive/views?status=maybe", form("do", "save", "name", "wrong")).expect(t, "a bad state", http.StatusBadRequest, "")
	p.as("rolf").post("/logs/interactive/views?ca=failure", form("do", "save", "name", "x")).expect(t, "a state without the right", http.StatusForbidden, "")
	if got := ada.get("/logs/interactive?status=maybe").document(t).Find(viewsHook + " .new-view").Length(); got != 0 {
		t.Error("a bad address can be saved as a view")
	}
}

// unreadView is a store of views that cannot read one of them.
type unreadView struct {
	auth.ViewStore
	id int64
}

func (u unreadView) SavedView(ctx context.Context, account, id int64) (auth.SavedView, error) {
	if id == u.id {
		return auth.SavedView{}, errors.New("busy")
	}
	return u.ViewStore.SavedView(ctx, account, id)
}

// The navigation links to the pinned views in their order, to five at most, and not to a deleted one.
func TestPinnedViews(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada := p.as("ada")
	for i := range 6 {
		ada.save("interactive", "user=ada-id", fmt.Sprint("view ", i), true)
	}
	do := func(id, what string) reply { return ada.post("/logs/interactive/views/"+id, form("do", what)) }
	pinned := func(who *visitor) string {
		return strings.Join(strings.Fields(who.get("/errors").find(t, ".rail [data-group=pinned] a")), " ")
	}
	for _, step := range []struct{ id, do, want string }{
		{"2", "pin", "view 1"},
		{"1", "pin", "view 1 view 0"},
		{"3", "first", "view 2 view 1 view 0"},
		{"1", "first", "view 0 view 2 view 1"},
		{"2", "unpin", "view 0 view 2"},
		{"2", "pin", "view 0 view 2 view 1"},
		{"4", "pin", "view 0 view 2 view 1 view 3"},
		{"5", "pin", "view 0 view 2 view 1 view 3 view 4"},
	} {
		do(step.id, step.do).expect(t, step.do+" "+step.id, http.StatusSeeOther, "/logs/interactive?panel=views")
		if got := pinned(ada); got != step.want {
			t.Errorf("after %s %s: %q, want %q", step.do, step.id, got, step.want)
		}
	}
	if got := do("6", "pin"); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.find(t, `[data-testid="error"]`), "5 views can be pinned") {
		t.Errorf("a sixth: %d, %q", got.StatusCode, got.find(t, `[data-testid="error"]`))
	}
	do("3", "delete").expect(t, "delete", http.StatusSeeOther, "/logs/interactive?panel=views")
	do("6", "pin").expect(t, "a fifth again", http.StatusSeeOther, "/logs/interactive?panel=views")
	if got, want := pinned(ada), "view 0 view 1 view 3 view 4 view 5"; got != want {
		t.Errorf("without the deleted one: %q, want %q", got, want)
	}
	whole := p.server.Views
	p.server.Views = unreadView{whole, 4}
	if got, want := pinned(ada), "view 0 view 1 view 4 view 5"; got != want {
		t.Errorf("while one cannot be read: %q, want %q", got, want)
	}
	do("6", "first").expect(t, "while one cannot be read", http.StatusInternalServerError, "")
	p.server.Views = whole
	if got, want := pinned(ada), "view 0 view 1 view 3 view 4 view 5"; got != want {
		t.Errorf("after that: %q, want %q", got, want)
	}
	ada.get("/logs/interactive/views/1").expect(t, "where a pinned view leads", http.StatusSeeOther, "/logs/interactive?user=ada-id")
	grace := p.as("grace")
	grace.post("/logs/interactive/views/1", form("do", "pin")).expect(t, "somebody else's", http.StatusNotFound, "")
	if got := pinned(grace); got != "" {
		t.Errorf("somebody else has %q pinned", got)
	}
}

// A view with a query that the program no longer understands says so, and can be deleted.
func TestBrokenViewsAreShown(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	for i, query := range []string{"colour=red", "status=maybe&user=bob", "%zz"} {
		_, err := p.people.AddSavedView(t.Context(), auth.SavedView{
			OwnerID: p.accountOf("ada").ID, Name: fmt.Sprint("old ", i), Shared: true, List: "interactive", Query: query, Created: time.Unix(0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ada := p.as("ada")
	page := ada.get("/logs/interactive")
	for i, reason := range []string{"colour=red", "status=maybe", "cannot be read"} {
		item := page.document(t).Find(viewsHook + fmt.Sprintf(` section li:contains("old %d")`, i))
		if text := squeeze(item.Find(".caption").Text()); !strings.Contains(text, reason) || item.Find("a").Length() != 0 {
			t.Errorf("old %d: got %q and %d links, want why it is broken and none", i, text, item.Find("a").Length())
		}
	}
	if got := ownViews(t, p.as("grace").get("/logs/interactive")); len(got) != 3 {
		t.Errorf("somebody else sees %q, want the three with their reasons", got)
	}
	if got := ownViews(t, p.as("rolf").get("/logs/interactive")); len(got) != 2 {
		t.Errorf("without the right to what an unreadable one may name: %q", got)
	}
	ada.get("/logs/interactive/views/2").expect(t, "opened", http.StatusSeeOther, "/logs/interactive?status=maybe&user=bob")
	ada.post("/logs/interactive/views", form("do", "default", "view", "1"))
	p.as("ada").get("/").expect(t, "as the default", http.StatusSeeOther, "/logs/interactive")
	for id := 1; id <= 3; id++ {
		ada.post(fmt.Sprint("/logs/interactive/views/", id), form("do", "delete")).expect(t, "deleted", http.StatusSeeOther, "/logs/interactive?panel=views")
	}
}

func TestViewsOfTheProduct(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	ada := p.as("ada")
	seen := map[string]bool{}
	for _, v := range views.LooksOf(kinds.Catalog).ProductViews("NO") {
		if key := v.List.Name() + "/" + v.ID; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
		params, err := url.ParseQuery(v.Query)
		if err != nil {
			t.Fatal(err)
		}
		q, bad := v.List.Kind().ParseQuery(params, pageNow)
		if len(bad) > 0 || v.Query == "" || views.ViewQuery(v.List, q) != v.Query {
			t.Errorf("%s: %q is read as %q, %v", v.ID, v.Query, views.ViewQuery(v.List, q), bad)
		}
		for _, c := range q.Filter.Conditions() {
			if !c.Field.AppliesTo(v.List.Info()) {
				t.Errorf("%s: %s does not apply to its log", v.ID, c.Field.Name)
			}
		}
		page := ada.get(v.List.Path() + "?" + v.Query)
		page.expect(t, v.ID, http.StatusOK, "")
		page.expectTexts(t, v.ID+" is marked", viewLinks+"[aria-current]", v.Name)
		if v.ID != views.HomeCountryView {
			ada.get(v.List.Path()+"/views/"+v.ID).expect(t, v.ID, http.StatusSeeOther, v.List.Path()+"?"+v.Query)
		}
	}
	if len(seen) != 45 {
		t.Errorf("%d views come with the product, want 45", len(seen))
	}
	// Columns belong to the viewer: the view is the same with any of them.
	ada.post("/logs/interactive/columns", form("column", "city", "do", "save"))
	page := ada.get("/logs/interactive?status=failure&cols=os")
	page.expectTexts(t, "with other columns", viewLinks+"[aria-current]", "Failed today")
	page.expectLink(t, "with kept columns", viewLinks+"[aria-current]", "/logs/interactive?cols=location.city&status=failure")
	ada.get("/logs/noninteractive").expectLink(t, "of another log", viewsHook+" > .views-panel > .view-more a", "/logs/interactive?cols=location.city&status=failure")
}

func TestViewOutsideTheHomeCountry(t *testing.T) {
	abroad := func(n int, country string) store.SignIn {
		s := interactiveSignIn(n, at("08:00:00").Add(-time.Duration(n)*time.Hour))
		s.CountryOrRegion = country
		return s
	}
	link := viewsHook + ` section a:contains("home country")`
	const path = "/logs/interactive/views/abroad"
	ada := keptHouse(t, nil, abroad(1, "SE"), abroad(2, "NO"), abroad(3, "NO"), abroad(4, "")).as("ada")
	ada.get("/logs/interactive").expectLink(t, "the commonest", link, path)
	ada.get(path).expect(t, "the commonest", http.StatusSeeOther, "/logs/interactive?country.empty=no&country.not=NO")
	page := ada.get("/logs/interactive?country.empty=no&country.not=NO")
	page.expectTexts(t, "is marked", viewLinks+"[aria-current]", "Outside the home country")
	if got := page.values(t, `[data-testid="row"]`, "data-id"); !slices.Equal(got, []string{testID(1)}) {
		t.Errorf("rows are %q, want the one from Sweden", got)
	}
	ada.get("/logs/interactive?country.empty=no&country.not=NO&country.not=SE").expectTexts(t, "two countries", viewLinks+"[aria-current]")
	ada.get("/logs/interactive").expectTexts(t, "nothing", viewLinks+"[aria-current]")

	set := keptHouse(t, func(c *Config) { c.HomeCountry = "SE" }, abroad(1, "SE"), abroad(2, "NO")).as("ada")
	set.get("/logs/interactive").expectLink(t, "a setting", link, "/logs/interactive?country.empty=no&country.not=SE")
	set.get(path).expect(t, "a setting", http.StatusSeeOther, "/logs/interactive?country.empty=no&country.not=SE")

	empty := keptHouse(t, nil, abroad(900, "NO")).as("ada") // older than a month
	got := empty.get(path)
	got.expect(t, "no country known", http.StatusNotFound, "")
	if title := got.find(t, "h1"); title != "No home country is known" {
		t.Errorf("no country known: the page says %q", title)
	}
	slow := keptHouse(t, func(c *Config) { c.Store = &fakeStore{err: store.ErrTooSlow} }).as("ada")
	slow.get(path).expect(t, "a slow store", http.StatusGatewayTimeout, "")
}
