package directory

import (
	"cmp"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/dbfile"
)

// manyRisky are made-up objects of a kind with histories, some without names, times or levels, and with values that no enumeration has.
func manyRisky(draw *rand.Rand, kind store.StateKind, n int) (list []store.Risky) {
	pick := func(values ...string) string { return values[draw.IntN(len(values))] }
	for i := range n {
		r := &store.Risky{Of: kind, ID: fmt.Sprintf("id-%03d", i)}
		for range 1 + draw.IntN(4) {
			c := store.RiskChange{
				Level: pick("none", "low", "medium", "high", "hidden", "", "extreme"), State: pick("none", "atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe", "paused"),
				Detail: pick("none", "userPerformedSecuredPasswordReset", "adminDismissedAllRiskForUser", ""),
			}
			if draw.IntN(8) > 0 {
				c.Updated = directoryTime.Add(time.Duration(draw.IntN(20*24)) * time.Hour)
			}
			row := &store.Risky{Of: kind, ID: r.ID, RiskChange: c}
			if draw.IntN(4) > 0 {
				row.Names = store.RiskyNames{Name: pick("Ada", "Bo", "Cy", "Dee") + fmt.Sprint(draw.IntN(9)), Username: pick("ada", "bo") + "@example.com", AppID: pick("app-1", "app-2", "")}
			}
			r = r.With(row.Settle())
		}
		list = append(list, *r)
	}
	return list
}

// recounted is the plain answer to a query.
func recounted(all []store.Risky, q store.RiskyQuery, sees func(*store.Risky) bool) (found []store.Risky) {
	has := func(values []string, value string) bool {
		return len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) })
	}
	for i := range all {
		r := &all[i]
		text := strings.ToLower(q.Text)
		switch {
		case !sees(r), !has(q.Levels, r.Level), !has(q.States, r.State), !has(q.Details, r.Detail):
		case text != "" && !strings.Contains(strings.ToLower(r.Names.Name+"\n"+r.Names.Username), text) && text != r.ID && text != r.Names.AppID:
		case q.Updated != (store.Range{}) && (r.Updated.Before(q.Updated.From) || !r.Updated.Before(q.Updated.To)):
		case slices.Contains(q.Without, strings.ToUpper(r.ID)):
		default:
			found = append(found, *r)
		}
	}
	slices.SortFunc(found, func(a, b store.Risky) int {
		latest := func() int {
			return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(a.ID, b.ID))
		}
		switch name := func(r store.Risky) string { return strings.ToLower(cmp.Or(r.Names.Name, r.Names.Username)) }; q.Sort {
		case store.RiskyByName:
			by := cmp.Or(strings.Compare(name(a), name(b)), strings.Compare(a.ID, b.ID))
			if q.Reverse {
				return -by
			}
			return by
		case store.RiskyByLevel:
			order := []string{"high", "medium", "low", "none"}
			if q.Reverse {
				slices.Reverse(order)
			}
			at := func(r store.Risky) int {
				if i := slices.Index(order, r.Level); i >= 0 {
					return i
				}
				return len(order) // hidden, unknown and untold stand apart
			}
			return cmp.Or(cmp.Compare(at(a), at(b)), latest())
		}
		if !q.Reverse {
			return latest()
		}
		return cmp.Or(map[bool]int{true: 1}[a.Updated.IsZero()]-map[bool]int{true: 1}[b.Updated.IsZero()], a.Updated.Compare(b.Updated), strings.Compare(a.ID, b.ID))
	})
	return found
}

// Every page of every query has what a plain recount has, forwards and back, and so do the counts.
func TestRiskyPagesEqualARecount(t *testing.T) {
	draw := rand.New(rand.NewPCG(22, 4))
	db := openNew(t)
	all := map[store.StateKind][]store.Risky{}
	var batch store.DirectoryBatch
	for _, kind := range []store.StateKind{store.StateRiskyUser, store.StateRiskyPrincipal, store.StateRiskyAgent} {
		all[kind] = manyRisky(draw, kind, 120)
		for i := range all[kind] {
			batch.States = append(batch.States, &all[kind][i])
		}
	}
	put(t, db, directoryTime, batch)
	scope := store.NewScope([]string{"id-001", "id-005", "id-044"}, nil, []string{"app-2"})
	some := func(values ...string) []string {
		if draw.IntN(2) == 0 {
			return nil
		}
		draw.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		return values[:1+draw.IntN(2)]
	}
	for range 200 {
		q := store.RiskyQuery{
			Of:     []store.StateKind{store.StateRiskyUser, store.StateRiskyPrincipal, store.StateRiskyAgent}[draw.IntN(3)],
			Levels: some("high", "HIDDEN", "extreme", "none", "low"), States: some("atRisk", "confirmedcompromised", "paused", "remediated"), Details: some("none", "userPerformedSecuredPasswordReset"),
			Text: []string{"", "", "ada", "BO", "app-1", "id-007"}[draw.IntN(6)], Sort: store.RiskySorts()[draw.IntN(3)], Reverse: draw.IntN(2) == 0, Limit: 1 + draw.IntN(20),
		}
		if draw.IntN(3) == 0 {
			from := directoryTime.Add(time.Duration(draw.IntN(20*24)) * time.Hour)
			q.Updated = store.Range{From: from, To: from.Add(time.Duration(draw.IntN(10*24)) * time.Hour)}
		}
		if draw.IntN(3) == 0 {
			q.Without = []string{"ID-002", "ID-003", "ID-077"}
		}
		sees := func(*store.Risky) bool { return true }
		if draw.IntN(3) == 0 {
			q.Scopes = store.Scopes{scope}
			sees = func(r *store.Risky) bool {
				return slices.Contains(scope.Users, r.ID) || q.Of != store.StateRiskyUser && r.Names.AppID == "app-2"
			}
		}
		want := recounted(all[q.Of], q, sees)
		ids := func(list []store.Risky) (ids []string) {
			for _, r := range list {
				ids = append(ids, r.ID)
			}
			return ids
		}
		var got, back []string
		pages := 0
		for {
			page, err := db.RiskyPage(t.Context(), q)
			if err != nil || page.Total != int64(len(want)) {
				t.Fatalf("%+v: a total of %d, want %d, %v", q, page.Total, len(want), err)
			}
			got = append(got, ids(page.Rows)...)
			if pages++; page.Next == nil || pages > 200 {
				for q.After = nil; page.Prev != nil; {
					q.Before = page.Prev
					if page, err = db.RiskyPage(t.Context(), q); err != nil {
						t.Fatal(err)
					}
					back = append(ids(page.Rows), back...)
				}
				break
			}
			q.After = page.Next
		}
		if diff := gocmp.Diff(ids(want), got); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
		if len(back) > len(want) || !slices.Equal(back, ids(want)[:len(back)]) {
			t.Fatalf("%+v: back are %v, want %v", q, back, ids(want))
		}
		counts, err := db.CountRisky(t.Context(), q)
		plain := map[string]int64{}
		for _, r := range want {
			plain[r.Level]++
		}
		if diff := gocmp.Diff(plain, counts.Levels); diff != "" || err != nil || counts.N != int64(len(want)) {
			t.Fatalf("%+v: %+v, %v (-want +got):\n%s", q, counts, err, diff)
		}
	}
}

// The turns of each day are those of the histories, and an object counts once a day for each.
func TestRiskTurnsEqualARecount(t *testing.T) {
	draw := rand.New(rand.NewPCG(22, 5))
	db := openNew(t)
	all := manyRisky(draw, store.StateRiskyUser, 150)
	var batch store.DirectoryBatch
	for i := range all {
		batch.States = append(batch.States, &all[i])
	}
	put(t, db, directoryTime, batch)
	var edges []time.Time
	for i := range 15 {
		edges = append(edges, directoryTime.AddDate(0, 0, i+2))
	}
	counts, err := db.CountRiskTurns(t.Context(), store.RiskTurnsQuery{Of: store.StateRiskyUser}, edges)
	if err != nil || len(counts) != 14 {
		t.Fatalf("%d days, %v", len(counts), err)
	}
	sum := int64(0)
	for _, day := range counts {
		want := map[store.Turn]map[string]bool{store.TurnOpened: {}, store.TurnClosedBySelf: {}, store.TurnClosedByOthers: {}}
		for i := range all {
			history := slices.Clone(all[i].History)
			slices.Reverse(history)
			history = slices.DeleteFunc(history, func(c store.RiskChange) bool { return c.Updated.IsZero() })
			for n, c := range history {
				if c.Updated.Before(day.From) || !c.Updated.Before(day.To) {
					continue
				}
				open := c.State == "atRisk" || c.State == "confirmedCompromised"
				first, wasOpen := n == 0, n > 0 && (history[n-1].State == "atRisk" || history[n-1].State == "confirmedCompromised")
				settled := c.State == "remediated" || c.State == "dismissed" || c.State == "confirmedSafe"
				switch {
				case open && !wasOpen:
					want[store.TurnOpened][all[i].ID] = true
				case open, !wasOpen && (!first || !settled):
				case c.Detail == "userPerformedSecuredPasswordReset":
					want[store.TurnClosedBySelf][all[i].ID] = true
				default:
					want[store.TurnClosedByOthers][all[i].ID] = true
				}
			}
		}
		for turn, ids := range want {
			if sum += day.By[turn]; day.By[turn] != int64(len(ids)) {
				t.Errorf("%v: %d objects with turn %d, want %d", day.From, day.By[turn], turn, len(ids))
			}
		}
	}
	if sum < 50 {
		t.Errorf("%d turns in all", sum)
	}
	turns, err := db.RiskTurns(t.Context(), store.RiskTurnsQuery{Of: store.StateRiskyUser, Range: store.AllTime(), IDs: []string{"ID-003", "id-009"}, Scopes: store.Scopes{store.NewScope([]string{"id-003"}, nil, nil)}})
	if want := all[3].Turns(); err != nil || len(want) == 0 {
		t.Fatalf("%v, %d turns", err, len(want))
	} else if diff := gocmp.Diff(want, turns); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A time at risk begins with its first open change, and ends with the change that closes it.
func TestTimeAtRisk(t *testing.T) {
	day := func(n int) time.Time { return directoryTime.AddDate(0, 0, n) }
	r := &store.Risky{Of: store.StateRiskyUser, ID: "u"}
	for n, state := range []string{"atRisk", "confirmedCompromised", "remediated", "dismissed", "atRisk"} {
		r = r.With((&store.Risky{Of: r.Of, ID: r.ID, RiskChange: store.RiskChange{Updated: day(n), State: state, Detail: "userPassedMFADrivenByRiskBasedPolicy"}}).Settle())
	}
	var got []string
	for _, turn := range r.Turns() {
		since := "-"
		if !turn.Since.IsZero() {
			since = fmt.Sprint(int(turn.Since.Sub(directoryTime).Hours()) / 24)
		}
		got = append(got, fmt.Sprint(turn.Turn(), since))
	}
	if diff := gocmp.Diff([]string{"1-", "00", "20", "0-", "1-"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Objects from before there were risk_states get theirs when the file is opened, and a check finds what is missing or wrong.
func TestOlderRiskyObjects(t *testing.T) {
	folder := t.TempDir()
	db, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, directoryTime, store.DirectoryBatch{States: riskyRows()})
	err = db.write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "DELETE FROM risk_states")
		return err
	})
	var damage store.Checkup
	if err != nil || db.Check(t.Context(), &damage) != nil || len(damage.Damages) != 1 {
		t.Fatalf("%+v, %v", damage, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, folder)
	page, err := db.RiskyPage(t.Context(), store.RiskyQuery{Of: store.StateRiskyUser, States: []string{"remediated"}, Limit: 5})
	if err != nil || page.Total != 1 || len(page.Rows) != 1 || len(page.Rows[0].History) != 3 {
		t.Errorf("%+v, %v", page, err)
	}
	damage = store.Checkup{}
	if err := db.Check(t.Context(), &damage); err != nil || len(damage.Damages) != 0 {
		t.Errorf("%+v, %v", damage, err)
	}
}

// A page is read from an index in each order, whatever the number of objects: nothing sorts them all.
func TestRiskyPagesAreReadFromAnIndex(t *testing.T) {
	db := openNew(t)
	for _, sort := range store.RiskySorts() {
		for _, reverse := range []bool{false, true} {
			column, down := riskOrder(sort, reverse)
			err := db.read(t.Context(), func(q dbfile.Querier) error {
				f := &stateFilter{}
				f.add("kind = ?", store.StateRiskyUser)
				rows, err := q.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+riskyQuery(f, column, down), append(f.args, 10)...)
				if err != nil {
					return err
				}
				defer rows.Close()
				var plan []string
				for rows.Next() {
					var id, parent, unused int
					var step string
					if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
						return err
					}
					plan = append(plan, step)
				}
				text := strings.Join(plan, "\n")
				inner, _, _ := strings.Cut(text, "states USING PRIMARY KEY")
				if !strings.Contains(text, "risk_states USING") || !strings.Contains(text, "INDEX risk_states_"+column) || strings.Contains(inner, "TEMP B-TREE") {
					t.Errorf("%s, reverse %v:\n%s", sort, reverse, text)
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Kept counts are those of the present: nothing at first, and each import counts at once.
func TestRiskyCountsAreOfThePresent(t *testing.T) {
	db := openNew(t)
	edges := []time.Time{directoryTime, directoryTime.AddDate(0, 0, 1)}
	for n := range 3 {
		for range 2 {
			counts, err := db.CountRisky(t.Context(), store.RiskyQuery{Of: store.StateRiskyUser})
			if err != nil || counts.N != int64(n) || counts.Levels["high"] != int64(n) {
				t.Fatalf("%d imported: %+v, %v", n, counts, err)
			}
			days, err := db.CountRiskTurns(t.Context(), store.RiskTurnsQuery{Of: store.StateRiskyUser}, edges)
			if err != nil || len(days) != 1 || days[0].By[store.TurnOpened] != int64(n) {
				t.Fatalf("%d imported: %+v, %v", n, days, err)
			}
		}
		r := &store.Risky{Of: store.StateRiskyUser, ID: fmt.Sprint("u", n), RiskChange: store.RiskChange{Updated: directoryTime, Level: "high", State: store.RiskAtRisk}}
		put(t, db, directoryTime, store.DirectoryBatch{States: []store.StateRow{r.Settle()}})
	}
}
