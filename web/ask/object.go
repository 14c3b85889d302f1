package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/audit"
)

// Object asks for a user, a group, an application or a service principal.
type Object struct {
	Kind store.ObjectKind
	// ID is the object ID, or of an application the application ID.
	ID string
	// MemberText and MembersAfter choose which members of a group are listed.
	MemberText   string
	MembersAfter *store.EntityPlace
}

// KnownObject is the knowledge of the directory and the logs about an object.
type KnownObject struct {
	// Kind and ID are those of the object that was found. An address under /apps may name it by another ID, or name a service
	// principal.
	Kind store.ObjectKind
	ID   string
	// Object is the imported object; nil where none was imported. Objects are the imported registration and service principals of an
	// application.
	Object  *store.Object
	Objects []store.Object
	// SeenName and SeenUsername are the names on its newest sign-in.
	SeenName, SeenUsername string
	// Reported is what Graph's report tells of an application; nil where it was not imported, or never had it.
	Reported *store.PrincipalActivity
	// Groups are some of the groups that have it as a direct member. GroupsTotal counts them all.
	Groups      []store.Object
	GroupsTotal int64
	// Membership describes the members of a group; Members are those of one page.
	Membership  *store.MembershipInfo
	Members     []store.Member
	MembersNext *store.EntityPlace
}

// These are the sizes of the lists in an answer.
const (
	listedGroups   = 20
	membersPerPage = 50
)

// ObjectFilter narrows a log to an object's sign-ins.
func ObjectFilter(kind store.ObjectKind, id string) store.Filter {
	return store.Filter{}.With(store.SignIns.FieldOfObjects(kind), store.OpIs, id)
}

// LogsOf gives the logs that know objects of a kind.
func LogsOf(kind store.ObjectKind) []store.Log {
	var logs []store.Log
	for _, info := range store.SignIns.Logs {
		if kind == store.ObjectUser && !info.User || kind == store.ObjectServicePrincipal && info.User {
			continue
		}
		logs = append(logs, info.Log)
	}
	return logs
}

// IsInLogs says that the logs can be asked about the object. They cannot for a group without imported members: nobody knows them.
func (o *KnownObject) IsInLogs() bool { return o.Membership == nil || !o.Membership.AsOf.IsZero() }

// Ask gives ErrNotFound where neither the directory nor the logs know the object.
func (q Object) Ask(ctx context.Context, r Reader) (*KnownObject, error) {
	o := &KnownObject{Kind: q.Kind, ID: q.ID}
	err := Together(ctx, func(ctx context.Context) error {
		take := func() error { return o.take(ctx, r) }
		if q.Kind == store.ObjectGroup {
			take = func() error { return o.takeGroup(ctx, r, q) }
		}
		err := take()
		if errors.Is(err, store.ErrNotFound) {
			err = o.takeChanged(ctx, r)
		}
		if errors.Is(err, store.ErrNotFound) {
			err = o.takeProvisioned(ctx, r)
		}
		if errors.Is(err, store.ErrNotFound) {
			err = o.takeDetected(ctx, r)
		}
		return err
	})
	return o, err
}

// takeChanged takes the names of an object that only audit records know; ErrNotFound where no record knows it.
func (o *KnownObject) takeChanged(ctx context.Context, r Reader) error {
	q := store.ListQuery{Log: audit.Directory, Range: store.AllTime(), Filter: store.Filter{}.With(audit.TargetField, store.OpIs, o.ID), Limit: 1}
	if _, known := r.Catalog().Log(q.Log); !known {
		return store.ErrNotFound
	}
	newest, err := r.Page(ctx, q)
	var withheld store.WithheldError
	switch {
	case errors.As(err, &withheld):
		return store.ErrNotFound
	case err != nil:
		return err
	case len(newest.Rows) == 0:
		return store.ErrNotFound
	}
	record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: newest.Rows[0].Entry.Head().ID}})
	if err != nil {
		return err
	}
	for _, t := range record.Entry.(*audit.Record).Targets {
		if strings.EqualFold(t.ID, o.ID) {
			o.SeenName, o.SeenUsername = t.Name, t.Username
		}
	}
	if o.Kind == store.ObjectGroup {
		o.Membership = &store.MembershipInfo{}
	}
	return nil
}

// Username is a user's newest known username; empty where there is none.
func (o *KnownObject) Username() string {
	if o.Object != nil && o.Object.Username != "" {
		return o.Object.Username
	}
	return o.SeenUsername
}

// ChangesIn gives the questions to the audit log about the object.
func (o *KnownObject) ChangesIn(in store.Range) *Trail {
	ids := []string{o.ID}
	for _, object := range o.Objects {
		if !slices.Contains(ids, object.ID) {
			ids = append(ids, object.ID)
		}
	}
	return Changes(o.Kind, ids, in)
}

func (o *KnownObject) take(ctx context.Context, r Reader) (err error) {
	if o.Kind == store.ObjectApplication {
		if err = o.settleApp(ctx, r); err != nil {
			return err
		}
	}
	if o.Object, err = imported(ctx, r, o.Kind, o.ID); err != nil {
		return err
	}
	if o.Reported, err = reportedOf(ctx, r, o.appID()); err != nil {
		return err
	}
	if o.Groups, o.GroupsTotal, err = r.GroupsOf(ctx, o.ID, listedGroups); err != nil {
		return err
	}
	seen, err := o.seenName(ctx, r)
	if err == nil && !seen && o.Object == nil && len(o.Objects) == 0 {
		err = store.ErrNotFound
	}
	return err
}

// appID is the application ID of an application or a service principal; empty for anything else, or where nothing tells it.
func (o *KnownObject) appID() string {
	switch {
	case o.Kind == store.ObjectApplication:
		return o.ID
	case o.Kind == store.ObjectServicePrincipal && len(o.Objects) > 0:
		return o.Objects[0].AppID
	}
	return ""
}

// reportedOf gives what Graph's report of service principal sign-in activity tells of an application; nil for nothing.
func reportedOf(ctx context.Context, r Reader, appID string) (*store.PrincipalActivity, error) {
	if appID == "" {
		return nil, nil
	}
	told, err := r.PrincipalActivities(ctx, []string{appID}, nil)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	return &told[0], nil
}

// LastReported is the last use that Graph's report tells; zero for none.
func (o *KnownObject) LastReported() time.Time { return reportedUses(o.Reported)[0].Time }

// imported gives the imported object; nil where there is none.
func imported(ctx context.Context, r Reader, kind store.ObjectKind, id string) (*store.Object, error) {
	object, err := r.Object(ctx, kind, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &object, nil
}

// settleApp finds the object of an address under /apps. Its ID is an application ID, or the object ID of a registration or of a
// service principal.
func (o *KnownObject) settleApp(ctx context.Context, r Reader) error {
	registration, err := imported(ctx, r, store.ObjectApplication, o.ID)
	if err != nil {
		return err
	}
	if registration != nil && registration.AppID != "" {
		o.ID = registration.AppID
	}
	o.Objects, err = r.ObjectsOfApp(ctx, o.ID)
	if err != nil || len(o.Objects) > 0 {
		return err
	}
	principal, err := imported(ctx, r, store.ObjectServicePrincipal, o.ID)
	if err != nil {
		return err
	}
	if principal != nil {
		o.Kind = store.ObjectServicePrincipal
		o.Objects, err = r.ObjectsOfApp(ctx, principal.AppID)
		return err
	}
	// It is not in the directory. The logs know it as an application or as a service principal.
	seen, err := o.seenName(ctx, r)
	if err == nil && !seen {
		o.Kind = store.ObjectServicePrincipal
	}
	return err
}

// seenName takes the names of the newest sign-in of all time that has the object's ID; false where none has.
func (o *KnownObject) seenName(ctx context.Context, r Reader) (seen bool, err error) {
	for _, log := range LogsOf(o.Kind) {
		newest, err := r.Page(ctx, store.ListQuery{Log: log, Range: store.AllTime(), Filter: ObjectFilter(o.Kind, o.ID), Limit: 1})
		if err != nil {
			return false, err
		}
		if len(newest.Rows) > 0 && o.takeName(newest.Rows[0].SignIn()) {
			return true, nil
		}
	}
	return false, nil
}

// takeName takes the names of a sign-in that the filter by the object's ID found. It gives false where the sign-in has that text
// only as a name.
func (o *KnownObject) takeName(s *store.SignIn) bool {
	f := store.SignIns.FieldOfObjects(o.Kind)
	if !f.IsOfIDs() {
		return false // no sign-in names a group
	}
	o.SeenName, o.SeenUsername = *f.Properties[len(f.Properties)-1].Text(s), f.UsernameIn(s)
	return strings.EqualFold(*f.Properties[0].Text(s), o.ID)
}

func (o *KnownObject) takeGroup(ctx context.Context, r Reader, q Object) error {
	info, err := r.Membership(ctx, o.ID)
	if err != nil {
		return err
	}
	o.Membership = &info
	if o.Object, err = imported(ctx, r, store.ObjectGroup, o.ID); err != nil {
		return err
	}
	members, err := r.GroupMembers(ctx, store.GroupMembersQuery{Group: o.ID, Text: q.MemberText, After: q.MembersAfter, Limit: membersPerPage})
	if err != nil {
		return err
	}
	o.Members, o.MembersNext = members.Members, members.Next
	o.Groups, o.GroupsTotal, err = r.GroupsOf(ctx, o.ID, listedGroups)
	return err
}
