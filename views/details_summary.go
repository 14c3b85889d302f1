package views

import (
	"net/netip"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/web/ask"
)

// Verdict is the summary of a record: sentences about the event, and facts that explain it.
type Verdict struct {
	Says  []string
	Facts []Fact
	// Around is the page that draws the facts from other sign-ins; nil if they cannot tell anything.
	Around *DetailsPage
	// Diagnose leads to the diagnosis of a sign-in that did not succeed; empty for none.
	Diagnose string
}

func (p DetailsPage) summary(s *Section) {
	verdict := p.list().look().Verdict
	switch {
	case p.signIn() != nil:
		s.Verdict = p.signInVerdict()
	case verdict != nil:
		s.Verdict = verdict(p)
	default:
		s.Verdict = p.plainVerdict()
	}
	s.Groups = []FactGroup{{Facts: s.Verdict.Facts}}
}

// plainVerdict is the summary of a record if only its kind is known.
func (p DetailsPage) plainVerdict() *Verdict {
	says := p.title() + "."
	if kind := p.kind(); len(kind.Statuses) > 0 {
		says += " " + kind.StatusField().Label + ": " + OrEmpty(kind.StatusInfo(kind.StatusOf(p.Record.Entry)).Label) + "."
	}
	return &Verdict{Says: []string{says}}
}

func (p DetailsPage) signInVerdict() *Verdict {
	s := p.signIn()
	v := &Verdict{Says: p.happened()}
	if p.diagnosable() {
		v.Diagnose = DiagnosticURL(p.head())
	}
	if reason := p.told(s.FailureReason, store.FailureReason); s.Status() != store.StatusSuccess && reason != Empty {
		v.Facts = append(v.Facts, Fact{Label: "Reason in the record", Value: reason})
	}
	if s.AdditionalDetails != "" {
		v.Facts = append(v.Facts, Fact{Label: "Details in the record", Value: s.AdditionalDetails})
	}
	if step := p.failedStep(); step.Value != "" {
		v.Facts = append(v.Facts, step)
	}
	v.Facts = append(v.Facts, p.blockingPolicies()...)
	if n := len(p.Record.Events); n > 1 {
		v.Facts = append(v.Facts, Fact{Label: "Events", Value: eventsText(p.Record.Events), Page: p.attemptAddress()})
	}
	if risk := strings.ToLower(s.RiskLevelDuringSignIn); risk == "low" || risk == "medium" || risk == "high" {
		v.Facts = append(v.Facts, p.fact(store.RiskLevelDuringSignIn))
	}
	if ask.HasSummary(s) {
		v.Around = &p
	}
	return v
}

// What the summary says where the record names nobody or nothing.
const (
	unnamedActor  = "someone the record does not name"
	unnamedTarget = "an application the record does not name"
)

// beginning begins a sentence with a name. Names keep their letters: a user principal name, or iOS, has no capital.
func beginning(name string) string {
	if name == unnamedActor || name == unnamedTarget {
		return Capital(name)
	}
	return name
}

// happened tells the result of the sign-in in one or two sentences.
func (p DetailsPage) happened() []string {
	s, info := p.signIn(), p.info()
	who := firstText(info.Actor.CalledIn(s), unnamedActor)
	what := firstText(info.Target.CalledIn(s), unnamedTarget)
	background := s.Log == store.NonInteractive
	code := errorSentence(s)
	switch s.Status() {
	case store.StatusSuccess:
		if background {
			return []string{beginning(what) + " got a token for " + who + " in the background. Nobody was asked for anything."}
		}
		return nonEmpty(strings.TrimSpace(beginning(who) + " signed in to " + what + "." + stepsSentence(s)))
	case store.StatusFailure:
		if background {
			return []string{strings.TrimSpace(beginning(what) + " could not get a token for " + who + " in the background. " + code)}
		}
		return []string{strings.TrimSpace(beginning(who) + " could not sign in to " + what + ". " + code)}
	case store.StatusInterrupted:
		return []string{
			strings.TrimSpace("The sign-in of " + who + " to " + what + " was interrupted. " + code),
			"An interruption is no failure by itself: something was asked for, and the sign-in may have gone on.",
		}
	}
	return []string{"The record does not say how the sign-in of " + who + " to " + what + " ended."}
}

// errorSentence is the error code with its words; empty where there is none.
func errorSentence(s *store.SignIn) string {
	if !s.ErrorCode.Set || s.ErrorCode.N == 0 {
		return ""
	}
	text := "Error " + Integer(s.ErrorCode)
	if info := errorcode.Of(s.ErrorCode.N); info.Known() {
		text += ": " + info.Title
	}
	return text + "."
}

// stepsSentence names the methods with which the user proved who they are.
func stepsSentence(s *store.SignIn) string {
	var methods []string
	for _, step := range s.AuthenticationDetails {
		if method := store.AuthenticationMethods.Words(step.Method); step.Succeeded == store.True && method != "" && !slices.Contains(methods, method) {
			methods = append(methods, method)
		}
	}
	switch {
	case len(methods) == 0 && s.ClientCredentialType != "":
		return " Credential: " + store.ClientCredentials.Words(s.ClientCredentialType) + "."
	case len(methods) == 0:
		return ""
	}
	return " Steps: " + strings.Join(methods, ", then ") + "."
}

// familySteps gives the step of a sign-in for each family of error codes. None names Conditional Access, because everybody
// who reads the logs sees the step.
var familySteps = map[string]string{
	"password": "User name and password", "protection": "Protection against attacks", "account": "The user's account", "mfa": "Multifactor authentication",
	"passwordless": "Windows Hello or device key", "device": "Device", "conditionalaccess": "Access decision", "consent": "Consent to the application",
	"assignment": "Assignment to the application", "application": "Registration of the application", "credential": "Credential of the application",
	"claims": "Claims in the token", "federation": "Outside identity provider", "saml": "SAML or WS-Federation request", "tenant": "Tenant",
	"session": "Token or session", "request": "Request of the application", "passthrough": "Pass-through authentication", "seamless": "Seamless single sign-on",
	"limit": "Limits", "service": "Service", "passwordchange": "Change of the password", "onetimecode": "One-time code", "devicecode": "Device code",
	"pass": "Temporary Access Pass", "certificate": "Certificate of the user",
}

// failedStep is the step at which a failed sign-in ended: its first failed authentication step, else the step of its error
// code. Value is empty if neither is known.
func (p DetailsPage) failedStep() Fact {
	s := p.signIn()
	f := Fact{Label: "Step that failed"}
	switch s.Status() {
	case store.StatusSuccess:
		return f
	case store.StatusInterrupted:
		f.Label = "Where it stopped"
	}
	passed := 0
	for _, step := range s.AuthenticationDetails {
		switch step.Succeeded {
		case store.True:
			passed++
		case store.False:
			return p.stepFact(f.Label, step)
		}
	}
	if !s.ErrorCode.Set {
		return f
	}
	if f.Value = familySteps[errorcode.Of(s.ErrorCode.N).FamilyID]; f.Value == "" {
		return f
	}
	if passed > 0 {
		f.Note = Count(int64(passed), "authentication step", "authentication steps") + " before it succeeded."
	}
	return p.stepPage(f)
}

// stepFact is an authentication step, with its result in the words of the record.
func (p DetailsPage) stepFact(label string, step store.AuthenticationStep) Fact {
	value := firstText(nameAndID(store.AuthenticationMethods.Words(step.Method), step.MethodDetail), store.StepRequirements.Words(step.Requirement), "An authentication step without a name")
	return p.stepPage(Fact{Label: label, Value: value, Note: step.ResultDetail})
}

// stepPage links the step to the authentication steps, if the record has some.
func (p DetailsPage) stepPage(f Fact) Fact {
	if len(p.signIn().AuthenticationDetails) > 0 {
		f.Page = p.signInURL(p.head().ID, TabAuthentication)
	}
	return f
}

// blockingPolicies are the Conditional Access policies that the sign-in did not satisfy. Viewers without the right to the
// data get a record without policies.
func (p DetailsPage) blockingPolicies() (facts []Fact) {
	s := p.signIn()
	if !p.ConditionalAccess || s.Status() == store.StatusSuccess {
		return nil
	}
	for _, policy := range s.AppliedConditionalAccessPolicies {
		if !policy.IsUnsatisfied() {
			continue
		}
		facts = append(facts, p.policyFact(policy))
	}
	if len(facts) == 0 && strings.EqualFold(s.ConditionalAccessStatus, "failure") {
		facts = []Fact{{Label: "Policy that blocked", Value: "The record does not name it."}}
	}
	return facts
}

// policyFact is a policy that the sign-in did not satisfy.
func (p DetailsPage) policyFact(policy store.AppliedPolicy) Fact {
	f := Fact{
		Label: "Policy not satisfied", Value: firstText(policy.DisplayName, policy.ID, "Policy without a name"),
		Note: joinSentences(sentence(grantText(policy)), controlsNote(policy)), Page: p.signInURL(p.head().ID, TabConditionalAccess),
	}
	if policy.Blocks() {
		f.Label = "Policy that blocked"
	}
	return f
}

// sentence ends a text with a full stop; the empty text stays empty.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return text + "."
}

// eventsText counts the events of a line, and those that did not succeed.
func eventsText(events []store.Row) string {
	other := 0
	for i := range events {
		if events[i].SignIn().Status() != store.StatusSuccess {
			other++
		}
	}
	text := Count(int64(len(events)), "event", "events")
	if other > 0 {
		text += ", " + Number(int64(other)) + " without success"
	}
	return text
}

// decisive gives the main things for comparing two sign-ins, in the order in which a reader looks at them.
func decisive(s *store.SignIn) []saying {
	var list []saying
	add := func(label, key, text string) { list = append(list, saying{key, label, text}) }
	place := Place(s)
	add("Location", place, place)
	network := networkText(s)
	add("IP network", network, network)
	device := nameAndID(firstText(s.DeviceDisplayName, s.DeviceID), store.JoinTypes.Words(s.TrustType))
	add("Device", device, device)
	add("Operating system", s.OperatingSystem, store.OperatingSystems.Words(s.OperatingSystem))
	add("Browser", withoutVersion(s.Browser), s.Browser)
	add("Client app", s.ClientAppUsed, s.ClientAppUsed)
	credential := nameAndID(store.ClientCredentials.Words(s.ClientCredentialType), s.ServicePrincipalCredentialKeyID)
	add("Credential", credential, credential)
	return list
}

// decisiveDifferences are the rows of the main differences.
func (p DetailsPage) decisiveDifferences() DataTable {
	t := DataTable{Caption: "What differs", IsAlone: true, Head: []string{"Field", "This sign-in", "Last success"}}
	other := decisive(p.Summary.Comparison.Working)
	for i, one := range decisive(p.signIn()) {
		if one.key != other[i].key {
			t.Rows = append(t.Rows, []string{one.label, OrEmpty(one.text), OrEmpty(other[i].text)})
		}
	}
	return t
}

// withoutVersion is a browser's name without its version, which changes by itself.
func withoutVersion(browser string) string {
	name, version, ok := cutLast(browser, " ")
	if ok && strings.Trim(version, "0123456789.") == "" {
		return name
	}
	return browser
}

func cutLast(text, separator string) (before, after string, ok bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// networkText is the network of the address (256 addresses of IPv4, or a site of IPv6) with its autonomous system.
func networkText(s *store.SignIn) string {
	text := s.IPAddress
	if address, err := netip.ParseAddr(s.IPAddress); err == nil {
		bits := 48
		if address.Unmap().Is4() {
			address, bits = address.Unmap(), 24
		}
		if prefix, err := address.WithZone("").Prefix(bits); err == nil {
			text = prefix.String()
		}
	}
	if s.AutonomousSystemNumber.Set {
		text = nameAndID(text, "AS"+Integer(s.AutonomousSystemNumber))
	}
	return text
}

// SummaryTarget is the element for the facts from other sign-ins, which a script fills.
const SummaryTarget = "summary-around"

func (p DetailsPage) summaryAddress() string { return p.signInURL(p.head().ID, TabSummary) }

// copiedIDs are the IDs in the copy menu of a section, those of the record itself first.
func copiedIDs(groups []FactGroup) (ids []Fact) {
	for _, own := range []bool{true, false} {
		for _, g := range groups {
			for _, f := range g.Facts {
				if f.Copy && (g.Title == "IDs") == own && strings.Contains(f.Label, "ID") {
					ids = append(ids, f)
				}
			}
		}
	}
	return ids
}
