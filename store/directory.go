package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"
)

// ObjectKind is a kind of object in a directory.
type ObjectKind uint8

// The kinds of objects. An application is the registration. A service principal is its instance in a tenant, to
// which people and programs sign in.
const (
	ObjectUser ObjectKind = iota + 1
	ObjectGroup
	ObjectApplication
	ObjectServicePrincipal
)

// ObjectKinds gives every kind.
func ObjectKinds() []ObjectKind {
	return []ObjectKind{ObjectUser, ObjectGroup, ObjectApplication, ObjectServicePrincipal}
}

// String is the kind as Graph's addresses and import reports name it.
func (k ObjectKind) String() string {
	switch k {
	case ObjectUser:
		return "users"
	case ObjectGroup:
		return "groups"
	case ObjectApplication:
		return "applications"
	case ObjectServicePrincipal:
		return "servicePrincipals"
	}
	return "unknown"
}

// Object is a user, a group, an application or a service principal of a directory export. An empty field was empty
// or missing there.
type Object struct {
	Kind ObjectKind
	// ID is the object ID, in lower case. Sign-ins and members of groups refer to it.
	ID   string
	Name string // display name
	// Username is a user's principal name; AppID, in lower case, an application's or a service principal's application ID.
	Username, AppID string
	// Type is Member or Guest, the kind of group, or Graph's servicePrincipalType.
	Type    string
	Enabled Bool // accountEnabled, of users and service principals
	Created time.Time
	// LastSuccess is the last successful sign-in in Graph's signInActivity.
	LastSuccess time.Time
	// Facts are further values to show, by Graph's property names in the order of FactNames. A fact with an empty
	// value was there and empty: a later export that has it so deletes the value of an earlier one.
	Facts []KeyValue
	// Details are what the export tells of an application's or a service principal's credentials and addresses. Questions do
	// not give them: see States.
	Details AppDetails
	// AsOf is the time of the object's last import.
	AsOf time.Time
}

// Fact gives the value of one of the object's facts; empty where it has none.
func (o *Object) Fact(name string) string {
	for _, f := range o.Facts {
		if f.Key == name {
			return f.Value
		}
	}
	return ""
}

// Member is a member of a group. Its kind is 0 for an object of a kind that Signpost does not keep, such as a
// device.
type Member struct {
	ID, Name, Username string
	Kind               ObjectKind
}

// Membership holds members of one group. With Whole they are all, so others are members no more; else they are
// added.
type Membership struct {
	Group   string // its object ID
	Members []Member
	Whole   bool
}

// Ownership holds owners of an application or a service principal. Whole is as of Membership.
type Ownership struct {
	Object string // its object ID
	Owners []Member
	Whole  bool
}

// DirectoryBatch is a part of an import of objects and states, stored in one transaction.
type DirectoryBatch struct {
	Objects     []Object
	Memberships []Membership
	Ownerships  []Ownership
	States      []StateRow
	// Reports say which files of reports end with this batch: all their rows were stored, with this batch or before.
	Reports []ReportFile
	// At is the time of the import, from which on the batch holds. Received is the time of its file; zero for At.
	At, Received time.Time
}

// Outcomes is how many outcomes PutDirectory gives for the batch.
func (b *DirectoryBatch) Outcomes() int {
	n := len(b.Objects) + len(b.States)
	for i := range b.Memberships {
		n += len(b.Memberships[i].Members)
	}
	for i := range b.Ownerships {
		n += len(b.Ownerships[i].Owners)
	}
	return n
}

// DirectoryWriter stores exports of objects and states.
type DirectoryWriter interface {
	// PutDirectory stores a batch in one transaction. It returns the outcome of each object, then of every member
	// of the memberships, of every owner, and of each state, in their order. An object with other values is updated; a
	// value that an export lacks stays. A state with other values is replaced. It sets the Part of a report's file where an
	// earlier import tells that the file may be a page.
	PutDirectory(ctx context.Context, importID int64, batch DirectoryBatch) ([]Outcome, error)
}

// Directory answers questions about users, groups and applications, from imported exports joined with the logs.
// The limits of Store hold: a range, a limit and a deadline for every read.
type Directory interface {
	States
	// Object gives one imported object; ErrNotFound where none was imported.
	Object(ctx context.Context, kind ObjectKind, id string) (Object, error)
	// ObjectsOfApp gives the imported applications and service principals of an application ID, at most MaxOfApp.
	ObjectsOfApp(ctx context.Context, appID string) ([]Object, error)
	// NewestApp gives the application or service principal that was created last before a time; the zero Object where there is
	// none. Managed identities do not count, nor what one of some tenants owns.
	NewestApp(ctx context.Context, before time.Time, without []string) (Object, error)
	// Entities gives one page of users, groups, applications or service principals with their sign-ins. Counts are
	// exact.
	Entities(ctx context.Context, q EntitiesQuery) (EntityPage, error)
	// LastSuccess gives the newest successful sign-in of an object in the logs: an application's by its
	// application ID, a group's as that of its direct members.
	LastSuccess(ctx context.Context, kind ObjectKind, id string) (LastSuccess, error)
	// Membership describes a group's members as a whole; ErrNotFound for a group that was not imported.
	Membership(ctx context.Context, group string) (MembershipInfo, error)
	// GroupMembers gives one page of a group's members by name.
	GroupMembers(ctx context.Context, q GroupMembersQuery) (GroupMemberPage, error)
	// GroupsOf gives the groups with the object as a direct member, by name, at most limit, and the number of all.
	GroupsOf(ctx context.Context, id string, limit int) (groups []Object, n int64, err error)
	// Departments gives the departments of the imported users, by name.
	Departments(ctx context.Context) ([]Department, error)
	// ScopeTold gives a scope with what the directory knows of it: see DirectoryIndex.Scope.
	ScopeTold(ctx context.Context, s Scope) (Scope, error)
	// DirectoryState counts the imported objects, and tells when the newest was imported.
	DirectoryState(ctx context.Context) (DirectoryState, error)
}

// Department is a department of users, as their directory export has it.
type Department struct {
	Name string
	N    int64     // of users
	AsOf time.Time // of the newest import of one of them
}

// LastSuccess is the last successful sign-in over all time and all logs of an object; zero for never. Complete
// means that every stored sign-in was read, which takes a while after an update of the program.
type LastSuccess struct {
	Time     time.Time
	Complete bool
}

// DirectoryState is the number of objects of each kind, and the time of the newest import.
type DirectoryState struct {
	N    map[ObjectKind]int64
	AsOf map[ObjectKind]time.Time
}

// MembershipInfo describes a group's members as a whole. AsOf is the time of their import, zero where only the
// group itself was imported. Whole means that they were complete then, apart from members added since.
type MembershipInfo struct {
	Group  Object
	N      int64
	ByKind map[ObjectKind]int64
	AsOf   time.Time
	Whole  bool
}

// GroupMembersQuery asks for members of a group with a name, username or ID that contains Text. After continues
// behind a member.
type GroupMembersQuery struct {
	Group string
	Text  string
	After *EntityPlace
	Limit int
}

// GroupMemberPage is one page of members.
type GroupMemberPage struct {
	Members []Member
	Next    *EntityPlace
}

// EntitySort is an order of entities. Equal ones are in the order of their names, then of their IDs.
type EntitySort string

// The orders: by name, or with the newest or the most first.
const (
	SortName     EntitySort = "name"
	SortSuccess  EntitySort = "success"  // last successful sign-in of all time
	SortFailure  EntitySort = "failure"  // last failed sign-in of the range
	SortSignIns  EntitySort = "signins"  // number of sign-ins
	SortFailures EntitySort = "failures" // number of failed sign-ins
)

// EntitySorts gives every order.
func EntitySorts() []EntitySort {
	return []EntitySort{SortName, SortSuccess, SortFailure, SortSignIns, SortFailures}
}

// EntitiesQuery asks for users, groups, applications (by application ID) or service principals (managed identities too):
// all that were imported or have signed in in the range. At most one of After and Before is set.
type EntitiesQuery struct {
	Kind  ObjectKind
	Range Range
	// Text narrows to entities with a name, username or ID that contains it, without regard to case. It compares
	// all names that the logs ever had for a user, application or service principal, whatever the range.
	Text string
	// Inactive narrows to entities without a successful sign-in since the start of the range, neither in the logs
	// nor in the directory: the imported logs may not be complete. It includes entities that only the logs have,
	// whenever they signed in. It leaves out users, applications and service principals created since: they could
	// not have signed in before.
	Inactive bool
	// Type and Enabled narrow by values of the directory; a Type of "" and Unset narrow nothing.
	Type    string
	Enabled Bool
	Sort    EntitySort
	// Reverse reverses the order of Sort, but equal rows stay in the order of names, then IDs. Entities that never
	// signed in come first where the oldest do.
	Reverse bool
	// After and Before are places in that order.
	After, Before *EntityPlace
	Limit         int // 1 to MaxLimit
	// Scopes narrow to the objects that all of them have.
	Scopes Scopes
	// Edges are the edges of the buckets in which a row's sign-ins are counted; nil for none.
	Edges []time.Time
}

// EntityPlace is a row's place in a list.
type EntityPlace struct {
	N    int64 // the sorted value; 0 for names
	Name string
	ID   string
}

// EntityRow is one row: an object, its sign-ins, or both.
type EntityRow struct {
	// ID is the object ID of a user, group or service principal, or an application ID. A user of the logs without
	// an ID has only a name.
	ID, Name, Username string
	// LoggedAs is another name in the logs, in which the text was found. It is empty where the row itself shows
	// the text.
	LoggedAs string
	Type     string
	Enabled  Bool
	// Imported tells whether the directory has it; AsOf is the time of that import.
	Imported bool
	AsOf     time.Time
	// Seen counts its sign-ins in the range, a group's as those of its members.
	Seen Counts
	// LastSuccess is the last successful sign-in of all time in the logs, a group's as that of its members.
	// KnownSuccess is the one of the directory export. Both are zero for none.
	LastSuccess, KnownSuccess time.Time
	// Created is the time at which the directory made the object; zero where unknown.
	Created time.Time
	// Members counts the members of a group.
	Members int64
	// Buckets counts the sign-ins between the edges.
	Buckets []int64
}

// LastSuccessEver is the later of the two last successes; byDirectory is true where the directory has the later
// one.
func (r *EntityRow) LastSuccessEver() (last time.Time, byDirectory bool) {
	if r.KnownSuccess.After(r.LastSuccess) {
		return r.KnownSuccess, true
	}
	return r.LastSuccess, false
}

// EntityPage is one page of rows. Total counts all rows of the query. Complete means that every last success is
// known; the order and the filter Inactive may depend on them.
type EntityPage struct {
	Rows       []EntityRow
	Total      int64
	Next, Prev *EntityPlace
	Complete   bool
}

// MaxOfApp bounds the objects of one application ID: a tenant has one registration and one service principal of
// it.
const MaxOfApp = 10

// NoSuchGroup answers a filter by a group that was not imported, NoMembers one by a group without imported
// members. To match nobody would be a silent wrong answer.
const (
	NoSuchGroup = "is no group of the imported directory. Import the group and its members, or take it out of the filter."
	NoMembers   = "is a group whose members were not imported. Import them (groups/ID/members), or take it out of the filter."
)

// NoSuchDepartment answers a filter by a department without imported users.
const NoSuchDepartment = "is no department of the imported directory's users. Import the users, or take it out of the filter."

// FactNames are the names of Facts in the order in which pages show them.
func FactNames() []string { return factNames }

var factNames = []string{
	"mail", "givenName", "surname", "jobTitle", "department", "companyName", "officeLocation", "city", "state", "country", "usageLocation",
	"preferredLanguage", "employeeId", "employeeType", "creationType", "externalUserState", "onPremisesSyncEnabled", "onPremisesSamAccountName",
	"description", "groupTypes", "securityEnabled", "mailEnabled", "membershipRule", "visibility", "isAssignableToRole",
	"signInAudience", "publisherDomain", "publisherName", "verifiedPublisher", "appOwnerOrganizationId", "appRoleAssignmentRequired",
	"preferredSingleSignOnMode", "homepage", "loginUrl", "identifierUris", "replyUrls", "tags", "notes", "passwordCredentials", "keyCredentials",
}

// FactsOf puts facts into the order of FactNames. It leaves out facts of other names.
func FactsOf(values map[string]string) []KeyValue {
	var facts []KeyValue
	for _, name := range factNames {
		if value, ok := values[name]; ok {
			facts = append(facts, KeyValue{Key: name, Value: value})
		}
	}
	return facts
}

// String is the place in an address.
func (p EntityPlace) String() string {
	text, _ := json.Marshal([]any{p.N, p.Name, p.ID}) // a number and two texts can always be written
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseEntityPlace parses a place that String wrote.
func ParseEntityPlace(s string) (EntityPlace, error) {
	var p EntityPlace
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(text) > 8<<10 {
		return p, ErrBadCursor
	}
	if err := json.Unmarshal(text, &[]any{&p.N, &p.Name, &p.ID}); err != nil || p.String() != s {
		return EntityPlace{}, ErrBadCursor
	}
	return p, nil
}
