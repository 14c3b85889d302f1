package sqlite

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"signpost/store"
)

// absent stands for NULL among a prepared row's values; no code and no number of a record is it.
const absent = math.MinInt64

// batch is what Prepare made of some records: rows whose words are coded as far as they are known, and
// the records as received in compressed blocks.
type batch struct {
	rows    []preparedRow
	newWord map[pendingWord]int
	words   []pendingWord
	blocks  []packedBlock
	seen    map[batchID]struct{} // ids met so far
}

// packedBlock is up to docsPerBlock records: compressed, and their sizes to take it apart again.
type packedBlock struct {
	packed []byte
	count  int
}

// pendingWord is a text without a code yet.
type pendingWord struct {
	column *column
	text   string
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
	base     store.Key // the lowest key of its time
	id       id16
	blobs    [4][]byte // correlation, session, token, original request; nil where absent
	texts    []idText
	hash     int64
	ingested int64
	undated  bool
	status   store.Status
	values   []int64
	userID   string // folded, for conflicts
	spID     string
	reject   string
}

// Prepare does the work of a batch that needs no lock; see store.Writer.
func (db *DB) Prepare(records []store.Record) (store.Batch, error) {
	encoder, err := newEncoder()
	if err != nil {
		return nil, fmt.Errorf("start compressing: %w", err)
	}
	defer encoder.Close()
	b := &batch{rows: make([]preparedRow, len(records)), newWord: map[pendingWord]int{}}
	values := make([]int64, len(records)*len(db.schema.columns))
	var docs [][]byte
	var scratch []byte
	pack := func() {
		var packed []byte
		packed, scratch = packDocs(encoder, scratch, docs)
		b.blocks = append(b.blocks, packedBlock{packed: packed, count: len(docs)})
		docs = docs[:0]
	}
	for i := range records {
		n := len(db.schema.columns)
		version := &records[i].Versions[0]
		db.prepareRow(b, &b.rows[i], &records[i].SignIn, values[i*n:(i+1)*n])
		b.rows[i].hash = hashDoc(version.Doc)
		if docs = append(docs, version.Doc); len(docs) == docsPerBlock {
			pack()
		}
	}
	if len(docs) > 0 {
		pack()
	}
	return b, nil
}

// hashDoc tells versions of one sign-in apart: 64 bits are plenty between a handful of them.
func hashDoc(doc []byte) int64 {
	sum := sha256.Sum256(doc)
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// prepareRow codes a sign-in. It is also how a merged or re-derived sign-in becomes a row.
func (db *DB) prepareRow(b *batch, r *preparedRow, s *store.SignIn, values []int64) {
	t, ok := db.schema.tables[s.Log]
	base, inReach := store.KeyAt(s.Time)
	switch {
	case !ok:
		r.reject = fmt.Sprintf("the log %q is not known", s.Log)
		return
	case s.Time.IsZero() || !inReach:
		r.reject = "its time is missing or too far from today to be kept"
		return
	case s.ID == "":
		r.reject = "it has no id"
		return
	}
	r.table, r.base, r.undated, r.status, r.values = t, base, s.TimeIsIngestion, s.Status(), values
	r.userID, r.spID = strings.ToLower(s.UserID), strings.ToLower(s.ServicePrincipalID)
	r.ingested = absent
	if !s.Ingested.IsZero() {
		if ingested, ok := store.KeyAt(s.Ingested); ok {
			r.ingested = int64(ingested>>12) - int64(base>>12)
		}
	}
	r.prepareIDs(s)
	for i, c := range db.schema.columns {
		values[i] = b.value(c, s)
	}
}

func (r *preparedRow) prepareIDs(s *store.SignIn) {
	encode := func(text string, encoding func(string) (id16, bool)) []byte {
		if text == "" {
			return nil
		}
		id, isText := encoding(text)
		if isText {
			r.texts = append(r.texts, idText{id, text})
		}
		return id[:]
	}
	copy(r.id[:], encode(s.ID, encodeGUID))
	r.blobs[0] = encode(s.CorrelationID, encodeGUID)
	r.blobs[1] = encode(s.SessionID, encodeGUID)
	r.blobs[2] = encode(s.UniqueTokenIdentifier, encodeToken)
	if strings.EqualFold(s.OriginalRequestID, s.ID) {
		r.blobs[3] = sameAsID
	} else {
		r.blobs[3] = encode(s.OriginalRequestID, encodeGUID)
	}
}

// value gives what the column holds for the sign-in.
func (b *batch) value(c *column, s *store.SignIn) int64 {
	switch p := c.property; {
	case p.Int != nil:
		if n := *p.Int(s); n.Set {
			return n.N
		}
		return absent
	case p.Bool != nil:
		return int64(*p.Bool(s))
	}
	text := storedText(c.property, s)
	if code, ok := c.words.code(text); ok {
		return code
	}
	word := pendingWord{c, text}
	place, ok := b.newWord[word]
	if !ok {
		word.text = strings.Clone(text)
		place = len(b.words)
		b.newWord[word] = place
		b.words = append(b.words, word)
	}
	return -1 - int64(place)
}
