package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"signpost/store"
)

// dictionary is the words of one column: code <-> text. Code 0 is the empty text. It is safe for many
// readers; words are added by words.refresh only, from what a committed transaction wrote.
type dictionary struct {
	name string

	mu    sync.RWMutex
	texts []string // by code
	codes map[string]int64
	// others are the codes of texts that fold to another one, by that; nil for items of lists, which are asked for by their
	// parts. Most texts, as addresses and IDs, are folded as they are: codes has them.
	others map[string][]int64
}

func newDictionary(name string) *dictionary {
	d := newItemDictionary(name)
	d.others = map[string][]int64{}
	return d
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

// equal gives the codes whose text equals the wanted one without regard to case.
func (d *dictionary) equal(want string) []int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.appendFolded(nil, store.FoldCase(want))
}

// appendFolded appends the codes of the texts that fold to a folded one.
func (d *dictionary) appendFolded(codes []int64, folded string) []int64 {
	if code, ok := d.codes[folded]; ok && code != 0 && d.others != nil {
		codes = append(codes, code)
	}
	return append(codes, d.others[folded]...)
}

// anyOf gives the codes whose text is any of the wanted ones, by the index over folded texts.
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

// matching gives the codes whose text passes the test; the empty text is never asked.
func (d *dictionary) matching(test func(text string) bool) []int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var codes []int64
	for code, text := range d.texts[1:] {
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

// words is all dictionaries of a store, kept fresh with the table words: any process may have added to it.
type words struct {
	dictionaries map[string]*dictionary

	mu   sync.Mutex // held while reading new words
	last int64      // the n of the newest word read
}

func newWords(s *schema) *words {
	w := &words{dictionaries: map[string]*dictionary{}}
	for _, c := range s.dictionaries() {
		w.dictionaries[c.name] = c.words
	}
	return w
}

// querier is what sql.Tx and sql.DB have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// refresh reads the words that were committed since the last look. Called inside the transaction that
// then reads rows, it knows every code those rows hold.
func (w *words) refresh(ctx context.Context, q querier) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rows, err := q.QueryContext(ctx, "SELECT n, dictionary, code, text FROM words WHERE n > ? ORDER BY n", w.last)
	if err != nil {
		return fmt.Errorf("read new words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, code int64
		var name, text string
		if err := rows.Scan(&n, &name, &code, &text); err != nil {
			return fmt.Errorf("read a new word: %w", err)
		}
		if d, ok := w.dictionaries[name]; ok {
			d.add(code, text)
		}
		w.last = n
	}
	return rows.Err()
}
