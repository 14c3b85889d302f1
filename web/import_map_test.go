package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

const unknownFile = "When,Who,From,CA,Note\n2026-11-23T08:00:00Z,ada@contoso.example,192.0.2.7,failure,on site\n,eve@contoso.example,192.0.2.8,,\n"

// newMapHouse is an importHouse where somebody can map files.
func newMapHouse(t *testing.T) importHouse {
	t.Helper()
	h := importHouse{folder: filepath.Join(t.TempDir(), "uploads")}
	h.house = newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		db := c.Store.(*datafolder.Folder)
		people := c.Views.(MappingStore)
		imports, err := NewUploads(plainImporter{w: db, mappings: people.Mappings}, h.folder, ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close) // before the engine's own cleanup
		c.Uploads, c.PastImports, c.Mappings = imports, db, people
		c.LookAtFile = func(file UploadedFile, member int, m store.Mapping) (store.MappingLook, error) {
			return importer.LookAtFile(kinds.Catalog, importer.File{Path: file.Path, Name: file.Name, Uploaded: true}, member, m)
		}
	})
	h.visitor = h.at("ada", auth.RoleSecurityAdministrator)
	return h
}

// mapForm is the form of a page of a mapping as it was drawn, with changes.
func mapForm(t *testing.T, page reply, changes ...string) url.Values {
	t.Helper()
	values := url.Values{}
	form := page.document(t).Find("form.map-form")
	for _, input := range form.Find("input").EachIter() {
		values.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	for _, choice := range form.Find("select").EachIter() {
		values.Add(choice.AttrOr("name", ""), choice.Find("option[selected]").AttrOr("value", ""))
	}
	for i := 0; i < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
	}
	return values
}

func TestAnUnknownFileIsMapped(t *testing.T) {
	h := newMapHouse(t)
	refused := h.upload("badge.csv", unknownFile)
	refused.expect(t, "an unknown file", http.StatusUnprocessableEntity, "")
	h.settled()
	link := refused.href(t, "[data-testid=map-file]")
	if !strings.HasPrefix(link, "/import/map?upload=") || !strings.HasSuffix(link, "&file=0") {
		t.Fatalf("the link to the mapping is %q", link)
	}
	page := h.get(link)
	page.expect(t, "the page", http.StatusOK, "")
	page.expectTexts(t, "the headings", ".map-form tbody th", "When", "Who", "From", "CA", "Note")
	if got, want := mapForm(t, page)["field"], []string{"createdDateTime", "userPrincipalName", "ipAddress", "", ""}; !slices.Equal(got, want) {
		t.Errorf("guessed: got %v, want %v", got, want)
	}
	if rows := page.each(t, "[data-testid=map-row]"); len(rows) != 2 || !strings.Contains(rows[0], "192.0.2.7") || !strings.Contains(rows[1], "Rejected: the row has no time.") {
		t.Errorf("the preview: %q", rows)
	}

	// What is missing is said beside its control, and nothing is kept.
	twice := mapForm(t, page, "do", "import")
	twice["field"] = []string{"", "userPrincipalName", "userPrincipalName", "", ""}
	bad := h.post("/import/map", twice)
	bad.expect(t, "a bad mapping", http.StatusUnprocessableEntity, "")
	for selector, text := range map[string]string{
		"#map-name-problem": "Give the mapping a name", "#map-log-problem": "Choose the log", "#map-time": "Choose the column that holds the date and time",
		"#map-field-problem-2": "Username is chosen for the column Who already",
	} {
		if got := bad.find(t, selector); !strings.Contains(got, text) {
			t.Errorf("%s: got %q, want %q", selector, got, text)
		}
	}
	if list, err := h.people.Mappings(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}

	preview := mapForm(t, page, "do", "preview", "log", "interactive")
	preview["field"] = []string{"createdDateTime", "userPrincipalName", "ipAddress", "conditionalAccessStatus", ""}
	shown := h.post("/import/map", preview)
	shown.expect(t, "the preview", http.StatusOK, "")
	if rows := shown.each(t, "[data-testid=map-row]"); len(rows) != 2 || !strings.Contains(rows[0], "Failure") {
		t.Errorf("the preview: %q", rows)
	}
	good := mapForm(t, shown, "do", "import", "name", "Badge system")
	h.post("/import/map", good).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	h.noFiles("imported")
	run := h.get("/import/run").find(t, "[data-testid=import-state]")
	for _, text := range []string{"badge.csv", "CSV or JSON with a mapping", `Read with the mapping "Badge system".`, "New1", "Rejected1"} {
		if !strings.Contains(run, text) {
			t.Errorf("the report %q lacks %q", run, text)
		}
	}
	list, err := h.people.Mappings(t.Context())
	if err != nil || len(list) != 1 || list[0].By != "ada" || !list[0].Created.Equal(h.clock()) || list[0].Fields["CA"] != "conditionalAccessStatus" {
		t.Fatalf("kept: %+v, %v", list, err)
	}
	says(t, h.get(link), "the file is gone", http.StatusOK, "The file is not here any more")
	says(t, h.post("/import/map", good), "sent twice", http.StatusOK, "The file is not here any more")
	rows := h.get("/logs/interactive?range=7d")
	if !strings.Contains(rows.body, "ada@contoso.example") {
		t.Error("the row is not in the list")
	}

	// The next file with these headings needs no page.
	h.upload("later.csv", strings.ReplaceAll(unknownFile, "08:00", "08:30")).expect(t, "the next file", http.StatusSeeOther, "/import/run")
	h.settled()

	says(t, h.get("/import/mappings"), "the mappings", http.StatusOK, "When is Date")
	id := attribute(t, h.get("/import/mappings"), "[data-testid=mapping] input[name=id]", "value")
	says(t, h.post("/import/mappings", form("id", id, "do", "rename", "name", "")), "no name", http.StatusUnprocessableEntity, "Give the mapping a name")
	h.post("/import/mappings", form("id", id, "do", "rename", "name", "Doors")).expect(t, "rename", http.StatusSeeOther, "/import/mappings?done=mapping-renamed")
	says(t, h.get("/import/mappings?done=mapping-renamed"), "renamed", http.StatusOK, "Renamed.Doors")
	h.post("/import/mappings", form("id", id, "do", "delete")).expect(t, "delete", http.StatusSeeOther, "/import/mappings?done=mapping-removed")
	h.post("/import/mappings", form("id", id, "do", "delete")).expect(t, "delete twice", http.StatusNotFound, "")
	if !strings.Contains(h.get("/logs/interactive?range=7d").body, "ada@contoso.example") {
		t.Error("the records went with their mapping")
	}
	h.upload("again.csv", unknownFile).expect(t, "unknown again", http.StatusUnprocessableEntity, "")
}

// The page counts beside a column what is not understood, over the rows that it looks at.
func TestMappingPageCountsWhatIsNotUnderstood(t *testing.T) {
	h := newMapHouse(t)
	file := "When,Who,Result\n"
	for i := range 12 {
		file += fmt.Sprintf("2026-11-23T08:00:00Z,u%d,%s\n", i, []string{"0", "50126", "odd"}[i%3])
	}
	link := h.upload("doors.csv", file).href(t, "[data-testid=map-file]")
	h.settled()
	page := h.get(link)
	if got := mapForm(t, page)["field"]; !slices.Equal(got, []string{"createdDateTime", "userPrincipalName", "status.errorCode"}) {
		t.Errorf("guessed: %q", got)
	}
	if got, want := page.each(t, "[data-testid=missed]"), []string{"4 of 12 values not understood in the first 12 rows, such as odd"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := attribute(t, page, "#map-field-2", "aria-describedby"); got != "map-missed-2" {
		t.Errorf("the choice is described by %q", got)
	}
	if page.document(t).Find("#map-zone, #map-dates").Length() > 0 {
		t.Error("it asks for what the file tells")
	}
	preview := mapForm(t, page, "do", "preview")
	preview["field"] = []string{"createdDateTime", "userPrincipalName", "status"}
	if got := h.post("/import/map", preview).each(t, "[data-testid=missed]"); len(got) != 1 || !strings.HasPrefix(got[0], "12 of 12 values not understood") {
		t.Errorf("as a status: %q", got)
	}
}

// A kept mapping is opened with its choices, and saved under its name.
func TestAKeptMappingIsChanged(t *testing.T) {
	h := newMapHouse(t)
	link := h.upload("badge.csv", unknownFile).href(t, "[data-testid=map-file]")
	h.settled()
	h.post("/import/map", mapForm(t, h.get(link), "do", "import", "log", "interactive", "name", "Badges")).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	address := h.get("/import/mappings").href(t, "[data-testid=change-mapping]")
	page := h.get(address)
	page.expect(t, "the mapping", http.StatusOK, "")
	page.expectTexts(t, "the headings", ".map-form tbody th", "CA", "From", "Note", "When", "Who")
	values := mapForm(t, page)
	if got := values["field"]; !slices.Equal(got, []string{"", "ipAddress", "", "createdDateTime", "userPrincipalName"}) || values.Get("name") != "Badges" || values.Get("log") != "interactive" {
		t.Errorf("it is opened with %v", values)
	}
	bad := url.Values{}
	for name, list := range values {
		bad[name] = list
	}
	bad["field"] = []string{"", "ipAddress", "ipAddress", "", ""}
	refused := h.post(address, bad)
	refused.expect(t, "a bad change", http.StatusUnprocessableEntity, "")
	for selector, text := range map[string]string{"#map-time": "Choose the column that holds the date and time", "#map-field-problem-2": "is chosen for the column From already"} {
		if got := refused.find(t, selector); !strings.Contains(got, text) {
			t.Errorf("%s: got %q, want %q", selector, got, text)
		}
	}
	bad["field"] = []string{"ipAddress"}
	h.post(address, bad).expect(t, "too few columns", http.StatusBadRequest, "")
	before, err := h.people.Mappings(t.Context())
	if err != nil || len(before) != 1 || before[0].Fields["CA"] != "" {
		t.Fatalf("a bad change has changed %+v, %v", before, err)
	}
	values["field"] = []string{"conditionalAccessStatus", "ipAddress", "", "createdDateTime", "userPrincipalName"}
	values.Set("log", "noninteractive")
	values.Set("name", "Doors")
	values.Set("zone_other", "Europe/Zurich")
	h.post(address, values).expect(t, "save", http.StatusSeeOther, "/import/mappings?done=mapping-changed")
	says(t, h.get("/import/mappings?done=mapping-changed"), "the list", http.StatusOK, "Changed.")
	want := before[0]
	want.Name, want.Log, want.Zone = "Doors", store.NonInteractive, "Europe/Zurich"
	want.Fields = map[string]string{"CA": "conditionalAccessStatus", "From": "ipAddress", "When": "createdDateTime", "Who": "userPrincipalName"}
	if after, err := h.people.Mappings(t.Context()); err != nil || !reflect.DeepEqual(after, []store.Mapping{want}) {
		t.Errorf("got %+v, %v, want %+v", after, err, want)
	}
	h.upload("later.csv", "When,Who,From,CA,Note\n2026-11-23T10:00:00,eve@contoso.example,192.0.2.8,failure,\n").expect(t, "the next file", http.StatusSeeOther, "/import/run")
	h.settled()
	if newest := h.newest(store.NonInteractive); newest != "2026-11-23 09:00" {
		t.Errorf("the next file gave a sign-in of %q", newest)
	}
	h.post("/import/mappings", form("id", fmt.Sprint(want.ID), "do", "delete")).expect(t, "delete", http.StatusSeeOther, "/import/mappings?done=mapping-removed")
	h.get(address).expect(t, "a removed mapping", http.StatusNotFound, "")
	h.post(address, values).expect(t, "a change of a removed mapping", http.StatusNotFound, "")
}

// A later file of a mapping without a zone asks for it, and the answer is for that file.
func TestAMappedFileAsksForItsZone(t *testing.T) {
	h := newMapHouse(t)
	link := h.upload("badge.csv", unknownFile).href(t, "[data-testid=map-file]")
	h.settled()
	h.post("/import/map", mapForm(t, h.get(link), "do", "import", "log", "interactive", "name", "Badges")).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	h.upload("later.csv", "When,Who,From,CA,Note\n2026-11-23T10:00:00,eve@contoso.example,192.0.2.8,failure,\n").expect(t, "a local time", http.StatusSeeOther, "/import/run")
	h.settled()
	page := h.get("/import/run")
	if text := page.find(t, "[data-testid=answers]"); !strings.Contains(text, "The times name no time zone") || page.document(t).Find("[data-testid=answers] option[selected]").Length() > 0 {
		t.Errorf("the form says %q", text)
	}
	id := h.keptID(page)
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "zone": {""}}).expect(t, "no zone", http.StatusUnprocessableEntity, "")
	h.send(http.MethodPost, "/import/kept", url.Values{"upload": {id}, "file": {"0"}, "zone": {""}, "zone_other": {"+02:00"}}).expect(t, "a zone", http.StatusSeeOther, "/import/run")
	h.settled()
	if newest := h.newest(store.Interactive); newest != "2026-11-23 08:00" {
		t.Errorf("got a sign-in of %q", newest)
	}
}

// JSON of no known format and files inside archives are mapped too. A local date is asked about.
func TestUnknownFilesOfOtherKinds(t *testing.T) {
	h := newMapHouse(t)
	h.upload("a.json", `[{"ts":"3/4/2026 10:00","login":"ada"},{"ts":"4/4/2026 11:00"}]`, "b.json", importRecord(1)).expect(t, "JSON", http.StatusSeeOther, "/import/run")
	h.settled()
	link := h.get("/import/run").href(t, "[data-testid=map-file]")
	page := h.get(link)
	values := mapForm(t, page, "do", "import", "log", "noninteractive", "name", "Logins")
	asked := h.post("/import/map", values)
	asked.expect(t, "an open order", http.StatusUnprocessableEntity, "")
	if text := asked.find(t, "#map-dates-problem"); !strings.Contains(text, "whether the day or the month comes first") || strings.Contains(text, "--dates") {
		t.Errorf("the question is %q", text)
	}
	values.Set("dates", "dmy")

	// The zone is asked: none is filled in, and without one nothing is imported.
	control := page.document(t).Find("#map-zone")
	if first := control.Find("option").First(); first.Text() != "Choose" || first.AttrOr("value", "-") != "" || control.Find("option[selected]").Length() > 0 {
		t.Errorf("the zone begins with %q", first.Text())
	}
	none := h.post("/import/map", values)
	none.expect(t, "no zone", http.StatusUnprocessableEntity, "")
	if text := none.find(t, "#map-zone-problem"); !strings.Contains(text, `The times name no time zone, such as "3/4/2026 10:00". Choose the zone`) {
		t.Errorf("the refusal is %q", text)
	}
	if rows := none.each(t, "[data-testid=map-row]"); len(rows) != 2 || !strings.Contains(rows[0], "names no time zone") {
		t.Errorf("the preview: %q", rows)
	}
	if list, err := h.people.Mappings(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}
	values.Set("zone_other", "Mars")
	says(t, h.post("/import/map", values), "a zone", http.StatusUnprocessableEntity, "There is no time zone of this name")
	values.Set("zone", "UTC") // what is written goes before what is chosen
	values.Set("zone_other", "Europe/Zurich")
	if chosen := attribute(t, h.post("/import/map", mapForm(t, page, "do", "preview", "zone_other", "Europe/Zurich")), "#map-zone option[selected]", "value"); chosen != "Europe/Zurich" {
		t.Errorf("the zone that was written is shown as %q", chosen)
	}
	h.post("/import/map", values).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	newest, some, err := h.server.Store.Newest(t.Context(), store.NonInteractive)
	if want := time.Date(2026, 4, 4, 9, 0, 0, 0, time.UTC); err != nil || !some || !newest.Equal(want) {
		t.Errorf("got %v, %v, %v, want %v", newest, some, err, want)
	}

	h.upload("c.zip", archiveOf(t, "known.json", importRecord(2), "inside/badge.csv", unknownFile)).expect(t, "an archive", http.StatusSeeOther, "/import/run")
	h.settled()
	link = h.get("/import/run").href(t, "[data-testid=map-file]")
	if !strings.HasSuffix(link, "&member=1") {
		t.Errorf("the link to a file in an archive is %q", link)
	}
	h.post("/import/map", mapForm(t, h.get(link), "do", "import", "log", "interactive", "name", "Badge")).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	if run := h.get("/import/run").find(t, "[data-testid=import-state]"); !strings.Contains(run, `Read with the mapping "Badge".`) {
		t.Errorf("the report: %q", run)
	}
	h.noFiles("all was imported")
}

// An explained upload leads to the mappings of its unknown files, each of its own, and stays until all of it is imported.
func TestAnExplainedFileIsMapped(t *testing.T) {
	h := newMapHouse(t)
	address := h.uploadToExplain("badge.csv", unknownFile, "c.zip", archiveOf(t, "known.json", importRecord(2), "inside/doors.csv", strings.ReplaceAll(unknownFile, "Note", "Door")))
	page := h.get(address)
	links := page.document(t).Find("[data-testid=explained] [data-testid=map-file]")
	var addresses []string
	for _, link := range links.EachIter() {
		addresses = append(addresses, link.AttrOr("href", ""))
	}
	if len(addresses) != 2 || !strings.HasSuffix(addresses[0], "&file=0") || !strings.HasSuffix(addresses[1], "&file=1&member=1") {
		t.Fatalf("the links are %q", addresses)
	}
	for i, link := range addresses {
		h.post("/import/map", mapForm(t, h.get(link), "do", "import", "log", "interactive", "name", []string{"Badges", "Doors"}[i])).expect(t, link, http.StatusSeeOther, "/import/run")
		h.settled()
		says(t, h.get(link), "the file is imported", http.StatusOK, "The file is not here any more")
	}
	if run := h.get("/import/run").find(t, "[data-testid=import-state]"); !strings.Contains(run, `Read with the mapping "Doors".`) {
		t.Errorf("the report: %q", run)
	}
	h.noFiles("all was imported")
}

// Files of the same headings need one mapping: the others of the upload are imported with it.
func TestUnknownFilesOfTheSameHeadings(t *testing.T) {
	h := newMapHouse(t)
	link := h.upload("one.csv", unknownFile, "two.csv", strings.ReplaceAll(unknownFile, "08:00", "09:00")).href(t, "[data-testid=map-file]")
	h.settled()
	other := strings.TrimSuffix(link, "0") + "1"
	second := mapForm(t, h.get(other), "do", "import", "log", "interactive", "name", "Others")
	h.post("/import/map", mapForm(t, h.get(link), "do", "import", "log", "interactive", "name", "Badges")).expect(t, "the first", http.StatusSeeOther, "/import/run")
	h.settled()
	says(t, h.post("/import/map", second), "the second", http.StatusUnprocessableEntity, "open its upload from the import page and press Import")
	waits := h.get(attribute(t, h.get("/import"), "#waiting + ul a", "href"))
	if title := waits.find(t, "[data-testid=answers] h2"); title != "Import two.csv" {
		t.Fatalf("the page of the upload offers %q", title)
	}
	h.post("/import/kept", form("upload", h.keptID(waits), "file", "1")).expect(t, "import", http.StatusSeeOther, "/import/run")
	h.settled()
	if got := h.newest(store.Interactive); got != "2026-11-23 09:00" {
		t.Errorf("got a sign-in of %q", got)
	}
	h.noFiles("all was imported")
}

// Nobody but its sender sees a file that waits for a mapping, or maps it. What is left of an upload waits on the import page.
func TestAnUnknownFileIsItsSenders(t *testing.T) {
	h := newMapHouse(t)
	link := h.upload("badge.csv", unknownFile, "more.csv", "A,B,C\n1,2,3\n").href(t, "[data-testid=map-file]")
	h.settled()
	page := h.get(link)
	good := mapForm(t, page, "do", "import", "log", "interactive", "name", "Badges")
	eve := h.at("eve", auth.RoleSecurityAdministrator)
	for what, got := range map[string]reply{"a look": eve.get(link), "an import": eve.post("/import/map", good)} {
		says(t, got, "a stranger: "+what, http.StatusOK, "The file is not here any more")
		if strings.Contains(got.body, "badge.csv") || strings.Contains(got.body, "192.0.2.7") {
			t.Errorf("a stranger: %s shows the file", what)
		}
	}
	if run := eve.get("/import/run"); strings.Contains(run.body, "/import/map?") {
		t.Error("a stranger is led to the mapping")
	}
	if list, err := h.people.Mappings(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("a stranger has kept %+v, %v", list, err)
	}
	if links := h.get("/import/run").each(t, "[data-testid=map-file]"); len(links) != 2 {
		t.Errorf("the sender's report leads to %q", links)
	}
	h.post("/import/map", good).expect(t, "the sender", http.StatusSeeOther, "/import/run")
	h.settled()
	if links := h.get("/import/run").each(t, "[data-testid=map-file]"); len(links) != 1 || !strings.Contains(links[0], "more.csv") {
		t.Errorf("then the report leads to %q", links)
	}
	if waiting := h.get("/import").find(t, "#waiting + ul"); waiting != "more.csv" {
		t.Errorf("%q waits", waiting)
	}
	waits := h.get(attribute(t, h.get("/import"), "#waiting + ul a", "href"))
	if links := waits.each(t, "[data-testid=map-file]"); len(links) != 1 || !strings.Contains(links[0], "more.csv") {
		t.Errorf("the page of the upload leads to %q", links)
	}

	// A mapping that cannot stay leaves the file where it is.
	second := mapForm(t, h.get(waits.href(t, "[data-testid=map-file]")), "do", "import", "log", "interactive", "name", "Badges")
	second["field"] = []string{"createdDateTime", "", ""}
	says(t, h.post("/import/map", second), "a name that is taken", http.StatusUnprocessableEntity, "Another mapping has this name")
	second.Set("name", "More")
	h.post("/import/map", second).expect(t, "another name", http.StatusSeeOther, "/import/run")
	h.settled()
	h.noFiles("all was imported")
}

func TestMappingPagesAreForAdministrators(t *testing.T) {
	h := newMapHouse(t)
	link := h.upload("badge.csv", unknownFile).href(t, "[data-testid=map-file]")
	h.settled()
	reader := h.at("grace", auth.RoleSecurityReader)
	for _, path := range []string{link, "/import/mappings"} {
		reader.get(path).expect(t, path, http.StatusForbidden, "")
	}
	for _, path := range []string{"/import/map", "/import/mappings"} {
		reader.post(path, form("do", "delete", "id", "1", "upload", "x", "file", "0")).expect(t, path, http.StatusForbidden, "")
	}
	for path, want := range map[string]int{
		"/import/map": http.StatusBadRequest, "/import/map?upload=x&file=a": http.StatusBadRequest, link + "&member=x": http.StatusBadRequest, link + "&x=1": http.StatusBadRequest,
		"/import/map?upload=x&file=0": http.StatusOK, "/import/mappings?x=1": http.StatusBadRequest,
	} {
		h.get(path).expect(t, path, want, "")
	}
}

// says fails the test if a page does not hold a text.
func says(t *testing.T, page reply, what string, status int, text string) {
	t.Helper()
	page.expect(t, what, status, "")
	if got := page.find(t, "main"); !strings.Contains(got, text) {
		t.Errorf("%s: the page %q lacks %q", what, got, text)
	}
}
