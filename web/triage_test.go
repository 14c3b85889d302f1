package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/dbfile"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/views"
	"signpost/web/ask"
)

// triageHouse is a portal with risky users Ada, who is in the group of the scope, and Bob, a risky service principal, a risky agent, and
// sign-ins of both users.
type triageHouse struct {
	*house
	folder *datafolder.Folder
}

const (
	triagePrincipal = "dddddddd-0000-4000-8000-000000000007"
	triageAgent     = "dddddddd-0000-4000-8000-000000000008"
)

var triageDay = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func newTriageHouse(t *testing.T) triageHouse {
	t.Helper()
	h := triageHouse{}
	h.house = newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		h.folder = c.Store.(*datafolder.Folder)
		c.Directory, c.Imports, c.Access = h.folder, h.folder, h.folder.Access()
	})
	fillScopeHouse(t, h.house, h.folder)
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay), riskyAt(store.StateRiskyUser, scopeBob, "Bob", triageDay),
		riskyAt(store.StateRiskyPrincipal, triagePrincipal, "Quay", triageDay), riskyAt(store.StateRiskyAgent, triageAgent, "Harbour Assistant", triageDay))
	for name, role := range map[string]auth.Role{"root": auth.RoleGlobalAdministrator, "olga": auth.RoleSecurityOperator, "otto": auth.RoleSecurityOperator, "reader": auth.RoleSecurityReader, "rita": auth.RoleReportsReader} {
		h.add(name, role)
	}
	return h
}

func riskyAt(kind store.StateKind, id, name string, updated time.Time) store.StateRow {
	r := &store.Risky{Of: kind, ID: id, RiskChange: store.RiskChange{Updated: updated, State: "atRisk", Level: "high"}}
	r.Names.Name = name
	return r.Settle()
}

// risky imports risky objects.
func (h triageHouse) risky(t *testing.T, rows ...store.StateRow) {
	t.Helper()
	id, err := h.folder.BeginImport(t.Context(), store.ImportFile{Path: "risk.json"})
	if err == nil {
		_, err = h.folder.PutDirectory(t.Context(), id, store.DirectoryBatch{At: h.clock(), States: rows})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// choice is the value of a row's box for somebody who looks now.
func (h triageHouse) choice(t *testing.T, kind store.StateKind, id string) string {
	t.Helper()
	found, err := h.folder.Risky(t.Context(), kind, []string{id}, nil)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d objects, %v", len(found), err)
	}
	target := ask.TargetOfRisky(&found[0])
	kept, err := h.people.Triaged(t.Context(), target.Of)
	if err != nil {
		t.Fatal(err)
	}
	target.Kept = kept[target.Of]
	return target.Choice().String()
}

func (h triageHouse) user(t *testing.T, id string) string {
	t.Helper()
	return h.choice(t, store.StateRiskyUser, id)
}

// history is the steps of an object as words, the newest first.
func (h triageHouse) history(t *testing.T, kind auth.TriageKind, log, id string) (words []string) {
	t.Helper()
	steps, _, err := h.people.TriageHistory(t.Context(), auth.TriageObject{Kind: kind, Log: log, ID: id}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		words = append(words, strings.TrimSpace(fmt.Sprint(s.Verdict, " by ", s.By, " ", s.Comment)))
	}
	return words
}

// triages gives the records of triage in the access log, as words, the newest first.
func (h triageHouse) triages(t *testing.T) []string {
	t.Helper()
	return h.accesses(t, access.Triage)
}

// shown gives the records of what forms of triage showed.
func (h triageHouse) shown(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(h.accesses(t, access.List), func(words string) bool { return !strings.Contains(words, ": triage ") })
}

func (h triageHouse) accesses(t *testing.T, action access.Action) (words []string) {
	t.Helper()
	ctx, release, err := h.folder.Snapshot(store.Fresh(t.Context(), access.Log))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	page, err := h.folder.Records(ctx, store.RecordsQuery{ListQuery: store.ListQuery{
		Log: access.Log, Range: store.AllTime(), Limit: 500, Filter: store.Filter{}.With(access.ActionField, store.OpIs, string(action)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range page.Records {
		r := found.Entry.(*access.Record)
		who := ""
		for _, s := range r.Subjects {
			who += " " + s.ID
		}
		outcome := ""
		if r.Outcome != access.Allowed {
			outcome = " " + string(r.Outcome)
		}
		words = append(words, r.Account+": "+r.Query+" "+r.RecordID+who+outcome)
	}
	return words
}

func (v *visitor) triage(do string, of []string, more ...string) reply {
	v.t.Helper()
	f := form(more...)
	f.Set(views.TriageDo, do)
	f[views.TriageOf] = of
	return v.send(http.MethodPost, views.TriagePath, f)
}

// told gives the outcomes that the page after a form names, by ID.
func (v *visitor) outcomes(t *testing.T, after reply) map[string]string {
	t.Helper()
	if after.StatusCode != http.StatusSeeOther {
		t.Fatalf("got %d: %s", after.StatusCode, after.find(t, "main"))
	}
	outcomes := map[string]string{}
	for _, line := range v.get(after.location()).document(t).Find("[data-testid=triage-told] li").EachIter() {
		outcomes[line.AttrOr("data-id", "")] = line.AttrOr("data-outcome", "")
	}
	return outcomes
}

func TestTriageOfOne(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga, otto, reader := h.as("olga"), h.as("otto"), h.as("reader")
	before, err := h.folder.Risky(t.Context(), store.StateRiskyUser, []string{scopeAda}, nil)
	if err != nil {
		t.Fatal(err)
	}
	old := h.user(t, scopeAda)
	done := olga.triage("dismissed", []string{old}, "comment", " She is on a <trip>. ", "next", "/users?q=a")
	if !strings.HasPrefix(done.location(), "/users?") || !strings.Contains(done.location(), "q=a") {
		t.Errorf("leads to %q", done.location())
	}
	page := olga.get(done.location())
	page.expect(t, "the page after it", http.StatusOK, "")
	if got := page.find(t, "[data-testid=triage-told]"); !strings.Contains(got, "1 recorded. Verdicts are kept in this portal only.") || !strings.Contains(got, "Ada "+scopeAda+" Dismissed in this portal.") {
		t.Errorf("told %q", got)
	}
	if got := otto.get(done.location()).find(t, "[data-testid=triage-told]"); got != "" {
		t.Errorf("somebody else is told %q", got)
	}
	if got := reader.get(done.location()); got.StatusCode != http.StatusOK || got.find(t, "[data-testid=triage-told]") != "" {
		t.Errorf("a reader of Identity Protection with the address: %d", got.StatusCode)
	}
	h.as("rita").get("/users?triaged=1").expect(t, "a Reports Reader's page with the parameter", http.StatusBadRequest, "")
	if got, want := h.history(t, auth.TriageUser, "", scopeAda), []string{"dismissed by olga She is on a <trip>."}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	shown := len(h.shown(t))
	if got := olga.outcomes(t, olga.triage("dismissed", []string{old})); got[scopeAda] != "same" {
		t.Errorf("the same again: %v", got)
	}
	if got := h.shown(t); len(got) != shown+1 || got[0] != "olga: triage dismissed  "+scopeAda {
		t.Errorf("the message names somebody, and the access log has %q", got)
	}
	late := otto.triage("compromised", []string{old}, "comment", "mine")
	if got := late.find(t, "main"); late.StatusCode != http.StatusConflict || !strings.Contains(got, "Somebody else decided") || !strings.Contains(got, "Dismissed here") || late.find(t, "textarea") != "mine" {
		t.Errorf("on an old page: %d %s", late.StatusCode, got)
	}
	again := late.document(t).Find("input[name=of]").AttrOr("value", "")
	if got := otto.outcomes(t, otto.triage("compromised", []string{again}, "confirmed", "yes")); got[scopeAda] != "done" {
		t.Errorf("looked at again: %v", got)
	}
	if got := olga.outcomes(t, olga.triage("undo", []string{h.user(t, scopeAda)})); got[scopeAda] != "done" {
		t.Errorf("undone: %v", got)
	}
	if got, want := h.history(t, auth.TriageUser, "", scopeAda), []string{"undo by olga", "compromised by otto", "dismissed by olga She is on a <trip>."}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	want := []string{"olga: undo user " + scopeAda + " " + scopeAda, "otto: compromised user " + scopeAda + " " + scopeAda, "olga: dismissed user " + scopeAda + " " + scopeAda}
	if got := h.triages(t); !slices.Equal(got, want) {
		t.Errorf("in the access log: %q, want %q", got, want)
	}
	after, err := h.folder.Risky(t.Context(), store.StateRiskyUser, []string{scopeAda}, nil)
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("the imported state is %+v, was %+v, %v", after, before, err)
	}
}

// A newer imported state opens an object again. A page from before that does not decide about it.
func TestTriageIsOpenedByANewerImport(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga := h.as("olga")
	target := func() ask.TriageTarget {
		choice, err := ask.ParseTriageChoice(h.user(t, scopeAda))
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := ask.Triage{Choices: []ask.TriageChoice{choice}, Kept: h.people}.Ask(t.Context(), ask.Reader{Reader: h.folder, Directory: h.folder})
		if err != nil || chosen[0].Target == nil {
			t.Fatalf("%+v, %v", chosen, err)
		}
		return *chosen[0].Target
	}
	old := h.user(t, scopeAda)
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay.Add(time.Hour)))
	if got := olga.triage("safe", []string{old}); got.StatusCode != http.StatusConflict {
		t.Errorf("a page from before the import: %d", got.StatusCode)
	}
	if !target().IsOpen() {
		t.Error("it is not open before the verdict")
	}
	olga.triage("safe", []string{h.user(t, scopeAda)})
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay)) // an older state
	if target().IsOpen() {
		t.Error("it is open after the verdict")
	}
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay.Add(2*time.Hour)))
	if !target().IsOpen() {
		t.Error("a newer state does not open it")
	}
	if got := olga.outcomes(t, olga.triage("safe", []string{h.user(t, scopeAda)})); got[scopeAda] != "done" {
		t.Errorf("the same verdict about the newer state: %v", got)
	}
}

func TestTriageOfMany(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga, otto := h.as("olga"), h.as("otto")
	signIn := ask.TargetOfSignIn(&store.SignIn{}, nil)
	signIn.Of = auth.TriageObject{Kind: auth.TriageSignIn, Log: string(store.Interactive), ID: testID(1)}
	lost := ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageUser, ID: "no-such-id"}}
	all := []string{
		h.user(t, scopeAda), h.user(t, scopeBob), h.choice(t, store.StateRiskyPrincipal, triagePrincipal), h.choice(t, store.StateRiskyAgent, triageAgent), signIn.Choice().String(), lost.String(),
		h.user(t, scopeAda), // once more
	}
	otto.triage("safe", []string{h.user(t, scopeBob)})
	confirm := olga.triage("compromised", all, "next", "/users")
	confirm.expect(t, "the page that confirms", http.StatusOK, "")
	if got := h.history(t, auth.TriageUser, "", scopeAda); got != nil {
		t.Errorf("kept before it is confirmed: %q", got)
	}
	page := confirm.document(t)
	if n := page.Find("[data-testid=triage-chosen]").Length(); n != 6 {
		t.Errorf("%d objects to confirm, want 6", n)
	}
	for _, want := range []string{
		"Confirm compromised: 5 objects", "Recorded in this portal only.", "Not found.", "It changed since you opened the list", "riskyUsers/confirmCompromised", "riskyServicePrincipals/confirmCompromised",
		"riskyAgents/confirmCompromised", "auditLogs/signIns/confirmCompromised",
	} {
		if got := strings.Join(strings.Fields(page.Find("main").Text()), " "); !strings.Contains(got, want) {
			t.Errorf("the page that confirms says %q, want %q in it", got, want)
		}
	}
	of := page.Find("input[name=of]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
	long := olga.triage("compromised", of, "confirmed", "yes", "comment", strings.Repeat("x", 1001), "next", "/users")
	if got := long.find(t, "#comment-problem"); long.StatusCode != http.StatusBadRequest || !strings.Contains(got, "longer than 1,000 characters") {
		t.Errorf("a long comment: %d %q", long.StatusCode, got)
	}
	want := map[string]string{scopeAda: "done", scopeBob: "changed", triagePrincipal: "done", triageAgent: "done", testID(1): "done", "no-such-id": "missing"}
	if got := olga.outcomes(t, olga.triage("compromised", of, "confirmed", "yes", "comment", "all of them", "next", "/users")); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	want = map[string]string{scopeAda: "same", scopeBob: "changed", triagePrincipal: "same", triageAgent: "same", testID(1): "same", "no-such-id": "missing"}
	if got := olga.outcomes(t, olga.triage("compromised", of, "confirmed", "yes")); !reflect.DeepEqual(got, want) {
		t.Errorf("once more: got %v, want %v", got, want)
	}
	if got := h.history(t, auth.TriageSignIn, "interactive", testID(1)); !slices.Equal(got, []string{"compromised by olga all of them"}) {
		t.Errorf("the sign-in has %q", got)
	}
	if got := len(h.triages(t)); got != 5 {
		t.Errorf("%d records in the access log, want 5: each change, and nothing else", got)
	}
	list := olga.triage("dismissed", []string{h.user(t, scopeAda)}, "ask", "yes")
	if list.StatusCode != http.StatusOK || list.find(t, "h1") != "Dismiss: 1 object" {
		t.Errorf("one row of a list is not confirmed: %d", list.StatusCode)
	}
}

// Who repeats a verdict learns who recorded it, and when. A comment that nobody keeps is told as lost, with its text. The times are in the
// zone of who reads.
func TestARepeatedVerdictTellsOfTheLostComment(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga, otto := h.as("olga"), h.as("otto")
	const (
		again = "To keep it, undo the verdict, then decide again with the comment."
		lost  = "Your comment was not kept."
	)
	told := func(what string, at *visitor, do, comment string, of []string, want ...string) reply {
		t.Helper()
		after := at.triage(do, of, "comment", comment, "confirmed", "yes")
		after.expect(t, what, http.StatusSeeOther, after.location())
		page := at.get(after.location())
		got := page.find(t, "[data-testid=triage-told]")
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: told %q, want %q in it", what, got, text)
			}
		}
		if isLost := page.find(t, "[data-testid=lost-comment]") != ""; isLost != strings.Contains(got, lost) || isLost != strings.Contains(strings.Join(want, " "), lost) {
			t.Errorf("%s: a lost comment is shown %t: %q", what, isLost, got)
		}
		return page
	}
	ada := h.user(t, scopeAda)
	told("the first", olga, "dismissed", "She is on a trip.", []string{ada}, "Dismissed in this portal.")
	h.wait(time.Hour)
	recorded := "No change: it is recorded so already. Recorded by olga, 2026-11-23 09:00:00 UTC."
	told("sent twice", olga, "dismissed", " She is on a trip. ", []string{ada}, recorded)
	told("without a comment", otto, "dismissed", "", []string{ada}, recorded)
	otto.send(http.MethodPost, "/preferences", form("zone", "Europe/Oslo"))
	page := told("with another comment", otto, "dismissed", "I called <her>.", []string{ada}, "Recorded by olga, 2026-11-23 10:00:00 CET.", lost, again)
	if got := page.find(t, "[data-testid=lost-comment]"); got != "I called <her>." {
		t.Errorf("the lost comment reads %q", got)
	}
	otto.send(http.MethodPost, "/preferences", form("zone", "UTC"))
	both := []string{ada, h.user(t, scopeBob)}
	page = told("one of two", otto, "dismissed", "Both called.", both, recorded, lost, again, "Dismissed in this portal.")
	if got := page.find(t, "[data-testid=triage-told] li[data-outcome=done]"); strings.Contains(got, lost) {
		t.Errorf("the comment is kept about Bob, and he is told %q", got)
	}
	told("changed for two", olga, "safe", "Late.", []string{ada, both[1]}, "Not recorded: somebody else decided", lost)
	undone := "No change: no verdict holds. Undone by otto, 2026-11-23 10:00:00 UTC."
	ada = h.user(t, scopeAda)
	told("undone", otto, "undo", "Wrong person.", []string{ada}, "The verdict is undone.")
	h.wait(time.Hour)
	told("undone twice", otto, "undo", "Wrong person.", []string{ada}, undone)
	told("undone by another", olga, "undo", "Not her.", []string{ada}, undone, lost)
	told("never decided", olga, "undo", "No verdict.", []string{h.choice(t, store.StateRiskyPrincipal, triagePrincipal)}, "No change: no verdict holds. Your", lost)
	if got, want := h.history(t, auth.TriageUser, "", scopeAda), []string{"undo by otto Wrong person.", "dismissed by olga She is on a trip."}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

// lateTriage is a store in which every step fails, or comes too late.
type lateTriage struct {
	auth.TriageStore
	outcome auth.TriageOutcome // empty: it fails
}

func (l lateTriage) Triage(_ context.Context, steps []auth.TriageStep) ([]auth.TriageOutcome, error) {
	if l.outcome == "" {
		return nil, store.ErrDiskFull
	}
	return slices.Repeat([]auth.TriageOutcome{l.outcome}, len(steps)), nil
}

// noHistory is a store that cannot give what was decided.
type noHistory struct{ auth.TriageStore }

func (noHistory) TriageHistory(context.Context, auth.TriageObject, int) ([]auth.TriageEntry, int64, error) {
	return nil, 0, store.ErrTooSlow
}

// Where nobody can say who made an object as it is, the verdicts of the form are kept and told, and the comment is told as lost.
func TestAVerdictIsToldWithoutTheHistory(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga := h.as("olga")
	olga.triage("dismissed", []string{h.user(t, scopeAda)}, "confirmed", "yes")
	both := []string{h.user(t, scopeAda), h.user(t, scopeBob)} // no verdict holds about Bob
	h.server.Triage = noHistory{h.server.Triage}
	after := olga.triage("undo", both, "confirmed", "yes", "comment", "Wrong people.")
	after.expect(t, "undone", http.StatusSeeOther, after.location())
	page := olga.get(after.location())
	if got := page.find(t, "[data-testid=triage-told]"); !strings.Contains(got, "The verdict is undone.") || !strings.Contains(got, "No change: no verdict holds.") || page.find(t, "[data-testid=lost-comment]") != "Wrong people." {
		t.Errorf("told %q", got)
	}
}

// lateAnswers is a store in which every decision comes too late.
type lateAnswers struct{ auth.AnswerStore }

func (lateAnswers) DecideReport(context.Context, auth.Decision) error { return auth.ErrReportChanged }

// A step is in the access log before it is taken. Where it is not taken after all, a second record says that it failed. What is refused
// by a look at the object has no record of a step.
func TestStepsThatFailAreToldAsFailed(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	h.add("ada", auth.RoleUser)
	account, _ := h.accounts.Named(t.Context(), "ada")
	if err := h.people.AnswerSignIn(t.Context(), auth.SignInAnswer{AccountID: account.ID, UserID: scopeAda, Log: "interactive", SignInID: testID(1), Time: triageDay, Answered: triageDay}); err != nil {
		t.Fatal(err)
	}
	olga := h.as("olga")
	both := []string{h.user(t, scopeAda), h.user(t, scopeBob)}
	var want []string // the newest first
	expect := func(what string, records ...string) {
		t.Helper()
		want = append(records, want...)
		if got := h.triages(t); !slices.Equal(inAnyOrder(got), inAnyOrder(want)) {
			t.Errorf("%s: in the access log %q, want %q", what, got, want)
		}
	}
	whole := h.server.Triage
	h.server.Triage = lateTriage{TriageStore: whole}
	olga.triage("safe", both, "confirmed", "yes").expect(t, "a full disk", http.StatusInsufficientStorage, "")
	of := func(verdict, id string) string { return "olga: " + verdict + " user " + id + " " + id }
	expect("a full disk", of("safe", scopeAda)+" failed", of("safe", scopeBob)+" failed", of("safe", scopeAda), of("safe", scopeBob))
	h.server.Triage = lateTriage{whole, auth.TriageChanged}
	olga.triage("dismissed", both[:1]).expect(t, "too late", http.StatusConflict, "")
	expect("too late", of("dismissed", scopeAda)+" failed", of("dismissed", scopeAda))
	h.server.Triage = whole
	olga.triage("compromised", both[:1])
	expect("taken", of("compromised", scopeAda))
	olga.triage("safe", both[:1]).expect(t, "of an old page", http.StatusConflict, "")
	expect("of an old page")

	decide := func(was string) reply {
		return olga.send(http.MethodPost, "/reported/1", form("was", was, "do", "confirmed", "note", "seen"))
	}
	decide("dismissed").expect(t, "a report of an old page", http.StatusConflict, "")
	expect("a report of an old page")
	answers := h.server.Answers
	h.server.Answers = lateAnswers{answers}
	if got := decide("open"); got.StatusCode != http.StatusConflict || !strings.Contains(got.body, `value="seen"`) {
		t.Errorf("a late decision: got %d, or its note is lost", got.StatusCode)
	}
	expect("a late decision", "olga: confirmed 1 "+scopeAda+" failed", "olga: confirmed 1 "+scopeAda)
	h.server.Answers = answers
	decide("open").expect(t, "a report", http.StatusSeeOther, "/protection/reported?state=open")
	expect("a report", "olga: confirmed 1 "+scopeAda)
}

// inAnyOrder sorts records: those of one form come in any order.
func inAnyOrder(words []string) []string { return slices.Sorted(slices.Values(words)) }

// Whoever is signed out on the page that confirms, or on a refused form, comes to a page after signing in: the addresses of the forms can
// be read.
func TestAddressesOfFormsCanBeRead(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga := h.as("olga")
	for from, to := range map[string]string{views.TriagePath: views.ProtectionPath, views.ReportedPath + "/1": views.ProtectionReportedPath} {
		olga.get(from).expect(t, from, http.StatusSeeOther, to)
	}
}

func TestTriageRefuses(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga := h.as("olga")
	ada := h.user(t, scopeAda)
	many := make([]string, auth.MaxTriage+1)
	for i := range many {
		many[i] = ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageUser, ID: testID(i)}}.String()
	}
	lost := ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageUser, ID: "no-such-id"}}.String()
	nowhere := ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "audit", ID: "audit-by-ada"}}.String()
	for _, test := range []struct {
		what   string
		do     string
		of     []string
		status int
		says   string
	}{
		{"nothing chosen", "safe", nil, http.StatusBadRequest, "choose at least one row"},
		{"no verdict", "eat", []string{ada}, http.StatusBadRequest, "does not say what to do"},
		{"no object", "safe", []string{"x"}, http.StatusBadRequest, "does not name an object"},
		{"too many", "safe", many, http.StatusBadRequest, "more than 200 objects"},
		{"an unknown ID", "safe", []string{lost}, http.StatusNotFound, ""},
		{"a record that is no sign-in", "safe", []string{nowhere}, http.StatusNotFound, ""},
		{"200 unknown IDs", "safe", many[:auth.MaxTriage], http.StatusOK, "Confirm safe: 0 objects"},
	} {
		got := olga.triage(test.do, test.of)
		if got.StatusCode != test.status || !strings.Contains(got.find(t, "main"), test.says) {
			t.Errorf("%s: got %d %q, want %d and %q", test.what, got.StatusCode, got.find(t, "main"), test.status, test.says)
		}
	}
	if got := olga.triage("safe", nil).find(t, "main"); strings.Contains(got, "link") {
		t.Errorf("the page about a form speaks of a link: %q", got)
	}
	for _, name := range []string{"reader", "rita"} {
		if got := h.as(name).triage("safe", []string{ada}); got.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, got.StatusCode)
		}
	}
	olga.send(http.MethodPost, views.TriagePath, url.Values{"do": {"safe"}, "of": {ada}}, "Sec-Fetch-Site", "cross-site").expect(t, "from another site", http.StatusForbidden, "")
	away := olga.triage("safe", []string{ada}, "next", "//evil.example/x")
	if got := away.location(); !strings.HasPrefix(got, views.ProtectionPath+"?triaged=") {
		t.Errorf("leads to %q", got)
	}
}

// An object whose ID is too long for a form has no box: with it the form for all rows would be refused.
func TestTriageLeavesOutWhatNoFormCanName(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	long := strings.Repeat("x", 300)
	h.risky(t, riskyAt(store.StateRiskyUser, long, "Long", triageDay))
	olga := h.as("olga")
	list := olga.get("/protection/users").document(t)
	of := list.Find("input[name=of]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
	if rows := list.Find("[data-testid=row]").Length(); rows != 3 || len(of) != 2 {
		t.Errorf("%d rows with %d boxes, want 3 and 2", rows, len(of))
	}
	if got := olga.triage("safe", of, "ask", "yes"); got.StatusCode != http.StatusOK {
		t.Errorf("all rows: %d", got.StatusCode)
	}
	if page := olga.get("/protection/users/" + long); page.StatusCode != http.StatusOK || page.document(t).Find("button[name=do]").Length() != 0 {
		t.Errorf("the page of the object: %d, or it offers to decide", page.StatusCode)
	}
}

// Who is limited to a scope decides only about what they see, and cannot tell what else there is.
func TestTriageWithinAScope(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	h.limit("olga", []string{scopeGroup}, nil)
	olga := h.as("olga")
	lost := ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageUser, ID: "no-such-id"}}.String()
	unknown := olga.triage("safe", []string{lost})
	signIn := func(id string) string {
		return ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "interactive", ID: id}, Print: auth.ImportedRisk{}.Print()}.String()
	}
	for _, of := range []string{h.user(t, scopeBob), signIn(testID(21)), h.choice(t, store.StateRiskyPrincipal, triagePrincipal)} {
		if got := olga.triage("safe", []string{of}); got.StatusCode != http.StatusNotFound || got.find(t, "main") != unknown.find(t, "main") {
			t.Errorf("%s: got %d, or another page than for an unknown ID", of, got.StatusCode)
		}
	}
	want := map[string]string{scopeAda: "done", scopeBob: "missing", testID(1): "done", testID(21): "missing"}
	if got := olga.outcomes(t, olga.triage("safe", []string{h.user(t, scopeAda), h.user(t, scopeBob), signIn(testID(1)), signIn(testID(21))}, "confirmed", "yes")); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := h.history(t, auth.TriageUser, "", scopeBob); got != nil {
		t.Errorf("about Bob: %q", got)
	}
}

// The queue of reports has those of the people in the viewer's scope, and no others.
func TestReportsWithinAScope(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	for n, id := range []string{scopeAda, scopeBob} {
		name := fmt.Sprint("person", n)
		h.add(name, auth.RoleUser)
		account, _ := h.accounts.Named(t.Context(), name)
		err := h.people.AnswerSignIn(t.Context(), auth.SignInAnswer{AccountID: account.ID, UserPrincipalName: name + "@example.com", UserID: strings.ToUpper(id), Log: "interactive", SignInID: testID(n), Time: triageDay, Answered: triageDay})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.limit("olga", []string{scopeGroup}, nil)
	h.limit("otto", nil, []string{payroll})
	olga, otto, root := h.as("olga"), h.as("otto"), h.as("root")
	for _, test := range []struct {
		who  string
		at   *visitor
		want string
	}{{"in a group", olga, "person0@example.com"}, {"of an application", otto, ""}, {"an administrator", root, "person1@example.com person0@example.com"}} {
		page := test.at.get("/protection/reported")
		names := page.document(t).Find("[data-testid=report] h2").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.who, got, test.want)
		}
		if got, want := page.find(t, "[data-testid=state-] .tab-count"), fmt.Sprint(len(names)); got != want {
			t.Errorf("%s: %q reports are counted, want %s", test.who, got, want)
		}
	}
	if got := olga.get("/users").find(t, "[data-testid=open-reports]"); got != "2 open: 1 report, 1 risky user" {
		t.Errorf("in the navigation: %q", got)
	}
	bobs := form("was", "open", "do", "confirmed")
	olga.send(http.MethodPost, "/reported/2", bobs).expect(t, "a report out of the scope", http.StatusNotFound, "")
	olga.send(http.MethodPost, "/reported/1", form("was", "open", "do", "confirmed", "note", strings.Repeat("x", 1001))).expect(t, "a note that is too long", http.StatusBadRequest, "")
	olga.send(http.MethodPost, "/reported/1", bobs).expect(t, "a report in the scope", http.StatusSeeOther, "/protection/reported?state=open")
	if got, want := h.triages(t), []string{"olga: confirmed 1 " + strings.ToUpper(scopeAda)}; !slices.Equal(got, want) {
		t.Errorf("in the access log: %q, want %q", got, want)
	}
	olga.get("/reported?state=confirmed").expect(t, "the former address", http.StatusSeeOther, "/protection/reported?state=confirmed")
	olga.get("/reported").expect(t, "the former address", http.StatusSeeOther, "/protection/reported")
}

// A line of the interactive log gets another name when an event comes in. What was kept about it stays.
func TestTriageFollowsALine(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	olga := h.as("olga")
	event := func(n int, second string, code int) string {
		return fmt.Sprintf(`{"time":"2026-11-23T07:00:%[2]sZ","category":"SignInLogs","tenantId":"t","properties":{"id":%[1]q,"createdDateTime":"2026-11-23T07:00:%[2]sZ","userId":%[3]q,"userPrincipalName":"ada@example.com",
			"appId":%[4]q,"ipAddress":"192.0.2.9","status":{"errorCode":%[5]d},"correlationId":%[6]q,"riskState":"atRisk","riskLevelDuringSignIn":"high"}}`, testID(n), second, scopeAda, payroll, code, testID(900))
	}
	read := func(doc string) {
		t.Helper()
		if _, err := importer.New(h.folder, importer.Options{}).Reader(t.Context(), "line.json", strings.NewReader(doc)); err != nil {
			t.Fatal(err)
		}
	}
	line := func() ask.TriageTarget {
		t.Helper()
		reader := ask.Reader{Reader: h.folder, Directory: h.folder}
		page, err := reader.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Limit: 10, Filter: store.Filter{}.With(store.CorrelationField, store.OpIs, testID(900))})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%d lines, %v", len(page.Rows), err)
		}
		signIns, err := ask.TriageSignInsOf(t.Context(), reader, page.Rows)
		if err != nil {
			t.Fatal(err)
		}
		targets, err := ask.SignInTargets(t.Context(), reader, h.people, nil, signIns)
		if err != nil {
			t.Fatal(err)
		}
		return targets[0]
	}
	read(event(901, "01", 50074))
	first := line()
	if got := olga.outcomes(t, olga.triage("compromised", []string{first.Choice().String()})); got[testID(901)] != "done" {
		t.Fatalf("got %v", got)
	}
	read(event(902, "20", 0))
	if got := line(); got.Kept.Holds == nil || got.Of.ID != testID(901) || got.IsOpen() {
		t.Errorf("the line has %+v", got)
	}
	byNewName := ask.TriageChoice{Of: auth.TriageObject{Kind: auth.TriageSignIn, Log: "interactive", ID: testID(902)}, Seen: 1, Print: first.Risk.Print()}
	if got := olga.outcomes(t, olga.triage("undo", []string{byNewName.String()})); got[testID(902)] != "done" {
		t.Errorf("by its new name: %v", got)
	}
	if got, want := h.history(t, auth.TriageSignIn, "interactive", testID(901)), []string{"undo by olga", "compromised by olga"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

// Verdicts stand on every page that lists or shows an object. Whoever may decide has a box or a form there, which works as it stands. Other
// readers see the verdict alone, and a Reports Reader sees nothing.
func TestTriageStandsOnThePages(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	docs := []string{
		fmt.Sprintf(`{"time":"2026-11-23T07:00:00Z","category":"SignInLogs","tenantId":"t","properties":{"id":%q,"createdDateTime":"2026-11-23T07:00:00Z","userId":%q,"userPrincipalName":"ada@example.com","appId":%q,"status":{"errorCode":0},"riskState":"atRisk","riskLevelDuringSignIn":"high"}}`, testID(901), scopeAda, payroll),
		fmt.Sprintf(`{"time":"2026-11-23T07:05:00Z","category":"ServicePrincipalSignInLogs","tenantId":"t","properties":{"id":%q,"createdDateTime":"2026-11-23T07:05:00Z","servicePrincipalId":%q,"servicePrincipalName":"Quay","appId":%q,"status":{"errorCode":0},"riskState":"none"}}`, testID(902), triagePrincipal, foreignApp),
	}
	for n, state := range []string{"atRisk", "dismissed"} {
		docs = append(docs, fmt.Sprintf(`{"id":"9ee50f%058d","riskEventType":"suspiciousSignins","riskState":%q,"riskLevel":"high","activityDateTime":"2026-11-23T07:05:00Z","detectedDateTime":"2026-11-23T07:06:00Z","lastUpdatedDateTime":"2026-11-23T07:%02d:00Z","servicePrincipalId":%q,"servicePrincipalDisplayName":"Quay","appId":%q,"requestId":%q}`,
			n, state, 30-n, triagePrincipal, foreignApp, testID(902)))
	}
	report, err := importer.New(h.folder, importer.Options{}).Reader(t.Context(), "risk.json", strings.NewReader(strings.Join(docs, "\n")))
	if err != nil || report.New != 4 {
		t.Fatalf("%+v, %v", report, err)
	}
	olga, reader, rita := h.as("olga"), h.as("reader"), h.as("rita")
	pages := []struct {
		address string
		objects int
	}{
		{"/protection/users", 2},
		{"/protection/users/" + scopeAda, 1},
		{"/protection/principals", 1},
		{"/protection/principals/" + triagePrincipal, 1},
		{"/protection/principals?kind=agents", 1},
		{"/protection/signins", 1},
		{"/protection/principalsignins", 1},
		{"/logs/interactive/" + testID(901) + "?tab=risk", 1},
		{"/logs/serviceprincipal/" + testID(902) + "?tab=risk", 1},
	}
	for _, page := range pages {
		first := olga.get(page.address)
		first.expect(t, page.address, http.StatusOK, "")
		of := first.document(t).Find("input[name=of]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
		if len(of) != page.objects {
			t.Errorf("%s has %d objects to choose, want %d", page.address, len(of), page.objects)
			continue
		}
		done := olga.triage("dismissed", of, "confirmed", "yes", "comment", "A word about it.", "next", page.address)
		for id, outcome := range olga.outcomes(t, done) {
			if outcome != "done" {
				t.Errorf("%s: %s is %s", page.address, id, outcome)
			}
		}
		for who, v := range map[string]*visitor{"an operator": olga, "a reader": reader} {
			got := v.get(page.address)
			if note := got.find(t, "[data-testid=triage-note], [data-testid=triage-bar]"); !strings.Contains(note, "in this portal only") {
				t.Errorf("%s for %s does not say where verdicts hold: %q", page.address, who, note)
			}
			if n := strings.Count(got.find(t, "[data-testid=triage-mark]"), "Dismissed here"); n != page.objects {
				t.Errorf("%s for %s: %d verdicts, want %d", page.address, who, n, page.objects)
			}
			if strings.Contains(page.address, "?tab=risk") != (got.find(t, "[data-testid=triage-steps]") != "") && !strings.Contains(page.address, "/users/") && !strings.Contains(page.address, "/principals/") {
				t.Errorf("%s for %s has a history, or has none", page.address, who)
			}
		}
		if got := reader.get(page.address); got.document(t).Find("input[name=of], button[name=do][value=dismissed]").Length() > 0 {
			t.Errorf("%s offers a reader to decide", page.address)
		}
		if got := rita.get(page.address); strings.Contains(got.body, "Dismissed here") || strings.Contains(got.body, "A word about it.") || strings.Contains(got.body, "riage") {
			t.Errorf("%s tells a Reports Reader of triage", page.address)
		}
		if got := olga.outcomes(t, olga.triage("undo", olga.get(page.address).document(t).Find("input[name=of]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") }), "confirmed", "yes")); len(got) != page.objects {
			t.Errorf("%s: undone %v", page.address, got)
		}
	}
}

// The lists of what is open here leave out what a verdict answers, and have it again where a newer state comes in.
func TestListsOfWhatIsOpenHere(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	closed := (&store.Risky{Of: store.StateRiskyUser, ID: "eeeeeeee-0000-4000-8000-000000000009", RiskChange: store.RiskChange{Updated: triageDay, State: "remediated", Level: "none"}}).Settle()
	h.risky(t, closed)
	olga := h.as("olga")
	listed := func(address string) string {
		t.Helper()
		got := olga.get(address)
		got.expect(t, address, http.StatusOK, "")
		return strings.Join(got.document(t).Find("[data-testid=row]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("data-id", "") }), " ")
	}
	if got, want := listed("/protection/users?open=yes&sort=name"), scopeAda+" "+scopeBob; got != want {
		t.Errorf("open: %s, want %s", got, want)
	}
	olga.triage("safe", []string{h.user(t, scopeAda)})
	if got := listed("/protection/users?open=yes"); got != scopeBob {
		t.Errorf("after a verdict: %s, want %s", got, scopeBob)
	}
	if got := olga.get("/protection/users.csv?open=yes").body; strings.Contains(got, scopeAda) || !strings.Contains(got, scopeBob) {
		t.Errorf("the file has %s", got)
	}
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay.Add(time.Hour)))
	if got, want := listed("/protection/users?open=yes&sort=name"), scopeAda+" "+scopeBob; got != want {
		t.Errorf("after a newer state: %s, want %s", got, want)
	}
	if got := listed("/protection/users?open=yes&riskstate=confirmedCompromised"); got != "" {
		t.Errorf("confirmed compromised: %s", got)
	}
	for _, bad := range []string{"?open=no", "?open=yes&riskstate=remediated"} {
		olga.get("/protection/users"+bad).expect(t, bad, http.StatusBadRequest, "")
	}
}

// The navigation counts risky users that are open here, and reports for those who decide them. A verdict, its undoing and an import count at
// once.
func TestTheNavigationCountsWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	h.limit("otto", []string{scopeGroup}, nil)
	olga, otto, reader, rita := h.as("olga"), h.as("otto"), h.as("reader"), h.as("rita")
	expect := func(when, everybody, inScope string) {
		t.Helper()
		for range 2 { // the second time from what is kept
			for who, want := range map[*visitor]string{olga: everybody, reader: everybody, otto: inScope, rita: ""} {
				if got := who.get("/users").find(t, "[data-testid=open-reports]"); got != want {
					t.Errorf("%s: got %q, want %q", when, got, want)
				}
			}
		}
	}
	expect("at first", "2 open risky users", "1 open risky user")
	olga.triage("safe", []string{h.user(t, scopeAda)})
	expect("after a verdict", "1 open risky user", "")
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay.Add(500*time.Millisecond)))
	expect("after a copy of the same change with its fraction of a second", "1 open risky user", "")
	h.risky(t, riskyAt(store.StateRiskyUser, scopeAda, "Ada", triageDay.Add(time.Hour)))
	expect("after a newer state", "2 open risky users", "1 open risky user")
	olga.triage("safe", []string{h.user(t, scopeAda), h.user(t, scopeBob)}, "confirmed", "yes")
	expect("after verdicts about both", "", "")
	otto.triage("undo", []string{h.user(t, scopeAda)})
	expect("after one was undone", "1 open risky user", "1 open risky user")
	h.risky(t, (&store.Risky{Of: store.StateRiskyUser, ID: scopeBob, RiskChange: store.RiskChange{Updated: triageDay.Add(time.Hour), State: "remediated", Level: "none"}}).Settle())
	expect("after an answered one was remediated", "1 open risky user", "1 open risky user")
}

// Who is decided about learns from "Who looked" that somebody had the data, and nothing of a risk. A decision about a report is told as one.
func TestWhoLookedTellsNothingOfTriage(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	if _, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: "ada", Password: housePassword, Roles: []auth.Role{auth.RoleReportsReader}, UserID: scopeAda}); err != nil {
		t.Fatal(err)
	}
	account, _ := h.accounts.Named(t.Context(), "ada")
	if err := h.people.AnswerSignIn(t.Context(), auth.SignInAnswer{AccountID: account.ID, UserID: scopeAda, Log: "interactive", SignInID: testID(1), Time: triageDay, Answered: triageDay}); err != nil {
		t.Fatal(err)
	}
	olga := h.as("olga")
	olga.get("/protection/users.csv").expect(t, "a file", http.StatusOK, "")
	olga.triage("compromised", []string{h.user(t, scopeAda)})
	olga.send(http.MethodPost, "/reported/1", form("was", "open", "do", "confirmed")).expect(t, "a report", http.StatusSeeOther, "/protection/reported?state=open")
	looks := h.as("ada").get("/me/looked?" + lookedEver).document(t).Find("[data-testid=look] td:nth-child(3)").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if want := []string{"Decided on a report of yours", "Opened one of your records", "Downloaded a list that has you"}; !slices.Equal(looks, want) {
		t.Errorf("got %q, want %q", looks, want)
	}
}

// A page that reads the directory counts what is open with the connection that it has: with all others taken, it does not wait for one.
func TestThePageCountsWhatIsOpenWithItsOwnConnection(t *testing.T) {
	t.Parallel()
	h := newTriageHouse(t)
	h.limit("otto", []string{scopeGroup}, nil)
	reader, otto := h.as("reader"), h.as("otto")
	for range dbfile.Readers - 1 {
		ctx, release, err := h.folder.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if _, err := h.folder.Risky(ctx, store.StateRiskyUser, []string{scopeAda}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for who, want := range map[*visitor]string{reader: "2 open risky users", otto: "1 open risky user"} {
		page := who.get("/protection/users/" + scopeAda)
		if got := page.find(t, "[data-testid=open-reports]"); page.StatusCode != http.StatusOK || got != want {
			t.Errorf("got %d, %q, want %q", page.StatusCode, got, want)
		}
	}
}
