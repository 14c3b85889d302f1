package sqlite

import (
	"fmt"

	"signpost/store"
)

// version stores record i as another copy of the sign-in at k, unless an equal one is kept already, and
// makes the row anew from all its copies.
func (w *writing) version(i int, k store.Key) (store.OutcomeKind, error) {
	r := &w.batch.rows[i]
	refs, err := versionRefs(w.ctx, w.tx, r.table, k)
	if err != nil {
		return store.OutcomeRejected, err
	}
	for _, ref := range refs {
		if ref.hash == r.hash {
			return store.OutcomeSame, nil
		}
	}
	refs = append(refs, versionRef{doc: w.refOf(i), hash: r.hash})
	return store.OutcomeUpdated, w.rebuild(r.table, k, r.id, refs)
}

// rebuild makes the row at k anew from the given copies. Its time may have become more precise: then it
// moves, and its versions with it.
func (w *writing) rebuild(t *table, k store.Key, id id16, refs []versionRef) error {
	versions, newest, err := w.readVersions(t, id, refs)
	if err != nil {
		return err
	}
	merged := store.Merge(versions)
	var row preparedRow
	w.db.prepareRow(w.batch, &row, &merged, make([]int64, len(w.db.schema.columns)))
	if row.reject != "" {
		return fmt.Errorf("merge a sign-in: %s", row.reject)
	}
	row.id, row.hash = id, newest.hash
	if err := w.unlink(t, k); err != nil {
		return err
	}
	moved, err := w.insert(&row, newest.doc, len(refs))
	if err != nil {
		return err
	}
	if err := w.link(&row, moved); err != nil {
		return err
	}
	if err := w.exec("DELETE FROM versions WHERE log = ? AND k = ?", t.index, int64(k)); err != nil {
		return fmt.Errorf("rewrite versions: %w", err)
	}
	if len(refs) < 2 {
		return nil
	}
	for _, ref := range refs {
		if err := w.exec("INSERT INTO versions (log, k, doc, hash) VALUES (?, ?, ?, ?)", t.index, int64(moved), int64(ref.doc), ref.hash); err != nil {
			return fmt.Errorf("keep a version: %w", err)
		}
	}
	return nil
}

// readVersions reads the copies in store.SortVersions' order and says which is the newest.
func (w *writing) readVersions(t *table, id id16, refs []versionRef) ([]store.Version, versionRef, error) {
	byHash := map[int64]versionRef{}
	var name string // an id that is a text stands in the record itself
	if !id.isHash() {
		name = id.guid()
	}
	versions := make([]store.Version, 0, len(refs))
	for _, ref := range refs {
		doc, err := w.readDoc(ref.doc)
		if err != nil {
			return nil, versionRef{}, err
		}
		version, err := w.db.version(doc, t.log, name)
		if err != nil {
			return nil, versionRef{}, err
		}
		byHash[ref.hash] = ref
		versions = append(versions, version)
	}
	store.SortVersions(versions)
	return versions, byHash[hashDoc(versions[len(versions)-1].Doc)], nil
}

// maxUnpacked is how many bytes of unpacked blocks a transaction keeps: a batch of later copies comes back to
// the same few blocks again and again.
const maxUnpacked = 32 << 20

// readDoc reads a record of the store or of the batch under way.
func (w *writing) readDoc(ref docRef) ([]byte, error) {
	plain, err := w.block(ref.block())
	if err != nil {
		return nil, err
	}
	return docAt(plain, ref.position())
}

func (w *writing) block(block int64) (plain []byte, err error) {
	if plain, ok := w.unpacked[block]; ok {
		return plain, nil
	}
	if place := block - w.firstBlock; place >= 0 && place < int64(len(w.batch.blocks)) {
		plain, err = unpackBlock(w.db.decoder, w.batch.blocks[place].packed)
	} else {
		plain, err = w.db.readBlock(w.ctx, w.tx, block)
	}
	if err != nil {
		return nil, err
	}
	if w.unpackedBytes += len(plain); w.unpacked == nil || w.unpackedBytes > maxUnpacked {
		w.unpacked, w.unpackedBytes = map[int64][]byte{}, len(plain)
	}
	w.unpacked[block] = plain
	return plain, nil
}

// writeBlocks writes the blocks of which a record is kept, without the records that are not.
func (w *writing) writeBlocks() error {
	packer := docPacker{encoder: w.db.encoder}
	for place, block := range w.batch.blocks {
		kept := w.kept[place*docsPerBlock : place*docsPerBlock+block.count]
		some, all := false, true
		for _, k := range kept {
			some, all = some || k, all && k
		}
		if !some {
			continue
		}
		packed := block.packed
		if !all {
			docs := make([][]byte, block.count)
			plain, err := w.block(w.firstBlock + int64(place))
			for i, k := range kept {
				if k && err == nil {
					docs[i], err = docAt(plain, i)
				}
			}
			if err != nil {
				return err
			}
			packed = packer.pack(docs)
		}
		if err := w.exec("INSERT INTO docs (block, z) VALUES (?, ?)", w.firstBlock+int64(place), packed); err != nil {
			return fmt.Errorf("write records as received: %w", err)
		}
	}
	return nil
}
