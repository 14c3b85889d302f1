package datafolder

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
)

// checkAccess follows the access log, and compares the engine's copy with it.
func (f *Folder) checkAccess(ctx context.Context, report *store.Checkup, heads []access.Head) error {
	if err := f.access.Check(ctx, report); err != nil {
		return err
	}
	v, err := f.access.Verify(ctx, heads...)
	if err != nil {
		return err
	}
	v.Add(report)
	if f.feed == nil {
		return nil
	}
	c := accessComparison{f: f, report: report, first: v.First, head: v.Head.Number}
	if err := c.compare(ctx); err != nil {
		return fmt.Errorf("compare the access log with its copy: %w", err)
	}
	return c.missing(ctx, v.Records)
}

// accessComparison compares the copy of the access log with the log.
type accessComparison struct {
	f           *Folder
	report      *store.Checkup
	first, head int64
	seen        map[int64]bool // numbers whose record the copy has
}

const (
	comparedAtOnce = 1000
	// apart is how far numbers may be apart that are read together.
	apart = 64
)

func (c *accessComparison) damaged(number int64, problem, remedy string) {
	c.report.Add(store.Damage{Place: fmt.Sprintf("the copy of the access log, record %d", number), Problem: problem, Remedy: remedy})
}

// compare goes through the copy. Of records that retention removed from the log, and of those that were appended since the log was
// followed, nothing is said.
func (c *accessComparison) compare(ctx context.Context) error {
	c.seen = map[int64]bool{}
	q := store.RecordsQuery{ListQuery: store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: comparedAtOnce}}
	for {
		page, err := c.f.engine.Records(ctx, q)
		if err != nil {
			return err
		}
		copies := map[int64]store.Record{}
		for _, r := range page.Records {
			if n := r.Entry.(*access.Record).Number.N; n >= c.first && n <= c.head {
				if _, twice := copies[n]; twice || c.seen[n] {
					c.damaged(n, "the copy has two records of the number: one of them is not in the log", "restore a backup")
				}
				copies[n], c.seen[n] = r, true
			}
		}
		if err := c.comparePage(ctx, copies); err != nil {
			return err
		}
		if q.After = page.Next; q.After == nil {
			return nil
		}
	}
}

func (c *accessComparison) comparePage(ctx context.Context, copies map[int64]store.Record) error {
	numbers := make([]int64, 0, len(copies))
	for n := range copies {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for len(numbers) > 0 {
		end := 1
		for end < len(numbers) && numbers[end]-numbers[end-1] <= apart {
			end++
		}
		stored, err := c.f.access.Between(ctx, numbers[0], numbers[end-1])
		if err != nil {
			return err
		}
		of := map[int64]*accesslog.Stored{}
		for i := range stored {
			of[stored[i].Number] = &stored[i]
		}
		for _, n := range numbers[:end] {
			copied := copies[n]
			switch s := of[n]; {
			case s == nil:
				c.damaged(n, "the copy has a record that the log has not", "find out who removed it from "+accesslog.File)
			case !slices.ContainsFunc(copied.Versions, func(v store.Version) bool { return bytes.Equal(v.Doc, s.Whole()) }):
				c.damaged(n, "the copy has another record than the log", "find out which of both was changed, and compare them with a backup")
			}
		}
		numbers = numbers[end:]
	}
	return nil
}

// missing names the records of the log that the copy has not.
func (c *accessComparison) missing(ctx context.Context, records int64) error {
	if int64(len(c.seen)) == records {
		return nil
	}
	for from := c.first; from <= c.head; {
		stored, err := c.f.access.After(ctx, from-1, comparedAtOnce)
		if err != nil || len(stored) == 0 {
			return err
		}
		for i := range stored {
			if n := stored[i].Number; n <= c.head && !c.seen[n] {
				c.damaged(n, "the copy has not the record", remedyCopy)
			}
		}
		from = stored[len(stored)-1].Number + 1
	}
	return nil
}

const remedyCopy = "signpost reindex puts it there again"
