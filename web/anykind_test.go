package web

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/storetest"
)

// errandsHouse is a portal with a made-up kind in its catalog, in addition to sign-ins. No package knows this kind. Some
// records of it are stored.
func errandsHouse(t *testing.T) (h *house, errands *store.Kind, records *storetest.Plain) {
	t.Helper()
	errands = storetest.Errands()
	h, records = houseOf(t, errands)
	return h, errands, records
}

// houseOf is a portal with some made-up records of a kind.
func houseOf(t *testing.T, kind *store.Kind) (h *house, records *storetest.Plain) {
	t.Helper()
	catalog := store.NewCatalog(store.SignIns, kind)
	db, err := datafolder.Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	made := storetest.MadeUpOf(kind, 5, 300)
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "made up", Format: store.FormatGraph})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Prepare(made)
	if err == nil {
		_, err = db.Commit(t.Context(), id, batch)
	}
	if err != nil {
		t.Fatal(err)
	}
	h = newHouse(t, func(c *Config) { c.Store, c.Directory = db, db })
	for name, role := range map[string]auth.Role{"ada": auth.RoleGlobalAdministrator, "rita": auth.RoleReportsReader} {
		h.add(name, role)
	}
	h.add("kari", auth.RoleUser)
	return h, storetest.Holding(t, db, made)
}

// wholeTime is a range that holds all made-up records.
const wholeTime = "from=1990-01-01T00:00:00Z&to=2040-01-01T00:00:00Z"

// A kind of records is listed, filtered, counted, charted and opened with nothing but its declaration.
func TestPagesOfAnyKind(t *testing.T) {
	h, errands, plain := errandsHouse(t)
	v := h.as("ada")
	count := func(query string) int64 {
		t.Helper()
		params, _ := url.ParseQuery(query)
		q, bad := errands.ParseQuery(params, h.clock())
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		total, err := plain.Total(t.Context(), store.ListQuery{Log: "errands", Range: q.Range, Filter: q.Filter})
		if err != nil {
			t.Fatal(err)
		}
		return total.N
	}
	for _, query := range []string{"", "&status=lost", "&goods.has=ods", "&sender.empty=yes", "&insured=yes", "&ip=192.0.2.0/24", "&weight=1&status.not=late"} {
		page := v.page("/logs/errands?limit=200&" + wholeTime + query)
		want := count(wholeTime + query)
		if rows := int64(page.Find("[data-testid=row]").Length()); rows != min(want, 200) || want == 0 {
			t.Errorf("%q lists %d rows, want %d", query, rows, want)
		}
		var charted int64
		page.Find("[data-testid=histogram] [data-count]").Each(func(_ int, part *goquery.Selection) {
			n, _ := strconv.ParseInt(part.AttrOr("data-count", ""), 10, 64)
			charted += n
		})
		if charted != want {
			t.Errorf("%q: the chart counts %d, want %d", query, charted, want)
		}
	}
	page := v.page("/logs/errands?" + wholeTime)
	heading := strings.Join(texts(page.Find("[data-testid=grid] th")), " ")
	for _, want := range []string{"Date", "Status", "Sender", "Courier", "Goods", "Weight"} {
		if !strings.Contains(heading, want) {
			t.Errorf("the headings are %q, without %q", heading, want)
		}
	}
	if words := squeeze(page.Find("main").Text()); !strings.Contains(words, "errand") {
		t.Error("a page of errands does not speak of errands")
	}
	first := url.PathEscape(anyOf(t, plain, "errands").Head().ID)
	for _, address := range []string{"?" + wholeTime, "?open=no-such&" + wholeTime, "?pick=sender&" + wholeTime, "?pick=goods&find=zz&" + wholeTime, "?panel=columns", "?panel=views", "/" + first, "/" + first + "?tab=only-me"} {
		main, err := v.page("/logs/errands" + address).Find("main").Html()
		if words := strings.ToLower(main); err != nil || strings.Contains(words, "sign-in") || !strings.Contains(words, "errand") {
			t.Errorf("%s speaks of sign-ins: %s", address, around(words, "sign-in"))
		}
	}
	if statuses := texts(page.Find("[data-testid=histogram] [data-status]")); len(statuses) < 4 || !strings.HasPrefix(squeeze(statuses[0]), "Delivered") {
		t.Errorf("the chart has the statuses %q", statuses)
	}
	if chosen := v.page("/logs/errands?cols=goods,weight,insured&" + wholeTime); strings.Join(texts(chosen.Find("[data-testid=grid] th")), " ") != "Date Goods Weight Insured" {
		t.Errorf("the chosen columns are %q", texts(chosen.Find("[data-testid=grid] th")))
	}
	for _, facet := range []string{"status", "sender", "goods"} {
		shown := page.Find(fmt.Sprintf("[data-facet=%s]", facet))
		if shown.Length() == 0 {
			t.Errorf("there is no facet of %s", facet)
		}
	}
	if bad := v.get("/logs/errands?user.not=ada"); bad.StatusCode != http.StatusBadRequest || !strings.Contains(bad.body, "is not a field of an errand") {
		t.Errorf("a field of sign-ins asked of errands: %d %s", bad.StatusCode, around(bad.body, "is not a field"))
	}
	if pick := v.page("/logs/errands?pick=sender&" + wholeTime); pick.Find("[name=value]").Length() == 0 {
		t.Error("the picker offers no sender")
	}
}

// anyOf gives a record of a log.
func anyOf(t *testing.T, plain *storetest.Plain, log store.Log) store.Entry {
	t.Helper()
	page, err := plain.Page(t.Context(), store.ListQuery{Log: log, Range: store.AllTime(), Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		t.Fatalf("%d rows of %s, %v", len(page.Rows), log, err)
	}
	return page.Rows[0].Entry
}

// around cuts a text to the part next to a word in it, in any letter case.
func around(text, word string) string {
	at := strings.Index(strings.ToLower(text), word)
	if at < 0 {
		return ""
	}
	return text[max(0, at-60):min(len(text), at+60)]
}

func TestGroupsOfAnyKind(t *testing.T) {
	h, errands, plain := errandsHouse(t)
	v := h.as("ada")
	info, _ := errands.Log("nighterrands")
	groups, err := plain.Groups(t.Context(), store.GroupsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: store.AllTime(), Limit: 200}, Window: store.Window24h})
	if err != nil {
		t.Fatal(err)
	}
	page := v.page("/logs/nighterrands?limit=200&" + wholeTime)
	if rows := page.Find("[data-testid=row]").Length(); rows != len(groups.Groups) {
		t.Errorf("%d groups are listed, want %d", rows, len(groups.Groups))
	}
	unfolded := 0
	page.Find("[data-testid=expand]").EachWithBreak(func(_ int, button *goquery.Selection) bool {
		row := button.Closest("[data-testid=row]")
		open := v.page("/logs/nighterrands?limit=200&" + wholeTime + "&expand=" + button.AttrOr("value", ""))
		members := strconv.Itoa(open.Find("[data-testid=member]").Length())
		if members != row.AttrOr("data-count", "") {
			t.Errorf("a group of %s shows %s members", row.AttrOr("data-count", ""), members)
		}
		unfolded++
		return unfolded < 5
	})
	if unfolded == 0 {
		t.Error("no group has several errands")
	}
}

func TestDetailsOfAnyKind(t *testing.T) {
	h, errands, plain := errandsHouse(t)
	v := h.as("ada")
	rows, err := plain.Page(t.Context(), store.ListQuery{Log: "errands", Range: store.AllTime(), Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	severalVersions := 0
	for _, row := range rows.Rows[:60] {
		head := row.Entry.Head()
		address := "/logs/errands/" + url.PathEscape(head.ID)
		page := v.page(address)
		told := squeeze(page.Find("article").Text())
		for _, p := range errands.Properties {
			if p.Text != nil && p.Class == store.NoClass && !p.IsComputed() && !strings.Contains(told, squeeze(*p.Text(row.Entry))) {
				t.Errorf("%s does not tell its %s, %q", address, p.Name, *p.Text(row.Entry))
			}
		}
		record, err := plain.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: "errands", ID: head.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if listed := page.Find("#history table.data").First().Find("tbody tr").Length(); listed == 0 || listed > len(record.Versions) { // versions that differ only in withheld data are one
			t.Errorf("%s has %d versions in its history, want up to %d", address, listed, len(record.Versions))
		} else if listed > 1 {
			severalVersions++
		}
		if strings.Contains(strings.ToLower(told), "sign-in") {
			t.Errorf("%s speaks of sign-ins: %s", address, around(told, "sign-in"))
		}
	}
	if severalVersions < 5 {
		t.Errorf("%d errands have several versions", severalVersions)
	}
	id := url.PathEscape(rows.Rows[0].Entry.Head().ID)
	if pane := v.get("/logs/errands/"+id+"?list="+url.QueryEscape("/logs/errands?"+wholeTime), "HX-Request", "true", "HX-Target", "pane"); pane.StatusCode != http.StatusOK {
		t.Errorf("the pane: %d", pane.StatusCode)
	}
	for _, tab := range []string{"basic", "history", "raw"} {
		v.page("/logs/errands/" + id + "?tab=" + tab)
	}
	if gone := v.get("/logs/errands/no-such-errand"); gone.StatusCode != http.StatusNotFound {
		t.Errorf("an errand that there is not: %d", gone.StatusCode)
	}
}

// No page of any kind has the data that a class withholds, and a question that names it is refused.
func TestRightsOnAnyKind(t *testing.T) {
	h, errands, plain := errandsHouse(t)
	rows, err := plain.Page(t.Context(), store.ListQuery{Log: "errands", Range: store.AllTime(), Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	v := h.as("rita")
	addresses := []string{
		"/logs/errands?limit=200&" + wholeTime, "/logs/errands?panel=columns&" + wholeTime, "/logs/errands?pick=&" + wholeTime, "/logs/nighterrands?" + wholeTime,
	}
	note, _ := errands.Property("secretNote")
	for _, row := range rows.Rows {
		if *note.Text(row.Entry) != "" && len(addresses) < 14 {
			addresses = append(addresses, "/logs/errands/"+url.PathEscape(row.Entry.Head().ID))
		}
	}
	if len(addresses) < 14 {
		t.Fatalf("too few of the errands have a note: %d addresses", len(addresses))
	}
	for _, address := range addresses {
		r := v.get(address)
		if r.StatusCode != http.StatusOK || strings.Contains(strings.ToLower(r.body), "secret") {
			t.Errorf("%s: %d, %s", address, r.StatusCode, around(r.body, "secret"))
		}
	}
	for _, query := range []string{"secretnote=x", "secretnote.empty=no", "cols=goods,secretNote"} {
		if r := v.get("/logs/errands?" + query + "&" + wholeTime); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", query, r.StatusCode)
		}
	}
	if r := h.as("kari").get("/logs/errands?" + wholeTime); r.StatusCode != http.StatusForbidden {
		t.Errorf("a plain user at a log: %d", r.StatusCode)
	}
}

// slip is a record of a kind that declares next to nothing: no status, no actor, no field with a short name.
type slip struct {
	store.Common
	text string
	n    store.Int
}

func (e *slip) Clone() store.Entry { c := *e; return &c }

// slips declares the kind. A Reports Reader may not read the second of its logs.
func slips() *store.Kind {
	return store.NewKind(store.Kind{
		One: "slip", Many: "slips",
		Logs: []store.LogInfo{
			{Log: "slips", Number: 210, Title: "Slips", Short: "Slips", FileStem: "Slips", Category: "SlipLogs"},
			{Log: "sealedslips", Number: 211, Title: "Sealed", Short: "Sealed", FileStem: "SealedSlips", Category: "SealedSlipLogs", Read: store.Risk},
		},
		Properties: []*store.Property{
			store.UniqueID("id", "Slip ID", func(e *slip) *string { return e.ID() }),
			store.Text("text", "Text", func(e *slip) *string { return &e.text }),
			store.Number("n", "Number", func(e *slip) *store.Int { return &e.n }),
		},
		New: func() store.Entry { return &slip{} },
	})
}

// A kind without statuses has a chart of its numbers, and no broken link. A log that the viewer may not read does not appear,
// and takes nothing from the page of another.
func TestPagesOfAKindThatDeclaresLittle(t *testing.T) {
	h, plain := houseOf(t, slips())
	v := h.as("rita")
	list := "/logs/slips?limit=200&" + wholeTime
	page := v.page(list)
	if page.Find("[data-testid=row]").Length() < 20 {
		t.Errorf("%d slips are listed", page.Find("[data-testid=row]").Length())
	}
	table, ok := page.Find("[data-chart-as=table]").Attr("href")
	if !ok {
		t.Fatal("there is no way to the chart's table")
	}
	table = "/logs/slips" + table
	if heads := strings.Join(texts(v.page(table).Find(".chart-table th[scope=col]")), " "); heads != "Time Total" {
		t.Errorf("the table of the chart has the columns %q", heads)
	}
	id := url.PathEscape(anyOf(t, plain, "slips").Head().ID)
	for _, address := range []string{list, table, "/logs/slips?panel=columns", "/logs/slips?pick=text&" + wholeTime, "/logs/slips/" + id, "/logs/slips?open=" + id + "&" + wholeTime} {
		r := v.get(address)
		if r.StatusCode != http.StatusOK || strings.Contains(r.body, `href=""`) || strings.Contains(strings.ToLower(r.body), "sealed") {
			t.Errorf("%s: %d, with %s %s", address, r.StatusCode, around(r.body, `href=""`), around(r.body, "sealed"))
		}
	}
	sealed := url.PathEscape(anyOf(t, plain, "sealedslips").Head().ID)
	for address, want := range map[string]int{
		"/logs/sealedslips": http.StatusForbidden, "/logs/sealedslips/" + sealed: http.StatusForbidden, "/logs/slips/" + sealed: http.StatusNotFound,
		"/logs/sealedslips/export.csv": http.StatusForbidden,
	} {
		if r := v.get(address); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, r.StatusCode, want)
		}
	}
}

// partsOf gives the files of an archive by name, else the download itself.
func partsOf(t *testing.T, body string) map[string]string {
	t.Helper()
	if !strings.HasPrefix(body, "PK") {
		return map[string]string{"": body}
	}
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, file := range archive.File {
		part, err := archive.Open(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[file.Name] = string(text)
	}
	return parts
}

// Every file of any kind can be downloaded. An archive describes its query in the kind's words. No file has the secret notes,
// which nobody may see.
func TestDownloadsOfAnyKind(t *testing.T) {
	h, _, _ := errandsHouse(t)
	v := h.as("rita")
	for _, format := range export.Formats() {
		for log, title := range map[string]string{"errands": "Errands", "nighterrands": "Night errands"} {
			r := v.get("/logs/" + log + "/" + format.Path() + "?" + wholeTime + "&goods.not=tea")
			if r.StatusCode != http.StatusOK {
				t.Errorf("%s of %s: %d", format, log, r.StatusCode)
				continue
			}
			parts := partsOf(t, r.body)
			var couriers int
			for name, text := range parts {
				couriers += strings.Count(text, "Courier 1")
				if secret := around(text, "secret"); secret != "" {
					t.Errorf("%s of %s, %s tells %q", format, log, name, secret)
				}
			}
			if couriers == 0 {
				t.Errorf("%s of %s has no couriers", format, log)
			}
			about, ok := parts["README.txt"]
			if ok && (!strings.Contains(about, title+"; Date: ") || !strings.Contains(about, "Goods") || strings.Contains(about, "sign-in")) {
				t.Errorf("%s of %s says:\n%s", format, log, about)
			}
		}
	}
}
