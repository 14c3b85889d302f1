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
	"signpost/store/activity"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// deedDone is a record of activity as encoding/json reads it. Neither the product's decoder nor its filters have a part in it.
type deedDone struct {
	members map[string]any
	seconds int64
}

// list gives the texts of a member of the objects in a list.
func (p *deedDone) list(list, member string) (texts []string) {
	items, _ := p.members[list].([]any)
	for _, item := range items {
		texts = append(texts, at(item, member))
	}
	return texts
}

// text gives a member as a text, whatever it is.
func (p *deedDone) text(name string) string {
	if n, ok := p.members[name].(float64); ok {
		return fmt.Sprint(int(n))
	}
	return at(p.members, name)
}

// userTypes and recordTypes are those of the made-up tenant by their numbers.
var (
	userTypes   = map[string]string{"0": "Regular", "5": "Application", "10": "Guest"}
	recordTypes = map[string]string{
		"1": "ExchangeAdmin", "2": "ExchangeItem", "3": "ExchangeItemGroup", "4": "SharePoint", "6": "SharePointFileOperation", "8": "AzureActiveDirectory",
		"14": "SharePointSharingOperation", "25": "MicrosoftTeams", "50": "ExchangeItemAggregated", "397": "Record type 397",
	}
)

// values gives the texts of a field.
func (p *deedDone) values(field string) []string {
	switch field {
	case "operation":
		return []string{p.text("Operation")}
	case "workload":
		return []string{p.text("Workload")}
	case "recordtype":
		return []string{recordTypes[p.text("RecordType")]}
	case "recordtypenumber":
		return []string{p.text("RecordType")}
	case "usertype":
		return []string{userTypes[p.text("UserType")]}
	case "user":
		return []string{p.text("UserId"), p.text("UserKey")}
	case "ip":
		address := p.text("ClientIP")
		if strings.HasPrefix(address, "[") {
			address, _, _ = strings.Cut(address[1:], "]")
		} else if strings.Count(address, ":") == 1 {
			address, _, _ = strings.Cut(address, ":")
		}
		return []string{address}
	case "app":
		return []string{(&plain{}).first(p.text("ApplicationId"), p.text("AppId"), at(p.members, "AppAccessContext", "ClientAppId")), p.text("ApplicationDisplayName")}
	case "session":
		return []string{at(p.members, "AppAccessContext", "AADSessionId")}
	case "request":
		return []string{p.text("Id")}
	case "correlation":
		return []string{p.text("InterSystemsId")}
	case "parameter":
		return append(p.list("Parameters", "Name"), p.list("OperationProperties", "Name")...)
	case "property":
		return p.list("ModifiedProperties", "Name")
	case "mailbox":
		return []string{p.text("MailboxOwnerUPN")}
	case "sharedwith":
		return []string{p.text("TargetUserOrGroupName")}
	case "siteurl":
		return []string{p.text("SiteUrl")}
	case "itemname":
		if strings.Contains(p.text("ObjectId"), "://") {
			return []string{p.text("ObjectId")}
		}
		if items := p.list("Folders", "Path"); len(items) > 0 {
			return items[:1]
		}
		return []string{at(p.members, "Item", "Subject")}
	}
	panic(field)
}

// doneOperators are the suffixes that each field of activity knows.
var doneOperators = func() map[string][]string {
	all := map[string][]string{}
	for _, field := range []string{"operation", "workload", "recordtype", "usertype", "user", "ip", "app", "parameter", "property", "mailbox", "sharedwith", "siteurl", "itemname"} {
		all[field] = []string{"", "not", "starts", "has", "empty"}
	}
	for _, field := range []string{"session", "request", "correlation"} {
		all[field] = []string{"", "not", "starts", "empty"}
	}
	all["recordtypenumber"] = []string{"", "not", "empty"}
	return all
}()

// valueOf gives a value of the record for a condition, or a part of one.
func (d dice) valueOf(p *deedDone, field, op string) string {
	texts := slices.DeleteFunc(p.values(field), func(s string) bool { return s == "" })
	if len(texts) == 0 {
		if field == "recordtypenumber" {
			return "7"
		}
		return nothing(field)
	}
	text := []rune(texts[d.IntN(len(texts))])
	switch op {
	case "starts":
		text = text[:1+d.IntN(len(text))]
	case "has":
		from := d.IntN(len(text))
		text = text[from : from+1+d.IntN(len(text)-from)]
	}
	// Words are compared with parts of three letters or more, and pages show other words for user types.
	if strings.TrimSpace(string(text)) == "" || field == "usertype" && op != "" && op != "not" && len(text) >= 3 {
		return "Re"
	}
	if field != "ip" && d.IntN(4) == 0 {
		return strings.ToUpper(string(text))
	}
	return string(text)
}

// TestRandomFiltersOfActivity imports the activity of a small tenant, and compares the engine's answers to random filters with
// a loop over the file's lines.
func TestRandomFiltersOfActivity(t *testing.T) {
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
	path := filepath.Join(files, "unified-audit-log.json")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var records []deedDone
	for line := range strings.Lines(string(content)) {
		var p deedDone
		if err := json.Unmarshal([]byte(line), &p.members); err != nil {
			t.Fatal(err)
		}
		when, err := time.Parse("2006-01-02T15:04:05", p.text("CreationTime"))
		if err != nil {
			t.Fatal(err)
		}
		p.seconds = when.Unix()
		records = append(records, p)
	}
	reports, err := importer.New(db, importer.Options{}).Paths(t.Context(), path)
	if err != nil || len(reports) != 1 || reports[0].New != int64(len(records)) || reports[0].RejectedTotal > 0 {
		t.Fatalf("%+v, %v", reports, err)
	}
	filters := randomFilters()
	found, fields := 0, slices.Sorted(maps.Keys(doneOperators))
	for n := range filters {
		d := dice{Rand: rand.New(rand.NewPCG(19, uint64(n)))}
		near := &records[d.IntN(len(records))]
		params := url.Values{}
		var asks []ask
		for range 1 + n%3 {
			field := fields[(n+5*len(asks))%len(fields)]
			a := ask{field: field, op: doneOperators[field][d.IntN(len(doneOperators[field]))]}
			name := strings.TrimSuffix(field+"."+a.op, ".")
			if _, double := params[name]; double {
				continue
			}
			a.values = []string{[]string{"yes", "no"}[d.IntN(2)]}
			if a.op != "empty" {
				a.values = []string{d.valueOf(near, field, a.op), d.valueOf(&records[d.IntN(len(records))], field, a.op)}[:1+d.IntN(2)]
			}
			asks, params[name] = append(asks, a), a.values
		}
		moment := time.Unix(near.seconds, 0).UTC()
		span := []store.Range{{From: until.AddDate(0, 0, -31), To: until}, {From: moment.Add(-time.Duration(d.IntN(240)) * time.Hour), To: moment.Add(time.Duration(1+d.IntN(240)) * time.Hour)}}[n%2]
		var want []string
		for i := range records {
			p := &records[i]
			if p.seconds >= span.From.Unix() && time.Unix(p.seconds, 0).Before(span.To) && together(asks, p.values) {
				want = append(want, p.text("Id"))
			}
		}
		if len(want) > 0 {
			found++
		}
		filter, bad := activity.Kind.ParseFilter(params)
		if len(bad) > 0 {
			t.Fatalf("%v: %v", params, bad)
		}
		asked := fmt.Sprintf("%s %v to %v", params.Encode(), span.From, span.To)
		q := store.ListQuery{Log: activity.Log, Range: span, Filter: filter, Limit: 200}
		total, err := db.Total(t.Context(), q)
		if err != nil || !total.Complete || total.N != int64(len(want)) {
			t.Errorf("%s: the engine counts %+v (%v), want %d", asked, total, err, len(want))
			continue
		}
		var got []string
		for more := true; more && len(want) <= 600; more = q.After != nil {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatalf("%s: %v", asked, err)
			}
			for _, row := range page.Rows {
				got = append(got, row.Entry.Head().ID)
			}
			q.After = page.Next
		}
		slices.Sort(got)
		slices.Sort(want)
		if len(want) <= 600 && !slices.Equal(got, want) {
			t.Errorf("%s: the list holds other records than the file", asked)
		}
	}
	if found < filters/2 {
		t.Errorf("%d of %d filters find something: they say little", found, filters)
	}
}
