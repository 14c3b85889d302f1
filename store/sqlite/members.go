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

// memberColumns are the columns that say who signed in.
type memberColumns struct{ user, username, principal *column }

func (s *kindSchema) memberColumns() (c memberColumns, has bool) {
	c = memberColumns{s.byProp[store.UserID], s.byProp[store.UserPrincipalName], s.byProp[store.ServicePrincipalID]}
	return c, c.user != nil && c.username != nil && c.principal != nil
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
	words [3]int64 // how many words the columns' dictionaries had
	// ids and principals are those of users and of service principals.
	ids, principals *segment.Set
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
		set, told := filter.MembersOf(id)
		if !told {
			return nil, "", fmt.Errorf("%s=%s: %w", c.Param(), id, errUntold)
		}
		groups = append(groups, set)
		sets += " " + set.Print()
	}
	user, username, principal := columns.user.words, columns.username.words, columns.principal.words
	words := [3]int64{user.next(), username.next(), principal.next()}
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
	codes = &membersOfGroups{words: words, ids: segment.NewSet(user.anyOf(ids)...), principals: segment.NewSet(principal.anyOf(ids)...)}
	nobody := append(user.matching(ctx, isStandIn), 0)
	codes.nobody, codes.somebody = segment.NewSet(nobody...), segment.NewSet(otherCodes(nobody, words[0])...)
	named := username.anyOf(names)
	codes.names, codes.otherNames = segment.NewSet(named...), segment.NewSet(otherCodes(named, words[1])...)
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

// planMembers adds that a member of a group made the sign-in, or none did: store.MemberSet.Made as clauses.
func (v *view) planMembers(ctx context.Context, p *plan, q *question, clause store.Clause) error {
	columns, has := q.table.kind.memberColumns()
	if !has {
		if len(clause.Any) > 0 {
			p.require(segment.Clause{}) // no member made any of the log's records
		}
		return nil
	}
	user, username, principal := columns.user.index, columns.username.index, columns.principal.index
	info, _ := store.SignIns.Log(q.table.log)
	var ways []alternative
	for _, c := range slices.Concat(clause.Any, clause.All) {
		codes, sets, err := v.db.membersOf(ctx, q.filter, columns, c)
		if err != nil {
			return err
		}
		q.known += fmt.Sprintf(" %s%s", c.Param(), sets)
		negative := c.Op.Negative()
		by := segment.Clause{Terms: []segment.Term{{Column: principal, Set: codes.principals}}, Not: negative}
		if info.User {
			by.Terms = []segment.Term{{Column: user, Set: codes.ids}}
		}
		named := info.User && codes.names.Len() > 0
		switch {
		case negative:
			p.require(by)
			if named {
				p.require(segment.Clause{Terms: []segment.Term{{Column: username, Set: codes.otherNames}, {Column: user, Set: codes.somebody}}})
			}
		default:
			ways = append(ways, alternative{clauses: []segment.Clause{by}})
			if named {
				ways = append(ways, alternative{clauses: []segment.Clause{
					{Terms: []segment.Term{{Column: user, Set: codes.nobody}}}, {Terms: []segment.Term{{Column: username, Set: codes.names}}},
				}})
			}
		}
	}
	if len(clause.Any) > 0 {
		p.requireAny(ways)
	}
	return nil
}
