package sqlite

import (
	"context"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// FindUser gives the user ID that the sign-ins under a user principal name carry; see store.Store.
func (db *DB) FindUser(ctx context.Context, upn, tenant string) (found store.FoundUser, err error) {
	if upn = strings.TrimSpace(upn); upn == "" {
		return found, nil
	}
	err = db.read(ctx, func(v *view) error {
		found = store.FoundUser{}
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
		p.few = &fewRows{filter: fmt.Sprintf("rows under the name %q", store.FoldCase(upn)), any: p.any}
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
	for _, info := range store.SignIns.Logs {
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
