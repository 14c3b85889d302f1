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

// namedBy are the fields that also take a name. Not every sign-in has the name in the field: also says where else it stands.
var namedBy = map[*store.Field]struct {
	word string
	also []namedIn
}{
	// Sign-ins of service principals and managed identities do not hold the name of the application: only its ID finds them.
	store.AppField:      {"application", []namedIn{{workloadLogs, store.ServicePrincipalField}}},
	store.ResourceField: {"resource", nil},
}

// namedIn is a field of some logs.
type namedIn struct {
	logs []store.Log
	name *store.Field
}

// withNamed gives the query with the IDs of all applications or resources that its value names.
func withNamed(ctx context.Context, r Reader, q *InsightQuery) (*InsightQuery, error) {
	of, ok := namedBy[q.Thing.Field]
	if !ok || store.IsGUID(q.Value) {
		return q, nil
	}
	ids, err := once(ctx, q, "IDs of the name", func() ([]string, error) {
		return idsOfName(ctx, r, q, of.word, append([]namedIn{{signInLogs, q.Thing.Field}}, of.also...))
	})
	if err != nil {
		return nil, err
	}
	with := *q
	with.named = ids
	return &with, nil
}

// idsOfName finds the IDs of the applications with the name of the query, in the directory and in sign-ins.
func idsOfName(ctx context.Context, r Reader, q *InsightQuery, word string, places []namedIn) (ids []string, err error) {
	refuse := func(problem string) error {
		return store.BadParam{Param: "value", Value: q.Value, Problem: problem}
	}
	isKnown := false
	add := func(id string) {
		isKnown = true
		if id = store.FoldCase(id); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var apps []store.AppTold
	tables := make([]store.Table, len(places))
	questions := []func(context.Context) error{func(ctx context.Context) (err error) {
		apps, err = appsTold(ctx, r, q)
		return err
	}}
	for i, in := range places {
		questions = append(questions, func(ctx context.Context) (err error) {
			tables[i], err = r.Table(ctx, store.TableQuery{
				Logs: in.logs, Range: store.AllTime(), Filter: store.Filter{}.With(in.name, store.OpIs, q.Value), By: q.Thing.Field, Limit: maxNamed + 1,
			})
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i := range apps {
		if strings.EqualFold(apps[i].Application.Name, q.Value) || strings.EqualFold(apps[i].Principal.Name, q.Value) {
			add(apps[i].AppID)
		}
	}
	for t := range tables {
		for i := range tables[t].Rows {
			if isKnown = true; !tables[t].Rows[i].IsName {
				add(tables[t].Rows[i].Value)
			}
		}
	}
	switch {
	case !isKnown:
		return nil, refuse(fmt.Sprintf("is the name of no %s in the logs or the imported directory. Give the %s ID.", word, word))
	case len(ids) > maxNamed:
		return nil, refuse(fmt.Sprintf("is the name of more than %d %ss. Give the %s ID.", maxNamed, word, word))
	}
	return ids, nil
}

// namedNote says that several things have the name; nil where that is not so.
func namedNote(q *InsightQuery) []Note {
	if len(q.named) < 2 {
		return nil
	}
	return []Note{{Text: fmt.Sprintf("%d %ss have this name. The sign-ins of all of them count.", len(q.named), namedBy[q.Thing.Field].word)}}
}
