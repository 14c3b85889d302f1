package views

import "signpost/store/audit"

// summaryChanges is the number of modified properties that the summary names.
const summaryChanges = 5

// auditVerdict is the summary of an audit record: actor, activity, targets, result and changes.
func (p DetailsPage) auditVerdict() *Verdict {
	r := p.audit()
	who := firstText(r.User.Name, actorText(r), r.App.Name, unnamedActor)
	says := beginning(who) + " carried out \"" + firstText(audit.Activities.Words(r.Activity), "an activity without a name") + "\""
	if r.TargetNames != "" {
		says += " on " + r.TargetNames
	}
	switch audit.Kind.StatusInfo(audit.Kind.StatusOf(r)).Name {
	case "success":
		says += ". It succeeded."
	case "failure":
		says += ". It failed."
	case "timeout":
		says += ". It took too long and was given up."
	default:
		says += ". The record does not say how it ended."
	}
	v := &Verdict{Says: []string{says}}
	if reason := p.fact(audit.Reason); reason.isTold() {
		v.Facts = append(v.Facts, reason)
	}
	v.Facts = append(v.Facts, p.changedFacts()...)
	return v
}

// changedFacts are the first modified properties in a line each.
func (p DetailsPage) changedFacts() (facts []Fact) {
	r, page, more := p.audit(), p.signInURL(p.head().ID, TabModified), 0
	for i := range r.Targets {
		for _, c := range r.Targets[i].Changes {
			if len(facts) == summaryChanges {
				more++
				continue
			}
			f := Fact{Label: "Changed: " + c.Name, Value: "Hidden: describes a credential", Page: page}
			if !c.Withheld {
				old, now := changeTexts(c)
				f.Value = firstOf(old) + " → " + firstOf(now)
			}
			facts = append(facts, f)
		}
	}
	if more > 0 {
		facts = append(facts, Fact{Label: "More changes", Value: Number(int64(more)), Page: page})
	}
	return facts
}
