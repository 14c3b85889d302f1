package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/activity"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
)

// activityHouse is a portal with the records of some files of Microsoft 365 activity.
func activityHouse(t *testing.T, files map[string]string) (h *house, db *datafolder.Folder) {
	t.Helper()
	folder := t.TempDir()
	h = newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.PastImports, c.Imports = db, db, db
		imports, err := NewUploads(plainImporter{w: db}, folder+"/uploads", ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close)
		c.Uploads = imports
		c.Unread, c.Misread = importer.Unread(kinds.Catalog), importer.Misread(kinds.Catalog)
	})
	for name, text := range files {
		report, err := importer.New(db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text))
		if err != nil || report.RejectedTotal > 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
	}
	for name, role := range map[string]auth.Role{
		"ada": auth.RoleGlobalAdministrator, "sec": auth.RoleSecurityAdministrator, "reader": auth.RoleSecurityReader, "rita": auth.RoleReportsReader, "kari": auth.RoleUser,
	} {
		h.add(name, role)
	}
	return h, db
}

// realActivity are the real files, by their names. The test is skipped where they are not at hand.
func realActivity(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{
		"records/Azure_Azure-Sentinel/*office_activity*.csv", "records/DataDog_*/ms_graph_activity_logs.json", "records/OTRF_Security-Datasets/*.json", "records/panther-labs_panther-analysis/ual_*",
		"fixtures/panther-labs_panther-analysis/idp_m365.ndjson", "fixtures/OTRF_Security-Datasets/o365spray_default.json",
	} {
		paths, err := filepath.Glob("../../shared/" + pattern)
		if err != nil || len(paths) == 0 {
			t.Skip("the real exports are not at hand: ", pattern)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(path)] = string(text)
		}
	}
	return files
}

// leavesOf calls f with every plain value inside a JSON value, also in JSON inside a text.
func leavesOf(value any, f func(text string)) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			leavesOf(member, f)
		}
	case []any:
		for _, item := range value {
			leavesOf(item, f)
		}
	case string:
		var inside any
		if trimmed := strings.TrimSpace(value); trimmed != "" && strings.ContainsAny(trimmed[:1], "[{") && json.Unmarshal([]byte(trimmed), &inside) == nil {
			leavesOf(inside, f)
			return
		}
		f(value)
	case json.Number, bool:
		f(fmt.Sprint(value))
	}
}

// Every plain value of every record of the real files stands on its page of details, or in the record as received there.
func TestEveryValueOfActivityIsShown(t *testing.T) {
	t.Parallel()
	h, db := activityHouse(t, realActivity(t))
	v := h.as("ada")
	records, values := 0, 0
	q := store.RecordsQuery{ListQuery: store.ListQuery{Log: activity.Log, Range: store.AllTime(), Limit: 200}}
	for more := true; more; more = q.After != nil {
		page, err := db.Records(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Records {
			r := &page.Records[i]
			records++
			body := v.get("/logs/activity/" + url.PathEscape(r.Entry.Head().ID) + "?tab=all&whole=yes").document(t).Find("main").Text()
			plain := strings.Join(strings.Fields(body), " ")
			for _, version := range r.Versions {
				decoder := json.NewDecoder(bytes.NewReader(version.Doc))
				decoder.UseNumber()
				var doc any
				if err := decoder.Decode(&doc); err != nil {
					t.Fatal(err)
				}
				leavesOf(doc, func(text string) {
					values++
					if text = strings.Join(strings.Fields(text), " "); text != "" && !strings.Contains(plain, text) && !strings.Contains(plain, strings.Trim(string(must1(json.Marshal(text))), `"`)) {
						t.Errorf("the page of %s lacks %q", r.Entry.Head().ID, text)
					}
				})
			}
		}
		q.After = page.Next
	}
	if records != 299 || values < 8000 {
		t.Errorf("%d records with %d values were looked at", records, values)
	}
}

func must1(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// unpackedBody gives what the files of an archive hold; any other body as it is.
func unpackedBody(t *testing.T, body string) string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return body
	}
	var all strings.Builder
	for _, f := range archive.File {
		file, err := f.Open()
		if err == nil {
			_, err = io.Copy(&all, file)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
	}
	return all.String()
}

const (
	activityDay = "?from=2026-11-20T00:00:00Z&to=2026-11-23T12:00:00Z"
	// hiddenName stands in every name of an item of someActivity.
	hiddenName   = "Quaybook"
	someActivity = `{"CreationTime":"2026-11-22T10:00:01","Id":"00000009-0000-4000-8000-000000000001","Operation":"FileDownloaded","RecordType":6,"Workload":"SharePoint","ItemType":"File","ObjectId":"https://x.sharepoint.com/sites/a/Quaybook.docx","SourceFileName":"Quaybook.docx","SourceRelativeUrl":"Shared/Quaybook","UserId":"kai@example.com","UserKey":"` + userKai + `","ClientIP":"192.0.2.4:443"}
{"CreationTime":"2026-11-22T10:00:02","Id":"00000009-0000-4000-8000-000000000002","Operation":"New-InboxRule","RecordType":1,"Workload":"Exchange","ObjectId":"kai@example.com\\rule","Parameters":[{"Name":"SubjectContainsWords","Value":"Quaybook"},{"Name":"ForwardTo","Value":"eve@example.net"}],"UserId":"kai@example.com"}
{"CreationTime":"2026-11-22T10:00:03","Id":"00000009-0000-4000-8000-000000000003","Operation":"Send","RecordType":2,"Workload":"Exchange","Item":{"Subject":"Re: Quaybook","ParentFolder":{"Path":"\\Quaybook"}},"UserId":"kai@example.com"}
{"time":"2026-11-22T10:05:00Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"00000009-0000-4000-8000-000000000004","timeGenerated":"2026-11-22T10:00:04Z","requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/me/drive/root:/Quaybook.docx:/content","responseStatusCode":200,"appId":"a1","C_Idtyp":"user","userId":"` + userKai + `"}}`
	aSignInOfKai = `{"time":"2026-11-22T09:00:00Z","category":"SignInLogs","tenantId":"t1","properties":{"id":"00000001-0000-4000-8000-000000000001","createdDateTime":"2026-11-22T09:00:00Z","userId":"` + userKai + `","userPrincipalName":"kai@example.com","appId":"a1","appDisplayName":"Quay","status":{"errorCode":0}}}`
)

// A Reports Reader finds no trace of Microsoft 365 activity: no page, count, facet, report or download has its records, its
// number or its name.
func TestReportsReadersFindNoActivity(t *testing.T) {
	t.Parallel()
	h, _ := activityHouse(t, map[string]string{"mixed.json": aSignInOfKai + "\n" + someActivity, "onlyactivity.json": strings.ReplaceAll(someActivity, "00000009-", "00000008-")})
	const record = "/logs/activity/00000009-0000-4000-8000-000000000001"
	for name, want := range map[string]int{"ada": http.StatusOK, "sec": http.StatusOK, "reader": http.StatusOK, "rita": http.StatusForbidden, "kari": http.StatusForbidden} {
		v := h.as(name)
		for _, path := range []string{"/logs/activity" + activityDay, record, "/logs/activity/export.csv" + activityDay, "/logs/activity/export.ndjson" + activityDay, "/logs/activity/export.json" + activityDay} {
			if got := v.get(path); got.StatusCode != want {
				t.Errorf("%s as %s: %d, want %d", path, name, got.StatusCode, want)
			}
		}
	}
	v := h.as("rita")
	v.get("/compare?a="+url.QueryEscape("activity/00000009-0000-4000-8000-000000000001")).expect(t, "a comparison", http.StatusForbidden, "")
	for _, path := range []string{
		"/", "/logs/interactive" + activityDay, "/logs/audit" + activityDay, "/logs/interactive/00000001-0000-4000-8000-000000000001?tab=all", "/users/" + userKai, "/users", "/apps", "/search?q=kai%40example.com",
		"/search?q=00000009-0000-4000-8000-000000000001", "/search?q=Quaybook", "/search?q=192.0.2.4", "/sources", "/sources?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z", "/logs/interactive/evidence.zip" + activityDay,
		"/logs/interactive/export.zip" + activityDay, "/errors/50126", "/help", "/me", "/settings/account",
	} {
		body := unpackedBody(t, v.get(path).body)
		for _, trace := range []string{"Microsoft 365", "logs/activity", "FileDownloaded", hiddenName, "onlyactivity.json", "activity records"} {
			isAsked := strings.Contains(path, "q="+trace) || path == "/help" && trace == "Microsoft 365" // Microsoft 365 itself
			if strings.Contains(body, trace) && !isAsked {
				t.Errorf("%s as a Reports Reader has %q", path, trace)
			}
		}
	}
}

// Where the setting guards names of items, only a Global Administrator sees them, on any page and in any file, and only a
// Global Administrator changes the setting.
func TestNamesOfItemsAreGuarded(t *testing.T) {
	t.Parallel()
	h, _ := activityHouse(t, map[string]string{"some.json": someActivity})
	pages := []string{
		"/logs/activity" + activityDay + "&cols=item,target,operation,siteurl,itemnames,requesturi", "/logs/activity/export.csv" + activityDay, "/logs/activity/export.json" + activityDay,
		"/logs/activity/export.ndjson" + activityDay, "/logs/activity/export.xlsx" + activityDay, "/logs/activity/evidence.zip" + activityDay,
	}
	for n := 1; n <= 4; n++ {
		for _, tab := range []string{"all&whole=yes", "raw", "history", "targets", "summary"} {
			pages = append(pages, fmt.Sprintf("/logs/activity/00000009-0000-4000-8000-00000000000%d?tab=%s", n, tab))
		}
	}
	filters := []string{"/logs/activity" + activityDay + "&item.has=Quaybook", "/logs/activity" + activityDay + "&siteurl.has=x", "/logs/activity" + activityDay + "&requesturi.empty=yes"}
	seen := func(v *visitor) (n int) {
		for _, page := range pages {
			if strings.Contains(unpackedBody(t, v.get(page).body), hiddenName) {
				n++
			}
		}
		return n
	}
	ada, sec := h.as("ada"), h.as("sec")
	if n := seen(sec); n < 10 {
		t.Errorf("before, %d pages have names", n)
	}
	for _, filter := range filters {
		sec.get(filter).expect(t, "a filter by names, before", http.StatusOK, "")
	}
	sec.get(views.ActivitySettingsPath).expect(t, "the setting of a Security Administrator", http.StatusForbidden, "")
	sec.post(views.ActivitySettingsPath, form("do", "save", "guard", "yes")).expect(t, "set by a Security Administrator", http.StatusForbidden, "")
	ada.post(views.ActivitySettingsPath, form("do", "save", "guard", "yes")).expect(t, "set", http.StatusSeeOther, views.ActivitySettingsPath+"?done=saved")
	for _, name := range []string{"sec", "reader"} {
		v := h.as(name)
		for _, page := range pages {
			switch got := v.get(page); {
			case strings.Contains(unpackedBody(t, got.body), hiddenName):
				t.Errorf("%s has a name for %s", page, name)
			case got.StatusCode != http.StatusOK && !strings.Contains(page, "cols="):
				t.Errorf("%s for %s: %d", page, name, got.StatusCode)
			}
		}
		for _, filter := range filters {
			v.get(filter).expect(t, "a filter by names", http.StatusForbidden, "")
		}
		if body := v.get("/logs/activity" + activityDay).body; strings.Contains(body, hiddenName) || !strings.Contains(body, "FileDownloaded") {
			t.Errorf("the list of %s: names %t", name, strings.Contains(body, hiddenName))
		}
		if body := v.get("/logs/activity/00000009-0000-4000-8000-000000000002?tab=modified").body; !strings.Contains(body, "eve@example.net") {
			t.Errorf("what is no name is hidden from %s", name)
		}
	}
	if n := seen(ada); n < 10 {
		t.Errorf("a Global Administrator sees names on %d pages", n)
	}
	ada.post(views.ActivitySettingsPath, form("do", "save")).expect(t, "set back", http.StatusSeeOther, views.ActivitySettingsPath+"?done=saved")
	sec.get(filters[0]).expect(t, "a filter by names, after", http.StatusOK, "")
}
