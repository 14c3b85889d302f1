package ask

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// excludedRead bounds how many sign-ins are read for the list of those who relied on an exclusion. No column has the rules that
// applied: they are read from the records.
const excludedRead = 10_000

// The columns of the list.
var (
	NumberExcludedUses = &Number{Name: "uses", Label: "Sign-ins", Unit: InCount, Definition: "The user's sign-ins, interactive or not, that the policy did not apply to and that carry an exclusion of it."}
	NumberExclusions   = &Number{Name: "exclusions", Label: "Exclusions", Unit: InText, Definition: "The conditions and rules that excluded these sign-ins (excludeRulesSatisfied)."}
)

// excludedUsers is the list of users who relied on an exclusion of a policy.
var excludedUsers = &InsightList{
	Name: "excluded", Title: "Relied on an exclusion", One: "user", Many: "users", Object: store.ObjectUser,
	Definition: "Of a policy: users who signed in in the range while an exclusion of the policy applied, by the records that carry which one did. Who would have been blocked without it is not known.",
	Columns:    []*Number{NumberUser, NumberExcludedUses, NumberExclusions, NumberFirst, NumberLast},
	Sort:       NumberExcludedUses, Ask: listExcluded,
}

// excludedUser is a user with the sign-ins that an exclusion took out.
type excludedUser struct {
	row         InsightRow
	n           int64
	rules       []string
	first, last time.Time
}

// exclusions read sign-ins that a policy did not apply to.
type exclusions struct {
	policy string
	users  map[string]*excludedUser
	// read and carrying count the sign-ins, and those that carry any rule.
	read, carrying int
}

// listExcluded gives the users.
func listExcluded(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	if q.Thing == nil || q.Thing.Field != store.PolicyField {
		return &InsightRows{Complete: true, Notes: []Note{{Text: "Only policies have exclusions: choose a policy above."}}}, nil
	}
	filter := q.Filter.With(store.PolicyField, store.OpIs, q.Value)
	for _, result := range []string{"notApplied", "reportOnlyNotApplied"} {
		filter = filter.With(store.PolicyResultField, store.OpIs, result)
	}
	of := &exclusions{policy: q.Value, users: map[string]*excludedUser{}}
	var all int64
	complete := true
	for _, log := range userLogs {
		list := store.ListQuery{Log: log, Range: q.Range, Filter: filter}
		total, err := r.Total(ctx, list)
		if err != nil {
			return nil, err
		}
		all, complete = all+total.N, complete && total.Complete
		if err := of.readAll(ctx, r, list); err != nil {
			return nil, err
		}
	}
	var rows []InsightRow
	for _, u := range of.users {
		slices.Sort(u.rules)
		u.row.Cells = []Cell{CountCell(u.n, nil), textCell(strings.Join(u.rules, "; ")), {Time: u.first}, {Time: u.last}}
		rows = append(rows, u.row)
	}
	page := heldRows(q, rows)
	page.Complete = complete
	page.Notes = []Note{{Text: fmt.Sprintf("%d of the %d sign-ins that the policy did not apply to carry the rules that decided. Nothing is known of the others.", of.carrying, of.read)}}
	if int64(of.read) < all {
		page.Notes = append(page.Notes, Note{Text: fmt.Sprintf("Only the newest %d of each log were read of %d sign-ins in the range. Choose a shorter range for all of them.", excludedRead, all)})
	}
	return page, nil
}

// readAll reads the newest sign-ins of a list.
func (e *exclusions) readAll(ctx context.Context, r Reader, list store.ListQuery) error {
	list.Limit = store.MaxTop
	for n := 0; n < excludedRead; {
		page, err := r.Records(ctx, store.RecordsQuery{ListQuery: list, WithoutDocuments: true})
		if err != nil {
			return err
		}
		for i := range page.Records {
			if s, ok := page.Records[i].Entry.(*store.SignIn); ok {
				e.add(s)
			}
		}
		if n += page.Rows; page.Next == nil {
			return nil
		}
		list.After = page.Next
	}
	return nil
}

// add takes a sign-in.
func (e *exclusions) add(s *store.SignIn) {
	e.read++
	var rules []string
	carries := false
	for i := range s.AppliedConditionalAccessPolicies {
		p := &s.AppliedConditionalAccessPolicies[i]
		if !strings.EqualFold(p.ID, e.policy) && store.FoldCase(p.DisplayName) != store.FoldCase(e.policy) {
			continue
		}
		carries = carries || len(p.IncludeRulesSatisfied)+len(p.ExcludeRulesSatisfied) > 0
		for _, rule := range p.ExcludeRulesSatisfied {
			rules = append(rules, store.PolicyConditions.Words(rule.Condition)+": "+cmp.Or(store.PolicyRules.Words(rule.Rule), "any"))
		}
	}
	if carries {
		e.carrying++
	}
	id := cmp.Or(s.UserID, s.UserPrincipalName, s.UserDisplayName)
	if len(rules) == 0 || id == "" {
		return
	}
	u := e.users[store.FoldCase(id)]
	if u == nil { // the newest sign-in comes first, and has the names
		u = &excludedUser{row: InsightRow{ID: id, Name: s.UserDisplayName, Username: s.UserPrincipalName}, first: s.Time, last: s.Time}
		e.users[store.FoldCase(id)] = u
	}
	u.n++
	if s.Time.Before(u.first) {
		u.first = s.Time
	}
	if s.Time.After(u.last) {
		u.last = s.Time
	}
	for _, rule := range rules {
		if !slices.Contains(u.rules, rule) {
			u.rules = append(u.rules, rule)
		}
	}
}
