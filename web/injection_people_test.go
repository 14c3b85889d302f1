package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

func (p *injectedPair) testDirectory() {
	for i, list := range []string{"/users?", "/groups?", "/apps?", "/apps?kind=principals&"} {
		told := ""
		for address := same(list + "limit=200"); address(p.hostile) != ""; { // the logs' objects are among them, perhaps in another order
			page := p.alone("RR", address)
			told += page.Find("[data-testid=entities]").Text()
			address = p.link(page, "[data-testid=next]", 0)
		}
		d := newDealer(p.hostile.list)
		for d.record = range p.hostile.list {
			directoryObject(d, objectID(d)) // deals the same texts in order
			if name := d.dealt("displayName").text; !shows(told, shortened(name)) {
				p.t.Errorf("%s does not list %q", list, name)
			}
		}
		p.get("GA", same(list+"limit=150&sort=name&q=dir+"))
		p.testObject(i, []string{"/users/", "/groups/", "/apps/", "/apps/"}[i])
	}
	seen := 0
	for _, n := range some(100, 7) {
		for log, page := range map[store.Log]func(*store.SignIn) string{
			store.Interactive:    func(s *store.SignIn) string { return views.ObjectURL(store.ObjectUser, s.UserID) },
			store.NonInteractive: func(s *store.SignIn) string { return views.ObjectURL(store.ObjectApplication, s.AppID) },
			store.ServicePrincipal: func(s *store.SignIn) string {
				return views.ObjectURL(store.ObjectServicePrincipal, s.ServicePrincipalID)
			},
		} {
			// If the ID equals the text of somebody else's name, nobody is found: in a real tenant it is no name.
			found := p.get("RR", func(h *injectedHouse) string { return page(&h.main[log][n%len(h.main[log])]) + "?range=30d" })
			seen += found.Find("[data-testid=row]").Length()
		}
	}
	if seen == 0 {
		p.t.Error("no page of an object of the logs has a sign-in")
	}
	p.testMembers()
}

// shortened is the part of a text that the directory stores.
func shortened(text string) string {
	if len(text) > 2000 {
		return strings.ToValidUTF8(text[:2000], "") + "…"
	}
	return text
}

// testObject checks pages of objects of one kind: one with an ID that can be typed, and some with their own IDs.
func (p *injectedPair) testObject(kind int, path string) {
	object := func(h *injectedHouse, record int) *dealer {
		d := newDealer(h.list)
		d.record = record
		directoryObject(d, objectID(d)) // deals the same texts in order
		return d
	}
	page := p.get("GA", same(path+directoryID(kind)))
	d, told := object(p.hostile, len(p.hostile.list)-1), page.Find("main").Text()
	for _, name := range store.FactNames() {
		if !strings.HasSuffix(name, "Credentials") && !shows(told, shortened(d.dealt(name).text)) {
			p.t.Errorf("%s: %s is not told: %q", page.what, name, d.dealt(name).text)
		}
	}
	for _, record := range some(60, kind) {
		found := p.get("GA", func(h *injectedHouse) string {
			return path + url.PathEscape(shortened(store.FoldCase(objectID(object(h, record)))))
		})
		if found.code != http.StatusOK {
			p.t.Errorf("%s: %d", found.what, found.code)
		}
	}
}

func (p *injectedPair) testMembers() {
	told, address := "", same("/groups/"+directoryID(1))
	for address(p.hostile) != "" {
		page := p.get("GA", address)
		told += page.Find(".group-members").Text()
		address = p.link(page, "#members a[rel=next]", 0)
	}
	d := newDealer(p.hostile.list)
	for d.record = range p.hostile.list {
		memberObject(d, d.literal("member id"))
		if !shows(told, shortened(d.dealt("member name").text)) || !shows(told, shortened(d.dealt("member username").text)) {
			p.t.Errorf("the group does not list %q: %q", d.dealt("member name").text, d.dealt("member username").text)
		}
	}
	p.get("GA", same("/logs/interactive?range=30d&group="+directoryID(1)))
}

func (p *injectedPair) testOwn() {
	byID := map[string]*store.SignIn{}
	for i := range p.hostile.mine {
		byID[asRead(p.hostile.mine[i].ID)] = &p.hostile.mine[i]
	}
	rows := 0
	for address := same("/me?limit=100"); address(p.hostile) != ""; {
		page := p.get("user", address)
		list := page.Find("[data-testid=row]")
		rows += list.Length()
		for i := range list.Length() {
			row := list.Eq(i)
			s := byID[asRead(row.AttrOr("data-id", ""))]
			if s == nil {
				p.t.Fatalf("%s: a row has the id %q", page.what, row.AttrOr("data-id", ""))
			}
			for _, want := range []string{s.AppDisplayName, s.ResourceDisplayName, s.Browser, s.IPAddress, s.City, s.State, store.Countries.Words(s.CountryOrRegion)} {
				if !shows(row.Text(), strings.TrimSpace(want)) {
					p.t.Errorf("%s: the row reads %q, want %q in it", page.what, row.Text(), want)
				}
			}
			if device := row.Closest("[data-testid=tile]").Find("h3").Text(); !shows(device, s.DeviceDisplayName) || !shows(device, s.OperatingSystem) {
				p.t.Errorf("%s: the device is %q, want %q, %q", page.what, device, s.DeviceDisplayName, s.OperatingSystem)
			}
		}
		address = p.link(page, "[data-testid=next]", 0)
	}
	if rows != len(p.hostile.mine) {
		p.t.Errorf("%d rows, want %d", rows, len(p.hostile.mine))
	}
	for _, n := range some(20, 4) {
		n %= len(p.hostile.mine)
		page := p.get("user", func(h *injectedHouse) string { return views.MeDetailsURL(h.mine[n].ID) })
		s := &p.hostile.mine[n]
		for _, want := range []string{s.AppDisplayName, s.ResourceDisplayName, s.Browser, s.OperatingSystem, s.IPAddress, s.City} {
			if !shows(page.Find("main").Text(), strings.TrimSpace(want)) {
				p.t.Errorf("%s does not tell %q", page.what, want)
			}
		}
		for _, choose := range []func(*store.SignIn) string{
			func(s *store.SignIn) string { return "app=" + url.QueryEscape(s.AppDisplayName) },
			func(s *store.SignIn) string { return "device=" + url.QueryEscape(s.DeviceDisplayName) },
			func(s *store.SignIn) string { return "place=" + url.QueryEscape(s.City) + "&show=unusual" },
		} {
			p.get("user", func(h *injectedHouse) string { return "/me?" + choose(&h.mine[n]) })
		}
	}
}

// testReports reports some sign-ins as somebody else's, with a text as the comment. It decides on them with another text.
func (p *injectedPair) testReports() {
	comments := map[int]string{} // by the sign-in
	for i, n := range some(8, 1) {
		i %= len(p.hostile.mine) // if there are more texts than sign-ins, a second one replaces the first
		send := func(h *injectedHouse) *httptest.ResponseRecorder {
			return h.post("user", views.MeDetailsURL(h.mine[i].ID), url.Values{"do": {"notmine"}, "comment": {h.list[n].text}})
		}
		got := send(p.hostile)
		p.compare("report", got, send(p.plain))
		if got.Code != http.StatusSeeOther {
			continue // a comment may not hold every character, and the page then says so next to it
		}
		page := p.get("user", func(h *injectedHouse) string { return views.MeDetailsURL(h.mine[i].ID) })
		if got, want := page.Find(".me-comment").Text(), strings.TrimSpace(p.hostile.list[n].text); !shows(got, want) {
			p.t.Errorf("%s: the comment reads %q, want %q", page.what, got, want)
		}
		comments[i] = p.hostile.list[n].text
	}
	if len(comments) < 20 {
		p.t.Errorf("only %d comments were taken", len(comments))
	}
	for id := range 8 {
		send := func(h *injectedHouse) *httptest.ResponseRecorder {
			return h.post("GA", views.ReportURL(int64(id+1)), url.Values{"do": {"confirmed"}, "was": {"open"}, "note": {h.list[30+id].text}, "next": {h.list[113+id].text}})
		}
		if got := send(p.hostile); p.compare("decide", got, send(p.plain)).code == http.StatusSeeOther {
			comments[-1-id] = p.hostile.list[30+id].text
		}
	}
	told := p.told("/protection/reported", ".cards")
	for _, want := range comments {
		if !shows(told, strings.TrimSpace(want)) {
			p.t.Errorf("the queue does not tell %q", want)
		}
	}
}

func (p *injectedPair) testImports() {
	list := p.get("GA", same("/import"))
	links := list.Find("[data-testid=import] a")
	if links.Length() < 13 {
		p.t.Errorf("%d past imports", links.Length())
	}
	told := ""
	for i := range links.Length() {
		page := p.get("GA", p.link(list, "[data-testid=import] a", i))
		if name := links.Eq(i).Text(); page.Find("h1").Text() != name {
			p.t.Errorf("%s is headed %q, want %q", page.what, page.Find("h1").Text(), name)
		}
		told += page.Find("main").Text()
	}
	for i := range 4 {
		d := newDealer(p.hostile.list)
		d.record = 75 * i
		p.hostile.rejects(i)
		if !shows(list.Find("[data-testid=imports]").Text(), p.hostile.list[100+i].text) {
			p.t.Errorf("the imports do not name %q", p.hostile.list[100+i].text)
		}
		if want := d.dealt("another category").text; !shows(told, want) {
			p.t.Errorf("no report tells of the category %q", want)
		}
	}
	for i, n := range some(20, 6) {
		send := func(h *injectedHouse) *httptest.ResponseRecorder {
			content := importRecord(n)
			if i%2 == 1 {
				content = "prose"
			}
			kind, body := files(p.t, h.list[n].text, content)
			r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "/import", body)
			r.Header.Set("Content-Type", kind)
			r.AddCookie(h.cookies["GA"])
			w := httptest.NewRecorder()
			h.server.ServeHTTP(w, r)
			h.server.Uploads.done.Wait()
			return w
		}
		p.compare("upload", send(p.hostile), send(p.plain))
		p.get("GA", same("/import/run"))
		p.get("GA", same("/import/run"), "HX-Request", "true")
	}
}

func (p *injectedPair) testPeople() {
	var names []string
	for _, n := range some(6, 0) {
		add := func(h *injectedHouse) error {
			text := h.list[n].text
			_, err := h.people.AddAccount(p.t.Context(), auth.Account{Name: text, UserPrincipalName: text, UserID: text, Roles: []auth.Role{auth.RoleUser}, PasswordHash: "x", Created: h.clock()})
			return err
		}
		if err := errors.Join(add(p.hostile), add(p.plain)); err != nil {
			p.t.Fatal(err)
		}
		names = append(names, p.hostile.list[n].text)
	}
	told := p.told("/settings/people", "[data-testid=people]")
	for _, want := range names {
		if !shows(told, want) {
			p.t.Errorf("the people do not name %q", want)
		}
	}
	for id := 4; id < 4+len(names); id += 5 {
		for _, path := range []string{"", "/disable", "/remove"} {
			p.get("GA", same(fmt.Sprintf("/settings/people/%d%s", id, path)))
		}
	}
	for _, n := range []int{25, 73, 104, 285} { // browsers with a User-Agent of their own choice
		for _, h := range []*injectedHouse{p.hostile, p.plain} {
			h.signIn("agent", auth.Account{Name: "as user"}, h.list[n].text)
		}
	}
	p.get("GA", same("/settings/sessions"))
	p.get("agent", same("/settings/account"))
}

func (p *injectedPair) testSavedViews() {
	var names []string
	for _, n := range some(6, 2) {
		send := func(h *injectedHouse) *httptest.ResponseRecorder {
			address := "/logs/interactive/views?app=" + text(n+1)(h) + "&user.not=" + text(n+2)(h)
			return h.post("GA", address, url.Values{"do": {"save"}, "shared": {"yes"}, "name": {h.list[n].text}})
		}
		if p.compare("save a view", send(p.hostile), send(p.plain)).code == http.StatusSeeOther && len(names) < auth.MaxViews {
			names = append(names, p.hostile.list[n].text)
		}
	}
	if len(names) < 25 {
		p.t.Errorf("only %d views were kept", len(names))
	}
	for _, who := range []string{"GA", "RR"} {
		page := p.get(who, same("/logs/interactive?panel=views"))
		told := page.Find("[data-testid=saved-views]").Text()
		for _, want := range names {
			if !shows(told, strings.TrimSpace(want)) {
				p.t.Errorf("%s: the views do not name %q", page.what, want)
			}
		}
		for i := range 3 {
			p.get(who, p.link(page, "[data-testid=saved-views] section li > a", i))
		}
		p.get(who, same("/logs/noninteractive?panel=views"))
	}
}

// told is the text of a list over all its pages, as an administrator reads it.
func (p *injectedPair) told(list, selector string) (text string) {
	for address := same(list); address(p.hostile) != ""; {
		page := p.get("GA", address)
		text += page.Find(selector).Text()
		address = p.link(page, "[data-testid=next]", 0)
	}
	return text
}
