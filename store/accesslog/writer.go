package accesslog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

// maxBatch bounds how many records share a commit.
const maxBatch = 256

// backAtMost is how far the clock may be behind the newest record and the next one still gets a later time. Where it is further
// behind, somebody set it back, and the record says what the clock says.
const backAtMost = 2 * time.Second

// waiting is a record that waits for its commit.
type waiting struct {
	document []byte
	done     chan error // of one
	// These are set before done says that the record is on disk.
	number         int64
	time           time.Time
	previous, hash string
}

// Append writes a record, and returns once it is on disk. It gives the record its ID, number, time and hashes. An error says that
// the record is not kept, or that nobody knows: what it is about must then not be shown. That of a disk without room is
// store.ErrDiskFull.
func (l *Log) Append(ctx context.Context, r *access.Record) error {
	if err := check(r); err != nil {
		return err
	}
	doc, err := r.Document()
	if err != nil {
		return err
	}
	w := &waiting{document: doc, done: make(chan error, 1)}
	select {
	case l.queue <- w:
	case <-l.stop:
		return errClosed
	case <-ctx.Done():
		return dbfile.StoreError(ctx, ctx.Err())
	}
	select {
	case err = <-w.done:
	case <-l.ended:
		select {
		case err = <-w.done:
		default: // it came too late
			err = errClosed
		}
	case <-ctx.Done():
		err = dbfile.StoreError(ctx, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("write to the access log: %w", err)
	}
	r.Number, r.PreviousHash, r.Hash = store.IntOf(w.number), w.previous, w.hash
	r.SetHead(store.Head{Log: access.Log, ID: access.IDOf(w.hash), Time: w.time})
	return nil
}

// write commits what waits, until the log is closed.
func (l *Log) write() {
	defer close(l.ended)
	for {
		select {
		case first := <-l.queue:
			l.commit(l.drain(first))
		case <-l.stop:
			for {
				select {
				case first := <-l.queue:
					l.commit(l.drain(first))
				default:
					return
				}
			}
		}
	}
}

// drain takes what waits at this moment.
func (l *Log) drain(first *waiting) []*waiting {
	batch := []*waiting{first}
	for len(batch) < maxBatch {
		select {
		case w := <-l.queue:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit writes a batch in one transaction, and tells those who wait.
func (l *Log) commit(batch []*waiting) {
	l.writing.Lock()
	defer l.writing.Unlock()
	ctx := context.Background()
	err := l.openKept(ctx)
	var head access.Head
	if err == nil {
		head, err = l.transaction(ctx, func(tx *sql.Tx) (access.Head, error) { return l.insert(ctx, tx, batch) })
	}
	if err == nil {
		l.lost = access.Head{}
		l.committed(head)
	}
	for _, w := range batch {
		w.done <- err
	}
}

// committed tells of a newer head.
func (l *Log) committed(head access.Head) {
	l.mu.Lock()
	l.newest = head
	l.commits++
	close(l.appended)
	l.appended = make(chan struct{})
	l.mu.Unlock()
	select {
	case l.dirty <- struct{}{}:
	default: // it is known already
	}
}

// transaction runs a change. While the disk is full it lets go of the room that the log may use, bit by bit.
func (l *Log) transaction(ctx context.Context, change func(tx *sql.Tx) (access.Head, error)) (head access.Head, err error) {
	for {
		head, err = l.transactionOnce(ctx, change)
		if !errors.Is(err, store.ErrDiskFull) || l.part.Refuse() != nil || !l.part.Lend() {
			return head, err
		}
	}
}

func (l *Log) transactionOnce(ctx context.Context, change func(tx *sql.Tx) (access.Head, error)) (access.Head, error) {
	tx, err := l.writer.BeginTx(ctx, nil)
	if err != nil {
		return access.Head{}, dbfile.StoreError(ctx, fmt.Errorf("begin to write: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	head, err := change(tx)
	if err == nil {
		err = tx.Commit()
	}
	return head, dbfile.StoreError(ctx, err)
}

// insert writes records behind the newest one, which another process may have written.
func (l *Log) insert(ctx context.Context, tx *sql.Tx, batch []*waiting) (access.Head, error) {
	head, last, err := headOf(tx.StmtContext(ctx, l.heading).QueryRowContext(ctx))
	if err != nil {
		return head, err
	}
	if l.lost != (access.Head{}) {
		head = access.Head{Number: max(head.Number, l.lost.Number), Hash: l.lost.Hash}
	}
	insert := tx.StmtContext(ctx, l.inserting)
	for _, w := range batch {
		previous, err := hashBytes(head.Hash)
		if err != nil {
			return head, err
		}
		at := l.now().UnixMicro()
		if behind := last - at; behind >= 0 && behind < backAtMost.Microseconds() {
			at = last + 1
		}
		hash := hashOf(head.Number+1, at, previous, w.document)
		if _, err := insert.ExecContext(ctx, head.Number+1, at, string(w.document), previous[:], hash[:]); err != nil {
			return head, err
		}
		w.number, w.time, w.previous, w.hash = head.Number+1, time.UnixMicro(at).UTC(), hex.EncodeToString(previous[:]), hex.EncodeToString(hash[:])
		head, last = access.Head{Number: w.number, Hash: w.hash}, at
	}
	return head, nil
}

// hashOf gives the hash of a record. The number and the time are eight bytes each, the most significant first.
func hashOf(number, micros int64, previous [sha256.Size]byte, document []byte) [sha256.Size]byte {
	b := make([]byte, 0, 16+len(previous)+len(document))
	b = binary.BigEndian.AppendUint64(b, uint64(number))
	b = binary.BigEndian.AppendUint64(b, uint64(micros))
	b = append(append(b, previous[:]...), document...)
	return sha256.Sum256(b)
}

// hashBytes reads a hash; that of the record before the first is zeros.
func hashBytes(digits string) (hash [sha256.Size]byte, err error) {
	b, err := hex.DecodeString(digits)
	if err == nil && len(b) != 0 && len(b) != len(hash) {
		err = fmt.Errorf("a hash of %d bytes", len(b))
	}
	copy(hash[:], b)
	return hash, err
}

// row is a record as its row has it.
type row struct {
	number, micros int64
	document       []byte
	previous, hash [sha256.Size]byte
	// damaged says that the hashes of the row are none.
	damaged bool
}

func scanRecord(rows *sql.Rows) (r row, err error) {
	var previous, hash []byte
	if err := rows.Scan(&r.number, &r.micros, &r.document, &previous, &hash); err != nil {
		return r, err
	}
	r.damaged = copy(r.previous[:], previous) != sha256.Size || copy(r.hash[:], hash) != sha256.Size
	return r, nil
}

func (r *row) stored() Stored {
	return Stored{Number: r.number, Time: time.UnixMicro(r.micros).UTC(), Document: r.document, Previous: hex.EncodeToString(r.previous[:]), Hash: hex.EncodeToString(r.hash[:])}
}
