package demo_test

import (
	"encoding/json"
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
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/provisioning"
)

// work is a provisioning record as encoding/json reads it. Neither the product's decoder nor its filters have a part in it.
type work struct {
	properties map[string]any
	micro      int64
}

// of gives a member of an object in either spelling.
func (w *work) of(object string, names ...string) string {
	for _, name := range names {
		if text := at(w.properties, object, name); text != "" {
			return text
		}
	}
	return ""
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	i := slices.IndexFunc(texts, func(s string) bool { return s != "" })
	if i < 0 {
		return ""
	}
	return texts[i]
}

// values gives the texts of a field of the whole record.
func (w *work) values(field string) []string {
	name := func(object string) string { return w.of(object, "displayName", "Name") }
	id := func(object string) string { return w.of(object, "id", "Id") }
	upn := func(object string) string { return at(w.properties, object, "details", "UserPrincipalName") }
	failure := func(member string) string {
		return at(w.properties, "provisioningStatusInfo", "errorInformation", member)
	}
	switch field {
	case "identity":
		return []string{id("sourceIdentity"), name("sourceIdentity"), upn("sourceIdentity"), id("targetIdentity"), name("targetIdentity"), upn("targetIdentity")}
	case "identitytype":
		return []string{first(w.of("sourceIdentity", "identityType", "Type"), w.of("targetIdentity", "identityType", "Type"))}
	case "action":
		return []string{at(w.properties, "provisioningAction")}
	case "status":
		return []string{w.of("provisioningStatusInfo", "status", "Status")}
	case "error":
		return []string{failure("errorCode")}
	case "reason":
		return []string{failure("reason")}
	case "sourcesystem":
		return []string{id("sourceSystem"), name("sourceSystem")}
	case "targetsystem":
		return []string{id("targetSystem"), name("targetSystem")}
	case "app":
		return []string{id("servicePrincipal"), name("servicePrincipal"), first(at(w.properties, "targetSystem", "details", "ApplicationId"), at(w.properties, "sourceSystem", "details", "ApplicationId"))}
	case "jobid", "cycleid", "changeid":
		return []string{at(w.properties, strings.TrimSuffix(field, "id")+"Id")}
	case "request":
		return []string{at(w.properties, "id")}
	}
	panic(field)
}

// stepFields are the fields about one step, and propertyFields those about one modified property.
var (
	stepFields     = []string{"step", "stepstatus", "steptype"}
	propertyFields = []string{"property"}
	stepTypeWords  = []string{"import", "scoping", "matching", "processing", "referenceResolution", "export"}
	stepWords      = []string{"success", "failure", "skipped", "warning"}
)

// ofItem gives the texts of a field of one item. Azure Monitor has some as numbers.
func ofItem(item any, field string) []string {
	member := map[string]string{"step": "name", "steptype": "provisioningStepType", "stepstatus": "status", "property": "displayName"}[field]
	v := item.(map[string]any)[member]
	if n, ok := v.(float64); ok {
		if field == "steptype" {
			return []string{stepTypeWords[int(n)]}
		}
		return []string{stepWords[int(n)]}
	}
	return []string{at(item, member)}
}

// match says whether the record passes. Conditions that say what a step is, starts with or contains are about one step, together
// with all others on steps.
func (w *work) match(asks []ask) bool {
	lists := []struct {
		fields []string
		name   string
	}{{stepFields, "provisioningSteps"}, {propertyFields, "modifiedProperties"}}
	var whole []ask
	for _, a := range asks {
		if !slices.Contains(stepFields, a.field) && !slices.Contains(propertyFields, a.field) {
			whole = append(whole, a)
		}
	}
	if !together(whole, w.values) {
		return false
	}
	for _, l := range lists {
		var of []ask
		one := false
		for _, a := range asks {
			if slices.Contains(l.fields, a.field) {
				of = append(of, a)
				one = one || a.op == "" || a.op == "starts" || a.op == "has"
			}
		}
		items, _ := w.properties[l.name].([]any)
		if one && !slices.ContainsFunc(items, func(item any) bool {
			return together(of, func(field string) []string { return ofItem(item, field) })
		}) {
			return false
		}
		for _, a := range of {
			var all []string
			for _, item := range items {
				all = append(all, ofItem(item, a.field)...)
			}
			if !one && !a.holds(all) {
				return false
			}
		}
	}
	return true
}

func readWork(t *testing.T, path string) (list []work) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var envelope struct{ Properties map[string]any }
		if err := json.Unmarshal([]byte(line), &envelope); err != nil {
			t.Fatal(err)
		}
		when, err := time.Parse(time.RFC3339Nano, at(envelope.Properties, "activityDateTime"))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, work{envelope.Properties, when.UnixMicro()})
	}
	slices.SortStableFunc(list, func(a, b work) int { return int(b.micro - a.micro) })
	return list
}

// workOperators are the suffixes that each field knows.
var workOperators = func() map[string][]string {
	all, unique, closed := []string{"", "not", "starts", "has", "empty"}, []string{"", "not", "starts", "empty"}, []string{"", "not", "empty"}
	by := map[string][]string{"status": closed, "changeid": unique, "request": unique}
	for _, field := range append([]string{"identity", "identitytype", "action", "error", "reason", "sourcesystem", "targetsystem", "app", "jobid", "cycleid", "property"}, stepFields...) {
		by[field] = all
	}
	return by
}()

// askWork makes a random condition of the values of a random record.
func askWork(r *rand.Rand, records []work, field, op string) ask {
	a := ask{field: field, op: op}
	if op == "empty" {
		a.values = []string{[]string{"yes", "no"}[r.IntN(2)]}
		return a
	}
	for range 1 + r.IntN(2) {
		w := &records[r.IntN(len(records))]
		var texts []string
		if list := map[string]string{"step": "provisioningSteps", "steptype": "provisioningSteps", "stepstatus": "provisioningSteps", "property": "modifiedProperties"}[field]; list != "" {
			if items := w.properties[list].([]any); len(items) > 0 {
				texts = ofItem(items[r.IntN(len(items))], field)
			}
		} else {
			texts = w.values(field)
		}
		texts = slices.DeleteFunc(texts, func(s string) bool { return strings.TrimSpace(s) == "" })
		text := "nothing has this"
		if field == "status" {
			text = "warning"
		}
		if len(texts) > 0 {
			text = texts[r.IntN(len(texts))]
			runes := []rune(text)
			switch op {
			case "starts":
				text = string(runes[:1+r.IntN(len(runes))])
			case "has": // at least four letters, which the words of a value do not have by chance
				from := r.IntN(max(len(runes)-4, 1))
				text = string(runes[from:])
			}
		}
		if text = strings.TrimSpace(text); r.IntN(4) == 0 && field != "status" {
			text = strings.ToUpper(text)
		}
		a.values = append(a.values, text)
	}
	return a
}

// inWords are the words that pages show for a value: starts and has compare them too.
var inWords = map[string]*store.Enumeration{
	"action": provisioning.Actions, "identitytype": provisioning.IdentityTypes, "steptype": provisioning.StepTypes, "stepstatus": provisioning.Results,
}

// spoken says that a part of a text may be in the words of a value and not in the value: the oracle does not know the words.
func (a ask) spoken() bool {
	e := inWords[a.field]
	return e != nil && (a.op == "starts" || a.op == "has")
}

// TestRandomProvisioningFilters imports the provisioning file of a small tenant, and compares the engine's answers to random
// filters with a loop over the file's lines.
func TestRandomProvisioningFilters(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)
	files := t.TempDir()
	if err := demo.Write(t.Context(), files, demo.Options{Rows: 3_000, Seed: 3, Days: 30, Until: until}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(files, "insights-logs-provisioninglogs.json")
	records := readWork(t, path)
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reports, err := importer.New(db, importer.Options{}).Paths(t.Context(), path)
	if err != nil || len(reports) != 1 || reports[0].New != int64(len(records)) || reports[0].RejectedTotal > 0 || len(records) < 500 {
		t.Fatalf("%d records: %+v, %v", len(records), reports, err)
	}
	const filters = 500
	fields := slices.Sorted(maps.Keys(workOperators))
	found, used := 0, map[string]bool{}
	for n := range filters {
		r := rand.New(rand.NewPCG(23, uint64(n)))
		var asks []ask
		params := url.Values{}
		for range 1 + n%3 {
			field := fields[(n+len(asks)*5)%len(fields)]
			if n%5 == 0 {
				field = stepFields[r.IntN(len(stepFields))]
			}
			a := askWork(r, records, field, workOperators[field][r.IntN(len(workOperators[field]))])
			name := strings.TrimSuffix(field+"."+a.op, ".")
			if params[name] != nil || a.spoken() {
				continue
			}
			asks, params[name], used[name] = append(asks, a), a.values, true
		}
		at := time.UnixMicro(records[r.IntN(len(records))].micro).UTC()
		span := store.Range{From: at.Add(-time.Duration(r.IntN(20*24)) * time.Hour), To: at.Add(time.Duration(1+r.IntN(20*24)) * time.Hour)}
		var want []*work
		for i := range records {
			if w := &records[i]; w.micro >= span.From.UnixMicro() && w.micro < span.To.UnixMicro() && w.match(asks) {
				want = append(want, w)
			}
		}
		if len(want) > 0 {
			found++
		}
		filter, bad := provisioning.Kind.ParseFilter(params)
		if len(bad) > 0 {
			t.Fatalf("%v: %v", params, bad)
		}
		q := store.ListQuery{Log: provisioning.Log, Range: span, Filter: filter, Limit: 50}
		total, err := db.Total(t.Context(), q)
		page, pageErr := db.Page(t.Context(), q)
		if err != nil || pageErr != nil || total.N != int64(len(want)) || len(page.Rows) != min(50, len(want)) {
			t.Errorf("%s: the engine counts %d and lists %d (%v, %v), want %d", params.Encode(), total.N, len(page.Rows), err, pageErr, len(want))
			continue
		}
		for i, row := range page.Rows {
			if id := want[i].values("request")[0]; row.Entry.Head().ID != id {
				t.Errorf("%s: row %d is %s, want %s", params.Encode(), i+1, row.Entry.Head().ID, id)
				break
			}
		}
	}
	if found < filters/2 {
		t.Errorf("%d of %d filters find something: these filters say little", found, filters)
	}
	for field, ops := range workOperators {
		for _, op := range ops {
			if name := strings.TrimSuffix(field+"."+op, "."); !used[name] && !(ask{field: field, op: op}).spoken() {
				t.Errorf("no filter asks for %s", name)
			}
		}
	}
}
