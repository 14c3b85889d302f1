package store

import (
	"context"
	"strings"
	"time"
)

// States answers questions about imported reports, and about what the directory tells of the credentials of applications.
// Whoever may read the directory may read these. Scopes narrow each answer to the persons and applications that all of them
// have; a row that names neither by ID is then left out.
type States interface {
	RiskyStates
	// StatesTold tells of each kind how many rows count, how many are gone, and their dates and imports. A kind without rows has
	// none.
	StatesTold(ctx context.Context, scopes Scopes) (map[StateKind]StateTold, error)
	// Registrations gives one page of registration rows, by name.
	Registrations(ctx context.Context, q RegistrationsQuery) (RegistrationPage, error)
	// CountRegistrations counts the rows of the query by state and by method.
	CountRegistrations(ctx context.Context, q RegistrationsQuery) (RegistrationCounts, error)
	// NewRegistrations counts the persons for whom an import since a time told a method that the import before it did not,
	// by method. Who was imported for the first time since then does not count.
	NewRegistrations(ctx context.Context, since time.Time, q RegistrationsQuery) (map[string]int64, error)
	// NewMethods gives the persons whom NewRegistrations counts, by their IDs.
	NewMethods(ctx context.Context, since time.Time, q RegistrationsQuery) ([]NewMethods, error)
	// CredentialUses gives one page of registrations and resets, the newest first.
	CredentialUses(ctx context.Context, q CredentialUsesQuery) (CredentialUsePage, error)
	// AppCredentials gives one page of the credentials of applications and service principals.
	AppCredentials(ctx context.Context, q AppCredentialsQuery) (AppCredentialPage, error)
	// AppsTold gives what the directory tells of applications by their application IDs: see AppTold. IDs that it does not have
	// are left out. Without IDs it gives all.
	AppsTold(ctx context.Context, appIDs []string, scopes Scopes) ([]AppTold, error)
	// AppsByURI gives, for each URI in the form of PlainURI, the application IDs with that identifier URI or reply URL. URIs that
	// no application has are left out.
	AppsByURI(ctx context.Context, uris []string, scopes Scopes) (map[string][]string, error)
	// PrincipalActivities gives the report's rows of application IDs; all rows without IDs. Those that are gone are among them.
	PrincipalActivities(ctx context.Context, appIDs []string, scopes Scopes) ([]PrincipalActivity, error)
	// RelyingParties gives the applications of the AD FS report by name, with those that are gone. Somebody with a scope sees none: no ID joins them
	// with the directory.
	RelyingParties(ctx context.Context, scopes Scopes) ([]RelyingParty, error)
}

// StateTold tells how many states of a kind count. It has the first and the last date that they tell, and the times of the first
// and the last import.
type StateTold struct {
	N                     int64
	FirstDate, LastDate   time.Time // zero where no row tells one
	FirstImport, LastSeen time.Time
	// Gone counts the rows that the newest whole report lacks, and Whole is the date of that; zero where only parts were imported.
	Gone  int64
	Whole time.Time
	// Part is the date of the newest file that is a part; zero for none. Where it is newer than Whole, rows may be gone that count.
	Part time.Time
}

// RegistrationCondition asks for registrations with a state.
type RegistrationCondition struct {
	State RegistrationState
	Is    Bool // Unset asks for nothing
}

// RegistrationsQuery asks for registration rows that meet each condition.
type RegistrationsQuery struct {
	// Former asks for the older report. The two reports are never counted together.
	Former bool
	States []RegistrationCondition
	// Method is one of the registered methods, by the report's name.
	Method string
	// UserType is member or guest.
	UserType string
	// Prefix begins the name or the username, without regard to case.
	Prefix string
	// Gone asks for the rows that the newest whole report lacks instead: see ReportFile.
	Gone   bool
	Of     PeopleOf
	After  *EntityPlace
	Limit  int
	Scopes Scopes
}

// Kind is the report that is asked for.
func (q *RegistrationsQuery) Kind() StateKind {
	if q.Former {
		return StateFormerRegistration
	}
	return StateRegistration
}

// PeopleOf narrows to people by the imported directory: to members of any of the groups, and to users of any of the departments.
// An empty list asks for nothing.
type PeopleOf struct{ Groups, Departments []string }

// PeopleOfFilter gives what a filter asks of people by the directory.
func PeopleOfFilter(f Filter) (of PeopleOf) {
	for _, c := range f.Conditions() {
		switch {
		case !c.Field.Members || c.Op != OpIs:
		case c.Field.Object == ObjectGroup:
			of.Groups = append(of.Groups, c.Values...)
		default:
			of.Departments = append(of.Departments, c.Values...)
		}
	}
	return of
}

// Marks are the words that a row must have: see StateRow.
func (q *RegistrationsQuery) Marks() (marks []string) {
	for _, c := range q.States {
		if c.Is != Unset {
			marks = append(marks, markOf(c.State, c.Is))
		}
	}
	if q.Method != "" {
		marks = append(marks, markMethod+plainMark(q.Method))
	}
	if q.UserType != "" {
		marks = append(marks, markType+plainMark(q.UserType))
	}
	return marks
}

// NewMethods is the present row of a person, with the methods that an import told and the one before it did not, in lower case. At is
// the time of the last such import.
type NewMethods struct {
	Registration
	New []string
	At  time.Time
}

// RegistrationPage is one page of rows. Total counts all rows of the query.
type RegistrationPage struct {
	Rows  []Registration
	Total int64
	Next  *EntityPlace
}

// BoolCount counts the values of a state.
type BoolCount struct{ True, False, Unset int64 }

// RegistrationCounts counts rows: all, by state, by method, and those that tell no list of methods. A row counts once for each
// of its methods, whose names are in lower case. Told has the dates of the rows.
type RegistrationCounts struct {
	Rows    int64
	States  map[RegistrationState]BoolCount
	Methods map[string]int64
	Untold  int64
	Types   map[string]int64
	Told    StateTold
}

// Add counts n rows with the marks.
func (c *RegistrationCounts) Add(marks []string, n int64) {
	if c.States == nil {
		c.States, c.Methods, c.Types = map[RegistrationState]BoolCount{}, map[string]int64{}, map[string]int64{}
		for _, s := range RegistrationStates() {
			c.States[s] = BoolCount{}
		}
	}
	c.Rows += n
	told := map[RegistrationState]bool{}
	for _, mark := range marks {
		key, value, _ := strings.Cut(mark, "=")
		switch {
		case mark == MarkGone:
		case mark == markNoMethods:
			c.Untold += n
		case key+"=" == markMethod:
			c.Methods[value] += n
		case key+"=" == markType:
			c.Types[value] += n
		default:
			s := RegistrationState(key)
			count := c.States[s]
			if value == "y" {
				count.True += n
			} else {
				count.False += n
			}
			c.States[s], told[s] = count, true
		}
	}
	for _, s := range RegistrationStates() {
		if !told[s] {
			count := c.States[s]
			count.Unset += n
			c.States[s] = count
		}
	}
}

// CredentialUsesQuery asks for registrations and resets in a range that meet each condition. Empty fields ask for nothing.
type CredentialUsesQuery struct {
	Range           Range
	Feature, Method string
	Success         Bool
	Prefix          string // of the name or the username
	Of              PeopleOf
	After           *EntityPlace
	Limit           int
	Scopes          Scopes
}

// Marks are the words that a row must have: see StateRow.
func (q *CredentialUsesQuery) Marks() (marks []string) {
	if q.Feature != "" {
		marks = append(marks, markFeature+plainMark(q.Feature))
	}
	if q.Method != "" {
		marks = append(marks, markMethod+plainMark(q.Method))
	}
	if q.Success != Unset {
		marks = append(marks, markSuccess+string("-ny"[q.Success]))
	}
	return marks
}

// CredentialUsePage is one page of registrations and resets. Total and Counts are of all rows of the query.
type CredentialUsePage struct {
	Rows   []CredentialUse
	Total  int64
	Counts []CredentialUseCount
	Next   *EntityPlace
}

// CredentialUseCount counts the rows with one feature, method and outcome. The words are in lower case.
type CredentialUseCount struct {
	Feature, Method string
	Success         Bool
	N               int64
}

// NewCredentialUseCount reads the marks of rows.
func NewCredentialUseCount(marks []string, n int64) CredentialUseCount {
	c := CredentialUseCount{N: n}
	for _, mark := range marks {
		key, value, _ := strings.Cut(mark, "=")
		switch key + "=" {
		case markFeature:
			c.Feature = value
		case markMethod:
			c.Method = value
		case markSuccess:
			c.Success = map[string]Bool{"n": False, "y": True}[value]
		}
	}
	return c
}

// AppTold is what the directory and the reports tell of one application, by its application ID.
type AppTold struct {
	AppID string
	// Application and Principal are the registration and its instance in the tenant; each has no ID where it was not imported.
	Application, Principal Object
	OwnerTenant            string
	IdentifierURIs         []string
	ReplyURLs              []string
	Owners                 []Owner
	// OwnersTold says that owners of the application or its service principal were imported; OwnersWhole says that all
	// owners of what was imported are among them.
	OwnersTold, OwnersWhole bool
	// CredentialsTold says that the directory tells the credentials.
	CredentialsTold bool
}

// Name is the display name of the registration, else of the service principal.
func (a *AppTold) Name() string {
	if a.Application.Name != "" {
		return a.Application.Name
	}
	return a.Principal.Name
}

// Created is the creation time of the registration, else of the service principal; zero where unknown.
func (a *AppTold) Created() time.Time {
	if !a.Application.Created.IsZero() {
		return a.Application.Created
	}
	return a.Principal.Created
}

// Owner is an owner of an application or of its service principal.
type Owner struct {
	Member
	Of ObjectKind
}

// AppCredential is a credential as the directory and the report of credentials tell it together. One with a key ID and an
// application is one credential, whatever tells it.
type AppCredential struct {
	Credential
	Origin string // OriginApplication, OriginServicePrincipal, or the report's word
	AppID  string
	Name   string // of the application
	// ObjectID is that of the object that has it, where known.
	ObjectID string
	Owners   []Owner
	// InDirectory and InReport say what tells it; AsOf is the last import of either.
	InDirectory, InReport bool
	AsOf                  time.Time
	// Gone is the date of the first whole report that lacks what an earlier one told; zero where the report has it.
	Gone time.Time
	// Reported is the last sign-in of the report.
	Reported LastUse
}

// IsGone says that nothing tells the credential any more.
func (c *AppCredential) IsGone() bool { return !c.InDirectory && !c.InReport && !c.Gone.IsZero() }

// CredentialSort is an order of credentials. Equal ones are in the order of application names, application IDs and key IDs.
type CredentialSort string

// The orders of credentials. Those that tell no time come last.
const (
	CredentialsByApp     CredentialSort = "app"
	CredentialsByExpiry  CredentialSort = "expiry"
	CredentialsByCreated CredentialSort = "created"
	CredentialsByType    CredentialSort = "type"
)

// CredentialSorts gives every order.
func CredentialSorts() []CredentialSort {
	return []CredentialSort{CredentialsByApp, CredentialsByExpiry, CredentialsByCreated, CredentialsByType}
}

// AppCredentialsQuery asks for credentials that meet each condition. Empty fields ask for nothing.
type AppCredentialsQuery struct {
	AppIDs []string
	KeyIDs []string
	Type   CredentialType
	Origin string
	// Expires is the range in which the credential ends: to the present for expired ones.
	Expires Range
	// Text is in the key ID, the name of the credential, or the name or ID of the application.
	Text string
	// Gone asks for those that nothing tells any more. They are left out otherwise, unless KeyIDs name them.
	Gone    bool
	Sort    CredentialSort
	Reverse bool
	After   *EntityPlace
	Limit   int // 0 for all
	Scopes  Scopes
}

// AppCredentialPage is one page of credentials. Total counts all of the query.
type AppCredentialPage struct {
	Rows  []AppCredential
	Total int64
	Next  *EntityPlace
}
