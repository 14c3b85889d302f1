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

// riskOf asks for the rows of a kind that each scope has.
func (db *DB) riskOf(ctx context.Context, q dbfile.Querier, f *stateFilter, kind store.StateKind, scopes store.Scopes) error {
	f.add("kind = ?", kind)
	scopes = slices.DeleteFunc(slices.Clone(scopes), store.Scope.IsZero)
	if len(scopes) == 0 {
		return nil
	}
	index, err := db.indexOf(ctx, q)
	if err != nil {
		return err
	}
	for _, scope := range index.Scopes(scopes) {
		persons, apps := scope.Principals(), scope.Applications()
		if kind == store.StateRiskyUser {
			if err := f.among("id", persons); err != nil {
				return err
			}
			continue
		}
		list, err := json.Marshal(append(slices.Clone(apps), persons...))
		if err != nil {
			return err
		}
		ofApps, err := json.Marshal(append([]string{}, apps...))
		if err != nil {
			return err
		}
		f.add("(id IN (SELECT value FROM json_each(?)) OR app IN (SELECT value FROM json_each(?)))", string(list), string(ofApps))
	}
	return nil
}

// riskFilter is the where clause of a query.
func (db *DB) riskFilter(ctx context.Context, q dbfile.Querier, asked *store.RiskyQuery) (*stateFilter, error) {
	f := &stateFilter{}
	if err := db.riskOf(ctx, q, f, asked.Of, asked.Scopes); err != nil {
		return nil, err
	}
	for _, of := range []struct {
		column string
		values []string
	}{{"level", asked.Levels}, {"state", asked.States}, {"detail", asked.Details}} {
		if len(of.values) > 0 {
			if err := f.among(of.column, of.values); err != nil {
				return nil, err
			}
		}
	}
	if text := store.FoldCase(strings.TrimSpace(asked.Text)); text != "" {
		f.add("(instr(name, ?) > 0 OR instr(username, ?) > 0 OR id = ? OR app = ?)", text, text, text, text)
	}
	if asked.Updated != (store.Range{}) {
		f.add("dated >= ? AND dated < ? AND dated <> 0", asked.Updated.From.UnixMicro(), asked.Updated.To.UnixMicro())
	}
	if len(asked.Without) > 0 {
		list, err := json.Marshal(foldedAll(asked.Without))
		if err != nil {
			return nil, err
		}
		f.add("id NOT IN (SELECT value FROM json_each(?))", string(list))
	}
	return f, nil
}

// riskOrder is the column of an order, and whether it is read backwards.
func riskOrder(sort store.RiskySort, reverse bool) (column string, backwards bool) {
	switch {
	case sort == store.RiskyByName:
		return "name", reverse
	case sort == store.RiskyByLevel && reverse:
		return "rise", false
	case sort == store.RiskyByLevel:
		return "fall", false
	case reverse:
		return "early", false
	}
	return "late", false
}

// RiskyPage gives one page of risky objects; see store.RiskyStates.
func (db *DB) RiskyPage(ctx context.Context, asked store.RiskyQuery) (page store.RiskyPage, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.riskFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM risk_states WHERE "+f.text(), f.args...).Scan(&page.Total); err != nil {
			return fmt.Errorf("count risky objects: %w", err)
		}
		column, down := riskOrder(asked.Sort, asked.Reverse)
		place := asked.After
		if asked.Before != nil {
			place, down = asked.Before, !down
		}
		if place != nil {
			key := any(place.N)
			if column == "name" {
				key = place.Name
			}
			f.add("("+column+", id) "+map[bool]string{false: ">", true: "<"}[down]+" (?, ?)", key, place.ID)
		}
		rows, err := readRisky(ctx, q, f, column, down, asked.Limit+1)
		if err != nil {
			return err
		}
		takeRisky(&page, &asked, rows)
		return nil
	})
	return page, err
}

// takeRisky fills a page with rows, which are one more than the page has room for where there are more.
func takeRisky(page *store.RiskyPage, asked *store.RiskyQuery, rows []store.Risky) {
	more := len(rows) > asked.Limit
	rows = rows[:min(len(rows), asked.Limit)]
	if asked.Before != nil {
		slices.Reverse(rows)
	}
	if page.Rows = rows; len(rows) == 0 {
		return
	}
	if more || asked.Before != nil {
		next := rows[len(rows)-1].Place(asked.Sort, asked.Reverse)
		page.Next = &next
	}
	if asked.After != nil || asked.Before != nil && more {
		prev := rows[0].Place(asked.Sort, asked.Reverse)
		page.Prev = &prev
	}
}

// riskyQuery is the query of readRisky. Its last argument is the limit.
func riskyQuery(f *stateFilter, column string, down bool) string {
	direction := ""
	if down {
		direction = " DESC"
	}
	return "SELECT doc, states.as_of FROM (SELECT kind AS of_kind, id AS of_id, " + column + " AS place FROM risk_states WHERE " + f.text() +
		" ORDER BY " + column + direction + ", id" + direction + " LIMIT ?) CROSS JOIN states ON states.kind = of_kind AND states.id = of_id ORDER BY place" + direction + ", of_id" + direction
}

// readRisky reads at most limit objects of a filter over risk_states, in the order of a column.
func readRisky(ctx context.Context, q dbfile.Querier, f *stateFilter, column string, down bool, limit int) (list []store.Risky, err error) {
	rows, err := q.QueryContext(ctx, riskyQuery(f, column, down), append(slices.Clone(f.args), limit)...)
	if err != nil {
		return nil, fmt.Errorf("read risky objects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r store.Risky
		var doc []byte
		var asOf int64
		if err := rows.Scan(&doc, &asOf); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			return nil, fmt.Errorf("read a risky object: %w", err)
		}
		r.AsOf = timeOfMicros(asOf)
		list = append(list, r)
	}
	return list, rows.Err()
}

// CountRisky counts risky objects; see store.RiskyStates.
func (db *DB) CountRisky(ctx context.Context, asked store.RiskyQuery) (counts store.RiskyCounts, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.riskFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		if len(f.where) > 1 { // it asks for a part
			counts, err = countRisky(ctx, q, f)
			return err
		}
		counts, err = keptAnswer(ctx, &db.risk, q, fmt.Sprint("counts ", asked.Of), func(revision int64) (store.RiskyCounts, error) {
			all, err := countRisky(ctx, q, f)
			all.Revision = revision
			return all, err
		})
		return err
	})
	return counts, err
}

func countRisky(ctx context.Context, q dbfile.Querier, f *stateFilter) (counts store.RiskyCounts, err error) {
	counts = store.RiskyCounts{Levels: map[string]int64{}, States: map[string]int64{}, Details: map[string]int64{}}
	rows, err := q.QueryContext(ctx, "SELECT level, state, detail, count(*), max(dated), max(as_of) FROM risk_states WHERE "+f.text()+" GROUP BY level, state, detail", f.args...)
	if err != nil {
		return counts, fmt.Errorf("count risky objects: %w", err)
	}
	defer rows.Close()
	var change, imported int64
	for rows.Next() {
		var level, state, detail string
		var n, dated, asOf int64
		if err := rows.Scan(&level, &state, &detail, &n, &dated, &asOf); err != nil {
			return counts, err
		}
		counts.N += n
		counts.Levels[level] += n
		counts.States[state] += n
		counts.Details[detail] += n
		change, imported = max(change, dated), max(imported, asOf)
	}
	counts.LastChange, counts.LastImport = timeOfMicros(change), timeOfMicros(imported)
	return counts, rows.Err()
}

// turnFilter is the where clause of a query about changes.
func (db *DB) turnFilter(ctx context.Context, q dbfile.Querier, asked *store.RiskTurnsQuery) (*stateFilter, error) {
	seen := &stateFilter{}
	if err := db.riskOf(ctx, q, seen, asked.Of, asked.Scopes); err != nil {
		return nil, err
	}
	f := &stateFilter{}
	f.add("kind = ? AND at >= ? AND at < ?", asked.Of, asked.Range.From.UnixMicro(), asked.Range.To.UnixMicro())
	if asked.IDs != nil {
		if err := f.among("id", foldedAll(asked.IDs)); err != nil {
			return nil, err
		}
	}
	if len(seen.where) > 1 {
		f.add("id IN (SELECT id FROM risk_states WHERE "+seen.text()+")", seen.args...)
	}
	return f, nil
}

// CountRiskTurns counts objects by their turns; see store.RiskyStates.
func (db *DB) CountRiskTurns(ctx context.Context, asked store.RiskTurnsQuery, edges []time.Time) (counts []store.RiskTurnCounts, err error) {
	if len(edges) < 2 {
		return nil, nil
	}
	asked.Range = store.Range{From: edges[0], To: edges[len(edges)-1]}
	err = db.read(ctx, func(q dbfile.Querier) error {
		f, err := db.turnFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		if len(f.where) > 1 { // it asks for a part
			counts, err = countTurns(ctx, q, f, edges)
			return err
		}
		counts, err = keptAnswer(ctx, &db.risk, q, fmt.Sprint("turns ", asked.Of, edges), func(int64) ([]store.RiskTurnCounts, error) { return countTurns(ctx, q, f, edges) })
		return err
	})
	return counts, err
}

func countTurns(ctx context.Context, q dbfile.Querier, f *stateFilter, edges []time.Time) (counts []store.RiskTurnCounts, err error) {
	for i := range len(edges) - 1 {
		counts = append(counts, store.RiskTurnCounts{From: edges[i], To: edges[i+1]})
	}
	rows, err := q.QueryContext(ctx, "SELECT at, id, turn FROM risk_turns WHERE "+f.text()+" AND turn <> 0 ORDER BY at", f.args...)
	if err != nil {
		return nil, fmt.Errorf("count changes of risk: %w", err)
	}
	defer rows.Close()
	type counted struct {
		id   string
		turn store.Turn
	}
	seen, into := map[counted]bool{}, 0
	for rows.Next() {
		var at int64
		var one counted
		if err := rows.Scan(&at, &one.id, &one.turn); err != nil {
			return nil, err
		}
		for ; at >= counts[into].To.UnixMicro(); into++ {
			clear(seen)
		}
		if !seen[one] {
			seen[one] = true
			counts[into].By[one.turn]++
		}
	}
	return counts, rows.Err()
}
