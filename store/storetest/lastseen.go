package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// Lister is an engine that lists users, applications and service principals.
type Lister interface {
	Entities(ctx context.Context, q store.EntitiesQuery) (store.EntityPage, error)
	LastSuccess(ctx context.Context, kind store.ObjectKind, id string) (store.LastSuccess, error)
}

// LastSeen is an entity's newest sign-in and its newest success, over all time and all logs of the entity.
type LastSeen struct {
	Newest, Success time.Time
	// Names are those on the newest sign-in; where several share that instant, the names of all.
	Names []string
}

// LastSeen gives the last sign-ins of all entities of a kind. The key is the ID in lower case or, marked, the name
// in place of an ID.
func (p *Plain) LastSeen(e store.Entity) map[string]LastSeen {
	found := map[string]LastSeen{}
	for _, r := range p.all {
		s, ok := r.Entry.(*store.SignIn)
		if !ok {
			continue
		}
		info, _ := store.SignIns.Log(s.Log)
		word := entityWord(e.Property(), s)
		if word == "" || !slices.Contains(store.EntitiesOf(info), e) {
			continue
		}
		last, at := found[word], r.Key.Time()
		if at.After(last.Newest) {
			last.Newest, last.Names = at, nil
		}
		if name := *e.NameProperty().Text(s); at.Equal(last.Newest) && !slices.Contains(last.Names, name) {
			last.Names = append(last.Names, name)
		}
		if s.Status() == store.StatusSuccess && at.After(last.Success) {
			last.Success = at
		}
		found[word] = last
	}
	return found
}

// checkLastSeen asks for the entities without a sign-in since some instant, and for the last sign-ins of all.
func (w *world) checkLastSeen(plain *Plain) {
	w.t.Helper()
	engine, ok := w.engine.(Lister)
	if !ok {
		return
	}
	since := Noon.Add(-time.Duration(w.r.IntN(14*24)) * time.Hour)
	for kind, entity := range map[store.ObjectKind]store.Entity{
		store.ObjectUser: store.EntityUser, store.ObjectApplication: store.EntityApplication, store.ObjectServicePrincipal: store.EntityServicePrincipal,
	} {
		seen := plain.LastSeen(entity)
		var want []string
		for word, last := range seen {
			if last.Success.Before(since) {
				want = append(want, fmt.Sprintf("%q %s", word, last.Success))
			}
			if strings.HasPrefix(word, "\x00") {
				continue
			}
			got, err := engine.LastSuccess(w.t.Context(), kind, strings.ToUpper(word))
			if err != nil || !got.Complete || !got.Time.Equal(last.Success) {
				w.t.Errorf("last success of %s %q: %s, complete %t, %v; want %s", kind, word, got.Time, got.Complete, err, last.Success)
			}
		}
		got := w.inactive(engine, kind, since, seen)
		slices.Sort(want)
		slices.Sort(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			w.t.Fatalf("%s inactive since %s (-plain +engine):\n%s", kind, since, diff)
		}
	}
}

// inactive lists the entities without a sign-in since an instant, page by page, the oldest first.
func (w *world) inactive(engine Lister, kind store.ObjectKind, since time.Time, seen map[string]LastSeen) (list []string) {
	w.t.Helper()
	q := store.EntitiesQuery{
		Kind: kind, Range: store.Range{From: since, To: everything.To}, Inactive: true, Sort: store.SortSuccess, Reverse: true, Limit: 1 + w.r.IntN(20),
	}
	var before time.Time
	for {
		page, err := engine.Entities(w.t.Context(), q)
		if err != nil {
			w.t.Fatal(err)
		}
		if !page.Complete {
			w.t.Errorf("the list of %s says that it is not complete", kind)
		}
		for _, r := range page.Rows {
			word := r.ID
			if word == "" {
				word = "\x00" + r.Name
			} else if !slices.Contains(seen[word].Names, r.Name) {
				w.t.Errorf("%s %q is called %q, want one of %q", kind, word, r.Name, seen[word].Names)
			}
			if r.LastSuccess.Before(before) {
				w.t.Errorf("%s %q succeeded at %s, before the one above it at %s", kind, word, r.LastSuccess, before)
			}
			before = r.LastSuccess
			list = append(list, fmt.Sprintf("%q %s", word, r.LastSuccess))
		}
		if page.Next == nil {
			if page.Total != int64(len(list)) {
				w.t.Errorf("%d %s in all, and %d on the pages", page.Total, kind, len(list))
			}
			return list
		}
		q.After = page.Next
	}
}
