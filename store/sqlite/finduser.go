package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// FindUser gives the user ID that a user principal name stands for; see store.Store.
func (db *DB) FindUser(ctx context.Context, upn, tenant string) (found store.FoundUser, err error) {
	if upn = strings.TrimSpace(upn); upn == "" {
		return found, nil
	}
	err = db.read(ctx, func(v *view) error {
		found = store.FoundUser{}
		index, err := v.directory(ctx)
		if err != nil {
			return err
		}
		ids := slices.DeleteFunc(index.names.IDs([]string{upn}), func(id string) bool {
			user, ok := index.find(store.ObjectUser, id)
			return !ok || store.FoldCase(user.Username) != store.FoldCase(upn) // a mail address
		})
		if len(ids) == 1 {
			found = store.FoundUser{ID: ids[0], From: store.FromDirectory}
			return nil
		}
		if !v.completeLogs(personLogs, store.AllTime()) {
			return nil // what an older version of the program did not read may name another user
		}
		logged, err := v.loggedIDs(ctx, upn, tenant)
		if err != nil {
			return fmt.Errorf("look for the user IDs of a name: %w", err)
		}
		if id, ok := logged.Only(); ok {
			found = store.FoundUser{ID: id, From: store.FromLogs}
		}
		return nil
	})
	return found, err
}

// loggedIDs gives the user IDs of all sign-ins under a user principal name, by the codes of their columns.
func (v *view) loggedIDs(ctx context.Context, upn, tenant string) (*store.LoggedIDs, error) {
	s := v.db.schema
	user, name, tenants := s.byProp[store.UserID], s.byProp[store.UserPrincipalName], s.byProp[store.TenantID]
	logged := &store.LoggedIDs{Tenant: tenant}
	named := name.words.anyOf([]string{upn})
	if len(named) == 0 {
		return logged, nil
	}
	counts, err := v.tenantCounts(ctx)
	if err != nil {
		return nil, err
	}
	if tenant == "" {
		logged.Tenant = store.MostNamed(counts)
	}
	for of := range counts {
		logged.Foreign = logged.Foreign || of != store.FoldCase(logged.Tenant)
	}
	for _, log := range personLogs {
		asked, err := v.db.question(store.ListQuery{Log: log, Range: store.AllTime(), AllEvents: true})
		if err != nil {
			return nil, err
		}
		p := &plan{any: []alternative{{clauses: []segment.Clause{{Terms: []segment.Term{{Column: name.index, Set: segment.NewSet(named...)}}}}}}}
		p.few = &fewRows{name: fmt.Sprintf("rows under the name %q", store.FoldCase(upn)), any: p.any}
		err = v.each(ctx, asked, p, func() worker {
			own := map[[2]int64]bool{} // codes of a user ID and a tenant
			return worker{
				take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
					ids, err := s.Column(user.index)
					if err != nil {
						return err
					}
					of, err := s.Column(tenants.index)
					if err != nil {
						return err
					}
					counter.Count2(ids, of, selected, func(id, tenant, _ int64) { own[[2]int64{id, tenant}] = true })
					return nil
				},
				done: func() {
					for codes := range own {
						logged.Add(shownText(user.words.text(codes[0])), tenants.words.text(codes[1]))
					}
				},
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return logged, nil
}

// tenantCounts counts the stored sign-ins by the tenant that they name, in lower case. Each event counts.
func (v *view) tenantCounts(ctx context.Context) (map[string]int64, error) {
	tenants := v.db.schema.byProp[store.TenantID]
	counts := map[string]int64{}
	for _, info := range store.Logs() {
		asked, err := v.db.question(store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true})
		if err != nil {
			return nil, err
		}
		count := v.newFacetCount(ctx, store.TenantField, &asked, store.Filter{})
		err = v.countFacets(ctx, asked, []*facetCount{count})
		for code := range count.byCode {
			if n := count.byCode[code].n; n > 0 && code > 0 {
				counts[store.FoldCase(tenants.words.text(int64(code)))] += n
			}
		}
		count.free()
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}
