package auth

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SignInAnswer is what an account said of one of its own sign-ins: that it was theirs, or that it was not. The latter is a
// report that administrators work off.
type SignInAnswer struct {
	ID        int64
	AccountID int64  // 0 where the account is gone
	Account   string // its name when it answered
	// UserPrincipalName and UserID are those of the account at that time; either may be empty.
	UserPrincipalName, UserID string

	// Log, SignInID and Time are the sign-in: its log's name in addresses, its request ID, and when it was as far as was
	// known then. The log and the ID name it for ever.
	Log, SignInID string
	Time          time.Time
	Seen          SeenSignIn

	Mine     bool
	Comment  string // of a report; may be empty
	Answered time.Time

	// State is how far administrators are with a report; empty where there never was one. A sign-in can be Mine and the
	// report of it ReportTakenBack.
	State ReportState
	// DecidedBy, Decided and Note are who decided last, when, and with what words; empty before.
	DecidedBy string
	Decided   time.Time
	Note      string
}

// SeenSignIn is the sign-in in the words that the person read. It is kept with the answer, as the log may forget the sign-in
// and later copies may change it.
type SeenSignIn struct {
	Result, Application, Place, IPAddress, Device string
	// Unusual is what was marked, with a full stop behind each reason; empty where nothing was.
	Unusual string
}

// ReportState is how far administrators are with a report.
type ReportState string

// The states. A report that the person took back stays to be seen: whoever took it back may not have been the person.
const (
	ReportOpen      ReportState = "open"
	ReportConfirmed ReportState = "confirmed" // it was somebody else
	ReportDismissed ReportState = "dismissed"
	ReportTakenBack ReportState = "takenback"
)

// ReportStates gives the states in the order in which they are offered.
func ReportStates() []ReportState {
	return []ReportState{ReportOpen, ReportConfirmed, ReportDismissed, ReportTakenBack}
}

// Label is the state in words.
func (s ReportState) Label() string {
	switch s {
	case ReportOpen:
		return "Open"
	case ReportConfirmed:
		return "Confirmed"
	case ReportDismissed:
		return "Dismissed"
	case ReportTakenBack:
		return "Taken back"
	}
	return string(s)
}

// IsDecision says whether administrators may set the state; to open again is a decision too.
func (s ReportState) IsDecision() bool {
	return slices.Contains([]ReportState{ReportOpen, ReportConfirmed, ReportDismissed}, s)
}

// IsSettled says that an administrator has decided, so that the person cannot change the answer any more.
func (s ReportState) IsSettled() bool { return s == ReportConfirmed || s == ReportDismissed }

// ReportQuery asks for reports, the newest first; at most one of Older and Newer is set.
type ReportQuery struct {
	State ReportState // empty for every state
	// Older and Newer are the ID of the report that the page lies behind or before; 0 for the newest page.
	Older, Newer int64
	Limit        int
}

// ReportPage is one page of reports, newest first, with the IDs that lead on; 0 where there are none.
type ReportPage struct {
	Reports      []SignInAnswer
	Older, Newer int64
	// Counts is how many reports are in each state.
	Counts map[ReportState]int
}

// Decision is what an administrator makes of a report.
type Decision struct {
	ID int64
	// Was is the state in which the administrator saw the report, To the one that it gets.
	Was, To ReportState
	Note    string
	By      string // the administrator's name
	At      time.Time
}

// AnswerStore keeps answers. Another process may use it at the same time.
type AnswerStore interface {
	// SignInAnswers gives all that an account said, but what it took back; MaxAnswers at most.
	SignInAnswers(ctx context.Context, accountID int64) ([]SignInAnswer, error)
	// AnswerSignIn keeps an answer in place of an earlier one to the same sign-in. A new report is open. ErrSettled where
	// an administrator has decided, ErrTooManyAnswers where the account has MaxAnswers, ErrNoAccount where it is gone.
	AnswerSignIn(ctx context.Context, a SignInAnswer) error
	// TakeBackAnswer takes an answer back; ErrNoAnswer where there is none, ErrSettled where an administrator has decided.
	TakeBackAnswer(ctx context.Context, accountID int64, log, signInID string) error

	// Reports gives one page of reports.
	Reports(ctx context.Context, q ReportQuery) (ReportPage, error)
	// CountOpenReports counts the reports that wait.
	CountOpenReports(ctx context.Context) (int, error)
	// DecideReport notes what an administrator decided. It gives ErrNoAnswer where there is no such report, and
	// ErrReportChanged where its state is not the one that the administrator saw.
	DecideReport(ctx context.Context, d Decision) error
}

// MaxAnswers is how many sign-ins one account may answer for.
const MaxAnswers = 1000

// MaxComment is how many characters a comment or note may have.
const MaxComment = 1000

// CommentText gives a comment or note as it is kept, without blanks around it, or Invalid. It may be empty.
func CommentText(field, typed string) (string, error) {
	text := strings.ReplaceAll(strings.TrimSpace(typed), "\r\n", "\n")
	odd := func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, odd):
		return "", Invalid{field, "The text has characters that cannot be shown. Take them out."}
	case utf8.RuneCountInString(text) > MaxComment:
		return "", Invalid{field, "The text is longer than 1,000 characters. Shorten it."}
	}
	return text, nil
}
