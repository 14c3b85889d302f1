package sqlite

import (
	"errors"
	"fmt"
	"slices"
)

// mix makes one number of some, so that sums of it tell sets apart.
func mix(numbers ...int64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, n := range numbers {
		h ^= uint64(n)
		h *= 0xFF51AFD7ED558CCD
		h ^= h >> 33
		h *= 0xC4CEB9FE1A85EC53
		h ^= h >> 33
	}
	return h
}

// lookUps compares the tables that find rows by an id with the rows.
func (c *checkup) lookUps() error {
	for _, lookUp := range []struct {
		name, columns string
		want          uint64
	}{
		{"by_request", "quarter, g, log, k", c.byRequest},
		{"by_correlation", "quarter, g, log, k", c.byCorrelation},
		{"by_original", "quarter, g, k, 0", c.byOriginal},
	} {
		rows, err := c.tx.QueryContext(c.ctx, "SELECT "+lookUp.columns+" FROM "+lookUp.name)
		if err != nil {
			return fmt.Errorf("read %s: %w", lookUp.name, err)
		}
		defer rows.Close()
		var got uint64
		for rows.Next() {
			var n [4]int64
			if err := rows.Scan(&n[0], &n[1], &n[2], &n[3]); err != nil {
				return err
			}
			switch {
			case lookUp.name == "by_original":
				got += mix(n[:3]...)
			case c.db.schema.byNumber[n[2]] != nil: // else of a log that a newer version of the program keeps
				got += mix(n[:]...)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if got != lookUp.want {
			c.damaged(remedyReindex, "the look-ups do not fit the rows: some sign-ins are not found by an ID", "%s", lookUp.name)
		}
	}
	return nil
}

// told looks for notes of told copies where no row stands.
func (c *checkup) told() error {
	for _, t := range c.db.schema.ordered {
		lost, err := c.view.keys(c.ctx, "SELECT k FROM told WHERE log = ? AND k NOT IN (SELECT k FROM "+t.name+")", t.number)
		if err != nil {
			return fmt.Errorf("read the notes of told copies: %w", err)
		}
		for _, k := range lost {
			c.damaged(remedyReindex, "no sign-in stands there that a record of another kind tells", "told, %s at %s", t.name, timeText(int64(k)))
		}
	}
	return nil
}

// lastSeenRows compares the last sign-ins of entities with the rows.
func (c *checkup) lastSeenRows() error {
	var complete bool
	if err := c.tx.QueryRowContext(c.ctx, "SELECT complete FROM last_seen_state").Scan(&complete); err != nil {
		return fmt.Errorf("read the state of last sign-ins: %w", err)
	}
	rows, err := c.tx.QueryContext(c.ctx, "SELECT entity, code, newest, name, username, success, stale FROM last_seen")
	if err != nil {
		return fmt.Errorf("read last sign-ins: %w", err)
	}
	defer rows.Close()
	wrong := 0
	for rows.Next() {
		var s seenEntity
		var stale bool
		if err := rows.Scan(&s.entity, &s.code, &s.newest, &s.name, &s.username, &s.success, &stale); err != nil {
			return err
		}
		if int(s.entity) >= entityKinds {
			continue // of a kind that a newer version of the program knows
		}
		want, ok := c.seen[s.entity][s.code]
		if !ok {
			want = lastSeen{newest: never, success: never}
		}
		delete(c.seen[s.entity], s.code)
		if slices.Contains(c.seenToo[s.entity][s.code], s.names()) {
			want.name, want.username = s.name, s.username
		}
		if !stale && complete && !want.sameAs(&s.lastSeen) {
			wrong++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if complete {
		for _, left := range c.seen {
			wrong += len(left)
		}
	}
	if wrong > 0 {
		c.damaged(remedyReindex, fmt.Sprintf("%d last sign-ins do not fit the rows", wrong), "last_seen")
	}
	return nil
}

// segments compares the keys of the segments, and of what is not sealed, with the rows, and reads all of cols.db.
func (c *checkup) segments() error {
	for _, t := range c.db.schema.ordered {
		var alive uint64
		rows := int64(0)
		for _, p := range c.state.of(t) {
			if p.memory == nil {
				copied := *p // verify reads its bounds once more
				err := c.db.verify(c.ctx, &copied)
				var lost errLostSegment
				if errors.As(err, &lost) {
					c.damaged("nothing: it is made again from the rows when it is asked for", "the segment is damaged: "+lost.cause.Error(), "cols.db, segment %d of the %s log", p.id, t.log)
					return nil
				}
				if err != nil {
					return err
				}
			}
			keys, err := sourceOf(c.ctx, p, c.db).Keys()
			if err != nil {
				return err
			}
			for row := range p.rows {
				if !p.dead.has(row) {
					alive += mix(keys.At(row))
					rows++
				}
			}
		}
		if alive != c.keys[t] {
			c.damaged(remedyReindex, fmt.Sprintf("the segments have %d sign-ins and the rows are %d, or others", rows, c.counts[t]), "segments of the %s log", t.log)
		}
	}
	return nil
}
