package accesslog

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

// Finding is something in the log that is not as it was written.
type Finding struct {
	Kind FindingKind
	// Number is the record's, To the last one of a range.
	Number, To int64
	// Of is the number of the record that stands in this place, for Moved.
	Of int64
}

// FindingKind is what became of a record.
type FindingKind uint8

// The findings. Changed: the hash of the record is not its own. Rewritten: its hash is its own, but not the one that was written; the
// records before it may have been written again too. Removed and Cut: records are missing, in the middle or at the end. Moved: another
// record of the log stands in this place. Added: records were appended while the log was closed, not by this program.
const (
	Changed FindingKind = iota
	Rewritten
	Removed
	Cut
	Moved
	Added
)

// String says what was found, in a sentence without its end.
func (f Finding) String() string {
	switch f.Kind {
	case Changed:
		return fmt.Sprintf("record %d was changed", f.Number)
	case Rewritten:
		return fmt.Sprintf("record %d is not the one that was written there: it was written again, and records before it may have been too", f.Number)
	case Removed:
		return f.records() + " removed"
	case Cut:
		return f.records() + " cut off at the end"
	case Added:
		return f.records() + " appended while the log was closed"
	}
	return fmt.Sprintf("record %d stands in the place of record %d", f.Of, f.Number)
}

func (f Finding) records() string {
	if f.Number == f.To {
		return fmt.Sprintf("record %d was", f.Number)
	}
	return fmt.Sprintf("records %d to %d were", f.Number, f.To)
}

// Verification is what following the chain found.
type Verification struct {
	// Records counts the records, First is the number of the oldest.
	Records, First int64
	Head           access.Head
	// Kept is the head that is kept in portal.db.
	Kept     access.KeptHead
	Findings []Finding
	// Older are heads of records that retention removed: nobody can compare them any more.
	Older []access.Head
}

// Add puts what was found into a report.
func (v *Verification) Add(report *store.Checkup) {
	if v.Records == 0 && v.Kept.Number == 0 && len(v.Findings) == 0 {
		return // nothing was ever written
	}
	report.Access = &store.AccessCheck{Records: v.Records, First: v.First, Closed: v.Kept.Closed && v.Kept.Head == v.Head || v.Head == access.Head{}}
	if v.Head.Number > 0 {
		report.Access.Head = v.Head.String()
	}
	for _, h := range v.Older {
		report.Access.Older = append(report.Access.Older, h.String())
	}
	for _, f := range v.Findings {
		report.Add(store.Damage{Place: fmt.Sprintf("%s, record %d", File, f.Number), Problem: f.String(), Remedy: "find out who changed the file, and compare it with a backup"})
	}
}

// Verify follows the chain from the oldest record to the newest, and compares it with the head that is kept in portal.db and with
// further heads, which somebody took from what the program logged. Findings are in the order of their numbers.
func (l *Log) Verify(ctx context.Context, heads ...access.Head) (Verification, error) {
	var kept access.KeptHead
	if l.keeper != nil { // before the records: no record is kept that is not there
		var err error
		if kept, err = l.keeper.AccessHead(ctx); err != nil {
			return Verification{}, err
		}
	}
	return verify(ctx, l.reader, kept, heads)
}

// Check looks at the structure of the file, and adds what is damaged to a report.
func (l *Log) Check(ctx context.Context, report *store.Checkup) error {
	return dbfile.CheckIntegrity(ctx, l.reader, File, report)
}

func verify(ctx context.Context, q dbfile.Querier, kept access.KeptHead, heads []access.Head) (Verification, error) {
	v := Verification{Kept: kept}
	heads = append(slices.Clone(heads), kept.Head)
	c := chain{heads: map[int64]string{}}
	for _, h := range heads {
		c.heads[h.Number] = ""
	}
	rows, err := q.QueryContext(ctx, "SELECT number, time, document, previous, hash FROM records ORDER BY number")
	if err != nil {
		return v, dbfile.StoreError(ctx, err)
	}
	if err := c.follow(rows); err != nil {
		return v, dbfile.StoreError(ctx, fmt.Errorf("follow the access log: %w", err))
	}
	c.start()
	c.name()
	v.Records, v.First, v.Head = c.records, c.first.number, access.Head{Number: c.last.number}
	if c.records > 0 {
		v.Head.Hash = hex.EncodeToString(c.last.hash[:])
	}
	for _, h := range heads {
		if h.Number > 0 && h.Number < c.first.number-1 {
			v.Older = append(v.Older, h)
			continue
		}
		c.compare(h)
	}
	if kept.Closed && c.last.number > kept.Number {
		c.find(Finding{Kind: Added, Number: kept.Number + 1, To: c.last.number})
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.Number, b.Number) })
	v.Findings = slices.Compact(c.findings)
	return v, nil
}

// chain follows records.
type chain struct {
	records     int64
	first, last row
	heads       map[int64]string // hashes at the numbers of heads
	removed     access.Head      // what the newest record of a removal says
	unlike      []row            // whose hash is not their own
	findings    []Finding
}

func (c *chain) follow(rows *sql.Rows) error {
	defer rows.Close()
	lastIsUnlike := false
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return err
		}
		isUnlike := r.damaged || hashOf(r.number, r.micros, r.previous, r.document) != r.hash
		switch {
		case c.records == 0:
			c.first = r
		case r.number > c.last.number+1:
			c.find(Finding{Kind: Removed, Number: c.last.number + 1, To: r.number - 1})
		case r.previous != c.last.hash && !isUnlike && !lastIsUnlike:
			c.find(Finding{Kind: Rewritten, Number: c.last.number})
		}
		if isUnlike {
			c.unlike = append(c.unlike, r)
		}
		if _, asked := c.heads[r.number]; asked {
			c.heads[r.number] = hex.EncodeToString(r.hash[:])
		}
		c.readRemoval(&r)
		c.records++
		c.last, lastIsUnlike = r, isUnlike
	}
	return rows.Err()
}

func (c *chain) find(f Finding) { c.findings = append(c.findings, f) }

// readRemoval reads what a record says of the records that retention removed.
func (c *chain) readRemoval(r *row) {
	if !bytes.Contains(r.document, []byte(`"removed"`)) {
		return
	}
	var said struct {
		Action  access.Action
		Removed access.Head
	}
	if json.Unmarshal(r.document, &said) == nil && said.Action == access.Forget && said.Removed.Number > c.removed.Number {
		c.removed = said.Removed
	}
}

// start judges the beginning of the chain: the first record follows none, or the last one that was removed by retention. A removal
// that did not come to its end leaves some of what it was to remove.
func (c *chain) start() {
	if c.records == 0 {
		return
	}
	before := c.first.number - 1
	if before > c.removed.Number {
		c.find(Finding{Kind: Removed, Number: c.removed.Number + 1, To: before})
		return
	}
	want := ""
	if before == c.removed.Number && before > 0 {
		want = c.removed.Hash
	}
	if previous, err := hashBytes(want); (err != nil || previous != c.first.previous) && (before == 0 || want != "") && !c.isUnlike(c.first.number) {
		c.find(Finding{Kind: Rewritten, Number: c.first.number})
	}
}

func (c *chain) isUnlike(number int64) bool {
	return slices.ContainsFunc(c.unlike, func(r row) bool { return r.number == number })
}

// maxPaired bounds how many records are compared with each other to find out which of them was moved where.
const maxPaired = 500

// name says of records whose hash is not their own whether another record stands in their place.
func (c *chain) name() {
	for i := range c.unlike {
		r := &c.unlike[i]
		f := Finding{Kind: Changed, Number: r.number}
		for _, near := range []int64{r.number - 1, r.number + 1} {
			if r.isRecord(near, r) {
				f = Finding{Kind: Moved, Number: r.number, Of: near}
			}
		}
		for n := max(0, i-maxPaired); f.Kind == Changed && n < min(len(c.unlike), i+maxPaired); n++ {
			if other := &c.unlike[n]; n != i && (r.isRecord(other.number, r) || r.isRecord(other.number, other)) {
				f = Finding{Kind: Moved, Number: r.number, Of: other.number}
			}
		}
		c.find(f)
	}
}

// isRecord says that the time and document of a row are those of the record with a number, and that its hashes stand in another row.
func (r *row) isRecord(number int64, hashes *row) bool {
	return hashOf(number, r.micros, hashes.previous, r.document) == hashes.hash
}

// compare compares the chain with a head.
func (c *chain) compare(h access.Head) {
	switch {
	case h.Number == 0:
	case h.Number > c.last.number:
		c.find(Finding{Kind: Cut, Number: c.last.number + 1, To: h.Number})
	case h.Number == c.first.number-1:
		if hex.EncodeToString(c.first.previous[:]) != h.Hash {
			c.find(Finding{Kind: Rewritten, Number: h.Number})
		}
	case c.heads[h.Number] != "" && c.heads[h.Number] != h.Hash && !c.isFound(h.Number):
		c.find(Finding{Kind: Rewritten, Number: h.Number})
	}
}

func (c *chain) isFound(number int64) bool {
	return slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Number <= number && number <= max(f.Number, f.To) })
}
