package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

// Details asks for a sign-in and for the data that its page shows around it.
type Details struct {
	store.Ref
	// List is the list that the sign-in was opened from; nil leaves its neighbours out.
	List *store.ListQuery
	// Summary asks for the facts that other sign-ins tell about it.
	Summary bool
	// Related asks which facts other sign-ins may share with it, Counted how many do.
	Related, Counted bool
	// Next asks what happened after a sign-in. NextLater leaves the answer for a later request. NextPlaces are where its parts go on.
	Next, NextLater bool
	NextPlaces      NextPlaces
	// Risk asks what the records of Identity Protection tell of a sign-in.
	Risk bool
}

// SignInDetails is a sign-in with the data that its page shows around it. A part that was not asked for is nil.
type SignInDetails struct {
	Record     store.Record
	Summary    *Summary
	Neighbours *Neighbours
	Related    *Related
	// Trail holds the related records of another log: the audit log for a sign-in, the sign-in logs for an audit record.
	Trail *Trail
	// Next holds what happened after a sign-in.
	Next *Trail
	Risk *SignInRisk
}

// Neighbours are the IDs of the sign-ins next to one in a list; empty where there is none.
type Neighbours struct {
	Newer, Older string
	Trouble      Trouble
}

// Ask gives ErrNotFound where there is no such sign-in.
func (q Details) Ask(ctx context.Context, r Reader) (a SignInDetails, err error) {
	err = Together(ctx, func(ctx context.Context) (err error) {
		a.Record, err = r.Get(ctx, store.GetQuery{Ref: q.Ref})
		return err
	})
	if err != nil {
		return a, err
	}
	return a, Together(ctx, q.around(r, &a)...)
}

// around gives the questions about the data that the page shows around the sign-in.
func (q Details) around(r Reader, a *SignInDetails) (questions []func(context.Context) error) {
	if q.List != nil {
		questions = append(questions, func(ctx context.Context) (err error) {
			a.Neighbours, err = neighbours(ctx, r, *q.List, a.Record.Key)
			return err
		})
	}
	related := q.Related || q.Counted
	switch e := a.Record.Entry.(type) {
	case *store.SignIn:
		if related {
			a.Related, a.Trail = RelatedTo(e), AuditTrail(e)
		}
		if q.Next {
			a.Next = Next(e)
			a.Next.GoOn(q.NextPlaces)
		}
		if q.Risk {
			a.Risk = &SignInRisk{}
			questions = append(questions, func(ctx context.Context) error { return a.Risk.ask(ctx, r, &a.Record) })
		}
		if q.Summary && HasSummary(e) {
			questions = append(questions, func(ctx context.Context) (err error) {
				a.Summary, err = SummaryOf(ctx, r, e)
				return err
			})
		}
	case *audit.Record:
		if related {
			a.Trail = SignInTrail(e)
		}
	case *provisioning.Record:
		if related {
			a.Trail = ProvisioningTrail(e)
		}
	case *risk.Record:
		if related {
			a.Trail = RiskTrail(e)
		}
	case *activity.Record:
		if related {
			a.Trail = ActivityTrail(e)
		}
	}
	if q.Counted && a.Related != nil {
		questions = append(questions, func(ctx context.Context) error { return a.Related.Ask(ctx, r) })
	}
	if q.Counted && a.Trail != nil {
		questions = append(questions, func(ctx context.Context) error { return a.Trail.Ask(ctx, r) })
	}
	if a.Next != nil && !q.NextLater {
		questions = append(questions, func(ctx context.Context) error { return a.Next.Ask(ctx, r) })
	}
	return questions
}

// neighbours finds the sign-ins next to one in a list.
func neighbours(ctx context.Context, r Reader, list store.ListQuery, at store.Key) (*Neighbours, error) {
	found := &Neighbours{}
	var troubles [2]Trouble
	next := func(before, after *store.Cursor, id *string, trouble *Trouble) func(context.Context) error {
		return func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
			defer cancel()
			q := list
			q.Before, q.After, q.Limit = before, after, 1
			page, err := r.Page(ctx, q)
			if err == nil && len(page.Rows) > 0 {
				*id = page.Rows[0].Entry.Head().ID
			}
			return r.Part(ctx, "neighbours", err, trouble)
		}
	}
	place := &store.Cursor{Key: at}
	err := Together(ctx, next(place, nil, &found.Newer, &troubles[0]), next(nil, place, &found.Older, &troubles[1]))
	found.Trouble = cmp.Or(troubles[0], troubles[1])
	return found, err
}

// Unread gives the keys of the versions that no field is read from. Where several versions have a key, the newest counts. The
// documents no longer hold data that the viewer may not see. read gives the keys of one document.
func Unread(record store.Record, read func(doc []byte) (envelope, unknown []store.KeyValue)) (envelope, unknown []store.KeyValue) {
	for _, version := range slices.Backward(record.Versions) {
		around, inside := read(version.Doc)
		envelope, unknown = addMissing(envelope, around), addMissing(unknown, inside)
	}
	return envelope, unknown
}

func addMissing(list, more []store.KeyValue) []store.KeyValue {
	for _, kv := range more {
		if !slices.ContainsFunc(list, func(there store.KeyValue) bool { return strings.EqualFold(there.Key, kv.Key) }) {
			list = append(list, kv)
		}
	}
	return list
}

// Misread gives the properties that a version holds in an unreadable shape. read gives those of one document.
func Misread(record store.Record, read func(doc []byte) []*store.Property) (list []*store.Property) {
	for _, version := range record.Versions {
		for _, p := range read(version.Doc) {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// Lacks gives what no version can have, where every version comes from a kind of export that is known to lack something. read
// tells it of one document.
func Lacks(record store.Record, read func(doc []byte) store.Lacking) (lacks store.Lacking) {
	var exports []string
	for i, version := range record.Versions {
		one := read(version.Doc)
		if one.Export == "" {
			return store.Lacking{}
		}
		if i == 0 {
			lacks.Properties, lacks.Lists = slices.Clone(one.Properties), slices.Clone(one.Lists)
		}
		lacks.Properties = slices.DeleteFunc(lacks.Properties, func(p *store.Property) bool { return !slices.Contains(one.Properties, p) })
		lacks.Lists = slices.DeleteFunc(lacks.Lists, func(list store.Collection) bool { return !slices.Contains(one.Lists, list) })
		if !slices.Contains(exports, one.Export) {
			exports = append(exports, one.Export)
		}
	}
	lacks.Export = strings.Join(exports, ", ")
	return lacks
}
