package views

import (
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"signpost/store"
	"signpost/store/diagnostic"
	"signpost/web/ask"
)

// DiagnosticPath is the page that says why a sign-in failed.
const DiagnosticPath = "/diagnostic"

// The parameters of the page.
const (
	DiagnosticUser        = "user"
	DiagnosticApp         = "app"
	DiagnosticTime        = "time"
	DiagnosticCorrelation = "correlation"
	DiagnosticRequest     = "request"
	// DiagnosticLog tells sign-ins of several logs with one request ID apart.
	DiagnosticLog = "log"
)

// DiagnosticURL is the diagnosis of a sign-in.
func DiagnosticURL(head store.Head) string {
	return withQuery(DiagnosticPath, url.Values{DiagnosticRequest: {head.ID}, DiagnosticLog: {string(head.Log)}, DiagnosticTime: {machineTime(head.Time)}})
}

// cannotSignInURL is the choice of the failed sign-ins of a person.
func cannotSignInURL(user string) string {
	return withQuery(DiagnosticPath, url.Values{DiagnosticUser: {user}})
}

// cannotSignIn is the text of a link there.
const cannotSignIn = "This person cannot sign in"

// DiagnosticPage is the form, with the sign-ins that it found, or with the answer about one.
type DiagnosticPage struct {
	Shell Shell
	Now   time.Time
	// Typed has the inputs by their parameters.
	Typed map[string]string
	Bad   store.BadParams
	// Asked is what was looked for, Found the sign-ins to choose from; nil where there is an answer, or no question.
	Asked ask.FindFailure
	Found *ask.FailuresFound
	// Answer is the diagnosis; nil for none.
	Answer *Diagnosis
}

// Diagnosis draws the answer about a sign-in.
type Diagnosis struct {
	*ask.Diagnosed
	Details DetailsPage
	// Alone says that the reader may open no log: nothing leads to one.
	Alone bool
}

// diagnoses tells the menu of a row that its sign-in may be diagnosed.
func (p LogPage) diagnoses() templ.Attributes {
	if p.List.Kind() != store.SignIns {
		return nil
	}
	return templ.Attributes{"data-why": true}
}

// problems has the errors by the name of the control that they belong to.
func (p DiagnosticPage) problems() map[string]string {
	labels := map[string]string{DiagnosticUser: "The person ", DiagnosticApp: "The application ", DiagnosticTime: "The time ", DiagnosticCorrelation: "The correlation ID ", DiagnosticRequest: "The request ID "}
	texts := map[string]string{}
	for _, bad := range p.Bad {
		at, text := bad.Param, labels[bad.Param]+bad.Problem
		if labels[at] == "" {
			at, text = "", bad.Error()
		}
		if texts[at] == "" {
			texts[at] = text
		}
	}
	return texts
}

// controls are the inputs of the form.
func (p DiagnosticPage) controls() []setupControl {
	input := func(name, label, hint string) setupControl {
		return setupControl{name: name, label: label, kind: "text", value: p.Typed[name], autocomplete: "off", hint: hint}
	}
	return []setupControl{
		input(DiagnosticUser, "Person", "Name, user principal name or user ID."),
		input(DiagnosticApp, "Application", "Name or application ID. It may be empty."),
		input(DiagnosticTime, "Around", "Such as 2026-11-12 14:05, yesterday or 14:05 ("+p.Shell.Zone.Name()+"). 48 hours on both sides are looked at; empty for the last 48 hours."),
		input(DiagnosticRequest, "Request ID", "The error page calls it so. It is enough alone."),
		input(DiagnosticCorrelation, "Correlation ID", "It is enough alone, too."),
	}
}

// failuresText says what was found.
func (p DiagnosticPage) failuresText() string {
	total := p.Found.Total()
	text := Count(total.N, "sign-in that did not succeed", "sign-ins that did not succeed")
	if !total.Complete {
		text = "At least " + text
	}
	return text
}

// whenText is the time in which was looked.
func (p DiagnosticPage) whenText() string {
	if p.Found.Range.From.Equal(store.AllTime().From) {
		return "At any time."
	}
	return p.Shell.Zone.Range(p.Found.Range) + "."
}

// shownText says that the list shows a part of the sign-ins found.
func (p DiagnosticPage) shownText() string {
	if total := p.Found.Total(); total.N <= int64(len(p.Found.Rows)) {
		return ""
	}
	return "Of each log the " + Number(int64(len(p.Found.Rows))) + " nearest in time are listed. Give a time, or open a log for all."
}

// noFailures says that nothing was found.
func (p DiagnosticPage) noFailures() EmptyState {
	switch n := p.Found.Succeeded(); {
	case p.Asked.Request != "":
		return EmptyState{Title: "No sign-in has this request ID", Text: "It may not be imported yet, or the ID may lack a character."}
	case n > 0:
		return EmptyState{
			Title: "No sign-in failed", Text: Count(n, "sign-in", "sign-ins") + " of this time succeeded. If the person sees an error all the same, it comes from the application, or the time is another.",
		}
	}
	e := EmptyState{Title: "No sign-ins found", Text: "No imported sign-in of this time fits. A person who cannot reach the sign-in page leaves no record. Check the name, and give another time."}
	if p.Asked.User != "" {
		e.Link = &Link{"Search for this name", searchURL(p.Asked.User, store.Range{Preset: MonthRange})}
	}
	return e
}

// failuresURL leads to all sign-ins of a log that were found.
func failuresURL(l ask.FailuresIn) string {
	return List{Log: l.Query.Log}.URL(store.Query{Range: l.Query.Range, Filter: l.Query.Filter}.Values())
}

// failureCell is the error of a sign-in to choose.
func failureCell(s *store.SignIn) string {
	if !s.ErrorCode.Set {
		return OrEmpty(s.FailureReason)
	}
	return codeWithWords(s.ErrorCode.N)
}

func logShort(log store.Log) string {
	info, _ := store.SignIns.Log(log)
	return info.Short
}

// subtitle says who tried to sign in to what.
func (d Diagnosis) subtitle() string { return d.Details.title() }

// codeFact is the error code with its words.
func (d Diagnosis) eventFacts() []Fact {
	p, s := d.Details, d.Details.signIn()
	var facts []Fact
	if d.Verdict.HasError {
		f := Fact{Label: "Error code", Value: codeWithWords(s.ErrorCode.N), Explained: p.explained()}
		facts = append(facts, f)
	}
	for _, property := range []*store.Property{store.FailureReason, store.AdditionalDetails} {
		if *property.Text(s) != "" {
			facts = append(facts, Fact{Label: property.Label, Value: clipped(*property.Text(s)), Note: "as the record has it"})
		}
	}
	return d.alone(facts)
}

// alone takes the links to logs out of facts where the reader may open none.
func (d Diagnosis) alone(facts []Fact) []Fact {
	for i := range facts {
		facts[i].Narrowings = nil
		if d.Alone {
			facts[i].Page = ""
		}
	}
	return facts
}

// facts draws reasons.
func (d Diagnosis) facts(reasons []diagnostic.Reason) (facts []Fact) {
	for _, r := range reasons {
		facts = append(facts, d.reason(r)...)
	}
	return d.alone(facts)
}

func (d Diagnosis) reason(r diagnostic.Reason) []Fact {
	p := d.Details
	switch {
	case r.Policy != nil:
		return d.policyFacts(*r.Policy)
	case r.Step != nil:
		return []Fact{p.stepFact("Step that failed", *r.Step)}
	case r.Lifetime != nil:
		return []Fact{requirementFact("Session lifetime policy", store.LifetimePolicies, *r.Lifetime)}
	case r.Requirement != nil:
		return []Fact{requirementFact("More proof was asked for by", store.RequirementProviders, *r.Requirement)}
	case r.Counted != "":
		return []Fact{{
			Label: "24 hours before: " + strings.ToLower(logShort(r.Count.Log)), Value: Count(r.Count.N, "sign-in", "sign-ins"), Note: r.Counted, Page: d.countedURL(r),
		}}
	case r.Later != nil:
		return []Fact{{Label: "Next success", Value: p.Shell.Zone.Time(r.Later.Time), Note: Elapsed(p.head().Time, r.Later.Time) + " later", Page: nearURL(r.Later)}}
	case r.Property != nil:
		return []Fact{p.fact(r.Property)}
	}
	return nil
}

// requirementFact is a policy about proof, with its detail where that says more.
func requirementFact(label string, words *store.Enumeration, policy store.RequirementPolicy) Fact {
	f := Fact{Label: label, Value: OrEmpty(words.Words(policy.Provider)), Note: policy.Detail}
	if f.Note == f.Value {
		f.Note = ""
	}
	return f
}

// countedURL leads to the sign-ins that a reason counts.
func (d Diagnosis) countedURL(r diagnostic.Reason) string {
	info, _ := store.SignIns.Log(r.Count.Log)
	filter := r.Filter.With(info.Actor, store.OpIs, info.Actor.IDIn(d.Details.signIn()))
	return List{Log: r.Count.Log}.URL(store.Query{Range: d.Before, Filter: filter}.Values())
}

// policyFacts are a policy, and its conditions that the record names as matched.
func (d Diagnosis) policyFacts(policy store.AppliedPolicy) []Fact {
	facts := []Fact{d.Details.policyFact(policy)}
	if policy.IsReportOnly() {
		facts[0].Label = store.PolicyResults.Words(policy.Result)
		facts[0].Page = d.Details.signInURL(d.Details.head().ID, TabReportOnly)
		return facts
	}
	conditions, _ := d.Details.conditions(policy)
	for _, c := range conditions {
		if c.Match == matchYes {
			facts = append(facts, Fact{Label: "Condition that matched", Value: c.Label, Note: strings.Join(append(collected(c), c.Rules...), "; ")})
		}
	}
	if len(policy.SessionControlsNotMet) > 0 {
		facts = append(facts, Fact{Label: "Session controls not satisfied", Value: listText(wordsOf(store.SessionControls, policy.SessionControlsNotMet))})
	}
	if strength := strengthText(policy); strength != Empty {
		facts = append(facts, Fact{Label: "Authentication strength", Value: strength})
	}
	return facts
}

// collected is what the sign-in has for a condition.
func collected(c PolicyCondition) []string {
	if c.Collected == Empty {
		return nil
	}
	return []string{c.Collected}
}

// numbersTrouble says that the verdict lacks what other sign-ins tell.
func (d Diagnosis) numbersTrouble() string {
	return troubleText(d.Trouble, "Counting the person's other sign-ins took too long. Reload the page to try again.", "The person's other sign-ins could not be counted. Reload the page to try again.")
}

// elsewhereLabel names those who had the failure.
func (d Diagnosis) elsewhereLabel(of ask.ElsewhereOf) string {
	info, s := d.Details.info(), d.Details.signIn()
	switch of {
	case ask.ElsewherePerson:
		return "This " + info.One + ": " + firstText(info.Actor.CalledIn(s), unnamedActor)
	case ask.ElsewhereTarget:
		return "This " + info.Target.One + ": " + firstText(info.Target.CalledIn(s), unnamedTarget)
	}
	if !info.User {
		return "All " + info.Many + d.Details.Shell.ofScope()
	}
	return "Everybody" + d.Details.Shell.ofScope()
}

// elsewhereText is the number of sign-ins of a log with the same failure.
func (d Diagnosis) elsewhereText(of ask.ElsewhereOf, l ask.ElsewhereLog) string {
	info, _ := store.SignIns.Log(l.Query.Log)
	text := Count(l.Total.N, "sign-in", "sign-ins")
	if of != ask.ElsewherePerson {
		text += " of " + Count(l.Who, info.One, info.Many)
	}
	if !l.Complete {
		text = "at least " + text
	}
	return text
}

func (d Diagnosis) elsewhereURL(l ask.ElsewhereLog) string {
	return List{Log: l.Query.Log}.URL(store.Query{Range: l.Query.Range, Filter: l.Query.Filter}.Values())
}

// supportText is the text for a ticket: that of the sign-in, and the diagnosis.
func (d Diagnosis) supportText() string {
	lines := []string{d.Details.supportText(), "", "Diagnosis: " + d.Verdict.Heading()}
	add := func(label string, texts ...string) {
		for _, text := range texts {
			if text != "" {
				lines = append(lines, label+text)
			}
		}
	}
	add("What happened: ", d.Verdict.Says())
	for _, f := range d.facts(d.Verdict.Reasons) {
		text := "Why: " + f.Label + ": " + f.Value
		if f.Note != "" {
			text += "; " + f.Note
		}
		lines = append(lines, text)
	}
	add("Not known: ", d.Verdict.Unknown)
	for _, fix := range d.Verdict.Who() {
		lines = append(lines, "Who can fix it: "+fix.Who+". "+fix.How)
	}
	add("To try: ", d.Verdict.Tries()...)
	for _, remark := range d.Verdict.Remarks {
		lines = append(lines, "Also: "+remark.Title+".")
	}
	return clippedLines(strings.Join(lines, "\n"))
}

// noChanges says that the audit log has nothing.
func (d Diagnosis) noChanges() string {
	who := "the " + d.Details.info().One
	text := "The audit log, as far as it is imported, has no change to "
	switch {
	case d.Alone:
		return text + who + "."
	case d.Details.ConditionalAccess:
		return text + who + ", the application, or a policy that was not satisfied."
	}
	return text + who + " or the application."
}

// diagnosticHelp is the topic about the page, for those who read logs.
var diagnosticHelp = helpTopic{
	ID: "diagnostic", Title: "Why a sign-in failed",
	Texts: []string{
		"Give a person, an application, a time or an ID. The page finds the sign-ins that did not succeed within 48 hours around, and says of one of them why.",
		"A verdict names a policy, a condition or a step only where the record does. What the record leaves open is marked “Not known”.",
	},
	Points: []HelpPoint{
		{"Why", "The parts of the record that tell the reason. A condition that matched is not always the one that was meant: a policy applies where all its conditions match."},
		{"The same error elsewhere", "Sign-ins with the same error code within 48 hours around, of this person, this application and everybody."},
		{"What changed within 24 hours", "Audit records about the person, the application, and the policies that were not satisfied."},
		{"An access policy decided", "Your roles do not include Conditional Access data. Somebody whose roles do can say which policy it was."},
	},
	Links: []Link{{"Find a sign-in", DiagnosticPath}},
}
