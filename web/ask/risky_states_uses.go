package ask

import (
	"context"
	"slices"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/risk"
)

// findUses asks for the credentials and the resources of a service principal's sign-ins, and for changes to it and by it.
func (a *KnownRisk) findUses(ctx context.Context, r Reader, q RiskyObject) error {
	if a.Known.Kind == store.ObjectUser {
		return nil
	}
	filter := ObjectFilter(store.ObjectServicePrincipal, a.Known.ID)
	a.Keys.By, a.Resources.By = store.KeyField, store.ResourceField
	var questions []func(context.Context) error
	for _, table := range []*ObjectTable{&a.Keys, &a.Resources} {
		questions = append(questions, func(ctx context.Context) (err error) {
			table.Table, err = r.Table(ctx, store.TableQuery{By: table.By, Logs: []store.Log{store.ServicePrincipal}, Range: q.Range, Filter: filter, Limit: objectUses})
			return r.Part(ctx, "the "+table.By.Many+" of a service principal", err, &table.Trouble)
		})
	}
	questions = append(questions, func(ctx context.Context) error {
		named, err := r.Table(ctx, store.TableQuery{By: risk.KeyField, Logs: []store.Log{risk.Workloads}, Range: q.Range, Filter: a.detectionsQuery(q.Range).Filter, Limit: store.MaxTop})
		a.namedKeys = map[string]bool{}
		for i := range named.Rows {
			a.namedKeys[store.FoldCase(named.Rows[i].Value)] = true
		}
		var unsaid Trouble // the rows then have no mark
		return r.Part(ctx, "the keys that detections name", err, &unsaid)
	})
	questions = append(questions, func(ctx context.Context) error {
		a.Changes = a.Known.ChangesIn(q.Range)
		a.Changes.Parts = slices.DeleteFunc(a.Changes.Parts, func(p TrailPart) bool { return p.Query.Log != audit.Directory })
		return a.Changes.Ask(ctx, r)
	})
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	keys := make([]string, 0, len(a.Keys.Table.Rows))
	for i := range a.Keys.Table.Rows {
		keys = append(keys, a.Keys.Table.Rows[i].Value)
	}
	if len(keys) == 0 {
		return nil
	}
	page, err := r.AppCredentials(ctx, store.AppCredentialsQuery{KeyIDs: keys})
	a.Credentials = map[string]store.AppCredential{}
	for _, c := range page.Rows {
		a.Credentials[store.FoldCase(c.KeyID)] = c
	}
	return err
}

// NamedKey says that a detection of the range names a credential.
func (a *KnownRisk) NamedKey(key string) bool { return a.namedKeys[store.FoldCase(key)] }
