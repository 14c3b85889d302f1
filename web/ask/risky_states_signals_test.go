package ask

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// signalsStory is an object with many signals, and the same as plain lists. The range of the story is from its first hour to its last.
type signalsStory struct {
	Reader
	db *datafolder.Folder
	in store.Range
	// risky are the sign-ins with a line by themselves, and plain those that only detections tell of. Both are by request ID.
	risky, plain map[string]time.Time
	detections   map[string]plainDetection
	changes      int
}

type plainDetection struct {
	at    time.Time
	names string
}

// readRows counts the rows of all pages that a store gives.
type readRows struct {
	store.Reader
	n *int
}

func (r readRows) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	page, err := r.Reader.Page(ctx, q)
	*r.n += len(page.Rows)
	return page, err
}

// newSignalsStory has 120 risky sign-ins, 300 detections and 80 changes. Some detections name sign-ins. Many are of one time.
func newSignalsStory(t *testing.T, of store.StateKind) *signalsStory {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &signalsStory{db: db, in: store.Range{From: noon.Add(-24 * time.Hour), To: noon.Add(24 * time.Hour)}, risky: map[string]time.Time{}, plain: map[string]time.Time{}, detections: map[string]plainDetection{}}
	s.Reader = Reader{Reader: db, Directory: db, OnFailure: func(_ context.Context, part string, err error) { t.Errorf("%s: %v", part, err) }}
	user := of == store.StateRiskyUser
	var lines strings.Builder
	write := func(record map[string]any) {
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	signIn := func(n int, at time.Time, state string) string {
		properties := map[string]any{"id": testID(n), "createdDateTime": at.Format(time.RFC3339Nano), "appId": testID(3001), "correlationId": testID(20000 + n), "status": map[string]any{"errorCode": 0}, "riskState": state, "riskLevelDuringSignIn": "none"}
		category := []string{"SignInLogs", "NonInteractiveUserSignInLogs"}[n%2]
		if user {
			properties["userId"], properties["userPrincipalName"] = testID(2001), "ada@example.com"
		} else {
			category = "ServicePrincipalSignInLogs"
			properties["servicePrincipalId"], properties["servicePrincipalName"] = testID(2001), "Quay"
		}
		write(map[string]any{"time": at.Format(time.RFC3339), "category": category, "tenantId": testID(1), "properties": properties})
		return testID(n)
	}
	detection := func(n int, at time.Time, names string) {
		record := map[string]any{"id": fmt.Sprintf("%064x", n), "riskEventType": "anomalousToken", "riskState": "atRisk", "riskLevel": "high", "activityDateTime": at.Format(time.RFC3339Nano), "lastUpdatedDateTime": at.Format(time.RFC3339Nano)}
		if user {
			record["userId"], record["userPrincipalName"] = testID(2001), "ada@example.com"
		} else {
			record["servicePrincipalId"], record["servicePrincipalDisplayName"] = testID(2001), "Quay"
		}
		if names != "" {
			record["requestId"] = names
		}
		s.detections[record["id"].(string)] = plainDetection{at, names}
		write(record)
	}
	moment := func(n int) time.Time { // three of a quarter of an hour, and some of the same microsecond
		return noon.Add(-20*time.Hour + time.Duration(n/3)*15*time.Minute + time.Duration(n%3/2)*time.Microsecond)
	}
	for n := range 120 {
		s.risky[signIn(n, moment(n), "atRisk")] = moment(n)
	}
	for n := 120; n < 140; n++ { // nothing of their own tells of a risk
		s.plain[signIn(n, moment(n-100), "none")] = moment(n - 100)
	}
	before := signIn(140, s.in.From.Add(-time.Hour), "atRisk") // out of the range
	s.plain[before] = s.in.From.Add(-time.Hour)
	for n := range 300 {
		at := moment(n % 150)
		switch {
		case n < 60: // of sign-ins of another time, several of one
			detection(n, at, testID(n*7%40))
		case n < 80: // at the time of their sign-in
			detection(n, moment(n), testID(n))
		case n < 120: // two of each
			detection(n, at, testID(120+n%20))
		case n < 123:
			detection(n, s.in.From.Add(time.Duration(n)*time.Minute), before)
		case n < 130:
			detection(n, at, testID(9000+n)) // was not imported
		default:
			detection(n, at, "")
		}
	}
	if !user { // a detection names each
		s.risky, s.plain = map[string]time.Time{}, map[string]time.Time{before: s.plain[before]}
		for _, d := range s.detections {
			var n int
			if _, err := fmt.Sscanf(d.names, "%08x", &n); err == nil && n < 120 {
				s.risky[d.names] = moment(n)
			} else if err == nil && n < 140 {
				s.risky[d.names] = moment(n - 100)
			}
		}
	}
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "story.json", strings.NewReader(lines.String()))
	if err != nil || report.RejectedTotal+report.Skipped > 0 || report.New != 141+300 {
		t.Fatalf("%+v, %v", report, err)
	}
	state := &store.Risky{Of: of, ID: testID(2001), RiskChange: store.RiskChange{Updated: moment(149), State: "atRisk", Level: "high"}}
	for n := range 79 {
		state.History = append(state.History, store.RiskChange{Updated: moment(n / 4 * 4), State: []string{"atRisk", "remediated", "dismissed", "confirmedSafe"}[n%4], Level: "low", By: testID(4000 + n)})
	}
	s.changes = len(state.Settle().History)
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "state.json"})
	if err == nil {
		_, err = db.PutDirectory(t.Context(), id, store.DirectoryBatch{At: noon, States: []store.StateRow{state}})
	}
	if err != nil || s.changes != 80 {
		t.Fatalf("%d changes, %v", s.changes, err)
	}
	return s
}

// pages walks all pages of the timeline, and checks their sizes, their order and the rows that each takes.
func (s *signalsStory) pages(t *testing.T, q RiskyObject) (lines []RiskSignal) {
	t.Helper()
	for pages := 1; ; pages++ {
		read := 0
		r := s.Reader
		r.Reader = readRows{s.db, &read}
		ctx, release, err := s.db.Snapshot(t.Context()) // nothing is kept outside of one
		if err != nil {
			t.Fatal(err)
		}
		a, err := q.Ask(ctx, r)
		release()
		if err != nil || a.SignalsTrouble != NoTrouble || pages > 60 {
			t.Fatalf("page %d: %+v, %v", pages, a, err)
		}
		if len(a.Signals) > SignalsPerPage || a.NextSignals != nil && len(a.Signals) == 0 {
			t.Errorf("page %d has %d lines", pages, len(a.Signals))
		}
		if read > 3500 {
			t.Errorf("page %d took %d rows", pages, read)
		}
		if lines = append(lines, a.Signals...); a.NextSignals == nil {
			break
		}
		again, err := store.ParseCursor(a.NextSignals.String())
		if err != nil {
			t.Fatal(err)
		}
		q.SignalsAfter = &again
	}
	if !slices.IsSortedFunc(lines, func(a, b RiskSignal) int { return b.Time.Compare(a.Time) }) {
		t.Error("the lines are not in order")
	}
	return lines
}

// The pages of a timeline have each signal of the range once, the newest first, also where several are of one time.
func TestPagesOfATimelineOfRisk(t *testing.T) {
	t.Parallel()
	for of, all := range map[store.StateKind][]store.StateKind{store.StateRiskyUser: RiskyKinds(store.StateRiskyUser), store.StateRiskyPrincipal: RiskyKinds(store.StateRiskyPrincipal)} {
		s := newSignalsStory(t, of)
		q := RiskyObject{Of: all, ID: testID(2001), Range: s.in, Within: time.Hour, Kept: NewRiskyKept()}
		s.checkEach(t, q)
		s.checkGrouped(t, q)
		if isKept := len(q.Kept.detections) > 0; isKept != (of == store.StateRiskyPrincipal) {
			t.Errorf("%s: detections are kept: %t", of, isKept)
		}
		q.Kept = nil
		s.checkGrouped(t, q)
		q.Range = store.Range{From: noon.Add(-18 * time.Hour), To: noon.Add(-12 * time.Hour)}
		s.checkEach(t, q)
		s.checkGrouped(t, q)
	}
}

func (s *signalsStory) isStored(id string) bool {
	return !s.plain[id].IsZero() || !s.risky[id].IsZero()
}

func within(in store.Range, at time.Time) bool { return !at.Before(in.From) && at.Before(in.To) }

// checkEach looks at the timeline of signals by themselves.
func (s *signalsStory) checkEach(t *testing.T, q RiskyObject) {
	t.Helper()
	q.Each = true
	met, turns := map[string]int{}, 0
	for _, line := range s.pages(t, q) {
		switch {
		case line.Turn != nil:
			turns++
		case line.SignIn != nil:
			met[line.SignIn.Entry.Head().ID]++
		default:
			met[line.Detections[0].Entry.Head().ID]++
		}
	}
	wanted := 0
	for id, at := range s.risky {
		if !within(q.Range, at) {
			continue
		}
		if wanted++; met[id] != 1 {
			t.Errorf("the sign-in %s stands %d times", id, met[id])
		}
	}
	for id, d := range s.detections {
		if !within(q.Range, d.at) {
			continue
		}
		if wanted++; met[id] != 1 {
			t.Errorf("the detection %s stands %d times", id, met[id])
		}
	}
	if len(met) != wanted || within(q.Range, noon.Add(15*time.Hour)) && turns != s.changes {
		t.Errorf("%d records and %d changes, want %d and %d", len(met), turns, wanted, s.changes)
	}
}

// checkGrouped looks at the timeline of sign-ins with their detections.
func (s *signalsStory) checkGrouped(t *testing.T, q RiskyObject) {
	t.Helper()
	signIns, detections, turns := map[string]int{}, map[string]int{}, 0
	for _, line := range s.pages(t, q) {
		if line.Turn != nil {
			turns++
			continue
		}
		own := ""
		if line.SignIn != nil {
			own = line.SignIn.Entry.Head().ID
			signIns[own]++
		}
		newest := time.Time{}
		for _, row := range line.Detections {
			id := row.Entry.Head().ID
			detections[id]++
			if at := s.detections[id].at; at.After(newest) {
				newest = at
			}
			if d := s.detections[id]; own != "" && d.names != own || own == "" && s.isStored(d.names) {
				t.Errorf("the detection %s of %q stands under %q", id, d.names, own)
			}
		}
		if at := s.risky[own]; within(q.Range, at) {
			newest = at
		}
		if !line.Time.Equal(newest) {
			t.Errorf("the line of %q stands at %s, want %s", own, line.Time, newest)
		}
	}
	wanted := map[string]bool{}
	for id, at := range s.risky {
		if within(q.Range, at) {
			wanted[id] = true
		}
	}
	ofRange := 0
	for id, d := range s.detections {
		if !within(q.Range, d.at) {
			continue
		}
		if ofRange++; detections[id] != 1 {
			t.Errorf("the detection %s stands %d times", id, detections[id])
		}
		if s.isStored(d.names) {
			wanted[d.names] = true
		}
	}
	for id := range wanted {
		if signIns[id] != 1 {
			t.Errorf("the sign-in %s stands %d times", id, signIns[id])
		}
	}
	if len(signIns) != len(wanted) || len(detections) != ofRange || within(q.Range, noon.Add(15*time.Hour)) && turns != s.changes {
		t.Errorf("%d sign-ins, %d detections and %d changes, want %d, %d and %d", len(signIns), len(detections), turns, len(wanted), ofRange, s.changes)
	}
}

// Of a sign-in with very many detections the newest are listed, and the others are counted. They hide none of another sign-in.
func TestManyDetectionsUnderOneSignIn(t *testing.T) {
	t.Parallel()
	s := newSignalsStory(t, store.StateRiskyUser)
	var lines strings.Builder
	for n := range 600 {
		fmt.Fprintf(&lines, `{"id":"%064x","requestId":"%s","riskEventType":"anomalousToken","riskState":"atRisk","riskLevel":"high","activityDateTime":"%s","lastUpdatedDateTime":"%[3]s","userId":"%[4]s"}`+"\n", 5000+n, testID(119), noon.Add(time.Duration(n)*time.Second).Format(time.RFC3339), testID(2001))
	}
	if report, err := importer.New(s.db, importer.Options{}).Reader(t.Context(), "more.json", strings.NewReader(lines.String())); err != nil || report.New != 600 {
		t.Fatalf("%+v, %v", report, err)
	}
	q := RiskyObject{Of: RiskyKinds(store.StateRiskyUser), ID: testID(2001), Range: s.in, Within: time.Hour}
	detections, many := 0, 0
	for pages := 0; pages < 60; pages++ {
		a, err := q.Ask(t.Context(), s.Reader)
		if err != nil || a.SignalsTrouble != NoTrouble {
			t.Fatalf("%+v, %v", a, err)
		}
		for _, line := range a.Signals {
			if detections += len(line.Detections) + int(line.More); line.More > 0 {
				many++
			}
			if len(line.Detections) > DetectionsUnder {
				t.Errorf("%d detections are listed", len(line.Detections))
			}
		}
		if q.SignalsAfter = a.NextSignals; q.SignalsAfter == nil {
			break
		}
	}
	if detections != 900 || many != 1 {
		t.Errorf("%d detections, and %d sign-ins with more", detections, many)
	}
}

// A detection that names an earlier event of a line stands under the line, which stands once.
func TestDetectionsOfEventsUnderTheirLine(t *testing.T) {
	t.Parallel()
	s := newSignalsStory(t, store.StateRiskyUser)
	var lines strings.Builder
	event := func(n, second, code int, correlation string) {
		fmt.Fprintf(&lines, `{"time":"2026-11-28T11:30:00Z","category":"SignInLogs","tenantId":%q,"properties":{"id":%q,"createdDateTime":%q,"userId":%q,"appId":%q,"correlationId":%q,"status":{"errorCode":%d},"riskState":"remediated","riskLevelDuringSignIn":"low"}}`+"\n",
			testID(1), testID(n), noon.Add(time.Duration(second)*time.Second).Format(time.RFC3339), testID(2001), testID(3001), testID(30000+len(correlation)), code)
	}
	detection := func(n, second, names int) {
		fmt.Fprintf(&lines, `{"id":"%064x","requestId":"%s","riskEventType":"unfamiliarFeatures","riskState":"remediated","riskLevel":"low","activityDateTime":"%s","lastUpdatedDateTime":"%[3]s","userId":"%[4]s"}`+"\n", n, testID(names), noon.Add(time.Duration(second)*time.Second).Format(time.RFC3339), testID(2001))
	}
	event(7001, 36000, 50076, "a")
	event(7002, 36020, 500121, "a")
	event(7003, 36040, 0, "a")
	event(7004, 37000, 50076, "bb") // a line by itself
	detection(9001, 36000, 7001)
	detection(9002, 36041, 7001) // newer than the line
	detection(9003, 36020, 7002)
	detection(9004, 37000, 7004)
	if report, err := importer.New(s.db, importer.Options{}).Reader(t.Context(), "line.json", strings.NewReader(lines.String())); err != nil || report.New != 8 {
		t.Fatalf("%+v, %v", report, err)
	}
	q := RiskyObject{Of: RiskyKinds(store.StateRiskyUser), ID: testID(2001), Range: store.Range{From: noon.Add(10 * time.Hour), To: noon.Add(12 * time.Hour)}, Within: time.Hour}
	var told []string
	for _, line := range s.pages(t, q) {
		text := ""
		if line.SignIn != nil {
			text = line.SignIn.Entry.Head().ID[:8] + ":"
		}
		for _, d := range line.Detections {
			text += " " + strings.TrimLeft(d.Entry.Head().ID, "0")
		}
		told = append(told, text)
	}
	if want := []string{fmt.Sprintf("%08x: %x", 7004, 9004), fmt.Sprintf("%08x: %x %x %x", 7003, 9002, 9003, 9001)}; !slices.Equal(told, want) {
		t.Errorf("the timeline has %q, want %q", told, want)
	}
}

// Where the sign-ins cannot be looked up there is no page with gaps. Each signal by itself needs none.
func TestATimelineWithoutItsSignIns(t *testing.T) {
	t.Parallel()
	s := newSignalsStory(t, store.StateRiskyUser)
	s.Reader.Reader = slowPages{s.db}
	a := &KnownRisk{Of: store.StateRiskyUser, Known: KnownObject{Kind: store.ObjectUser, ID: testID(2001)}}
	if err := a.linkSignals(t.Context(), s.Reader, RiskyObject{Range: s.in}); err != nil || a.SignalsTrouble != TooSlow || a.Signals != nil || a.NextSignals != nil {
		t.Errorf("%+v, %v", a, err)
	}
}

// The history has the newest changes first, and each once over its pages, also where several are of one time or of none.
func TestPagesOfTheHistoryOfRisk(t *testing.T) {
	var changes []store.RiskChange
	for n := range 173 {
		at := noon.Add(-time.Duration(n/70) * time.Hour)
		if n >= 160 {
			at = time.Time{}
		}
		changes = append(changes, store.RiskChange{Updated: at, Detail: fmt.Sprint(n)})
	}
	var met []store.RiskChange
	var after *store.Cursor
	for {
		page, next := historyPage(changes, after)
		if met = append(met, page...); len(page) > HistoryPerPage || len(met) > len(changes) {
			t.Fatalf("%d changes on a page, %d of all", len(page), len(met))
		}
		if next == nil {
			break
		}
		again, err := store.ParseCursor(next.String())
		if err != nil {
			t.Fatal(err)
		}
		after = &again
	}
	if !slices.EqualFunc(met, changes, func(a, b store.RiskChange) bool { return a.Detail == b.Detail }) {
		t.Errorf("%d changes: %v", len(met), met)
	}
	if page, next := historyPage(nil, nil); len(page) != 0 || next != nil {
		t.Error("no changes make a page")
	}
}
