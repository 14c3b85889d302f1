package web

import (
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

// inLists are the enumerations of values inside the lists of a sign-in. No property has them.
var inLists = []*store.Enumeration{
	store.SessionControls, store.PolicyConditions, store.PolicyRules, store.StrengthResults, store.ContextDetails, store.RequirementProviders,
	store.LifetimePolicies, store.StepRequirements, store.EventTypes, audit.GroupTypes,
}

// enumerations are all enumerations that the kinds of records declare.
func enumerations() []*store.Enumeration {
	all := slices.Clone(inLists)
	for _, kind := range newFakeStore().Catalog() {
		for _, p := range kind.Properties {
			if e := p.Enumeration; e != nil && !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// mayStand are the places of pages that may show a value in the spelling of records, each with the reason.
var mayStand = []struct{ selector, reason string }{
	{"#raw, [data-testid=raw]", "the record as it was received"},
	{"pre", "parts of a record in JSON, as they were received"},
	{"[data-as-received]", "names and values that no field is read from stand as they were received"},
	{"script, style, template", "nothing that is seen"},
}

// areWords are values that are words or proper names already, each with the reason.
var areWords = map[string]string{
	"interactive": "an English word in sentences",
	"ID":          "short for identifier",
}

// machineWords are the values that no page may show: those with other words.
func machineWords() map[string]string {
	wrong := map[string]string{}
	for _, e := range enumerations() {
		for _, value := range e.Values {
			if words := e.Words(value); isMachineWord(value) && words != value && areWords[value] == "" {
				wrong[value] = words
			}
		}
	}
	for value := range wrong { // one enumeration's machine word may be another one's name
		for _, e := range enumerations() {
			for _, other := range e.Values {
				if slices.Contains(wordsOfText.FindAllString(e.Words(other), -1), value) {
					delete(wrong, value)
				}
			}
		}
	}
	return wrong
}

// isMachineWord says that a value does not read as a word: camel case, an underscore, digits inside, or capitals alone.
func isMachineWord(value string) bool {
	if strings.ContainsAny(value, " /") {
		return false
	}
	upper, lower := 0, 0
	for i, r := range value {
		switch {
		case r == '_', i > 0 && unicode.IsDigit(r):
			return true
		case unicode.IsUpper(r):
			if lower > 0 {
				return true
			}
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return lower == 0 && upper > 2
}

var wordsOfText = regexp.MustCompile(`/?[\pL\pN_]+`)

// shownTexts calls seen for each text that a page shows, with the element around it. These are text nodes, names for screen
// readers, and placeholders of inputs.
func shownTexts(page *goquery.Document, seen func(text string, in *html.Node)) {
	skipped := map[*html.Node]bool{}
	for _, place := range mayStand {
		for _, n := range page.Find(place.selector).Nodes {
			skipped[n] = true
		}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if skipped[n] {
			return
		}
		if n.Type == html.TextNode {
			if text := strings.TrimSpace(n.Data); text != "" {
				seen(text, n.Parent)
			}
		}
		for _, a := range n.Attr {
			if a.Key == "aria-label" || a.Key == "placeholder" || a.Key == "alt" {
				seen(a.Val, n)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range page.Nodes {
		walk(n)
	}
}

// withoutToldApart takes out the values behind their own words: "Windows 10 (Windows10)" tells two spellings of one value apart.
func withoutToldApart(text string) string {
	if !strings.Contains(text, "(") {
		return text
	}
	for _, e := range enumerations() {
		for _, value := range e.Values {
			text = strings.ReplaceAll(text, e.Words(value)+" ("+value+")", e.Words(value))
		}
	}
	return text
}

// wordWalk looks for machine words on pages.
type wordWalk struct {
	t      *testing.T
	wrong  map[string]string
	alone  map[string]string // values that are words, but not the words that pages show: "notset", "none"
	pages  int
	told   map[string]bool
	shown  map[string]bool // texts that some page showed
	portal portal
}

func newWordWalk(t *testing.T) *wordWalk {
	w := &wordWalk{t: t, wrong: machineWords(), alone: map[string]string{}, told: map[string]bool{}, shown: map[string]bool{}}
	for _, e := range enumerations() {
		for _, value := range e.Values {
			if words := e.Words(value); !strings.EqualFold(words, value) && w.wrong[value] == "" && areWords[value] == "" {
				w.alone[value] = words
			}
		}
	}
	for _, e := range enumerations() { // "User" is a word of one enumeration and a value of another
		for _, value := range e.Values {
			delete(w.alone, e.Words(value))
		}
	}
	return w
}

// look checks the page of an address.
func (w *wordWalk) look(address string, headers ...string) answer {
	w.t.Helper()
	a := w.portal.get(address, headers...)
	if a.Code >= 500 {
		w.t.Errorf("%s: %d", address, a.Code)
	}
	w.pages++
	shownTexts(a.page, func(text string, in *html.Node) {
		w.shown[squeeze(text)] = true
		for _, word := range wordsOfText.FindAllString(withoutToldApart(text), -1) { // after a slash it is a part of an address
			if words := w.wrong[word]; words != "" && !w.told[word] {
				w.told[word] = true
				w.t.Errorf("%s: <%s> shows %q in %q, want %q", address, in.Data, word, squeeze(text), words)
			}
		}
		if words := w.alone[text]; words != "" && !w.told[text] {
			w.told[text] = true
			w.t.Errorf("%s: <%s> shows %q, want %q", address, in.Data, text, words)
		}
	})
	return a
}

// valueOf gives the values of an enumeration in turn.
func valueOf(e *store.Enumeration, n int) string { return e.Values[n%len(e.Values)] }

// enumSignIn is a sign-in with a value of each enumeration, and with all values of those inside its lists.
func enumSignIn(log store.Log, n int) store.SignIn {
	s := store.SignIn{
		Log: log, ID: testID(1000*len(log) + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow, TenantID: homeTenant,
		UserID: "person", UserPrincipalName: "kim@example.com", UserDisplayName: "Kim", AppID: "mail", AppDisplayName: "Mail",
		ServicePrincipalID: "principal", ServicePrincipalName: "Backup", IPAddress: "192.0.2.7", ErrorCode: store.IntOf([]int64{0, 50126, 50074}[n%3]),
	}
	for _, p := range store.SignIns.Properties {
		if p.Enumeration != nil && p.Text != nil {
			*p.Text(&s) = valueOf(p.Enumeration, n)
		}
	}
	if n > 0 {
		return s
	}
	for i, result := range store.PolicyResults.Values {
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{
			ID: "policy" + strconv.Itoa(i), DisplayName: "Policy", Result: result, GrantControls: store.GrantControls.Values, SessionControls: store.SessionControls.Values,
			SessionControlsNotMet: store.SessionControls.Values, ConditionsSatisfied: store.PolicyConditions.Values[:9],
			ConditionsNotSatisfied: store.PolicyConditions.Values[9:], AuthenticationStrength: "Strength", AuthenticationStrengthR: valueOf(store.StrengthResults, i),
		})
	}
	for _, rule := range store.PolicyRules.Values {
		first := &s.AppliedConditionalAccessPolicies[0]
		first.IncludeRulesSatisfied = append(first.IncludeRulesSatisfied, store.ConditionRule{Condition: "users", Rule: rule})
	}
	for _, detail := range store.ContextDetails.Values {
		s.AuthenticationContextClassReferences = append(s.AuthenticationContextClassReferences, store.AuthenticationContext{ID: "c1", Detail: detail})
	}
	for _, provider := range store.RequirementProviders.Values {
		s.AuthenticationRequirementPolicies = append(s.AuthenticationRequirementPolicies, store.RequirementPolicy{Provider: provider})
	}
	for _, provider := range store.LifetimePolicies.Values {
		s.SessionLifetimePolicies = append(s.SessionLifetimePolicies, store.RequirementPolicy{Provider: provider})
	}
	for i, method := range store.AuthenticationMethods.Values {
		s.AuthenticationDetails = append(s.AuthenticationDetails, store.AuthenticationStep{Time: s.Time, Method: method, Requirement: valueOf(store.StepRequirements, i), Succeeded: store.True})
	}
	for _, kind := range store.NetworkTypes.Values {
		s.NetworkLocationDetails = append(s.NetworkLocationDetails, store.NetworkLocation{Type: kind, Names: []string{"Office"}})
	}
	s.AuthenticationMethodsUsed = store.AuthenticationMethods.Values
	s.SignInEventTypes, s.RiskEventTypes = store.EventTypes.Values, store.RiskDetections.Values
	return s
}

// enumAudit is an audit record with a value of each enumeration.
func enumAudit(log store.Log, n int) store.Record {
	r := &audit.Record{
		Common: audit.Kind.NewOf(store.Head{Log: log, ID: testID(90000 + 1000*len(log) + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow}).(*audit.Record).Common,
		User:   audit.User{ID: "person", Name: "Kim", Username: "kim@example.com"},
	}
	for _, p := range audit.Kind.Properties {
		if p.Enumeration != nil && p.Text != nil {
			*p.Text(r) = valueOf(p.Enumeration, n)
		}
	}
	r.ActorID, r.ActorName = "person", "Kim"
	r.Targets = []audit.Target{{ID: "t", Name: "Target", Type: valueOf(audit.TargetTypes, n), GroupType: valueOf(audit.GroupTypes, n), Changes: []audit.Change{{Name: "Department", Old: `"A"`, New: `"B"`}}}}
	return store.Record{Entry: r, Key: store.KeyAt(r.Head().Time), Versions: []store.Version{{Entry: r.Clone(), Doc: []byte(`{}`)}}}
}

// enumAccess is an access record with a value of each enumeration.
func enumAccess(n int) store.Record {
	r := access.Kind.NewOf(store.Head{Log: access.Log, ID: testID(80000 + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow}).(*access.Record)
	r.Account, r.AccountID = "kim", "1"
	for _, p := range access.Kind.Properties {
		if p.Enumeration != nil && p.Text != nil {
			*p.Text(r) = valueOf(p.Enumeration, n)
		}
	}
	r.Roles, r.Outcome = access.RoleSet.Enumeration.Values, []access.Outcome{access.Allowed, access.Refused, access.Failed}[n%3]
	return store.Record{Entry: r, Key: store.KeyAt(r.Head().Time), Versions: []store.Version{{Entry: r.Clone(), Doc: []byte(`{}`)}}}
}

// enumActivity is an activity record with a value of each enumeration.
func enumActivity(n int) store.Record {
	r := activity.Kind.NewOf(store.Head{Log: activity.Log, ID: testID(70000 + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow}).(*activity.Record)
	r.UserID, r.Operation = "kim@example.com", "Send"
	for _, p := range activity.Kind.Properties {
		if p.Enumeration != nil && p.Text != nil {
			*p.Text(r) = valueOf(p.Enumeration, n)
		}
	}
	return store.Record{Entry: r, Key: store.KeyAt(r.Head().Time), Versions: []store.Version{{Entry: r.Clone(), Doc: []byte(`{}`)}}}
}

// enumRisk is a risk detection with a value of each enumeration.
func enumRisk(log store.Log, n int) store.Record {
	r := risk.Kind.NewOf(store.Head{Log: log, ID: testID(60000 + 1000*len(log) + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow}).(*risk.Record)
	info, _ := risk.Kind.Log(log)
	for _, p := range risk.Kind.Properties {
		if p.Enumeration != nil && p.Text != nil && p.AppliesTo(info) {
			*p.Text(r) = valueOf(p.Enumeration, n)
		}
	}
	r.Reasons, r.Techniques = risk.Reasons.Values, risk.Techniques.Values
	for _, key := range risk.InfoKeys.Values {
		r.Info = append(r.Info, store.KeyValue{Key: key, Value: "x"})
	}
	return store.Record{Entry: r, Key: store.KeyAt(r.Head().Time), Versions: []store.Version{{Entry: r.Clone(), Doc: []byte(`{}`)}}}
}

// mostValues is the longest enumeration of single-valued properties of a kind, without countries: only the facet is checked
// for them.
func mostValues(kind *store.Kind) (most int) {
	for _, p := range kind.Properties {
		if e := p.Enumeration; e != nil && p.Text != nil && e != store.Countries {
			most = max(most, len(e.Values))
		}
	}
	return most
}

// enumStore holds records with every value of every enumeration.
func enumStore() *fakeStore {
	var signIns []store.SignIn
	for _, info := range store.SignIns.Logs {
		for n := range mostValues(store.SignIns) {
			signIns = append(signIns, enumSignIn(info.Log, n))
		}
	}
	f := newFakeStore(signIns...)
	for i := range f.records { // an earlier copy of each, for its history
		s := f.records[i].Entry.Clone().(*store.SignIn)
		earlier := enumSignIn(s.Log, 1)
		earlier.ID, earlier.Time = s.ID, s.Time
		f.records[i].Versions = append([]store.Version{{Entry: &earlier, Doc: []byte(`{}`)}}, f.records[i].Versions...)
	}
	for _, info := range audit.Kind.Logs {
		for n := range mostValues(audit.Kind) {
			f.records = append(f.records, enumAudit(info.Log, n))
		}
	}
	for n := range mostValues(activity.Kind) {
		f.records = append(f.records, enumActivity(n))
	}
	for n := range mostValues(access.Kind) {
		f.records = append(f.records, enumAccess(n))
	}
	for _, info := range risk.Kind.Logs {
		for n := range mostValues(risk.Kind) {
			f.records = append(f.records, enumRisk(info.Log, n))
		}
	}
	for n := range mostValues(provisioning.Kind) {
		f.records = append(f.records, enumProvisioning(n))
	}
	slices.SortFunc(f.records, func(a, b store.Record) int { return b.Key.Compare(a.Key) })
	return f
}

// No page shows a value of an enumeration in the spelling of records.
func TestNoMachineWords(t *testing.T) {
	t.Parallel()
	f := enumStore()
	w := newWordWalk(t)
	w.portal = newPortalOf(t, f, auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{admin}, UserID: "person", UserPrincipalName: "kim@example.com"})
	for _, list := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy", "audit", "customsecurity", "provisioning", "access", "activity", "detections", "principaldetections"} {
		log, kind := store.Log(list), store.SignIns
		switch list {
		case "legacy":
			log = store.Interactive
		case "audit", "customsecurity":
			kind = audit.Kind
		case "access":
			kind = access.Kind
		case "provisioning":
			kind = provisioning.Kind
		case "activity":
			kind = activity.Kind
		case "detections", "principaldetections":
			kind = risk.Kind
		}
		info, _ := kind.Log(log)
		address := "/logs/" + list
		w.look(address + "?limit=200")
		w.look(address + "?limit=200&chart=table")
		var columns []string
		for _, p := range kind.Properties {
			if column, ok := kind.Column(p.Name); ok && p.AppliesTo(info) && column.Enumeration != nil {
				columns = append(columns, p.Name)
			}
		}
		if !info.Grouped {
			w.look(address + "?limit=200&cols=" + url.QueryEscape(strings.Join(columns, ",")))
		}
		for _, field := range kind.Fields() {
			if !field.AppliesTo(info) || !field.IsWorded() && !field.Facetable() {
				continue
			}
			w.look(address+"?pick="+field.Name, "HX-Request", "true", "HX-Target", "filter-panel")
			chips := url.Values{"limit": {"1"}}
			for _, value := range valuesOf(f, field, log) {
				chips.Add(field.Name, value)
			}
			if len(chips) > 1 {
				w.look(address + "?" + chips.Encode())
			}
		}
	}
	for _, r := range f.records {
		w.look("/logs/" + string(r.Entry.Head().Log) + "/" + r.Entry.Head().ID)
	}
	for _, address := range []string{
		"/users", "/users/person", "/apps", "/apps/mail", "/groups", "/errors", "/errors/50126", "/errors?code=50126", "/me", "/me?range=30d", "/me/" + testID(11000), "/search?q=kim",
		"/search?q=50126", "/search?q=192.0.2.7", "/help", "/import", "/logs/interactive?status=wrong", "/logs/interactive/" + testID(11000) + "?tab=raw", "/nosuch",
	} {
		w.look(address)
	}
	if w.pages < 300 {
		t.Errorf("%d pages were looked at", w.pages)
	}
	for _, e := range enumerations() { // or nothing was checked
		for _, value := range e.Values {
			words := e.Words(value)
			if !slices.ContainsFunc(slices.Collect(maps.Keys(w.shown)), func(text string) bool { return strings.Contains(text, words) }) && e != store.Countries {
				t.Errorf("no page shows %q, the words of %s of %s", words, value, e.Name)
			}
		}
	}
}

// valuesOf are the values that records of a log have for a field.
func valuesOf(f *fakeStore, field *store.Field, log store.Log) []string {
	seen := map[string]bool{}
	for _, r := range f.records {
		if r.Entry.Head().Log == log && field.IsWorded() {
			for _, value := range field.EventValues(r.Entry) {
				seen[value] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// inJSON is the reason for values in the parts of details that are shown as JSON, as received.
const inJSON = "in parts of a record that are shown as they were received"

// notInLogs are the enumerations of the specification that have no words, each with the reason.
var notInLogs = map[string]string{
	"usageAuthMethod": "a report's", "registrationAuthMethod": "a report's", "featureType": "a report's", "userDefaultAuthenticationMethod": "a report's",
	"defaultMfaMethodType": "a report's", "authenticationMethodFeature": "a report's", "migrationStatus": "a report's", "applicationKeyOrigin": "a report's",
	"applicationKeyType": "a report's", "applicationKeyUsage": "a report's", "includedUserTypes": "a report's", "includedUserRoles": "a report's",
	"authenticationEventType": inJSON, "authenticationAppAdminConfiguration": inJSON, "authenticationAppEvaluation": inJSON, "authenticationAppPolicyStatus": inJSON,
	"signUpStage": "of sign-ups", "aggregationWindow": "a question's, which pages ask as a time aggregate",
}

// The words are complete: every value of the specification has some.
func TestEnumerationsAreComplete(t *testing.T) {
	text, err := os.ReadFile("../../shared/reference/dictionary.md")
	if err != nil {
		t.Skip("the specification is not on this machine")
	}
	byName := map[string]*store.Enumeration{}
	for _, e := range enumerations() {
		byName[e.Name] = e
	}
	_, table, _ := strings.Cut(string(text), "## 3. Enums")
	table, _, _ = strings.Cut(table, "| authenticationRequirement (string)")
	checked := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2 || strings.HasPrefix(cells[0], "---") || strings.TrimSpace(cells[0]) == "Enum" {
			continue
		}
		name, values := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1])
		name = strings.TrimSuffix(name, " (strings)")
		if notInLogs[name] != "" {
			continue
		}
		e := byName[name]
		if e == nil {
			t.Errorf("the enumeration %s has no words", name)
			continue
		}
		values, _, _ = strings.Cut(values, ".")
		for value := range strings.SplitSeq(values, ", ") {
			checked++
			if !slices.ContainsFunc(e.Values, func(v string) bool { return strings.EqualFold(v, value) }) {
				t.Errorf("%s: %s has no words", name, value)
			}
		}
	}
	for _, found := range regexp.MustCompile(`(?m)^\| (riskDetail|protocolType|agentType) \| ([^|]*) \|`).FindAllStringSubmatch(mustRead(t, "enums.md"), -1) {
		for _, value := range regexp.MustCompile(`[a-z]\w+`).FindAllString(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(found[2], ""), -1) {
			checked++
			if e := byName[found[1]]; !slices.ContainsFunc(e.Values, func(v string) bool { return strings.EqualFold(v, value) }) {
				t.Errorf("%s: %s has no words", found[1], value)
			}
		}
	}
	risks := mustRead(t, "risk.md")
	_, risks, _ = strings.Cut(risks, "## 3 riskEventType strings")
	risks, _, _ = strings.Cut(risks, "\n## ")
	for _, found := range regexp.MustCompile(`(?m)^\| (\w+)`).FindAllStringSubmatch(risks, -1) {
		if checked++; found[1] != "String" && !slices.Contains(store.RiskDetections.Values, found[1]) {
			t.Errorf("the risk detection %s has no words", found[1])
		}
	}
	_, categories, _ := strings.Cut(mustRead(t, "audit.md"), "### Service -> categories seed")
	categories, _, _ = strings.Cut(categories, "###")
	for line := range strings.Lines(categories) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || strings.HasPrefix(cells[1], "--") || strings.Contains(cells[2], "Categories") {
			continue
		}
		for value := range strings.SplitSeq(cells[2], ",") {
			value, _, _ = strings.Cut(strings.TrimSpace(value), " (")
			value = strings.TrimSuffix(strings.TrimSpace(value), ")")
			checked++
			if value != "" && !slices.ContainsFunc(audit.Categories.Values, func(v string) bool { return strings.HasSuffix(v, value) }) {
				t.Errorf("the category %s has no words", value)
			}
		}
	}
	if checked < 300 {
		t.Errorf("%d values were compared", checked)
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../shared/reference/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
