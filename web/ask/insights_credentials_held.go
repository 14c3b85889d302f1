package ask

import (
	"cmp"
	"context"
	"time"

	"signpost/store"
)

// heldCredential is a credential with its sign-ins.
type heldCredential struct {
	store.AppCredential
	// seen says that only sign-ins name it.
	seen           bool
	byKey, byPrint int64     // successful sign-ins in the range that name the key ID, and those that name the thumbprint alone
	used, refused  time.Time // ever
}

// isUnused says that nothing tells a use.
func (c *heldCredential) isUnused() bool {
	return !c.seen && c.used.IsZero() && c.Reported.Time.IsZero()
}

func (c *heldCredential) endsBetween(from, to time.Time) bool {
	return !c.Expires.IsZero() && !c.Expires.Before(from) && c.Expires.Before(to)
}

// principalSignIns are the sign-ins of service principals in a range, with the filter of the report.
func principalSignIns(q *InsightQuery, r store.Range) store.ListQuery {
	return store.ListQuery{Log: store.ServicePrincipal, Range: r, Filter: q.Filter}
}

// credentials are all of them with their sign-ins. complete says that all sign-ins were counted.
type credentials struct {
	list     []heldCredential
	complete bool
}

// heldCredentials gives every credential with its sign-ins.
func heldCredentials(ctx context.Context, r Reader, q *InsightQuery) (credentials, error) {
	return once(ctx, q, "credentials", func() (credentials, error) { return findCredentials(ctx, r, q) })
}

func findCredentials(ctx context.Context, r Reader, q *InsightQuery) (of credentials, err error) {
	var list []heldCredential
	var known store.AppCredentialPage
	var told []store.AppTold
	var apps map[string]bool
	tables := make([]struct {
		rows     []store.TableRow
		complete bool
	}, 4)
	table := func(i int, list store.ListQuery, by, across *store.Field) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			t := tableOf(list, by)
			if t.Across = across; across != nil {
				t.Columns = 1
			}
			tables[i].rows, tables[i].complete, err = allRows(ctx, r, t)
			return err
		}
	}
	ever, inRange := principalSignIns(q, store.AllTime()), principalSignIns(q, q.Range)
	// A thumbprint counts where the record names no key ID: other records are counted by that.
	everByPrint, byPrint := ever, inRange
	everByPrint.Filter = ever.Filter.With(store.KeyField, store.OpEmpty, "")
	byPrint.Filter = inRange.Filter.With(store.KeyField, store.OpEmpty, "")
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			known, err = r.AppCredentials(ctx, store.AppCredentialsQuery{})
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = appsTold(ctx, r, q)
			return err
		},
		func(ctx context.Context) (err error) {
			apps, err = appsOfGroups(ctx, r, q)
			return err
		},
		table(0, ever, store.KeyField, store.AppField),
		table(1, everByPrint, store.ThumbprintField, store.AppField),
		table(2, inRange, store.KeyField, nil),
		table(3, byPrint, store.ThumbprintField, nil),
	)
	if err != nil {
		return of, err
	}
	complete := true
	for i := range tables {
		complete = complete && tables[i].complete
	}
	keys, prints := byValue(tables[0].rows), byValue(tables[1].rows)
	usesOfKey, usesOfPrint := byValue(tables[2].rows), byValue(tables[3].rows)
	found, toldOf := map[string]bool{}, map[string]int{}
	for i := range told {
		toldOf[told[i].AppID] = i
	}
	for i := range known.Rows {
		c := heldCredential{AppCredential: known.Rows[i]}
		found[c.KeyID] = true
		found[store.FoldCase(c.Thumbprint)] = true
		for _, row := range []*store.TableRow{keys[c.KeyID], prints[store.FoldCase(c.Thumbprint)]} {
			if row != nil {
				c.used, c.refused = later(c.used, row.LastSuccess), later(c.refused, row.LastFailure)
			}
		}
		c.byKey, c.byPrint = successesOf(usesOfKey, c.KeyID), successesOf(usesOfPrint, c.Thumbprint)
		if apps == nil || apps[c.AppID] {
			list = append(list, c)
		}
	}
	for i, table := range [][]store.TableRow{tables[0].rows, tables[1].rows} {
		for n := range table {
			row := &table[n]
			if found[store.FoldCase(row.Value)] {
				continue
			}
			c := heldCredential{seen: true, used: row.LastSuccess, refused: row.LastFailure}
			if c.AppID, c.Name = row.Top.Value, row.Top.Label; i == 0 {
				c.KeyID, c.byKey = row.Value, successesOf(usesOfKey, row.Value)
			} else {
				c.Thumbprint, c.byPrint = row.Value, successesOf(usesOfPrint, row.Value)
			}
			if at, known := toldOf[store.FoldCase(c.AppID)]; known {
				c.Name, c.Owners = told[at].Name(), told[at].Owners
			}
			list = append(list, c)
		}
	}
	return credentials{list, complete}, nil
}

// successesOf counts the successful sign-ins of a row that there may be.
func successesOf(rows map[string]*store.TableRow, value string) int64 {
	if row := rows[store.FoldCase(value)]; row != nil && value != "" {
		return row.ByStatus[store.StatusSuccess]
	}
	return 0
}

// id tells credentials apart: the key ID, or the thumbprint where no source tells a key ID.
func (c *heldCredential) id() string { return cmp.Or(c.KeyID, c.Thumbprint) }

// uses counts the successful sign-ins in the range.
func (c *heldCredential) uses() int64 { return c.byKey + c.byPrint }

// records are the successful sign-ins in the range; nil where some name the key ID and others the thumbprint alone, for no list has both.
func (c *heldCredential) records(list store.ListQuery) *store.ListQuery {
	switch {
	case c.byPrint == 0 && c.KeyID != "":
		return narrowed(list, store.KeyField, c.KeyID)
	case c.byKey == 0:
		return byPrintAlone(narrowed(list, store.ThumbprintField, c.Thumbprint))
	}
	return nil
}

// byPrintAlone leaves the sign-ins that name no key ID.
func byPrintAlone(list *store.ListQuery) *store.ListQuery {
	list.Filter = list.Filter.With(store.KeyField, store.OpEmpty, "")
	return list
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// appsOfGroups gives the applications with a service principal in one of the filter's groups; nil without a group. A department
// has users alone.
func appsOfGroups(ctx context.Context, r Reader, q *InsightQuery) (map[string]bool, error) {
	of := store.PeopleOfFilter(q.Filter)
	members, apps := map[string]bool{}, map[string]bool{}
	switch {
	case len(of.Departments) > 0:
		return apps, nil
	case len(of.Groups) == 0:
		return nil, nil
	}
	for _, group := range of.Groups {
		asked := store.GroupMembersQuery{Group: group, Limit: store.MaxTop}
		for {
			page, err := r.GroupMembers(ctx, asked)
			if err != nil {
				return nil, err
			}
			for _, m := range page.Members {
				members[m.ID] = true
			}
			if asked.After = page.Next; page.Next == nil {
				break
			}
		}
	}
	told, err := appsTold(ctx, r, q)
	for i := range told {
		if members[told[i].Principal.ID] {
			apps[told[i].AppID] = true
		}
	}
	return apps, err
}
