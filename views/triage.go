package views

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// TriagePath is the address for the forms that decide about risk in this portal.
const TriagePath = ProtectionPath + "/triage"

// These are the fields of such a form. TriageOf is an object, as often as there are some. TriageAsk asks for the page that confirms.
const (
	TriageOf        = "of"
	TriageDo        = "do"
	TriageComment   = "comment"
	TriageNext      = "next"
	TriageAsk       = "ask"
	TriageConfirmed = "confirmed"
)

// TriageToldParam names the message after a form in the address that the form leads back to.
const TriageToldParam = "triaged"

// triageFormID is the form of a list, which the boxes in its rows belong to.
const triageFormID = "triage"

// triageUndo is the value of the button that takes a verdict back.
const triageUndo = "undo"

// TriagePanel is the triage of one object on its page.
type TriagePanel struct {
	Shell Shell
	ask.TriageStory
	Now time.Time
}

// MayTriage tells whether the viewer may decide about risk.
func (s Shell) MayTriage() bool { return s.Viewer != nil && s.Viewer.MayTriage }

// importedText is the imported risk in words.
func importedText(t ask.TriageTarget) string {
	text := OrEmpty(store.RiskStates.Words(t.Risk.State))
	if t.Risk.Level != "" {
		text += ", level " + strings.ToLower(store.RiskLevels.Words(t.Risk.Level))
	}
	return text
}

// statusText says whether the object waits for somebody here, and why.
func (p TriagePanel) statusText() string {
	switch {
	case p.Kept.Answers(p.Risk):
		return "A verdict of this portal answers its imported state."
	case p.IsOpen() && p.Kept.Holds != nil:
		return "Its imported state changed after the verdict below. So it is open again."
	case p.IsOpen():
		return "No verdict of this portal answers its imported state."
	case p.Risk.State == "":
		return "No import tells its risk."
	}
	return "Its imported state needs no verdict."
}

// importedSince is when the imported risk changed last.
func (p TriagePanel) importedSince() string {
	if p.Risk.Updated.IsZero() {
		return "Entra tells no time of its last change"
	}
	return "last changed " + p.Shell.Zone.Time(p.Risk.Updated)
}

// triageTone is the class of the mark of an object, and its words; empty words for an object that needs no mark.
func triageTone(t ask.TriageTarget) (class, words string) {
	switch {
	case t.IsOpen():
		return "report-open", "Open here"
	case t.Kept.Holds != nil:
		return "triage-" + string(t.Kept.Holds.Verdict), t.Kept.Holds.Verdict.Label() + " here"
	}
	return "", ""
}

// triageDone is a step in words.
func triageDone(p TriagePanel, at int) string {
	step := p.Steps[at]
	if step.Undoes == 0 {
		return step.Verdict.Label()
	}
	for _, other := range p.Steps {
		if other.ID == step.Undoes {
			return "Undone: " + strings.ToLower(other.Verdict.Label()) + " of " + p.Shell.Zone.Time(other.At)
		}
	}
	return "Undone: an earlier verdict"
}

// graphText is the call of Graph for objects as a program sends it.
func graphText(call ask.GraphCall, ids []string) string {
	body, err := json.MarshalIndent(map[string][]string{call.Parameter: ids}, "", "  ")
	if err != nil {
		return "" // impossible: these are texts
	}
	return "POST " + call.Address + "\nContent-Type: application/json\n\n" + string(body)
}

// graphChunk is how many IDs of a long list one call on a page has.
const graphChunk = 60

// TriageCall is what to send to Graph for a verdict about some objects, or why there is no call.
type TriageCall struct {
	Title string
	Texts []string // the calls; empty for none
	Note  string
}

// triageCalls gives the calls for a verdict about objects. Those of one kind share calls.
func triageCalls(targets []ask.TriageTarget, verdict ask.TriageVerdict) (calls []TriageCall) {
	ids := map[string][]string{}
	found := map[string]ask.GraphCall{}
	nouns := map[string]string{}
	var order []string
	for _, t := range targets {
		call, ok := ask.GraphCallOf(t.Of, verdict)
		key := call.Address
		if !ok {
			key = "none " + t.Noun()
		}
		if _, known := ids[key]; !known {
			order = append(order, key)
		}
		ids[key], found[key], nouns[key] = append(ids[key], t.Of.ID), call, t.Noun()
	}
	for _, key := range order {
		call := found[key]
		c := TriageCall{Title: verdict.Action()}
		switch {
		case call.Address != "":
			for chunk := range slices.Chunk(ids[key], graphChunk) {
				c.Texts = append(c.Texts, graphText(call, chunk))
			}
			if call.Most > 0 {
				c.Note = "One call takes at most " + Number(int64(call.Most)) + " IDs."
			}
		case verdict == triageUndo:
			c.Note = "Microsoft Graph has no call that takes a verdict back."
		default:
			c.Note = "Microsoft Graph has no such call for a " + nouns[key] + "."
		}
		calls = append(calls, c)
	}
	return calls
}

// TriageConfirmPage asks once more before a verdict about several objects, or about one that changed.
type TriageConfirmPage struct {
	Shell   Shell
	Verdict ask.TriageVerdict
	Chosen  []ask.TriageChosen
	Comment string
	Problem string // with the comment; empty for none
	Changed string // why the form before this one was refused; empty for none
	Next    string
}

// found are the objects that the viewer sees.
func (p TriageConfirmPage) found() (list []ask.TriageTarget) {
	for _, c := range p.Chosen {
		if c.Target != nil {
			list = append(list, *c.Target)
		}
	}
	return list
}

// choice is the value of an object in the form. It carries what the person saw in the list, or here where the form was refused.
func (p TriageConfirmPage) choice(c ask.TriageChosen) string {
	if c.Target != nil && p.Changed != "" {
		return c.Target.Choice().String()
	}
	return c.TriageChoice.String()
}

// isStale tells whether the object changed since the person opened the list.
func (p TriageConfirmPage) isStale(c ask.TriageChosen) bool {
	return c.Target != nil && p.Changed == "" && (c.Seen != c.Target.Kept.Version || p.Verdict != triageUndo && c.IsStale())
}

func (p TriageConfirmPage) title() string {
	return p.Verdict.Action() + ": " + Count(int64(len(p.found())), "object", "objects")
}

// TriageLine is one line of the message after a form.
type TriageLine struct {
	Name, ID string
	Verdict  ask.TriageVerdict
	Outcome  string
	// By and At are who made the object as a repeated verdict found it, and when; empty where nobody did.
	By string
	At time.Time
	// LostComment is the comment that is not kept about the object; empty for none.
	LostComment string
}

// text is the outcome for the object.
func (l TriageLine) text() string {
	isUndo := l.Verdict == triageUndo
	switch l.Outcome {
	case "done":
		if isUndo {
			return "The verdict is undone. The history keeps both."
		}
		return l.Verdict.Label() + " in this portal."
	case "same":
		if isUndo {
			return "No change: no verdict holds."
		}
		return "No change: it is recorded so already."
	case "changed":
		return "Not recorded: somebody else decided, or a newer state was imported, since you opened the page."
	}
	return "Not found."
}

// byText is who made the object so already. The time follows it.
func (l TriageLine) byText() string {
	if l.Verdict == triageUndo {
		return "Undone by " + l.By
	}
	return "Recorded by " + l.By
}

// lostText says that the comment is lost, and how it can be kept; empty where none is.
func (l TriageLine) lostText() string {
	switch {
	case l.LostComment == "":
		return ""
	case l.Outcome == "same" && l.Verdict != triageUndo:
		return "Your comment was not kept. To keep it, undo the verdict, then decide again with the comment."
	}
	return "Your comment was not kept."
}

// lostComment is the comment that is not kept about n objects of the message; empty for none. A form has one comment.
func lostComment(lines []TriageLine) (comment string, n int64) {
	for _, line := range lines {
		if line.LostComment != "" {
			comment, n = line.LostComment, n+1
		}
	}
	return comment, n
}

// triageSummary counts the outcomes.
func triageSummary(lines []TriageLine) string {
	var parts []string
	for _, of := range []struct{ outcome, words string }{{"done", "recorded"}, {"same", "without a change"}, {"changed", "not recorded, because something changed"}, {"missing", "not found"}} {
		n := 0
		for _, line := range lines {
			if line.Outcome == of.outcome {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, Number(int64(n))+" "+of.words)
		}
	}
	return Capital(strings.Join(parts, "; ")) + "."
}

// triageListed is how many lines of a message are in sight.
const triageListed = 10

// answeredText is the imported risk that a step answered.
func (p TriagePanel) answeredText(at int) string {
	risk := p.Steps[at].Risk
	text := "It answered: " + importedText(ask.TriageTarget{Risk: risk})
	if !risk.Updated.IsZero() {
		text += ", last changed " + p.Shell.Zone.Time(risk.Updated)
	}
	return text + "."
}

// triageHelp is the part of the help about verdicts. Only people who may read risk see it.
var triageHelp = helpTopic{
	ID: "triage", Title: "Triage in this portal",
	Texts: []string{
		"Global Administrators, Security Administrators and Security Operators decide about risky users, sign-ins, service principals and agents: confirmed compromised, confirmed safe or dismissed. Everybody who reads Identity Protection sees the verdicts.",
		"A verdict is recorded in this portal only. Signpost sends nothing to Entra, and imported states, numbers and files stay as they are. Each form shows the call of Microsoft Graph that does the same in Entra, where there is one.",
	},
	Points: []HelpPoint{
		{"Open here", "The imported state is at risk or confirmed compromised, and no verdict answers it. A newer imported state opens it again."},
		{"Open sign-ins", "The lists of risky sign-ins have the same choice. A sign-in of a user has the state of its own record. One of a service principal has that of the newest detection that names it, open ones before closed ones. One near a detection has no state and is not listed."},
		{"The number in the navigation", "Risky users that are open here. For those who decide reports it includes the open reports."},
		{"Undo", "Undo takes the latest verdict back. The one before it holds again. The history keeps both."},
		{"The same verdict again", "It changes nothing. The page says who recorded it, and that a new comment was not kept. To keep one, undo the verdict, then decide again."},
		{"Two people at once", "A form carries what its person saw. Where something changed since, nothing is recorded, and the page says so."},
		{"Trace", "The history has who decided, when, the comment and the imported state. Each change is in the access log too."},
	},
	Links: []Link{{"Risky users", RiskyUsersPath}, {"Risky sign-ins", RiskySignInsPath}},
}

// TriageRows is what is kept about the rows of a list of sign-ins, in their order. Without targets the list shows nothing of it.
type TriageRows struct {
	Shell   Shell
	Targets []ask.TriageTarget
}
