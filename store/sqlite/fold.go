package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

// foldedEvent is an event of the interactive log as folding sees it.
type foldedEvent struct {
	store.LineEvent
	k                         rowKey
	id, correlation, original id16
	hasCorrelation            bool
	hasOriginal               bool // the original request ID is another's
	mfa                       []string
	changed                   bool // written by this transaction: it has no marks yet
}

// folding brings the lines of the interactive log up to date with what a transaction wrote, in any order of import. It
// looks only at the events around the changed ones.
type folding struct {
	*writing
	table  *table
	events map[rowKey]*foldedEvent // read so far
	// fetched are the hours of correlation IDs that have been read.
	fetched map[correlationHour]bool
	byClass map[correlationClass][]*foldedEvent
	queue   []*foldedEvent
	queued  map[rowKey]bool
}

type correlationHour struct {
	id   id16
	hour int64
}

type correlationClass struct {
	id                  id16
	user, app, resource string
}

const (
	gapKeys  = rowKey(store.LineGap/1000) << 12 // in microseconds, like all keys
	hourKeys = int64(3600_000_000) << 12
)

// foldLines marks which events are folded into which line.
func (w *writing) foldLines() error {
	t := w.db.schema.folding
	if t == nil || len(w.changed[t]) == 0 {
		return nil
	}
	f := &folding{
		writing: w, table: t, events: map[rowKey]*foldedEvent{}, fetched: map[correlationHour]bool{},
		byClass: map[correlationClass][]*foldedEvent{}, queued: map[rowKey]bool{},
	}
	changed := map[rowKey]bool{}
	for _, k := range w.changed[t] {
		changed[k] = true
	}
	for _, k := range append(slices.Clone(w.changed[t]), w.unfolded...) {
		e, err := f.at(k)
		if err != nil {
			return err
		}
		if e != nil {
			e.changed = changed[k]
			f.enqueue(e)
		}
	}
	for at := 0; at < len(f.queue); at++ {
		if err := f.follow(f.queue[at]); err != nil {
			return err
		}
	}
	return f.mark()
}

// at gives the event at a key; nil where its row is gone.
func (f *folding) at(k rowKey) (*foldedEvent, error) {
	if e, ok := f.events[k]; ok {
		return e, nil
	}
	found, err := f.read("SELECT "+foldedColumns+" FROM "+f.table.name+" AS r WHERE k = ?", int64(k))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

const foldedColumns = "r.k, r.id, r.correlation_id, r.original_request_id, r.derived_status, r.fields"

// read reads events; one that was read before is given again.
func (f *folding) read(query string, args ...any) ([]*foldedEvent, error) {
	statement, err := f.statement(query)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(f.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer rows.Close()
	var found []*foldedEvent
	for rows.Next() {
		var k, status int64
		var id, correlation, original, fields []byte
		if err := rows.Scan(&k, &id, &correlation, &original, &status, &fields); err != nil {
			return nil, err
		}
		e, ok := f.events[rowKey(k)]
		if !ok {
			e = &foldedEvent{}
			e.k, e.Status = rowKey(k), store.Status(status)
			e.Key = e.k.outside()
			e.id, _ = blobID(id)
			e.correlation, e.hasCorrelation = blobID(correlation)
			e.original, e.hasOriginal = blobID(original)
			if err := f.fill(e, fields); err != nil {
				return nil, err
			}
			f.events[e.k] = e
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

// fill takes from a row's fields what folding needs.
func (f *folding) fill(e *foldedEvent, fields []byte) error {
	values := make([]int64, len(f.table.kind.columns))
	if err := f.table.kind.readFields(fields, values, nil); err != nil {
		return err
	}
	word := func(p *store.Property) string {
		c := f.table.kind.byProp[p]
		return f.text(c.words, values[c.index])
	}
	e.ID = e.id.guid()
	if e.hasCorrelation {
		e.Correlation = e.correlation.guid()
	}
	if e.hasOriginal {
		e.OriginalRequest = e.original.guid()
	}
	e.User, e.App, e.Resource = strings.ToLower(word(store.UserID)), strings.ToLower(word(store.AppID)), strings.ToLower(word(store.ResourceID))
	e.ErrorCode = intOf(values[f.table.kind.byProp[store.ErrorCode].index])
	if mfa := word(store.MFASet); mfa != "" {
		e.mfa = strings.Split(mfa, setSeparator)
	}
	return nil
}

func (f *folding) enqueue(e *foldedEvent) {
	if !f.queued[e.k] {
		f.queued[e.k] = true
		f.queue = append(f.queue, e)
	}
}

// follow enqueues the events that e may be folded into, and those that may be folded into it: their lines depend on e.
func (f *folding) follow(e *foldedEvent) error {
	linked, err := f.linked(e)
	if err != nil {
		return err
	}
	for _, other := range linked {
		switch distance := other.k>>12 - e.k>>12; {
		case other.User != e.User || other.App != e.App || other == e:
		case distance >= 0 && other.k > e.k && distance <= gapKeys>>12 && e.MayFold(),
			distance <= 0 && other.k < e.k && -distance <= gapKeys>>12 && other.MayFold():
			f.enqueue(other)
		}
	}
	return nil
}

// linked gives the events that e is linked to, and some around it.
func (f *folding) linked(e *foldedEvent) ([]*foldedEvent, error) {
	if e.User == "" || e.App == "" {
		return nil, nil
	}
	var linked []*foldedEvent
	if e.hasCorrelation {
		first, last := floorDiv(int64(e.k-gapKeys), hourKeys), floorDiv(int64(e.k+gapKeys), hourKeys)
		for hour := first; hour <= last; hour++ {
			if err := f.fetch(e.correlation, hour); err != nil {
				return nil, err
			}
		}
		linked = f.byClass[correlationClass{e.correlation, e.User, e.App, e.Resource}]
	}
	around := []any{quarterOf(e.k - gapKeys), quarterOf(e.k + gapKeys)}
	naming, err := f.read("SELECT "+foldedColumns+" FROM by_original AS o JOIN "+f.table.name+" AS r USING (k) WHERE o.quarter IN (?, ?) AND o.g = ? AND r.original_request_id = ?",
		append(around, e.id.prefix(), e.id[:])...)
	if err != nil || !e.hasOriginal {
		return append(slices.Clone(linked), naming...), err
	}
	named, err := f.read("SELECT "+foldedColumns+" FROM by_request AS b JOIN "+f.table.name+" AS r USING (k) WHERE b.quarter IN (?, ?) AND b.g = ? AND b.log = ? AND r.id = ?",
		append(around, e.original.prefix(), f.table.number, e.original[:])...)
	return slices.Concat(linked, naming, named), err
}

// fetch reads the events of a correlation ID within one hour.
func (f *folding) fetch(id id16, hour int64) error {
	if f.fetched[correlationHour{id, hour}] {
		return nil
	}
	f.fetched[correlationHour{id, hour}] = true
	from, to := hour*hourKeys, (hour+1)*hourKeys
	found, err := f.read("SELECT "+foldedColumns+" FROM by_correlation AS c JOIN "+f.table.name+" AS r USING (k) WHERE c.quarter IN (?, ?) AND c.g = ? AND c.log = ? AND c.k >= ? AND c.k < ? AND r.correlation_id = ?",
		quarterOf(rowKey(from)), quarterOf(rowKey(to-1)), id.prefix(), f.table.number, from, to, id[:])
	for _, e := range found {
		class := correlationClass{id, e.User, e.App, e.Resource}
		f.byClass[class] = append(f.byClass[class], e)
	}
	return err
}

// mark folds the events of the queue and writes the marks that differ from those that stand.
func (f *folding) mark() error {
	events := make([]store.LineEvent, len(f.queue))
	for i, e := range f.queue {
		events[i] = e.LineEvent
	}
	lines := map[rowKey][]*foldedEvent{}
	for i, last := range store.Fold(events) {
		lines[f.queue[last].k] = append(lines[f.queue[last].k], f.queue[i])
	}
	for _, e := range f.queue {
		members, isLast := lines[e.k]
		if isLast {
			if err := f.markLine(e, members); err != nil {
				return err
			}
		}
	}
	for last, members := range lines {
		for _, e := range members {
			if err := f.markEvent(e, last); err != nil {
				return err
			}
		}
	}
	return nil
}

// markEvent notes into which line an event is folded, if it is.
func (f *folding) markEvent(e *foldedEvent, last rowKey) error {
	if !e.changed {
		stands, err := f.number("SELECT line FROM folded WHERE k = ?", int64(e.k))
		if err != nil {
			return err
		}
		if stands == 0 && last == e.k || rowKey(stands) == last {
			return nil
		}
		f.writing.changed[f.table] = append(f.writing.changed[f.table], e.k)
		if last == e.k {
			return f.exec("DELETE FROM folded WHERE k = ?", int64(e.k))
		}
		if err := f.exec("DELETE FROM lines WHERE k = ?", int64(e.k)); err != nil {
			return err
		}
	}
	if last == e.k {
		return nil
	}
	return f.exec("INSERT INTO folded (k, line) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET line = excluded.line", int64(e.k), int64(last))
}

// number reads one number; 0 where there is no row.
func (f *folding) number(query string, args ...any) (int64, error) {
	statement, err := f.statement(query)
	if err != nil {
		return 0, err
	}
	rows, err := statement.QueryContext(f.ctx, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var n int64
	if rows.Next() {
		err = rows.Scan(&n)
	}
	return n, errors.Join(err, rows.Err())
}

// markLine notes what is told of all events of a line, if there are several.
func (f *folding) markLine(last *foldedEvent, members []*foldedEvent) error {
	if !last.changed {
		stands, err := f.number("SELECT events FROM lines WHERE k = ?", int64(last.k))
		if err != nil {
			return err
		}
		if len(members) == 1 {
			if stands == 0 {
				return nil
			}
			f.writing.changed[f.table] = append(f.writing.changed[f.table], last.k)
			return f.exec("DELETE FROM lines WHERE k = ?", int64(last.k))
		}
		f.writing.changed[f.table] = append(f.writing.changed[f.table], last.k)
	}
	if len(members) == 1 {
		return nil
	}
	denied, started := 0, last.k
	var outcomes []string
	var codes []int64
	for _, e := range members {
		started = min(started, e.k)
		outcomes = append(outcomes, e.mfa...)
		if store.MFAWasDenied(e.mfa) {
			denied++
		}
		if e.ErrorCode.Set {
			codes = append(codes, e.ErrorCode.N)
		}
	}
	mfa, err := f.wordCode(f.db.schema.lineMFA, joinSet(outcomes))
	if err != nil {
		return err
	}
	slices.Sort(codes)
	texts := make([]string, 0, len(codes))
	for _, code := range slices.Compact(codes) {
		texts = append(texts, strconv.FormatInt(code, 10))
	}
	errorCodes, err := f.wordCode(f.db.schema.lineErrors, strings.Join(texts, setSeparator))
	if err != nil {
		return err
	}
	return f.exec(`INSERT INTO lines (k, events, denied, started, mfa, errors) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (k) DO UPDATE SET
		events = excluded.events, denied = excluded.denied, started = excluded.started, mfa = excluded.mfa, errors = excluded.errors`,
		int64(last.k), len(members), denied, int64(started), mfa, errorCodes)
}

// joinSet writes a set of texts as one word, in one order.
func joinSet(texts []string) string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), setSeparator)
}

// wordCode gives the code of a word, a new one where it has none.
func (w *writing) wordCode(c *column, text string) (int64, error) {
	code := w.batch.code(c.words, text)
	if code >= 0 {
		return code, nil
	}
	if err := w.codeWords(); err != nil {
		return 0, err
	}
	return w.codes[-1-code], nil
}

// unfold takes the marks of an event away that is about to be replaced. Its line is folded again.
func (w *writing) unfold(k rowKey) error {
	rows, err := w.query("SELECT k, line FROM folded WHERE k = ?1 OR line = ?1 OR line = (SELECT line FROM folded WHERE k = ?1)", int64(k))
	if err != nil {
		return fmt.Errorf("read a line: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var event, line rowKey
		if err := rows.Scan(&event, &line); err != nil {
			return err
		}
		w.unfolded = append(w.unfolded, event, line)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := w.exec("DELETE FROM folded WHERE k = ?", int64(k)); err != nil {
		return err
	}
	return w.exec("DELETE FROM lines WHERE k = ?", int64(k))
}
