package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// appIndex is what the directory and the reports tell of applications, at one revision of directory.db. A tenant has some
// thousands of them, so all are kept in memory.
type appIndex struct {
	revision    int64
	apps        []store.AppTold // in the order of application IDs
	at          map[string]int
	credentials []store.AppCredential
	byURI       map[string][]string // application IDs
	activities  map[string]store.PrincipalActivity
	parties     []store.RelyingParty
}

// appsOf gives the index at the state that a question sees.
func (db *DB) appsOf(ctx context.Context, q dbfile.Querier) (*appIndex, error) {
	var revision int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision of the directory: %w", err)
	}
	if kept := db.apps.Load(); kept != nil && kept.revision == revision {
		return kept, nil
	}
	if err := db.loading.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer db.loading.Release(1)
	kept := db.apps.Load()
	if kept != nil && kept.revision == revision {
		return kept, nil
	}
	x := &appIndex{revision: revision, at: map[string]int{}, byURI: map[string][]string{}, activities: map[string]store.PrincipalActivity{}}
	if err := x.load(ctx, q); err != nil {
		return nil, fmt.Errorf("read what is told of applications: %w", err)
	}
	if kept == nil || kept.revision < revision {
		db.apps.Store(x)
	}
	return x, nil
}

// held is the object of an application or a service principal, with its details.
type held struct {
	object  store.Object
	details store.AppDetails
	owners  []store.Owner
	listed  bool // its owners were imported
	whole   bool
}

func (x *appIndex) load(ctx context.Context, q dbfile.Querier) error {
	objects, err := readObjects(ctx, q, "SELECT "+objectColumns+" FROM directory WHERE kind IN (?, ?) AND app_id <> '' ORDER BY app_id, kind, id", store.ObjectApplication, store.ObjectServicePrincipal)
	if err != nil {
		return err
	}
	details, err := loadDetails(ctx, q)
	if err != nil {
		return err
	}
	owners, err := loadOwners(ctx, q)
	if err != nil {
		return err
	}
	for i := range objects {
		o := held{object: objects[i], details: details[objects[i].Kind][objects[i].ID]}
		if list, listed := owners[o.object.ID]; listed {
			o.listed, o.whole = true, list.whole
			for _, m := range list.members {
				o.owners = append(o.owners, store.Owner{Member: m, Of: o.object.Kind})
			}
		}
		x.add(&o)
	}
	for uri, apps := range x.byURI {
		slices.Sort(apps)
		x.byURI[uri] = slices.Compact(apps)
	}
	return x.loadReports(ctx, q)
}

func loadDetails(ctx context.Context, q dbfile.Querier) (map[store.ObjectKind]map[string]store.AppDetails, error) {
	rows, err := q.QueryContext(ctx, "SELECT kind, id, doc FROM app_details")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[store.ObjectKind]map[string]store.AppDetails{store.ObjectApplication: {}, store.ObjectServicePrincipal: {}}
	for rows.Next() {
		var kind store.ObjectKind
		var id string
		var doc []byte
		var d store.AppDetails
		if err := rows.Scan(&kind, &id, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &d); err != nil {
			return nil, fmt.Errorf("read the details of %s: %w", id, err)
		}
		if all[kind] != nil {
			all[kind][id] = d
		}
	}
	return all, rows.Err()
}

// ownerList is the owners of one object.
type ownerList struct {
	members []store.Member
	whole   bool
}

func loadOwners(ctx context.Context, q dbfile.Querier) (map[string]*ownerList, error) {
	lists, err := q.QueryContext(ctx, "SELECT owned, whole FROM ownerships")
	if err != nil {
		return nil, err
	}
	defer lists.Close()
	all := map[string]*ownerList{}
	for lists.Next() {
		var id string
		var whole bool
		if err := lists.Scan(&id, &whole); err != nil {
			return nil, err
		}
		all[id] = &ownerList{whole: whole}
	}
	if err := lists.Err(); err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, "SELECT owned, id, kind, name, username FROM owners ORDER BY owned, name, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var of string
		var m store.Member
		if err := rows.Scan(&of, &m.ID, &m.Kind, &m.Name, &m.Username); err != nil {
			return nil, err
		}
		if list := all[of]; list != nil {
			list.members = append(list.members, m)
		}
	}
	return all, rows.Err()
}

// add adds an object to what is told of its application.
func (x *appIndex) add(o *held) {
	id := o.object.AppID
	at, known := x.at[id]
	if !known {
		at = len(x.apps)
		x.at[id] = at
		x.apps = append(x.apps, store.AppTold{AppID: id, OwnersWhole: true})
	}
	a := &x.apps[at]
	origin := store.OriginApplication
	switch o.object.Kind {
	case store.ObjectApplication:
		a.Application = o.object
	default:
		a.Principal, origin = o.object, store.OriginServicePrincipal
	}
	a.OwnerTenant = cmp.Or(a.OwnerTenant, o.details.OwnerTenant, store.FoldCase(o.object.Fact("appOwnerOrganizationId")))
	for _, uri := range o.details.IdentifierURIs {
		if !slices.Contains(a.IdentifierURIs, uri) {
			a.IdentifierURIs = append(a.IdentifierURIs, uri)
		}
	}
	for _, uri := range o.details.ReplyURLs {
		if !slices.Contains(a.ReplyURLs, uri) {
			a.ReplyURLs = append(a.ReplyURLs, uri)
		}
	}
	for _, uri := range slices.Concat(o.details.IdentifierURIs, o.details.ReplyURLs) {
		x.byURI[store.PlainURI(uri)] = append(x.byURI[store.PlainURI(uri)], id)
	}
	a.Owners, a.OwnersTold, a.OwnersWhole = append(a.Owners, o.owners...), a.OwnersTold || o.listed, a.OwnersWhole && o.whole
	a.CredentialsTold = a.CredentialsTold || o.details.Passwords != nil || o.details.Keys != nil
	for _, c := range o.details.Credentials() {
		x.credentials = append(x.credentials, store.AppCredential{
			Credential: c, Origin: origin, AppID: id, ObjectID: o.object.ID, InDirectory: true, AsOf: o.object.AsOf,
		})
	}
}

// loadReports reads the rows of reports, joins the credentials that both tell, and names the applications.
func (x *appIndex) loadReports(ctx context.Context, q dbfile.Querier) error {
	const rows = "kind = ? ORDER BY name, id"
	var reported []store.CredentialActivity
	err := readStates(ctx, q, store.StateCredentialActivity, func(s *stateFound) error {
		a := store.CredentialActivity{AsOf: s.asOf, Gone: s.gone}
		err := json.Unmarshal(s.doc, &a)
		reported = append(reported, a)
		return err
	}, rows, store.StateCredentialActivity)
	if err != nil {
		return err
	}
	x.join(reported)
	err = readStates(ctx, q, store.StatePrincipalActivity, func(s *stateFound) error {
		a := store.PrincipalActivity{AsOf: s.asOf, Gone: s.gone}
		err := json.Unmarshal(s.doc, &a)
		x.activities[a.AppID] = a
		return err
	}, rows, store.StatePrincipalActivity)
	if err != nil {
		return err
	}
	return readStates(ctx, q, store.StateRelyingParty, func(s *stateFound) error {
		p := store.RelyingParty{AsOf: s.asOf, Gone: s.gone}
		err := json.Unmarshal(s.doc, &p)
		x.parties = append(x.parties, p)
		return err
	}, rows, store.StateRelyingParty)
}

// join makes one credential of all that is told of a key ID of an application. The directory's word goes before the report's.
func (x *appIndex) join(reported []store.CredentialActivity) {
	type key struct{ app, id string }
	at, byID := map[key]int{}, map[string][]int{}
	var joined []store.AppCredential
	put := func(c *store.AppCredential) {
		k := key{c.AppID, c.KeyID}
		if i, twice := at[k]; twice {
			joined[i] = joinedCredential(&joined[i], c)
			return
		}
		at[k], byID[c.KeyID] = len(joined), append(byID[c.KeyID], len(joined))
		joined = append(joined, *c)
	}
	for i := range x.credentials {
		put(&x.credentials[i])
	}
	for i := range reported {
		r := &reported[i]
		c := store.AppCredential{
			Credential: store.Credential{KeyID: r.KeyID, Type: r.Type, Usage: r.Usage, Created: r.Created, Expires: r.Expires},
			Origin:     r.Origin, AppID: r.AppID, ObjectID: cmp.Or(r.AppObjectID, r.PrincipalID), InReport: r.Gone.IsZero(), Gone: r.Gone, AsOf: r.AsOf, Reported: r.Last,
		}
		if known := byID[c.KeyID]; c.AppID == "" && len(known) == 1 {
			c.AppID = joined[known[0]].AppID
		}
		put(&c)
	}
	for i := range joined {
		c := &joined[i]
		if of, known := x.at[c.AppID]; known {
			c.Name, c.Owners = x.apps[of].Name(), x.apps[of].Owners
		}
	}
	x.credentials = joined
}

// joinedCredential gives a credential with what a further source tells of it: what it lacked, and the later of the two uses.
func joinedCredential(c, more *store.AppCredential) store.AppCredential {
	next := *c
	next.Type, next.Usage = cmp.Or(c.Type, more.Type), cmp.Or(c.Usage, more.Usage)
	next.Credential.Name, next.Thumbprint = cmp.Or(c.Credential.Name, more.Credential.Name), cmp.Or(c.Thumbprint, more.Thumbprint)
	next.Origin, next.ObjectID = cmp.Or(c.Origin, more.Origin), cmp.Or(c.ObjectID, more.ObjectID)
	if next.Created.IsZero() {
		next.Created = more.Created
	}
	if next.Expires.IsZero() {
		next.Expires = more.Expires
	}
	if more.Reported.Time.After(c.Reported.Time) {
		next.Reported = more.Reported
	}
	if more.AsOf.After(c.AsOf) {
		next.AsOf = more.AsOf
	}
	next.InDirectory, next.InReport = c.InDirectory || more.InDirectory, c.InReport || more.InReport
	if more.Gone.After(c.Gone) {
		next.Gone = more.Gone
	}
	if next.InReport {
		next.Gone = time.Time{}
	}
	return next
}
