package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/dbfile"
)

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
		err = readStates(ctx, q, store.StateCredentialUse, func(s *stateFound) error {
			var u store.CredentialUse
			err := json.Unmarshal(s.doc, &u)
			u.AsOf = s.asOf
			page.Rows = append(page.Rows, u)
			return err
		}, f.text()+" ORDER BY dated DESC, id DESC LIMIT ?", append(f.args, asked.Limit+1)...)
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
