package main

import (
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/web/ask"
)

// insightPages are the addresses of every list of every report, over a range.
func (w *insightsWorld) insightPages(r *rand.Rand, v url.Values) (pages []*url.URL) {
	add := func(report *ask.Insight, path string, more ...string) {
		for _, list := range report.Lists {
			q := url.Values{}
			for param, values := range v {
				q[param] = values
			}
			for i := 0; i < len(more); i += 2 {
				q.Set(more[i], more[i+1])
			}
			if report.Tab != "" {
				q.Set("tab", report.Tab)
			}
			if list.Name != "" {
				q.Set("list", list.Name)
			}
			pages = append(pages, &url.URL{Path: path, RawQuery: q.Encode()})
		}
	}
	s := w.signIns[r.IntN(len(w.signIns))]
	for s.AppID == "" || s.TokenIssuerType != "" && strings.HasPrefix(s.TokenIssuerType, "ADFederationServices") {
		s = w.signIns[r.IntN(len(w.signIns))]
	}
	for _, report := range ask.Insights() {
		path := "/insights/" + report.Name
		switch {
		case report == ask.Removal:
			for kind, value := range map[string]string{"app": s.AppID, "resource": s.ResourceID, "country": s.CountryOrRegion, "client": "IMAP4", "credential": s.ServicePrincipalCredentialKeyID} {
				if value != "" {
					add(report, path, "kind", kind, "value", value)
				}
			}
		case report.AllTabs() != nil:
			for _, tab := range report.AllTabs() {
				add(tab, path)
			}
		default:
			add(report, path)
		}
		for _, inner := range report.Inner() {
			add(inner, path+"/"+url.PathEscape(strings.ToLower(s.AppID)))
		}
	}
	return pages
}

// linkedNumber is a number of a page that leads to a list.
type linkedNumber struct{ what, n, address string }

var digits = regexp.MustCompile(`^[0-9]+$`)

// linkedNumbers finds the counts of a page that lead to a list, each with the number that the list must have.
func linkedNumbers(page *goquery.Document) (list []linkedNumber) {
	add := func(what, n, address string) {
		u, err := url.Parse(address)
		if err != nil || !digits.MatchString(n) || address == "" {
			return
		}
		if isLog := strings.HasPrefix(u.Path, "/logs/") && strings.Count(u.Path, "/") == 2; isLog || strings.HasPrefix(u.Path, "/insights/") {
			list = append(list, linkedNumber{what, n, address})
		}
	}
	isRate := func(link *goquery.Selection) bool { return strings.Contains(link.Text(), "%") }
	page.Find(`[data-testid="metric"]`).Each(func(_ int, m *goquery.Selection) {
		if link := m.Find("dd > a"); !isRate(link) {
			add(m.AttrOr("data-name", ""), m.AttrOr("data-value", ""), link.AttrOr("href", ""))
		}
	})
	page.Find(`[data-testid="row"] td[data-value]`).Each(func(_ int, cell *goquery.Selection) {
		what, n, link := cell.AttrOr("data-name", ""), cell.AttrOr("data-value", ""), cell.ChildrenFiltered("a")
		if what == "toperror" {
			n = strings.ReplaceAll(strings.TrimSuffix(cell.Find(".entity-note").First().Text(), " failed"), ",", "")
		}
		if !isRate(link) {
			add(what, n, link.AttrOr("href", ""))
		}
	})
	page.Find(`.card li`).Each(func(_ int, line *goquery.Selection) {
		name := line.ParentsFiltered("[data-card]").AttrOr("data-card", "")
		line.Find(".card-number[data-value]").Each(func(_ int, number *goquery.Selection) {
			add("card "+name, number.AttrOr("data-value", ""), number.Find("a").AttrOr("href", ""))
			if _, isShare := number.Attr("data-of"); isShare && line.AttrOr("data-id", "") == "" {
				add("card "+name, number.AttrOr("data-value", ""), line.ChildrenFiltered("a").AttrOr("href", ""))
			}
		})
	})
	page.Find(`[data-testid="bars"] tr`).Each(func(_ int, bar *goquery.Selection) {
		add("bar "+bar.Find("th").Text(), bar.AttrOr("data-count", ""), bar.Find("a").AttrOr("href", ""))
	})
	return list
}

// Each count of each report that leads to a list leads to one with as many rows, also for somebody who is limited to a scope. Each
// picture says what its table says, and each document has the rows of its page.
func TestNumbersOfReportsLeadToTheirLists(t *testing.T) {
	t.Parallel()
	w := newInsightsWorld(t)
	rounds, each, some := 1, 3, 12
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rounds, each, some = 10, 1000, 1000
	}
	kinds, pictures := map[string]int{}, map[string]int{}
	for _, client := range []string{"reader", "limited"} {
		if client == "limited" {
			w.client = w.limited
		} else {
			w.checkDocuments()
		}
		for n := range rounds {
			r := rand.New(rand.NewPCG(uint64(n), 8))
			c := w.randomCase(r)
			if client == "limited" { // whoever is limited knows no group or department
				c.values.Del("group")
				c.values.Del("department")
			}
			pages := w.insightPages(r, c.values)
			r.Shuffle(len(pages), func(i, j int) { pages[i], pages[j] = pages[j], pages[i] })
			for _, address := range pages[:min(some, len(pages))] {
				page, status := w.look(address)
				if status == 404 && client == "limited" {
					continue // an application outside of the scope
				}
				if status != 200 {
					t.Errorf("%s: status %d", address, status)
					continue
				}
				w.checkPictures(address, page, pictures)
				list := linkedNumbers(page)
				r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				for _, number := range list[:min(each, len(list))] {
					linked, err := url.Parse(number.address)
					if err != nil {
						t.Fatal(err)
					}
					kinds[number.what]++
					of, status := w.look(linked)
					if total := of.Find(`[data-testid="total"]`).AttrOr("data-value", ""); total != number.n || status != 200 {
						t.Errorf("%s, %s: %s is %s, and %s has %s rows, status %d", client, address, number.what, number.n, number.address, total, status)
					}
				}
			}
		}
	}
	if len(kinds) < 6 || len(pictures) < 3 || some > 12 && (len(kinds) < 20 || len(pictures) < 6) {
		t.Errorf("only these numbers led to lists: %v; only these reports had pictures: %v", kinds, pictures)
	}
}

// checkDocuments compares documents of reports with their pages: each row of a list is there once, in its order.
func (w *insightsWorld) checkDocuments() {
	w.t.Helper()
	long := 0
	for _, address := range []string{
		"applications?", "applications?list=never", "applications?list=never&microsoft=no", "principals?", "credentials?", "credentials?list=unused", "adfs?", "adfs?list=checks",
		"authentication?tab=registration", "authentication?tab=events", "authentication?tab=usage&list=prompted",
	} {
		path, query, _ := strings.Cut(address, "?")
		ids := func(path, limit string) (ids []string, total int) {
			page, status := w.look(&url.URL{Path: "/insights/" + path, RawQuery: query + "&range=30d&limit=" + limit})
			if status != 200 {
				w.t.Errorf("%s: status %d", path, status)
			}
			page.Find(`[data-testid="row"]`).Each(func(_ int, row *goquery.Selection) { ids = append(ids, row.AttrOr("data-id", "")) })
			total, _ = strconv.Atoi(page.Find(`[data-testid="total"]`).AttrOr("data-value", ""))
			return ids, total
		}
		shown, total := ids(path, "200")
		if got, all := ids(path+".html", "10"); all != total || len(shown) == total && !slices.Equal(got, shown) || len(got) != total {
			w.t.Errorf("%s: its document has %d rows of %d, the page %d of %d", address, len(got), all, len(shown), total)
		}
		if total > 25 {
			long++
		}
	}
	if long < 4 {
		w.t.Errorf("only %d lists go beyond a page", long)
	}
}

// look opens a page.
func (w *insightsWorld) look(u *url.URL) (*goquery.Document, int) {
	w.t.Helper()
	response, err := w.client.Get(w.base + u.String())
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return page, response.StatusCode
}

// checkPictures compares the pictures of a page with their numbers.
func (w *insightsWorld) checkPictures(address *url.URL, page *goquery.Document, found map[string]int) {
	w.t.Helper()
	name := page.Find(`[data-testid="report"]`).AttrOr("data-report", "")
	if page.Find(`[data-testid="histogram"]`).Length() > 0 {
		w.checkBarsAndTable(address.String(), page)
		found[name]++
	}
	most := 0
	page.Find(`[data-testid="bars"] tr`).Each(func(_ int, bar *goquery.Selection) {
		n, _ := strconv.Atoi(bar.AttrOr("data-count", ""))
		most = max(most, n)
	})
	page.Find(`[data-testid="bars"] tr`).Each(func(_ int, bar *goquery.Selection) {
		found[name]++
		n, _ := strconv.Atoi(bar.AttrOr("data-count", ""))
		text := strings.ReplaceAll(strings.TrimSpace(bar.Find("td.number").Text()), ",", "")
		width := "0"
		if n > 0 {
			width = strconv.Itoa(max(100*n/most, 1)) + "%"
		}
		if drawn := bar.Find("rect").AttrOr("width", ""); drawn != width || text != strconv.Itoa(n) {
			w.t.Errorf("%s: the bar %s of %d says %s and is %s wide, want %s", address, bar.Find("th").Text(), n, text, drawn, width)
		}
	})
	page.Find(`svg.spark`).Each(func(_ int, spark *goquery.Selection) {
		said := spark.AttrOr("aria-label", "")
		drawn := strings.Count(spark.Find("path").AttrOr("d", ""), "M")
		if said != "No sign-ins" && !strings.HasSuffix(said, " of which "+strconv.Itoa(drawn)+" have any") || said == "No sign-ins" && drawn > 0 {
			w.t.Errorf("%s: a trend has %d bars and says %q", address, drawn, said)
		}
	})
}
