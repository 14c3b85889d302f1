package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/store"
)

// What to do about damage.
const (
	remedyReindex = "signpost reindex makes it again from the records"
	remedyImport  = "import the file that it came from again, or restore a backup"
	remedyRestore = "restore a backup, or what sqlite3's .recover saves"
)

// checkup reads everything that main.db and cols.db hold, in one state of the store.
type checkup struct {
	*view
	ctx    context.Context
	report *store.Checkup
	tell   func(rows int64)
	// The sums over what rows and look-ups say: they are equal unless one is missing or damaged.
	byRequest, byCorrelation, byOriginal uint64
	keys                                 map[*table]uint64
	counts                               map[*table]int64
	seen                                 [entityKinds]map[int64]lastSeen
	// refs says that a row has more copies than its own, and how many are missing from versions.
	several map[logKey]int64
	blocks  int64 // the number of the newest block
}

type logKey struct{ log, k int64 }

// Checkup reads everything and says what is not as it was written. tell, where it is not nil, is told how many rows were
// read so far.
func (db *DB) Checkup(ctx context.Context, tell func(rows int64)) (store.Checkup, error) {
	report := store.Checkup{Damages: []store.Damage{}}
	v, err := db.open(ctx)
	if err != nil {
		return report, asStoreError(ctx, fmt.Errorf("open the store: %w", err))
	}
	defer v.close()
	if tell == nil {
		tell = func(int64) {}
	}
	c := &checkup{view: v, ctx: ctx, report: &report, tell: tell, keys: map[*table]uint64{}, counts: map[*table]int64{}, several: map[logKey]int64{}}
	for e := range c.seen {
		c.seen[e] = map[int64]lastSeen{}
	}
	for _, step := range []func() error{
		func() error { return checkIntegrity(ctx, v.tx, "main.db", &report) },
		c.rows, c.versions, c.records, c.sums, c.idTexts, c.lookUps, c.lines, c.lastSeenRows, c.segments,
	} {
		if err := step(); err != nil {
			return report, asStoreError(ctx, err)
		}
	}
	return report, nil
}

// Checkup reads everything that portal.db holds.
func (p *Portal) Checkup(ctx context.Context, report *store.Checkup) error {
	return asStoreError(ctx, checkIntegrity(ctx, p.reader, "portal.db", report))
}

func (c *checkup) damaged(remedy, problem, place string, args ...any) {
	c.report.Add(store.Damage{Place: fmt.Sprintf(place, args...), Problem: problem, Remedy: remedy})
}

// checkIntegrity asks SQLite about the structure of a file.
func checkIntegrity(ctx context.Context, q querier, file string, report *store.Checkup) error {
	rows, err := q.QueryContext(ctx, "PRAGMA integrity_check(100)")
	if err != nil {
		return fmt.Errorf("check %s: %w", file, err)
	}
	defer rows.Close()
	for rows.Next() {
		var said string
		if err := rows.Scan(&said); err != nil {
			return err
		}
		if said != "ok" {
			report.Add(store.Damage{Place: file, Problem: said, Remedy: remedyRestore})
		}
	}
	return rows.Err()
}

// mix makes one number of some, so that sums of it tell sets apart.
func mix(numbers ...int64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, n := range numbers {
		h ^= uint64(n)
		h *= 0xFF51AFD7ED558CCD
		h ^= h >> 33
		h *= 0xC4CEB9FE1A85EC53
		h ^= h >> 33
	}
	return h
}

// rows reads the rows of all logs.
func (c *checkup) rows() error {
	for _, t := range c.db.schema.ordered {
		rows, err := c.tx.QueryContext(c.ctx, "SELECT "+rowColumns+" FROM "+t.name+" ORDER BY k")
		if err != nil {
			return fmt.Errorf("read the rows of the %s log: %w", t.log, err)
		}
		defer rows.Close()
		reader := newRowReader(c.db.schema)
		for rows.Next() {
			err := reader.scan(rows)
			if err != nil && !errors.Is(err, errDamagedFields) {
				return err
			}
			c.row(t, reader, err)
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("read the rows of the %s log: %w", t.log, err)
		}
	}
	return nil
}

// row takes one row.
func (c *checkup) row(t *table, r *rowReader, err error) {
	if c.report.Rows++; c.report.Rows%10_000 == 0 {
		c.tell(c.report.Rows)
	}
	verdict := r.judge(t)
	switch {
	case err != nil, verdict == damaged:
		c.damaged(remedyReindex, "the row is not as it was written", "%s, sign-in %s at %s", t.name, idText16(r.blobs[0]), timeText(r.k))
	case verdict == unsummed:
		c.report.Unsummed++
	}
	c.keys[t] += mix(r.k)
	c.counts[t]++
	quarter := quarterOf(store.Key(r.k))
	id, _ := blobID(r.blobs[0])
	c.byRequest += mix(quarter, id.prefix(), t.index, r.k)
	if id, ok := blobID(r.blobs[1]); ok {
		c.byCorrelation += mix(quarter, id.prefix(), t.index, r.k)
	}
	if id, ok := blobID(r.blobs[4]); ok && t.log == store.Interactive {
		c.byOriginal += mix(quarter, id.prefix(), r.k)
	}
	if r.fixed.versions > 1 {
		c.several[logKey{t.index, r.k}] = r.fixed.versions
	}
	c.blocks = max(c.blocks, docRef(r.fixed.doc).block())
	for i := range t.entities {
		columns := &t.entities[i]
		code := r.values[columns.entity.index]
		if code == 0 {
			continue
		}
		one := lastSeen{newest: store.Key(r.k), success: never, name: r.values[columns.name.index]}
		if columns.username != nil {
			one.username = r.values[columns.username.index]
		}
		if store.Status(r.fixed.status) == store.StatusSuccess {
			one.success = one.newest
		}
		sum, ok := c.seen[columns.kind][code]
		if !ok {
			sum = lastSeen{newest: never, success: never}
		}
		sum.add(one)
		c.seen[columns.kind][code] = sum
	}
}

func timeText(k int64) string { return store.Key(k).Time().Format("2006-01-02T15:04:05.000000Z") }

func idText16(b []byte) string {
	id, _ := blobID(b)
	return id.guid()
}

// versions compares how many copies the rows have with those that are kept.
func (c *checkup) versions() error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT log, k, doc FROM versions")
	if err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at logKey
		var doc docRef
		if err := rows.Scan(&at.log, &at.k, &doc); err != nil {
			return err
		}
		c.blocks = max(c.blocks, doc.block())
		if _, ok := c.several[at]; !ok {
			c.damaged(remedyReindex, "the copy belongs to no sign-in", "versions, log %d at %s", at.log, timeText(at.k))
			continue
		}
		c.several[at]--
	}
	for at, missing := range c.several {
		if missing != 0 {
			c.damaged(remedyImport, "copies of the sign-in are missing", "versions, log %d at %s", at.log, timeText(at.k))
		}
	}
	return rows.Err()
}

// recordsAtOnce is how many blocks' records are looked for at a time: 256 each, with 24 bytes for each.
const recordsAtOnce = 8192

// wantedRecord is a record that a row or a copy names.
type wantedRecord struct {
	doc  docRef
	hash int64
	log  int64
	k    int64
}

// records compares the records as received with the hashes of the rows that name them.
func (c *checkup) records() error {
	for first := int64(0); first <= c.blocks; first += recordsAtOnce {
		wanted, err := c.wantedRecords(refOf(first, 0), refOf(first+recordsAtOnce, 0))
		if err != nil {
			return err
		}
		for len(wanted) > 0 {
			n := 1
			for n < len(wanted) && wanted[n].doc.block() == wanted[0].doc.block() {
				n++
			}
			if err := c.block(wanted[:n]); err != nil {
				return err
			}
			wanted = wanted[n:]
		}
	}
	return nil
}

// wantedRecords gives the records that rows name, from a place on and before another, in their order.
func (c *checkup) wantedRecords(from, to docRef) ([]wantedRecord, error) {
	var wanted []wantedRecord
	read := func(query string, log int64) error {
		rows, err := c.tx.QueryContext(c.ctx, query, int64(from), int64(to), log)
		if err != nil {
			return fmt.Errorf("read where records stand: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			w := wantedRecord{log: log}
			if err := rows.Scan(&w.doc, &w.hash, &w.k); err != nil {
				return err
			}
			wanted = append(wanted, w)
		}
		return rows.Err()
	}
	for _, t := range c.db.schema.ordered {
		for _, query := range []string{
			"SELECT doc, hash, k FROM " + t.name + " WHERE doc >= ? AND doc < ? AND ? IS NOT NULL",
			"SELECT doc, hash, k FROM versions WHERE doc >= ? AND doc < ? AND log = ?",
		} {
			if err := read(query, t.index); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(wanted, func(a, b wantedRecord) int { return cmp.Compare(a.doc, b.doc) })
	return wanted, nil
}

// block compares the records of one block.
func (c *checkup) block(wanted []wantedRecord) error {
	number := wanted[0].doc.block()
	block, err := readBlock(c.ctx, c.tx, number)
	if errors.Is(err, sql.ErrNoRows) {
		c.damaged(remedyImport, fmt.Sprintf("the block of records is missing that %d sign-ins name", len(wanted)), "docs, block %d", number)
		return nil
	}
	if err != nil {
		return err
	}
	list := make([]wantedDoc, len(wanted))
	for i, w := range wanted {
		list[i] = wantedDoc{ref: w.doc, hash: w.hash, record: i}
	}
	read := 0
	err = c.db.useDocs(c.ctx, block, list, func(doc []byte, _ time.Time, w wantedDoc) error {
		read++
		if c.report.Records++; hashDoc(doc) != w.hash {
			at := wanted[w.record]
			c.damaged(remedyReindex+", or else: "+remedyImport, "the record is not the one that the row was made of", "%s at %s", c.db.schema.ordered[at.log].name, timeText(at.k))
		}
		return nil
	})
	if errors.Is(err, store.ErrDamaged) {
		c.damaged(remedyImport, fmt.Sprintf("the block of records cannot be read; %d sign-ins are in it", len(wanted)-read), "docs, block %d", number)
		return nil
	}
	return err
}

// sums compares the tables that have sums with these.
func (c *checkup) sums() error {
	for _, table := range summedTables {
		if err := c.sumsOf(table); err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
	}
	return nil
}

func (c *checkup) sumsOf(table string) error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT sum, "+summedColumns[table]+" FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if sum, ok := cells[0].(int64); ok && sum != sumOf(cells[1:]...) {
			remedy := remedyImport
			if table == "words" {
				remedy = remedyReindex
			}
			c.damaged(remedy, "the row is not as it was written", "%s, %s %v", table, names[1], cells[1])
		}
	}
	return rows.Err()
}

// idTexts compares the texts of ids with the hashes of them.
func (c *checkup) idTexts() error {
	rows, err := c.tx.QueryContext(c.ctx, "SELECT id, text FROM id_texts")
	if err != nil {
		return fmt.Errorf("read the texts of ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		var text string
		if err := rows.Scan(&b, &text); err != nil {
			return err
		}
		if id, ok := blobID(b); !ok || id != hashID(text) {
			c.damaged(remedyReindex, "the text is not the one of the id", "id_texts, %q", text)
		}
	}
	return rows.Err()
}

// lookUps compares the tables that find rows by an id with the rows.
func (c *checkup) lookUps() error {
	for _, lookUp := range []struct {
		name, columns string
		want          uint64
	}{
		{"by_request", "quarter, g, log, k", c.byRequest},
		{"by_correlation", "quarter, g, log, k", c.byCorrelation},
		{"by_original", "quarter, g, k, 0", c.byOriginal},
	} {
		rows, err := c.tx.QueryContext(c.ctx, "SELECT "+lookUp.columns+" FROM "+lookUp.name)
		if err != nil {
			return fmt.Errorf("read %s: %w", lookUp.name, err)
		}
		defer rows.Close()
		var got uint64
		for rows.Next() {
			var n [4]int64
			if err := rows.Scan(&n[0], &n[1], &n[2], &n[3]); err != nil {
				return err
			}
			if lookUp.name == "by_original" {
				got += mix(n[:3]...)
			} else {
				got += mix(n[:]...)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if got != lookUp.want {
			c.damaged(remedyReindex, "the look-ups do not fit the rows: some sign-ins are not found by an ID", "%s", lookUp.name)
		}
	}
	return nil
}

// lastSeenRows compares the last sign-ins of entities with the rows.
func (c *checkup) lastSeenRows() error {
	var complete bool
	if err := c.tx.QueryRowContext(c.ctx, "SELECT complete FROM last_seen_state").Scan(&complete); err != nil {
		return fmt.Errorf("read the state of last sign-ins: %w", err)
	}
	rows, err := c.tx.QueryContext(c.ctx, "SELECT entity, code, newest, name, username, success, stale FROM last_seen")
	if err != nil {
		return fmt.Errorf("read last sign-ins: %w", err)
	}
	defer rows.Close()
	wrong := 0
	for rows.Next() {
		var s seenEntity
		var stale bool
		if err := rows.Scan(&s.entity, &s.code, &s.newest, &s.name, &s.username, &s.success, &stale); err != nil {
			return err
		}
		if int(s.entity) >= entityKinds {
			continue // of a kind that a newer version of the program knows
		}
		want, ok := c.seen[s.entity][s.code]
		if !ok {
			want = lastSeen{newest: never, success: never}
		}
		delete(c.seen[s.entity], s.code)
		if !stale && complete && want != s.lastSeen {
			wrong++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if complete {
		for _, left := range c.seen {
			wrong += len(left)
		}
	}
	if wrong > 0 {
		c.damaged(remedyReindex, fmt.Sprintf("%d last sign-ins do not fit the rows", wrong), "last_seen")
	}
	return nil
}

// segments compares the keys of the segments, and of what is not sealed, with the rows, and reads all of cols.db.
func (c *checkup) segments() error {
	for _, t := range c.db.schema.ordered {
		var alive uint64
		rows := int64(0)
		for _, p := range c.state.of(t) {
			if p.memory == nil {
				copied := *p // verify reads its bounds anew
				err := c.db.verify(c.ctx, &copied)
				var lost errLostSegment
				if errors.As(err, &lost) {
					c.damaged("nothing: it is made again from the rows when it is asked for", "the segment is damaged: "+lost.cause.Error(), "cols.db, segment %d of the %s log", p.id, t.log)
					return nil
				}
				if err != nil {
					return err
				}
			}
			keys, err := source{p, c.db, c.ctx}.Keys()
			if err != nil {
				return err
			}
			for row := range p.rows {
				if !p.dead.has(row) {
					alive += mix(keys.At(row))
					rows++
				}
			}
		}
		if alive != c.keys[t] {
			c.damaged(remedyReindex, fmt.Sprintf("the segments have %d sign-ins and the rows are %d, or others", rows, c.counts[t]), "segments of the %s log", t.log)
		}
	}
	return nil
}
