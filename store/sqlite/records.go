package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"signpost/store"
)

// Records gives one page of a log's sign-ins whole; see store.Store. A page reads and unpacks each block of records once,
// so its cost a row falls with its length. The records of one commit lie sorted by user: the newest thousands of them are
// spread over all its blocks.
func (db *DB) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	var page store.RecordPage
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return page, err
	}
	err = db.read(ctx, func(v *view) error {
		p, err := v.plan(ctx, &asked)
		if err != nil {
			return err
		}
		keys, next, _, err := v.pageKeys(ctx, asked, p, q.ListQuery)
		if err != nil {
			return err
		}
		rows, lines := len(keys), keys
		if q.Folded && asked.lines {
			if keys, err = v.withFolded(ctx, keys); err != nil {
				return err
			}
		}
		records, err := v.records(ctx, asked.table, keys, q.AsReceived, newWeight(q.Bytes, keys, lines))
		if err != nil {
			return err
		}
		if len(records) < len(keys) {
			last := keys[len(records)-1]
			rows, next = slices.Index(lines, last)+1, last.cursor()
		}
		page = store.RecordPage{Records: records, Next: next, Rows: rows, Complete: v.complete(asked)}
		return nil
	})
	return page, err
}

// withFolded puts the events of each line before it, the oldest first.
func (v *view) withFolded(ctx context.Context, lines []rowKey) ([]rowKey, error) {
	found, err := v.tx.QueryContext(ctx, "SELECT line, k FROM folded WHERE line IN (SELECT value FROM json_each(?)) ORDER BY line, k", jsonList(lines))
	if err != nil {
		return nil, fmt.Errorf("read the events of lines: %w", err)
	}
	defer found.Close()
	folded := map[rowKey][]rowKey{}
	for found.Next() {
		var line, k rowKey
		if err := found.Scan(&line, &k); err != nil {
			return nil, err
		}
		folded[line] = append(folded[line], k)
	}
	keys := make([]rowKey, 0, len(lines))
	for _, line := range lines {
		keys = append(append(keys, folded[line]...), line)
	}
	return keys, found.Err()
}

// wantedDoc is a record as received that is to be read: the copy of one of the page's sign-ins.
type wantedDoc struct {
	ref             docRef
	hash            int64
	record, version int
}

// records reads the sign-ins of some keys whole, in their order: as many of the first as the weight allows. Every key must be
// there. For asReceived see store.RecordsQuery; nil for none.
func (v *view) records(ctx context.Context, t *table, keys []rowKey, asReceived func([]byte, store.Log, string) ([]byte, bool), weight *weight) ([]store.Record, error) {
	records := make([]store.Record, len(keys))
	places := make(map[rowKey]int, len(keys))
	for i, k := range keys {
		places[k], records[i].Key = i, k.outside()
	}
	wanted, ids, err := v.wantedDocs(ctx, t, keys, places, records)
	if err != nil {
		return nil, fmt.Errorf("read %s sign-ins: %w", t.log, err)
	}
	for i := range records {
		if records[i].Versions == nil {
			return nil, fmt.Errorf("the %s log has no row %s", t.log, keys[i])
		}
	}
	err = v.readDocs(ctx, wanted, func(doc []byte, received time.Time, w wantedDoc) (err error) {
		if !weight.allows(w.record) {
			return nil
		}
		r, id := &records[w.record], ids[w.record]
		if hashDoc(doc) != w.hash {
			return fmt.Errorf("%w: %w", errDamagedRow(t, int64(keys[w.record])), errOtherRecord)
		}
		if asReceived != nil && len(r.Versions) == 1 && id != "" {
			if instead, ok := asReceived(doc, t.log, id); ok {
				weight.keep(records, w, len(doc), store.Version{Entry: t.kind.of.NewOf(store.Head{Log: t.log, ID: id}), Doc: instead}, true)
				return nil
			}
		}
		version, err := v.db.version(doc, received, t.log, id)
		if err == nil {
			weight.keep(records, w, len(doc), version, false)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s sign-ins: %w", t.log, err)
	}
	records = records[:weight.count(len(records))]
	for i := range records {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r := &records[i]
		t.kind.of.SortVersions(r.Versions)
		r.Entry = t.kind.of.Merge(r.Versions)
	}
	return records, nil
}

// wantedDocs says which copies the sign-ins have, and makes room for them. An id is empty where it is a text: the
// records hold that themselves.
func (v *view) wantedDocs(ctx context.Context, t *table, keys []rowKey, places map[rowKey]int, records []store.Record) (wanted []wantedDoc, ids []string, err error) {
	ids = make([]string, len(records))
	var several []rowKey
	found, err := v.tx.QueryContext(ctx, "SELECT "+rowColumns+" FROM "+t.name+" WHERE k IN (SELECT value FROM json_each(?))", jsonList(keys))
	if err != nil {
		return nil, nil, err
	}
	defer found.Close()
	reader := newRowReader(t.kind)
	for found.Next() {
		err := reader.scan(found)
		if err == nil && reader.judge(t) == damaged || errors.Is(err, errDamagedFields) {
			return nil, nil, errDamagedRow(t, reader.k)
		}
		if err != nil {
			return nil, nil, err
		}
		k := rowKey(reader.k)
		i := places[k]
		if id, ok := blobID(reader.blobs[0]); ok && !id.isHash() {
			ids[i] = id.guid()
		}
		if reader.fixed.versions > 1 {
			several = append(several, k)
			continue
		}
		records[i].Versions = make([]store.Version, 1)
		wanted = append(wanted, wantedDoc{ref: docRef(reader.fixed.doc), hash: reader.fixed.hash, record: i})
	}
	if err := found.Err(); err != nil || len(several) == 0 {
		return wanted, ids, err
	}
	copies, err := v.tx.QueryContext(ctx, "SELECT k, doc, hash FROM versions WHERE log = ? AND k IN (SELECT value FROM json_each(?))", t.number, jsonList(several))
	if err != nil {
		return nil, nil, err
	}
	defer copies.Close()
	for copies.Next() {
		var k rowKey
		var ref docRef
		var hash int64
		if err := copies.Scan(&k, &ref, &hash); err != nil {
			return nil, nil, err
		}
		r := &records[places[k]]
		wanted = append(wanted, wantedDoc{ref: ref, hash: hash, record: places[k], version: len(r.Versions)})
		r.Versions = append(r.Versions, store.Version{})
	}
	return wanted, ids, copies.Err()
}

// plainBlocks are buffers for unpacked blocks.
var plainBlocks = sync.Pool{New: func() any { return new([]byte) }}

// readDocs reads records as received, block by block. While one is read from the file, others are unpacked and given to
// use. It is called from several goroutines.
func (v *view) readDocs(ctx context.Context, wanted []wantedDoc, use docUser) error {
	slices.SortFunc(wanted, func(a, b wantedDoc) int { return cmp.Compare(a.ref, b.ref) })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	read := func() error {
		for len(wanted) > 0 {
			n := 1
			for n < len(wanted) && wanted[n].ref.block() == wanted[0].ref.block() {
				n++
			}
			of := wanted[:n]
			wanted = wanted[n:]
			block, err := readBlock(ctx, v.tx, of[0].ref.block())
			if err != nil {
				return err
			}
			group.Go(store.Caught(func() error {
				return v.turn(ctx, func() error { return v.db.useDocs(ctx, block, of, use) })
			}))
		}
		return nil
	}
	err := read()
	if unpackErr := group.Wait(); unpackErr != nil {
		return unpackErr // what made the reading end too
	}
	return err
}

// docUser takes a record as received and when that was.
type docUser func(doc []byte, received time.Time, w wantedDoc) error

// useDocs unpacks a block and gives the records of it that are wanted, which stand in its order.
func (db *DB) useDocs(ctx context.Context, block storedBlock, wanted []wantedDoc, use docUser) error {
	buffer := plainBlocks.Get().(*[]byte)
	defer plainBlocks.Put(buffer)
	plain, err := db.decoder.DecodeAll(block.packed, (*buffer)[:0])
	if err != nil {
		return fmt.Errorf("%w: %w", errDamagedBlock, err)
	}
	*buffer = plain
	for position := 0; len(wanted) > 0; position++ {
		n, size := binary.Uvarint(plain)
		if size <= 0 || n > uint64(len(plain)-size) {
			return errDamagedBlock
		}
		doc := plain[size : size+int(n)]
		plain = plain[size+int(n):]
		for len(wanted) > 0 && wanted[0].ref.position() == position {
			if err := ctx.Err(); err != nil {
				return err // a block of large records takes long to read
			}
			if err := use(bytes.Clone(doc), block.received, wanted[0]); err != nil {
				return err
			}
			wanted = wanted[1:]
		}
	}
	return nil
}
