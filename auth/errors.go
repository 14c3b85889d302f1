package auth

import "errors"

// Errors of this package and of the engines behind it; compare with errors.Is. Pages can show each as it is.
var (
	ErrNoAccount         = errors.New("there is no account of that name")
	ErrNameTaken         = errors.New("there is already an account of that name")
	ErrLastAdministrator = errors.New("this is the last enabled Global Administrator: make another one first")
	ErrAlreadySetUp      = errors.New("there is an account already: setup is done")

	ErrNoView        = errors.New("there is no such view")
	ErrViewNameTaken = errors.New("you have a view of that name already")
	ErrTooManyViews  = errors.New("you have 100 saved views, which is as many as are kept: delete one first")

	// ErrNoRight refuses what somebody may not see, or may not see any more.
	ErrNoRight = errors.New("they may not see these data")

	ErrNoSubscription       = errors.New("there is no such watch or schedule")
	ErrTooManySubscriptions = errors.New("you have 100 watches and schedules, which is as many as are kept: delete one first")

	ErrNoAnswer       = errors.New("there is no such answer")
	ErrSettled        = errors.New("an administrator has decided already")
	ErrTooManyAnswers = errors.New("you have answered for 1,000 sign-ins, which is as many as are kept: tell the helpdesk of any other")
	ErrReportChanged  = errors.New("somebody else has changed the report since you opened it")

	// ErrWrongPassword answers a wrong name and a wrong password alike.
	ErrWrongPassword = errors.New("the name or the password is wrong")
	// ErrDisabled is told only to somebody who knows the password.
	ErrDisabled = errors.New("this account is disabled")

	ErrWrongSetupCode = errors.New("the setup code is wrong")

	// ErrSessionEnded: the cookie names a session that expired or was ended.
	ErrSessionEnded = errors.New("the session has ended")
	// ErrUseNotNoted: the session is good, but its use could not be written. A full disk must not keep people from
	// reading.
	ErrUseNotNoted = errors.New("the use of the session could not be noted")
	// ErrForeignCookie: this program did not give out the cookie.
	ErrForeignCookie = errors.New("the session cookie is not readable")
)

// NotAllowed refuses a change of an account to a person without the roles for it.
type NotAllowed struct{ Needs []Role }

// Error names the roles that may make the change.
func (n NotAllowed) Error() string {
	return "only a " + RoleLabels(n.Needs) + " may do this to the account"
}

// Invalid refuses a value of a form or flag that breaks a rule.
type Invalid struct {
	Field   string // name, password, role, ...
	Problem string // a sentence: what is wrong and what to do
}

// Error gives Text.
func (i Invalid) Error() string { return i.Problem }
