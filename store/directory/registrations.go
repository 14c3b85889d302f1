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
	f.ofKind(asked.Kind(), asked.Gone)
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
	err := db.eachNewMethods(ctx, since, &asked, func(n *store.NewMethods) {
		for _, method := range n.New {
			counts[method]++
		}
	})
	return counts, err
}

// NewMethods gives the persons with a new method; see store.States.
func (db *DB) NewMethods(ctx context.Context, since time.Time, asked store.RegistrationsQuery) (list []store.NewMethods, err error) {
	err = db.eachNewMethods(ctx, since, &asked, func(n *store.NewMethods) { list = append(list, *n) })
	return list, err
}

// eachNewMethods passes each person with a new method. The versions of a person come one after the other, and the present row behind
// them. Few rows have versions, so these are looked at first.
func (db *DB) eachNewMethods(ctx context.Context, since time.Time, asked *store.RegistrationsQuery, found func(*store.NewMethods)) error {
	return db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.registrationFilter(ctx, q, asked)
		if err != nil {
			return err
		}
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
		var person string
		var of versionsRead
		for rows.Next() {
			var id string
			var until int64
			var doc []byte
			if err := rows.Scan(&id, &until, &doc); err != nil {
				return err
			}
			if id != person {
				of.end(found)
				person, of = id, versionsRead{}
			}
			if err := of.read(doc, until); err != nil {
				return err
			}
		}
		of.end(found)
		return rows.Err()
	})
}

// versionsRead are the versions of a person that were read so far.
type versionsRead struct {
	methods []string // of the newest version that tells them; nil for none
	began   int64    // when the next version began
	person  store.NewMethods
}

// read reads a version that was true until a time. A person has a new method once.
func (v *versionsRead) read(doc []byte, until int64) error {
	v.person.Registration = store.Registration{}
	if err := json.Unmarshal(doc, &v.person.Registration); err != nil {
		return fmt.Errorf("read a version: %w", err)
	}
	began := v.began
	v.began = until
	methods := v.person.Methods
	if methods == nil { // it tells nothing about methods
		return nil
	}
	has := func(list []string, method string) bool {
		return slices.ContainsFunc(list, func(m string) bool { return store.FoldCase(m) == method })
	}
	for _, method := range methods {
		if method = store.FoldCase(method); v.methods != nil && !has(v.methods, method) && !slices.Contains(v.person.New, method) {
			v.person.New, v.person.At = append(v.person.New, method), timeOfMicros(began)
		}
	}
	v.methods = methods
	return nil
}

// end passes the person with the present row, where there is a new method.
func (v *versionsRead) end(found func(*store.NewMethods)) {
	if len(v.person.New) > 0 {
		slices.Sort(v.person.New)
		found(&v.person)
	}
}
