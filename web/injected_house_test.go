package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// injectedHouse is a portal with sign-ins, directory, files and people made of the texts of a list.
type injectedHouse struct {
	*house
	list []injection
	// main are the sign-ins of the last day, as the importer reads them. In the interactive log there is one for each of the texts,
	// so that each field has every text. In the other logs there are that many in the soak, else a third. docs are their records as
	// received, the newest last.
	main map[store.Log][]store.SignIn
	docs map[store.Log][][]string
	// mine are the sign-ins of the accounts' person, newest first.
	mine    []store.SignIn
	cookies map[string]*http.Cookie
}

func newInjectedHouse(t *testing.T, list []injection) *injectedHouse {
	t.Helper()
	h := &injectedHouse{list: list, main: map[store.Log][]store.SignIn{}, docs: map[store.Log][][]string{}, cookies: map[string]*http.Cookie{}}
	folder := t.TempDir()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.house = newHouse(t, func(c *Config) {
		uploads, err := NewUploads(plainImporter{w: db}, filepath.Join(folder, "uploads"), ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(uploads.Close)
		c.Store, c.Directory, c.Imports, c.PastImports, c.Uploads = db, db, db, db, uploads
		c.Unread, c.Lacks, c.Misread, c.HomeCountry = importer.Unread(kinds.Catalog), importer.Lacks, importer.Misread(kinds.Catalog), "NO"
	})
	reports, err := importer.New(db, importer.Options{Now: h.clock}).Files(t.Context(), h.files()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.New == 0 && r.RejectedTotal == 0 && r.Skipped == 0 {
			t.Fatalf("the import of %q brought nothing: %+v", r.Path, r)
		}
	}
	for _, column := range []string{"GA", "RR", "user"} {
		h.addAccount(column)
	}
	for _, info := range store.SignIns.Logs { // pages wait for these only a while
		for _, column := range []string{"GA", "RR"} {
			v := Viewer{Rights: auth.RightsOf([]auth.Role{matrixRoles[column]})}
			h.server.measureSizes(sizesOf{info.Log, v.hidden(), ""}, store.Scope{}, h.clock(), make(chan export.Sizes, 1))
		}
	}
	return h
}

// addAccount adds an account for a column of the authorization matrix. It also adds the person's sign-ins and a session.
// Nobody needs a password, and making one would take time.
func (h *injectedHouse) addAccount(column string) {
	h.t.Helper()
	h.signIn(column, auth.Account{Name: "as " + column, Roles: []auth.Role{matrixRoles[column]}, UserID: injectedPerson}, "a browser")
}

// signIn adds an account, if the name is new, and begins a session of it with a User-Agent.
func (h *injectedHouse) signIn(who string, account auth.Account, browser string) {
	h.t.Helper()
	account.PasswordHash, account.Created = "x", h.clock()
	added, err := h.people.AddAccount(h.t.Context(), account)
	if errors.Is(err, auth.ErrNameTaken) {
		added, err = h.people.AccountByName(h.t.Context(), account.Name)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, "/signin", nil)
	r, w := auth.WithClient(r, auth.Client{Address: "192.0.2.9", Browser: browser}), httptest.NewRecorder()
	session, err := h.server.Sessions.Get(r, plainCookie)
	if err == nil {
		err = h.server.Sessions.SignIn(r, w, session, added)
	}
	if err != nil || len(w.Result().Cookies()) != 1 {
		h.t.Fatalf("no session: %v", err)
	}
	h.cookies[who] = w.Result().Cookies()[0]
}

// These are the times of the sign-ins. The main ones lie in the last 24 hours, and those of the person before them. The
// successful ones lie two weeks back.
func (h *injectedHouse) mainTime(log, record int) time.Time {
	return h.clock().Add(-30*time.Minute - time.Duration(record)*2*time.Minute - time.Duration(log)*7*time.Second)
}

// keyTexts are the fields that group a log and that a failure is compared by. Sign-ins of one group must have the same texts.
var keyTexts = []string{"userId", "appId", "resourceId", "ipAddress", "servicePrincipalId"}

func keysOf(d *dealer) fixedTexts {
	fixed := fixedTexts{}
	for _, name := range keyTexts {
		fixed[name] = d.literal(name)
	}
	return fixed
}

// files writes the files to import, and gives them the names that reports must show.
func (h *injectedHouse) files() (files []importer.File) {
	h.t.Helper()
	folder := h.t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(folder, fmt.Sprint(len(files)))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			h.t.Fatal(err)
		}
		files = append(files, importer.File{Path: path, Name: name})
	}
	for i, info := range store.SignIns.Logs {
		lines := h.signInsOf(i, info.Log)
		write(fmt.Sprintf("%s %d", h.list[i].text, i), strings.Join(lines, "\n"))
	}
	write("mine "+h.list[80].text, h.ownSignIns())
	for i, set := range []string{"users", "groups", "applications", "servicePrincipals"} {
		d, objects := newDealer(h.list), []string{}
		for d.record = range h.list {
			objects = append(objects, directoryObject(d, jsonLiteral(objectID(d))))
		}
		objects = append(objects, directoryObject(d, jsonLiteral(directoryID(i))))
		write("directory "+h.list[90+i].text, directoryAnswer(set, objects))
	}
	d, members := newDealer(h.list), []string{memberObject(newDealer(h.list), jsonLiteral(injectedPerson))}
	for d.record = range h.list {
		members = append(members, memberObject(d, d.literal("member id")))
	}
	write("members "+h.list[95].text, directoryAnswer("groups('"+directoryID(1)+"')/members", members))
	for i := range 4 {
		write(h.list[100+i].text, h.rejects(i))
	}
	return files
}

// objectID is the ID of an object of the directory. No sign-in has it.
func objectID(d *dealer) string { return "dir " + d.dealt("object id").text }

// directoryID is the ID of an object with an address that can be typed.
func directoryID(kind int) string { return fmt.Sprintf("dddddddd-0000-4000-8000-00000000000%d", kind) }

// signInsOf are the lines of a log. Each main sign-in has its group. Some also have an earlier version, the events of an
// attempt, or an older success.
func (h *injectedHouse) signInsOf(number int, log store.Log) (lines []string) {
	d, info := newDealer(h.list), store.SignIns.Logs[number]
	records := len(h.list)
	if log != store.Interactive && !soak {
		records /= 3
	}
	for record := range records {
		d.record = record
		at, keys := h.mainTime(number, record), keysOf(d)
		code := []int{50126, 53003}[record%2]
		id := d.literal("id")
		var docs []string
		if record%10 == 0 { // an earlier version
			d.record = record + 31
			docs = append(docs, azureMonitorRecord(d, log, at, code, keys.with("id", id).with("time", jsonTime(at))))
			d.record = record
		}
		docs = append(docs, azureMonitorRecord(d, log, at, code, keys.with("id", id)))
		lines = append(lines, docs...)
		h.docs[log] = append(h.docs[log], docs)
		h.main[log] = append(h.main[log], h.decoded(docs[len(docs)-1]))
		guid := func(n int) string { return fmt.Sprintf(`"%08d-000%d-4000-8000-%012d"`, number, n, record) }
		if d.record = record + 75; info.Grouped && record%3 == 0 {
			lines = append(lines, graphRecord(d, log, at.Add(-time.Second), code, keys.with("id", guid(1))))
		}
		if d.record = record + 150; record%10 == 0 {
			lines = append(lines, graphRecord(d, log, at.AddDate(0, 0, -14), 0, keys.with("id", guid(2))))
		}
		if log == store.Interactive && record%20 == 0 {
			one := keys.with("correlationId", d.literal("attempt")).with("originalRequestId", `""`)
			for n, code := range []int{50074, 500121, 0} {
				d.record = record + 40*n
				lines = append(lines, azureMonitorRecord(d, log, at.AddDate(0, 0, -15).Add(time.Duration(n)*time.Minute), code, one.with("id", guid(3+n))))
			}
		}
	}
	return lines
}

func (f fixedTexts) with(name, value string) fixedTexts {
	with := fixedTexts{name: value}
	for n, v := range f {
		if n != name {
			with[n] = v
		}
	}
	return with
}

// decoded is a record as the importer reads it.
func (h *injectedHouse) decoded(doc string) store.SignIn {
	h.t.Helper()
	s, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
	if err != nil {
		h.t.Fatalf("%v: %.200s", err, doc)
	}
	return *s.(*store.SignIn)
}

// ownSignIns are the sign-ins of the accounts' person.
func (h *injectedHouse) ownSignIns() string {
	d, lines := newDealer(h.list), []string{}
	for record := 0; record < len(h.list); record += 2 {
		d.record = record
		log := []store.Log{store.Interactive, store.Interactive, store.NonInteractive}[record%3]
		fixed := fixedTexts{"userId": jsonLiteral(injectedPerson), "id": fmt.Sprintf(`"99999999-0000-4000-8000-%012d"`, d.record)}
		if d.record%4 == 0 {
			fixed["id"] = jsonLiteral("mine " + d.dealt("id").text)
		} else { // each place costs a look-up, which takes time
			fixed["location.city"], fixed["location.state"], fixed["location.countryOrRegion"] = `"Oslo"`, `""`, `"NO"`
		}
		at := h.clock().Add(-26*time.Hour - time.Duration(d.record)*3*time.Minute)
		lines = append(lines, graphRecord(d, log, at, []int{0, 50126, 500121}[d.record%3], fixed))
		h.mine = append(h.mine, h.decoded(lines[len(lines)-1]))
	}
	return strings.Join(lines, "\n")
}

// rejects is a file with records that are refused, each for another reason in the report.
func (h *injectedHouse) rejects(file int) string {
	d := newDealer(h.list)
	d.record = 75 * file
	lines := []string{
		objectWith("time", jsonTime(h.clock()), "category", d.literal("another category"), "operationName", d.literal("another operation")),
		objectWith("id", `"x"`, "@odata.type", jsonLiteral("#microsoft.graph."+d.dealt("another type").text), "displayName", d.literal("another name")),
		objectWith("id", d.literal("without a time"), "appId", d.literal("a"), "status", "{}", "signInEventTypes", `["interactiveUser"]`),
		objectWith("id", d.literal("far away"), "createdDateTime", `"9999-01-01T00:00:00Z"`, "appId", d.literal("a"), "status", "{}", "signInEventTypes", `["interactiveUser"]`),
		`{"id":"y",` + d.dealt("no JSON").text,
		strings.ReplaceAll(d.dealt("no record").text, "\n", " "),
		objectWith("userPrincipalName", d.literal("without an id"), "id", `""`),
	}
	return strings.Join(lines, "\n")
}

// send sends a request as somebody ("" for nobody), and checks the headers of the answer.
func (h *injectedHouse) send(who, method, address string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if who != "" {
		r.AddCookie(h.cookies[who])
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	for _, fault := range headerFaults(w.Header()) {
		h.t.Errorf("%s %.150s for %q: %s", method, address, who, fault)
	}
	return w
}

func (h *injectedHouse) post(who, address string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.send(who, http.MethodPost, address, form, headers...)
}

// injectedPair is two portals that differ only in characters with a meaning in HTML. The pages of both must have the same
// elements with the same attributes.
type injectedPair struct {
	t              *testing.T
	hostile, plain *injectedHouse
	// known are the elements of the harmless pages, with their attributes. seen are those of pages without a twin, with their
	// places.
	known map[string]bool
	seen  map[string]string
}

func newInjectedPair(t *testing.T) *injectedPair {
	t.Helper()
	list := readInjections(t)
	pair := &injectedPair{t: t, known: map[string]bool{}, seen: map[string]string{}}
	pair.hostile, pair.plain = newInjectedHouse(t, list), newInjectedHouse(t, harmlessOf(list))
	return pair
}

// on gives the pair for a part of the test.
func (p *injectedPair) on(t *testing.T) *injectedPair {
	on := *p
	on.t = t
	return &on
}

// page is a page of the hostile portal, with the same page of the harmless portal.
type page struct {
	*goquery.Document
	twin *goquery.Document
	what string
	code int
}

// link gives the target of the nth link that a selector finds, on each of the two portals; empty if there is none. The arrow
// of a row counts as a link.
func (p *injectedPair) link(from page, selector string, n int) func(*injectedHouse) string {
	return func(h *injectedHouse) string {
		doc := from.Document
		if h == p.plain {
			doc = from.twin
		}
		found := doc.Find(selector).Eq(n)
		if found.Length() == 0 {
			return ""
		}
		address, _, _ := strings.Cut(unfolding(found), "#")
		return address
	}
}

// get asks both portals for a page, at an address that may hold their texts, and compares the two.
func (p *injectedPair) get(who string, address func(*injectedHouse) string, headers ...string) page {
	p.t.Helper()
	what := fmt.Sprintf("%.200s for %s", address(p.hostile), who)
	return p.compare(what, p.hostile.send(who, http.MethodGet, address(p.hostile), nil, headers...), p.plain.send(who, http.MethodGet, address(p.plain), nil, headers...))
}

// compare checks two answers that must differ only in their texts.
func (p *injectedPair) compare(what string, got, want *httptest.ResponseRecorder) page {
	p.t.Helper()
	if got.Code != want.Code || got.Code == http.StatusInternalServerError {
		p.t.Errorf("%s: got %d, want %d as for harmless texts", what, got.Code, want.Code)
	}
	one, found := p.read(what, got), p.read(what+" (harmless)", want)
	if text := difference(one.tree, found.tree); text != "" {
		p.t.Errorf("%s: other elements than with harmless texts: %s", what, text)
	}
	for _, element := range found.tree {
		p.known[element] = true
	}
	return page{Document: one.document(), twin: found.document(), what: what, code: got.Code}
}

// alone asks only the hostile portal, where a harmless text would find other things.
func (p *injectedPair) alone(who string, address func(*injectedHouse) string, headers ...string) page {
	p.t.Helper()
	what := fmt.Sprintf("%.200s for %s", address(p.hostile), who)
	got := p.hostile.send(who, http.MethodGet, address(p.hostile), nil, headers...)
	m := p.read(what, got)
	for _, element := range m.tree {
		p.seen[element] = what
	}
	return page{Document: m.document(), what: what, code: got.Code}
}

// read parses an answer that a browser would take for a page.
func (p *injectedPair) read(what string, w *httptest.ResponseRecorder) (m markup) {
	p.t.Helper()
	if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		return m
	}
	body := w.Body.String()
	if strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") { // a document has its style sheet, and a policy that allows it
		body = strings.Replace(body, "<style>"+static.Text("document.css")+"</style>", "", 1)
		body = strings.Replace(body, `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;">`, "", 1)
	}
	m, err := readMarkup(body)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	for _, fault := range m.faults {
		p.t.Errorf("%s: %s", what, fault)
	}
	return m
}

// same is an address without any text of the portals.
func same(address string) func(*injectedHouse) string {
	return func(*injectedHouse) string { return address }
}
