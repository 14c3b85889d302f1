package directory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/dbfile"
)

// stateFilter is a where clause over the table of states, with what is bound in it.
type stateFilter struct {
	where []string
	args  []any
	// marksOnly says that it asks for a kind and marks alone.
	marksOnly bool
	kind      store.StateKind
	wanted    []string
	refused   string // a mark that no row may have; "" for none
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

// ofKind asks for the rows of a kind that count, or for those that are gone.
func (f *stateFilter) ofKind(kind store.StateKind, gone bool) {
	f.add("kind = ?", kind)
	if f.kind = kind; gone {
		f.marks([]string{store.MarkGone})
		return
	}
	f.add("instr(marks, ?) = 0", packMarks([]string{store.MarkGone}))
	f.refused = store.MarkGone
}

// leaves says whether a row with some marks meets what the filter asks of marks.
func (f *stateFilter) leaves(marks string) bool {
	if f.refused != "" && strings.Contains(marks, packMarks([]string{f.refused})) {
		return false
	}
	return !slices.ContainsFunc(f.wanted, func(mark string) bool { return !strings.Contains(marks, packMarks([]string{mark})) })
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
