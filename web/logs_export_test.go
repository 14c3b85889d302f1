package web

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"signpost/auth"
	"signpost/store"
)

// exportStore holds sign-ins of three logs, with Conditional Access data in fields, lists and documents.
func exportStore() *fakeStore {
	other := interactiveSignIn(11, at("13:00:00"))
	other.CorrelationID = "c1c1c1c1-1111-4222-8333-444444444444"
	list := append(mfaAttempt(), other, refresh(12, at("12:01:00"), "r1"), refresh(13, at("12:02:00"), "r2"), principalSignIn(14, at("12:03:00")))
	f := newFakeStore(list...)
	for i := range f.records {
		r := &f.records[i]
		r.Versions[0].Doc = []byte(`{"category":"` + categoryOf(r.SignIn().Log) + `","time":"2026-11-23T12:10:00Z","properties":{"id":"` + r.SignIn().ID +
			`","createdDateTime":"` + r.SignIn().Time.Format(time.RFC3339Nano) + `","appliedConditionalAccessPolicies":[{"displayName":"Secret policy"}],"unknownField":"kept"}}`)
	}
	return f
}

func categoryOf(log store.Log) string {
	info, _ := store.SignIns.Log(log)
	return info.Category
}

func (p portal) download(path string) reply {
	p.t.Helper()
	a := p.get(path)
	return reply{a.Result(), a.Body.String()}
}

func TestDownloads(t *testing.T) {
	p := newPortal(t, exportStore(), admin)
	for _, test := range []struct {
		path, name, contentType string
		rows                    int
	}{
		{"/logs/interactive/export.csv", "InteractiveSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 2},
		{"/logs/legacy/export.csv", "InteractiveSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 2},
		{"/logs/interactive/export.csv?events=all", "InteractiveSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 4},
		{"/logs/interactive/export.csv?cols=city&limit=1", "InteractiveSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 2},
		{"/logs/interactive/export.csv?file=authdetails&from=2026-11-20T00:00:00Z&to=2026-11-25T00:00:00Z", "InteractiveSignIns_AuthDetails_2026-11-20_2026-11-25.csv", "text/csv; charset=utf-8", 4},
		{"/logs/noninteractive/export.csv?resource=r1&mitype=systemAssigned", "NonInteractiveSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 1},
		{"/logs/managedidentity/export.csv", "MSISignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 0},
		{"/logs/serviceprincipal/export.csv", "ApplicationSignIns_2026-11-22_2026-11-23.csv", "text/csv; charset=utf-8", 1},
		{"/logs/interactive/export.json", "InteractiveSignIns_2026-11-22_2026-11-23.json", "application/json", 2},
		{"/logs/managedidentity/export.json", "MSISignIns_2026-11-22_2026-11-23.json", "application/json", 0},
		{"/logs/interactive/export.ndjson", "InteractiveSignIns_2026-11-22_2026-11-23.ndjson", "application/x-ndjson", 4},
		{"/logs/managedidentity/export.ndjson", "MSISignIns_2026-11-22_2026-11-23.ndjson", "application/x-ndjson", 0},
		{"/logs/interactive/export.zip?user=ada", "SignIns_2026-11-22_2026-11-23.zip", "application/zip", 8},
		{"/logs/managedidentity/export.zip?user=ada", "SignIns_2026-11-22_2026-11-23.zip", "application/zip", 8},
		{"/logs/interactive/evidence.zip", "Evidence_InteractiveSignIns_2026-11-22_2026-11-23.zip", "application/zip", 7},
		{"/logs/legacy/evidence.zip", "Evidence_InteractiveSignIns_2026-11-22_2026-11-23.zip", "application/zip", 7},
		{"/logs/managedidentity/evidence.zip", "Evidence_MSISignIns_2026-11-22_2026-11-23.zip", "application/zip", 6},
		{"/logs/interactive/export.xlsx", "InteractiveSignIns_2026-11-22_2026-11-23.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 2},
	} {
		t.Run(test.path, func(t *testing.T) {
			a := p.download(test.path)
			if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != test.contentType || a.Header.Get("Content-Disposition") != `attachment; filename="`+test.name+`"` {
				t.Fatalf("got %d, %s, %s", a.StatusCode, a.Header.Get("Content-Type"), a.Header.Get("Content-Disposition"))
			}
			if got := rowsIn(t, test.contentType, a.body); got != test.rows {
				t.Errorf("%d rows, want %d:\n%s", got, test.rows, a.body)
			}
		})
	}
}

// A condition on a field that the log does not have does not narrow the file, and the download says so.
func TestDownloadsNameWhatIsSetAside(t *testing.T) {
	p := newPortal(t, exportStore(), admin)
	for path, want := range map[string]string{
		"/logs/noninteractive/export.csv?resource=r1&mitype=systemAssigned": `noninteractive="mitype=systemAssigned"`,
		"/logs/serviceprincipal/export.json?user=ada&sp.empty=no":           `serviceprincipal="user=ada"`,
		"/logs/managedidentity/evidence.zip?user=ada":                       `managedidentity="user=ada"`,
		"/logs/interactive/export.zip?user=ada":                             `serviceprincipal="user=ada", managedidentity="user=ada"`,
		"/logs/interactive/export.csv?user=ada":                             "",
	} {
		if got := p.download(path).Header.Get("X-Signpost-Set-Aside"); got != want {
			t.Errorf("%s: set aside %q, want %q", path, got, want)
		}
	}
}

// rowsIn counts the sign-ins in a file or the files in an archive, and checks the format.
func rowsIn(t *testing.T, contentType, body string) int {
	t.Helper()
	switch contentType {
	case "text/csv; charset=utf-8":
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || !strings.HasPrefix(body, "\ufeff") {
			t.Fatalf("not CSV with a byte order mark: %v", err)
		}
		return len(rows) - 1
	case "application/json":
		var list []json.RawMessage
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		return len(list)
	case "application/x-ndjson":
		lines := strings.SplitAfter(body, "\n")
		for _, line := range lines[:len(lines)-1] {
			if !json.Valid([]byte(line)) {
				t.Fatalf("not JSON: %s", line)
			}
		}
		return len(lines) - 1
	}
	if contentType == "application/zip" {
		archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		return len(archive.File)
	}
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Sign-ins")
	if err != nil {
		t.Fatal(err)
	}
	return len(rows) - 1
}

func TestDownloadsAreRefused(t *testing.T) {
	p := newPortal(t, exportStore(), admin)
	for _, path := range []string{
		"/logs/interactive/export.csv?range=1y", "/logs/interactive/export.csv?nonsense=1", "/logs/interactive/export.csv?error=x",
		"/logs/interactive/export.csv?after=nowhere", "/logs/interactive/export.csv?file=other", "/logs/serviceprincipal/export.csv?file=authdetails",
		"/logs/interactive/export.json?file=authdetails", "/logs/interactive/export.csv?before=" + store.Cursor{Key: store.Key{}.Next()}.String(),
		"/logs/interactive/export.csv?after=" + testID(11) + "&after=" + testID(11), "/logs/interactive/export.zip?after=" + testID(11),
		"/logs/interactive/evidence.zip?after=" + testID(11), "/logs/interactive/evidence.zip?file=authdetails", "/logs/interactive/evidence.zip?range=1y",
	} {
		if a := p.download(path); a.StatusCode != http.StatusBadRequest || a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: got %d, want 400", path, a.StatusCode)
		}
	}
	if a := p.download("/logs/nonsense/export.csv"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a log that is none: got %d, want 404", a.StatusCode)
	}
	broken := newPortal(t, &fakeStore{err: errBroken}, admin)
	for _, format := range []string{"csv", "json", "ndjson", "xlsx", "zip"} {
		if a := broken.download("/logs/interactive/export." + format); a.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s of a broken store: got %d, want 500", format, a.StatusCode)
		}
	}
	slow := newPortal(t, &fakeStore{err: store.ErrTooSlow}, admin)
	if a := slow.download("/logs/interactive/export.csv"); a.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("a store that is too slow: got %d, want 504", a.StatusCode)
	}
}

// Somebody without the right to Conditional Access data finds none of it in any file, and may not ask for it.
func TestDownloadsWithholdConditionalAccess(t *testing.T) {
	reader := newPortal(t, exportStore(), auth.RoleReportsReader)
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal"} {
		for _, file := range []string{"csv", "csv?file=authdetails", "json", "ndjson", "xlsx", "zip", "evidence"} {
			if log == "serviceprincipal" && strings.Contains(file, "=") {
				continue
			}
			path := "/logs/" + log + "/export." + file
			if file == "evidence" {
				path = "/logs/" + log + "/evidence.zip"
			}
			a := reader.download(path)
			if a.StatusCode != http.StatusOK || a.body == "" {
				t.Fatalf("%s %s: got %d", log, file, a.StatusCode)
			}
			text := a.body
			switch file {
			case "xlsx":
				text = allText(t, a.body)
			case "zip", "evidence":
				text = allFiles(t, a.body)
			}
			for _, secret := range []string{"conditionalaccess", "conditional access", "secret policy", "warehouse", "notapplied", "authenticationcontextclass"} {
				if strings.Contains(strings.ToLower(text), secret) {
					t.Errorf("%s %s holds %q", log, file, secret)
				}
			}
			if file == "ndjson" && !strings.Contains(text, `"unknownField":"kept"`) {
				t.Errorf("%s %s has lost what is not Conditional Access data", log, file)
			}
			for _, query := range []string{"ca=success", "cols=ca", "policy.has=x"} {
				separator := "?"
				if strings.Contains(file, "?") {
					separator = "&"
				}
				if a := reader.download(path + separator + query); a.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s with %s: got %d, want 403", log, file, query, a.StatusCode)
				}
			}
		}
	}
	whole := newPortal(t, exportStore(), admin).download("/logs/interactive/export.ndjson")
	if !strings.Contains(whole.body, "Secret policy") {
		t.Error("the right to see the data does not show it")
	}
}

// allFiles is the content of an archive, without the sentences about withheld data.
func allFiles(t *testing.T, archive string) string {
	t.Helper()
	files, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, content); err != nil {
			t.Fatal(err)
		}
	}
	text := all.String()
	for _, sentence := range []string{"Conditional Access data is not in the files", `"conditional_access": "withheld"`} {
		text = strings.ReplaceAll(text, sentence, "")
	}
	return text
}

func allText(t *testing.T, book string) string {
	t.Helper()
	file, err := excelize.OpenReader(strings.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, sheet := range file.GetSheetList() {
		rows, err := file.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			text.WriteString(strings.Join(row, "\n"))
		}
	}
	return text.String()
}

// A broken download goes on after its last whole row, without the heading.
func TestDownloadGoesOn(t *testing.T) {
	p := newPortal(t, exportStore(), admin)
	const path = "/logs/interactive/export."
	whole := p.download(path + "csv?events=all").body
	lines := strings.SplitAfter(strings.TrimPrefix(whole, "\ufeff"), "\r\n")
	rest := p.download(path + "csv?events=all&after=" + testID(3)).body
	if want := strings.Join(lines[3:], ""); rest != want || rest == "" {
		t.Errorf("the rest is %q, want %q", rest, want)
	}
	if got := p.download(path + "csv?events=all&after=" + url.QueryEscape(store.Cursor{Key: store.Key{}.Next()}.String())).body; got != "" {
		t.Errorf("behind the end there is %q", got)
	}
	records := strings.SplitAfter(p.download(path+"ndjson").body, "\n")
	if ids := idsOf(records); !slices.Equal(ids, []string{testID(11), testID(1), testID(2), testID(3)}) {
		t.Fatalf("the events are %q, want those of the line before it", ids)
	}
	// It broke off inside a line: the line is written once more, whole.
	for after, want := range map[string][]string{testID(11): {testID(1), testID(2), testID(3)}, testID(1): {testID(1), testID(2), testID(3)}, testID(3): nil} {
		if ids := idsOf(strings.SplitAfter(p.download(path+"ndjson?after="+after).body, "\n")); !slices.Equal(ids, want) {
			t.Errorf("after %s: %q, want %q", after, ids, want)
		}
	}
}

func idsOf(lines []string) (ids []string) {
	for _, line := range lines {
		var record struct {
			Properties struct{ ID string }
		}
		if json.Unmarshal([]byte(line), &record) == nil {
			ids = append(ids, record.Properties.ID)
		}
	}
	return ids
}

// breaking gives two pages and then an error.
type breaking struct {
	store.Store
	pages int
}

func (f *breaking) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if f.pages++; f.pages > 2 { // the third page is asked for while the first is written
		return store.Page{}, errBroken
	}
	q.After = nil
	page, err := f.Store.Page(ctx, q)
	page.Next = &store.Cursor{Key: store.Key{}.Next()}
	for len(page.Rows) > 0 && len(page.Rows) < 2000 { // more bytes than the buffers hold
		page.Rows = append(page.Rows, page.Rows...)
	}
	return page, err
}

// A client notices an error during a download: the file breaks off, and does not end as if it were whole.
func TestBrokenDownloadIsSeen(t *testing.T) {
	p := newPortal(t, &breaking{Store: exportStore()}, admin)
	server := httptest.NewServer(p.Server)
	defer server.Close()
	answer := overTheWire(t, server, "/logs/interactive/export.csv")
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK || len(body) == 0 {
		t.Fatalf("got %d with %d bytes, want a download that begins", answer.StatusCode, len(body))
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the body ends with %v, want an end that was not expected", err)
	}
}

func TestDownloadMenu(t *testing.T) {
	p := newPortal(t, exportStore(), admin)
	menu := p.get("/logs/interactive?app=Travel+Desk&cols=city&limit=1").hook("download")
	for tries := 0; menu.Find(`[data-testid="file-size"]`).Length() < 7 && tries < 200; tries++ { // no page waits long for its sizes
		menu = p.get("/logs/interactive?app=Travel+Desk&cols=city&limit=1").hook("download")
	}
	if got := menu.Find(`[data-testid="download-size"]`).Text(); got != "2 sign-ins" {
		t.Errorf("the menu tells of %q, want 2 sign-ins", got)
	}
	links := menu.Find("a")
	if links.Length() != 8 {
		t.Fatalf("%d files, want 8", links.Length())
	}
	isDocument := func(i int) bool { return strings.Contains(links.Eq(i).AttrOr("href", ""), "/export.html?") }
	var sizes []string
	for i := range links.Length() {
		sizes = append(sizes, links.Eq(i).Find(`[data-testid="file-size"]`).Text())
	}
	for i, size := range sizes {
		if known := strings.HasPrefix(size, "about ") && strings.HasSuffix(size, "B") || strings.HasSuffix(size, " bytes"); !known && !isDocument(i) {
			t.Errorf("file %d: the size is %q", i, size)
		}
	}
	for i := range links.Length() {
		href, _ := links.Eq(i).Attr("href")
		if strings.Contains(href, "cols") || strings.Contains(href, "limit") || !strings.Contains(href, "from=2026-11-22T14%3A30%3A00Z&to=2026-11-23T14%3A30%3A00Z") {
			t.Errorf("a file's address is %s", href)
		}
		if answer := p.download(href); answer.StatusCode != http.StatusOK || strings.HasPrefix(answer.body, "<") != isDocument(i) {
			t.Errorf("%s: got %d", href, answer.StatusCode)
		}
	}
	if n := p.get("/logs/interactive?range=1y").hook("download").Length(); n != 0 {
		t.Error("a list whose address is wrong can be downloaded")
	}
}

// overTheWire asks a server as a signed-in browser does. Only so are errors after the head of an answer visible.
func overTheWire(t *testing.T, server *httptest.Server, path string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: plainCookie, Value: strings.Repeat("A", 43)})
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
