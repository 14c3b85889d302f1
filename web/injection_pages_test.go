package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"signpost/store"
	"signpost/views"
)

// text gives each portal's own text from the list, as a part of an address.
func text(number int) func(*injectedHouse) string {
	return func(h *injectedHouse) string { return url.QueryEscape(h.list[number%len(h.list)].text) }
}

// addressOf is an address in which the portals' texts replace each %.
func addressOf(address string, texts ...func(*injectedHouse) string) func(*injectedHouse) string {
	return func(h *injectedHouse) string {
		parts := strings.Split(address, "%")
		all := parts[0]
		for i, part := range parts[1:] {
			all += texts[i](h) + part
		}
		return all
	}
}

func (p *injectedPair) testPartsOfDetails() {
	tabs := []string{"summary", "all", "basic", "related", "only-me", "location", "device", "authentication", "conditional-access", "report-only", "additional", "events", "history", "raw"}
	fragment := func(target string) []string { return []string{"HX-Request", "true", "HX-Target", target} }
	for number, info := range store.SignIns.Logs {
		for _, record := range some(300, 10*number) {
			record %= len(p.hostile.main[info.Log])
			id := func(h *injectedHouse) string { return url.PathEscape(h.main[info.Log][record].ID) }
			log := "/logs/" + string(info.Log)
			for _, tab := range tabs {
				page := p.get("GA", addressOf(log+"/%?tab="+tab, id))
				switch {
				case tab == "summary" && page.Find(`[data-testid=comparison] tbody tr`).Length() < 20 && record%10 == 0:
					p.t.Errorf("%s: there is nothing to compare", page.what)
				case tab == "history" && page.Find(`#history tbody tr`).Length() < 2 && record%10 == 0:
					p.t.Errorf("%s: there is no history", page.what)
				}
			}
			p.get("RR", addressOf(log+"/%", id))
			p.get("RR", addressOf(log+"/%?tab=raw", id))
			p.get("GA", addressOf(log+"/%", id), fragment(paneTarget)...)
			p.get("GA", addressOf(log+"/%?tab=related", id), fragment(views.RelatedTarget)...)
			p.get("GA", addressOf(log+"/%?tab=summary", id), fragment(views.SummaryTarget)...)
			from := func(h *injectedHouse) string {
				return url.QueryEscape(log + "?app.not=" + text(record+3)(h) + "&resource.not=" + text(record+4)(h))
			}
			p.get("GA", addressOf(log+"/%?list=%", id, from))
			openID := func(h *injectedHouse) string { return url.QueryEscape(h.main[info.Log][record].ID) }
			if page := p.get("GA", addressOf(log+"?limit=5&open=%", openID)); page.Find(`#pane [data-testid=details]`).Length() != 1 {
				p.t.Errorf("%s: nothing is open beside the list", page.what)
			}
		}
	}
	p.testEvents()
}

// testEvents checks sign-ins with several events.
func (p *injectedPair) testEvents() {
	lines := p.get("GA", same("/logs/interactive?range=30d&anyerror=50074&limit=200"))
	found := 0
	for i := range lines.Find(`[data-testid=row] .when a:not(.expand)`).Length() {
		address := p.link(lines, `[data-testid=row] .when a:not(.expand)`, i)
		if lines.Find(`[data-testid=row]`).Eq(i).Find(".span").Length() == 0 || found == 3 && !soak {
			continue
		}
		page := p.get("GA", func(h *injectedHouse) string { return address(h) + "?tab=events" })
		if n := page.Find(`#events tbody tr`).Length(); n != 3 {
			p.t.Errorf("%s: %d events", page.what, n)
		}
		found++
	}
	if found < 3 {
		p.t.Errorf("%d sign-ins of several events", found)
	}
}

func (p *injectedPair) testFilters() {
	fields := []string{"user", "app", "resource", "city", "os", "browser", "policy", "method", "network", "reason", "identifier", "ca", "protocol", "devicename"}
	for i, n := range some(20, 3) {
		field, other := fields[i%len(fields)], fields[(i+1)%len(fields)]
		page := p.get("GA", addressOf("/logs/interactive?limit=2&"+field+"=%&"+field+"=%&"+other+".not=%&agent.has=%&reason.starts=%&session=%", text(n), text(n+1), text(n+2), text(n+3), text(n+4), text(n+5)))
		chips := page.Find(`[data-testid=chip]`).Text()
		for k := range 6 {
			if want := p.hostile.list[(n+k)%300].text; page.code == http.StatusOK && !shows(chips, want) {
				p.t.Errorf("%s: no chip tells %q: %q", page.what, want, chips)
			}
		}
		p.get("GA", addressOf("/logs/noninteractive?limit=2&"+field+"=%&panel=views", text(n)))
		p.testPicker(n)
		for _, target := range []string{"picker-options", "filter-panel"} {
			p.get("GA", addressOf("/logs/interactive?pick="+field+"&find=%&had=%&field="+field+"&value=%", text(n), text(n+1), text(n+2)), "HX-Request", "true", "HX-Target", target)
		}
		p.get("RR", addressOf("/logs/interactive?limit=2&app=%&panel=columns&cols=app,user&chart=table&wide=30d", text(n)))
	}
	for _, log := range store.SignIns.Logs {
		for i, f := range store.SignIns.Fields() {
			if f.AppliesTo(log) && f.Facetable() && (soak || i%4 == len(log.Log)%4) {
				p.get("GA", same("/logs/"+string(log.Log)+"?pick="+f.Name), "HX-Request", "true", "HX-Target", "filter-panel")
			}
		}
	}
}

// testPicker types a text and looks for the application of that name, unless its ID is too long for a condition.
func (p *injectedPair) testPicker(n int) {
	p.t.Helper()
	address, want := addressOf("/logs/interactive?limit=2&pick=app&find=%", text(n)), p.hostile.list[n].text
	picker := p.alone("GA", address)
	if len([]rune(want)) > 3 { // a single character may be in more or fewer texts than its twin
		picker = p.get("GA", address)
	}
	offered := slices.ContainsFunc(p.hostile.main[store.Interactive], func(s store.SignIn) bool {
		return s.AppDisplayName == want && len([]rune(s.AppID)) <= store.MaxValueLength && len([]rune(want)) <= store.MaxValueLength
	})
	if got := picker.Find(".option-text").Text(); offered && !shows(got, want) {
		p.t.Errorf("%s: the picker offers %q", picker.what, got)
	}
}

// testSearches searches for the texts themselves. They may find other things than harmless ones.
func (p *injectedPair) testSearches() {
	for i, n := range some(15, 2) {
		for _, asked := range []struct{ who, address, input string }{
			{"GA", "/search?range=30d&q=%", "q"},
			{"", "/errors?code=%", "code"},
			{"user", "/me?q=%", "q"},
			{"GA", "/settings/people?q=%", "q"},
			{"GA", []string{"/users?q=%", "/groups?q=%", "/apps?q=%"}[i%3], "q"},
			{"GA", "/groups/" + directoryID(1) + "?member=%", "member"},
		} {
			page := p.alone(asked.who, addressOf(asked.address, text(n)))
			got, want := page.Find("main input[name="+asked.input+"]").AttrOr("value", ""), strings.TrimSpace(p.hostile.list[n].text)
			if page.code == http.StatusOK && !shows(got, want) {
				p.t.Errorf("%s: the input holds %q, want %q", page.what, got, want)
			}
		}
		p.alone("RR", addressOf("/errors?code=50126+%", text(n)))
		p.alone("", addressOf("/signin?next=/%", text(n)))
	}
}

// testAddresses puts the texts into invalid parameters: the messages must show them as text.
func (p *injectedPair) testAddresses() {
	for i, address := range []string{
		"/logs/interactive?ip=%&range=%&limit=%&agg=%", "/logs/interactive?from=%&to=%", "/logs/interactive?%=%", "/logs/interactive?cols=%,%", "/logs/interactive?after=%",
		"/logs/interactive?pick=%&find=%", "/logs/interactive?pick=app&op=%", "/logs/interactive?field=%&op=%&value=%", "/logs/interactive?panel=%", "/logs/interactive?open=%",
		"/logs/noninteractive?agg=%&expand=%", "/logs/legacy?events=%&chart=%&follow=%", "/logs/%", "/logs/%/%", "/logs/interactive/%", "/logs/interactive/%?tab=%",
		"/logs/interactive/views/%", "/logs/interactive/views?%=%", "/logs/interactive/export.csv?ip=%", "/logs/interactive/follow?start=%&seen=%",
		"/logs/interactive?group=%", "/users/%", "/groups/%", "/apps/%", "/users?sort=%&state=%&inactive=%&type=%&kind=%&%=%", "/users/" + injectedPerson + "?range=%&%=%",
		"/errors/%", "/errors/50126?range=%&log=%&request=%&time=%", "/errors?class=%&family=%&%=%", "/me/%", "/me?status=%&kind=%&app=%&place=%&device=%&%=%", "/me/export.csv?range=%",
		"/protection/reported?state=%&after=%&%=%", "/import/%", "/import?before=%", "/settings/people/%", "/settings/people?%=%", "/signin?next=%", "/setup?%=%", "/%", "/search?range=%&q=%",
	} {
		who := "GA"
		if strings.HasPrefix(address, "/signin") {
			who = ""
		}
		for k := range map[bool]int{false: 1, true: 50}[soak] {
			var texts []func(*injectedHouse) string
			for n := range strings.Count(address, "%") {
				number := 29*i + 7*n + 131*k
				texts = append(texts, func(h *injectedHouse) string {
					return strings.ReplaceAll(text(number)(h), "+", "%20") // valid in a path too
				})
			}
			p.get(who, addressOf(address, texts...))
			p.get(who, addressOf(address, texts...), "HX-Request", "true")
		}
	}
	form := func(h *injectedHouse) url.Values { // once, because a password takes time
		return url.Values{"name": {h.list[27].text}, "password": {"wrong"}, "next": {"/logs/" + h.list[120].text}}
	}
	p.compare("sign in", p.hostile.post("", "/signin", form(p.hostile)), p.plain.post("", "/signin", form(p.plain)))
	for _, n := range some(100, 5) {
		form := func(h *injectedHouse) url.Values {
			return url.Values{"name": {h.list[n].text}, "upn": {h.list[n].text}, "userid": {h.list[n].text}, "role": {h.list[n].text}, "value": {h.list[n].text}, "zone": {h.list[n].text}, "do": {h.list[n].text}}
		}
		for _, address := range []string{"/settings/people/new", "/preferences", "/logs/interactive/columns", "/logs/interactive/views", "/import/run", "/reported/1", "/protection/triage", "/theme"} {
			p.compare("send to "+address, p.hostile.post("GA", address, form(p.hostile)), p.plain.post("GA", address, form(p.plain)))
		}
	}
}

func (p *injectedPair) testErrorCodes() {
	for _, who := range []string{"GA", "RR"} {
		for _, code := range []string{"50126", "53003"} {
			for _, log := range store.SignIns.Logs {
				page := p.get(who, same("/errors/"+code+"?log="+string(log.Log)))
				told := page.Find(`[data-testid=error-seen]`).Text()
				rows := page.Find(`[data-testid=error-row]`)
				for i := range rows.Length() {
					id := rows.Eq(i).AttrOr("data-id", "")
					n := slices.IndexFunc(p.hostile.main[log.Log], func(s store.SignIn) bool { return asRead(s.ID) == asRead(id) })
					if n < 0 {
						continue // a member of its group
					}
					s := &p.hostile.main[log.Log][n]
					if name := map[bool]string{true: s.UserDisplayName, false: s.ServicePrincipalName}[log.User]; !shows(told, name) {
						p.t.Errorf("%s does not tell %q", page.what, name)
					}
				}
				if rows.Length() == 0 {
					p.t.Errorf("%s lists no sign-in", page.what)
				}
			}
		}
	}
}
