package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// randomReads is the number of pages to open; make soak opens the large number.
func randomReads() int {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 1000
	}
	return 120
}

// lookedHouse is a portal with the sign-ins of some people. Readers look at them, and the people have accounts of their
// own.
type lookedHouse struct {
	*house
	db      *datafolder.Folder
	owner   map[string]string // the user of each sign-in, by its ID
	people  []string          // user IDs
	readers []string          // accounts
}

const lookedDay = "from=2026-11-22T00:00:00Z&to=2026-11-23T08:00:00Z"

// lookedEver is a range that includes now. The access log uses the machine's clock, and the portal of the test another one.
const lookedEver = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"

func newLookedHouse(t *testing.T) *lookedHouse {
	t.Helper()
	l := &lookedHouse{owner: map[string]string{}}
	l.house = newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		l.db = c.Store.(*datafolder.Folder)
		c.Directory = l.db
	})
	var lines []string
	for n := range 60 {
		person := n % 6
		id, user := fmt.Sprintf("0000a000-0000-4000-8000-%012d", n), fmt.Sprintf("0b0b0b0b-0000-4000-8000-%012d", person)
		at := time.Date(2026, 11, 22, 1, n, 0, 0, time.UTC).Format(time.RFC3339)
		lines = append(lines, fmt.Sprintf(`{"time":%q,"category":"SignInLogs","tenantId":"t1","properties":{"id":%q,"createdDateTime":%q,"userId":%q,"userDisplayName":"Person %d","userPrincipalName":"p%d@example.com","appId":"a%d","appDisplayName":"App %d","ipAddress":"192.0.2.%d","status":{"errorCode":%d}}}`,
			at, id, at, user, person, person, n%4, n%4, n%9, []int{0, 0, 50126}[n%3]))
		l.owner[id] = user
	}
	report, err := importer.New(l.db, importer.Options{}).Reader(t.Context(), "signins.json", strings.NewReader(strings.Join(lines, "\n")))
	if err != nil || report.New != 60 {
		t.Fatalf("%+v, %v", report, err)
	}
	for n := range 6 {
		l.people = append(l.people, fmt.Sprintf("0b0b0b0b-0000-4000-8000-%012d", n))
	}
	for n := range 10 {
		name := fmt.Sprintf("reader%d", n)
		l.readers = append(l.readers, name)
		wanted := auth.NewAccount{Name: name, Password: housePassword, Roles: []auth.Role{[]auth.Role{auth.RoleGlobalReader, auth.RoleReportsReader, auth.RoleSecurityAdministrator}[n%3]}}
		if n < 2 {
			wanted.UserID = l.people[n] // this reader is one of the people too
		}
		if _, err := l.accounts.Add(t.Context(), wanted); err != nil {
			t.Fatal(err)
		}
	}
	for n := 2; n < 6; n++ {
		if _, err := l.accounts.Add(t.Context(), auth.NewAccount{Name: fmt.Sprintf("person%d", n), Password: housePassword, Roles: []auth.Role{auth.RoleUser}, UserID: l.people[n]}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// expectedLook is the record that a read should leave in the access log.
type expectedLook struct {
	account  string
	action   access.Action
	rows     int64
	subjects []string         // user IDs, sorted
	export   map[string]int64 // for a download: its rows by user
}

// own is the user ID of a reader's account; empty for most.
func (l *lookedHouse) own(reader string) string {
	if n, _ := strconv.Atoi(strings.TrimPrefix(reader, "reader")); n < 2 {
		return l.people[n]
	}
	return ""
}

// read opens a random page and gives the record that it should leave.
func (l *lookedHouse) read(t *testing.T, r *rand.Rand, visitors map[string]*visitor) expectedLook {
	t.Helper()
	reader := l.readers[r.IntN(len(l.readers))]
	if visitors[reader] == nil {
		visitors[reader] = l.as(reader)
	}
	v := visitors[reader]
	look := expectedLook{account: reader}
	take := func(ids ...string) {
		seen := map[string]bool{}
		for _, id := range ids {
			if user := l.owner[id]; user != l.own(reader) {
				look.rows++
				seen[user] = true
			}
		}
		look.subjects = slices.Sorted(maps.Keys(seen))
	}
	filter := []string{"", "&app=a1", "&status=failure", "&user=p3%40example.com", "&limit=7", "&user=" + l.people[r.IntN(6)]}[r.IntN(6)]
	switch r.IntN(4) {
	case 0, 1:
		look.action = access.List
		scrolled := [][]string{nil, {"HX-Request", "true", "HX-Target", "rows"}}[r.IntN(2)] // only the rows, as a scrolled list asks for them
		page := v.get("/logs/interactive?"+lookedDay+filter, scrolled...)
		page.expect(t, "a list", http.StatusOK, "")
		var ids []string
		page.document(t).Find("[data-testid=row]").Each(func(_ int, row *goquery.Selection) { ids = append(ids, row.AttrOr("data-id", "")) })
		take(ids...)
	case 2:
		look.action = access.Open
		id := fmt.Sprintf("0000a000-0000-4000-8000-%012d", r.IntN(60))
		v.get("/logs/interactive/"+id+"?tab=raw").expect(t, "a sign-in", http.StatusOK, "")
		take(id)
	case 3:
		look.action, look.export = access.Export, map[string]int64{}
		filter = strings.ReplaceAll(filter, "&limit=7", "")
		body := v.get("/logs/interactive/export.ndjson?" + lookedDay + filter).body
		for id, user := range l.owner {
			if strings.Contains(body, id) {
				look.rows++
				look.export[user]++
			}
		}
	}
	return look
}

// The access log has the data that readers saw, who they are, and the number of rows for each person. The people see it.
func TestAccessLogAgreesWithWhatWasRead(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	visitors := map[string]*visitor{}
	r := rand.New(rand.NewPCG(17, 4))
	var want []expectedLook
	for range randomReads() {
		want = append(want, l.read(t, r, visitors))
	}
	var got []*access.Record
	q := store.RecordsQuery{ListQuery: store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: 200}}
	for more := true; more; more = q.After != nil {
		page, err := l.db.Records(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Records {
			if record := page.Records[i].Entry.(*access.Record); record.Action != access.SignIn && record.Action != access.Roles {
				got = append(got, record)
			}
		}
		q.After = page.Next
	}
	slices.SortFunc(got, func(a, b *access.Record) int { return int(a.Number.N - b.Number.N) })
	if len(got) != len(want) {
		t.Fatalf("%d records of %d reads", len(got), len(want))
	}
	for i, record := range got {
		var subjects []string
		for _, s := range record.Subjects {
			subjects = append(subjects, s.ID)
		}
		slices.Sort(subjects)
		if w := want[i]; record.Account != w.account || record.Action != w.action || record.Rows.N != w.rows || !slices.Equal(subjects, w.subjects) || record.Outcome != access.Allowed || record.Address == "" || len(record.Roles) != 1 {
			t.Errorf("read %d: got %s %s, %d rows of %v, want %+v", i, record.Account, record.Action, record.Rows.N, subjects, w)
		}
	}
	for n := 2; n < 6; n++ {
		l.comparesLooks(t, l.as(fmt.Sprintf("person%d", n)), l.people[n], got, want)
	}
}

// A range is recorded as its word and both ends, because later nobody knows the moment and the viewer's zone.
func TestRangesAreRecordedWithTheirEnds(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	v := l.as(l.readers[0])
	for _, asked := range []string{"range=today", "range=7d", lookedDay} {
		v.get("/logs/interactive?"+asked).expect(t, asked, http.StatusOK, "")
		page, err := l.db.Records(t.Context(), store.RecordsQuery{ListQuery: store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: 1}})
		if err != nil {
			t.Fatal(err)
		}
		query, err := url.ParseQuery(page.Records[0].Entry.(*access.Record).Query)
		word, _ := strings.CutPrefix(asked, "range=")
		if err != nil || query.Get("from") == "" || query.Get("to") == "" || query.Has("range") != (word != asked) || query.Has("range") && query.Get("range") != word {
			t.Errorf("%s is recorded as %v (%v)", asked, query, err)
		}
	}
}

// comparesLooks compares the pages of who looked with the reads.
func (l *lookedHouse) comparesLooks(t *testing.T, v *visitor, person string, got []*access.Record, want []expectedLook) {
	t.Helper()
	looks, downloads := map[string]bool{}, map[string]int64{}
	for i, w := range want {
		if slices.Contains(w.subjects, person) {
			looks[got[i].Head().ID] = true
		}
		if w.export[person] > 0 {
			downloads[got[i].Head().ID] = w.export[person]
		}
	}
	shown, shownDownloads, unsure := map[string]bool{}, map[string]int64{}, 0
	for address := "/me/looked?" + lookedEver; address != ""; {
		page := v.get(address)
		page.expect(t, "who looked", http.StatusOK, "")
		doc := page.document(t)
		doc.Find("[data-testid=looks] [data-testid=look]").Each(func(_ int, row *goquery.Selection) { shown[row.AttrOr("data-id", "")] = true })
		doc.Find("[data-testid=downloads] [data-testid=look]").Each(func(_ int, row *goquery.Selection) {
			shownDownloads[row.AttrOr("data-id", "")], _ = strconv.ParseInt(row.AttrOr("data-count", ""), 10, 64)
		})
		unsure += doc.Find("[data-testid=unsure]").Length()
		address = doc.Find("[data-testid=next]").AttrOr("href", "")
	}
	if !maps.Equal(shown, looks) {
		t.Errorf("%s sees %d looks, want %d", person, len(shown), len(looks))
	}
	if unsure == 0 && !maps.Equal(shownDownloads, downloads) {
		t.Errorf("%s sees the downloads %v, want %v", person, shownDownloads, downloads)
	}
	for id, rows := range shownDownloads {
		if downloads[id] != rows {
			t.Errorf("%s sees %d rows in the download %s, want %d", person, rows, id, downloads[id])
		}
	}
}

// brokenLog is an access log that cannot be written.
type brokenLog struct{}

func (brokenLog) Append(context.Context, *access.Record) error { return errors.New("no") }

// If no look can be recorded, no data of others is shown. One's own data is.
func TestNothingOfOthersWithoutTheAccessLog(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	l.server.Access = brokenLog{}
	reader := l.as("reader0")
	for _, path := range []string{
		"/logs/interactive?" + lookedDay, "/logs/interactive/0000a000-0000-4000-8000-000000000003", "/logs/interactive/export.csv?" + lookedDay, "/users/" + l.people[3],
		"/users?range=30d", "/search?q=person", "/errors/50126?" + lookedDay, "/logs/audit?" + lookedDay,
	} {
		if r := reader.get(path); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(r.body, "Person 3") || strings.Contains(r.body, "p3@") {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	own := reader.get("/me?" + lookedDay)
	own.expect(t, "one's own", http.StatusOK, "")
	if n := own.document(t).Find("[data-testid=row]").Length(); n == 0 {
		t.Error("one's own sign-ins are not shown")
	}
}

// With the setting, a person's page and a download ask for a reason first. The log has the reason, and the person can read
// it.
func TestReasonIsAskedFirst(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	admin := l.as("reader2")
	admin.post("/settings/access", form("do", "save", "ask", "yes", "tell", "yes")).expect(t, "set", http.StatusSeeOther, "/settings/access?done=saved")
	reader := l.as("reader3")
	page := "/users/" + l.people[4]
	asked := reader.get(page + "?range=30d")
	if asked.StatusCode != http.StatusPreconditionRequired || strings.Contains(asked.body, "Person 4") || asked.document(t).Find(`[data-testid=reason] input[name=range][value="30d"]`).Length() != 1 {
		t.Errorf("without a reason: %d", asked.StatusCode)
	}
	reader.get(page+"?range=30d&why=Was+locked+out&whyticket=T-17").expect(t, "with a reason", http.StatusOK, "")
	reader.get(page).expect(t, "within the hour", http.StatusOK, "")
	reader.get("/users/"+l.people[5]).expect(t, "another person", http.StatusPreconditionRequired, "")
	reader.get("/logs/interactive/export.csv?"+lookedDay).expect(t, "a download", http.StatusPreconditionRequired, "")
	if csv := reader.get("/logs/interactive/export.csv?" + lookedDay + "&why=Report"); csv.StatusCode != http.StatusOK || strings.Count(csv.body, "\r\n") != 61 {
		t.Errorf("a download with a reason: %d", csv.StatusCode)
	}
	looked := l.as("person4").get("/me/looked?"+lookedEver).find(t, "main")
	if !strings.Contains(looked, "Was locked out (ticket T-17)") || !strings.Contains(looked, "reader3") || !strings.Contains(looked, "Global Reader") {
		t.Errorf("the person reads %s", looked)
	}
	l.wait(2 * time.Hour)
	l.as("reader3").get(page).expect(t, "hours later", http.StatusPreconditionRequired, "")
	admin = l.as("reader2")
	admin.post("/settings/access", form("do", "save")).expect(t, "set back", http.StatusSeeOther, "/settings/access?done=saved")
	l.as("person4").get("/me/looked").expect(t, "switched off", http.StatusNotFound, "")
}

// A search among the values of a field is recorded, with the list that the values are of.
func TestWhatIsLookedForInThePickerIsRecorded(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	const picker = "/logs/interactive?" + lookedDay + "&pick=user&field=user&find=person+3"
	ways := []struct {
		path, target, query string
	}{
		{picker, "picker-options", "user: person 3 in "},
		{picker, "", "user: person 3"}, // without scripts the whole page comes
		{"/logs/interactive?" + lookedDay + "&more=user&among=person+3", "facet-user", "user: person 3 in "},
	}
	for n, way := range ways {
		l.as("reader4").get(way.path, "HX-Request", strconv.FormatBool(way.target != ""), "HX-Target", way.target).expect(t, way.path, http.StatusOK, "")
		page, err := l.db.Page(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime(), Filter: store.Filter{}.With(access.ActionField, store.OpIs, string(access.Search)), Limit: 5})
		if err != nil || len(page.Rows) != n+1 {
			t.Fatalf("%s: %d searches, %v", way.path, len(page.Rows), err)
		}
		if r := page.Rows[0].Entry.(*access.Record); !strings.HasPrefix(r.Query, way.query) || r.Account != "reader4" || r.Log != store.Interactive {
			t.Errorf("%s: got %+v", way.path, r)
		}
	}
}

// Values of one field that come without their list are recorded with that list, and are not shown where they cannot be.
func TestValuesWithoutTheirListAreRecorded(t *testing.T) {
	t.Parallel()
	l := newLookedHouse(t)
	const list = "/logs/interactive?" + lookedDay + "&ip=192.0.2.1"
	ways := map[string][2]string{
		"a facet": {list, "facet-user"}, "more of a facet": {list + "&more=user", "facet-user"}, "its values": {list + "&more=user", "facet-values-user"}, "a picker": {list + "&pick=user", "filter-panel"},
	}
	for what, way := range ways {
		answer := l.as("reader4").get(way[0], "HX-Request", "true", "HX-Target", way[1])
		if answer.StatusCode != http.StatusOK || !strings.Contains(answer.body, "Person 1") || strings.Contains(answer.body, "data-testid=\"grid\"") {
			t.Fatalf("%s: status %d, %.300s", what, answer.StatusCode, answer.body)
		}
		page, err := l.db.Page(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		r := page.Rows[0].Entry.(*access.Record)
		if r.Action != access.List || r.Account != "reader4" || !strings.Contains(r.Query, "ip=192.0.2.1") || !strings.HasSuffix(r.Query, "=user") {
			t.Errorf("%s: recorded is %+v", what, r)
		}
	}
	l.server.Access = brokenLog{}
	for what, way := range ways {
		if r := l.as("reader4").get(way[0], "HX-Request", "true", "HX-Target", way[1]); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(r.body, "Person 1") {
			t.Errorf("%s without the access log: %d", what, r.StatusCode)
		}
	}
}
