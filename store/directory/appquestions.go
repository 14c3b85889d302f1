package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// appQuestion answers a question from the index. sees tells whether all scopes have an application.
func (db *DB) appQuestion(ctx context.Context, scopes store.Scopes, answer func(x *appIndex, sees func(appID string) bool)) error {
	return db.read(ctx, func(q dbfile.Querier) error {
		x, err := db.appsOf(ctx, q)
		if err != nil {
			return err
		}
		if len(scopes) > 0 {
			known, err := db.indexOf(ctx, q)
			if err != nil {
				return err
			}
			scopes = known.Scopes(scopes)
		}
		answer(x, func(appID string) bool {
			return !slices.ContainsFunc(scopes, func(s store.Scope) bool {
				return !s.IsZero() && (appID == "" || !s.HasObject(store.ObjectApplication, appID))
			})
		})
		return nil
	})
}

// AppsTold gives what is told of applications; see store.States.
func (db *DB) AppsTold(ctx context.Context, appIDs []string, scopes store.Scopes) (list []store.AppTold, err error) {
	err = db.appQuestion(ctx, scopes, func(x *appIndex, sees func(string) bool) {
		if len(appIDs) == 0 {
			for i := range x.apps {
				if sees(x.apps[i].AppID) {
					list = append(list, x.apps[i])
				}
			}
			return
		}
		for _, id := range appIDs {
			id = store.FoldCase(id)
			if at, known := x.at[id]; known && sees(id) {
				list = append(list, x.apps[at])
			}
		}
	})
	return list, err
}

// AppsByURI finds applications by their URIs; see store.States.
func (db *DB) AppsByURI(ctx context.Context, uris []string, scopes store.Scopes) (map[string][]string, error) {
	found := map[string][]string{}
	err := db.appQuestion(ctx, scopes, func(x *appIndex, sees func(string) bool) {
		for _, uri := range uris {
			uri = store.PlainURI(uri)
			if apps := slices.DeleteFunc(slices.Clone(x.byURI[uri]), func(id string) bool { return !sees(id) }); len(apps) > 0 && uri != "" {
				found[uri] = apps
			}
		}
	})
	return found, err
}

// PrincipalActivities gives rows of the report; see store.States.
func (db *DB) PrincipalActivities(ctx context.Context, appIDs []string, scopes store.Scopes) (list []store.PrincipalActivity, err error) {
	err = db.appQuestion(ctx, scopes, func(x *appIndex, sees func(string) bool) {
		if len(appIDs) == 0 {
			for id := range x.activities {
				appIDs = append(appIDs, id)
			}
			slices.Sort(appIDs)
		}
		for _, id := range appIDs {
			id = store.FoldCase(id)
			if a, known := x.activities[id]; known && sees(id) {
				list = append(list, a)
			}
		}
	})
	return list, err
}

// RelyingParties gives the applications of AD FS; see store.States.
func (db *DB) RelyingParties(ctx context.Context, scopes store.Scopes) (list []store.RelyingParty, err error) {
	err = db.appQuestion(ctx, scopes, func(x *appIndex, _ func(string) bool) {
		if !slices.ContainsFunc(scopes, func(s store.Scope) bool { return !s.IsZero() }) {
			list = slices.Clone(x.parties)
		}
	})
	return list, err
}

// AppCredentials gives one page of credentials; see store.States.
func (db *DB) AppCredentials(ctx context.Context, asked store.AppCredentialsQuery) (page store.AppCredentialPage, err error) {
	err = db.appQuestion(ctx, asked.Scopes, func(x *appIndex, sees func(string) bool) {
		page = x.credentialPage(&asked, sees)
	})
	return page, err
}

func (x *appIndex) credentialPage(asked *store.AppCredentialsQuery, sees func(string) bool) (page store.AppCredentialPage) {
	apps, keys := folded(asked.AppIDs), folded(asked.KeyIDs)
	text := store.FoldCase(strings.TrimSpace(asked.Text))
	for i := range x.credentials {
		c := &x.credentials[i]
		expires := asked.Expires.IsZero() || !c.Expires.IsZero() && !c.Expires.Before(asked.Expires.From) && c.Expires.Before(asked.Expires.To)
		switch {
		case asked.Gone != c.IsGone() && (asked.Gone || keys == nil):
		case !sees(c.AppID), apps != nil && !apps[c.AppID], keys != nil && !keys[c.KeyID], !expires:
		case asked.Type != "" && c.Type != asked.Type, asked.Origin != "" && !strings.EqualFold(c.Origin, asked.Origin):
		case text != "" && !strings.Contains(store.Searchable(c.Credential.Name, c.Name, c.AppID, c.KeyID), text):
		default:
			page.Rows = append(page.Rows, *c)
		}
	}
	place := func(c *store.AppCredential) store.EntityPlace { return credentialPlace(c, asked.Sort, asked.Reverse) }
	slices.SortFunc(page.Rows, func(a, b store.AppCredential) int { return comparePlaces(place(&a), place(&b)) })
	page.Total = int64(len(page.Rows))
	if asked.After != nil {
		from, found := slices.BinarySearchFunc(page.Rows, *asked.After, func(c store.AppCredential, at store.EntityPlace) int { return comparePlaces(place(&c), at) })
		if found {
			from++
		}
		page.Rows = page.Rows[from:]
	}
	if asked.Limit > 0 && len(page.Rows) > asked.Limit {
		page.Rows = page.Rows[:asked.Limit:asked.Limit]
		next := place(&page.Rows[asked.Limit-1])
		page.Next = &next
	}
	return page
}

func folded(ids []string) map[string]bool {
	if len(ids) == 0 {
		return nil
	}
	set := map[string]bool{}
	for _, id := range ids {
		set[store.FoldCase(id)] = true
	}
	return set
}

// credentialPlace is a credential's place in an order. Times that are not told come last in both directions.
func credentialPlace(c *store.AppCredential, sort store.CredentialSort, reverse bool) store.EntityPlace {
	p := store.EntityPlace{Name: store.FoldCase(c.Name), ID: c.AppID + " " + c.KeyID}
	n := func(t time.Time) int64 {
		switch {
		case t.IsZero():
			return int64(1) << 62
		case reverse:
			return -t.UnixMicro()
		}
		return t.UnixMicro()
	}
	switch sort {
	case store.CredentialsByExpiry:
		p.N = n(c.Expires)
	case store.CredentialsByCreated:
		p.N = n(c.Created)
	case store.CredentialsByType:
		p.Name = string(c.Type) + " " + p.Name
	}
	return p
}

func comparePlaces(a, b store.EntityPlace) int {
	return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// StatesTold tells what is kept of each kind; see store.States.
func (db *DB) StatesTold(ctx context.Context, scopes store.Scopes) (map[store.StateKind]store.StateTold, error) {
	all := map[store.StateKind]store.StateTold{}
	err := db.read(ctx, func(q dbfile.Querier) error {
		ids, usernames, limited, err := db.people(ctx, q, scopes, store.PeopleOf{})
		if err != nil {
			return err
		}
		for _, kind := range store.StateKinds() {
			f, gone := &stateFilter{}, &stateFilter{}
			f.ofKind(kind, false)
			gone.ofKind(kind, true)
			switch {
			case !limited:
			case kind == store.StateRegistration:
				err = f.among("id", ids)
			case kind.IsRisk():
				seen := &stateFilter{}
				err = db.riskOf(ctx, q, seen, kind, scopes)
				f.add("id IN (SELECT id FROM risk_states WHERE "+seen.text()+")", seen.args...)
			case kind == store.StateFormerRegistration, kind == store.StateCredentialUse:
				err = f.among("username", usernames)
			default:
				f.add("false")
			}
			if err != nil {
				return err
			}
			gone.where, gone.args = append(gone.where, f.where[2:]...), append(gone.args, f.args[2:]...) // who is seen
			var t toldMicros
			if err := q.QueryRowContext(ctx, "SELECT "+toldColumns+" FROM states WHERE "+f.text(), f.args...).Scan(t.targets()...); err != nil {
				return fmt.Errorf("count the rows of reports: %w", err)
			}
			told := t.with(store.StateTold{})
			if err := q.QueryRowContext(ctx, "SELECT count(*) FROM states WHERE "+gone.text(), gone.args...).Scan(&told.Gone); err != nil {
				return fmt.Errorf("count the rows that are gone: %w", err)
			}
			dates, err := readReportDates(ctx, q, kind)
			if err != nil {
				return err
			}
			if told.Part, err = newestPart(ctx, q, kind); err != nil {
				return err
			}
			if told.Whole = dates.newest(); told.N+told.Gone > 0 {
				all[kind] = told
			}
		}
		return nil
	})
	return all, err
}
