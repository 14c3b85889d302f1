package datafolder

import (
	"context"
	"errors"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
	"signpost/store/portal"
)

// headKeeper keeps the head of the access log in the folder's portal.db, which it opens once there is a head to keep.
type headKeeper struct {
	folder string
	log    *slog.Logger

	mu sync.Mutex
	db *portal.DB
}

func (k *headKeeper) AccessHead(ctx context.Context) (access.KeptHead, error) {
	return portal.KeptAccessHead(ctx, k.folder)
}

func (k *headKeeper) KeepAccessHead(ctx context.Context, head access.KeptHead) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.db == nil {
		db, err := portal.Open(ctx, k.folder, portal.WithLog(k.log))
		if err != nil {
			return err
		}
		k.db = db
	}
	return k.db.KeepAccessHead(ctx, head)
}

// Close closes portal.db where it was opened.
func (k *headKeeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.db == nil {
		return nil
	}
	return k.db.Close()
}

// The engine's copy of the access log is brought up to date before a question about the log is answered, and once no record was
// appended for feedAfter. While people read page after page copying would only slow them down. So many records make a batch;
// where feedMost wait nothing more is waited for.
const (
	feedAfter = 5 * time.Second
	feedBatch = 1000
	feedMost  = 20_000
)

// accessFeed copies the records of the access log into the engine, in order. What the engine has is so always the beginning of
// the log.
type accessFeed struct {
	from   *accesslog.Log
	to     store.Engine
	decode store.Decoder
	log    *slog.Logger

	copied  atomic.Int64        // the number of the newest record that the engine has; unknown before it was looked for
	copying *semaphore.Weighted // of one

	stop    context.CancelFunc
	working sync.WaitGroup
}

const unknown = -1

func newAccessFeed(from *accesslog.Log, to store.Engine, decode store.Decoder, log *slog.Logger) *accessFeed {
	ctx, stop := context.WithCancel(context.Background())
	f := &accessFeed{from: from, to: to, decode: decode, log: log, copying: semaphore.NewWeighted(1), stop: stop}
	f.copied.Store(unknown)
	f.working.Go(func() { f.work(ctx) })
	return f
}

// close ends the background work.
func (f *accessFeed) close() {
	f.stop()
	f.working.Wait()
}

// work copies what is appended, once it is quiet.
func (f *accessFeed) work(ctx context.Context) {
	for {
		appended := f.from.Appended()
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			f.log.ErrorContext(ctx, "copy the access log for its pages", "error", err)
		}
		select {
		case <-appended:
		case <-ctx.Done():
			return
		}
		if !f.untilQuiet(ctx) {
			return
		}
	}
}

// untilQuiet waits until no record was appended for a while, or many wait. It is false where ctx has ended.
func (f *accessFeed) untilQuiet(ctx context.Context) bool {
	for {
		appended := f.from.Appended()
		select {
		case <-time.After(feedAfter):
		case <-ctx.Done():
			return false
		}
		select {
		case <-appended: // something was, meanwhile
		default:
			return true
		}
		if head, err := f.from.Head(ctx); err != nil || head.Number-f.copied.Load() >= feedMost {
			return true
		}
	}
}

// catchUp copies every record that is in the log now.
func (f *accessFeed) catchUp(ctx context.Context) error {
	head, err := f.from.Head(ctx)
	if err != nil || f.copied.Load() >= head.Number {
		return err
	}
	if err := f.copying.Acquire(ctx, 1); err != nil {
		return err
	}
	defer f.copying.Release(1)
	copied := f.copied.Load()
	if copied == unknown {
		if copied, err = f.find(ctx, head); err != nil {
			return err
		}
	}
	for copied < head.Number {
		records, err := f.from.After(ctx, copied, feedBatch)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break // the newest were removed since, which no program of ours does
		}
		if err := f.copy(ctx, records); err != nil {
			return err
		}
		copied = records[len(records)-1].Number
		f.copied.Store(copied)
	}
	f.copied.Store(max(copied, head.Number))
	return nil
}

// again copies the whole log once more. What the engine has already stays as it is.
func (f *accessFeed) again(ctx context.Context) error {
	if err := f.copying.Acquire(ctx, 1); err != nil {
		return err
	}
	f.copied.Store(0)
	f.copying.Release(1)
	return f.catchUp(ctx)
}

// find gives the number of the newest record that the engine has. It has all before it.
func (f *accessFeed) find(ctx context.Context, head access.Head) (int64, error) {
	var failed error
	has := func(number int64) bool {
		records, err := f.from.After(ctx, number-1, 1)
		if err == nil && len(records) > 0 {
			_, err = f.to.Get(ctx, store.GetQuery{Ref: store.Ref{Log: access.Log, ID: access.IDOf(records[0].Hash)}})
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) && failed == nil {
			failed = err
		}
		return err == nil
	}
	if head.Number == 0 || has(head.Number) {
		return head.Number, failed
	}
	first := sort.Search(int(head.Number), func(i int) bool { return failed != nil || !has(int64(i)+1) })
	return int64(first), failed
}

// copy gives records to the engine. One that cannot be read stays away: a check names it.
func (f *accessFeed) copy(ctx context.Context, stored []accesslog.Stored) error {
	records := make([]store.Record, 0, len(stored))
	for i := range stored {
		doc := stored[i].Whole()
		e, err := f.decode(access.Log, doc)
		if err != nil {
			f.log.ErrorContext(ctx, "an access record cannot be read", "number", stored[i].Number, "error", err)
			continue
		}
		records = append(records, store.Record{Entry: e, Versions: []store.Version{{Entry: e, Doc: doc, Received: stored[i].Time}}})
	}
	if len(records) == 0 {
		return nil
	}
	batch, err := f.to.Prepare(records)
	if err != nil {
		return err
	}
	_, err = f.to.Commit(ctx, batch)
	return err
}

// fedEngine is an engine whose copy of the access log is brought up to date before it answers about that log. A snapshot that is
// not for questions about the log (store.Fresh) has the copy as it is.
type fedEngine struct {
	store.Engine
	feed *accessFeed
}

// ask is called before a question about some logs. In a snapshot the copy stays as it was when that began.
func (e fedEngine) ask(ctx context.Context, logs ...store.Log) error {
	if store.IsFresh(ctx, access.Log) {
		return nil
	}
	for _, log := range logs {
		if log == access.Log {
			return e.feed.catchUp(ctx)
		}
	}
	return nil
}

func (e fedEngine) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	if store.IsFresh(ctx, access.Log) {
		if err := e.feed.catchUp(ctx); err != nil {
			return ctx, func() {}, err
		}
	}
	return e.Engine.Snapshot(ctx)
}

func (e fedEngine) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.Page{}, err
	}
	return e.Engine.Page(ctx, q)
}

func (e fedEngine) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.Total{}, err
	}
	return e.Engine.Total(ctx, q)
}

func (e fedEngine) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.Histogram{}, err
	}
	return e.Engine.Histogram(ctx, q)
}

func (e fedEngine) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return nil, err
	}
	return e.Engine.Facets(ctx, q)
}

func (e fedEngine) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.Facet{}, err
	}
	return e.Engine.Values(ctx, q)
}

func (e fedEngine) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	logs := q.Logs
	if q.By != nil && q.By.Kind() == access.Kind {
		logs = []store.Log{access.Log}
	}
	if err := e.ask(ctx, logs...); err != nil {
		return store.Table{}, err
	}
	return e.Engine.Table(ctx, q)
}

func (e fedEngine) Get(ctx context.Context, q store.GetQuery) (store.Record, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.Record{}, err
	}
	return e.Engine.Get(ctx, q)
}

func (e fedEngine) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	if err := e.ask(ctx, q.Log); err != nil {
		return store.RecordPage{}, err
	}
	return e.Engine.Records(ctx, q)
}

func (e fedEngine) Newest(ctx context.Context, log store.Log) (t time.Time, ok bool, err error) {
	if err := e.ask(ctx, log); err != nil {
		return time.Time{}, false, err
	}
	return e.Engine.Newest(ctx, log)
}
