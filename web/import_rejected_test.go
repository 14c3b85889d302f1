package web

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

const (
	rejectedHead  = "Date (UTC),Request ID,Username,Application,IP address,Status,Sign-in error code\n"
	goodRow       = "2026-11-23T08:00:00Z,6d7d1a4f-0000-4000-8000-000000000001,ada@example.com,Portal,192.0.2.1,Success,0\n"
	badRow        = "\"soon\",6d7d1a4f-0000-4000-8000-000000000002,ada@example.com,Portal,192.0.2.1,Success,0\n"
	workspaceHead = "TimeGenerated [UTC],Category,UserPrincipalName,AppDisplayName,IPAddress,ResultType,Id\n"
)

// An upload with bad records is mended from its download, and uploaded again: then nothing is missing.
func TestRejectedRecordsAreMended(t *testing.T) {
	t.Parallel()
	badRecord := `{"id":"3","createdDateTime":"soon","signInEventTypes":["interactiveUser"],"appId":"a","status":{}}`
	for _, test := range []struct {
		what, file, content, name, want string
		mend                            []string
	}{
		{
			"JSON", "mine.json", importRecord(1) + badRecord + "\n", "rejected-mine-1.jsonl", badRecord + "\n",
			[]string{"soon", "2026-11-23T08:05:00Z"},
		},
		{
			"broken JSON", "mine.json", importRecord(1) + strings.Replace(importRecord(2), `,"userId"`, ` "userId"`, 1), "rejected-mine-1.jsonl", strings.Replace(importRecord(2), `,"userId"`, ` "userId"`, 1),
			[]string{` "userId"`, `,"userId"`},
		},
		{
			"the portal's CSV", "InteractiveSignIns_2026-11-22_2026-11-23 (1).csv", rejectedHead + goodRow + badRow, "rejected-InteractiveSignIns_2026-11-22_2026-11-23 (1)-1.csv", rejectedHead + badRow,
			[]string{`"soon"`, "2026-11-23T08:05:00Z"},
		},
		{
			"Log Analytics CSV", "query.csv", workspaceHead + "2026-11-23T08:00:00Z,SignInLogs,ada@example.com,Portal,192.0.2.1,0,6d7d1a4f-0000-4000-8000-000000000001\n" + "soon,SignInLogs,ada@example.com,Portal,192.0.2.1,0,6d7d1a4f-0000-4000-8000-000000000002\n",
			"rejected-query-1.csv", workspaceHead + "soon,SignInLogs,ada@example.com,Portal,192.0.2.1,0,6d7d1a4f-0000-4000-8000-000000000002\n",
			[]string{"soon", "2026-11-23T08:05:00Z"},
		},
	} {
		t.Run(test.what, func(t *testing.T) {
			h := newImportHouse(t, ImportLimits{}, nil)
			h.upload(test.file, test.content).expect(t, "upload", http.StatusSeeOther, "/import/run")
			h.settled()
			report := attribute(t, h.get("/import/run"), "[data-testid=rejected-report]", "href")
			page := h.get(report)
			if note := page.find(t, "[data-testid=rejected-file]"); !strings.Contains(note, "The file holds 1 of 1 rejected record.") || strings.Contains(note, "others") {
				t.Errorf("the page says %q", note)
			}
			address := attribute(t, page, "[data-testid=rejected-download]", "href")
			got := h.get(address)
			got.expect(t, "the download", http.StatusOK, "")
			if name := got.Header.Get("Content-Disposition"); name != `attachment; filename="`+test.name+`"` || got.body != test.want {
				t.Errorf("got %s with %q, want %s with %q", name, got.body, test.name, test.want)
			}
			h.upload(test.name, strings.NewReplacer(test.mend...).Replace(got.body)).expect(t, "the mended file", http.StatusSeeOther, "/import/run")
			h.settled()
			if numbers := h.get("/import/run").find(t, ".import-numbers"); numbers != "Read1New1Updated0Same0Skipped0Rejected0" {
				t.Errorf("the mended file: %q", numbers)
			}
			total, err := h.server.Store.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime()})
			if err != nil || total.N != 2 {
				t.Errorf("%d sign-ins are stored, %v, want 2", total.N, err)
			}
			for path, want := range map[string]int{address + "?x=y": http.StatusBadRequest, "/import/2/rejected": http.StatusNotFound, "/import/9/rejected": http.StatusNotFound, "/import/x/rejected": http.StatusNotFound} {
				h.get(path).expect(t, path, want, "")
			}
			if page := h.get("/import/2"); page.find(t, "[data-testid=rejected-file]") != "" {
				t.Error("an import without rejected records offers a file of them")
			}
		})
	}
}

// lookLog keeps the access records.
type lookLog struct {
	records []access.Record
	err     error
}

func (l *lookLog) Append(_ context.Context, r *access.Record) error {
	if l.err == nil {
		l.records = append(l.records, *r)
	}
	return l.err
}

// attributesHouse is a portal with an import that has records of custom security attributes beside others, and rejected ones of
// both and of neither.
func attributesHouse(t *testing.T) (h *house, looks *lookLog) {
	t.Helper()
	looks = &lookLog{}
	var db *datafolder.Folder
	h = newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		imports, err := NewUploads(plainImporter{w: db}, filepath.Join(t.TempDir(), "uploads"), ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close)
		c.Uploads, c.PastImports, c.Access = imports, db, looks
	})
	attribute := func(id, time string) string {
		return `{"time":"2026-11-23T07:30:00Z","category":"CustomSecurityAttributeAuditLogs","tenantId":"t1","properties":{"id":"` + id + `","activityDateTime":"` + time + `","activityDisplayName":"secretattribute","category":"AttributeManagement","result":"success"}}`
	}
	badAttribute := strings.ReplaceAll(attribute("Directory_5", "soon"), "2026-11-23T07:30:00Z", "soon")
	badSignIn := `{"time":"soon","category":"SignInLogs","tenantId":"t1","properties":{"id":"` + testID(1) + `","createdDateTime":"soon","userId":"u1"}}`
	unknown := `{"what" "nobodyknows"}`
	for _, lines := range [][]string{
		{attribute("Directory_4", "2026-11-23T07:30:00Z"), badAttribute, badSignIn, unknown}, // 1: holds some
		{badAttribute, unknown}, // 2: all that it has of them was rejected
		{badSignIn, unknown},    // 3: of other logs alone
		{attribute("Directory_6", "2026-11-23T07:30:00Z"), badAttribute}, // 4: of that log alone
	} {
		if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "export.json", strings.NewReader(strings.Join(lines, "\n"))); err != nil {
			t.Fatal(err)
		}
	}
	return h, looks
}

// Whoever may not read a log gets no rejected record that is of it or may be. The page does not tell them of the log.
func TestRejectedRecordsOfHiddenLogs(t *testing.T) {
	t.Parallel()
	h, looks := attributesHouse(t)
	h.add("ada", auth.RoleGlobalAdministrator)
	h.add("sec", auth.RoleSecurityAdministrator)
	for name, want := range map[string]map[string][]string{
		"ada": {"1": {"secretattribute", "soon", "nobodyknows"}, "2": {"secretattribute", "nobodyknows"}, "3": {"SignInLogs", "nobodyknows"}, "4": {"secretattribute"}},
		"sec": {"1": {"SignInLogs"}, "2": nil, "3": {"SignInLogs", "nobodyknows"}, "4": nil},
	} {
		v := h.as(name)
		for id, parts := range want {
			before := len(looks.records)
			got, page := v.get("/import/"+id+"/rejected"), v.get("/import/"+id)
			noted := slices.DeleteFunc(slices.Clone(looks.records[before:]), func(r access.Record) bool { return r.Action != access.Export })
			if parts == nil {
				got.expect(t, id+" for "+name, http.StatusNotFound, "")
				if len(noted) > 0 || page.find(t, "[data-testid=rejected-download]") != "" {
					t.Errorf("%s for %s: nothing is there, noted %+v, offered %q", id, name, noted, page.find(t, "[data-testid=rejected-file]"))
				}
			} else {
				got.expect(t, id+" for "+name, http.StatusOK, "")
				if len(noted) != 1 || noted[0].Account != name || noted[0].Query != "rejected records of import "+id+": export.json" || noted[0].Rows.N != int64(strings.Count(got.body, "\n")) {
					t.Errorf("%s for %s: the access log has %+v", id, name, noted)
				}
			}
			for _, part := range parts {
				if !strings.Contains(got.body, part) {
					t.Errorf("%s for %s: %q is not in %q", id, name, part, got.body)
				}
			}
			if name == "sec" && (strings.Contains(got.body+page.body, "secretattribute") || strings.Contains(got.body+page.body, "ustomSecurity") || strings.Contains(page.body, "ustom security")) {
				t.Errorf("%s for %s: tells of the log: %s", id, name, got.body)
			}
			note := page.find(t, "[data-testid=rejected-file]")
			if isNeutral := strings.Contains(note, "or you may not read it"); isNeutral != (name == "sec" && id != "3") {
				t.Errorf("%s for %s: the page says %q", id, name, note)
			}
		}
	}
	looks.err = http.ErrServerClosed
	if got := h.as("ada").get("/import/1/rejected"); got.StatusCode != http.StatusServiceUnavailable || strings.Contains(got.body, "secretattribute") {
		t.Errorf("where the download cannot be noted: got %d", got.StatusCode)
	}
}

// Nothing is taken out of the text, so whoever may import may see every class of data in records; else there is no text.
func TestWhoeverImportsMayReadAsReceived(t *testing.T) {
	for _, role := range auth.Roles() {
		v := Viewer{Rights: auth.RightsOf([]auth.Role{role})}
		if v.MayImport() != v.mayReadAsReceived() {
			t.Errorf("%s: may import %v, may read as received %v", role, v.MayImport(), v.mayReadAsReceived())
		}
	}
	limited := Viewer{Account: auth.Account{Scope: auth.Scope{Apps: []string{"a"}}}, Rights: auth.RightsOf([]auth.Role{auth.RoleGlobalAdministrator})}
	if limited.mayReadAsReceived() {
		t.Error("somebody limited to a scope gets records of the whole tenant")
	}
}
