package accesslog

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/access"
)

// begin compares the file with the head that was kept. A file that has more records goes on where a process was killed: its head
// is kept then. Of one that has fewer, or others, nothing is kept: Verify names what is missing. The next record then follows the
// kept head, so that the break stays.
func (l *Log) begin(ctx context.Context) error {
	head, _, err := headOf(l.reader.QueryRowContext(ctx, newestRecord))
	if err != nil {
		return err
	}
	l.newest = head
	defer l.logHead("start")
	if l.keeper == nil {
		return nil
	}
	kept, err := l.keeper.AccessHead(ctx)
	if errors.Is(err, store.ErrDamaged) { // which a check has to be able to say
		l.log.Error("read the kept head of the access log", "error", err)
		l.keeper = nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the kept head of the access log: %w", err)
	}
	switch same, err := l.has(ctx, kept.Head); {
	case err != nil:
		return err
	case !same:
		l.lost = kept.Head
		l.log.Warn("the access log is not as it was left: signpost check says what is missing", "number", head.Number, "kept", kept.Number)
	case head.Number > kept.Number && kept.Closed:
		l.log.Warn("records were appended to the access log while it was closed: signpost check names them", "number", head.Number, "kept", kept.Number)
	case head.Number > kept.Number:
		if kept.Number > 0 {
			l.log.Info("the access log was not closed, or another process has it open: what was appended within the second before may be missing", "number", head.Number, "kept", kept.Number)
		}
		return l.keeper.KeepAccessHead(ctx, access.KeptHead{Head: head})
	}
	return nil
}

// has says whether the file has the record of a head. That of an empty log is in every file.
func (l *Log) has(ctx context.Context, h access.Head) (bool, error) {
	if h == (access.Head{}) {
		return true, nil
	}
	var hash []byte
	err := l.reader.QueryRowContext(ctx, "SELECT hash FROM records WHERE number = ?", h.Number).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return hex.EncodeToString(hash) == h.Hash, err
}

// openKept notes before the first record of this process that the log is not closed.
func (l *Log) openKept(ctx context.Context) error {
	if l.keeper == nil || l.opened {
		return nil
	}
	kept, err := l.keeper.AccessHead(ctx)
	if err == nil && (kept.Closed || kept.Number == 0) {
		err = l.keeper.KeepAccessHead(ctx, access.KeptHead{Head: kept.Head})
	}
	if err != nil {
		return fmt.Errorf("note that the access log is open: %w", err)
	}
	l.opened = true
	return nil
}

// keep keeps the head while records are appended, and logs it now and then. It ends with the log.
func (l *Log) keep() {
	hourly := time.NewTicker(headsEvery)
	defer hourly.Stop()
	for {
		select {
		case <-l.dirty:
			l.keepHead(false)
			select {
			case <-time.After(keptEvery):
			case <-l.stop:
			}
		case <-hourly.C:
			l.logHead("hour")
		case <-l.stop:
			return
		}
	}
}

// keepHead keeps the present head outside the file.
func (l *Log) keepHead(closed bool) {
	if l.keeper == nil {
		return
	}
	l.mu.Lock()
	head := l.newest
	l.mu.Unlock()
	if err := l.keeper.KeepAccessHead(context.Background(), access.KeptHead{Head: head, Closed: closed}); err != nil {
		l.log.Error("keep the head of the access log", "error", err)
	}
}
