package sqlite

import (
	"maps"
	"slices"
	"time"
)

// A batch may hold later copies of stored rows. To merge a copy, the import needs the row's stored record, which stands in a block with
// many others. Unpacking a block is slow. So before it writes the first row, a batch unpacks each block that it needs once, and keeps
// the records that it needs again.

// maxAhead limits the bytes of records that a transaction reads ahead. It unpacks the blocks of further records when it needs them.
const maxAhead = 32 << 20

// aheadDoc is a record that was read ahead.
type aheadDoc struct {
	doc      []byte
	received time.Time
}

// lookAhead reads the stored copies of the rows that the batch will make again. It passes over what it cannot read: readVersion reads
// it again, and tells the damage.
func (w *writing) lookAhead() error {
	wanted := map[int64][]docRef{} // by block
	for i := range w.batch.rows {
		r := &w.batch.rows[i]
		if r.reject != "" {
			continue
		}
		refs, err := w.storedCopies(r)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(refs, func(ref versionRef) bool { return ref.hash == r.hash }) {
			continue // nothing changes
		}
		for _, ref := range refs {
			wanted[ref.doc.block()] = append(wanted[ref.doc.block()], ref.doc)
		}
	}
	w.ahead = map[docRef]aheadDoc{}
	var plain []byte
	size := 0
	for _, number := range slices.Sorted(maps.Keys(wanted)) {
		stored, err := readBlock(w.ctx, w.tx, number)
		if err != nil {
			continue
		}
		if plain, err = w.db.decoder.DecodeAll(stored.packed, plain[:0]); err != nil {
			continue
		}
		for _, ref := range wanted[number] {
			doc, err := docAt(plain, ref.position())
			if err != nil {
				continue
			}
			if size += len(doc); size > maxAhead {
				return nil
			}
			w.ahead[ref] = aheadDoc{doc, stored.received}
		}
	}
	return nil
}

// storedCopies gives the copies of the row with a record's ID; none where the record does not change the row. It looks in the log of
// the record first. It looks in the other logs of the kind for a told record, and where these logs have told copies.
func (w *writing) storedCopies(r *preparedRow) ([]versionRef, error) {
	refs, found, err := w.copiesIn(r.ownTable, r)
	for _, t := range r.ownTable.siblings {
		if found || err != nil {
			break
		}
		tells := r.told
		if !tells {
			if tells, err = w.toldIn(t); err != nil {
				return nil, err
			}
		}
		if tells {
			refs, found, err = w.copiesIn(t, r)
		}
	}
	return refs, err
}

// copiesIn gives the copies of the row of a log that has a record's ID; none of a row that stays as it is.
func (w *writing) copiesIn(t *table, r *preparedRow) (refs []versionRef, found bool, err error) {
	r.id, r.table = r.ownID, t
	k, found, err := w.find(r)
	if !found || err != nil {
		return nil, false, err
	}
	w.seen[batchID{t, r.id}] = k
	if r.told {
		if r.beside, err = w.besideOf(t, k, r); r.beside != nil || err != nil {
			return nil, true, err
		}
	}
	refs, err = w.versionRefs(t, k)
	return refs, true, err
}
