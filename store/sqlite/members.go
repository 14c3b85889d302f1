package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// memberColumns are the columns that say who made the records of a log: the ID of its actor, and the username, which is nil where
// actors have none.
type memberColumns struct{ id, username *column }

func (t *table) memberColumns() (c memberColumns, has bool) {
	actor := t.info.Actor
	if actor == nil || !actor.IsOfIDs() {
		return c, false
	}
	c.id = t.kind.byProp[actor.Properties[0]]
	if actor.HasUsernames() {
		c.username = t.kind.byProp[actor.Properties[1]]
	}
	return c, c.id != nil
}

// memberCodes keeps the members of some groups as the values of columns.
type memberCodes struct {
	mu    sync.Mutex
	codes map[membersAsked]*membersOfGroups
}

func newMemberCodes() memberCodes { return memberCodes{codes: map[membersAsked]*membersOfGroups{}} }

// membersAsked names the members of some groups as the values of columns. groups tells their sets of members: a group whose
// members changed is another one.
type membersAsked struct {
	columns memberColumns
	groups  string
}

// membersOfGroups is the members of some groups as the values of columns.
type membersOfGroups struct {
	words [2]int64 // how many words the columns' dictionaries had
	ids   *segment.Set
	// names are usernames, which count where a row has no user ID: one of nobody.
	names, nobody *segment.Set
	// otherNames and somebody are all other values of those columns.
	otherNames, somebody *segment.Set
}

// maxMemberCodes is how many sets of groups are kept; they go all together when there are more.
const maxMemberCodes = 64

// errUntold says that a filter names a group and was not told its members: it came past store.Resolved.
var errUntold = errors.New("the filter was not told the members of the group")

// membersOf gives the members of the groups a condition names, and what tells these sets from others.
func (db *DB) membersOf(ctx context.Context, filter store.Filter, columns memberColumns, c store.Condition) (codes *membersOfGroups, sets string, err error) {
	var groups []store.MemberSet
	for _, id := range c.Values {
		set, told := filter.MembersOf(c.Field.MemberKey(id))
		if !told {
			return nil, "", fmt.Errorf("%s=%s: %w", c.Param(), id, errUntold)
		}
		groups = append(groups, set)
		sets += " " + set.Print()
	}
	id := columns.id.words
	words := [2]int64{id.next()}
	if columns.username != nil {
		words[1] = columns.username.words.next()
	}
	asked := membersAsked{columns, sets}
	db.memberCodes.mu.Lock()
	kept, ok := db.memberCodes.codes[asked]
	db.memberCodes.mu.Unlock()
	if ok && kept.words == words {
		return kept, sets, nil
	}
	var ids, names []string
	for _, set := range groups {
		for i := range set.Members() {
			m := &set.Members()[i]
			ids = append(ids, m.ID)
			if m.Username != "" {
				names = append(names, m.Username)
			}
		}
	}
	codes = &membersOfGroups{words: words, ids: segment.NewSet(id.anyOf(ids)...)}
	if columns.username != nil {
		nobody := append(id.matching(ctx, isStandIn), 0)
		codes.nobody, codes.somebody = segment.NewSet(nobody...), segment.NewSet(otherCodes(nobody, words[0])...)
		named := columns.username.words.anyOf(names)
		codes.names, codes.otherNames = segment.NewSet(named...), segment.NewSet(otherCodes(named, words[1])...)
	}
	if err := ctx.Err(); err != nil {
		return nil, "", err // what was found may not be all
	}
	db.memberCodes.mu.Lock()
	defer db.memberCodes.mu.Unlock()
	if len(db.memberCodes.codes) >= maxMemberCodes {
		clear(db.memberCodes.codes)
	}
	db.memberCodes.codes[asked] = codes
	return codes, sets, nil
}

// otherCodes gives all codes below n but these.
func otherCodes(codes []int64, n int64) []int64 {
	taken := make([]bool, n)
	for _, code := range codes {
		if code < n {
			taken[code] = true
		}
	}
	others := make([]int64, 0, n)
	for code := range n {
		if !taken[code] {
			others = append(others, code)
		}
	}
	return others
}

// planMembers adds that a member of a group made the record, or none did: store.MemberSet.Made as clauses.
func (v *view) planMembers(ctx context.Context, p *plan, q *question, clause store.Clause) error {
	columns, has := q.table.memberColumns()
	if !has {
		if len(clause.Any) > 0 {
			p.require(segment.Clause{}) // no member made any of the log's records
		}
		return nil
	}
	var ways []alternative
	for _, c := range slices.Concat(clause.Any, clause.All) {
		codes, sets, err := v.db.membersOf(ctx, q.filter, columns, c)
		if err != nil {
			return err
		}
		q.known += fmt.Sprintf(" %s%s", c.Param(), sets)
		negative := c.Op.Negative()
		by := segment.Clause{Terms: []segment.Term{{Column: columns.id.index, Set: codes.ids}}, Not: negative}
		named := columns.username != nil && codes.names.Len() > 0
		switch {
		case negative:
			p.require(by)
			if named {
				p.require(segment.Clause{Terms: []segment.Term{{Column: columns.username.index, Set: codes.otherNames}, {Column: columns.id.index, Set: codes.somebody}}})
			}
		default:
			ways = append(ways, alternative{clauses: []segment.Clause{by}})
			if named {
				ways = append(ways, alternative{clauses: []segment.Clause{
					{Terms: []segment.Term{{Column: columns.id.index, Set: codes.nobody}}}, {Terms: []segment.Term{{Column: columns.username.index, Set: codes.names}}},
				}})
			}
		}
	}
	if len(clause.Any) > 0 {
		p.requireAny(ways)
	}
	return nil
}
