package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// signInRisk shows what Identity Protection tells of a sign-in: its own fields, the detections, how the risk changed, and which policy
// acted.
func (p DetailsPage) signInRisk(s *Section) {
	s.Groups = append(s.Groups, p.ownRisk())
	if p.RiskTold == nil {
		s.Notes = append(s.Notes, "The detections were not looked up.")
		return
	}
	told := p.RiskTold
	if told.Trouble != ask.NoTrouble {
		s.Notes = append(s.Notes, "The detections are missing: "+troubleText(told.Trouble, "looking them up took too long.", "they could not be looked up.")+" Reload the page to try again.")
	} else if len(told.Detections) == 0 {
		s.Notes = append(s.Notes, "No imported detection names this sign-in.")
	}
	for _, d := range told.Detections {
		s.Groups = append(s.Groups, p.detectionGroup(d))
	}
	if told.More {
		s.Notes = append(s.Notes, "Only the first of the detections are listed.")
	}
	if len(told.Near) > 0 {
		s.Groups = append(s.Groups, p.nearGroup(told.Near))
	}
	if moments := p.riskMoments(); len(moments.Rows) > 0 {
		s.Tables = append(s.Tables, moments)
	}
	if p.ConditionalAccess {
		s.Tables = append(s.Tables, p.actedPolicies())
	}
}

// ownRisk is the risk in the record of the sign-in.
func (p DetailsPage) ownRisk() FactGroup {
	r := p.signIn()
	g := FactGroup{Title: "In the record of the sign-in", Facts: []Fact{p.fact(store.RiskState), p.fact(store.RiskLevelDuringSignIn), p.fact(store.RiskLevelAggregated), p.fact(store.RiskDetail)}}
	types := Fact{Label: store.RiskEventSet.Label, Value: listText(wordsOf(store.RiskDetections, r.RiskEventTypes))}
	g.Facts = append(g.Facts, p.narrowed(types, store.RiskEventSet))
	listed := Fact{Label: "Listed as risky", Value: "No"}
	switch ask.IsRisky(r) {
	case ask.RiskyByState:
		listed.Value, listed.Note = "Yes", "its state is other than none"
	case ask.RiskyByLevel:
		listed.Value, listed.Note = "Yes", "its level during the sign-in was low, medium or high"
	case ask.RiskyHidden:
		listed.Value, listed.Note = "Apart", "the word hidden stands for a risk that the licence of the tenant does not show"
	}
	if !p.info().User {
		listed = p.principalListed()
	}
	g.Facts = append(g.Facts, listed)
	return g
}

// principalListed says whether a sign-in of a service principal is listed as risky. Its own fields do not count.
func (p DetailsPage) principalListed() Fact {
	f := Fact{Label: "Listed as risky", Value: "No", Note: "the risk fields of this log tell nothing: a detection must name the sign-in"}
	if p.RiskTold == nil || p.RiskTold.Trouble != ask.NoTrouble {
		f.Value = Empty
		return f
	}
	if slices.ContainsFunc(p.RiskTold.Detections, func(d ask.SignInDetection) bool { return !d.ByCorrelation }) {
		f.Value, f.Note = "Yes", "a detection names it"
	} else if len(p.RiskTold.Near) > 0 {
		f.Value, f.Note = "Near a detection", "that is less, and is counted apart"
	}
	return f
}

// detectionPage is the page of a detection, for its facts.
func (p DetailsPage) detectionPage(record store.Record) DetailsPage {
	p.Record, p.Look, p.Lacks, p.Misread, p.From = record, &riskLook, store.Lacking{}, nil, nil
	return p
}

// detectionGroup is a detection with its additional information.
func (p DetailsPage) detectionGroup(own ask.SignInDetection) FactGroup {
	of, d := p.detectionPage(own.Record), own.Detection()
	kind := Fact{Label: risk.EventType.Label, Value: firstText(store.RiskDetections.Words(d.EventType), "Not named"), Page: nearURL(d)}
	if about, known := risk.AboutType(d.EventType); known {
		kind.Note = about.Means
	}
	by := Fact{Label: "Belongs to the sign-in", Value: "by its request ID"}
	if own.ByCorrelation {
		by.Value, by.Note = "by its correlation ID", "it names no request; several sign-ins can have one correlation ID"
	}
	g := FactGroup{Title: "Detection: " + kind.Value, Facts: []Fact{
		kind, of.riskLevelFact(), of.fact(risk.State), of.fact(risk.Detail), by, of.fact(risk.Timing),
		{Label: "Date of the activity", Value: p.Shell.Zone.PreciseTime(d.Head().Time)},
		of.fact(risk.Detected), of.fact(risk.Updated), of.fact(risk.Source), of.reasonsFact(), of.techniquesFact(), of.fact(risk.UserAgent),
	}}
	for _, i := range d.Info {
		if risk.IsReasons(i.Key) || risk.IsTechniques(i.Key) || strings.EqualFold(i.Key, risk.UserAgent.Name) {
			continue // above
		}
		g.Facts = append(g.Facts, Fact{Label: risk.InfoKeys.Words(i.Key), Value: OrEmpty(infoText(i))})
	}
	if d.UnreadInfo {
		g.Facts = append(g.Facts, Fact{Label: "Additional information", Value: notRead})
	}
	if len(d.Keys) > 0 {
		g.Facts = append(g.Facts, Fact{Label: risk.KeySet.Label, Value: strings.Join(d.Keys, ", ")})
	}
	return g
}

// nearShown is how many detections near a sign-in are listed.
const nearShown = 10

// nearGroup are the detections near a sign-in of a service principal.
func (p DetailsPage) nearGroup(near []*risk.Record) FactGroup {
	g := FactGroup{Title: "Detections of this service principal within 24 hours"}
	for i, d := range near {
		if i == nearShown {
			g.Facts = append(g.Facts, Fact{Label: "Others", Value: Count(int64(len(near)-i), "detection", "detections")})
			break
		}
		g.Facts = append(g.Facts, Fact{Label: Capital(distance(d.Head().Time, p.head().Time)), Value: detectionWords(d), Page: nearURL(d), Note: strings.ToLower(store.RiskStates.Words(d.State))})
	}
	return g
}

// riskMoment is when a risk was told.
type riskMoment struct {
	at                                 time.Time
	what, state, during, level, detail string
}

// riskMoments are the states of the risk over time: by the copies of the sign-in's record, and by those of its detections.
func (p DetailsPage) riskMoments() DataTable {
	t := DataTable{Caption: "State over time", Head: []string{"Time", "What", "Risk state", "Level during the sign-in", "Level", "Risk detail"}}
	moments := []riskMoment{{at: p.head().Time, what: "The sign-in"}}
	var before store.SignIn
	for i, v := range p.Record.Versions {
		s, ok := v.Entry.(*store.SignIn)
		if !ok || s.RiskState == before.RiskState && s.RiskLevelAggregated == before.RiskLevelAggregated && s.RiskLevelDuringSignIn == before.RiskLevelDuringSignIn && s.RiskDetail == before.RiskDetail {
			continue
		}
		before = *s
		m := riskMoment{at: s.Ingested, what: "Version " + Number(int64(i+1)) + " of its record was ingested", state: s.RiskState, during: s.RiskLevelDuringSignIn, level: s.RiskLevelAggregated, detail: s.RiskDetail}
		if m.at.IsZero() {
			m.what = "Version " + Number(int64(i+1)) + " of its record, which tells no time of ingestion"
		}
		moments = append(moments, m)
	}
	for _, own := range p.RiskTold.Detections {
		d := own.Detection()
		name := firstText(store.RiskDetections.Words(d.EventType), Capital(risk.Kind.One))
		if t, err := time.Parse(time.RFC3339Nano, d.Detected); err == nil {
			moments = append(moments, riskMoment{at: t, what: "Detected: " + name})
		}
		for _, v := range own.Record.Versions {
			copied, ok := v.Entry.(*risk.Record)
			if !ok {
				continue
			}
			t, err := time.Parse(time.RFC3339Nano, copied.Updated)
			if err != nil {
				t = v.Entry.Head().Ingested
			}
			moments = append(moments, riskMoment{at: t, what: "Updated: " + name, state: copied.State, level: copied.Level, detail: copied.Detail})
		}
	}
	slices.SortStableFunc(moments, func(a, b riskMoment) int { return a.at.Compare(b.at) })
	moments = slices.CompactFunc(moments, func(a, b riskMoment) bool { return a == b })
	for _, m := range moments {
		at := Empty
		if !m.at.IsZero() {
			at = p.Shell.Zone.PreciseTime(m.at)
		}
		t.Rows = append(t.Rows, []string{at, m.what, OrEmpty(store.RiskStates.Words(m.state)), OrEmpty(store.RiskLevels.Words(m.during)), OrEmpty(store.RiskLevels.Words(m.level)), OrEmpty(store.RiskDetails.Words(m.detail))})
	}
	return t
}

// riskConditions are the conditions of policies that are about risk.
var riskConditions = []string{"signInRisk", "userRisk", "servicePrincipalRisk"}

// actedPolicies are the policies that were on and applied. Those with a condition about risk come first.
func (p DetailsPage) actedPolicies() DataTable {
	t := DataTable{
		Caption: "Policies that acted", Head: []string{"Policy", "Result", "Condition about risk", "Grant controls"},
		Empty: p.without(store.CollectionPolicies, "Conditional Access policies", "No policy that was on applied to this sign-in."),
	}
	var rest [][]string
	for _, a := range p.signIn().AppliedConditionalAccessPolicies {
		if a.IsReportOnly() || !strings.EqualFold(a.Result, "success") && !strings.EqualFold(a.Result, "failure") {
			continue
		}
		about := riskConditionOf(a)
		row := []string{firstText(a.DisplayName, a.ID, "Policy without a name"), OrEmpty(store.PolicyResults.Words(a.Result)), OrEmpty(about), listText(wordsOf(store.GrantControls, a.GrantControls))}
		if about == "" {
			rest = append(rest, row)
		} else {
			t.Rows = append(t.Rows, row)
		}
	}
	t.Rows = append(t.Rows, rest...)
	return t
}

// riskConditionOf names the conditions about risk that a policy has, as far as the record tells.
func riskConditionOf(a store.AppliedPolicy) string {
	var texts []string
	for _, word := range riskConditions {
		if match := matchOf(a, word); match == matchYes || match == matchNo {
			texts = append(texts, store.PolicyConditions.Words(word)+": "+strings.ToLower(match.label()))
		}
	}
	return strings.Join(texts, ", ")
}
