package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// stateFilter is a where clause over the table of states, with what is bound in it.
type stateFilter struct {
	where []string
	args  []any
	// marksOnly says that it asks for a kind and the wanted marks alone.
	marksOnly bool
	kind      store.StateKind
	wanted    []string
}

func (f *stateFilter) add(clause string, args ...any) {
	f.where, f.args = append(f.where, clause), append(f.args, args...)
}

// marks asks for rows with each mark.
func (f *stateFilter) marks(marks []string) {
	for _, mark := range marks {
		f.add("instr(marks, ?) > 0", packMarks([]string{mark}))
	}
	f.wanted = append(f.wanted, marks...)
}

// prefix asks for rows of names or usernames with a prefix.
func (f *stateFilter) prefix(prefix string) {
	if prefix = store.FoldCase(strings.TrimSpace(prefix)); prefix != "" {
		f.add("(substr(name, 1, length(?)) = ? OR substr(username, 1, length(?)) = ?)", prefix, prefix, prefix, prefix)
	}
}

// among asks for rows with one of the values in a column.
func (f *stateFilter) among(column string, values []string) error {
	list, err := json.Marshal(append([]string{}, values...))
	f.add(column+" IN (SELECT value FROM json_each(?))", string(list))
	return err
}

func (f *stateFilter) text() string { return strings.Join(f.where, " AND ") }

// people gives the users that each scope has and that the directory has in the groups and departments; limited is false where
// nobody is limited. A username counts only where one user of the directory has it.
func (db *DB) people(ctx context.Context, q dbfile.Querier, scopes store.Scopes, of store.PeopleOf) (ids, usernames []string, limited bool, err error) {
	scopes = slices.DeleteFunc(slices.Clone(scopes), store.Scope.IsZero)
	if len(scopes)+len(of.Groups)+len(of.Departments) == 0 {
		return nil, nil, false, nil
	}
	index, err := db.indexOf(ctx, q)
	if err != nil {
		return nil, nil, true, err
	}
	var sets [][]string
	if scopes = index.Scopes(scopes); len(scopes) > 0 {
		var in []string
		for _, id := range scopes[0].Principals() {
			if scopes.HaveObject(store.ObjectUser, id) {
				in = append(in, id)
			}
		}
		sets = append(sets, in)
	}
	if len(of.Groups) > 0 {
		var in []string
		for _, group := range of.Groups {
			for _, m := range index.Members(store.FoldCase(group)) {
				in = append(in, m.ID)
			}
		}
		sets = append(sets, in)
	}
	if len(of.Departments) > 0 {
		var in []string
		for _, name := range of.Departments {
			if d := index.Departments[store.FoldCase(name)]; d != nil {
				for _, m := range d.Set.Members() {
					in = append(in, m.ID)
				}
			}
		}
		sets = append(sets, in)
	}
	isIn := map[string]int{}
	for i, set := range sets {
		for _, id := range set {
			if isIn[id] == i {
				isIn[id] = i + 1
			}
		}
	}
	for id, n := range isIn {
		if n == len(sets) {
			ids = append(ids, id)
		}
	}
	users := map[string][]string{}
	for i := range index.Objects[store.ObjectUser] {
		u := &index.Objects[store.ObjectUser][i]
		if name := store.FoldCase(u.Username); name != "" {
			users[name] = append(users[name], u.ID)
		}
	}
	for name, of := range users {
		if len(of) == 1 && isIn[of[0]] == len(sets) {
			usernames = append(usernames, name)
		}
	}
	return ids, usernames, true, nil
}

// registrationFilter is the where clause of a query.
func (db *DB) registrationFilter(ctx context.Context, q dbfile.Querier, asked *store.RegistrationsQuery) (*stateFilter, error) {
	f := &stateFilter{}
	kind := store.StateRegistration
	if asked.Former {
		kind = store.StateFormerRegistration
	}
	f.add("kind = ?", kind)
	f.marks(asked.Marks())
	f.prefix(asked.Prefix)
	f.kind, f.marksOnly = kind, strings.TrimSpace(asked.Prefix) == ""
	ids, usernames, limited, err := db.people(ctx, q, asked.Scopes, asked.Of)
	if err != nil || !limited {
		return f, err
	}
	f.marksOnly = false
	if asked.Former { // nothing says that its IDs are those of users
		return f, f.among("username", usernames)
	}
	return f, f.among("id", ids)
}

// Registrations gives one page of registration rows; see store.States.
func (db *DB) Registrations(ctx context.Context, asked store.RegistrationsQuery) (page store.RegistrationPage, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.registrationFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		counts, err := db.countStates(ctx, q, f)
		if err != nil {
			return err
		}
		for _, of := range counts {
			page.Total += of.told.n
		}
		if asked.After != nil {
			f.add("(name, id) > (?, ?)", asked.After.Name, asked.After.ID)
		}
		err = readStates(ctx, q, func(doc []byte, asOf int64) error {
			var r store.Registration
			err := json.Unmarshal(doc, &r)
			r.AsOf = timeOfMicros(asOf)
			page.Rows = append(page.Rows, r)
			return err
		}, "SELECT doc, as_of FROM states WHERE "+f.text()+" ORDER BY name, id LIMIT ?", append(f.args, asked.Limit+1)...)
		if len(page.Rows) > asked.Limit {
			page.Rows = page.Rows[:asked.Limit]
			last := &page.Rows[asked.Limit-1]
			page.Next = &store.EntityPlace{Name: store.FoldCase(last.Name), ID: last.ID}
		}
		return err
	})
	return page, err
}

// CountRegistrations counts the rows of a query; see store.States.
func (db *DB) CountRegistrations(ctx context.Context, asked store.RegistrationsQuery) (counts store.RegistrationCounts, err error) {
	counts.Add(nil, 0)
	err = db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.registrationFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		groups, err := db.countStates(ctx, q, f)
		for _, of := range groups {
			counts.Add(strings.Fields(of.marks), of.told.n)
			counts.Told = of.told.with(counts.Told)
		}
		return err
	})
	return counts, err
}

// markCount counts the rows with the same marks.
type markCount struct {
	marks string
	told  toldMicros
}

// keptCounts are the counts of all rows of each kind at one revision: a report has many rows and few different marks.
type keptCounts struct {
	revision int64
	of       map[store.StateKind][]markCount
}

// countStates counts the rows of a filter by their marks. Where the filter asks for a kind and marks alone, what is kept tells it.
func (db *DB) countStates(ctx context.Context, q dbfile.Querier, f *stateFilter) ([]markCount, error) {
	if !f.marksOnly {
		return countByMarks(ctx, q, f.text(), f.args...)
	}
	var revision int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision of the directory: %w", err)
	}
	kept := db.counts.Load()
	all, known := []markCount(nil), false
	if kept != nil && kept.revision == revision {
		all, known = kept.of[f.kind]
	}
	if !known {
		var err error
		if all, err = countByMarks(ctx, q, "kind = ?", f.kind); err != nil {
			return nil, err
		}
		next := &keptCounts{revision: revision, of: map[store.StateKind][]markCount{f.kind: all}}
		if kept != nil && kept.revision == revision {
			for kind, counts := range kept.of {
				next.of[kind] = counts
			}
			next.of[f.kind] = all
		}
		db.counts.Store(next)
	}
	var found []markCount
	for _, of := range all {
		if !slices.ContainsFunc(f.wanted, func(mark string) bool { return !strings.Contains(of.marks, packMarks([]string{mark})) }) {
			found = append(found, of)
		}
	}
	return found, nil
}

func countByMarks(ctx context.Context, q dbfile.Querier, where string, args ...any) (list []markCount, err error) {
	rows, err := q.QueryContext(ctx, "SELECT marks, "+toldColumns+" FROM states WHERE "+where+" GROUP BY marks", args...)
	if err != nil {
		return nil, fmt.Errorf("count the rows of a report: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var of markCount
		if err := rows.Scan(append([]any{&of.marks}, of.told.targets()...)...); err != nil {
			return nil, err
		}
		list = append(list, of)
	}
	return list, rows.Err()
}

// toldColumns are those of a store.StateTold over a group of states.
const toldColumns = "count(*), coalesce(min(nullif(dated, 0)), 0), coalesce(max(dated), 0), coalesce(min(as_of), 0), coalesce(max(as_of), 0)"

type toldMicros struct{ n, firstDate, lastDate, firstImport, lastImport int64 }

func (t *toldMicros) targets() []any {
	return []any{&t.n, &t.firstDate, &t.lastDate, &t.firstImport, &t.lastImport}
}

// with adds the group to what was told of others.
func (t *toldMicros) with(all store.StateTold) store.StateTold {
	earlier := func(a time.Time, micros int64) time.Time {
		if b := timeOfMicros(micros); a.IsZero() || !b.IsZero() && b.Before(a) {
			return b
		}
		return a
	}
	later := func(a time.Time, micros int64) time.Time {
		if b := timeOfMicros(micros); b.After(a) {
			return b
		}
		return a
	}
	return store.StateTold{
		N: all.N + t.n, FirstDate: earlier(all.FirstDate, t.firstDate), LastDate: later(all.LastDate, t.lastDate),
		FirstImport: earlier(all.FirstImport, t.firstImport), LastSeen: later(all.LastSeen, t.lastImport),
	}
}

// NewRegistrations counts persons with a new method; see store.States.
func (db *DB) NewRegistrations(ctx context.Context, since time.Time, asked store.RegistrationsQuery) (map[string]int64, error) {
	counts := map[string]int64{}
	err := db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.registrationFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		// The versions of each person, and the present row behind them. Few rows have versions, so these are looked at first.
		from := since.UnixMicro()
		rows, err := q.QueryContext(ctx, `SELECT vid, vuntil, vdoc FROM (SELECT kind AS vkind, id AS vid, until AS vuntil, doc AS vdoc FROM state_versions WHERE until >= ?)
			CROSS JOIN states ON kind = vkind AND id = vid WHERE `+f.text()+`
			UNION ALL SELECT id, ?, doc FROM (SELECT DISTINCT kind AS vkind, id AS vid FROM state_versions WHERE until >= ?)
			CROSS JOIN states ON kind = vkind AND id = vid WHERE `+f.text()+` ORDER BY 1, 2`,
			slices.Concat([]any{from}, f.args, []any{int64(1) << 62, from}, f.args)...)
		if err != nil {
			return fmt.Errorf("read the versions of registrations: %w", err)
		}
		defer rows.Close()
		return countNewMethods(rows.Next, func(dest ...any) error { return rows.Scan(dest...) }, rows.Err, counts)
	})
	return counts, err
}

// countNewMethods reads versions in the order of persons and times. A person counts once for each method.
func countNewMethods(next func() bool, scan func(...any) error, fault func() error, counts map[string]int64) error {
	var person string
	var before *store.Registration
	var counted map[string]bool
	for next() {
		var id string
		var until int64
		var doc []byte
		var r store.Registration
		if err := scan(&id, &until, &doc); err != nil {
			return err
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			return fmt.Errorf("read a version: %w", err)
		}
		if id != person {
			person, before, counted = id, nil, map[string]bool{}
		}
		if r.Methods == nil { // it tells nothing about methods
			continue
		}
		if before != nil {
			for _, method := range r.Methods {
				if method = store.FoldCase(method); !counted[method] && !slices.ContainsFunc(before.Methods, func(m string) bool { return store.FoldCase(m) == method }) {
					counted[method] = true
					counts[method]++
				}
			}
		}
		before = &r
	}
	return fault()
}

// CredentialUses gives one page of registrations and resets; see store.States.
func (db *DB) CredentialUses(ctx context.Context, asked store.CredentialUsesQuery) (page store.CredentialUsePage, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		f := &stateFilter{}
		f.add("kind = ? AND dated >= ? AND dated < ?", store.StateCredentialUse, asked.Range.From.UnixMicro(), asked.Range.To.UnixMicro())
		f.marks(asked.Marks())
		f.prefix(asked.Prefix)
		_, usernames, limited, err := db.people(ctx, q, asked.Scopes, asked.Of)
		if err == nil && limited {
			err = f.among("username", usernames)
		}
		if err != nil {
			return err
		}
		if page.Counts, page.Total, err = countUses(ctx, q, f); err != nil {
			return err
		}
		if asked.After != nil {
			f.add("(dated, id) < (?, ?)", asked.After.N, asked.After.ID)
		}
		err = readStates(ctx, q, func(doc []byte, asOf int64) error {
			var u store.CredentialUse
			err := json.Unmarshal(doc, &u)
			u.AsOf = timeOfMicros(asOf)
			page.Rows = append(page.Rows, u)
			return err
		}, "SELECT doc, as_of FROM states WHERE "+f.text()+" ORDER BY dated DESC, id DESC LIMIT ?", append(f.args, asked.Limit+1)...)
		if len(page.Rows) > asked.Limit {
			page.Rows = page.Rows[:asked.Limit]
			last := &page.Rows[asked.Limit-1]
			page.Next = &store.EntityPlace{N: microsOf(last.Time), ID: last.ID}
		}
		return err
	})
	return page, err
}

func countUses(ctx context.Context, q dbfile.Querier, f *stateFilter) (counts []store.CredentialUseCount, total int64, err error) {
	rows, err := q.QueryContext(ctx, "SELECT marks, count(*) FROM states WHERE "+f.text()+" GROUP BY marks ORDER BY marks", f.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("count registrations and resets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var marks string
		var n int64
		if err := rows.Scan(&marks, &n); err != nil {
			return nil, 0, err
		}
		counts, total = append(counts, store.NewCredentialUseCount(strings.Fields(marks), n)), total+n
	}
	return counts, total, rows.Err()
}
