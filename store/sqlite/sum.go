package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"signpost/store"
	"signpost/store/dbfile"
)

// A disk, a cable or a memory that flips a bit of main.db would change what it tells, without a word. SQLite has no sums of
// its own. So what is kept is covered by some:
//
//   - a record as received by its hash in its row and in versions (64 bits of SHA-256), and by its block's zstd sum;
//   - a row, with all its columns and its hash, by 32 bits of CRC-32C at the end of its fields;
//   - words and the times of blocks by a column of their own, sum.
//
// A CRC-32C finds every change of up to three bits and every burst of up to 32. What was written before there were sums has
// none until it is made again: see refill and sumWords. What is derived from the rows is compared with them: see
// checkup.go.

// sumMark in the first byte of a row's fields says that their last sumBytes are the row's sum. The byte is the length of a bitmap, which
// is far below it.
const (
	sumMark  = 0x80
	sumBytes = 4
)

// rowCells are the columns of a row but its fields.
type rowCells struct {
	log, k, doc, hash, versions, status int64
	ingested                            store.Int
	undated                             bool
	late                                int64     // microseconds that the key stands behind the time of the row; see instant.go
	ids                                 [5][]byte // id, correlation, session, token, original request; nil where absent
}

// sum gives the sum of the row with these fields, which have no sum behind them.
func (c *rowCells) sum(fields []byte) uint32 {
	var room [8*binary.MaxVarintLen64 + 5*17 + 8]byte
	b := room[:0]
	for _, n := range [...]int64{c.log, c.k, c.doc, c.hash, c.versions, c.status} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	switch {
	case c.ingested.Set:
		b = binary.LittleEndian.AppendUint64(append(b, 1), uint64(c.ingested.N))
	default:
		b = append(b, 0)
	}
	if c.undated {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	if c.late != 0 {
		b = binary.AppendVarint(b, c.late)
	}
	for _, id := range c.ids {
		if id == nil {
			b = append(b, 0xFF)
			continue
		}
		b = append(append(b, byte(len(id))), id...)
	}
	return crc32.Update(dbfile.Checksum(b), dbfile.Castagnoli, fields)
}

// undatedValue is the cell that holds undated, in its lowest bit, and late.
func (c *rowCells) undatedValue() int64 {
	if c.undated {
		return c.late<<1 | 1
	}
	return c.late << 1
}

// seal puts the row's sum behind its fields, in the place of one that stands there.
func (c *rowCells) seal(fields []byte) []byte {
	if fields[0]&sumMark != 0 {
		fields = fields[:len(fields)-sumBytes]
	}
	fields[0] |= sumMark
	return binary.LittleEndian.AppendUint32(fields, c.sum(fields))
}

// verdict is what a row's sum says of it.
type verdict uint8

const (
	unsummed verdict = iota // written before there were sums
	sound
	damaged
)

// judge compares the row with the sum in its fields.
func (c *rowCells) judge(fields []byte) verdict {
	switch end := len(fields) - sumBytes; {
	case len(fields) == 0:
		return damaged
	case fields[0]&sumMark == 0:
		return unsummed
	case end < 1 || binary.LittleEndian.Uint32(fields[end:]) != c.sum(fields[:end]):
		return damaged
	}
	return sound
}

// cells gives what was scanned.
func (r *rowReader) cells(t *table) rowCells {
	f := &r.fixed
	c := rowCells{
		log: t.number, k: r.k, doc: f.doc, hash: f.hash, versions: f.versions, status: f.status,
		ingested: store.Int{N: f.ingested.Int64, Set: f.ingested.Valid}, undated: f.timeIsIngestion&1 != 0, late: f.timeIsIngestion >> 1,
	}
	for i, b := range r.blobs {
		c.ids[i] = b
	}
	return c
}

// errDamagedRow names a row that is not as it was written.
func errDamagedRow(t *table, k int64) error {
	return fmt.Errorf("%w: a sign-in of the %s log at %s is not as it was written", store.ErrDamaged, t.log, rowKey(k).Time().Format("2006-01-02T15:04:05.000000Z"))
}

// errOtherRecord says that a record is not the one that its row was made of.
var errOtherRecord = errors.New("the record is not the one that the row was made of")

// summed are the tables with sums of their own.
var summed = []dbfile.Summed{summedWords, summedDocs}

var (
	summedWords = dbfile.Summed{Table: "words", Columns: "dictionary, code, text"}
	summedDocs  = dbfile.Summed{Table: "docs", Columns: "block, received"}
)
