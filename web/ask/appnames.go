package ask

import (
	"context"
	"errors"

	"signpost/store"
	"signpost/store/activity"
)

// maxAppNames bounds the applications of a page that are looked up by their ID.
const maxAppNames = 20

// AppNames are the names of applications by their IDs. Records of activity often have the ID alone.
type AppNames map[string]string

// namesOfApps finds the names of the applications that records of activity have by their ID alone: that of the directory, else that of the
// newest sign-in. A name that cannot be found in time is left out.
func namesOfApps(ctx context.Context, r Reader, entries []store.Entry) (AppNames, error) {
	names := AppNames{}
	var questions []func(context.Context) error
	found := make([]string, maxAppNames)
	var ids []string
	for _, e := range entries {
		a, ok := e.(*activity.Record)
		if !ok || a.ApplicationName != "" || !store.IsGUID(a.ApplicationID) || len(ids) == maxAppNames {
			continue
		}
		id := store.FoldCase(a.ApplicationID)
		if _, asked := names[id]; asked {
			continue
		}
		names[id] = ""
		n := len(ids)
		ids = append(ids, id)
		questions = append(questions, func(ctx context.Context) (err error) {
			found[n], err = nameOfApp(ctx, r, id)
			return err
		})
	}
	err := Together(ctx, questions...)
	for n, id := range ids {
		names[id] = found[n]
	}
	return names, err
}

// nameOfApp finds the name of one application; empty where nobody knows it.
func nameOfApp(ctx context.Context, r Reader, id string) (name string, err error) {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	var trouble Trouble
	objects, err := r.ObjectsOfApp(ctx, id)
	for i := range objects {
		if err == nil && objects[i].Name != "" {
			return objects[i].Name, nil
		}
	}
	for _, log := range LogsOf(store.ObjectApplication) {
		if err != nil {
			break
		}
		var newest store.Page
		newest, err = r.Page(ctx, store.ListQuery{Log: log, Range: store.AllTime(), Filter: ObjectFilter(store.ObjectApplication, id), Limit: 1})
		if errors.As(err, new(store.WithheldError)) {
			err = nil
			continue
		}
		if err == nil && len(newest.Rows) > 0 && newest.Rows[0].SignIn().AppDisplayName != "" {
			return newest.Rows[0].SignIn().AppDisplayName, nil
		}
	}
	return "", r.Part(ctx, "the name of an application", err, &trouble)
}

// Of gives the name of a record's application: its own, else the one that was found, else the ID.
func (n AppNames) Of(r *activity.Record) string {
	if r.ApplicationName != "" {
		return r.ApplicationName
	}
	if name := n[store.FoldCase(r.ApplicationID)]; name != "" {
		return name
	}
	return r.ApplicationID
}
