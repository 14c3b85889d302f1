package sqlite

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// batch is what Prepare made of some records: rows, and the records as received in compressed blocks. Words of the rows are
// coded as far as they are known.
type batch struct {
	rows    []preparedRow
	newWord map[pendingWord]int
	words   []pendingWord
	blocks  []packedBlock
	// places says where in the blocks the record of each row stands, counted over all blocks.
	places []int
	lists  []map[string]*preparedList // by column.place and store.List.AppendText
	text   []byte
}

// packedBlock is up to docsPerBlock records.
type packedBlock struct {
	storedBlock
	count int
}

// pendingWord is a text without a code yet.
type pendingWord struct {
	words *dictionary
	text  string
}

// idText is an id that is a text, for id_texts.
type idText struct {
	id   id16
	text string
}

// preparedRow is one record as a row. A value of a column of words that is negative is the place of a
// pending word: -1 is the first.
type preparedRow struct {
	table    *table
	ownTable *table // of the log that the record names; table is another one for a told copy of a row there
	// told says that a record of another kind tells it, holdsTold that one tells some of its copies: see told.go.
	told, holdsTold bool
	base            rowKey // the lowest key of its time
	id              id16   // the record's own, or the one derived of it
	ownID           id16
	blobs           [4][]byte // correlation, session, token, original request; nil where absent
	texts           []idText
	hash            int64
	ingested        store.Int // microseconds after the sign-in
	undated         bool
	status          store.Status
	values          []int64
	lists           []*preparedList // by column.listed
	long            [][]byte        // the texts that stand in rows alone, in the order of their columns
	owners          []string        // of the kind's Owners, folded
	reject          string
	// copy is a told copy as it was read. Most belong to rows that other sources have: it is merged there, and to read it back
	// took a twelfth of the import.
	copy store.Version
	// beside is the row that the told copy joins without changing it; nil where the row may change.
	beside *besideRow
}

// Prepare does the work of a batch that needs no lock; see store.Writer.
func (db *DB) Prepare(records []store.Record) (store.Batch, error) {
	b := &batch{rows: make([]preparedRow, len(records)), newWord: map[pendingWord]int{}, places: make([]int, len(records))}
	var columns, listColumns int
	for i := range records {
		if t, ok := db.schema.tables[records[i].Entry.Head().Log]; ok {
			columns += len(t.kind.columns)
			listColumns += len(t.kind.lists)
		}
	}
	room := rowRoom{make([]int64, columns), make([]*preparedList, listColumns)}
	for i := range records {
		db.prepareRow(b, &b.rows[i], records[i].Entry, &room)
		b.rows[i].hash = hashDoc(records[i].Versions[0].Doc)
		if b.rows[i].told {
			own := records[i].Versions[0]
			b.rows[i].copy = store.Version{Entry: records[i].Entry, Doc: own.Doc, Received: own.Received.Truncate(time.Microsecond)}
		}
	}
	b.pack(&docPacker{encoder: db.encoder}, records)
	return b, nil
}

// rowRoom is memory for the values and lists of several rows, of whatever kinds.
type rowRoom struct {
	values []int64
	lists  []*preparedList
}

// take gives the room of one row.
func (r *rowRoom) take(of *kindSchema) (values []int64, lists []*preparedList) {
	n, l := len(of.columns), len(of.lists)
	values, r.values = r.values[:n:n], r.values[n:]
	lists, r.lists = r.lists[:l:l], r.lists[l:]
	return values, lists
}

// roomOf makes the room of one row.
func roomOf(of *kindSchema) *rowRoom {
	return &rowRoom{make([]int64, len(of.columns)), make([]*preparedList, len(of.lists))}
}

// pack compresses the records in blocks. Records of one user or service principal stand together. They share ids, names,
// devices and policies, and so take about a quarter less than in the order of time. The records of a block were received
// together.
func (b *batch) pack(packer *docPacker, records []store.Record) {
	received := func(i int) time.Time { return records[i].Versions[0].Received }
	order := make([]int, len(records))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, c := &b.rows[i], &b.rows[j]
		return cmp.Or(received(i).Compare(received(j)), slices.Compare(a.owners, c.owners))
	})
	docs := make([][]byte, 0, docsPerBlock)
	for n, i := range order {
		b.places[i] = len(b.blocks)*docsPerBlock + len(docs)
		docs = append(docs, records[i].Versions[0].Doc)
		isLast := n == len(order)-1 || !received(order[n+1]).Equal(received(i))
		if isLast || len(docs) == docsPerBlock {
			b.blocks = append(b.blocks, packedBlock{storedBlock{packer.pack(docs), received(i).Truncate(time.Microsecond)}, len(docs)})
			docs = docs[:0]
		}
	}
}

// hashDoc tells versions of one sign-in apart: 64 bits are plenty between a handful of them.
func hashDoc(doc []byte) int64 {
	sum := sha256.Sum256(doc)
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// prepareRow codes a sign-in in room of its own or in that of its batch. It is also how a merged or re-derived sign-in becomes
// a row.
func (db *DB) prepareRow(b *batch, r *preparedRow, e store.Entry, room *rowRoom) {
	head := e.Head()
	t, ok := db.schema.tables[head.Log]
	base, inReach := keyAt(head.Time)
	switch {
	case !ok:
		r.reject = fmt.Sprintf("the log %q is not known", head.Log)
		return
	case head.Time.IsZero() || !inReach:
		r.reject = "its time is missing or too far from today to be kept"
		return
	case head.ID == "":
		r.reject = "it has no id"
		return
	}
	r.ownTable, r.told = t, head.ToldBy != ""
	r.table, r.base, r.undated, r.status = t, base, head.TimeIsIngestion, t.kind.of.StatusOf(e)
	r.values, r.lists = room.take(t.kind)
	r.owners = t.kind.owners(e)
	r.ingested = store.Int{}
	if !head.Ingested.IsZero() {
		if ingested, ok := keyAt(head.Ingested); ok {
			r.ingested = store.IntOf(int64(ingested>>12) - int64(base>>12))
		}
	}
	r.prepareIDs(e)
	for i, c := range t.kind.columns {
		r.values[i] = b.value(c, e)
	}
	for i, c := range t.kind.lists {
		r.lists[i] = b.list(c, e)
	}
	r.long = nil
	for _, c := range t.kind.texts {
		r.long = append(r.long, []byte(*c.property.Text(e)))
	}
}

// owners gives the IDs of those whose the record is, folded.
func (s *kindSchema) owners(e store.Entry) []string {
	owners := make([]string, len(s.of.Owners))
	for i, p := range s.of.Owners {
		owners[i] = strings.ToLower(*p.Text(e))
	}
	return owners
}

func (r *preparedRow) prepareIDs(e store.Entry) {
	r.blobs = [4][]byte{}
	for i := range r.table.kind.ids {
		column := &r.table.kind.ids[i]
		text := *column.property.Text(e)
		if text == "" {
			continue
		}
		id, isText := column.encode(text)
		if i == len(r.blobs) && id == r.id {
			r.blobs[i-1] = sameAsID
			continue
		}
		if isText {
			r.texts = append(r.texts, idText{id, text})
		}
		if i == 0 {
			r.id, r.ownID = id, id
		} else {
			r.blobs[i-1] = id[:]
		}
	}
}

// value gives what the column holds for the sign-in.
func (b *batch) value(c *column, e store.Entry) int64 {
	switch p := c.property; {
	case p.Int != nil:
		return valueOf(*p.Int(e))
	case p.Bool != nil:
		return int64(*p.Bool(e))
	case c.inRow:
		if *p.Text(e) != "" {
			return 1
		}
		return 0
	case c.words == nil, c.list != nil: // see column.words and batch.list
		return 0
	}
	return b.code(c.words, storedText(c.property, e))
}

// code gives the code of a text, or its place among the words to come.
func (b *batch) code(words *dictionary, text string) int64 {
	if code, ok := words.code(text); ok {
		return code
	}
	word := pendingWord{words, text}
	place, ok := b.newWord[word]
	if !ok {
		word.text = strings.Clone(text)
		place = len(b.words)
		b.newWord[word] = place
		b.words = append(b.words, word)
	}
	return -1 - int64(place)
}
