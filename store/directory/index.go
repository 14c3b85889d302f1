package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
)

// loaded is the index at one revision of directory.db.
type loaded struct {
	revision int64
	index    *store.DirectoryIndex
}

// Index gives the directory as a question with this context sees it. It is kept in memory, as an engine keeps its
// dictionaries: lists, filters by group and questions about a name look at all of it.
func (db *DB) Index(ctx context.Context) (index *store.DirectoryIndex, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		index, err = db.indexOf(ctx, q)
		return err
	})
	return index, err
}

func (db *DB) indexOf(ctx context.Context, q dbfile.Querier) (*store.DirectoryIndex, error) {
	var revision int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision of the directory: %w", err)
	}
	if kept := db.newest.Load(); kept != nil && kept.revision == revision {
		return kept.index, nil
	}
	if err := db.loading.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer db.loading.Release(1)
	kept := db.newest.Load()
	if kept != nil && kept.revision == revision {
		return kept.index, nil
	}
	index, err := loadIndex(ctx, q)
	if err == nil && (kept == nil || kept.revision < revision) {
		db.newest.Store(&loaded{revision, index})
	}
	return index, err
}

func loadIndex(ctx context.Context, q dbfile.Querier) (*store.DirectoryIndex, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, id, name, username, app_id, type, enabled, created, last_success, as_of,
		iif(kind = ?1, coalesce(facts ->> '$.mail', ''), ''), iif(kind = ?1, coalesce(facts ->> '$.department', ''), '') FROM directory`, store.ObjectUser)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	defer rows.Close()
	var list []store.Object
	for rows.Next() {
		var o store.Object
		var created, success, asOf int64
		var mail, department string
		if err := rows.Scan(&o.Kind, &o.ID, &o.Name, &o.Username, &o.AppID, &o.Type, &o.Enabled, &created, &success, &asOf, &mail, &department); err != nil {
			return nil, fmt.Errorf("read an object of the directory: %w", err)
		}
		o.Created, o.LastSuccess, o.AsOf = timeOfMicros(created), timeOfMicros(success), timeOfMicros(asOf)
		for _, fact := range []store.KeyValue{{Key: "mail", Value: mail}, {Key: "department", Value: department}} {
			if fact.Value != "" {
				o.Facts = append(o.Facts, fact)
			}
		}
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	index := store.NewDirectoryIndex(list)
	if err := loadMembers(ctx, q, index); err != nil {
		return nil, err
	}
	return index.Finish(), nil
}

// Departments gives the departments of the users; see store.Directory.
func (db *DB) Departments(ctx context.Context) ([]store.Department, error) {
	index, err := db.Index(ctx)
	if err != nil {
		return nil, err
	}
	var list []store.Department
	for _, key := range slices.Sorted(maps.Keys(index.Departments)) {
		d := index.Departments[key]
		list = append(list, store.Department{Name: d.Name, N: int64(len(d.Set.Members())), AsOf: d.AsOf})
	}
	return list, nil
}

func loadMembers(ctx context.Context, q dbfile.Querier, index *store.DirectoryIndex) error {
	rows, err := q.QueryContext(ctx, "SELECT grp, as_of, whole FROM memberships")
	if err != nil {
		return fmt.Errorf("read the memberships: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var asOf int64
		var whole bool
		if err := rows.Scan(&id, &asOf, &whole); err != nil {
			return err
		}
		index.AddGroup(id, timeOfMicros(asOf), whole)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	members, err := q.QueryContext(ctx, "SELECT grp, id, kind, name, username FROM members")
	if err != nil {
		return fmt.Errorf("read the members: %w", err)
	}
	defer members.Close()
	for members.Next() {
		var group string
		var m store.Member
		if err := members.Scan(&group, &m.ID, &m.Kind, &m.Name, &m.Username); err != nil {
			return err
		}
		index.AddMember(group, m)
	}
	return members.Err()
}
