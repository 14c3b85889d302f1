package views

import (
	"net/url"
	"strconv"
	"time"
)

// PeoplePage is the list of the accounts.
type PeoplePage struct {
	Shell Shell
	// Holds is the search text of the list. Next is the name after which the next page begins; empty if there is none.
	Holds, Next string
	// IsFirst says that the page is the first of the list.
	IsFirst bool
	Rows    []Person
	// Done is a sentence about the last change.
	Done string
	Now  time.Time
}

// Person is an account as administrators see it.
type Person struct {
	ID                int64
	Name              string
	Roles             []string // in words
	UPN, UserID, Mail string
	Disabled, Demo    bool
	You               bool // the viewer's own account
	Created, LastSeen time.Time

	// FoundID is the user ID that the UPN was found to stand for. FoundFrom is the source: directory or logs.
	FoundID, FoundFrom string
	FoundAt            time.Time
	// NeedsUserID says that the UPN does not stand for exactly one user, so that the person has no sign-ins of their
	// own.
	NeedsUserID bool
	// Scope names the limits of the account; empty for none. MayBeLimited says whether it can have limits.
	Scope        string
	MayBeLimited bool
	// MayChange says whether the viewer may change the account.
	MayChange bool
}

// state says in a word whether the account may sign in.
func (p Person) state() string {
	if p.Disabled {
		return "Disabled"
	}
	return "Enabled"
}

func (p Person) url() string                { return peoplePath + "/" + strconv.FormatInt(p.ID, 10) }
func (p Person) actionURL(do string) string { return p.url() + "/" + do }

// whose gives the UPN of the account's person, else the user ID.
func (p Person) whose() string { return OrEmpty(firstText(p.UPN, p.UserID)) }

// personID is the user ID of the person's own sign-ins.
func (p Person) personID() string { return OrEmpty(firstText(p.UserID, p.FoundID)) }

// personIDNote names the source of the user ID, or the next step for an administrator.
func (p Person) personIDNote(zone Zone) string {
	switch {
	case p.NeedsUserID:
		return "This account needs its user ID: its user principal name stands for no one user in the directory and the logs, or for several in turn. Until it is given, the person sees no sign-ins."
	case p.UserID != "":
		return "As given. Own sign-ins count by it alone, under whatever name."
	case p.FoundID != "":
		from := "as the only user of this user principal name in the logs"
		if p.FoundFrom == "directory" {
			from = "as the only user of this user principal name in the imported directory"
		}
		return "Found " + from + " on " + zone.Time(p.FoundAt) + ". It stays, whatever is imported later; a user ID that you give takes its place."
	}
	return "The account names nobody in Entra ID, so the person sees no sign-ins."
}

func (p PeoplePage) nextURL() string {
	q := url.Values{"after": {p.Next}}
	if p.Holds != "" {
		q.Set("q", p.Holds)
	}
	return peoplePath + "?" + q.Encode()
}

// PersonPage is one account with the actions on it.
type PersonPage struct {
	Shell  Shell
	Person Person
	Form   PersonForm
	// PasswordErrors are sentences by the name of the control of the form that sets the password.
	PasswordErrors map[string]string
	Scope          ScopeForm
	Sessions       []Session
	MoreSessions   bool
	Done           string
	// Problem says why an action was not done.
	Problem string
	Now     time.Time
}

// PersonForm has the values of an account that a form can set.
type PersonForm struct {
	Name, UPN, UserID string
	Mail              string
	Roles             []RoleChoice
	// Errors are sentences by the name of the control; "" is for the whole form.
	Errors      map[string]string
	MinPassword int
}

// ScopeForm is the scope of an account: IDs, one on each line.
type ScopeForm struct {
	Groups, Apps string
	Errors       map[string]string
}

// RoleChoice is one role to choose.
type RoleChoice struct {
	Value, Label, Note string
	Chosen             bool
}

// NewPersonPage is the form for a new account.
type NewPersonPage struct {
	Shell Shell
	Form  PersonForm
}

// ConfirmPage asks for confirmation before an action that cannot be undone easily.
type ConfirmPage struct {
	Shell Shell
	// Question is the heading. Consequence describes the result of the action.
	Question, Consequence string
	// Action is the target of the form, and Back the target of its cancel link. Button is the label of the action.
	Action, Back, Button string
}

// Session is a session as a person recognises it.
type Session struct {
	Ref           string
	AccountID     int64
	Account       string
	Created, Seen time.Time
	Address       string
	UserAgent     string
	// This says that the page is read in this session. MayEnd says that the viewer may end it.
	This, MayEnd bool
}

// endLabel is the label of the button that ends the session, for screen readers. It begins with the words on the button.
func (s Session) endLabel() string {
	if s.This {
		return "Sign out of this session"
	}
	return "End the session in " + Browser(s.UserAgent) + " from " + OrEmpty(s.Address)
}

// SessionsPage is the sessions of everybody, the one used last first.
type SessionsPage struct {
	Shell    Shell
	Sessions []Session
	// Next is the address of the next page; empty if there is none.
	Next    string
	IsFirst bool
	Done    string
	Now     time.Time
}

// OwnAccountPage is one's own account.
type OwnAccountPage struct {
	Shell        Shell
	Person       Person
	Sessions     []Session
	MoreSessions bool
	// PasswordErrors are sentences by the name of the control.
	PasswordErrors map[string]string
	MinPassword    int
	Mail           OwnMail
	Done           string
	Now            time.Time
}

// others says whether the account has another session.
func (p OwnAccountPage) others() bool { return len(p.Sessions) > 1 }

// These are the addresses of the settings.
const (
	settingsPath   = "/settings"
	peoplePath     = settingsPath + "/people"
	newPersonPath  = peoplePath + "/new"
	sessionsPath   = settingsPath + "/sessions"
	ownAccountPath = settingsPath + "/account"
)

// PeopleURL, SessionsURL and OwnAccountURL are pages of the settings.
func PeopleURL() string     { return peoplePath }
func SessionsURL() string   { return sessionsPath }
func OwnAccountURL() string { return ownAccountPath }

// PersonURL is the page of one account.
func PersonURL(id int64) string { return Person{ID: id}.url() }

// settingsTab is one page of the settings.
type settingsTab struct{ Path, Label string }

// settingsTabs are the pages of the settings that the viewer may open.
func (s Shell) settingsTabs() []settingsTab {
	switch {
	case s.Viewer == nil || !s.Viewer.MayManagePeople && !s.Viewer.MayWatch:
		return nil
	case !s.Viewer.MayManagePeople:
		return []settingsTab{{WatchesPath, "Watches and schedules"}, {ownAccountPath, "Your account"}}
	}
	tabs := []settingsTab{{peoplePath, "People"}, {sessionsPath, "Sessions"}, {AccessSettingsPath, "Access log"}}
	if s.Viewer.MayGuardNames {
		tabs = append(tabs, settingsTab{ActivitySettingsPath, "Microsoft 365 activity"})
	}
	if s.Viewer.MayWatch {
		tabs = append(tabs, settingsTab{WatchesPath, "Watches and schedules"}, settingsTab{AlertSettingsPath, "Alerts"})
	}
	return append(tabs, settingsTab{InsightSettingsPath, "Usage & insights"}, settingsTab{MailSettingsPath, "Mail"}, settingsTab{ownAccountPath, "Your account"})
}
