package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"
)

// ObjectKind is what a directory knows objects of.
type ObjectKind uint8

// The kinds of objects. An application is the registration, of which a tenant's service principal is the instance that
// people and programs sign in to.
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

// Object is a user, a group, an application or a service principal as a directory export has it. A field that is empty
// was empty or missing there.
type Object struct {
	Kind ObjectKind
	// ID is the object ID, in lower case: users of the logs are told by it, and members of groups.
	ID   string
	Name string // display name
	// Username is a user's principal name; AppID, in lower case, an application's or a service principal's application ID.
	Username, AppID string
	// Type is Member or Guest, what kind of group, or Graph's servicePrincipalType.
	Type    string
	Enabled Bool // accountEnabled, of users and service principals
	Created time.Time
	// LastSuccess is Graph's signInActivity: the last successful sign-in as the directory knows it.
	LastSuccess time.Time
	// Facts is what else is worth showing, by Graph's property names in the order of FactNames. One with an empty value was
	// there and empty: a later export takes the value of an earlier one away with it.
	Facts []KeyValue
	// AsOf is when the object was imported last.
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

// Member is a member of a group: a user, a group, a service principal, or an object of another kind (a device), which is 0.
type Member struct {
	ID, Name, Username string
	Kind               ObjectKind
}

// Membership is members of one group. Whole says that it is all of them, so that whoever is not among them is none any
// more; else the members are added.
type Membership struct {
	Group   string // its object ID
	Members []Member
	Whole   bool
}

// DirectoryBatch is what an import puts into the directory in one transaction.
type DirectoryBatch struct {
	Objects     []Object
	Memberships []Membership
	// At is the time of the import, from which on the batch holds.
	At time.Time
}

// DirectoryWriter keeps what directory exports hold.
type DirectoryWriter interface {
	// PutDirectory keeps a batch in one transaction. Outcomes are those of the objects, then of every member of the
	// memberships, in their order: the same object with other values is updated, a value that an export lacks stays.
	PutDirectory(ctx context.Context, importID int64, batch DirectoryBatch) ([]Outcome, error)
}

// Directory answers what is known of users, groups and applications: from imported exports, joined with what the logs
// show. The limits of Store hold: a range, a limit and a deadline for every read.
type Directory interface {
	// Object gives one imported object; ErrNotFound where none was imported.
	Object(ctx context.Context, kind ObjectKind, id string) (Object, error)
	// ObjectsOfApp gives the imported applications and service principals of an application ID, at most MaxOfApp.
	ObjectsOfApp(ctx context.Context, appID string) ([]Object, error)
	// Entities gives one page of users, groups, applications or service principals with their sign-ins. Counts are exact.
	Entities(ctx context.Context, q EntitiesQuery) (EntityPage, error)
	// LastSuccess gives the newest successful sign-in that the logs have of an object, an application's by its application ID,
	// a group's of its direct members.
	LastSuccess(ctx context.Context, kind ObjectKind, id string) (LastSuccess, error)
	// Membership tells of a group's members; ErrNotFound for a group that was not imported.
	Membership(ctx context.Context, group string) (MembershipInfo, error)
	// GroupMembers gives one page of a group's members by name.
	GroupMembers(ctx context.Context, q GroupMembersQuery) (GroupMemberPage, error)
	// GroupsOf gives groups that an object is a direct member of, by name, at most limit, and how many there are.
	GroupsOf(ctx context.Context, id string, limit int) (groups []Object, n int64, err error)
	// DirectoryState tells what was imported and when.
	DirectoryState(ctx context.Context) (DirectoryState, error)
}

// LastSuccess is when somebody or something signed in with success last, over all time and all logs that know it; zero for
// never. Complete says that every stored sign-in was looked at: after an update of the program that takes a while.
type LastSuccess struct {
	Time     time.Time
	Complete bool
}

// DirectoryState is how many objects of each kind there are, and when the newest of them was imported.
type DirectoryState struct {
	N    map[ObjectKind]int64
	AsOf map[ObjectKind]time.Time
}

// MembershipInfo is what is known of a group's members as a whole. AsOf is the import they are from, and zero where only
// the group itself was imported. Whole says that they are all of that time, and those
// that were added since.
type MembershipInfo struct {
	Group  Object
	N      int64
	ByKind map[ObjectKind]int64
	AsOf   time.Time
	Whole  bool
}

// GroupMembersQuery asks for members of a group whose name, username or ID holds Text. After continues behind a member.
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

// EntitySort is an order of entities; those that are equal in it are ordered by name, then by ID.
type EntitySort string

// The orders: by name, or the newest and the most first. By last success, failure and numbers may be turned round.
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
	// Text narrows to those that have a name, username or ID which holds it, without regard to case. It finds users, applications
	// and service principals by each name that the logs ever had for them, whatever the range.
	Text string
	// Inactive leaves those without a successful sign-in since the range begins, neither in the logs nor as the directory knows
	// it: the logs that were imported may not be all there are. Among them are those that only the logs know, whenever they
	// signed in. Users, applications and service principals that were created since are left out: they could not have signed in
	// before.
	Inactive bool
	// Type and Enabled narrow to what the directory says; a Type of "" and Unset narrow nothing.
	Type    string
	Enabled Bool
	Sort    EntitySort
	// Reverse turns the order of Sort round, except that equal rows stay by name, then by ID. Who never signed in comes first
	// where the oldest do.
	Reverse bool
	// After and Before are places in that order.
	After, Before *EntityPlace
	Limit         int // 1 to MaxLimit
	// Edges are those of the buckets that a row's sign-ins are counted in over time; nil for none.
	Edges []time.Time
}

// EntityPlace is a row's place in a list.
type EntityPlace struct {
	N    int64 // what is sorted by; 0 for names
	Name string
	ID   string
}

// EntityRow is one row: an object, its sign-ins, or both.
type EntityRow struct {
	// ID is a user's, group's or service principal's object ID, or an application ID. A user of the logs without one has
	// a name only.
	ID, Name, Username string
	// LoggedAs is another name in the logs, which the text was found in; empty where the row shows why it was found.
	LoggedAs string
	Type     string
	Enabled  Bool
	// Imported says that the directory knows it; AsOf is since when.
	Imported bool
	AsOf     time.Time
	// Seen is its sign-ins of the range, of a group those of its members; ID and Name in it do not count.
	Seen ReportRow
	// LastSuccess is the last successful sign-in of all time that the logs have, of a group that of its members; KnownSuccess
	// is the one that the directory export told. Zero for none.
	LastSuccess, KnownSuccess time.Time
	// Created is when the directory made the object; zero where it does not tell.
	Created time.Time
	// Members counts a group's.
	Members int64
	// Buckets counts the sign-ins between the edges asked for.
	Buckets []int64
}

// LastSuccessEver is the later of the two last successes; byDirectory says that the directory told it.
func (r *EntityRow) LastSuccessEver() (last time.Time, byDirectory bool) {
	if r.KnownSuccess.After(r.LastSuccess) {
		return r.KnownSuccess, true
	}
	return r.LastSuccess, false
}

// EntityPage is one page of rows. Total counts all that the query finds. Complete says that every last success is known, on
// which the order and those that Inactive leaves may rest.
type EntityPage struct {
	Rows       []EntityRow
	Total      int64
	Next, Prev *EntityPlace
	Complete   bool
}

// MemberSet is the members of one group, as a filter asks for them.
type MemberSet struct {
	ids, usernames map[string]bool // folded
}

// NewMemberSet makes the set of some members.
func NewMemberSet(members []Member) MemberSet {
	m := MemberSet{ids: map[string]bool{}, usernames: map[string]bool{}}
	for _, member := range members {
		if member.ID != "" {
			m.ids[FoldCase(member.ID)] = true
		}
		if member.Username != "" {
			m.usernames[FoldCase(member.Username)] = true
		}
	}
	return m
}

// Made says whether a member made the sign-in: in the logs of users the user, told by its ID or, where the sign-in has
// none, by the username; in the others the service principal.
func (m MemberSet) Made(s *SignIn) bool {
	switch info, _ := s.Log.Info(); {
	case !info.User:
		return s.ServicePrincipalID != "" && m.ids[FoldCase(s.ServicePrincipalID)]
	case s.UserID != "":
		return m.ids[FoldCase(s.UserID)]
	}
	return s.UserPrincipalName != "" && m.usernames[FoldCase(s.UserPrincipalName)]
}

// MaxOfApp bounds the objects of one application ID: a tenant has one registration and one service principal of it.
const MaxOfApp = 10

// NoSuchGroup is the answer to a filter by a group that was not imported, and NoMembers by one whose members were not:
// matching nobody would be a silent wrong answer.
const (
	NoSuchGroup = "is no group of the imported directory. Import the group and its members, or take it out of the filter."
	NoMembers   = "is a group whose members were not imported. Import them (groups/ID/members), or take it out of the filter."
)

// FactNames are the names of Facts in the order in which pages show them.
func FactNames() []string { return factNames }

var factNames = []string{
	"mail", "givenName", "surname", "jobTitle", "department", "companyName", "officeLocation", "city", "state", "country", "usageLocation",
	"preferredLanguage", "employeeId", "employeeType", "creationType", "externalUserState", "onPremisesSyncEnabled", "onPremisesSamAccountName",
	"description", "groupTypes", "securityEnabled", "mailEnabled", "membershipRule", "visibility", "isAssignableToRole",
	"signInAudience", "publisherDomain", "publisherName", "verifiedPublisher", "appOwnerOrganizationId", "appRoleAssignmentRequired",
	"preferredSingleSignOnMode", "homepage", "loginUrl", "identifierUris", "replyUrls", "tags", "notes", "passwordCredentials", "keyCredentials",
}

// FactsOf puts facts in the order of FactNames; of other names there are none.
func FactsOf(values map[string]string) []KeyValue {
	var facts []KeyValue
	for _, name := range factNames {
		if value, ok := values[name]; ok {
			facts = append(facts, KeyValue{Key: name, Value: value})
		}
	}
	return facts
}

// String is the place as an address carries it.
func (p EntityPlace) String() string {
	text, _ := json.Marshal([]any{p.N, p.Name, p.ID}) // a number and two texts can always be written
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseEntityPlace reads what String wrote.
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
