// Package activity declares Microsoft 365 activity: the unified audit log, with what people and programs did to mail, files,
// teams and settings, and the requests to Microsoft Graph. Names are those of the Office 365 Management Activity API.
package activity

import (
	"slices"
	"strings"

	"signpost/store"
)

// Log is the log of Microsoft 365 activity.
const Log store.Log = "activity"

// Record is one record of activity. A text is empty where the record tells nothing.
type Record struct {
	store.Common
	// RecordType is the name of the record's type, and RecordNumber its number where that is known.
	RecordType   string
	RecordNumber store.Int
	Operation    string
	Workload     string
	ResultStatus string
	ErrorNumber  string
	LogonError   string
	Tenant       string

	UserID, UserKey, UserType string
	ApplicationID, ClientID   string
	ApplicationName           string
	PrincipalID               string
	UserAgent, ClientInfo     string

	CorrelationID string
	SessionID     string // of the sign-in that the actor came with
	TokenID       string // the unique token identifier of that sign-in
	// IntraSystemID is the ID of the record within its service. Of a record that tells a sign-in it is that one's request ID, and
	// stands in SignInID too; of any other it is no sign-in's.
	IntraSystemID, SignInID string

	MailboxOwner, LogonType                         string
	Site, SiteURL, ItemType, EventSource, Extension string
	SharedWith, SharedWithType, SharingType         string
	Team, Channel                                   string
	OperationCount                                  store.Int
	External                                        store.Bool

	// These are of requests to Microsoft Graph.
	RequestMethod, RequestURI, APIVersion, TokenKind, ClientAuth string
	ResponseStatus, Duration                                     store.Int

	Object                              string // ObjectId as received: a file address, a user, a mailbox, ...
	Parameters, Extended, DeviceDetails []store.KeyValue
	Changes                             []Change
	Actors, Targets                     []Identity
	Items                               []ContentItem
	Destination                         string // where files or mails went
	addresses                           [3]string
	detectionID                         string // of a record that tells a risk detection
	tokenOf                             string // the object ID of whom the token of a request names

	// These follow from the rest.
	UserObjectID, DeviceID, DeviceName string
	Address                            string
	Port                               store.Int
	Item, ItemWords, Target, Details   string
	Outcome                            string
	// Withheld says that names of items are left out, because who looks may not see them.
	Withheld bool
}

// Change is a property that was changed.
type Change struct{ Name, Old, New string }

// Identity is a name or an ID of who acted, or of what was acted on. Type is Microsoft's number for its kind.
type Identity struct{ ID, Type string }

// ContentItem is a mail, a file or a folder in one of a record's lists.
type ContentItem struct{ Kind, Name, Path, ID string }

// Clone gives a copy. Writing its properties leaves the record as it is.
func (r *Record) Clone() store.Entry { c := *r; return &c }

// IsRequest says that the record is a request to Microsoft Graph.
func (r *Record) IsRequest() bool { return r.RequestMethod != "" && r.RequestURI != "" }

// IsSignIn says that the record tells a sign-in.
func (r *Record) IsSignIn() bool {
	return r.RecordNumber.Set && (r.RecordNumber.N == stsLogon || r.RecordNumber.N == accountLogon) ||
		strings.EqualFold(r.Operation, loggedIn) || strings.EqualFold(r.Operation, loginFailed)
}

// The operations of sign-ins.
const (
	loggedIn    = "UserLoggedIn"
	loginFailed = "UserLoginFailed"
)

// settle fills what follows from the rest, and what only stands around the properties of a record.
func (r *Record) settle(around store.Envelope) {
	if r.IsRequest() {
		fill(&r.RecordType, GraphRequests)
		fill(&r.Workload, "MicrosoftGraph")
		fill(&r.Operation, around.Operation, "Microsoft Graph Activity")
	}
	fill(&r.Tenant, around.Tenant)
	fill(&r.UserAgent, valueIn(r.Extended, "UserAgent"))
	fill(&r.SessionID, valueIn(r.DeviceDetails, "SessionId"))
	fill(&r.DeviceID, valueIn(r.DeviceDetails, "Id"))
	fill(&r.DeviceName, valueIn(r.DeviceDetails, "DisplayName"))
	fill(&r.ApplicationID, r.ClientID)
	if strings.Trim(r.TokenID, "A") == "" {
		r.TokenID = ""
	}
	r.SignInID = ""
	if r.IsSignIn() {
		if strings.Trim(r.IntraSystemID, "0-") != "" {
			r.SignInID = r.IntraSystemID
		}
		fill(&r.SignInID, *r.ID())
	}
	for _, told := range append(r.addresses[:], around.Address) {
		if address, port := plainAddress(told); address != "" {
			r.Address, r.Port = address, portOf(port)
			break
		}
	}
	r.settleUser()
	r.settleObject()
	r.Outcome = r.outcome()
}

// settleUser finds the object ID of the actor.
func (r *Record) settleUser() {
	fill(&r.UserObjectID, guidOf(r.UserKey), guidOf(r.UserID))
	if strings.EqualFold(r.TokenKind, "app") {
		fill(&r.PrincipalID, guidOf(r.tokenOf))
	} else {
		fill(&r.UserObjectID, guidOf(r.tokenOf))
	}
	for _, who := range r.Actors {
		if who.Type == "0" || who.Type == "2" {
			fill(&r.UserObjectID, guidOf(who.ID))
		}
	}
	for _, who := range r.Actors {
		if strings.Contains(who.ID, "@") {
			fill(&r.UserID, who.ID)
		}
	}
}

// The outcomes of activity.
const (
	success     = "success"
	failure     = "failure"
	interrupted = "interrupted"
)

// outcome tells how the activity ended, by its operation and its error. The stated result decides nothing: of a sign-in it says
// that the question was answered. Where it contradicts a record without an error, the outcome is not told.
func (r *Record) outcome() string {
	failed := r.LogonError != "" && !strings.EqualFold(r.LogonError, "None") || strings.Trim(r.ErrorNumber, "0") != ""
	operation := strings.ToLower(r.Operation)
	switch {
	case operation == strings.ToLower(loggedIn) && failed:
		return interrupted
	case operation == strings.ToLower(loggedIn):
		return success
	case failed, strings.HasSuffix(operation, "failed"), strings.HasSuffix(operation, "denied"), r.ResponseStatus.Set && r.ResponseStatus.N >= 400:
		return failure
	case r.Operation == "", r.IsRequest() && !r.ResponseStatus.Set, contradicts(r.ResultStatus):
		return ""
	}
	return success
}

// contradicts says that a stated result is not that all of the activity was done.
func contradicts(result string) bool {
	return slices.ContainsFunc([]string{"false", "failed", "failure", "partiallysucceeded"}, func(word string) bool { return strings.EqualFold(result, word) })
}

// update takes over what a newer copy tells better. A missing list never takes the place of one with members.
func (r *Record) update(newer *Record) {
	store.UpdateProperties(properties, r, newer)
	takeOver(&r.Parameters, newer.Parameters)
	takeOver(&r.Extended, newer.Extended)
	takeOver(&r.DeviceDetails, newer.DeviceDetails)
	takeOver(&r.Changes, newer.Changes)
	takeOver(&r.Actors, newer.Actors)
	takeOver(&r.Targets, newer.Targets)
	takeOver(&r.Items, newer.Items)
	fillNewer(&r.Object, newer.Object)
	fillNewer(&r.Destination, newer.Destination)
}

func takeOver[T any](list *[]T, newer []T) {
	if len(newer) > 0 {
		*list = newer
	}
}

func fillNewer(p *string, newer string) {
	if newer != "" {
		*p = newer
	}
}

// members counts what the lists hold.
func (r *Record) members() int {
	return len(r.Parameters) + len(r.Extended) + len(r.DeviceDetails) + len(r.Changes) + len(r.Actors) + len(r.Targets) + len(r.Items)
}

// fill sets an empty text to the first of some that say something.
func fill(p *string, texts ...string) {
	for _, text := range texts {
		if *p == "" {
			*p = strings.TrimSpace(text)
		}
	}
}

// valueIn gives the value of a name among pairs, in any casing.
func valueIn(pairs []store.KeyValue, name string) string {
	for _, pair := range pairs {
		if strings.EqualFold(pair.Key, name) {
			return pair.Value
		}
	}
	return ""
}
