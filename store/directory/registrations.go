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

// registrationFilter is the where clause of a query.
func (db *DB) registrationFilter(ctx context.Context, q dbfile.Querier, asked *store.RegistrationsQuery) (*stateFilter, error) {
	f := &stateFilter{}
	kind := store.StateRegistration
	if asked.Former {
		kind = store.StateFormerRegistration
	}
	f.ofKind(kind, asked.Gone)
	f.marks(asked.Marks())
	f.prefix(asked.Prefix)
	f.marksOnly = strings.TrimSpace(asked.Prefix) == ""
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
		err = readStates(ctx, q, f.kind, func(s *stateFound) error {
			var r store.Registration
			err := json.Unmarshal(s.doc, &r)
			r.AsOf, r.Gone = s.asOf, s.gone
			page.Rows = append(page.Rows, r)
			return err
		}, f.text()+" ORDER BY name, id LIMIT ?", append(f.args, asked.Limit+1)...)
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
