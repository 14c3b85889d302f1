package ask

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/risk"
)

// riskyOracle is a made-up log with risk in all its forms, and the same as plain lists.
type riskyOracle struct {
	Reader
	r          *rand.Rand
	signIns    []riskySignIn
	detections []riskyDetection
	first      time.Time
	span       time.Duration
}

type riskySignIn struct {
	log                             store.Log
	id, state, level, user, app, sp string
	key                             string
	at                              time.Time
}

type riskyDetection struct {
	id, request, sp, level, state string
	keys                          []string
	at                            time.Time
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// newRiskyOracle imports a made-up log.
func newRiskyOracle(t *testing.T, seed uint64, signIns, detections int) *riskyOracle {
	t.Helper()
	ctx := t.Context()
	db, err := datafolder.Open(ctx, t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	o := &riskyOracle{r: rand.New(rand.NewPCG(seed, 9)), first: noon, span: 12 * 24 * time.Hour}
	o.Reader = Reader{Reader: db, Directory: db, OnFailure: func(_ context.Context, part string, err error) { t.Errorf("%s: %v", part, err) }}
	var lines strings.Builder
	write := func(record map[string]any) {
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	for n := range signIns {
		write(o.signIn(n))
	}
	for n := range detections {
		write(o.detection(n))
	}
	report, err := importer.New(db, importer.Options{}).Reader(ctx, "made-up.json", strings.NewReader(lines.String()))
	if err != nil || report.RejectedTotal+report.Skipped > 0 || report.New != int64(signIns+detections) {
		t.Fatalf("%+v, %v", report, err)
	}
	return o
}

// moment is a random time of the log, mostly of whole hours: edges of ranges and of stretches must meet records.
func (o *riskyOracle) moment() time.Time {
	at := o.first.Add(time.Duration(o.r.IntN(int(o.span/time.Hour))) * time.Hour)
	switch o.r.IntN(3) {
	case 0:
		at = at.Add(time.Duration(o.r.IntN(3600_000_000)) * time.Microsecond)
	case 1:
		at = at.Add(pick(o.r, -time.Microsecond, time.Microsecond))
	}
	return at
}

func (o *riskyOracle) signIn(n int) map[string]any {
	s := riskySignIn{id: testID(n), at: o.moment(), app: testID(3000 + o.r.IntN(3)), log: pick(o.r, store.Interactive, store.NonInteractive, store.ServicePrincipal)}
	categories := map[store.Log]string{store.Interactive: "SignInLogs", store.NonInteractive: "NonInteractiveUserSignInLogs", store.ServicePrincipal: "ServicePrincipalSignInLogs"}
	properties := map[string]any{"id": s.id, "createdDateTime": s.at.Format(time.RFC3339Nano), "appId": s.app, "correlationId": testID(5000 + n), "status": map[string]any{"errorCode": 0}, "resourceId": testID(9000)}
	if s.log == store.ServicePrincipal {
		s.sp, s.key, s.state, s.level = testID(2500+o.r.IntN(4)), testID(2600+o.r.IntN(3)), "none", "low"
		properties["servicePrincipalId"], properties["servicePrincipalName"], properties["servicePrincipalCredentialKeyId"] = s.sp, "Service "+s.sp[:8], s.key
	} else {
		s.user = testID(2000 + o.r.IntN(5))
		s.state = pick(o.r, "", "none", "none", "none", "none", "hidden", "atRisk", "remediated", "dismissed", "confirmedSafe", "confirmedCompromised", "newerState")
		s.level = pick(o.r, "", "none", "none", "none", "low", "medium", "high", "hidden", "newerLevel")
		properties["userId"], properties["userPrincipalName"] = s.user, s.user[:8]+"@example.com"
	}
	for name, value := range map[string]string{"riskState": s.state, "riskLevelDuringSignIn": s.level, "riskLevelAggregated": s.level} {
		if value != "" {
			properties[name] = value
		}
	}
	o.signIns = append(o.signIns, s)
	return map[string]any{"time": s.at.Add(time.Minute).Format(time.RFC3339), "category": categories[s.log], "tenantId": testID(1), "properties": properties}
}

func (o *riskyOracle) detection(n int) map[string]any {
	d := riskyDetection{id: testID(7000 + n), at: o.moment(), sp: testID(2500 + o.r.IntN(5)), level: pick(o.r, "low", "medium", "high"), state: pick(o.r, "atRisk", "dismissed")}
	if o.r.IntN(2) == 0 {
		d.request = o.signIns[o.r.IntN(len(o.signIns))].id
		for range 4 { // mostly of a service principal
			if s := o.signIns[o.r.IntN(len(o.signIns))]; s.log == store.ServicePrincipal {
				d.request = s.id
				break
			}
		}
		if o.r.IntN(4) == 0 {
			d.request = testID(len(o.signIns)) // which comes later, if at all
		}
	}
	for range o.r.IntN(3) {
		if key := testID(2600 + o.r.IntN(4)); !slices.Contains(d.keys, key) {
			d.keys = append(d.keys, key)
		}
	}
	o.detections = append(o.detections, d)
	record := map[string]any{
		"id": d.id, "riskEventType": "suspiciousSignins", "riskState": d.state, "riskLevel": d.level, "activityDateTime": d.at.Format(time.RFC3339Nano),
		"lastUpdatedDateTime": d.at.Format(time.RFC3339Nano), "servicePrincipalId": d.sp, "keyIds": d.keys,
	}
	if d.request != "" {
		record["requestId"] = d.request
	}
	return record
}

// randomRange is a part of the log, or more than all of it.
func (o *riskyOracle) randomRange() store.Range {
	from, to := o.moment(), o.moment()
	if to.Before(from) {
		from, to = to, from
	}
	if o.r.IntN(10) == 0 {
		from, to = from.Add(-30*24*time.Hour), to.Add(30*24*time.Hour)
	}
	return store.Range{From: from, To: to.Add(time.Microsecond)}
}

// riskyRounds is how many random ranges are tried.
func riskyRounds() int {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 200
	}
	return 25
}

// newestOf sorts sign-ins as lists do, and gives their IDs.
func newestOf(list []riskySignIn) (ids []string) {
	slices.SortFunc(list, func(a, b riskySignIn) int {
		if order := b.at.Compare(a.at); order != 0 {
			return order
		}
		return strings.Compare(a.id, b.id) // rows of one instant may stand in any order: see sameIDs
	})
	for _, s := range list {
		ids = append(ids, s.id)
	}
	return ids
}

// sameIDs compares IDs without regard to their order.
func sameIDs(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// The list of users has exactly the risky sign-ins: counts, pages and reasons equal a plain recount.
func TestRiskySignInsOfUsers(t *testing.T) {
	t.Parallel()
	o := newRiskyOracle(t, 1, 900, 10)
	met := map[RiskyWhy]int{}
	for range riskyRounds() {
		q := RiskyUsers{Range: o.randomRange(), Limit: 1 + o.r.IntN(40), Log: pick(o.r, "", "", store.Interactive, store.NonInteractive), Why: pick(o.r, "", "", RiskyByState, RiskyByLevel, RiskyHidden)}
		narrowed := map[string]string{}
		for _, of := range []struct {
			field *store.Field
			one   string
		}{
			{store.RiskStateField, pick(o.r, "none", "atRisk", "remediated", "hidden", "")}, {store.RiskSignInField, pick(o.r, "none", "low", "high", "hidden", "")}, {store.UserField, testID(2000 + o.r.IntN(5))},
		} {
			if o.r.IntN(4) > 0 {
				continue
			}
			if narrowed[of.field.Name] = of.one; of.one == "" {
				q.Filter = q.Filter.With(of.field, store.OpEmpty, "")
			} else {
				q.Filter = q.Filter.With(of.field, store.OpIs, of.one)
			}
		}
		var want []riskySignIn
		counts := map[RiskyWhy]int64{}
		for _, s := range o.signIns {
			why := plainWhy(s)
			passes := s.user != "" && why != "" && !s.at.Before(q.Range.From) && s.at.Before(q.Range.To)
			for field, value := range narrowed {
				passes = passes && map[string]string{store.RiskStateField.Name: s.state, store.RiskSignInField.Name: s.level, store.UserField.Name: s.user}[field] == value
			}
			if !passes {
				continue
			}
			counts[why]++
			if (q.Log == "" || q.Log == s.log) && (q.Why == why || q.Why == "" && why != RiskyHidden || q.Why == RiskyHidden && s.level == "hidden") {
				want = append(want, s)
			}
		}
		a, got := o.allUsers(t, q)
		if wanted := newestOf(want); !sameIDs(got, wanted) {
			t.Errorf("%+v with %v lists %d sign-ins, a recount %d", q, narrowed, len(got), len(wanted))
		}
		for _, why := range []RiskyWhy{RiskyByState, RiskyByLevel, RiskyHidden} {
			total, trouble := a.Count(func(p RiskyPart) bool { return p.Why == why })
			if total.N != counts[why] || !total.Complete || trouble != NoTrouble {
				t.Errorf("%+v with %v counts %+v by %s, a recount %d", q, narrowed, total, why, counts[why])
			}
			met[why] += int(total.N)
		}
	}
	for _, why := range []RiskyWhy{RiskyByState, RiskyByLevel, RiskyHidden} {
		if met[why] < 20 {
			t.Errorf("%d sign-ins were met by %s", met[why], why)
		}
	}
}

// plainWhy is the reason as the specification words it.
func plainWhy(s riskySignIn) RiskyWhy {
	switch {
	case !slices.Contains([]string{"", "none", "hidden"}, s.state):
		return RiskyByState
	case slices.Contains([]string{"low", "medium", "high"}, s.level):
		return RiskyByLevel
	case s.level == "hidden" || s.state == "hidden":
		return RiskyHidden
	}
	return ""
}

// allUsers gives the IDs of all pages, and checks the order and the reasons.
func (o *riskyOracle) allUsers(t *testing.T, q RiskyUsers) (first *RiskyUserSignIns, ids []string) {
	t.Helper()
	var last *RiskyRow
	for pages := 0; ; pages++ {
		a, err := q.Ask(t.Context(), o.Reader)
		if err != nil || pages > 2000 {
			t.Fatal(pages, err)
		}
		if first == nil {
			first = a
		}
		for i := range a.Rows {
			row := &a.Rows[i]
			if last != nil && last.place().Compare(row.place()) >= 0 {
				t.Errorf("%+v: a row is not older than the one before", q)
			}
			if last = row; IsRisky(row.SignIn()) != row.Why {
				t.Errorf("%s is listed by %s", row.SignIn().ID, row.Why)
			}
			ids = append(ids, row.SignIn().ID)
		}
		if q.After = a.Next; q.After == nil {
			return first, ids
		}
	}
}

// The list of service principals has exactly the sign-ins that detections name, and those near one.
func TestRiskySignInsOfPrincipals(t *testing.T) {
	t.Parallel()
	o := newRiskyOracle(t, 2, 900, 20)
	named, near, keyed := 0, 0, 0
	kept := NewRiskyKept()
	for round := range riskyRounds() {
		if round%3 == 2 { // what is kept must not outlive a change
			o.more(t, round%2 == 0)
		}
		q := RiskyPrincipals{Range: o.randomRange(), Limit: 1 + o.r.IntN(30), Why: pick(o.r, "", "", RiskyByDetection, RiskyNearOne), Kept: pick(o.r, kept, kept, nil)}
		level, sp, key := "", "", ""
		if o.r.IntN(3) == 0 {
			level = pick(o.r, "low", "high")
			q.Detections = q.Detections.With(risk.LevelField, store.OpIs, level)
		}
		if o.r.IntN(4) == 0 {
			sp = testID(2500 + o.r.IntN(4))
			q.Filter = q.Filter.With(store.ServicePrincipalField, store.OpIs, pick(o.r, sp, "Service "+sp[:8]))
		}
		if o.r.IntN(4) == 0 {
			key = testID(2600 + o.r.IntN(3))
			q.Filter = q.Filter.With(store.KeyField, store.OpIs, key)
		}
		var want []riskySignIn
		counts := map[RiskyWhy]int64{}
		for _, s := range o.signIns {
			if s.log != store.ServicePrincipal || s.at.Before(q.Range.From) || !s.at.Before(q.Range.To) || sp != "" && s.sp != sp || key != "" && s.key != key {
				continue
			}
			why := RiskyWhy("")
			for _, d := range o.detections {
				switch {
				case level != "" && d.level != level:
				case d.request == s.id:
					why = RiskyByDetection
				case why == "" && d.sp == s.sp && s.at.Sub(d.at).Abs() <= 24*time.Hour && (len(d.keys) == 0 || slices.Contains(d.keys, s.key)):
					why = RiskyNearOne
				}
			}
			if why == "" {
				continue
			}
			counts[why]++
			if q.Why == "" || q.Why == why {
				want = append(want, s)
			}
		}
		a, got := o.allPrincipals(t, q)
		if wanted := newestOf(want); !sameIDs(got, wanted) {
			t.Errorf("%+v lists %d sign-ins, a recount %d", q, len(got), len(wanted))
		}
		if a.Named.N != counts[RiskyByDetection] || a.Near.N != counts[RiskyNearOne] || !a.Named.Complete || !a.Near.Complete {
			t.Errorf("%+v counts %+v and %+v, a recount %v", q, a.Named, a.Near, counts)
		}
		named, near = named+int(a.Named.N), near+int(a.Near.N)
		for _, s := range a.Stretches {
			if !s.AnyKey {
				keyed++
			}
			if total, err := o.Total(t.Context(), s.Query); err != nil || total != s.Total {
				t.Errorf("the link of a stretch finds %+v, not %+v: %v", total, s.Total, err)
			}
		}
	}
	if named < 20 || near < 200 || keyed < 20 {
		t.Errorf("%d named, %d near, %d stretches with keys", named, near, keyed)
	}
}

// more imports another sign-in, and another detection if it is asked for.
func (o *riskyOracle) more(t *testing.T, detection bool) {
	t.Helper()
	records := []map[string]any{o.signIn(len(o.signIns))}
	if detection {
		records = append(records, o.detection(len(o.detections)))
	}
	var lines strings.Builder
	for _, record := range records {
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	report, err := importer.New(o.Reader.Reader.(*datafolder.Folder), importer.Options{}).Reader(t.Context(), "more.json", strings.NewReader(lines.String()))
	if err != nil || report.New != int64(len(records)) {
		t.Fatalf("%+v, %v", report, err)
	}
}

func (o *riskyOracle) allPrincipals(t *testing.T, q RiskyPrincipals) (first *RiskyPrincipalSignIns, ids []string) {
	t.Helper()
	ctx, release, err := o.Reader.Reader.(*datafolder.Folder).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	var last *RiskyRow
	for pages := 0; ; pages++ {
		a, err := q.Ask(ctx, o.Reader)
		if err != nil || a.Trouble != NoTrouble || pages > 2000 {
			t.Fatal(pages, err, a)
		}
		if first == nil {
			first = a
		}
		for i := range a.Rows {
			row := &a.Rows[i]
			if last != nil && !row.Key.Before(last.Key) {
				t.Errorf("%+v: a row is not older than the one before", q)
			}
			if last = row; len(row.Detections) == 0 {
				t.Errorf("%s has no detection", row.SignIn().ID)
			}
			ids = append(ids, row.SignIn().ID)
		}
		if q.After = a.Next; q.After == nil {
			return first, ids
		}
	}
}

// A detection that names a sign-in counts whenever it was made, and one without a time of its own has nothing near it.
func TestOldDetectionsNameSignIns(t *testing.T) {
	t.Parallel()
	o := newRiskyOracle(t, 3, 60, 0)
	var s riskySignIn
	for _, s = range o.signIns {
		if s.log == store.ServicePrincipal {
			break
		}
	}
	text := `{"id":"` + testID(7900) + `","riskEventType":"suspiciousSignins","riskState":"atRisk","riskLevel":"high","activityDateTime":"2025-01-01T00:00:00Z","servicePrincipalId":"` + s.sp + `","requestId":"` + strings.ToUpper(s.id) + `"}`
	db := o.Reader.Reader.(*datafolder.Folder)
	if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "old.json", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	a, err := RiskyPrincipals{Range: store.Range{From: o.first.Add(-24 * time.Hour), To: o.first.Add(o.span + 24*time.Hour)}, Limit: 50}.Ask(t.Context(), o.Reader)
	if err != nil || a.Named.N != 1 || a.Near.N != 0 || len(a.Rows) != 1 || a.Rows[0].SignIn().ID != s.id {
		t.Errorf("%+v, %v", a, err)
	}
}

// What is kept gives the same detections of sign-ins as the store, after each import too.
func TestDetectionsThatNameAreKept(t *testing.T) {
	t.Parallel()
	o := newRiskyOracle(t, 5, 300, 40)
	kept := NewRiskyKept()
	for round := range 4 {
		var signIns []TriageSignIn
		for i := range o.signIns {
			signIns = append(signIns, TriageSignIn{SignIn: &store.SignIn{Log: o.signIns[i].log, ID: strings.ToUpper(o.signIns[i].id)}})
		}
		named := func(ready *RiskyKept) (list []string) {
			t.Helper()
			ctx, release, err := o.Reader.Reader.(*datafolder.Folder).Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			found, err := detectionsNaming(ctx, o.Reader, ready, signIns)
			if err != nil {
				t.Fatal(err)
			}
			for id, detections := range found {
				for _, d := range detections {
					list = append(list, id+" "+*d.ID())
				}
			}
			slices.Sort(list)
			return list
		}
		want := named(nil)
		ctx, release, err := o.Reader.Reader.(*datafolder.Folder).Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if round != 2 { // then nothing is kept of the newest state
			err = kept.Ready(ctx, o.Reader)
		}
		if release(); err != nil {
			t.Fatal(err)
		}
		if got := named(kept); len(want) < 10 || !slices.Equal(got, want) {
			t.Errorf("round %d: got %d, want %d: %v and %v", round, len(got), len(want), got, want)
		}
		o.more(t, true)
	}
}
