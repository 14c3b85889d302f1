//go:build e2e

package e2e

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/playwright-community/playwright-go"
	"golang.org/x/net/html"
)

// notByLink are the pages that no link leads to, with the address that is opened instead; those without one are left out.
var notByLink = map[string]string{
	"/healthz":               "/healthz",                // for whoever runs the portal
	"/readyz":                "/readyz",                 // the same
	"/signin":                "/signin",                 // signed in, it leads on
	"/progress":              "/progress",               // a part of a page, while the demo is loading
	"/settings":              "/settings",               // leads to the first of its pages
	"/reported":              "/reported",               // the former address of /protection/reported
	"/reported/:report":      "/reported/1",             // where a form is sent; read, it leads to the queue
	"/protection/triage":     "/protection/triage",      // where a form is sent; read, it leads to the overview
	"/import/run":            "/import/run",             // there while an import is, and after it
	"/import/explain":        "",                        // there for whoever sent files to be explained
	"/import/map":            "",                        // the same of a file of no known format
	"/import/mappings/:id":   "",                        // there once a file was mapped
	"/import/:id/rejected":   "",                        // a file, there for an import that rejected records
	"/logs/:log/views":       "/logs/interactive/views", // where a form is sent; read, it leads to the list
	"/settings/watches/:id":  "",                        // there once somebody watches or sends something
	"/help/backup":           "/help/backup",            // everybody may read it; it is linked for those who import
	"/static/widths/:widths": "",                        // a style sheet, there for whoever chose widths
	"/setup":                 "",                        // not there once there is an administrator
}

// crawl follows every link, and every form that asks for a page, that leads to another kind of page, as one person.
type crawl struct {
	t     *testing.T
	v     *visit // pages in the window
	w     *watch // of the window
	p     *plain // every page
	cells []routeCell
	queue []string
	known map[string]bool // kinds of addresses
	// elements are those that pages of all crawls were made of; opened is how many pages the window showed.
	elements *sync.Map
	opened   int
	// everyLog tells the logs apart, which takes five times as long.
	everyLog bool
}

// pattern gives the route of a path; of two that match, the one with more that is fixed.
func (c *crawl) pattern(path string) string {
	best, most := "", -1
	parts := strings.Split(path, "/")
	for _, cell := range c.cells {
		pattern := strings.Split(cell.pattern, "/")
		if under, all := strings.CutSuffix(cell.pattern, "*"); all && strings.HasPrefix(path, under) {
			return cell.pattern
		}
		if len(pattern) != len(parts) {
			continue
		}
		fixed := 0
		for i, part := range pattern {
			switch {
			case part == parts[i]:
				fixed++
			case !strings.HasPrefix(part, ":"):
				fixed = -len(pattern)
			}
		}
		if fixed >= 0 && fixed > most {
			best, most = cell.pattern, fixed
		}
	}
	return best
}

// listParams are the parameters of a list that are no fields to filter by.
var listParams = []string{
	"agg", "cols", "after", "before", "limit", "events", "expand", "members", "chart", "follow", "panel", "pick", "find", "open",
}

// rangeParams say what time a page is about: a page of another time is the same page.
var rangeParams = []string{"range", "from", "to", "wide", "time"}

// kind is what an address is known by: its route, which log it is of where that matters, the section that it asks for, and the
// names of its parameters, of which one field of a log is like another. ok is false for addresses with several things at once,
// which would be without end: each of them alone is looked at.
func (c *crawl) kind(u *url.URL) (kind string, ok bool) {
	pattern, most := c.pattern(u.Path), 2
	switch {
	case !isPage(u.Path):
		return pattern, true
	case pattern == "/logs/:log":
		most = 1
	}
	names := map[string]bool{}
	for name, values := range u.Query() {
		switch {
		case slices.Contains(rangeParams, name):
			continue
		case name == "tab" || name == "kind":
			name += "=" + values[0]
		case pattern == "/logs/:log" && !slices.Contains(listParams, name):
			name = "FIELD"
		}
		names[name] = true
	}
	kind = pattern + "?" + strings.Join(slices.Sorted(maps.Keys(names)), "&")
	if log := strings.Split(u.Path, "/"); strings.HasPrefix(pattern, "/logs/:log") && c.everyLog {
		kind = log[2] + " " + kind
	}
	return kind, len(names) <= most
}

// isPage says that what is at a path is a page for a browser: no file, and nothing for a program or for a part of a page.
func isPage(path string) bool {
	return !strings.Contains(path, "/export.") && !strings.HasSuffix(path, ".zip") && !strings.HasSuffix(path, ".csv") && !strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, ".html") && !strings.HasSuffix(path, "/rejected") && path != "/healthz" && path != "/readyz" && path != "/progress"
}

func (c *crawl) meet(address string) {
	u, err := url.Parse(address)
	if err != nil {
		c.t.Errorf("a link to %q: %v", address, err)
		return
	}
	u.Fragment = ""
	if u.Scheme+"://"+u.Host != c.w.base {
		return
	}
	kind, ok := c.kind(u)
	if c.known[kind] || !ok {
		return
	}
	c.known[kind] = true
	c.queue = append(c.queue, u.String())
}

// look asks for a page and notes its links. A page that is made of what no page of any crawl was made of is opened in the
// window: what scripts and the policy make of the others is known.
func (c *crawl) look(address string) {
	c.t.Helper()
	u, _ := url.Parse(address)
	c.w.met(u.EscapedPath())
	if status := c.p.goTo(address); status >= 400 || status != 200 && !isPage(u.Path) {
		c.t.Errorf("a link leads to %s, which answers %d", address, status)
	}
	if !isPage(u.Path) {
		return
	}
	for _, link := range c.p.links() {
		c.meet(link)
	}
	if isNew := c.isNew(c.p.page); isNew || u.Query().Has("follow") { // scripts alone open the stream of a followed log
		c.open(address)
	}
}

// isNew says that a page has an element that no page before had: its tag, classes and attributes are others, or it is elsewhere.
func (c *crawl) isNew(page *goquery.Document) (isNew bool) {
	var walk func(n *html.Node, path string)
	walk = func(n *html.Node, path string) {
		if n.Type == html.ElementNode {
			names := []string{n.Data}
			for _, a := range n.Attr {
				if a.Key == "class" || a.Key == "role" || a.Key == "type" || strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-get" {
					names = append(names, a.Key+"="+a.Val)
				} else {
					names = append(names, a.Key)
				}
			}
			slices.Sort(names[1:])
			path += "/" + strings.Join(names, " ")
			if _, met := c.elements.LoadOrStore(path, true); !met {
				isNew = true
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, path)
		}
	}
	for _, n := range page.Nodes {
		walk(n, "")
	}
	return isNew
}

// open opens a page in the window, waits for what it asks for by itself, and notes its links.
func (c *crawl) open(address string) {
	c.t.Helper()
	c.opened++
	response, err := c.v.page.Goto(address)
	c.v.must(err)
	if response.Status() >= 400 {
		c.t.Errorf("%s answers the window %d", address, response.Status())
	}
	found, err := c.v.page.Evaluate(`async () => {
		for (let n = 0; document.querySelector('.htmx-request') && n < 500; n++) await new Promise((go) => setTimeout(go, 10));
		const asks = (b) => b.form?.method === 'get' && b.type === 'submit' && b.form.checkValidity();
		const asked = (b) => b.form.action.split('?')[0] + '?' + new URLSearchParams(new FormData(b.form, b));
		return [
			...[...document.querySelectorAll('a[href]')].map((a) => new URL(a.getAttribute('href'), location.href).href),
			...[...document.querySelectorAll('button')].filter(asks).map(asked),
		];
	}`)
	c.v.must(err)
	for _, link := range found.([]any) {
		c.meet(link.(string))
	}
	for _, trouble := range c.w.take() {
		c.t.Errorf("at %s: %s", address, trouble)
	}
}

// Every page that somebody can come to by links keeps to its policy and makes no error, and these are all there are.
func TestCrawl(t *testing.T) {
	t.Parallel()
	base, elements := serveForCrawl(t), &sync.Map{}
	for column := range crawlers {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			page, w := openWatched(t, base)
			c := &crawl{
				t: t, v: &visit{t: t, page: page, base: base}, w: w, p: openPlain(t, base), cells: readMatrix(t), known: map[string]bool{}, elements: elements,
				everyLog: column == "GA",
			}
			c.v.signIn("crawler " + column)
			c.p.as("crawler " + column)
			c.meet(base + "/")
			for len(c.queue) > 0 {
				next := c.queue[0]
				c.queue = c.queue[1:]
				c.look(next)
			}
			for _, cell := range c.cells {
				address, byHand := notByLink[cell.pattern]
				if byHand && address != "" && cell.allowed[column] {
					c.look(base + address)
				}
			}
			c.missing(column)
			t.Logf("%d kinds of addresses, %d pages opened in the window", len(c.known), c.opened)
		})
	}
	t.Run("injections", func(t *testing.T) {
		t.Parallel()
		testInjectionsRun(t, base)
	})
}

// missing fails for every page that may be opened and was not.
func (c *crawl) missing(column string) {
	visited := map[string]bool{}
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	for path := range c.w.asked {
		visited[c.pattern(path)] = true
	}
	for _, cell := range c.cells {
		if address, byHand := notByLink[cell.pattern]; cell.allowed[column] && !visited[cell.pattern] && (!byHand || address != "") {
			c.t.Errorf("%s was not visited: no link of %s leads to it", cell.pattern, column)
		}
		if !cell.allowed[column] && visited[cell.pattern] {
			c.t.Errorf("a link of %s leads to %s, which is not for them", column, cell.pattern)
		}
	}
}

// testInjectionsRun does with the texts what scripts do: the menu of a value, the details beside the list, the values that
// follow what is typed. None of them runs, and each is shown.
func testInjectionsRun(t *testing.T, base string) {
	page, w := openWatched(t, base)
	v := &visit{t: t, page: page}
	v.signIn("crawler GA")
	v.goTo("/logs/interactive?limit=25&correlation.empty=no&user.has=c4a31000-1111&cols=user,app,resource,ip,location,os,browser,agent,devicename,reason,client,correlation,status.additionalDetails")
	found, err := page.Evaluate(`() => {
		const wrong = [];
		let opened = 0;
		for (const cell of document.querySelectorAll('tr[data-testid=row] > td')) {
			const shown = (cell.querySelector('time, span') ?? cell).textContent.trim();
			cell.dispatchEvent(new CustomEvent('value-menu', { bubbles: true }));
			const panel = document.querySelector('.value-panel');
			if (!panel) { wrong.push('no menu of ' + shown); continue; }
			opened += 1;
			const odd = [...panel.querySelectorAll('*')].filter((e) => !['P', 'B', 'A', 'BUTTON', 'SPAN', 'DIV', 'svg', 'path', 'use'].includes(e.tagName));
			if (odd.length > 0) wrong.push('the menu of ' + shown + ' holds ' + odd.map((e) => e.outerHTML));
			if (shown !== '-' && !panel.textContent.includes(shown)) wrong.push('the menu of ' + shown + ' says ' + panel.textContent);
			for (const link of panel.querySelectorAll('a')) if (link.origin !== location.origin) wrong.push('the menu of ' + shown + ' leads to ' + link.href);
			document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
		}
		return [String(opened), ...wrong];
	}`)
	v.must(err)
	answers := found.([]any)
	if len(answers[0].(string)) < 3 {
		t.Errorf("%v menus were opened", answers[0])
	}
	for _, wrong := range answers[1:min(len(answers), 10)] {
		t.Error(wrong)
	}
	rows := v.hook("row")
	for i := range 6 {
		row := rows.Nth(i * 4)
		want := strings.TrimSpace(text(v, row.Locator("td").Nth(1).Locator("span")))
		v.must(row.Locator(".when a:not(.expand)").Click())
		v.must(page.Locator(`#pane [data-testid=details][data-id="` + v.attribute(row, "data-id") + `"]`).WaitFor())
		if title := text(v, page.Locator("#pane .title")); !strings.Contains(title, want) {
			t.Errorf("the details are headed %q, want %q in it", title, want)
		}
	}
	texts := injections(t)
	for i := range 4 {
		v.goTo("/logs/interactive?range=24h&pick=city")
		typed := texts[(i*61+1)%len(texts)]
		v.must(page.Locator("input[name=find]").Fill(typed))
		option := page.Locator("#picker-options .option-text").Filter(playwright.LocatorFilterOptions{HasText: typed})
		v.must(option.First().WaitFor())
	}
	for _, trouble := range w.take() {
		t.Error(trouble)
	}
}

func text(v *visit, l playwright.Locator) string {
	v.t.Helper()
	text, err := l.First().TextContent()
	v.must(err)
	return text
}
