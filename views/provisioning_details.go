package views

import (
	"strings"

	"signpost/store"
	"signpost/store/provisioning"
)

func (p DetailsPage) provisioning() *provisioning.Record {
	return p.Record.Entry.(*provisioning.Record)
}

// What a provisioning action did, and what it could not do.
var provisioningVerbs = map[string][2]string{
	"create": {"was created", "could not be created"}, "update": {"was updated", "could not be updated"}, "delete": {"was deleted", "could not be deleted"},
	"disable": {"was disabled", "could not be disabled"}, "stagedDelete": {"was marked for deletion", "could not be marked for deletion"},
}

// provisioningVerdict is the summary: what happened to the identity, the step that failed, the error and what to do.
func (p DetailsPage) provisioningVerdict() *Verdict {
	r := p.provisioning()
	who := firstText(r.Identity.Called(), "An object the record does not name")
	verbs, known := provisioningVerbs[r.Action]
	if !known {
		verbs = [2]string{"was worked on", "could not be worked on"}
	}
	where := " in " + firstText(r.TargetSystem.Called(), "a system the record does not name")
	if from := r.SourceSystem.Called(); from != "" {
		where += ", from " + from
	}
	v := &Verdict{}
	switch r.Status {
	case "success":
		v.Says = []string{who + " " + verbs[0] + where + "."}
	case "failure":
		v.Says = []string{who + " " + verbs[1] + where + "."}
	case "skipped":
		v.Says = []string{who + " was skipped: nothing was changed" + where + "."}
	case "warning":
		v.Says = []string{who + " " + verbs[0] + where + ", with a warning."}
	default:
		v.Says = []string{firstText(provisioning.Actions.Words(r.Action), "Work") + " on " + who + where + ". The record does not say how it ended."}
	}
	for i := range r.Steps {
		if s := &r.Steps[i]; s.Status != "" && s.Status != "success" {
			v.Facts = append(v.Facts, Fact{Label: "Step that did not succeed", Value: firstText(s.Description, s.Name), Page: p.signInURL(p.head().ID, TabSteps)})
			break
		}
	}
	for _, f := range append([]Fact{p.fact(provisioning.ErrorCode), p.fact(provisioning.Reason)}, p.adviceFacts()...) {
		if f.isTold() {
			v.Facts = append(v.Facts, f)
		}
	}
	if n := len(r.Changes); n > 0 {
		v.Facts = append(v.Facts, Fact{Label: "Modified properties", Value: Number(int64(n)), Page: p.signInURL(p.head().ID, TabModified)})
	}
	return v
}

// adviceFacts say what the error code means and what to do; none where nothing is known of it.
func (p DetailsPage) adviceFacts() []Fact {
	advice, ok := provisioning.AdviceOn(p.provisioning().Error.Code)
	if !ok {
		return nil
	}
	return []Fact{{Label: "What it means", Value: advice.Means}, {Label: "What to do", Value: advice.Do}}
}

// provisioningFacts shows who, in which systems, and by which job.
func (p DetailsPage) provisioningFacts(s *Section) {
	r, head := p.provisioning(), p.head()
	date := Fact{Label: "Date", Value: p.Shell.Zone.PreciseTime(head.Time)}
	if head.TimeIsIngestion {
		date.Note = ingestionNote(provisioning.Kind)
	}
	status := Fact{Label: "Status", Value: statedStatus(provisioning.Kind, r), Status: provisioning.Kind.StatusOf(r), StatusOf: provisioning.Kind}
	duration := p.fact(provisioning.Duration)
	if duration.isTold() {
		duration.Value += " " + provisioning.Duration.Unit
	}
	s.Groups = []FactGroup{
		{Title: "Change", Facts: []Fact{
			date, p.fact(provisioning.Action), p.narrowed(status, provisioning.Result), duration, p.fact(provisioning.InitiatorName), p.fact(provisioning.InitiatorType), p.id(provisioning.InitiatorID),
			{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(head.Ingested)},
			{Label: "Log", Value: p.info().Title},
		}},
		{Title: "Source", Facts: append([]Fact{
			p.inDirectory(p.fact(provisioning.SourceName), &r.Source, &r.SourceSystem), p.id(provisioning.SourceID), p.fact(provisioning.SourceType), p.fact(provisioning.SourceSystemName), p.id(provisioning.SourceSystemID),
		}, detailFacts(r.Source.Details, r.SourceSystem.Details)...)},
		{Title: "Target", Facts: append([]Fact{
			p.inDirectory(p.fact(provisioning.TargetName), &r.Target, &r.TargetSystem), p.id(provisioning.TargetID), p.fact(provisioning.TargetType), p.fact(provisioning.TargetSystemName), p.id(provisioning.TargetSystemID),
		}, detailFacts(r.Target.Details, r.TargetSystem.Details)...)},
		{Title: "Application", Facts: append([]Fact{
			p.leading(p.fact(provisioning.PrincipalName), store.ObjectServicePrincipal, r.Principal.ID), p.id(provisioning.PrincipalID), p.id(provisioning.ApplicationID),
		}, p.otherPrincipals()...)},
		{Title: "IDs", Facts: []Fact{p.id(provisioning.ID), p.id(provisioning.JobID), p.id(provisioning.CycleID), p.id(provisioning.ChangeID), p.id(provisioning.Tenant)}},
	}
	s.Tables = p.unreadTables()
}

// otherPrincipals are the service principals that a record names after its first.
func (p DetailsPage) otherPrincipals() (facts []Fact) {
	for _, s := range p.provisioning().OtherPrincipals {
		name, id := Fact{Label: "Further application", Value: OrEmpty(s.Name)}, Fact{Label: "Its service principal ID", Value: OrEmpty(s.ID)}
		if id.isTold() {
			id.Copy, name = true, p.leading(name, store.ObjectServicePrincipal, s.ID)
		}
		facts = append(facts, name, id)
	}
	return facts
}

// detailFacts are the open details of an identity and its system.
func detailFacts(lists ...[]store.KeyValue) (facts []Fact) {
	for _, list := range lists {
		for _, d := range list {
			facts = append(facts, Fact{Label: OrEmpty(d.Key), Value: OrEmpty(d.Value)})
		}
	}
	return facts
}

// inDirectory makes the name of a user or a group of this tenant's directory a link to its page.
func (p DetailsPage) inDirectory(f Fact, i *provisioning.Identity, s *provisioning.System) Fact {
	kind := map[string]store.ObjectKind{"user": store.ObjectUser, "group": store.ObjectGroup}[strings.ToLower(i.Type)]
	if kind == 0 || !store.IsGUID(i.ID) || !s.IsEntra() {
		return f
	}
	return p.leading(f, kind, i.ID)
}

// provisioningSteps shows the steps in the order of work.
func (p DetailsPage) provisioningSteps(s *Section) {
	r := p.provisioning()
	if r.UnreadSteps {
		s.Notes = append(s.Notes, "Some steps are "+notRead+".")
	}
	if len(r.Steps) == 0 && !r.UnreadSteps {
		s.Notes = append(s.Notes, "The record has no steps.")
	}
	for i := range r.Steps {
		step := &r.Steps[i]
		status := Fact{Label: "Status", Value: OrEmpty(provisioning.Results.Words(step.Status)), Status: store.StatusNamed(provisioning.Kind.Statuses, step.Status), StatusOf: provisioning.Kind}
		facts := []Fact{
			p.narrowedWith(status, provisioning.StepField, step.Name, provisioning.StepStatusField, provisioning.StepStatusField.ValuesOf(step.Status)),
			p.narrowedPart(Fact{Label: "Name", Value: OrEmpty(step.Name)}, provisioning.StepSet, step.Name),
			{Label: "What was done", Value: OrEmpty(step.Description)},
		}
		title := Number(int64(i+1)) + ". " + firstText(provisioning.StepTypes.Words(step.Type), step.Name, "Step")
		s.Groups = append(s.Groups, FactGroup{Title: title, Facts: append(facts, detailFacts(step.Details)...)})
	}
}

// provisioningTrouble shows the error in the record's words, what it means, and what to do.
func (p DetailsPage) provisioningTrouble(s *Section) {
	r := p.provisioning()
	if r.Error == (provisioning.Error{}) {
		s.Notes = append(s.Notes, "The record names no error.")
		return
	}
	s.Groups = []FactGroup{{Title: "The error", Facts: []Fact{
		p.fact(provisioning.ErrorCode), p.fact(provisioning.Category), p.fact(provisioning.Reason), p.fact(provisioning.Additional), p.fact(provisioning.Recommended),
	}}}
	if advice := p.adviceFacts(); advice != nil {
		s.Groups = append(s.Groups, FactGroup{Title: "Recommendations", Facts: advice})
	} else if r.Error.Code != "" {
		s.Notes = append(s.Notes, "Signpost knows no advice for this error code. The reason and the steps say what failed.")
	}
	if r.Principal.ID != "" {
		s.Links = append(s.Links, Link{"The page of " + r.Principal.Called(), ObjectURL(store.ObjectServicePrincipal, strings.ToLower(r.Principal.ID))})
	}
}

// provisioningChanges shows old and new values side by side.
func (p DetailsPage) provisioningChanges(s *Section) {
	r := p.provisioning()
	table := &ChangeTable{Empty: "The record names no modified property."}
	for _, c := range r.Changes {
		row := changeRow{Target: firstText(r.Target.Called(), r.Identity.Called()), Name: c.Name, Withheld: c.Withheld, Old: OrEmpty(c.Old), New: OrEmpty(c.New)}
		if c.Withheld && p.MayReveal {
			table.Reveal = p.revealURL()
		}
		table.Rows = append(table.Rows, row)
	}
	if r.UnreadChanges {
		s.Notes = []string{"Some modified properties are " + notRead + "."}
	}
	s.Changes = table
}
