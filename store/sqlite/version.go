package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// version stores record i as another copy of the sign-in at k, and makes the row again from all its copies. A copy that is
// kept already changes nothing.
func (w *writing) version(i int, k rowKey) (kind store.OutcomeKind, reason string, err error) {
	r := &w.batch.rows[i]
	if row := r.beside; row != nil && row.table == r.table && row.k == k {
		if stands, err := w.stayBeside(i, row); stands || err != nil {
			return store.OutcomeUpdated, "", err
		}
	}
	refs, err := w.versionRefs(r.table, k)
	if err != nil {
		return store.OutcomeRejected, "", err
	}
	for _, ref := range refs {
		if ref.hash == r.hash {
			return store.OutcomeSame, "", nil
		}
	}
	refs = append(refs, versionRef{doc: w.refOf(i), hash: r.hash})
	moved, err := w.rebuild(r.table, k, r.id, refs)
	w.seen[batchID{r.table, r.id}] = moved
	return store.OutcomeUpdated, "", err
}

// rebuild makes the row at k from the given copies and says where it stands now. Where its time became another or more
// precise it moves, and its versions with it.
func (w *writing) rebuild(t *table, k rowKey, id id16, refs []versionRef) (moved rowKey, err error) {
	return w.rebuildIn(t, t, k, id, refs)
}

// rebuildIn is rebuild for a row that goes to a log from another one of its kind. Without a log that it comes from it is a new row.
func (w *writing) rebuildIn(t, from *table, k rowKey, id id16, refs []versionRef) (moved rowKey, err error) {
	versions, refs, newest, err := w.readVersions(t, id, refs)
	if err != nil {
		return 0, err
	}
	merged := t.kind.of.Merge(versions)
	var row preparedRow
	w.db.prepareRow(w.batch, &row, merged, roomOf(t.kind))
	if row.reject != "" {
		return 0, fmt.Errorf("merge a sign-in: %s", row.reject)
	}
	row.id, row.hash = id, newest.hash
	row.holdsTold = slices.ContainsFunc(versions, func(v store.Version) bool { return v.Entry.Head().ToldBy != "" })
	if from != nil {
		if err := w.takeAway(from, k); err != nil {
			return 0, err
		}
	}
	if moved, err = w.insert(&row, newest.doc, len(refs)); err != nil {
		return 0, err
	}
	if err := w.link(&row, moved); err != nil {
		return 0, err
	}
	if len(refs) < 2 {
		return moved, nil
	}
	for _, ref := range refs {
		if err := w.keepVersion(t, moved, ref); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

// keepVersion notes a copy of a row that has several.
func (w *writing) keepVersion(t *table, k rowKey, ref versionRef) error {
	if err := w.exec("INSERT INTO versions (log, k, doc, hash) VALUES (?, ?, ?, ?)", t.number, int64(k), int64(ref.doc), ref.hash); err != nil {
		return fmt.Errorf("keep a version: %w", err)
	}
	return nil
}

// takeAway takes a row away, and the list of its versions.
func (w *writing) takeAway(t *table, k rowKey) error {
	if err := w.unlink(t, k); err != nil {
		return err
	}
	if err := w.exec("DELETE FROM versions WHERE log = ? AND k = ?", t.number, int64(k)); err != nil {
		return fmt.Errorf("rewrite versions: %w", err)
	}
	return nil
}

// readVersions reads the copies in store.SortVersions' order and says which of them there are and which is the newest. A
// copy that is damaged is left out, unless it is the only one.
func (w *writing) readVersions(t *table, id id16, refs []versionRef) (versions []store.Version, read []versionRef, newest versionRef, err error) {
	byHash := map[int64]versionRef{}
	var damage error
	for _, ref := range refs {
		version, err := w.readVersion(t, id, &ref)
		switch {
		case errors.Is(err, store.ErrDamaged):
			w.db.log.Warn("a copy of a sign-in is damaged", "log", t.log, "id", id.guid(), "error", err)
			damage = err
			continue
		case err != nil:
			return nil, nil, versionRef{}, err
		}
		byHash[ref.hash] = ref
		versions, read = append(versions, version), append(read, ref)
	}
	if len(versions) == 0 {
		return nil, nil, versionRef{}, fmt.Errorf("the records of sign-in %s: %w", id.guid(), damage)
	}
	t.kind.of.SortVersions(versions)
	return versions, read, byHash[hashDoc(versions[len(versions)-1].Doc)], nil
}

// readVersion reads one copy. What cannot be read whatever is tried is store.ErrDamaged.
func (w *writing) readVersion(t *table, id id16, ref *versionRef) (store.Version, error) {
	if own, ok := w.toldCopy(t, id, ref.doc); ok {
		return own, nil
	}
	if ahead, ok := w.ahead[ref.doc]; ok {
		if version, err := w.db.copyOf(ahead.doc, ahead.received, t.log, id, ref); err == nil {
			return version, nil
		}
	}
	block, err := w.block(ref.doc.block())
	if errors.Is(err, errDamagedBlock) || errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	if err != nil {
		return store.Version{}, err
	}
	doc, err := docAt(block.plain, ref.doc.position())
	if err == nil {
		var version store.Version
		if version, err = w.db.copyOf(doc, block.received, t.log, id, ref); err == nil {
			return version, nil
		}
	}
	return store.Version{}, fmt.Errorf("%w: %w", store.ErrDamaged, err)
}

// toldCopy gives a told copy of the batch as it was read.
func (w *writing) toldCopy(t *table, id id16, doc docRef) (store.Version, bool) {
	i, ok := w.toldAt[doc]
	if !ok {
		return store.Version{}, false
	}
	own := w.batch.rows[i].copy
	own.Entry = own.Entry.Clone()
	head := own.Entry.Head()
	if head.Log = t.log; !id.isHash() {
		head.ID = id.guid()
	}
	own.Entry.SetHead(head)
	return own, true
}

// maxUnpacked is how many bytes of unpacked blocks a transaction keeps. A batch of later copies comes back to the same few
// blocks again and again.
const maxUnpacked = 32 << 20

// plainBlock is an unpacked block.
type plainBlock struct {
	plain    []byte
	received time.Time
}

// block reads a block of records of the store or of the batch under way.
func (w *writing) block(number int64) (plainBlock, error) {
	if b, ok := w.unpacked[number]; ok {
		return b, nil
	}
	var stored storedBlock
	if place := number - w.firstBlock; place >= 0 && place < int64(len(w.batch.blocks)) {
		stored = w.batch.blocks[place].storedBlock
	} else {
		var err error
		if stored, err = readBlock(w.ctx, w.tx, number); err != nil {
			return plainBlock{}, err
		}
	}
	plain, err := unpackBlock(w.db.decoder, stored.packed)
	if err != nil {
		return plainBlock{}, err
	}
	if w.unpackedBytes += len(plain); w.unpacked == nil || w.unpackedBytes > maxUnpacked {
		w.unpacked, w.unpackedBytes = map[int64]plainBlock{}, len(plain)
	}
	b := plainBlock{plain, stored.received}
	w.unpacked[number] = b
	return b, nil
}

// writeBlocks writes the blocks with kept records, without the records that are not kept.
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
			own, err := w.block(w.firstBlock + int64(place))
			for i, k := range kept {
				if k && err == nil {
					docs[i], err = docAt(own.plain, i)
				}
			}
			if err != nil {
				return err
			}
			packed = packer.pack(docs)
		}
		if err := w.exec("INSERT INTO docs (block, z, received, sum) VALUES (?, ?, ?, ?)", w.firstBlock+int64(place), packed, receivedValue(block.received),
			dbfile.SumOf(w.firstBlock+int64(place), receivedValue(block.received))); err != nil {
			return fmt.Errorf("write records as received: %w", err)
		}
	}
	return nil
}
