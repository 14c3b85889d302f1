package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"signpost/store"
	"signpost/store/dbfile"
)

// dictionary is the words of the columns of one name: code <-> text. Code 0 is the empty text. It is safe for many
// readers; words are added by words.refresh only, from what a committed transaction wrote.
type dictionary struct {
	name string

	mu    sync.RWMutex
	texts []string       // by code
	bad   map[int64]bool // codes of texts that are not as they were written; nil for none
	codes map[string]int64
	// others are the codes of texts that fold to another one, by that; nil for items of lists, which are asked for by their
	// parts. Most texts, as addresses and IDs, are folded as they are: codes has them.
	others map[string][]int64
}

func newItemDictionary(name string) *dictionary {
	return &dictionary{name: name, texts: []string{""}, codes: map[string]int64{"": 0}}
}

// code gives the code of a text; ok is false where it has none yet.
func (d *dictionary) code(text string) (code int64, ok bool) {
	if text == "" {
		return 0, true
	}
	d.mu.RLock()
	code, ok = d.codes[text]
	d.mu.RUnlock()
	return code, ok
}

// text gives the text of a code; empty for a code that is not known.
func (d *dictionary) text(code int64) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if code < 0 || code >= int64(len(d.texts)) {
		return ""
	}
	return d.texts[code]
}

// all gives every text but the empty one.
func (d *dictionary) all() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.texts[1:])
}

// next gives the code the next new word gets.
func (d *dictionary) next() int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return int64(len(d.texts))
}

// appendFolded appends the codes of the texts that fold to a folded one.
func (d *dictionary) appendFolded(codes []int64, folded string) []int64 {
	if code, ok := d.codes[folded]; ok && code != 0 && d.others != nil {
		codes = append(codes, code)
	}
	return append(codes, d.others[folded]...)
}

// anyOf gives the codes of the texts that are any of the wanted ones, by the index over folded texts.
func (d *dictionary) anyOf(wants []string) []int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var codes []int64
	for _, want := range wants {
		if !isStandIn(want) { // no text of a record, see storedText
			codes = d.appendFolded(codes, store.FoldCase(want))
		}
	}
	return codes
}

// looksEach is after how many words or objects a loop over all of them looks whether its question was given up.
const looksEach = 4096

// matching gives the codes of the texts that pass the test; the empty text is never asked. When the context ends it leaves
// off: no plan and no answer comes of such a question, see view.plan and DB.read.
func (d *dictionary) matching(ctx context.Context, test func(text string) bool) []int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var codes []int64
	for code, text := range d.texts[1:] {
		if code%looksEach == 0 && ctx.Err() != nil {
			break
		}
		if test(text) {
			codes = append(codes, int64(code)+1)
		}
	}
	return codes
}

func (d *dictionary) add(code int64, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for int64(len(d.texts)) <= code {
		d.texts = append(d.texts, "")
	}
	d.texts[code] = text
	d.codes[text] = code
	if d.others != nil {
		if folded := store.FoldCase(text); folded != text {
			d.others[folded] = append(d.others[folded], code)
		}
	}
}

// addBad notes that a code has a text that is not to be trusted. It is no word of the dictionary any more: the next record
// with the right text gets another code.
func (d *dictionary) addBad(code int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for int64(len(d.texts)) <= code {
		d.texts = append(d.texts, "")
	}
	if d.bad == nil {
		d.bad = map[int64]bool{}
	}
	d.bad[code] = true
}

// isBad says that a code has a text that is not to be trusted.
func (d *dictionary) isBad(code int64) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.bad[code]
}

// words is all dictionaries of a store, kept fresh with the table words: any process may have added to it.
type words struct {
	dictionaries map[string]*dictionary

	mu   sync.Mutex // held while reading new words
	last int64      // the n of the newest word read
	// unsummed are words that were written before there were sums; see sumWords.
	unsummed []unsummedWord
	damaged  atomic.Bool // some dictionary has a bad text
}

// unsummedWord is a word without a sum.
type unsummedWord struct {
	n, code          int64
	dictionary, text string
}

func newWords(s *schema) *words {
	return &words{dictionaries: s.dictionaries}
}

// refresh reads the words that were committed since the last look. Called inside the transaction that
// then reads rows, it knows every code those rows hold.
func (w *words) refresh(ctx context.Context, q dbfile.Querier) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rows, err := q.QueryContext(ctx, "SELECT n, dictionary, code, text, sum FROM words WHERE n > ? ORDER BY n", w.last)
	if err != nil {
		return fmt.Errorf("read new words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, code int64
		var name, text string
		var sum sql.NullInt64
		if err := rows.Scan(&n, &name, &code, &text, &sum); err != nil {
			return fmt.Errorf("read a new word: %w", err)
		}
		w.last = n
		d, ok := w.dictionaries[name]
		switch {
		case !ok:
			continue // of a newer version of the program
		case !sum.Valid:
			w.unsummed = append(w.unsummed, unsummedWord{n, code, name, text})
		case sum.Int64 != dbfile.SumOf(name, code, text):
			d.addBad(code)
			w.damaged.Store(true)
			continue
		}
		d.add(code, text)
	}
	return rows.Err()
}

// damagedIn names the column in which the row that was scanned has a text that is not to be trusted.
func (w *words) damagedIn(r *rowReader) (column string, is bool) {
	if !w.damaged.Load() {
		return "", false
	}
	for i, c := range r.kind.columns {
		if c.words != nil && c.list == nil && c.words.isBad(r.values[i]) {
			return c.name, true
		}
	}
	return "", false
}

// sumsAtOnce is how many words get their sums in one transaction.
const sumsAtOnce = 5000

// sumWords gives words that were written before there were sums theirs, some at a time.
func (db *DB) sumWords(ctx context.Context) error {
	db.words.mu.Lock()
	some := db.words.unsummed[:min(sumsAtOnce, len(db.words.unsummed))]
	db.words.mu.Unlock()
	if len(some) == 0 {
		return nil
	}
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	s, err := tx.PrepareContext(ctx, "UPDATE words SET sum = ? WHERE n = ? AND dictionary = ? AND code = ? AND text = ?")
	if err != nil {
		return err
	}
	defer s.Close()
	for _, word := range some {
		if _, err := s.ExecContext(ctx, dbfile.SumOf(word.dictionary, word.code, word.text), word.n, word.dictionary, word.code, word.text); err != nil {
			return fmt.Errorf("give a word its sum: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	db.words.mu.Lock()
	defer db.words.mu.Unlock()
	db.words.unsummed = db.words.unsummed[len(some):]
	return nil
}
