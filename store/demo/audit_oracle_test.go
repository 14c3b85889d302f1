package demo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// plain is an audit record as encoding/json reads it. Neither the product's decoder nor its filters have a part in it.
type plain struct {
	envelope, properties map[string]any
	micro                int64
}

// at follows member names; what is not there, or is no text, is empty.
func at(v any, path ...string) string {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	s, _ := v.(string)
	return s
}

func (p *plain) first(texts ...string) string {
	i := slices.IndexFunc(texts, func(s string) bool { return s != "" })
	if i < 0 {
		return ""
	}
	return texts[i]
}

// madeID stands for the ID that an import makes for a record without one.
const madeID = "an ID that the import makes"

// values gives the texts of a field of the whole record.
func (p *plain) values(field string) []string {
	user, app := []string{"initiatedBy", "user"}, []string{"initiatedBy", "app"}
	of := func(path []string, name string) string { return at(p.properties, append(slices.Clone(path), name)...) }
	name := p.first(of(user, "displayName"), of(user, "userPrincipalName"), of(app, "displayName"), of(app, "servicePrincipalName"))
	if len(p.properties["initiatedBy"].(map[string]any)) == 0 {
		name = at(p.envelope, "identity")
	}
	switch field {
	case "service":
		return []string{at(p.properties, "loggedByService")}
	case "category":
		return []string{at(p.properties, "category")}
	case "activity":
		return []string{at(p.properties, "activityDisplayName")}
	case "status":
		return []string{at(p.properties, "result")}
	case "reason":
		return []string{at(p.properties, "resultReason")}
	case "correlation":
		return []string{at(p.properties, "correlationId")}
	case "request":
		return []string{p.first(at(p.properties, "id"), madeID)}
	case "ip":
		return []string{p.first(of(user, "ipAddress"), at(p.envelope, "callerIpAddress"))}
	case "user":
		return []string{of(user, "id"), of(user, "userPrincipalName"), of(user, "displayName")}
	case "app":
		return []string{of(app, "appId"), of(app, "displayName")}
	case "actor":
		return []string{p.first(of(user, "id"), of(app, "servicePrincipalId"), of(app, "appId")), p.first(of(user, "userPrincipalName"), of(app, "servicePrincipalName")), of(app, "appId"), name}
	}
	panic(field)
}

// targetFields are the fields about one target.
var targetFields = []string{"property", "target", "targettype"}

// item gives the texts of a field of one target.
func item(target any, field string) []string {
	switch field {
	case "target":
		return []string{at(target, "id"), at(target, "displayName"), at(target, "userPrincipalName")}
	case "targettype":
		return []string{at(target, "type")}
	}
	var names []string
	for _, c := range target.(map[string]any)["modifiedProperties"].([]any) {
		names = append(names, at(c, "displayName"))
	}
	return names
}

// ask is a condition: a field, a suffix and values.
type ask struct {
	field, op string
	values    []string
}

// some says whether any text that is not empty passes, as if the condition were positive.
func (a ask) some(texts []string) bool {
	for _, text := range texts {
		if text == "" {
			continue
		}
		if a.op == "empty" {
			return true
		}
		for _, want := range a.values {
			given, want := strings.ToLower(text), strings.ToLower(want)
			switch {
			case a.op == "starts" && strings.HasPrefix(given, want),
				a.op == "has" && strings.Contains(given, want),
				(a.op == "" || a.op == "not") && (given == want || a.field == "ip" && strings.HasSuffix(want, ".") && strings.HasPrefix(given, want)):
				return true
			}
		}
	}
	return false
}

func (a ask) holds(texts []string) bool {
	inverted := a.op == "not" || a.op == "empty" && a.values[0] == "yes"
	return a.some(texts) != inverted
}

func (a ask) negative() bool { return a.op == "not" || a.op == "empty" && a.values[0] == "no" }

// together says whether conditions hold: of each field any of the positive ones, and all of the negative ones.
func together(asks []ask, texts func(field string) []string) bool {
	asked, passed := map[string]bool{}, map[string]bool{}
	for _, a := range asks {
		holds := a.holds(texts(a.field))
		if a.negative() {
			if !holds {
				return false
			}
			continue
		}
		asked[a.field] = true
		passed[a.field] = passed[a.field] || holds
	}
	for field := range asked {
		if !passed[field] {
			return false
		}
	}
	return true
}

// match says whether the record passes. Conditions that say what a target is, starts with or contains are about one
// target, together with all others on targets.
func (p *plain) match(asks []ask) bool {
	var whole, ofTargets []ask
	one := false
	for _, a := range asks {
		if !slices.Contains(targetFields, a.field) {
			whole = append(whole, a)
			continue
		}
		ofTargets = append(ofTargets, a)
		one = one || a.op == "" || a.op == "starts" || a.op == "has"
	}
	if !together(whole, p.values) {
		return false
	}
	targets, _ := p.properties["targetResources"].([]any)
	if one {
		return slices.ContainsFunc(targets, func(t any) bool {
			return together(ofTargets, func(field string) []string { return item(t, field) })
		})
	}
	for _, a := range ofTargets { // each by itself
		var all []string
		for _, t := range targets {
			all = append(all, item(t, a.field)...)
		}
		if !a.holds(all) {
			return false
		}
	}
	return true
}

func readPlain(t *testing.T, path string) []plain {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []plain
	for line := range strings.Lines(string(content)) {
		var p plain
		if err := json.Unmarshal([]byte(line), &p.envelope); err != nil {
			t.Fatal(err)
		}
		p.properties = p.envelope["properties"].(map[string]any)
		when, err := time.Parse(time.RFC3339Nano, at(p.properties, "activityDateTime"))
		if err != nil {
			t.Fatal(err)
		}
		p.micro = when.UnixMicro()
		list = append(list, p)
	}
	// Newest first; the product keeps microseconds.
	slices.SortStableFunc(list, func(a, b plain) int { return int(b.micro - a.micro) })
	return list
}

// operators are the suffixes that each field knows.
var operators = map[string][]string{
	"service": {"", "not", "starts", "has", "empty"}, "category": {"", "not", "starts", "has", "empty"}, "activity": {"", "not", "starts", "has", "empty"},
	"status": {"", "not", "empty"}, "reason": {"", "not", "starts", "has", "empty"},
	"target": {"", "not", "starts", "has", "empty"}, "targettype": {"", "not", "starts", "has", "empty"}, "property": {"", "not", "starts", "has", "empty"},
	"actor": {"", "not", "starts", "has", "empty"}, "user": {"", "not", "starts", "has", "empty"}, "app": {"", "not", "starts", "has", "empty"},
	"ip": {"", "not", "starts", "has", "empty"}, "correlation": {"", "not", "starts", "empty"}, "request": {"", "not", "starts", "empty"},
}

// dice make random filters of the values of random records.
type dice struct {
	*rand.Rand
	records []plain
}

func (d dice) ask(field, op string, near *plain) ask {
	a := ask{field: field, op: op}
	if op == "empty" {
		a.values = []string{[]string{"yes", "no"}[d.IntN(2)]}
		return a
	}
	for n := 1 + d.IntN(2); n > 0; n-- {
		p := near
		if len(a.values) > 0 {
			p = &d.records[d.IntN(len(d.records))]
		}
		a.values = append(a.values, d.value(field, op, p))
	}
	return a
}

// value gives a value of the record, or a part of one; a record without any gives one that nothing has.
func (d dice) value(field, op string, p *plain) string {
	var texts []string
	if slices.Contains(targetFields, field) {
		if targets := p.properties["targetResources"].([]any); len(targets) > 0 {
			texts = item(targets[d.IntN(len(targets))], field)
		}
	} else {
		texts = p.values(field)
	}
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" || s == madeID })
	if len(texts) == 0 {
		return nothing(field)
	}
	text := texts[d.IntN(len(texts))]
	runes := []rune(text)
	switch {
	case op == "starts":
		text = string(runes[:1+d.IntN(len(runes))])
	case op == "has":
		from := d.IntN(len(runes))
		text = string(runes[from : from+1+d.IntN(len(runes)-from)])
	case field == "ip" && d.IntN(3) == 0 && strings.Count(text, ".") == 3:
		text = text[:strings.LastIndex(text, ".")+1]
	}
	if strings.TrimSpace(text) == "" {
		return nothing(field)
	}
	if field != "status" && field != "ip" && d.IntN(4) == 0 {
		text = strings.ToUpper(text)
	}
	return text
}

// question gives the conditions of one to four fields, as parameters too, and a range of time.
func (d dice) question(n int, until time.Time) (asks []ask, params url.Values, span store.Range) {
	near := &d.records[d.IntN(len(d.records))]
	fields := slices.Sorted(maps.Keys(operators))
	if n%5 == 0 { // several conditions on one target are the hardest question
		fields = targetFields
	}
	params = url.Values{}
	for range 1 + n%4 {
		field := fields[(n+len(asks)*5)%len(fields)]
		op := operators[field][d.IntN(len(operators[field]))]
		name := strings.TrimSuffix(field+"."+op, ".")
		if _, double := params[name]; double {
			continue
		}
		a := d.ask(field, op, near)
		asks = append(asks, a)
		params[name] = a.values
	}
	span = store.Range{From: until.AddDate(0, 0, -31), To: until}
	if d.IntN(2) == 0 {
		at := time.UnixMicro(near.micro).UTC()
		span = store.Range{From: at.Add(-time.Duration(d.IntN(10*24)) * time.Hour), To: at.Add(time.Duration(1+d.IntN(10*24)) * time.Hour)}
	}
	return asks, params, span
}

// nothing is a value that a field can have, and that few records or none have.
func nothing(field string) string {
	switch field {
	case "status":
		return "timeout"
	case "ip":
		return "203.0.113.7"
	}
	return "nothing has this"
}

// TestRandomFiltersAgreeWithPlainReading imports the audit files of a small tenant, and compares the engine's
// answers to random filters with a loop over the files' lines.
func TestRandomFiltersAgreeWithPlainReading(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)
	files := t.TempDir()
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 24_000, Seed: 3, Days: 30, Until: until}); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	logs := []struct {
		log     store.Log
		records []plain
	}{{log: audit.Directory}, {log: audit.Attributes}}
	for i, name := range []string{"insights-logs-auditlogs.json", "insights-logs-customsecurityattributeauditlogs.json"} {
		path := filepath.Join(files, name)
		logs[i].records = readPlain(t, path)
		reports, err := importer.New(db, importer.Options{}).Paths(t.Context(), path)
		if err != nil || len(reports) != 1 || reports[0].New != int64(len(logs[i].records)) || reports[0].RejectedTotal > 0 {
			t.Fatalf("%s: %+v, %v", name, reports, err)
		}
	}
	filters := randomFilters()
	found, full, used := 0, 0, map[string]bool{}
	for n := range filters {
		d := dice{rand.New(rand.NewPCG(17, uint64(n))), logs[0].records}
		of := &logs[0]
		if n%25 == 24 {
			of = &logs[1]
			d.records = of.records
		}
		asks, params, span := d.question(n, until)
		for name := range params {
			used[name] = true
		}
		var want []*plain
		for i := range of.records {
			p := &of.records[i]
			if p.micro >= span.From.UnixMicro() && p.micro < span.To.UnixMicro() && p.match(asks) {
				want = append(want, p)
			}
		}
		if len(want) > 0 {
			found++
		}
		if compare(t, db, store.ListQuery{Log: of.log, Range: span, Limit: 50}, params, want) {
			full++
		}
	}
	if found < filters/2 || full < filters/8 {
		t.Errorf("%d of %d filters find something, %d fill a page: these filters say little", found, filters, full)
	}
	for field, ops := range operators {
		for _, op := range ops {
			if name := strings.TrimSuffix(field+"."+op, "."); !used[name] {
				t.Errorf("no filter asks for %s", name)
			}
		}
	}
}

// compare asks the engine for the number and the first page, and tells whether the page is full.
func compare(t *testing.T, db *datafolder.Folder, q store.ListQuery, params url.Values, want []*plain) (full bool) {
	t.Helper()
	filter, bad := audit.Kind.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatalf("%v: %v", params, bad)
	}
	q.Filter = filter
	asked := fmt.Sprintf("%s?%s %v to %v", q.Log, params.Encode(), q.Range.From, q.Range.To)
	total, err := db.Total(t.Context(), q)
	if err != nil || !total.Complete || total.N != int64(len(want)) {
		t.Errorf("%s: the engine counts %+v (%v), want %d", asked, total, err, len(want))
		return false
	}
	page, err := db.Page(t.Context(), q)
	if err != nil || !page.Complete || len(page.Rows) != min(q.Limit, len(want)) || (page.Next != nil) != (len(want) > q.Limit) {
		t.Errorf("%s: a page of %d rows (%v), want %d of %d", asked, len(page.Rows), err, q.Limit, len(want))
		return false
	}
	for i, row := range page.Rows {
		r, p := row.Entry.(*audit.Record), want[i]
		if r.Head().Time.UnixMicro() != p.micro || r.CorrelationID != at(p.properties, "correlationId") || r.Activity != at(p.properties, "activityDisplayName") ||
			at(p.properties, "id") != "" && r.Head().ID != at(p.properties, "id") {
			t.Errorf("%s: row %d is %s at %v, want %s of %s", asked, i+1, r.Activity, r.Head().Time, at(p.properties, "activityDisplayName"), at(p.properties, "activityDateTime"))
			return false
		}
	}
	return len(page.Rows) == q.Limit
}

// randomFilters is how many filters an oracle tries.
func randomFilters() int {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 500
	}
	return 200
}
