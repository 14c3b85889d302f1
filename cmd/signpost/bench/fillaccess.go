package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
	"signpost/store/datafolder"
	"signpost/store/demo"
)

// appenders is how many goroutines append to the access log: so many records share a commit.
const appenders = 256

// fillAccess appends exactly as many access records as were asked for, spread evenly over the tenant's days, and has the engine
// copy them.
func (b *Bench) fillAccess(ctx context.Context, state *fillState) (err error) {
	db, err := b.OpenForImport(ctx, b.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	people, err := peopleOf(ctx, db, state)
	if err != nil {
		return fmt.Errorf("read the people of the tenant: %w", err)
	}
	if err := b.begin(state); err != nil {
		return err
	}
	began := time.Now()
	if err := b.appendAccess(ctx, state, people); err != nil {
		return fmt.Errorf("fill the access log: %w", err)
	}
	appended := time.Now()
	total, err := db.Total(ctx, accessSince(state))
	if err != nil {
		return fmt.Errorf("copy the access log: %w", err)
	}
	if total.N != int64(b.Access) {
		return fmt.Errorf("%d of %d access records were copied", total.N, b.Access)
	}
	state.Access = b.Access
	state.AccessRowsPerSec = float64(b.Access) / appended.Sub(began).Seconds()
	state.AccessCopiedPerSec = float64(b.Access) / time.Since(appended).Seconds()
	fmt.Fprintf(b.Progress, "appended %d access records, %.0f rows/s; copied them, %.0f rows/s\n", b.Access, state.AccessRowsPerSec, state.AccessCopiedPerSec)
	state.Filled = true
	return b.save(state)
}

func accessSince(state *fillState) store.ListQuery {
	return store.ListQuery{Log: access.Log, Range: store.Range{From: state.Until.Add(-time.Duration(state.Days) * 24 * time.Hour), To: time.Now().Add(time.Minute)}}
}

// appendAccess opens the log with a clock of its own: each record gets the next of the times that the records share evenly.
func (b *Bench) appendAccess(ctx context.Context, state *fillState, people []access.Subject) (err error) {
	length := time.Duration(state.Days) * 24 * time.Hour
	from, step := state.Until.Add(-length), length/time.Duration(b.Access)
	ticks := 0
	clock := func() time.Time { // the log asks for one time after another
		ticks++
		return from.Add(time.Duration(ticks-1) * step)
	}
	log, err := accesslog.Open(ctx, b.Data, accesslog.WithClock(clock))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var working sync.WaitGroup
	for range appenders {
		working.Go(func() {
			for n := next.Add(1); n <= int64(b.Access) && ctx.Err() == nil; n = next.Add(1) {
				if err := log.Append(ctx, madeUpAccess(uint64(n), people)); err != nil {
					stop(err)
				}
			}
		})
	}
	working.Wait()
	return context.Cause(ctx)
}

// peopleOf gives up to 1,000 people who signed in last. The benchmark's own is the first.
func peopleOf(ctx context.Context, db store.Store, state *fillState) ([]access.Subject, error) {
	const most, pages = 1000, 50
	own := demo.Accounts()[0]
	people := []access.Subject{{ID: own.UserID, Username: own.UserPrincipalName, Name: own.DisplayName}}
	has := map[string]bool{own.UserID: true}
	q := store.ListQuery{Log: store.Interactive, Range: rangeOf(state.Until, time.Duration(state.Days)*24*time.Hour), Limit: 500}
	for range pages {
		page, err := db.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Rows {
			r := page.Rows[i].SignIn()
			if r.UserID != "" && !has[r.UserID] && len(people) < most {
				has[r.UserID] = true
				people = append(people, access.Subject{ID: r.UserID, Username: r.UserPrincipalName, Name: r.UserDisplayName})
			}
		}
		if q.After = page.Next; q.After == nil || len(people) == most {
			break
		}
	}
	return people, nil
}

// lookers is how many accounts look at others.
const lookers = 40

// madeUpAccess makes a record with the number: of four one is a list with up to 50 people, half are openings of a record of one
// person, and the others are searches, exports and sign-ins.
func madeUpAccess(number uint64, people []access.Subject) *access.Record {
	random := rand.New(rand.NewPCG(firstSeed, number))
	who := int(random.ExpFloat64() * lookers / 5)
	who = min(who, lookers-1, len(people)-1)
	r := &access.Record{
		Account: strings.ToLower(strings.Fields(people[who].Name + " x")[0]), AccountID: fmt.Sprint(who + 1), PersonID: people[who].ID,
		Roles: []string{[]string{"security-reader", "global-reader", "security-administrator", "global-administrator"}[who%4]}, Outcome: access.Allowed,
		Address: fmt.Sprintf("192.0.2.%d", 1+who%200), UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		Log: []store.Log{store.Interactive, store.Interactive, store.NonInteractive, "audit"}[random.IntN(4)],
	}
	r.Page = "/logs/" + string(r.Log)
	someone := func() access.Subject { return people[random.IntN(len(people))] }
	switch part := random.IntN(100); {
	case part < 25:
		r.Action, r.Query = access.List, []string{"range=24h", "range=7d&status=failure", "range=30d&user=" + someone().Username, "range=7d&country=PT&status=failure"}[random.IntN(4)]
		for n := 1 + random.IntN(50); len(r.Subjects) < min(n, len(people)); {
			if s := someone(); !slices.Contains(r.Subjects, s) {
				r.Subjects = append(r.Subjects, s)
			}
		}
		r.Rows = store.IntOf(50)
	case part < 75:
		r.Action, r.RecordID = access.Open, access.IDOf(fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64()))
		r.Page += "/" + r.RecordID
		r.Subjects, r.Rows = []access.Subject{someone()}, store.IntOf(1)
	case part < 85:
		s := someone()
		r.Action, r.Log, r.Page, r.Query, r.Subjects, r.Rows = access.Search, "", "/search", "q="+s.Username, []access.Subject{s}, store.IntOf(int64(1+random.IntN(20)))
	case part < 90:
		r.Action, r.Query, r.Rows = access.Export, "range=7d&status=failure", store.IntOf(int64(random.IntN(100_000)))
		r.Reason, r.Ticket = "Quarterly review", fmt.Sprintf("INC%06d", random.IntN(100_000))
	default:
		r.Action, r.Log, r.Page = access.SignIn, "", "/signin"
		if random.IntN(8) == 0 {
			r.Outcome = access.Refused
		}
	}
	return r
}

// accessHeld fills in how many access records there are, and how large their file is.
func (b *Bench) accessHeld(ctx context.Context, db *datafolder.Folder, report *Report) error {
	head, err := db.Access().Head(ctx)
	if err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(b.Data, accesslog.File))
	if err != nil {
		return err
	}
	report.AccessRows = head.Number
	report.AccessLogBytesPerRow = float64(info.Size()) / float64(max(head.Number, 1))
	return nil
}
