package web

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/store"
	"signpost/views"
)

// soak tries every text on every page that needs a page for each text; else some are tried.
var soak = os.Getenv("SIGNPOST_SOAK") != ""

// some gives every nth number below the number of texts. With soak it gives thirty times as many. That is all of them, except
// for parts with many pages for each text.
func some(nth, from int) (numbers []int) {
	if soak {
		nth = max(nth/30, 1)
		from %= nth
	}
	for i := from; i < 300; i += nth {
		numbers = append(numbers, i)
	}
	return numbers
}

// Whatever a record, a directory, a file's name or a form holds is text on every page that shows it.
func TestInjectionsAreText(t *testing.T) {
	t.Parallel()
	pair, run := newInjectedPair(t), 0
	parts := []struct {
		name string
		test func(*injectedPair)
	}{
		{"the importer keeps it", (*injectedPair).testImport},
		{"lists", (*injectedPair).testLists},
		{"details", (*injectedPair).testDetails},
		{"parts of details", (*injectedPair).testPartsOfDetails},
		{"filters", (*injectedPair).testFilters},
		{"searches", (*injectedPair).testSearches},
		{"addresses", (*injectedPair).testAddresses},
		{"error codes", (*injectedPair).testErrorCodes},
		{"the directory", (*injectedPair).testDirectory},
		{"one's own", (*injectedPair).testOwn},
		{"reports", (*injectedPair).testReports},
		{"imports", (*injectedPair).testImports},
		{"people", (*injectedPair).testPeople},
		{"saved views", (*injectedPair).testSavedViews},
		{"downloads", (*injectedPair).testDownloads},
		{"roles", (*injectedPair).testRoles},
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			run++
			part.test(pair.on(t))
		})
	}
	for element, what := range pair.seen {
		if !pair.known[element] && run == len(parts) { // one part alone does not know all elements
			t.Errorf("%s: %s is on no page of harmless texts", what, element)
		}
	}
}

// Every text of a single-valued field comes through the importer unchanged.
func (p *injectedPair) testImport() {
	for number, info := range store.SignIns.Logs {
		d := newDealer(p.hostile.list)
		for record, s := range p.hostile.main[info.Log] {
			d.record = record
			azureMonitorRecord(d, info.Log, p.hostile.mainTime(number, record), 0, keysOf(d).with("id", d.literal("id"))) // deals the same texts in order
			for _, property := range store.SignIns.Properties {
				if property.Text == nil || property == store.StatedStatus || property == store.TenantID {
					continue // one of three words, and the value of the envelope
				}
				got, want := *property.Text(&s), d.dealt(property.Name).text
				if property == store.ResourceID && strings.HasPrefix(want, "/") {
					want = "" // the path of an Azure resource
				}
				if got != want {
					p.t.Errorf("%s, record %d, %s: got %q, want %q", info.Log, record, property.Name, got, want)
				}
			}
		}
	}
}

// columnProperties are all columns that a list can have, in parts of at most so many.
func columnProperties(most int) (parts [][]*store.Property) {
	var all []*store.Property
	for _, p := range store.SignIns.Properties {
		if column, ok := store.SignIns.Column(p.Name); ok && column == p {
			all = append(all, p)
		}
	}
	for part := range slices.Chunk(all, most) {
		parts = append(parts, part)
	}
	return parts
}

func (p *injectedPair) testLists() {
	for _, list := range []string{"interactive", "legacy"} {
		for _, columns := range columnProperties(40) {
			names := make([]string, len(columns))
			for i, c := range columns {
				names[i] = c.Name
			}
			address, rows := same("/logs/"+list+"?limit=150&cols="+url.QueryEscape(strings.Join(names, ","))), 0
			for address(p.hostile) != "" {
				page := p.get("GA", address)
				rows += p.checkCells(page, columns, list == "legacy")
				if address = p.link(page, `[data-testid=next]`, 0); list == "legacy" && !soak {
					break // the other list has shown all of them
				}
			}
			if rows != len(p.hostile.list) && (list == "interactive" || soak) {
				p.t.Errorf("%s: %d rows, want %d", list, rows, len(p.hostile.list))
			}
		}
	}
	for _, who := range []string{"GA", "RR"} {
		for _, list := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy"} {
			first := p.get(who, same("/logs/"+list+"?limit=50"))
			if next := p.link(first, `[data-testid=next]`, 0); next(p.hostile) != "" {
				p.get(who, next)
			}
			for i := range min(first.Find(`[data-testid=expand]`).Length(), 2) {
				link := p.link(first, `[data-testid=expand]`, i)
				if n := p.get(who, link).Find(`[data-testid=member]`).Length(); n < 2 {
					p.t.Errorf("%s: %d members", link(p.hostile), n)
				}
				p.get(who, link, "HX-Request", "true")
			}
		}
	}
}

// checkCells looks for each text in its cell, and gives the number of rows that it checked.
func (p *injectedPair) checkCells(page page, columns []*store.Property, legacy bool) (rows int) {
	p.t.Helper()
	signIns := p.hostile.main[store.Interactive]
	byID := map[string]*store.SignIn{}
	for i := range signIns {
		byID[asRead(signIns[i].ID)] = &signIns[i]
	}
	page.Find(`[data-testid=row]`).Each(func(_ int, row *goquery.Selection) {
		s := byID[asRead(row.AttrOr("data-id", ""))]
		if s == nil {
			p.t.Errorf("%s: a row has the id %q", page.what, row.AttrOr("data-id", ""))
			return
		}
		rows++
		cells := row.Find("td")
		for i, column := range columns {
			if column.Text == nil || column == store.StatedStatus || *column.Text(s) == "" || legacy && column == store.AuthenticationRequirement {
				continue // a badge, an empty cell, and a yes or no
			}
			cell := cells.Eq(i + 1)
			text := cell.Text() + "\x1e" + cell.Find("[title]").AttrOr("title", "")
			if !showsProperty(text, column, s) {
				p.t.Errorf("%s: %s of %q: the cell reads %q, want %q", page.what, column.Name, s.ID, text, *column.Text(s))
			}
		}
	})
	return rows
}

// showsProperty looks for a property's text. It ignores letter case in an object ID, because the store does not keep it.
func showsProperty(in string, property *store.Property, s *store.SignIn) bool {
	text := *property.Text(s)
	if property.Fallback != nil {
		in = store.FoldCase(in)
		return shows(in, store.FoldCase(text)) || strings.Contains(asRead(in), store.FoldCase(asShown(text)))
	}
	return shows(in, text)
}

func (p *injectedPair) testDetails() {
	for number, info := range store.SignIns.Logs {
		for _, record := range some(90, number) {
			record %= len(p.hostile.main[info.Log])
			address := func(h *injectedHouse) string { return views.DetailsURL(info.Log, h.main[info.Log][record].ID) }
			page := p.get("GA", address)
			p.checkFacts(page, &p.hostile.main[info.Log][record])
			p.checkLists(page, record, info.Log)
		}
	}
}

// checkFacts looks for each text of a single-valued field next to its label.
func (p *injectedPair) checkFacts(page page, s *store.SignIn) {
	p.t.Helper()
	facts := map[string]string{}
	page.Find("section.section dt").Each(func(_ int, dt *goquery.Selection) {
		facts[dt.Text()] += dt.Next().Text() + "\x1e"
	})
	info, _ := store.SignIns.Log(s.Log)
	for _, property := range store.SignIns.Properties {
		if property.Text == nil || property == store.StatedStatus || !property.AppliesTo(info) || *property.Text(s) == "" {
			continue
		}
		text, there := facts[property.Label]
		if !there && !info.User {
			continue // the logs without a user show less
		}
		if property == store.IncomingTokenType {
			continue // several values with commas between, shown so
		}
		if !showsProperty(text, property, s) {
			p.t.Errorf("%s: %s reads %q, want %q", page.what, property.Label, text, *property.Text(s))
		}
	}
}

// checkLists looks for the texts of the lists and of unknown fields in their sections. It also looks for the record in Raw.
func (p *injectedPair) checkLists(page page, record int, log store.Log) {
	p.t.Helper()
	docs := p.hostile.docs[log][record]
	raw := page.Find("#raw").Text()
	for _, doc := range docs {
		for line := range strings.Lines(views.JSON([]byte(strings.ToValidUTF8(doc, "\uFFFD")))) {
			if !shows(raw, strings.TrimSuffix(line, "\n")) {
				p.t.Errorf("%s: the record is not shown as it was received: it lacks %.200q", page.what, line)
			}
		}
	}
	text := page.Find("section.section").Not("#raw, #history, #events").Text()
	for _, want := range listTexts(&p.hostile.main[log][record], log) {
		if want != "" && !shows(text, want) {
			p.t.Errorf("%s: the page does not tell %q", page.what, want)
		}
	}
	envelope, unknown := p.hostile.server.Unread([]byte(docs[len(docs)-1]))
	if len(envelope) < 12 || len(unknown) < 6 {
		p.t.Errorf("%s: %d keys around the record and %d unknown ones", page.what, len(envelope), len(unknown))
	}
	for _, kv := range slices.Concat(envelope, unknown) {
		if !shows(text, kv.Key) || !shows(text, kv.Value) {
			p.t.Errorf("%s: the page does not tell %q: %q", page.what, kv.Key, kv.Value)
		}
	}
}

// listTexts are all texts in the lists of a sign-in.
func listTexts(s *store.SignIn, log store.Log) (texts []string) {
	if log == store.Interactive || log == store.NonInteractive || log == store.ServicePrincipal {
		for _, policy := range s.AppliedConditionalAccessPolicies {
			texts = append(texts, policy.ID, policy.DisplayName, policy.Result, policy.AuthenticationStrength, policy.AuthenticationStrengthR)
			for _, words := range [][]string{policy.GrantControls, policy.SessionControls, policy.SessionControlsNotMet, policy.ConditionsSatisfied, policy.ConditionsNotSatisfied} {
				texts = append(texts, words...)
			}
			for _, rule := range slices.Concat(policy.IncludeRulesSatisfied, policy.ExcludeRulesSatisfied) {
				texts = append(texts, rule.Condition, rule.Rule)
			}
		}
		texts = append(texts, s.ConditionalAccessAudiences...)
		for _, c := range s.AuthenticationContextClassReferences {
			texts = append(texts, c.ID, c.Detail)
		}
		for _, n := range s.NetworkLocationDetails {
			texts = append(append(texts, n.Type), n.Names...)
		}
	}
	for _, kv := range s.AuthenticationProcessingDetails {
		texts = append(texts, kv.Key, kv.Value)
	}
	texts = append(texts, s.SignInEventTypes...)
	texts = append(texts, views.JSON(s.PrivateLinkDetails))
	if info, _ := store.SignIns.Log(log); !info.User {
		return texts
	}
	texts = append(append(texts, s.RiskEventTypes...), s.AuthenticationMethodsUsed...)
	for _, policy := range slices.Concat(s.AuthenticationRequirementPolicies, s.SessionLifetimePolicies) {
		texts = append(texts, policy.Provider, policy.Detail)
	}
	for _, step := range s.AuthenticationDetails {
		texts = append(texts, step.Method, step.MethodDetail, step.ResultDetail, step.Requirement)
	}
	for _, doc := range [][]byte{s.AuthenticationAppDeviceDetails, s.AuthenticationAppPolicyEvaluationList, s.AppliedEventListeners} {
		texts = append(texts, views.JSON(doc))
	}
	return texts
}
