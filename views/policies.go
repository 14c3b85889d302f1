package views

import (
	"encoding/json"
	"strconv"
	"strings"

	"signpost/store"
)

func (p DetailsPage) conditionalAccess(s *Section) {
	r := p.signIn()
	s.Notes = []string{policyNote}
	s.Groups = []FactGroup{{Facts: []Fact{
		noted(p.worded(store.ConditionalAccessStatus), conditionalAccessNote),
		{Label: "Audiences", Value: listText(r.ConditionalAccessAudiences)},
		{Label: "Authentication contexts", Value: contextsText(r.AuthenticationContextClassReferences)},
	}}}
	s.Tables = []DataTable{p.policyTable(false)}
}

func (p DetailsPage) reportOnly(s *Section) {
	s.Notes = []string{reportOnlyNote}
	s.Tables = []DataTable{p.policyTable(true)}
}

func (p DetailsPage) policyTable(reportOnly bool) DataTable {
	t := DataTable{
		Caption: "Policies", Empty: noConditionalData,
		Head: []string{"Policy name", "Result", "Grant controls", "Session controls", "Conditions", "Policy ID"},
	}
	if reportOnly {
		t.Caption, t.Empty = "Report-only policies", "No report-only policy was evaluated."
	}
	for _, policy := range p.signIn().AppliedConditionalAccessPolicies {
		if isReportOnly(policy) != reportOnly {
			continue
		}
		t.Rows = append(t.Rows, []string{
			OrEmpty(policy.DisplayName), Words(policy.Result), grantText(policy), sessionText(policy),
			conditionsText(policy), OrEmpty(policy.ID),
		})
	}
	return t
}

func isReportOnly(p store.AppliedPolicy) bool {
	return strings.HasPrefix(strings.ToLower(p.Result), "reportonly")
}

func grantText(p store.AppliedPolicy) string {
	controls := listText(p.GrantControls)
	if p.AuthenticationStrength == "" {
		return controls
	}
	strength := "authentication strength " + p.AuthenticationStrength
	if p.AuthenticationStrengthR != "" {
		strength += " (" + Words(p.AuthenticationStrengthR) + ")"
	}
	if controls == Empty {
		return strength
	}
	return controls + ", " + strength
}

func sessionText(p store.AppliedPolicy) string {
	controls := listText(p.SessionControls)
	if len(p.SessionControlsNotMet) == 0 {
		return controls
	}
	return controls + "; not satisfied: " + listText(p.SessionControlsNotMet)
}

// conditionsText is what the record tells about the policy's conditions, the rules that matched with them.
func conditionsText(p store.AppliedPolicy) string {
	var parts []string
	add := func(label string, texts []string) {
		if len(texts) > 0 {
			parts = append(parts, label+": "+strings.Join(texts, ", "))
		}
	}
	add("matched", p.ConditionsSatisfied)
	add("not matched", p.ConditionsNotSatisfied)
	add("included by", rulesText(p.IncludeRulesSatisfied))
	add("excluded by", rulesText(p.ExcludeRulesSatisfied))
	return OrEmpty(strings.Join(parts, "; "))
}

func rulesText(rules []store.ConditionRule) []string {
	var texts []string
	for _, r := range rules {
		texts = append(texts, strings.TrimSpace(r.Condition+" "+r.Rule))
	}
	return texts
}

func contextsText(contexts []store.AuthenticationContext) string {
	var texts []string
	for _, c := range contexts {
		text := c.ID
		if c.Detail != "" {
			text += " (" + Words(c.Detail) + ")"
		}
		texts = append(texts, text)
	}
	return listText(texts)
}

func (p DetailsPage) additional(s *Section) {
	r := p.signIn()
	details := DataTable{Caption: "Processing details", Head: []string{"Key", "Value"}, Empty: "The record has no processing details."}
	for _, kv := range r.AuthenticationProcessingDetails {
		details.Rows = append(details.Rows, []string{OrEmpty(kv.Key), OrEmpty(kv.Value)})
	}
	s.Tables = []DataTable{details}
	s.Groups = []FactGroup{{Facts: []Fact{{Label: "Sign-in event types", Value: listText(r.SignInEventTypes)}}}}
	if p.info().User {
		risk := FactGroup{Title: "Risk", Facts: []Fact{
			p.worded(store.RiskState), p.worded(store.RiskLevelDuringSignIn), p.worded(store.RiskLevelAggregated),
			p.worded(store.RiskDetail),
			p.narrowed(Fact{Label: "Risk detections", Value: listText(r.RiskEventTypes)}, store.RiskEventSet),
		}}
		for i, f := range risk.Facts {
			if f.Value == "hidden" {
				risk.Facts[i].Note = riskHiddenNote
			}
		}
		s.Groups = append(s.Groups, risk)
	}
	s.Texts = jsonBlocks([]namedJSON{{"Private Link", r.PrivateLinkDetails}})
}

// events lists the events that the line was folded from, the first on top.
func (p DetailsPage) events(s *Section) {
	t := DataTable{Caption: "Events", Head: []string{"Date", "Request ID", "Status", "Sign-in error code", "Reason or details"}}
	for i := range p.Record.Events {
		e := &p.Record.Events[i].SignIn
		reason := firstText(e.AdditionalDetails, e.FailureReason)
		t.Rows = append(t.Rows, []string{p.Shell.Zone.PreciseTime(e.Time), OrEmpty(e.ID), e.Status().Label(), Integer(e.ErrorCode), OrEmpty(reason)})
	}
	s.Notes = []string{"This line of the log is one event."}
	if n := len(p.Record.Events); n > 1 {
		s.Notes = []string{"This line of the log is " + Count(int64(n), "event", "events") +
			" of one sign-in with multifactor authentication. What is shown of it elsewhere is the last one."}
	}
	s.Tables = []DataTable{t}
}

// history lists the copies of the record from the newest to the oldest, each with what it changed.
func (p DetailsPage) history(s *Section) {
	t := DataTable{Caption: "Versions", Head: []string{"Version", "Ingested", "Changed"}, Empty: "No version is kept."}
	for i := len(p.Record.Versions) - 1; i >= 0; i-- {
		v := &p.Record.Versions[i]
		changed := "first copy"
		if i > 0 {
			changed = changedFields(&p.Record.Versions[i-1].SignIn, &v.SignIn)
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), p.Shell.Zone.PreciseTime(v.SignIn.Ingested), changed})
	}
	s.Notes = []string{"Every differing copy that was imported is kept; the newest fills and corrects the ones before."}
	s.Tables = []DataTable{t}
}

func changedFields(before, after *store.SignIn) string {
	var labels []string
	for _, prop := range store.Properties() {
		var old, now string
		if prop.Set != nil {
			old, now = listText(prop.Set(before)), listText(prop.Set(after))
		} else {
			old, now = propertyText(prop, before), propertyText(prop, after)
		}
		if old != now {
			labels = append(labels, prop.Label)
		}
	}
	if len(labels) == 0 {
		return "nothing that has a field of its own"
	}
	return strings.Join(labels, ", ")
}

func (p DetailsPage) raw(s *Section) {
	s.Notes = []string{"The record as received, its members one a line."}
	if !p.ConditionalAccess {
		s.Notes = append(s.Notes, "Parts that your roles may not see are left out.")
	}
	for i := len(p.Raw) - 1; i >= 0; i-- {
		s.Texts = append(s.Texts, TextBlock{Title: "Version " + strconv.Itoa(i+1), Text: p.Raw[i], Open: i == len(p.Raw)-1})
	}
}

type namedJSON struct {
	title string
	doc   json.RawMessage
}

// jsonBlocks shows what the record has of parts that are kept as they came.
func jsonBlocks(list []namedJSON) []TextBlock {
	var blocks []TextBlock
	for _, n := range list {
		if len(n.doc) > 0 && string(n.doc) != "null" {
			blocks = append(blocks, TextBlock{Title: n.title, Text: JSON(n.doc), Open: true})
		}
	}
	return blocks
}
