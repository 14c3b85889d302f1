package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/web/ask"
)

// usageWorld is a made-up tenant in a folder, and what plain loops read of its files.
type usageWorld struct {
	ask.Reader
	until   time.Time
	signIns []*store.SignIn // lines of the interactive log, and the others
	audit   []plainAudit
	group   string
	members map[string]bool
	weak    map[string]bool     // users without a strong method
	parties map[string]string   // migration by the party's ID
	byURI   map[string][]string // application IDs
}

type plainAudit struct {
	activity, result, actor string
	time                    time.Time
}

func newUsageWorld(t *testing.T) *usageWorld {
	t.Helper()
	w := &usageWorld{until: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC), members: map[string]bool{}, weak: map[string]bool{}, parties: map[string]string{}, byURI: map[string][]string{}}
	folder, directory := filepath.Join(t.TempDir(), "files"), filepath.Join(t.TempDir(), "directory")
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: 5000, Seed: 21, Days: 20, Until: w.until}); err != nil {
		t.Fatal(err)
	}
	if err := demo.WriteDirectory(directory, w.until); err != nil {
		t.Fatal(err)
	}
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	auditFile := filepath.Join(folder, "insights-logs-auditlogs.json")
	if _, err := importer.New(db, importer.Options{}).Paths(t.Context(), append(signInFiles(t, folder), auditFile, directory)...); err != nil {
		t.Fatal(err)
	}
	w.Reader = ask.Reader{Reader: db, Directory: db}
	all := decodeFiles(t, folder)
	lines := linesOf(all)
	for i := range all {
		if s := &all[i]; s.Log != store.Interactive || lines[strings.ToLower(s.ID)] == s.ID {
			w.signIns = append(w.signIns, s)
		}
	}
	w.readAudit(t, auditFile)
	w.readDirectory(t, directory)
	w.laterReports(t, db, directory)
	return w
}

func (w *usageWorld) readAudit(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var record struct {
			Properties struct {
				ActivityDisplayName, Result string
				ActivityDateTime            time.Time
				InitiatedBy                 struct{ User struct{ ID string } }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			continue // some records have odd shapes, but none that the report counts
		}
		p := &record.Properties
		w.audit = append(w.audit, plainAudit{p.ActivityDisplayName, strings.ToLower(p.Result), strings.ToLower(p.InitiatedBy.User.ID), p.ActivityDateTime})
	}
}

func (w *usageWorld) readDirectory(t *testing.T, folder string) {
	t.Helper()
	read := func(name string, into any) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			err = json.Unmarshal(text, &struct{ Value any }{into})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var registrations []registered
	read("registrationdetails.json", &registrations)
	for _, r := range registrations {
		if !r.IsMfaRegistered {
			w.weak[strings.ToLower(r.ID)] = true
		}
	}
	var parties []struct{ RelyingPartyID, MigrationStatus string }
	read("adfs.json", &parties)
	for _, p := range parties {
		w.parties[p.RelyingPartyID] = p.MigrationStatus
	}
	var apps []struct {
		AppID          string
		IdentifierURIs []string
	}
	read("applications.json", &apps)
	for _, a := range apps {
		for _, uri := range a.IdentifierURIs {
			w.byURI[uri] = append(w.byURI[uri], a.AppID)
		}
	}
	paths, err := filepath.Glob(filepath.Join(folder, "members-*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files of members, %v", len(paths), err)
	}
	var members []struct{ ID string }
	read(filepath.Base(paths[0]), &members)
	w.group = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(paths[0]), "members-"), ".json")
	for _, m := range members {
		w.members[strings.ToLower(m.ID)] = true
	}
}

// some gives the sign-ins of a log in a range that pass a test.
func (w *usageWorld) some(q *ask.InsightQuery, in store.Range, log store.Log, passes func(*store.SignIn) bool) (list []*store.SignIn) {
	for _, s := range w.signIns {
		if s.Log == log && in.Contains(s.Time) && (len(q.Filter.Groups()) == 0 || w.members[strings.ToLower(s.UserID)]) && passes(s) {
			list = append(list, s)
		}
	}
	return list
}

func isByClaim(step *store.AuthenticationStep) bool {
	return step.Method == "Previously satisfied" || strings.Contains(step.ResultDetail, "satisfied by claim")
}

func anyStep(passes func(*store.AuthenticationStep) bool) func(*store.SignIn) bool {
	return func(s *store.SignIn) bool {
		for i := range s.AuthenticationDetails {
			if passes(&s.AuthenticationDetails[i]) {
				return true
			}
		}
		return false
	}
}

func isSuccess(s *store.SignIn) bool { return s.Status() == store.StatusSuccess }

func usersIn(list []*store.SignIn) int {
	users := map[string]bool{}
	for _, s := range list {
		users[strings.ToLower(s.UserID)] = true
	}
	return len(users)
}

// metrics are the headline numbers of a range, each as N/Of.
func (w *usageWorld) metrics(q *ask.InsightQuery, in store.Range) []string {
	done := w.some(q, in, store.Interactive, isSuccess)
	var mfa, first, strong int
	for _, s := range done {
		if s.AuthenticationRequirement == "multiFactorAuthentication" {
			mfa++
		}
		isFirst := func(step *store.AuthenticationStep) bool {
			return !isByClaim(step) && step.Requirement == "Primary authentication"
		}
		if anyStep(isFirst)(s) {
			first++
		}
		if anyStep(func(step *store.AuthenticationStep) bool {
			return isFirst(step) && step.Succeeded == store.True && slices.Contains([]string{"Windows Hello for Business", "FIDO2 security key", "Passkey (device-bound)"}, step.Method)
		})(s) {
			strong++
		}
	}
	prompts := w.some(q, in, store.Interactive, anyStep(func(step *store.AuthenticationStep) bool { return !isByClaim(step) }))
	users := usersIn(prompts)
	activities := map[string]int{}
	for _, a := range w.audit {
		if a.result == "success" && in.Contains(a.time) && (len(q.Filter.Groups()) == 0 || w.members[a.actor]) {
			activities[a.activity]++
		}
	}
	said := func(n ...int) string { return strings.Trim(fmt.Sprint(n), "[]") }
	return []string{
		said(mfa, len(done)), said(strong, first), said(strong, first), said(len(prompts), 0), said(users, 0), said(len(prompts), users),
		said(activities["Reset password (self-service)"]+activities["Reset password (by admin)"], 0), said(activities["Change password (self-service)"], 0), said(activities["Unlock user account (self-service)"], 0),
	}
}

// lists gives the rows of each list by ID, with some of their numbers.
func (w *usageWorld) lists(q *ask.InsightQuery, in store.Range) map[string]map[string]string {
	all := map[string]map[string]string{}
	interactive := w.some(q, in, store.Interactive, func(*store.SignIn) bool { return true })
	methods, succeeded := map[string][]*store.SignIn{}, map[string]int{}
	prompts, prompted := map[string][]*store.SignIn{}, map[string]int{}
	for _, s := range interactive {
		of, ok := map[string]bool{}, map[string]bool{}
		for i := range s.AuthenticationDetails {
			if step := &s.AuthenticationDetails[i]; !isByClaim(step) {
				of[step.Method] = true
				ok[step.Method] = ok[step.Method] || step.Succeeded == store.True
			}
		}
		for m := range of {
			methods[m] = append(methods[m], s)
			if ok[m] {
				succeeded[m]++
			}
		}
		if len(of) == 0 {
			continue
		}
		prompted[strings.ToLower(s.UserID)]++
		for _, p := range s.SessionLifetimePolicies {
			prompts[p.Provider] = append(prompts[p.Provider], s)
		}
		if len(s.SessionLifetimePolicies) == 0 {
			prompts["none"] = append(prompts["none"], s)
		}
	}
	rows := map[string]string{}
	for m, list := range methods {
		rows[strings.ToLower(m)] = fmt.Sprint(len(list), succeeded[m], len(list)-succeeded[m], succeeded[m], "/", len(list), usersIn(list))
	}
	all[""], rows = rows, map[string]string{}
	for p, list := range prompts {
		rows[strings.ToLower(p)] = fmt.Sprint(len(list), usersIn(list))
	}
	all["prompts"], rows = rows, map[string]string{}
	for user, n := range prompted {
		rows[user] = fmt.Sprint(n)
	}
	all["prompted"], rows = rows, map[string]string{}
	counts := map[string]*[4]int{}
	for i, log := range []store.Log{store.Interactive, store.NonInteractive} {
		for _, s := range w.some(q, in, log, func(*store.SignIn) bool { return true }) {
			for n := range s.AuthenticationDetails {
				step := &s.AuthenticationDetails[n]
				key := map[string]string{"Primary authentication": "primaryauthentication", "Multifactor authentication": "multifactorauthentication"}[step.Requirement]
				if step.Succeeded != store.True {
					continue
				}
				if counts[key] == nil {
					counts[key] = &[4]int{}
				}
				if counts[key][2*i]++; isByClaim(step) {
					counts[key][2*i+1]++
				}
			}
		}
	}
	for key, n := range counts {
		rows[key] = fmt.Sprint(n[0], n[1], n[2], n[3])
	}
	all["claims"], rows = rows, map[string]string{}
	uses := map[string]int{}
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		for _, s := range w.some(q, in, log, func(s *store.SignIn) bool { return isSuccess(s) && w.isSensitive(q, s) }) {
			if w.weak[strings.ToLower(s.UserID)] {
				uses[strings.ToLower(s.UserID)]++
			}
		}
	}
	for user, n := range uses {
		rows[user] = fmt.Sprint(n)
	}
	all["weak"], rows = rows, map[string]string{}
	days := map[string]*[2]int{}
	for _, s := range interactive {
		if day := s.Time.UTC().Format(time.DateOnly); isSuccess(s) {
			if days[day] == nil {
				days[day] = &[2]int{}
			}
			if days[day][0]++; s.AuthenticationRequirement == "multiFactorAuthentication" {
				days[day][1]++
			}
		}
	}
	for day, n := range days {
		rows[day] = fmt.Sprint(n[0], n[0]-n[1], n[1])
	}
	all["days"], rows = rows, map[string]string{}
	resets := map[string]*[2]int{}
	for _, a := range w.audit {
		if !in.Contains(a.time) || len(q.Filter.Groups()) > 0 && !w.members[a.actor] || !slices.Contains([]string{"Change password (self-service)", "Reset password (by admin)", "Reset password (self-service)", "Unlock user account (self-service)"}, a.activity) {
			continue
		}
		if resets[a.activity] == nil {
			resets[a.activity] = &[2]int{}
		}
		resets[a.activity][map[bool]int{true: 0, false: 1}[a.result == "success"]]++
	}
	for activity, n := range resets {
		rows[strings.ToLower(activity)] = fmt.Sprint(n[0], n[1])
	}
	all["resets"] = rows
	return all
}

// isSensitive says that a sign-in is to an application that is marked sensitive.
func (w *usageWorld) isSensitive(q *ask.InsightQuery, s *store.SignIn) bool {
	if q.Sensitive != nil {
		return slices.Contains(q.Sensitive, s.AppID)
	}
	return slices.Contains([]string{"Azure Portal", "Microsoft Azure CLI", "Azure Active Directory PowerShell"}, s.AppDisplayName)
}

// shown writes the numbers of a row as lists does.
func shown(list string, row *ask.InsightRow) (id, said string) {
	c := row.Cells
	id = strings.ToLower(row.ID)
	switch list {
	case "":
		return id, fmt.Sprint(c[0].N, c[1].N, c[2].N, c[3].N, "/", c[3].Of, c[4].N)
	case "claims":
		return id, fmt.Sprint(c[0].N, c[1].N, c[3].N, c[4].N)
	case "prompts":
		return id, fmt.Sprint(c[0].N, c[2].N)
	case "weak":
		return id, fmt.Sprint(c[1].N)
	case "days":
		if c[0].N == 0 {
			return "", ""
		}
		return strings.ToLower(row.Name), fmt.Sprint(c[0].N, c[1].N, c[2].N)
	case "resets":
		return id, fmt.Sprint(c[0].N, c[1].N)
	}
	return id, fmt.Sprint(c[0].N)
}

// federation gives the rows of the report of AD FS by ID.
func (w *usageWorld) federation(q *ask.InsightQuery, in store.Range) map[string]string {
	seen := map[string][]*store.SignIn{}
	for id := range w.parties {
		seen[id] = nil
	}
	for _, s := range w.some(q, in, store.Interactive, func(s *store.SignIn) bool { return strings.HasPrefix(s.TokenIssuerType, "ADFederationServices") }) {
		seen[s.ResourceID] = append(seen[s.ResourceID], s)
	}
	rows := map[string]string{}
	words := map[string]string{"ready": "Ready", "needsReview": "Needs review", "additionalStepsRequired": "Additional steps required"}
	for id, list := range seen {
		var by [4]int
		for _, s := range list {
			by[s.Status()]++
		}
		matched, entra := "", 0
		switch {
		case len(w.byURI[id]) > 0:
			matched = "Identifier"
			entra = len(w.some(q, in, store.Interactive, func(s *store.SignIn) bool {
				return slices.Contains(w.byURI[id], s.AppID) && !strings.HasPrefix(s.TokenIssuerType, "ADFederationServices")
			}))
		case id == "urn:tidewater:quay-stock":
			matched = "Reply address"
		}
		rows[id] = fmt.Sprint(len(list), by[store.StatusSuccess], by[store.StatusFailure], usersIn(list), words[w.parties[id]], matched)
		if matched == "Identifier" {
			rows[id] += fmt.Sprint(" ", entra)
		}
	}
	return rows
}

// The report of usage and that of AD FS say what plain loops over the files find, for random ranges and groups.
func TestUsageEqualsAPlainRecount(t *testing.T) {
	t.Parallel()
	w := newUsageWorld(t)
	random := rand.New(rand.NewPCG(21, 4))
	rounds := 3
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rounds = 300
	}
	found := map[string]int{}
	for range rounds {
		from := w.until.Add(-time.Duration(random.Int64N(20*24*60)) * time.Minute)
		q := ask.InsightQuery{Range: store.Range{From: from, To: from.Add(time.Duration(1+random.Int64N(20*24)) * time.Hour)}, Chosen: map[string]string{}, Location: time.UTC, Now: w.until, Limit: store.MaxTop}
		if random.IntN(3) == 0 {
			q.Filter = q.Filter.With(store.GroupField, store.OpIs, w.group)
		}
		if random.IntN(3) > 0 {
			for range 1 + random.IntN(20) {
				q.Sensitive = append(q.Sensitive, w.signIns[random.IntN(len(w.signIns))].AppID)
			}
			q.Sensitive = slices.DeleteFunc(q.Sensitive, func(id string) bool { return id == "" })
		}
		name := fmt.Sprint(q.Range.From, " to ", q.Range.To, " ", q.Filter.Groups())
		summary, err := ask.AuthenticationUsage.Summary(t.Context(), w.Reader, &q)
		if err != nil || !summary.Complete {
			t.Fatalf("%s: complete %v, %v", name, summary != nil && summary.Complete, err)
		}
		for _, of := range []struct {
			want []string
			got  []ask.Cell
		}{{w.metrics(&q, q.Range), summary.Metrics}, {w.metrics(&q, q.Before()), summary.Before}} {
			var got []string
			for _, cell := range of.got {
				got = append(got, fmt.Sprint(cell.N, cell.Of))
			}
			if diff := cmp.Diff(of.want, got); diff != "" {
				t.Errorf("%s: numbers (-want +got):\n%s", name, diff)
			}
		}
		want, before := w.lists(&q, q.Range), w.lists(&q, q.Before())
		for _, list := range ask.AuthenticationUsage.Lists {
			q.List, q.Sort, q.Compare = list, list.Sort, list.Compares
			page, err := list.Ask(t.Context(), w.Reader, &q)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for i := range page.Rows {
				row := &page.Rows[i]
				if id, said := shown(list.Name, row); id != "" {
					got[id] = said
					was := &ask.InsightRow{ID: row.ID, Name: row.Name, Cells: row.Before}
					if said := before[list.Name][id]; row.Before != nil && said != "" {
						if _, told := shown(list.Name, was); told != said {
							t.Errorf("%s: %s before is %s, want %s", list.Title, id, told, said)
						}
					}
				}
			}
			found[list.Title] += len(got)
			if diff := cmp.Diff(want[list.Name], got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", name, list.Title, diff)
			}
			if list.Name != "" {
				continue
			}
			for _, bar := range summary.Bars { // the picture says what the table says
				if !slices.ContainsFunc(page.Rows, func(r ask.InsightRow) bool { return r.Name == bar.Label && r.Cells[0].N == bar.N }) {
					t.Errorf("%s: the bar %s has %d, and no row of the table", name, bar.Label, bar.N)
				}
			}
		}
		q.List, q.Sort, q.Compare = ask.Federation.Lists[0], ask.Federation.Lists[0].Sort, false
		page, err := q.List.Ask(t.Context(), w.Reader, &q)
		if err != nil {
			t.Fatal(err)
		}
		parties := map[string]string{}
		for i := range page.Rows {
			c := page.Rows[i].Cells
			said := fmt.Sprint(c[0].N, c[1].N, c[2].N, c[5].N, c[6].Text, c[8].Text)
			if c[8].Text == "Identifier" {
				said += fmt.Sprint(" ", c[9].N)
			}
			parties[page.Rows[i].ID] = said
		}
		if diff := cmp.Diff(w.federation(&q, q.Range), parties); diff != "" {
			t.Errorf("%s: relying parties (-want +got):\n%s", name, diff)
		}
		found["relying parties"] += len(parties)
		checkRecords(t, w, summary.Metrics)
		found["events"] += checkMethodEvents(t, w, q)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name] == 0 {
			t.Errorf("no round had a row of %s", name)
		}
	}
}

// checkMethodEvents reads the events page by page: they are the audit records of the choices, newest first.
func checkMethodEvents(t *testing.T, w *usageWorld, q ask.InsightQuery) (n int) {
	t.Helper()
	want := map[string]int{}
	for _, a := range w.audit {
		feature := map[string]string{
			"User registered security info": "registration", "User deleted security info": "registration",
			"Reset password (self-service)": "reset", "Reset password (by admin)": "reset", "Unlock user account (self-service)": "reset",
		}[a.activity]
		if feature != "" && q.Range.Contains(a.time) && (len(q.Filter.Groups()) == 0 || w.members[a.actor]) {
			outcome := "failure"
			if a.result == "success" {
				outcome = "success"
			}
			want[fmt.Sprint(a.time.UTC().Truncate(time.Microsecond), " ", feature, " ", outcome)]++
		}
	}
	q.List = ask.AuthenticationEvents.Lists[0]
	q.Sort, q.Limit, q.Compare = q.List.Sort, 7, false
	got, last := map[string]int{}, q.Range.To
	for {
		page, err := q.List.Ask(t.Context(), w.Reader, &q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			if at := row.Cells[0].Time; at.After(last) {
				t.Errorf("the event of %s stands behind that of %s", at, last)
			}
			last = row.Cells[0].Time
			got[fmt.Sprint(last.UTC().Truncate(time.Microsecond), " ", row.Cells[1].Text, " ", row.Cells[3].Text)]++
			n++
		}
		if q.After = page.Next; page.Next == nil {
			if page.Total != int64(n) {
				t.Errorf("%d events, and the total is %d", n, page.Total)
			}
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events of %s (-want +got):\n%s", q.Range.From, diff)
	}
	return n
}

// checkRecords asks for the list that each number leads to: it has as many records as the number says.
func checkRecords(t *testing.T, w *usageWorld, metrics []ask.Cell) {
	t.Helper()
	for i, cell := range metrics {
		if cell.Records == nil {
			continue
		}
		total, err := w.Total(t.Context(), *cell.Records)
		if err != nil || total.N != cell.N {
			t.Errorf("number %d is %d and leads to %d records: %v", i, cell.N, total.N, err)
		}
	}
}
