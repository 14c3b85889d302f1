package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// tallied is the sign-ins of one bin of an axis, as columns know them. A question makes as many as there are users, in each of
// its workers, so that their size is time: counts are of 32 bits, which suffice for a file of two terabytes.
type tallied struct {
	byStatus    [store.MaxStatuses]uint32 // n of them in all
	first, last rowKey
	// success and failure are the newest of that status, where byStatus counts any.
	success, failure rowKey

	n        uint32
	log      int32  // of the newest sign-in, by its place among the logs
	name     uint32 // the code of its name
	username uint32 // the code of its username
}

func (c *tallied) total() int64 { return int64(c.n) }

// newestOf gives the newest of two keys of a status. A key means something only where there are such sign-ins.
func (c *tallied) newestOf(s store.Status, own rowKey, more *tallied, other rowKey) rowKey {
	switch {
	case more.byStatus[s] == 0:
		return own
	case c.byStatus[s] == 0:
		return other
	}
	return max(own, other)
}

// add takes more sign-ins of the same bin.
func (c *tallied) add(more *tallied) {
	if c.n == 0 {
		*c = *more
		return
	}
	c.n += more.n
	c.success = c.newestOf(store.StatusSuccess, c.success, more, more.success)
	c.failure = c.newestOf(store.StatusFailure, c.failure, more, more.failure)
	for i, n := range more.byStatus {
		c.byStatus[i] += n
	}
	c.first = min(c.first, more.first)
	if compareNewest(more.last, more.log, c.last, c.log) > 0 {
		c.last, c.log, c.name, c.username = more.last, more.log, more.name, more.username
	}
}

// compareNewest orders sign-ins of several logs by time. At one instant the one of the later log is the newer.
func compareNewest(a rowKey, aLog int32, b rowKey, bLog int32) int {
	return cmp.Or(cmp.Compare(a>>12, b>>12), cmp.Compare(aLog, bLog), cmp.Compare(a, b))
}

// forOutside gives what was tallied.
func (c *tallied) forOutside() store.Counts {
	var counts store.Counts
	if c.total() == 0 {
		return counts
	}
	for i, n := range c.byStatus {
		counts.ByStatus[i] = int64(n)
	}
	counts.First, counts.Last = c.first.Time(), c.last.Time()
	if counts.ByStatus[store.StatusSuccess] > 0 {
		counts.LastSuccess = c.success.Time()
	}
	if counts.ByStatus[store.StatusFailure] > 0 {
		counts.LastFailure = c.failure.Time()
	}
	return counts
}

// placeCounts is the sign-ins of one part that hold the same in the columns of an axis.
type placeCounts struct {
	place int32 // see partPlaces
	tallied
}

// partCounts is the sign-ins of one part by an axis.
type partCounts struct {
	list   []placeCounts
	tuples []tuple
}

func (c *partCounts) size() int {
	return len(c.list)*int(unsafe.Sizeof(placeCounts{})) + len(c.tuples)*int(unsafe.Sizeof(tuple{}))
}

// countBins adds the sign-ins of one log, which pass a plan, to those of the bins of an axis. What is found in segments is kept
// under a name, where there is one.
func (v *view) countBins(ctx context.Context, asked question, p *plan, by *axis, keepAs string, all *[]tallied) error {
	bins := len(*all) // before a worker that is done makes it longer
	return v.each(ctx, asked, p, func() worker {
		own := make([]tallied, bins)
		return worker{
			inPieces: true,
			answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
				find := func() (*partCounts, error) { return by.countPart(s, selected, counter) }
				var counts *partCounts
				var err error
				if keepAs == "" {
					counts, err = find()
				} else {
					counts, err = kept(s, asked, keepAs, find, (*partCounts).size)
				}
				if err != nil || len(counts.list) == 0 {
					return err
				}
				binOf, err := by.binsIn(s, counts.tuples)
				if err != nil {
					return err
				}
				for i := range counts.list {
					bin := binOf(counts.list[i].place)
					own = grown(own, bin)
					own[bin].add(&counts.list[i].tallied)
				}
				return nil
			},
			done: func() {
				for bin := range own {
					if own[bin].total() > 0 {
						*all = grown(*all, int64(bin))
						(*all)[bin].add(&own[bin])
					}
				}
			},
		}
	})
}

// grown gives the list with a place for a number.
func grown[T any](list []T, number int64) []T {
	if more := number + 1 - int64(len(list)); more > 0 {
		list = append(list, make([]T, more)...)
	}
	return list
}

// countPart counts the selected rows of a part by what they hold in the columns of the axis.
func (a *axis) countPart(s source, selected func() (*segment.Selection, error), counter *segment.Counter) (*partCounts, error) {
	counts := &partCounts{}
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return counts, err
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	places, err := a.placesIn(s)
	if err != nil {
		return nil, err
	}
	status, err := s.Column(columnStatus)
	if err != nil {
		return nil, err
	}
	names, err := a.namesIn(s)
	if err != nil {
		return nil, err
	}
	more := tallied{log: int32(s.table.place)}
	listed := map[int32]int{}
	columns := append(slices.Clone(places.columns), status)
	counter.Groups(columns, rows, func(values []int64, n int64, first, last int) {
		status := values[len(values)-1]
		more.byStatus = [store.MaxStatuses]uint32{}
		more.n, more.byStatus[status&(store.MaxStatuses-1)] = uint32(n), uint32(n)
		more.first, more.last = rowKey(keys.At(first)), rowKey(keys.At(last))
		more.success, more.failure = 0, 0
		switch store.Status(status) {
		case store.StatusSuccess:
			more.success = more.last
		case store.StatusFailure:
			more.failure = more.last
		}
		more.name, more.username = names.of(last)
		place := places.of(values)
		at, ok := listed[place] // once for each outcome
		if !ok {
			at = len(counts.list)
			listed[place] = at
			counts.list = append(counts.list, placeCounts{place: place})
		}
		counts.list[at].add(&more)
	})
	counts.tuples = places.tuples
	return counts, nil
}

// entityColumns are the columns of an entity's ID and names; username is nil where it has none.
type entityColumns struct {
	kind                   store.Entity
	entity, name, username *column
}

func (db *DB) entityColumns(e store.Entity) entityColumns { return db.schema.entityColumns(e) }

func (s *schema) entityColumns(e store.Entity) entityColumns {
	c := entityColumns{kind: e, entity: s.byProp[e.Property()], name: s.byProp[e.NameProperty()]}
	if e == store.EntityUser {
		c.username = s.byProp[store.UserPrincipalName]
	}
	return c
}

// axis is the entities as bins: each is its code.
func (c *entityColumns) axis() *axis {
	return newWordAxis(c.entity, c.name, c.username)
}

// names gives the ID and the names of an entity, those that stand on its newest sign-in.
func (c *entityColumns) names(code int64, newest *tallied) (id, name, username string) {
	word := c.entity.words.text(code)
	name = c.name.words.text(int64(newest.name))
	if c.username != nil {
		username = c.username.words.text(int64(newest.username))
	}
	if isStandIn(word) {
		name = word[len(nameMark):]
	}
	return shownText(word), name, username
}

// countEntities counts the sign-ins of some logs by the entity's code; code 0 is no entity.
func (v *view) countEntities(ctx context.Context, columns entityColumns, logs []store.Log, in store.Range) ([]tallied, error) {
	by := columns.axis()
	all := make([]tallied, by.codes)
	for _, log := range logs {
		asked, err := v.db.question(store.ListQuery{Log: log, Range: in})
		if err != nil {
			return nil, err
		}
		if err := v.countEntitiesOf(ctx, asked, columns, by, nil, &all); err != nil {
			return nil, fmt.Errorf("count %s sign-ins by entity: %w", log, err)
		}
	}
	return all, nil
}

// countEntitiesOf adds the sign-ins of one log. Where only names some entities, it adds theirs, and keeps nothing of what it
// finds.
func (v *view) countEntitiesOf(ctx context.Context, asked question, columns entityColumns, by *axis, only *segment.Set, all *[]tallied) error {
	if asked.table.kind.byProp[columns.entity.property] != columns.entity {
		return nil // the log's records know no such entity
	}
	p, err := v.plan(ctx, &asked)
	if err != nil {
		return err
	}
	keepAs := ""
	if only == nil {
		only, keepAs = someValue, by.name()
	}
	p.require(segment.Clause{Terms: []segment.Term{{Column: columns.entity.index, Set: only}}})
	return v.countBins(ctx, asked, p, by, keepAs, all)
}
