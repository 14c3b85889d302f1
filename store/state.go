package store

import (
	"slices"
	"strings"
	"time"
)

// A state is a row of an imported report about one object: it has no time axis, and a later row of the object takes its place as
// a whole. A row that tells its own date does not give way to one with an earlier date.

// StateKind is a kind of states. Its number is stored and never changes its meaning.
type StateKind uint8

// The kinds of states by Graph's resources.
const (
	// StateRegistration is userRegistrationDetails, and StateFormerRegistration the older credentialUserRegistrationDetails.
	StateRegistration       StateKind = 1
	StateFormerRegistration StateKind = 2
	// StateCredentialUse is userCredentialUsageDetails: one registration or reset of one person. The report gives each an ID
	// and tells it again in the next export, so that it is kept as a state with a time of its own.
	StateCredentialUse StateKind = 3
	// StateCredentialActivity is appCredentialSignInActivity, StatePrincipalActivity is servicePrincipalSignInActivity.
	StateCredentialActivity StateKind = 4
	StatePrincipalActivity  StateKind = 5
	// StateRelyingParty is relyingPartyDetailedSummary of AD FS.
	StateRelyingParty StateKind = 6
	// StateRiskyUser is riskyUser, StateRiskyPrincipal is riskyServicePrincipal, and StateRiskyAgent is riskyAgent: see Risky.
	StateRiskyUser      StateKind = 20
	StateRiskyPrincipal StateKind = 21
	StateRiskyAgent     StateKind = 22
)

// StateKinds gives every kind.
func StateKinds() []StateKind {
	return []StateKind{StateRegistration, StateFormerRegistration, StateCredentialUse, StateCredentialActivity, StatePrincipalActivity, StateRelyingParty, StateRiskyUser, StateRiskyPrincipal, StateRiskyAgent}
}

// String is the kind as import reports count it.
func (k StateKind) String() string {
	switch k {
	case StateRegistration, StateFormerRegistration:
		return "registrationDetails"
	case StateCredentialUse:
		return "credentialUsageDetails"
	case StateCredentialActivity:
		return "credentials"
	case StatePrincipalActivity:
		return "servicePrincipalSignInActivities"
	case StateRelyingParty:
		return "relyingParties"
	case StateRiskyUser:
		return "riskyUsers"
	case StateRiskyPrincipal:
		return "riskyServicePrincipals"
	case StateRiskyAgent:
		return "riskyAgents"
	}
	return "unknown"
}

// Words is the report of the kind as sentences name it.
func (k StateKind) Words() string {
	switch k {
	case StateRegistration:
		return "report of registration details"
	case StateFormerRegistration:
		return "older report of registration details"
	case StateCredentialUse:
		return "report of credential usage"
	case StateCredentialActivity:
		return "report of credentials of applications"
	case StatePrincipalActivity:
		return "report of the sign-in activity of service principals"
	case StateRelyingParty:
		return "report of relying parties of AD FS"
	}
	return "report"
}

// StateRow is a state of any kind: a pointer to one of the types below.
type StateRow interface {
	// StateKey gives the kind and the object's ID within it. Of two states with one key the later one is kept.
	StateKey() (StateKind, string)
	// StateDate is the date that the row tells; zero where it tells none.
	StateDate() time.Time
	// StateNames are the display name and the username to search and sort by.
	StateNames() (name, username string)
	// StateMarks are words that filters ask for. They hold no blank.
	StateMarks() []string
}

// Registration is what a report tells of the authentication methods of one person.
type Registration struct {
	ID       string `json:"id"` // in the newer report the user's object ID, in lower case
	Username string `json:"username,omitempty"`
	Name     string `json:"name,omitempty"`
	Admin    Bool   `json:"admin,omitempty"`
	UserType string `json:"type,omitempty"` // member or guest

	MFARegistered       Bool `json:"mfa,omitempty"`
	MFACapable          Bool `json:"mfaCapable,omitempty"`
	PasswordlessCapable Bool `json:"passwordless,omitempty"`
	SSPRRegistered      Bool `json:"sspr,omitempty"`
	SSPREnabled         Bool `json:"ssprEnabled,omitempty"`
	SSPRCapable         Bool `json:"ssprCapable,omitempty"`

	// Methods are the registered methods by the report's names. A nil list was not told.
	Methods []string `json:"methods"`
	// DefaultMethod is defaultMfaMethod of the beta; PreferredMethod is userPreferredMethodForSecondaryAuthentication.
	DefaultMethod     string   `json:"default,omitempty"`
	PreferredMethod   string   `json:"preferred,omitempty"`
	SystemPreferred   []string `json:"system,omitempty"`
	SystemPreferredOn Bool     `json:"systemOn,omitempty"`
	// Updated is lastUpdatedDateTime: the report's date of the row. The older report tells none.
	Updated time.Time `json:"updated,omitzero"`
	// Former says that the row is of the older report.
	Former bool `json:"former,omitempty"`
	// AsOf is the time of the row's last import. Gone is the date of the first whole report that lacks the row; zero where the
	// newest has it.
	AsOf time.Time `json:"-"`
	Gone time.Time `json:"-"`
}

// RegistrationState is a yes or no of a registration.
type RegistrationState string

// The states of a registration, by the names that addresses use.
const (
	IsAdmin             RegistrationState = "admin"
	MFARegistered       RegistrationState = "mfaregistered"
	MFACapable          RegistrationState = "mfacapable"
	PasswordlessCapable RegistrationState = "passwordless"
	SSPRRegistered      RegistrationState = "ssprregistered"
	SSPREnabled         RegistrationState = "ssprenabled"
	SSPRCapable         RegistrationState = "ssprcapable"
)

// RegistrationStates gives every state.
func RegistrationStates() []RegistrationState {
	return []RegistrationState{IsAdmin, MFARegistered, MFACapable, PasswordlessCapable, SSPRRegistered, SSPREnabled, SSPRCapable}
}

// State gives one of the states of the row.
func (r *Registration) State(s RegistrationState) Bool {
	switch s {
	case IsAdmin:
		return r.Admin
	case MFARegistered:
		return r.MFARegistered
	case MFACapable:
		return r.MFACapable
	case PasswordlessCapable:
		return r.PasswordlessCapable
	case SSPRRegistered:
		return r.SSPRRegistered
	case SSPREnabled:
		return r.SSPREnabled
	case SSPRCapable:
		return r.SSPRCapable
	}
	return Unset
}

// StateKey is the row's report and its ID.
func (r *Registration) StateKey() (StateKind, string) {
	if r.Former {
		return StateFormerRegistration, r.ID
	}
	return StateRegistration, r.ID
}

// StateDate is the report's date.
func (r *Registration) StateDate() time.Time { return r.Updated }

// StateNames are the person's.
func (r *Registration) StateNames() (name, username string) { return r.Name, r.Username }

// Marks of registrations.
const (
	markMethod    = "method="
	markType      = "type="
	markNoMethods = "methods=untold"
)

func markOf(s RegistrationState, is Bool) string { return string(s) + "=" + string("-ny"[is]) }

// StateMarks are the states, the type and the methods.
func (r *Registration) StateMarks() (marks []string) {
	for _, s := range RegistrationStates() {
		if is := r.State(s); is != Unset {
			marks = append(marks, markOf(s, is))
		}
	}
	if r.UserType != "" {
		marks = append(marks, markType+plainMark(r.UserType))
	}
	if r.Methods == nil {
		return append(marks, markNoMethods)
	}
	for _, method := range r.Methods {
		if mark := markMethod + plainMark(method); !slices.Contains(marks, mark) {
			marks = append(marks, mark)
		}
	}
	return marks
}

// plainMark makes a mark of a word of a report.
func plainMark(word string) string { return strings.Join(strings.Fields(FoldCase(word)), "_") }

// CredentialUse is one registration or reset of a person's credentials, as a report tells it.
type CredentialUse struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Feature  string    `json:"feature,omitempty"` // registration or reset
	Method   string    `json:"method,omitempty"`
	Success  Bool      `json:"success,omitempty"`
	Reason   string    `json:"reason,omitempty"` // of a failure
	Username string    `json:"username,omitempty"`
	Name     string    `json:"name,omitempty"`
	AsOf     time.Time `json:"-"`
}

// Place is the event's place in the list of events.
func (u *CredentialUse) Place() EntityPlace { return EntityPlace{N: u.Time.UnixMicro(), ID: u.ID} }

// StateKey is the event's ID.
func (u *CredentialUse) StateKey() (StateKind, string) { return StateCredentialUse, u.ID }

// StateDate is the time of the event.
func (u *CredentialUse) StateDate() time.Time { return u.Time }

// StateNames are the person's.
func (u *CredentialUse) StateNames() (name, username string) { return u.Name, u.Username }

const (
	markFeature = "feature="
	markSuccess = "success="
)

// StateMarks are the feature, the method and the outcome.
func (u *CredentialUse) StateMarks() (marks []string) {
	if u.Feature != "" {
		marks = append(marks, markFeature+plainMark(u.Feature))
	}
	if u.Method != "" {
		marks = append(marks, markMethod+plainMark(u.Method))
	}
	return append(marks, markSuccess+string("-ny"[u.Success]))
}

// LastUse is the last sign-in that a report tells of an object in one part. The request may be the word Aggregated, which is no
// sign-in's ID.
type LastUse struct {
	Time    time.Time `json:"time,omitzero"`
	Request string    `json:"request,omitempty"`
}

// CredentialActivity is the last use of a credential of an application, as a report tells it.
type CredentialActivity struct {
	KeyID       string         `json:"key"` // in lower case
	Type        CredentialType `json:"type,omitempty"`
	Usage       string         `json:"usage,omitempty"`
	Origin      string         `json:"origin,omitempty"` // OriginApplication, OriginServicePrincipal, or the report's word
	AppID       string         `json:"app,omitempty"`
	AppObjectID string         `json:"object,omitempty"`
	PrincipalID string         `json:"principal,omitempty"`
	ResourceID  string         `json:"resource,omitempty"`
	Created     time.Time      `json:"created,omitzero"`
	Expires     time.Time      `json:"expires,omitzero"`
	Last        LastUse        `json:"last,omitzero"`
	AsOf        time.Time      `json:"-"`
	Gone        time.Time      `json:"-"` // as of Registration
}

// StateKey is the key ID with its origin: the report gives a key of an application and of its service principal a row each.
func (a *CredentialActivity) StateKey() (StateKind, string) {
	return StateCredentialActivity, a.KeyID + "|" + FoldCase(a.Origin)
}

// StateDate is the last use: a later export tells no earlier one.
func (a *CredentialActivity) StateDate() time.Time { return a.Last.Time }

// StateNames are none.
func (a *CredentialActivity) StateNames() (name, username string) { return "", "" }

// StateMarks are none.
func (a *CredentialActivity) StateMarks() []string { return nil }

// PrincipalActivity is the last use of an application in each context, as a report tells it.
type PrincipalActivity struct {
	AppID             string    `json:"app"` // in lower case
	Last              LastUse   `json:"last,omitzero"`
	DelegatedClient   LastUse   `json:"delegatedClient,omitzero"`
	DelegatedResource LastUse   `json:"delegatedResource,omitzero"`
	AppClient         LastUse   `json:"appClient,omitzero"`
	AppResource       LastUse   `json:"appResource,omitzero"`
	AsOf              time.Time `json:"-"`
	Gone              time.Time `json:"-"` // as of Registration
}

// StateKey is the application ID.
func (a *PrincipalActivity) StateKey() (StateKind, string) { return StatePrincipalActivity, a.AppID }

// StateDate is the newest use: a later export tells no earlier one.
func (a *PrincipalActivity) StateDate() (newest time.Time) {
	for _, use := range []LastUse{a.Last, a.DelegatedClient, a.DelegatedResource, a.AppClient, a.AppResource} {
		if use.Time.After(newest) {
			newest = use.Time
		}
	}
	return newest
}

// StateNames are none.
func (a *PrincipalActivity) StateNames() (name, username string) { return "", "" }

// StateMarks are none.
func (a *PrincipalActivity) StateMarks() []string { return nil }

// RelyingParty is an application of AD FS, as a report tells it.
type RelyingParty struct {
	ID        string   `json:"id"` // of the relying party, else of the row
	Name      string   `json:"name,omitempty"`
	ServiceID string   `json:"service,omitempty"`
	ReplyURLs []string `json:"replies,omitempty"`
	// Counts are of the report's period, which its rows do not tell. A nil count was not told.
	Users       *int64   `json:"users,omitempty"`
	Succeeded   *int64   `json:"succeeded,omitempty"`
	Failed      *int64   `json:"failed,omitempty"`
	Total       *int64   `json:"total,omitempty"`
	SuccessRate *float64 `json:"rate,omitempty"`
	// Migration is ready, needsReview, additionalStepsRequired, or another word of the report.
	Migration string           `json:"migration,omitempty"`
	Checks    []MigrationCheck `json:"checks,omitempty"`
	AsOf      time.Time        `json:"-"`
	Gone      time.Time        `json:"-"` // as of Registration
}

// MigrationCheck is one rule that the report checked. Value is the text of a result in a shape that is not read.
type MigrationCheck struct {
	Name    string `json:"name"`
	Result  string `json:"result,omitempty"`
	Message string `json:"message,omitempty"`
	Value   string `json:"value,omitempty"`
}

// StateKey is the ID of the relying party.
func (p *RelyingParty) StateKey() (StateKind, string) { return StateRelyingParty, FoldCase(p.ID) }

// StateDate is none: the report tells no date of a row.
func (p *RelyingParty) StateDate() time.Time { return time.Time{} }

// StateNames are the name of the relying party.
func (p *RelyingParty) StateNames() (name, username string) { return p.Name, "" }

// StateMarks are the status of the migration.
func (p *RelyingParty) StateMarks() []string {
	if p.Migration == "" {
		return nil
	}
	return []string{"migration=" + plainMark(p.Migration)}
}
