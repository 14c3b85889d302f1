package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
)

// TriageKind is a kind of objects that people decide about.
type TriageKind string

// These are the kinds. A sign-in belongs to a log.
const (
	TriageUser      TriageKind = "user"
	TriagePrincipal TriageKind = "principal"
	TriageAgent     TriageKind = "agent"
	TriageSignIn    TriageKind = "signin"
)

// TriageKinds gives all kinds.
func TriageKinds() []TriageKind {
	return []TriageKind{TriageUser, TriagePrincipal, TriageAgent, TriageSignIn}
}

// TriageObject names an object. Log is the log of a sign-in in addresses; it is empty for every other object.
type TriageObject struct {
	Kind    TriageKind
	Log, ID string
}

// IsWhole tells whether the name has all its parts, within their limits.
func (o TriageObject) IsWhole() bool {
	return slices.Contains(TriageKinds(), o.Kind) && o.ID != "" && len(o.ID) <= maxTriageID && (o.Log != "") == (o.Kind == TriageSignIn) && len(o.Log) <= maxTriageID
}

const maxTriageID = 256

// MaxTriage bounds how many objects one form may decide about.
const MaxTriage = 200

// TriageVerdict is a decision about an object. It holds in this portal only: nothing is sent to Entra.
type TriageVerdict string

// TriageUndo takes the latest verdict back. The one before it then holds again.
const (
	TriageCompromised TriageVerdict = "compromised"
	TriageSafe        TriageVerdict = "safe"
	TriageDismissed   TriageVerdict = "dismissed"
	TriageUndo        TriageVerdict = "undo"
)

// TriageVerdicts gives the verdicts that pages offer, without TriageUndo.
func TriageVerdicts() []TriageVerdict {
	return []TriageVerdict{TriageCompromised, TriageSafe, TriageDismissed}
}

// IsVerdict tells whether the value is a verdict, or TriageUndo.
func (v TriageVerdict) IsVerdict() bool {
	return v == TriageUndo || slices.Contains(TriageVerdicts(), v)
}

// Label is the verdict as pages name it.
func (v TriageVerdict) Label() string {
	switch v {
	case TriageCompromised:
		return "Confirmed compromised"
	case TriageSafe:
		return "Confirmed safe"
	case TriageDismissed:
		return "Dismissed"
	case TriageUndo:
		return "Undone"
	}
	return string(v)
}

// Action is the verdict as a button names it.
func (v TriageVerdict) Action() string {
	switch v {
	case TriageCompromised:
		return "Confirm compromised"
	case TriageSafe:
		return "Confirm safe"
	case TriageDismissed:
		return "Dismiss"
	case TriageUndo:
		return "Undo"
	}
	return string(v)
}

// ImportedRisk is the risk of an object as imported records tell it.
type ImportedRisk struct {
	Updated      time.Time // zero where no record tells it
	State, Level string
}

// second is the time of the risk in whole seconds. Some files have no more of it: the same change comes again with its fraction.
func (r ImportedRisk) second() time.Time { return r.Updated.Truncate(time.Second) }

// Answers tells whether a verdict about r also answers a risk that was imported since. It does not answer one of a later second, or
// one that says something else of the same second.
func (r ImportedRisk) Answers(now ImportedRisk) bool {
	switch now.second().Compare(r.second()) {
	case -1:
		return true
	case 0:
		return now.State == r.State && now.Level == r.Level
	}
	return false
}

// Print tells the risk from others in a form. It is short, and safe in an address.
func (r ImportedRisk) Print() string {
	second := ""
	if !r.Updated.IsZero() {
		second = strconv.FormatInt(r.second().Unix(), 10)
	}
	sum := sha256.Sum256([]byte(second + "\x00" + r.State + "\x00" + r.Level))
	return hex.EncodeToString(sum[:6])
}

// TriageEntry is one step of an object's history.
type TriageEntry struct {
	ID      int64 // grows from step to step
	Of      TriageObject
	Name    string // of the object at the time of the step; may be empty
	Verdict TriageVerdict
	Comment string // may be empty
	By      string // the name of the account
	At      time.Time
	// Risk is the imported risk that the verdict answered.
	Risk ImportedRisk
	// Undoes is the ID of the step that TriageUndo took back. UndoneBy is the ID of the step that took this one back. Each is 0 for none.
	Undoes, UndoneBy int64
}

// Triaged is what is kept about an object. The zero value is an object that nobody decided about.
type Triaged struct {
	// Version is the ID of the object's last step. A form carries the version that its person saw.
	Version int64
	// Holds is the verdict that holds; nil for none.
	Holds *TriageEntry
}

// Answers tells whether the verdict that holds answers the imported risk.
func (t Triaged) Answers(now ImportedRisk) bool { return t.Holds != nil && t.Holds.Risk.Answers(now) }

// TriageStep is a verdict that somebody gives.
type TriageStep struct {
	Of      TriageObject
	Name    string
	Verdict TriageVerdict
	Comment string
	By      string
	At      time.Time
	Risk    ImportedRisk // as imported now
	Seen    int64        // the version that the person saw
}

// TriageOutcome tells the result of a step.
type TriageOutcome string

// Only TriageDone changes what is kept.
const (
	TriageDone    TriageOutcome = "done"
	TriageSame    TriageOutcome = "same"    // it is kept so already, or there is nothing to undo
	TriageChanged TriageOutcome = "changed" // somebody else decided, or a newer risk was imported, since the person looked
	TriageMissing TriageOutcome = "missing" // no such object, for this person
)

// After tells the outcome of a step, given what is kept before it.
func (t Triaged) After(step TriageStep) TriageOutcome {
	switch {
	case step.Verdict == TriageUndo && t.Holds == nil:
		return TriageSame
	case step.Verdict != TriageUndo && t.Answers(step.Risk) && t.Holds.Verdict == step.Verdict:
		return TriageSame
	case t.Version != step.Seen:
		return TriageChanged
	}
	return TriageDone
}

// TriageReport is one line of the message after a form: the object, and the outcome for it.
type TriageReport struct {
	Of      TriageObject
	Name    string
	Verdict TriageVerdict
	Outcome TriageOutcome
	// By and At are who made the object as TriageSame found it, and when. They are empty for every other outcome, and where nobody did.
	By string    `json:",omitempty"`
	At time.Time `json:",omitzero"`
	// LostComment is the comment of the form, where it is not kept about the object; else empty.
	LostComment string `json:",omitempty"`
}

// TriageStore keeps the verdicts of people about risky objects. It changes no imported record. Several processes may use it at once.
type TriageStore interface {
	// Triaged gives what is kept about objects. Those that nobody decided about are left out.
	Triaged(ctx context.Context, of ...TriageObject) (map[TriageObject]Triaged, error)
	// TriagedOf gives what is kept about all objects of a kind.
	TriagedOf(ctx context.Context, kind TriageKind) (map[TriageObject]Triaged, error)
	// TriageVersion is the ID of the latest step about any object; 0 for none.
	TriageVersion(ctx context.Context) (int64, error)
	// TriageHistory gives the newest steps of an object, the newest first, and the number of all.
	TriageHistory(ctx context.Context, of TriageObject, limit int) (steps []TriageEntry, total int64, err error)
	// Triage takes the steps one after the other, in one transaction, and gives the outcome of each.
	Triage(ctx context.Context, steps []TriageStep) ([]TriageOutcome, error)

	// KeepTriageReport keeps the message of a form for the account, for a day. It gives its ID.
	KeepTriageReport(ctx context.Context, accountID int64, at time.Time, report []TriageReport) (int64, error)
	// TriageReport gives a message of the account; nil where there is none.
	TriageReport(ctx context.Context, accountID, id int64) ([]TriageReport, error)
}
