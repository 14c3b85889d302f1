package ask

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// maxNamed bounds the applications with one name.
const maxNamed = 50

// withNamedApps gives the query with the IDs of the applications that its value names. Sign-ins of service principals and managed
// identities do not hold the name of the application: only its ID finds them.
func withNamedApps(ctx context.Context, r Reader, q *InsightQuery) (*InsightQuery, error) {
	if q.Thing.Field != store.AppField || store.IsGUID(q.Value) {
		return q, nil
	}
	refuse := func(problem string) error {
		return store.BadParam{Param: "value", Value: q.Value, Problem: problem}
	}
	var ids []string
	isKnown := false
	add := func(id string) {
		isKnown = true
		if id = store.FoldCase(id); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	apps, err := r.AppsTold(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	for i := range apps {
		if strings.EqualFold(apps[i].Application.Name, q.Value) || strings.EqualFold(apps[i].Principal.Name, q.Value) {
			add(apps[i].AppID)
		}
	}
	for _, in := range []struct {
		logs []store.Log
		name *store.Field
	}{{signInLogs, store.AppField}, {workloadLogs, store.ServicePrincipalField}} {
		table, err := r.Table(ctx, store.TableQuery{
			Logs: in.logs, Range: store.AllTime(), Filter: store.Filter{}.With(in.name, store.OpIs, q.Value), By: store.AppField, Limit: maxNamed + 1,
		})
		if err != nil {
			return nil, err
		}
		for i := range table.Rows {
			if isKnown = true; !table.Rows[i].IsName {
				add(table.Rows[i].Value)
			}
		}
	}
	switch {
	case !isKnown:
		return nil, refuse("is the name of no application in the logs or the imported directory. Give the application ID.")
	case len(ids) > maxNamed:
		return nil, refuse(fmt.Sprintf("is the name of more than %d applications. Give the application ID.", maxNamed))
	}
	with := *q
	with.named = ids
	return &with, nil
}
