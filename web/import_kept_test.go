package web

import (
	"fmt"
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
			if report := page.find(t, "[data-testid=import-report]"); !strings.Contains(report, "1 record found, and none was imported. ") || strings.Contains(report, "kipped") {
				t.Errorf("the report says %q", report)
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

// A file that asks two things asks both in one form.
func TestTwoQuestions(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	h.upload("export.csv", portalFile(`"3/11/2026, 8:00:00 AM"`), "good.json", importRecord(1))
	h.settled()
	page := h.get("/import/run")
	id := h.keptID(page)
	if form := page.find(t, "[data-testid=answers]"); !strings.Contains(form, "Which log is it?") || !strings.Contains(form, "What comes first?") {
		t.Fatalf("the form says %q", form)
	}
	if waiting := h.get("/import").find(t, "#waiting + ul"); waiting != "export.csv" {
		t.Errorf("the import page says that %q waits", waiting)
	}
	for _, half := range []url.Values{{"dates": {"mdy"}}, {"log": {"noninteractive"}}} {
		half.Set("upload", id)
		half.Set("file", "0")
		if got := h.send(http.MethodPost, "/import/kept", half); got.StatusCode != http.StatusUnprocessableEntity || h.newest(store.NonInteractive) != "" {
			t.Errorf("one answer of two: got %d", got.StatusCode)
		}
	}
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "dates": {"mdy"}, "log": {"noninteractive"}}).expect(t, "both answers", http.StatusSeeOther, "/import/run")
	h.settled()
	if got := h.newest(store.NonInteractive); got != "2026-03-11 08:00" {
		t.Errorf("got a sign-in of %q", got)
	}
	h.noFiles("imported")
}

// Files of one upload may have one name. Each asks for itself, and an answer is for the file that asked.
func TestAnswersAreForOneFile(t *testing.T) {
	const day = "2026-11-28T08:00:00Z"
	other := func(date string) string {
		return strings.ReplaceAll(portalFile(date), "000000000001", "000000000002")
	}
	open := `"3/11/2026, 8:00:00 AM"`
	for _, test := range []struct {
		what  string
		files []string // contents
		asks  map[int]string
		// answers to the file of a place, and the newest sign-ins that follow
		answer      url.Values
		place, left int
		log         store.Log
		time        string
	}{
		{
			"both ask for the log",
			[]string{portalFile(day), other("2026-11-27T08:00:00Z")},
			map[int]string{0: "Which log is it?", 1: "Which log is it?"},
			url.Values{"log": {"noninteractive"}},
			1, 0, store.NonInteractive, "2026-11-27 08:00",
		},
		{
			"one asks for dates too",
			[]string{portalFile(day), other(open)},
			map[int]string{0: "Which log is it?", 1: "What comes first?"},
			url.Values{"log": {"interactive"}},
			0, 1, store.Interactive, "2026-11-28 08:00",
		},
	} {
		t.Run(test.what, func(t *testing.T) {
			h := newImportHouse(t, ImportLimits{}, nil)
			var pairs []string
			for _, content := range test.files {
				pairs = append(pairs, "export.csv", content)
			}
			h.upload(append(pairs, "export.csv", importRecord(9))...)
			h.settled()
			page := h.get("/import/run")
			forms := page.document(t).Find("[data-testid=answers]")
			if forms.Length() != len(test.asks) {
				t.Fatalf("%d files ask, want %d", forms.Length(), len(test.asks))
			}
			for i, form := range forms.EachIter() {
				if text := form.Text(); !strings.Contains(text, test.asks[i]) || !strings.Contains(text, fmt.Sprintf("export.csv (file %d of 3, ", i+1)) {
					t.Errorf("form %d says %q", i, text)
				}
				if dates := form.Find("[name=dates]").Length() > 0; dates != strings.Contains(test.asks[i], "first") {
					t.Errorf("form %d asks for dates: %t", i, dates)
				}
			}
			id := h.keptID(page)
			test.answer.Set("upload", id)
			test.answer.Set("file", fmt.Sprint(test.place))
			h.send(http.MethodPost, "/import/kept", test.answer).expect(t, "the answer", http.StatusSeeOther, "/import/run")
			h.settled()
			if got := h.newest(test.log); got != test.time {
				t.Errorf("got a sign-in of %q, want %s", got, test.time)
			}
			rest := h.get("/import/run")
			if got := rest.each(t, "[data-testid=answers] input[name=file]"); len(got) != 1 || attribute(t, rest, "[data-testid=answers] input[name=file]", "value") != fmt.Sprint(test.left) {
				t.Errorf("then %d files ask, want that of place %d alone", len(got), test.left)
			}
			if text := rest.find(t, "[data-testid=answers]"); !strings.Contains(text, test.asks[test.left]) {
				t.Errorf("then the form says %q", text)
			}
		})
	}
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

// The explanation of a file that asks counts its records once, says what its source cannot show, and asks all at once.
func TestExplainAFileThatAsks(t *testing.T) {
	h := newImportHouse(t, ImportLimits{}, nil)
	address := h.uploadToExplain("export.csv", portalFile(`"3/11/2026, 8:00:00 AM"`), "export.csv", portalFile("2026-11-28T08:00:00Z"))
	page := h.get(address)
	all := page.each(t, "[data-testid=explained]")
	if len(all) != 2 {
		t.Fatalf("%d files are explained", len(all))
	}
	for _, want := range []string{
		"export.csv (file 1 of 2, ", "1 found, and none is imported before what the file asks is answered", "Not in this source (Entra admin center CSV): ", "Which log is it?", "What comes first?", "Username1Username",
	} {
		if !strings.Contains(all[0], want) {
			t.Errorf("the page says %q, want %q in it", all[0], want)
		}
	}
	for _, wrong := range []string{"skipped", "No file of", "No record lists Conditional Access"} {
		if strings.Contains(all[0], wrong) {
			t.Errorf("the page says %q, with %q in it", all[0], wrong)
		}
	}
	if strings.Contains(all[1], "What comes first?") {
		t.Errorf("the second file asks for dates: %q", all[1])
	}
	id := h.keptID(page)
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "dates": {"dmy"}, "log": {"interactive"}}).expect(t, "both answers", http.StatusSeeOther, "/import/run")
	h.settled()
	if got := h.newest(store.Interactive); got != "2026-11-03 08:00" {
		t.Errorf("got a sign-in of %q", got)
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
