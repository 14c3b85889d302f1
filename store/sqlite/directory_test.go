package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/directory"
	"signpost/store/storetest"
)

var directoryTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// withDirectory is an engine with a directory beside it, as the portal asks it.
type withDirectory struct {
	*directory.Joined
	db *DB
}

// beside gives an engine with a directory in the same folder.
func beside(t *testing.T, db *DB) *withDirectory {
	t.Helper()
	var path string
	if err := db.reader.QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	return &withDirectory{joined(t, filepath.Dir(path), db), db}
}

func joined(t *testing.T, folder string, engine store.Engine) *directory.Joined {
	t.Helper()
	d, err := directory.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return directory.Join(engine, d)
}

// Reindex makes the engine's rows again.
func (w *withDirectory) Reindex(ctx context.Context, done func(rows int64)) error {
	return w.db.Reindex(ctx, done)
}

func openDirectory(t *testing.T) *withDirectory {
	t.Helper()
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return beside(t, db)
}

// putObjects imports a batch and gives what became of each object and member.
func putObjects(t *testing.T, db store.DirectoryWriter, at time.Time, batch store.DirectoryBatch) []store.OutcomeKind {
	t.Helper()
	batch.At = at
	outcomes, err := db.PutDirectory(t.Context(), 0, batch)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []store.OutcomeKind
	for _, o := range outcomes {
		kinds = append(kinds, o.Kind)
	}
	return kinds
}

// A filter by a group is refused where nobody knows the group, or its members: to match nobody would be wrong.
func TestUnknownGroupFilter(t *testing.T) {
	db := openDirectory(t)
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: []store.Object{{Kind: store.ObjectGroup, ID: "bare"}}, Memberships: []store.Membership{{Group: "empty", Whole: true}}})
	field, _ := store.SignIns.Field("group")
	for id, want := range map[string]string{"nobody": store.NoSuchGroup, "bare": store.NoMembers, "empty": ""} {
		q := store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: store.Filter{}.With(field, store.OpIs, id), Limit: 1}
		_, err := db.Total(t.Context(), q)
		var bad store.BadParam
		if errors.As(err, &bad) != (want != "") || bad.Problem != want {
			t.Errorf("group=%s: %v, want %q", id, err, want)
		}
	}
}

// A filter by a group that comes past store.Resolved is an error of the program, and not an empty answer.
func TestUntoldGroupIsAnError(t *testing.T) {
	db := openDirectory(t)
	fillMadeUp(t, db, 50)
	putObjects(t, db, directoryTime, store.DirectoryBatch{Memberships: []store.Membership{{Group: "g", Whole: true}}})
	filter := store.Filter{}.With(mustField("group"), store.OpIs, "g")
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{Log: info.Log, Range: store.AllTime(), Filter: filter, Limit: 5}
		if _, err := db.Total(t.Context(), q); err != nil {
			t.Errorf("%s, told: %v", info.Log, err)
		}
		if _, err := db.db.Total(t.Context(), q); !errors.Is(err, errUntold) {
			t.Errorf("%s, not told: %v", info.Log, err)
		}
	}
}

// fillMadeUp puts made-up sign-ins into the engine and gives the plain store of them.
func fillMadeUp(t *testing.T, db *withDirectory, n int) (*storetest.Plain, []store.SignIn) {
	t.Helper()
	signIns := storetest.MadeUp(7, n)
	records := make([]store.Record, len(signIns))
	for i := range signIns {
		records[i] = storetest.Copy(signIns[i])
	}
	batch, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(t.Context(), 1, batch); err != nil {
		t.Fatal(err)
	}
	return storetest.Holding(t, db, records), signIns
}

// entitiesOf counts the sign-ins of each entity. Names that stand in for an ID tell two entities where they differ in case.
func entitiesOf(t *testing.T, plain *storetest.Plain, e store.Entity, logs []store.Log, within store.Range) map[string]*store.EntityRow {
	t.Helper()
	all := map[string]*store.EntityRow{}
	for _, log := range logs {
		page, err := plain.Page(t.Context(), store.ListQuery{Log: log, Range: within, Limit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range slices.Backward(page.Rows) { // of two at the same instant the later one counts as the newer
			s, at := row.SignIn(), row.Key.Time()
			id, name, username := strings.ToLower(*e.Property().Text(s)), *e.NameProperty().Text(s), ""
			if e == store.EntityUser {
				username = s.UserPrincipalName
			}
			if id == "" {
				name = e.Property().Fallback(s)
			}
			place := id
			if id == "" {
				place = "name " + name
			}
			if place == "name " {
				continue
			}
			r := all[place]
			if r == nil {
				r = &store.EntityRow{ID: id, Seen: store.Counts{First: at}}
				all[place] = r
			}
			count(&r.Seen, s.Status(), at)
			if !at.Before(r.Seen.Last) {
				r.Seen.Last, r.Name, r.Username = at, name, username
			}
		}
	}
	return all
}

func count(c *store.Counts, status store.Status, at time.Time) {
	later := func(t *time.Time) {
		if at.After(*t) {
			*t = at
		}
	}
	switch status {
	case store.StatusSuccess:
		c.ByStatus[store.StatusSuccess]++
		later(&c.LastSuccess)
	case store.StatusFailure:
		c.ByStatus[store.StatusFailure]++
		later(&c.LastFailure)
	case store.StatusInterrupted:
		c.ByStatus[store.StatusInterrupted]++
	default:
		c.ByStatus[store.StatusUnknown]++
	}
	if at.Before(c.First) {
		c.First = at
	}
}

// Lists of users, applications and service principals are the directory's objects and those of the plain store's rows, joined.
func TestEntitiesAgainstPlainRows(t *testing.T) {
	db := openDirectory(t)
	plain, _ := fillMadeUp(t, db, 400)
	within := store.Range{From: storetest.Noon.AddDate(0, 0, -3), To: storetest.Noon.Add(time.Hour)}
	objects := []store.Object{
		{Kind: store.ObjectUser, ID: "never", Name: "Never Seen", Username: "never@example.com", Type: "Guest", Enabled: store.False},
		{Kind: store.ObjectServicePrincipal, ID: "never-sp", AppID: "never-app", Name: "Never Used"},
	}
	putObjects(t, db, directoryTime, store.DirectoryBatch{Objects: objects})
	for _, kind := range []store.ObjectKind{store.ObjectUser, store.ObjectApplication, store.ObjectServicePrincipal} {
		entity, logs := entityOf(kind)
		seenInLogs := entitiesOf(t, plain, entity, logs, within)
		for _, sort := range store.EntitySorts() {
			var got []string
			seen := map[string]bool{}
			q := store.EntitiesQuery{Kind: kind, Range: within, Sort: sort, Limit: 7, Edges: []time.Time{within.From, storetest.Noon.AddDate(0, 0, -1), within.To}}
			var before *store.EntityRow
			for {
				page, err := db.Entities(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if want := int64(len(seenInLogs) + 1); page.Total != want {
					t.Fatalf("%s: %d in all, want %d", kind, page.Total, want)
				}
				for _, r := range page.Rows {
					if sum := r.Buckets[0] + r.Buckets[1]; sum != r.Seen.Total() {
						t.Errorf("%s %q: %d in buckets, %d in all", kind, r.ID, sum, r.Seen.Total())
					}
					name := r.ID + "/" + r.Name
					if seen[name] {
						t.Errorf("%s by %s: %q stands there twice", kind, sort, name)
					}
					seen[name] = true
					if before != nil && sort == store.SortSignIns && before.Seen.Total() < r.Seen.Total() {
						t.Errorf("%s by %s: %q is out of order", kind, sort, name)
					}
					before = &r
					if !r.Imported {
						got = append(got, fmt.Sprintf("%q %q %q %+v", r.ID, r.Name, r.Username, r.Seen))
					}
				}
				if page.Next == nil {
					break
				}
				q.After = page.Next
			}
			var want []string
			for _, r := range seenInLogs {
				want = append(want, fmt.Sprintf("%q %q %q %+v", r.ID, r.Name, r.Username, r.Seen))
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %s (-plain +engine):\n%s", kind, sort, diff)
			}
		}
	}
}

// A group's numbers are those of its members who have an ID, and pages go both ways.
func TestGroupEntities(t *testing.T) {
	db := openDirectory(t)
	plain, signIns := fillMadeUp(t, db, 400)
	within := store.Range{From: storetest.Noon.AddDate(0, 0, -3), To: storetest.Noon.Add(time.Hour)}
	groups := storetest.MadeUpGroups(rand.New(rand.NewPCG(1, 1)), signIns)
	putObjects(t, db, directoryTime, store.DirectoryBatch{Memberships: groups, Objects: []store.Object{{Kind: store.ObjectGroup, ID: "group-1", Name: "One"}}})
	table, err := plain.Table(t.Context(), store.TableQuery{By: store.UserField, Logs: []store.Log{store.Interactive, store.NonInteractive}, Range: within, Limit: store.MaxTop})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for _, g := range groups {
		want[g.Group] = 0
		for _, m := range g.Members {
			for _, r := range table.Rows {
				if !r.IsName && r.Value == m.ID {
					want[g.Group] += r.Total()
				}
			}
		}
	}
	all, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectGroup, Range: within, Sort: store.SortName, Limit: 10, Edges: []time.Time{within.From, within.To}})
	if err != nil {
		t.Fatal(err)
	}
	people := plain.LastSeen(store.EntityUser)
	got := map[string]int64{}
	for _, r := range all.Rows {
		got[r.ID] = r.Seen.Total()
		if r.Buckets[0] != r.Seen.Total() {
			t.Errorf("%s: %d in its bucket, %d in all", r.ID, r.Buckets[0], r.Seen.Total())
		}
		var last time.Time
		for _, g := range groups {
			for _, m := range g.Members {
				if one := people[m.ID].Success; g.Group == r.ID && one.After(last) {
					last = one
				}
			}
		}
		one, err := db.LastSuccess(t.Context(), store.ObjectGroup, strings.ToUpper(r.ID))
		if err != nil || !r.LastSuccess.Equal(last) || !one.Time.Equal(last) || last.IsZero() && r.Seen.ByStatus[store.StatusSuccess] > 0 {
			t.Errorf("%s: the last success of a member is at %s, and %s by itself, %v; want %s", r.ID, r.LastSuccess, one.Time, err, last)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	first, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectGroup, Range: within, Sort: store.SortName, Limit: 2})
	if err != nil || first.Next == nil || first.Prev != nil {
		t.Fatalf("the first page: %+v, %v", first, err)
	}
	second, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectGroup, Range: within, Sort: store.SortName, Limit: 2, After: first.Next})
	if err != nil || second.Prev == nil {
		t.Fatalf("the second page: %+v, %v", second, err)
	}
	back, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectGroup, Range: within, Sort: store.SortName, Limit: 2, Before: second.Prev})
	if err != nil || len(back.Rows) != 2 || back.Rows[0].ID != first.Rows[0].ID {
		t.Errorf("back on the first page: %+v, %v", back, err)
	}
}

// The filter by group finds what the plain filter with the same members finds: in every log, for each group and two of
// them. Members are found by ID, by username where a sign-in has no ID, and as service principals. The same holds once the
// members have changed.
func TestGroupFilterAgainstPlain(t *testing.T) {
	db := openDirectory(t)
	plain, signIns := fillMadeUp(t, db, 600)
	field, _ := store.SignIns.Field("group")
	found, byName := int64(0), 0
	for round := range 3 {
		r := rand.New(rand.NewPCG(uint64(round), 9))
		groups := storetest.MadeUpGroups(r, signIns)
		for i := range groups { // many are told by a username alone
			for j := range 60 {
				s := &signIns[r.IntN(len(signIns))]
				if s.UserID == "" && s.UserPrincipalName != "" && i > 0 {
					groups[i].Members = append(groups[i].Members, store.Member{ID: fmt.Sprintf("named-%d-%d", i, j), Username: strings.ToUpper(s.UserPrincipalName), Kind: store.ObjectUser})
					byName++
				}
			}
		}
		putObjects(t, db, directoryTime, store.DirectoryBatch{Memberships: groups})
		plain.Memberships = map[string]store.MemberSet{}
		for _, g := range groups {
			plain.Memberships[g.Group] = store.NewMemberSet(g.Members)
		}
		for _, info := range store.SignIns.Logs {
			for i, g := range groups {
				other := groups[(i+1)%len(groups)].Group
				for name, filter := range map[string]store.Filter{
					"is":         store.Filter{}.With(field, store.OpIs, g.Group),
					"is not":     store.Filter{}.With(field, store.OpIsNot, g.Group),
					"either":     store.Filter{}.With(field, store.OpIs, g.Group).With(field, store.OpIs, other),
					"neither":    store.Filter{}.With(field, store.OpIsNot, g.Group).With(field, store.OpIsNot, other),
					"one of two": store.Filter{}.With(field, store.OpIs, g.Group).With(field, store.OpIsNot, other),
				} {
					for _, all := range []bool{true, false} {
						q := store.ListQuery{Log: info.Log, Range: store.AllTime(), Filter: filter, AllEvents: all}
						got, err := db.Total(t.Context(), q)
						if err != nil {
							t.Fatal(err)
						}
						// The plain store keeps rows by the filter's text: each round asks another.
						want := int64(0)
						everything := q
						everything.Filter, everything.Limit = store.Filter{}, store.MaxLimit
						for {
							page, err := plain.Records(t.Context(), store.RecordsQuery{ListQuery: everything})
							if err != nil {
								t.Fatal(err)
							}
							for i := range page.Records {
								if filter.WithMembers(plain.Memberships).Match(page.Records[i].SignIn()) {
									want++
								}
							}
							if page.Next == nil {
								break
							}
							everything.After = page.Next
						}
						if got.N != want {
							t.Errorf("round %d, %s, %s %s, every event %t: %d, want %d", round, info.Log, name, g.Group, all, got.N, want)
						}
						if name == "is" {
							found += want
						}
					}
				}
			}
		}
	}
	if found == 0 || byName == 0 {
		t.Errorf("%d sign-ins of members, %d members by username: this tests nothing", found, byName)
	}
}
