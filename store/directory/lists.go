package directory

import (
	"context"

	"signpost/store"
	"signpost/store/dbfile"
)

// listTables are the two tables of lists of objects: the members of groups, or the owners of applications.
type listTables struct {
	of      string // the column that names what the list is of
	entries dbfile.Summed
	lists   dbfile.Summed
	// noID says what a rejected entry lacks.
	noID string
}

var (
	members     = dbfile.Summed{Table: "members", Columns: "grp, id, kind, name, username"}
	memberships = dbfile.Summed{Table: "memberships", Columns: "grp, as_of, whole"}
	owners      = dbfile.Summed{Table: "owners", Columns: "owned, id, kind, name, username"}
	ownerships  = dbfile.Summed{Table: "ownerships", Columns: "owned, as_of, whole"}

	groupMembers = listTables{of: "grp", entries: members, lists: memberships, noID: "the member has no id."}
	appOwners    = listTables{of: "owned", entries: owners, lists: ownerships, noID: "the owner has no id."}
)

// list writes the entries of one list: in the place of all former ones, or some more.
func (w *directoryWriting) list(t *listTables, of string, entries []store.Member, whole bool) error {
	before, err := readMembers(w.ctx, w.tx, "SELECT id, kind, name, username FROM "+t.entries.Table+" WHERE "+t.of+" = ?", of)
	if err != nil {
		return err
	}
	had := make(map[string]store.Member, len(before))
	for _, m := range before {
		had[m.ID] = m
	}
	if whole {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM "+t.entries.Table+" WHERE "+t.of+" = ?", of); err != nil {
			return err
		}
	}
	insert, err := w.tx.PrepareContext(w.ctx, "INSERT INTO "+t.entries.Table+" ("+t.entries.Columns+`, sum) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET kind = excluded.kind, name = excluded.name, username = excluded.username, sum = excluded.sum`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, entry := range entries {
		if entry.ID == "" {
			w.outcomes = append(w.outcomes, store.Outcome{Kind: store.OutcomeRejected, Reason: t.noID})
			continue
		}
		kind := store.OutcomeNew
		if before, ok := had[entry.ID]; ok {
			kind = store.OutcomeUpdated
			if before == entry {
				kind = store.OutcomeSame
			}
		}
		had[entry.ID] = entry
		if _, err := insert.ExecContext(w.ctx, of, entry.ID, entry.Kind, entry.Name, entry.Username,
			dbfile.SumOf(of, entry.ID, int64(entry.Kind), entry.Name, entry.Username)); err != nil {
			return err
		}
		w.say(kind, entry.ID)
	}
	// Of a list of all entries what is added later does not change the time: who left since is still in it.
	_, err = w.tx.ExecContext(w.ctx, "INSERT INTO "+t.lists.Table+" ("+t.lists.Columns+`) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET as_of = iif(whole AND NOT excluded.whole, as_of, excluded.as_of), whole = max(excluded.whole, whole)`, of, w.at, whole)
	if err != nil {
		return err
	}
	return t.lists.Write(w.ctx, w.tx, t.of+" = ?", of)
}

func readMembers(ctx context.Context, q dbfile.Querier, query string, args ...any) ([]store.Member, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []store.Member
	for rows.Next() {
		var m store.Member
		if err := rows.Scan(&m.ID, &m.Kind, &m.Name, &m.Username); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}
