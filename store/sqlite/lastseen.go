package sqlite

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// entityKinds is how many kinds of entities there are.
const entityKinds = int(store.EntityServicePrincipal) + 1

// seenCache keeps the newest last_seen in memory, as dictionaries are kept: 32 bytes an entity.
type seenCache struct {
	loading *semaphore.Weighted // of one
	newest  atomic.Pointer[seenEntities]
}

func newSeenCache() seenCache { return seenCache{loading: semaphore.NewWeighted(1)} }

// seenEntities is last_seen at one revision of the store, with what is stale found again. It never changes.
type seenEntities struct {
	revision, settled int64
	complete          bool
	byCode            [entityKinds][]lastSeen
}

// of gives what is known of an entity.
func (s *seenEntities) of(e store.Entity, code int64) lastSeen {
	if code <= 0 || code >= int64(len(s.byCode[e])) {
		return lastSeen{newest: never, success: never}
	}
	return s.byCode[e][code]
}

// set notes an entity.
func (s *seenEntities) set(of seenEntity) {
	list := s.byCode[of.entity]
	for int64(len(list)) <= of.code {
		list = append(list, lastSeen{newest: never, success: never})
	}
	list[of.code] = of.lastSeen
	s.byCode[of.entity] = list
}

// lastSeen gives the last sign-ins of all entities that the view's transaction sees.
func (v *view) lastSeen(ctx context.Context) (*seenEntities, error) {
	now := &seenEntities{revision: v.state.revision}
	if err := v.tx.QueryRowContext(ctx, "SELECT complete, settled FROM last_seen_state").Scan(&now.complete, &now.settled); err != nil {
		return nil, fmt.Errorf("read the state of last sign-ins: %w", err)
	}
	c := &v.db.seen
	if kept := c.newest.Load(); kept.isOf(now) {
		return kept, nil
	}
	if err := c.loading.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer c.loading.Release(1)
	kept := c.newest.Load()
	if kept.isOf(now) {
		return kept, nil
	}
	since := int64(-1)
	if kept != nil && kept.settled == now.settled && kept.revision < now.revision {
		since = kept.revision
		for e := range kept.byCode {
			now.byCode[e] = slices.Clone(kept.byCode[e])
		}
	}
	err := v.loadSeen(ctx, now, since)
	if err == nil && (kept == nil || kept.revision < now.revision || kept.settled < now.settled) {
		c.newest.Store(now)
	}
	return now, err
}

func (s *seenEntities) isOf(now *seenEntities) bool {
	return s != nil && s.revision == now.revision && s.settled == now.settled
}

// loadSeen reads what revisions behind one wrote, and finds again what of it is stale.
func (v *view) loadSeen(ctx context.Context, into *seenEntities, since int64) error {
	rows, err := v.tx.QueryContext(ctx, "SELECT entity, code, newest, name, username, success, stale FROM last_seen WHERE n > ?", since)
	if err != nil {
		return fmt.Errorf("read last sign-ins: %w", err)
	}
	defer rows.Close()
	var stale []seenEntity
	for rows.Next() {
		var s seenEntity
		var isStale bool
		if err := rows.Scan(&s.entity, &s.code, &s.newest, &s.name, &s.username, &s.success, &isStale); err != nil {
			return err
		}
		if int(s.entity) >= entityKinds {
			continue // of a kind that a newer version of the program knows
		}
		into.set(s)
		if isStale {
			stale = append(stale, s)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	found, err := v.findSeen(ctx, stale)
	for _, s := range found {
		into.set(s)
	}
	return err
}

// findSeen finds the last sign-ins of some entities in the columns of all rows. Those that have none are among the answers.
func (v *view) findSeen(ctx context.Context, entities []seenEntity) ([]seenEntity, error) {
	codes := [entityKinds][]int64{}
	for _, s := range entities {
		codes[s.entity] = append(codes[s.entity], s.code)
	}
	var found []seenEntity
	for e, list := range codes {
		if len(list) == 0 {
			continue
		}
		all, err := v.countEver(ctx, store.Entity(e), segment.NewSet(list...))
		if err != nil {
			return nil, err
		}
		for _, code := range list {
			s := seenEntity{entity: store.Entity(e), code: code, lastSeen: lastSeen{newest: never, success: never}}
			if code < int64(len(all)) {
				s.lastSeen = all[code].lastSeen()
			}
			found = append(found, s)
		}
	}
	return found, nil
}

// countEver counts the sign-ins of all time of some entities, by code; of everybody where only is nil.
func (v *view) countEver(ctx context.Context, e store.Entity, only *segment.Set) ([]tallied, error) {
	columns := v.db.entityColumns(e)
	by := columns.axis()
	all := make([]tallied, by.codes)
	for _, t := range v.db.schema.ordered {
		if !slices.ContainsFunc(t.entities, func(c entityColumns) bool { return c.kind == e }) {
			continue
		}
		asked, err := v.db.question(store.ListQuery{Log: t.log, Range: store.AllTime()})
		if err != nil {
			return nil, err
		}
		if err := v.countEntitiesOf(ctx, asked, columns, by, only, &all); err != nil {
			return nil, fmt.Errorf("find last sign-ins in the %s log: %w", t.log, err)
		}
	}
	return all, nil
}

// lastSeen is what was counted of an entity's last sign-ins.
func (r *tallied) lastSeen() lastSeen {
	l := lastSeen{newest: never, success: never}
	if r.total() == 0 {
		return l
	}
	if l.newest, l.name, l.username = r.last, int64(r.name), int64(r.username); r.byStatus[store.StatusSuccess] > 0 {
		l.success = r.success
	}
	return l
}

// timeOf is the time of a last sign-in; zero where there is none.
func timeOf(k rowKey) time.Time {
	if k == never {
		return time.Time{}
	}
	return k.Time()
}

// LastSuccess gives the newest successful sign-in of all time; see store.Engine.
func (db *DB) LastSuccess(ctx context.Context, kind store.ObjectKind, ids []string) (last store.LastSuccess, err error) {
	entity, _ := entityOf(kind)
	words := db.entityColumns(entity).entity.words
	err = db.read(ctx, func(v *view) error {
		seen, err := v.lastSeen(ctx)
		if err != nil {
			return err
		}
		newest := never
		for _, id := range ids {
			if code, ok := words.code(id); ok {
				newest = max(newest, seen.of(entity, code).success)
			}
		}
		last = store.LastSuccess{Time: timeOf(newest), Complete: seen.complete}
		return nil
	})
	return last, err
}
