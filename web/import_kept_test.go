package web

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

// portalFile is a file of the Entra admin center with one sign-in of a date.
func portalFile(date string) string {
	return "Date (UTC),Request ID,Username,Application,IP address,Status,Sign-in error code\n" +
		date + ",6d7d1a4f-0000-4000-8000-000000000001,ada@example.com,Portal,192.0.2.1,Success,0\n"
}

// newest gives the time of the newest sign-in of a log, as text; empty where there is none.
func (h importHouse) newest(log store.Log) string {
	h.visitor.t.Helper()
	newest, some, err := h.server.Store.Newest(h.visitor.t.Context(), log)
	if err != nil {
		h.visitor.t.Fatal(err)
	}
	if !some {
		return ""
	}
	return newest.UTC().Format("2006-01-02 15:04")
}

// kept gives the ID of the upload that the page of the run keeps.
func (h importHouse) keptID(page reply) string {
	h.visitor.t.Helper()
	return attribute(h.visitor.t, page, "[data-testid=answers] input[name=upload]", "value")
}

// What a file does not say is asked, and the answer imports the file that was uploaded.
func TestAnUploadThatAsks(t *testing.T) {
	const day = "2026-11-28T08:00:00Z"
	for _, test := range []struct {
		what, file, content, asks string
		answer                    url.Values
		log                       store.Log
		time                      string
	}{
		{"the log", "export.csv", portalFile(day), "Which log is it?", url.Values{"log": {"noninteractive"}}, store.NonInteractive, "2026-11-28 08:00"},
		{"the order", "InteractiveSignIns.csv", portalFile(`"3/11/2026, 8:00:00 AM"`), `such as "3/11/2026, 8:00:00 AM". What comes first?`, url.Values{"dates": {"dmy"}}, store.Interactive, "2026-11-03 08:00"},
		{
			"the zone", "query.csv", "TimeGenerated [Local Time],Category,UserPrincipalName,AppDisplayName,IPAddress,ResultType,Id\n2026-11-28T08:00:00,SignInLogs,ada@example.com,Portal,192.0.2.1,0,6d7d1a4f-0000-4000-8000-000000000002\n",
			"Time zone of the file",
			url.Values{"zone": {"Europe/Zurich"}},
			store.Interactive, "2026-11-28 07:00",
		},
		{"in an archive", "all.zip", archiveOf(t, "export.csv", portalFile(day)), "Which log is it?", url.Values{"log": {"interactive"}}, store.Interactive, "2026-11-28 08:00"},
	} {
		t.Run(test.what, func(t *testing.T) {
			h := newImportHouse(t, ImportLimits{}, nil)
			h.upload(test.file, test.content).expect(t, "upload", http.StatusSeeOther, "/import/run")
			h.settled()
			page := h.get("/import/run")
			if title := page.find(t, "h1"); title != "A question must be answered" {
				t.Errorf("the page is called %q", title)
			}
			if form := page.find(t, "[data-testid=answers]"); !strings.Contains(form, test.asks) || strings.Contains(form, "--") {
				t.Errorf("the form says %q, want %q and no flag in it", form, test.asks)
			}
			if got := h.newest(test.log); got != "" {
				t.Errorf("a sign-in of %s was imported before the answer", got)
			}
			id := h.keptID(page)
			test.answer.Set("upload", id)
			test.answer.Set("file", "0")
			stranger := h.at("eve", auth.RoleSecurityAdministrator)
			stranger.send(http.MethodPost, "/import/kept", test.answer).expect(t, "a stranger's answer", http.StatusNotFound, "")
			stranger.get("/import/explain?upload="+id).expect(t, "a stranger's look", http.StatusNotFound, "")
			if form := stranger.get("/import/run").find(t, "[data-testid=answers]"); form != "" {
				t.Errorf("a stranger is asked %q", form)
			}
			none := h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}})
			if problem := none.find(t, "[data-testid=error]"); none.StatusCode != http.StatusUnprocessableEntity || !strings.HasPrefix(problem, test.file+": ") {
				t.Errorf("no answer: got %d %q", none.StatusCode, problem)
			}
			h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"7"}}).expect(t, "no such file", http.StatusNotFound, "")
			h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"x"}}).expect(t, "no number", http.StatusBadRequest, "")
			h.send(http.MethodPost, "/import/kept", test.answer).expect(t, "the answer", http.StatusSeeOther, "/import/run")
			h.settled()
			if got := h.newest(test.log); got != test.time {
				t.Errorf("got a sign-in of %q, want %s", got, test.time)
			}
			done := h.get("/import/run")
			if title := done.find(t, "h1"); title != "Imported" {
				t.Errorf("then the page is called %q", title)
			}
			list := h.get(attribute(t, done, "[data-testid=imported-log]", "href"))
			if list.StatusCode != http.StatusOK || !strings.Contains(list.body, "ada@example.com") {
				t.Errorf("the link to the log gives %d, without the sign-in", list.StatusCode)
			}
			h.noFiles("imported")
			h.send(http.MethodPost, "/import/kept", test.answer).expect(t, "the answer again", http.StatusNotFound, "")
		})
	}
}

// A file may ask one thing after another: what was said stays.
func TestTwoQuestions(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	h.upload("export.csv", portalFile(`"3/11/2026, 8:00:00 AM"`), "good.json", importRecord(1))
	h.settled()
	id := h.keptID(h.get("/import/run"))
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "dates": {"mdy"}})
	h.settled()
	page := h.get("/import/run")
	if form := page.find(t, "[data-testid=answers]"); !strings.Contains(form, "Which log is it?") {
		t.Fatalf("the second form says %q", form)
	}
	if waiting := h.get("/import").find(t, "#waiting + ul"); waiting != "export.csv" {
		t.Errorf("the import page says that %q waits", waiting)
	}
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "log": {"noninteractive"}})
	h.settled()
	if got := h.newest(store.NonInteractive); got != "2026-03-11 08:00" {
		t.Errorf("got a sign-in of %q", got)
	}
	h.noFiles("imported")
}

// uploadToExplain uploads files to have them explained, and gives the address of the page.
func (h importHouse) uploadToExplain(pairs ...string) (address string) {
	t := h.visitor.t
	t.Helper()
	kind, body := files(t, pairs...)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/import/explain", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := h.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	address = response.Header.Get("Location")
	if response.StatusCode != http.StatusSeeOther || !strings.HasPrefix(address, "/import/explain?upload=") {
		t.Fatalf("got %d to %q", response.StatusCode, address)
	}
	h.settled()
	return address
}

func TestExplainAnUpload(t *testing.T) {
	h := newMapHouse(t)
	address := h.uploadToExplain("InteractiveSignIns_2026-11-28_2026-11-28.csv", portalFile("2026-11-28T08:00:00Z"), "events.csv", "when,who <b>\n1,2\n")
	if got := h.newest(store.Interactive); got != "" {
		t.Errorf("explaining has stored a sign-in of %s", got)
	}
	page := h.get(address)
	all := page.find(t, "[data-testid=explained]")
	for _, want := range []string{
		"Entra admin center CSV", "The file's name tells the log: User sign-ins (interactive).", "Username1Username", "Download JSON instead",
		"The first line has these headings: when, who <b>.", "Map its columns",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page says %q, want %q in it", all, want)
		}
	}
	if link := attribute(t, page, "[data-testid=explained]:last-of-type a.button", "href"); !strings.HasPrefix(link, "/import/map?upload=") || !strings.HasSuffix(link, "&file=1") {
		t.Errorf("the link to the mapping is %q", link)
	}
	h.at("eve", auth.RoleSecurityAdministrator).get(address).expect(t, "a stranger", http.StatusNotFound, "")
	h.get("/import/explain?upload=x&y=z").expect(t, "a bad parameter", http.StatusBadRequest, "")
	id := h.keptID(page)
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}}).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	if got := h.newest(store.Interactive); got != "2026-11-28 08:00" {
		t.Errorf("got a sign-in of %q", got)
	}
	if page := h.get(address); strings.Contains(page.find(t, "[data-testid=answers] h3"), "InteractiveSignIns") {
		t.Error("the imported file is offered again")
	}
}

// Kept uploads go when the program ends, and when there are too many.
func TestKeptUploadsAreBounded(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	for range maxKept + 2 {
		h.upload("export.csv", portalFile("2026-11-28T08:00:00Z"))
		h.settled()
	}
	folders := func() int {
		entries, err := os.ReadDir(h.folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if n := folders(); n != maxKept {
		t.Errorf("%d uploads are kept, want %d", n, maxKept)
	}
	h.server.Uploads.Close()
	if n := folders(); n != 0 {
		t.Errorf("%d uploads stay when the program ends", n)
	}
}
