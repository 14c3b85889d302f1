package sqlite

import (
	"context"
	"errors"
	"fmt"

	"signpost/store"
	"signpost/store/dbfile"
)

// What to do about damage.
const (
	remedyReindex = "signpost reindex makes it again from the records"
	remedyImport  = "import the file that it came from again, or restore a backup"
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
	// seenToo has the names on all sign-ins of the newest's instant: rows of several logs may share it, and which of them names the
	// entity is open.
	seenToo [entityKinds]map[int64][]seenNames
	// several counts the copies of rows that have more than one, less those that versions was found to hold.
	several map[logKey]int64
	blocks  int64 // the number of the newest block
}

type logKey struct{ log, k int64 }

// Checkup reads everything and says what is not as it was written. A tell that is not nil is told how many rows were read
// so far.
func (db *DB) Checkup(ctx context.Context, tell func(rows int64)) (store.Checkup, error) {
	report := store.Checkup{Damages: []store.Damage{}}
	v, err := db.open(ctx)
	if err != nil {
		return report, dbfile.StoreError(ctx, fmt.Errorf("open the store: %w", err))
	}
	defer v.close()
	if tell == nil {
		tell = func(int64) {}
	}
	c := &checkup{view: v, ctx: ctx, report: &report, tell: tell, keys: map[*table]uint64{}, counts: map[*table]int64{}, several: map[logKey]int64{}}
	for e := range c.seen {
		c.seen[e], c.seenToo[e] = map[int64]lastSeen{}, map[int64][]seenNames{}
	}
	for _, step := range []func() error{
		func() error { return dbfile.CheckIntegrity(ctx, v.tx, "main.db", &report) },
		c.rows, c.versions, c.told, c.records, c.sums, c.idTexts, c.lookUps, c.lines, c.lastSeenRows, c.segments,
	} {
		if err := step(); err != nil {
			return report, dbfile.StoreError(ctx, err)
		}
	}
	return report, nil
}

func (c *checkup) damaged(remedy, problem, place string, args ...any) {
	c.report.Add(store.Damage{Place: fmt.Sprintf(place, args...), Problem: problem, Remedy: remedy})
}

// rows reads the rows of all logs.
func (c *checkup) rows() error {
	for _, t := range c.db.schema.ordered {
		rows, err := c.tx.QueryContext(c.ctx, "SELECT "+rowColumns+" FROM "+t.name+" ORDER BY k")
		if err != nil {
			return fmt.Errorf("read the rows of the %s log: %w", t.log, err)
		}
		defer rows.Close()
		reader := newRowReader(t.kind)
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
	quarter := quarterOf(rowKey(r.k))
	id, _ := blobID(r.blobs[0])
	c.byRequest += mix(quarter, id.prefix(), t.number, r.k)
	if id, ok := blobID(r.blobs[1]); ok {
		c.byCorrelation += mix(quarter, id.prefix(), t.number, r.k)
	}
	if id, ok := blobID(r.blobs[4]); ok && t.info.Folds {
		c.byOriginal += mix(quarter, id.prefix(), r.k)
	}
	if r.fixed.versions > 1 {
		c.several[logKey{t.number, r.k}] = r.fixed.versions
	}
	c.blocks = max(c.blocks, docRef(r.fixed.doc).block())
	for i := range t.entities {
		columns := &t.entities[i]
		code := r.values[columns.entity.index]
		if code == 0 {
			continue
		}
		one := lastSeen{newest: rowKey(r.k), success: never, name: r.values[columns.name.index]}
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
		switch too := c.seenToo[columns.kind]; {
		case one.newest.isLater(sum.newest):
			delete(too, code)
		case !sum.newest.isLater(one.newest):
			too[code] = append(too[code], sum.names(), one.names())
		}
		sum.add(one)
		c.seen[columns.kind][code] = sum
	}
}

func timeText(k int64) string { return rowKey(k).Time().Format("2006-01-02T15:04:05.000000Z") }

func idText16(b []byte) string {
	id, _ := blobID(b)
	return id.guid()
}
