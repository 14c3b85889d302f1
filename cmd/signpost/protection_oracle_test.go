package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
)

// Every number of the overview of Identity Protection equals a plain recount, and each list has as many rows as its number says:
// without exports about risk, and with them.
func TestProtectionAgreesWithRecount(t *testing.T) {
	t.Parallel()
	w := newProtectionWorld(t)
	cases := 10
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 200
	}
	w.checkCase(rand.New(rand.NewPCG(0, 22)), "without exports")
	r := rand.New(rand.NewPCG(22, 2))
	w.addDetections(r)
	w.addRiskyUsers(r)
	for n := range cases {
		w.checkCase(rand.New(rand.NewPCG(uint64(n), 22)), fmt.Sprint("case ", n))
		if t.Failed() {
			return
		}
	}
	w.checkLimited()
}

// protectionCase is one random address.
type protectionCase struct {
	insightsCase
	level string
}

func (w *protectionWorld) checkCase(r *rand.Rand, what string) {
	w.t.Helper()
	c := protectionCase{insightsCase: w.randomCase(r)}
	c.values = url.Values{"from": c.values["from"], "to": c.values["to"]}
	c.group, c.office = "", ""
	if c.level = pickOne(r, "", "", "low", "medium", "high"); c.level != "" {
		c.values.Set("level", c.level)
	}
	page := w.page("/protection", c.values)
	what += ": " + c.values.Encode()
	w.agree("numbers of "+what, w.wantedNumbers(c), metricsOf(page))
	w.checkProtectionDays(what, c, page)
	w.checkTechniques(what, c, page)
	w.checkPlaces(what, c, page)
	w.checkMonths(what, c, page)
	w.checkLists(what, r, page)
}

// outcomes counts sign-ins by what became of them, as the issue defines it.
func (w *protectionWorld) outcomes(level string, in store.Range) map[string]int {
	stopped := map[int64]bool{53003: true, 53004: true, 530032: true, 50074: true, 50076: true, 500121: true}
	n := map[string]int{"attacks": 0, "blocked": 0, "passed": 0, "notremediated": 0, "other": 0}
	for _, s := range w.signIns {
		atRisk := s.RiskLevelDuringSignIn == "low" || s.RiskLevelDuringSignIn == "medium" || s.RiskLevelDuringSignIn == "high"
		if !in.Contains(s.Time) || s.Log != store.Interactive && s.Log != store.NonInteractive || !atRisk || level != "" && s.RiskLevelDuringSignIn != level {
			continue
		}
		n["attacks"]++
		malicious := s.ErrorCode.N == 50053 && strings.Contains(strings.ToLower(s.FailureReason), "malicious")
		switch succeeded := s.ErrorCode.Set && s.ErrorCode.N == 0; {
		case !succeeded && (stopped[s.ErrorCode.N] || malicious):
			n["blocked"]++
		case succeeded && s.RiskState == "remediated":
			n["passed"]++
		case succeeded && s.RiskState == "atRisk":
			n["notremediated"]++
		default:
			n["other"]++
		}
	}
	return n
}

// risky gives the risky sign-ins of users.
func (w *protectionWorld) risky(level string, in store.Range) (list []*store.SignIn) {
	levels := []string{"low", "medium", "high"}
	for _, s := range w.signIns {
		byState := s.RiskState != "" && s.RiskState != "none" && s.RiskState != "hidden"
		isRisky := byState || slices.Contains(levels, s.RiskLevelDuringSignIn)
		if in.Contains(s.Time) && (s.Log == store.Interactive || s.Log == store.NonInteractive) && isRisky && (level == "" || s.RiskLevelDuringSignIn == level) {
			list = append(list, s)
		}
	}
	return list
}

// userNumbers counts the changes of risk in a range.
type userNumbers struct {
	protected, high map[string]bool
	self, admin     int
	took            []time.Duration
}

func (w *protectionWorld) users(in store.Range) userNumbers {
	n := userNumbers{protected: map[string]bool{}, high: map[string]bool{}}
	for user, list := range w.changes {
		var since time.Time
		for i, c := range list {
			var before madeChange
			if i > 0 {
				before = list[i-1]
			}
			open := func(c madeChange) bool { return c.State == "atRisk" || c.State == "confirmedCompromised" }
			bySelf := c.Detail == "userPerformedSecuredPasswordChange" || c.Detail == "userPassedMFADrivenByRiskBasedPolicy"
			ended := !open(c) && (open(before) || i == 0 && (c.State == "remediated" || c.State == "dismissed"))
			if in.Contains(c.At) {
				if before.State == "atRisk" && (c.State == "remediated" || c.State == "dismissed") {
					n.protected[user] = true
				}
				if c.Level == "high" && before.Level != "high" {
					n.high[user] = true
				}
				switch {
				case ended && bySelf:
					n.self++
					if !since.IsZero() {
						n.took = append(n.took, c.At.Sub(since))
					}
				case ended && strings.HasPrefix(c.Detail, "admin"):
					n.admin++
				}
			}
			switch {
			case !open(c):
				since = time.Time{}
			case since.IsZero():
				since = c.At
			}
		}
	}
	return n
}

// took gives the mean and the median in seconds, as texts.
func meanAndMedian(took []time.Duration) (mean, median string) {
	if len(took) == 0 {
		return "", ""
	}
	slices.Sort(took)
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	middle := took[len(took)/2]
	if len(took)%2 == 0 {
		middle = (took[len(took)/2-1] + took[len(took)/2]) / 2
	}
	return strconv.Itoa(int(sum / time.Duration(len(took)) / time.Second)), strconv.Itoa(int(middle / time.Second))
}

func (w *protectionWorld) wantedNumbers(c protectionCase) map[string]string {
	want := map[string]string{}
	for name, n := range w.outcomes(c.level, c.r) {
		want[name] = strconv.Itoa(n)
	}
	places, all := map[string]bool{}, w.risky(c.level, c.r)
	for _, s := range all {
		if place := s.City + "/" + s.CountryOrRegion; place != "/" {
			places[place] = true
		}
	}
	want["riskysignins"], want["places"] = strconv.Itoa(len(all)), strconv.Itoa(len(places))
	for _, name := range []string{"protected", "highrisk", "self", "admin", "mean", "median"} {
		want[name] = ""
	}
	if len(w.changes) > 0 {
		u := w.users(c.r)
		want["protected"], want["highrisk"], want["self"], want["admin"] = strconv.Itoa(len(u.protected)), strconv.Itoa(len(u.high)), strconv.Itoa(u.self), strconv.Itoa(u.admin)
		want["mean"], want["median"] = meanAndMedian(u.took)
	}
	return want
}

// checkProtectionDays recounts each part of the range. The parts lie side by side.
func (w *protectionWorld) checkProtectionDays(what string, c protectionCase, page *goquery.Document) {
	w.t.Helper()
	rows := page.Find(`[data-testid="days"] tbody tr`)
	if rows.Length() == 0 || rows.Length() > 64 {
		w.t.Errorf("%s has %d parts", what, rows.Length())
	}
	var edges []time.Time
	rows.Each(func(_ int, row *goquery.Selection) {
		at, err := time.Parse(time.RFC3339Nano, row.AttrOr("data-from", ""))
		if err != nil {
			w.t.Fatal(err)
		}
		edges = append(edges, at)
	})
	edges = append(edges, c.r.To)
	if !edges[0].Equal(c.r.From) || !slices.IsSortedFunc(edges, time.Time.Compare) {
		w.t.Errorf("%s: parts from %s to %s", what, edges[0], c.r.To)
	}
	rows.Each(func(i int, row *goquery.Selection) {
		in := store.Range{From: edges[i], To: edges[i+1]}
		want, got := map[string]string{}, map[string]string{}
		n := w.outcomes(c.level, in)
		delete(n, "attacks")
		for name, count := range n {
			want[name] = strconv.Itoa(count)
		}
		if len(w.changes) > 0 {
			u := w.users(in)
			want["protected"], want["highrisk"] = strconv.Itoa(len(u.protected)), strconv.Itoa(len(u.high))
		}
		row.Find("[data-name]").Each(func(_ int, cell *goquery.Selection) {
			got[cell.AttrOr("data-name", "")] = cell.AttrOr("data-value", "")
		})
		w.agree(fmt.Sprint("part ", in, " of ", what), want, got)
	})
}

var wantedTechniques = map[string]string{"anomalousToken": "T1539", "unfamiliarFeatures": "T1078", "nationStateIP": "T1078", "anonymizedIPAddress": "T1090"}

// checkTechniques recounts detections by technique; without detections the sign-ins at risk.
func (w *protectionWorld) checkTechniques(what string, c protectionCase, page *goquery.Document) {
	w.t.Helper()
	counts := map[string][2]int{}
	add := func(techniques []string, open bool) {
		seen := map[string]bool{}
		for _, id := range techniques {
			if n := counts[id]; !seen[id] {
				seen[id] = true
				n[0]++
				if open {
					n[1]++
				}
				counts[id] = n
			}
		}
	}
	ofType := func(kind string) string {
		if id := wantedTechniques[kind]; id != "" {
			return id
		}
		return "none"
	}
	for _, d := range w.detections {
		if !c.r.Contains(d.At) || c.level != "" && d.Level != c.level {
			continue
		}
		techniques := d.Techniques
		if len(techniques) == 0 {
			techniques = []string{ofType(d.Type)}
		}
		add(techniques, d.State == "atRisk" || d.State == "confirmedCompromised")
	}
	if len(w.detections) == 0 {
		for _, s := range w.signIns {
			atRisk := slices.Contains([]string{"low", "medium", "high"}, s.RiskLevelDuringSignIn) && (c.level == "" || s.RiskLevelDuringSignIn == c.level)
			if !c.r.Contains(s.Time) || s.Log != store.Interactive && s.Log != store.NonInteractive || !atRisk {
				continue
			}
			var techniques []string
			for _, kind := range s.RiskEventTypes {
				if id := ofType(kind); id != "none" {
					techniques = append(techniques, id)
				}
			}
			if len(techniques) == 0 {
				techniques = []string{"none"}
			}
			add(techniques, s.ErrorCode.Set && s.ErrorCode.N == 0 && s.RiskState == "atRisk")
		}
	}
	want, got := map[string]string{}, map[string]string{}
	for id, n := range counts {
		want[id] = fmt.Sprint(n[0], " ", n[1])
	}
	page.Find(`[data-testid="techniques"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		got[row.AttrOr("data-id", "")] = row.AttrOr("data-value", "") + " " + row.AttrOr("data-open", "")
	})
	w.agree("techniques of "+what, want, got)
}

// checkPlaces recounts risky sign-ins by place and by country.
func (w *protectionWorld) checkPlaces(what string, c protectionCase, page *goquery.Document) {
	w.t.Helper()
	places, countries := map[string]int{}, map[string]int{}
	for _, s := range w.risky(c.level, c.r) {
		if s.City+s.CountryOrRegion != "" {
			places[strings.ToLower(s.City+"/"+s.CountryOrRegion)]++
		}
		if s.CountryOrRegion != "" {
			countries[strings.ToLower(s.CountryOrRegion)]++
		}
	}
	gotPlaces, gotCountries := map[string]int{}, map[string]int{}
	page.Find(`[data-testid="places"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		gotPlaces[strings.ToLower(row.AttrOr("data-city", "")+"/"+row.AttrOr("data-country", ""))], _ = strconv.Atoi(row.AttrOr("data-value", ""))
	})
	page.Find(`[data-testid="countries"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		gotCountries[strings.ToLower(row.AttrOr("data-country", ""))], _ = strconv.Atoi(row.AttrOr("data-value", ""))
	})
	if len(places) > 40 || len(countries) > 20 {
		w.t.Fatalf("%d places and %d countries do not fit into the tables", len(places), len(countries))
	}
	w.agree("places of "+what, places, gotPlaces)
	w.agree("countries of "+what, countries, gotCountries)
	// The picture has the places of the table that can be drawn.
	titles := map[string]bool{}
	page.Find(".protection-map circle title").Each(func(_ int, title *goquery.Selection) { titles[title.Text()] = true })
	drawn := 0
	page.Find(`[data-testid="places"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		n, _ := strconv.Atoi(row.AttrOr("data-value", ""))
		name := strings.TrimSpace(row.Find("th").Text())
		for title := range titles {
			if place, count, _ := strings.Cut(title, ": "); strings.EqualFold(place, name) && strings.HasPrefix(count, strconv.Itoa(n)+" ") {
				drawn++
			}
		}
	})
	if drawn != len(titles) || len(places) > 5 && drawn == 0 {
		w.t.Errorf("%s: of %d circles %d are in the table of %d places", what, len(titles), drawn, len(places))
	}
}

// checkMonths recounts the months.
func (w *protectionWorld) checkMonths(what string, c protectionCase, page *goquery.Document) {
	w.t.Helper()
	rows := page.Find(`[data-testid="months"] tbody tr`)
	if len(w.changes) == 0 {
		if rows.Length() > 0 {
			w.t.Errorf("%s has months without any history", what)
		}
		return
	}
	if rows.Length() != 12 {
		w.t.Errorf("%s has %d months", what, rows.Length())
	}
	rows.Each(func(_ int, row *goquery.Selection) {
		from, err := time.Parse(time.RFC3339, row.AttrOr("data-from", ""))
		if err != nil || from.Day() != 1 {
			w.t.Fatalf("%s: a month from %s: %v", what, from, err)
		}
		in := store.Range{From: from, To: from.AddDate(0, 1, 0)}
		if in.To.After(c.r.To) {
			in.To = c.r.To
		}
		u := w.users(in)
		mean, median := meanAndMedian(u.took)
		want := fmt.Sprint(u.self, " ", mean, " ", median)
		got := fmt.Sprint(row.Find("[data-value]").AttrOr("data-value", ""), " ", row.AttrOr("data-mean", ""), " ", row.AttrOr("data-median", ""))
		w.agree(fmt.Sprint("month ", from, " of ", what), want, got)
	})
}

// linksFollowed is how many links of a page are followed in a short run.
const linksFollowed = 8

// checkLists follows the links of the numbers, and some of the links of tables. A list has as many rows as its number says.
func (w *protectionWorld) checkLists(what string, r *rand.Rand, page *goquery.Document) {
	w.t.Helper()
	type link struct{ name, address, n string }
	var links []link
	if address, ok := page.Find(`[data-name="riskysignins"] a`).Attr("href"); ok {
		at, err := url.Parse(address)
		if err != nil {
			w.t.Fatal(err)
		}
		said := page.Find(`[data-name="riskysignins"]`).AttrOr("data-value", "")
		if total := w.page(at.Path, at.Query()).Find(`p.total[data-value]`).First().AttrOr("data-value", ""); total != said {
			w.t.Errorf("%s: %s risky sign-ins, and %s in their list %s", what, said, total, address)
		}
	}
	page.Find(`[data-testid="metric"]`).Each(func(_ int, m *goquery.Selection) {
		name := m.AttrOr("data-name", "")
		if address, ok := m.Find("a").Attr("href"); ok && name != "mean" && name != "median" && strings.HasPrefix(address, "/protection?") {
			links = append(links, link{name, address, m.AttrOr("data-value", "")})
		} else if n := m.AttrOr("data-value", "0"); !ok && n != "0" && n != "" && name != "places" {
			w.t.Errorf("%s: the number %s has no list", what, name)
		}
	})
	for _, table := range []string{"days", "techniques", "places", "countries", "months"} {
		cells := page.Find(`[data-testid="` + table + `"] td a`)
		for range min(2, cells.Length()) {
			cell := cells.Eq(r.IntN(cells.Length()))
			links = append(links, link{table, cell.AttrOr("href", ""), strings.ReplaceAll(cell.Text(), ",", "")})
		}
	}
	if os.Getenv("SIGNPOST_SOAK") == "" { // each costs some pages
		r.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
		links = links[:min(len(links), linksFollowed)]
	}
	for _, l := range links {
		if rows := w.rowsOf(l.address); rows != l.n {
			w.t.Errorf("%s: %s says %s, its list %s has %s", what, l.name, l.n, l.address, rows)
		}
	}
}

// rowsOf counts the rows of all pages of a list. Each page says the number of all.
func (w *protectionWorld) rowsOf(address string) string {
	w.t.Helper()
	rows, total := map[string]bool{}, ""
	for n := 0; address != "" && n < 50; n++ {
		at, err := url.Parse(address)
		if err != nil {
			w.t.Fatal(err)
		}
		page := w.page(at.Path, at.Query())
		if said := page.Find(`[data-testid="total"]`).AttrOr("data-value", ""); n > 0 && said != total {
			return "totals " + total + " and " + said
		} else {
			total = said
		}
		page.Find(`[data-testid="row"]`).Each(func(_ int, row *goquery.Selection) {
			rows[row.AttrOr("data-id", "")+" "+row.Find("time").AttrOr("datetime", "")+" "+row.AttrOr("data-log", "")] = true
		})
		address = page.Find(`[data-testid="next"]`).AttrOr("href", "")
	}
	if got := strconv.Itoa(len(rows)); got != total {
		return got + " rows and the total " + total
	}
	return total
}

// checkLimited counts for somebody who is limited to some applications: their sign-ins, and no users.
func (w *protectionWorld) checkLimited() {
	w.t.Helper()
	full, all := w.client, w.signIns
	defer func() { w.client, w.signIns = full, all }()
	w.client = w.limited
	var apps []string
	for id := range w.apps {
		apps = append(apps, id)
	}
	slices.Sort(apps)
	w.signIns = slices.DeleteFunc(slices.Clone(all), func(s *store.SignIn) bool { return !slices.Contains(apps[:limitedApps], strings.ToLower(s.AppID)) })
	c := protectionCase{insightsCase: insightsCase{values: url.Values{"range": {"30d"}}, r: store.Range{From: w.until.Add(-30 * 24 * time.Hour), To: w.until}}}
	page := w.page("/protection", c.values)
	changes := w.changes
	w.changes = nil
	w.agree("numbers of somebody limited", w.wantedNumbers(c), metricsOf(page))
	w.changes = changes
	if n := page.Find(`[data-name="attacks"]`).AttrOr("data-value", ""); n == "0" || n == "" {
		w.t.Errorf("somebody limited sees %q sign-ins at risk, which tests nothing", n)
	}
	if text := page.Find(`[data-testid="told"]`).Text(); !strings.Contains(text, "No risky users are stored that you may see") && !strings.Contains(text, "No risk detections and no risky users") {
		w.t.Errorf("somebody limited is told %q", text)
	}
}
