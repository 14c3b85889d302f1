package auth

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SignInAnswer is the reply of an account about one of its own sign-ins: mine, or not mine. "Not mine" is a
// report, and administrators decide it.
type SignInAnswer struct {
	ID        int64
	AccountID int64  // 0 where the account is gone
	Account   string // its name at the time of the answer
	// UserPrincipalName and UserID are the identity of the account at the time of the answer; either may be empty.
	UserPrincipalName, UserID string

	// Log, SignInID and Time name the sign-in: its log in addresses, its request ID, and its time as known at the
	// time of the answer. Log and SignInID identify it for good.
	Log, SignInID string
	Time          time.Time
	Seen          SeenSignIn

	Mine     bool
	Comment  string // of a report; may be empty
	Answered time.Time

	// State is how far administrators are with a report; empty where the account never made one. An answer can be
	// Mine while its report is ReportTakenBack.
	State ReportState
	// DecidedBy, Decided and Note are the last decision: its administrator, time and words. They are empty before
	// one.
	DecidedBy string
	Decided   time.Time
	Note      string
	// NoteIsTold says that the note was written for the person to read. Notes of earlier versions were not.
	NoteIsTold bool
	// Earlier has the decisions before the last one, the newest first. Only Reports fills it, with MaxEarlier of them at most.
	// EarlierTotal counts all of them.
	Earlier      []ReportStep
	EarlierTotal int64
}

// ReportStep is one decision about a report, as it was made.
type ReportStep struct {
	State      ReportState // that the report got
	By         string      // the administrator's name
	At         time.Time
	Note       string
	NoteIsTold bool // as of the answer
}

// MaxEarlier bounds the earlier decisions that a page has of one report.
const MaxEarlier = 10

// SeenSignIn is the sign-in as the page showed it to the person. The answer stores it, because the sign-in may
// change in the log or be deleted from it.
type SeenSignIn struct {
	Result, Application, Place, IPAddress, Device string
	// Unusual lists the marks on the sign-in, each reason with a full stop; empty where it had none.
	Unusual string
}

// ReportState is how far administrators are with a report.
type ReportState string

// A report that was taken back stays visible, because a stranger in the account may have taken it back.
const (
	ReportOpen      ReportState = "open"
	ReportConfirmed ReportState = "confirmed" // it was somebody else
	ReportDismissed ReportState = "dismissed"
	ReportTakenBack ReportState = "takenback"
)

// ReportStates gives the states in the order in which pages offer them.
func ReportStates() []ReportState {
	return []ReportState{ReportOpen, ReportConfirmed, ReportDismissed, ReportTakenBack}
}

// Label is the state as pages name it.
func (s ReportState) Label() string {
	switch s {
	case ReportOpen:
		return "Open"
	case ReportConfirmed:
		return "Confirmed"
	case ReportDismissed:
		return "Dismissed"
	case ReportTakenBack:
		return "Withdrawn"
	}
	return string(s)
}

// IsDecision tells whether administrators may set the state. Opening a report again is a decision too.
func (s ReportState) IsDecision() bool {
	return slices.Contains([]ReportState{ReportOpen, ReportConfirmed, ReportDismissed}, s)
}

// IsSettled tells whether an administrator has decided, so that the person can no longer change the answer.
func (s ReportState) IsSettled() bool { return s == ReportConfirmed || s == ReportDismissed }

// ReportsOf limits reports to those of some people. The zero value limits nothing.
type ReportsOf struct {
	Limited bool
	Users   []string // user IDs in lower case
}

// ReportQuery asks for reports, the newest first. At most one of Older and Newer is set.
type ReportQuery struct {
	State ReportState // empty for every state
	Of    ReportsOf
	// Older asks for the page behind this ID, Newer for the page before it; both are 0 for the newest page.
	Older, Newer int64
	Limit        int
}

// ReportPage is one page of reports, newest first. Older and Newer are the IDs for the pages around it, 0 where
// none is.
type ReportPage struct {
	Reports      []SignInAnswer
	Older, Newer int64
	// Counts tells how many reports each state has.
	Counts map[ReportState]int
}

// Decision is a decision of an administrator about a report.
type Decision struct {
	ID int64
	Of ReportsOf
	// Was is the state that the administrator saw, To the state that the report gets.
	Was, To ReportState
	Note    string
	By      string // the administrator's name
	At      time.Time
}

// AnswerStore keeps answers. Several processes may use it at once.
type AnswerStore interface {
	// SignInAnswers gives the account's answers, without those taken back; at most MaxAnswers.
	SignInAnswers(ctx context.Context, accountID int64) ([]SignInAnswer, error)
	// AnswerSignIn stores an answer in place of an earlier one to the same sign-in. A new report is open. It gives
	// ErrSettled where an administrator has decided, ErrTooManyAnswers where the account has MaxAnswers, and
	// ErrNoAccount where the account is gone.
	AnswerSignIn(ctx context.Context, a SignInAnswer) error
	// TakeBackAnswer takes an answer back. It gives ErrNoAnswer where there is none, and ErrSettled where an
	// administrator has decided.
	TakeBackAnswer(ctx context.Context, accountID int64, log, signInID string) error

	// Reports gives one page of reports, with their earlier decisions.
	Reports(ctx context.Context, q ReportQuery) (ReportPage, error)
	// CountOpenReports counts the reports in state ReportOpen.
	CountOpenReports(ctx context.Context, of ReportsOf) (int, error)
	// DecideReport stores a decision, and keeps those before it. It gives ErrNoAnswer where there is no such report of these people, and ErrReportChanged
	// where the report is no longer in the state that the administrator saw.
	DecideReport(ctx context.Context, d Decision) error
}

// MaxAnswers bounds how many sign-ins one account may answer for.
const MaxAnswers = 1000

// MaxComment bounds the characters of a comment or note.
const MaxComment = 1000

// CommentText gives a comment or note as it is kept, without spaces around it, or Invalid. It may be empty.
func CommentText(field, typed string) (string, error) {
	text := strings.ReplaceAll(strings.TrimSpace(typed), "\r\n", "\n")
	// Spaces of all widths are fine: texts that are pasted have them.
	odd := func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) }
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, odd):
		return "", Invalid{field, "The text has characters that cannot be shown. Take them out."}
	case utf8.RuneCountInString(text) > MaxComment:
		return "", Invalid{field, "The text is longer than 1,000 characters. Shorten it."}
	}
	return text, nil
}
