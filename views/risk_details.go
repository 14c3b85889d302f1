package views

import (
	"strings"

	"signpost/store"
	"signpost/store/risk"
)

func (p DetailsPage) risk() *risk.Record { return p.Record.Entry.(*risk.Record) }

// riskLevelFact is the level, as a badge where it is known.
func (p DetailsPage) riskLevelFact() Fact {
	r := p.risk()
	f := p.narrowed(Fact{Label: risk.Level.Label, Value: statedStatus(risk.Kind, r), Status: risk.Kind.StatusOf(r), StatusOf: risk.Kind}, risk.Level)
	if strings.EqualFold(r.Level, store.RiskHidden) {
		f.Note = riskHiddenNote
	}
	return f
}

// riskVerdict is the summary: the type of the detection, its subject, its meaning, and the state of the risk.
func (p DetailsPage) riskVerdict() *Verdict {
	r := p.risk()
	who := firstText(r.Called(), "Somebody the record does not name")
	says := []string{firstText(store.RiskDetections.Words(r.EventType), "A risk of a type the record does not name") + ": " + who + "."}
	about, known := risk.AboutType(r.EventType)
	if known {
		says = append(says, about.Means)
	} else if r.EventType != "" {
		says = append(says, "This version of Signpost does not know the type.")
	}
	v := &Verdict{Says: says, Facts: []Fact{p.fact(risk.State), p.riskLevelFact(), p.fact(risk.Detail), p.fact(risk.Timing)}}
	if known {
		v.Facts = append(v.Facts, Fact{Label: "Detections of this type are about", Value: about.Of}, Fact{Label: "Noticed", Value: about.Timing}, Fact{Label: "Licence", Value: about.Premium})
	}
	for _, f := range []Fact{p.reasonsFact(), p.techniquesFact()} {
		if f.isTold() {
			v.Facts = append(v.Facts, f)
		}
	}
	return v
}

func (p DetailsPage) reasonsFact() Fact {
	values := wordsOf(risk.Reasons, p.risk().Reasons)
	return p.narrowed(Fact{Label: risk.ReasonSet.Label, Value: OrEmpty(strings.Join(values, ", "))}, risk.ReasonSet)
}

func (p DetailsPage) techniquesFact() Fact {
	values := wordsOf(risk.Techniques, p.risk().Techniques)
	return p.narrowed(Fact{Label: risk.TechniqueSet.Label, Value: OrEmpty(strings.Join(values, ", "))}, risk.TechniqueSet)
}

// riskBasic shows the detection, its times, its user or workload identity, and its IDs.
func (p DetailsPage) riskBasic(s *Section) {
	head := p.head()
	date := Fact{Label: "Date of the activity", Value: p.Shell.Zone.PreciseTime(head.Time)}
	if head.TimeIsIngestion {
		date.Note = ingestionNote(risk.Kind)
	}
	kind := p.fact(risk.EventType)
	if former := p.risk().FormerType; former != "" && !strings.EqualFold(former, p.risk().EventType) {
		kind.Note = "in the older enumeration: " + store.RiskDetections.Words(former)
	}
	s.Groups = []FactGroup{
		{Title: "Detection", Facts: []Fact{
			date, p.fact(risk.Detected), p.fact(risk.Updated), kind, p.riskLevelFact(), p.fact(risk.State), p.fact(risk.Detail), p.fact(risk.Timing), p.fact(risk.Activity),
			p.fact(risk.Source), p.fact(risk.Issuer), p.fact(risk.Technique),
			{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(head.Ingested)},
			{Label: "Log", Value: p.info().Title},
		}},
		p.riskWho(),
		{Title: "IDs", Facts: []Fact{p.id(risk.ID), p.id(risk.RequestID), p.id(risk.CorrelationID), p.id(risk.Tenant)}},
	}
}

// riskWho shows the user, or the workload identity.
func (p DetailsPage) riskWho() FactGroup {
	r := p.risk()
	if p.head().Log == risk.Users {
		name := p.fact(risk.UserName)
		if r.UserID != "" {
			name = p.leading(name, store.ObjectUser, r.UserID)
		}
		return FactGroup{Title: "User", Facts: []Fact{
			name, p.fact(risk.Username), p.id(risk.UserID), p.fact(risk.UserType), p.id(risk.HomeTenantID), p.id(risk.ResourceTenantID), p.fact(risk.CrossTenantAccess),
		}}
	}
	name := p.fact(risk.WorkloadName)
	if r.PrincipalID != "" {
		name = p.leading(name, store.ObjectServicePrincipal, r.PrincipalID)
	}
	g := FactGroup{Title: "Workload identity", Facts: []Fact{name, p.fact(risk.WorkloadType), p.id(risk.WorkloadID), p.id(risk.AppID)}}
	keys := Fact{Label: risk.KeySet.Label, Value: OrEmpty(strings.Join(r.Keys, ", "))}
	if r.UnreadKeys {
		keys.Note = notRead
	}
	g.Facts = append(g.Facts, p.narrowed(keys, risk.KeySet))
	for _, property := range []*store.Property{risk.AgentName, risk.AgentID, risk.IdentityName, risk.IdentityID, risk.BlueprintID, risk.ClientName, risk.ClientSessionID, risk.Evidence} {
		if f := p.fact(property); f.isTold() {
			f.Copy = property.IsID()
			g.Facts = append(g.Facts, f)
		}
	}
	return g
}

// riskLocation shows the address and its place.
func (p DetailsPage) riskLocation(s *Section) {
	r := p.risk()
	address, country := p.fact(risk.Address), p.fact(risk.Country)
	address.Copy = address.isTold()
	if country.isTold() && r.Country != country.Value && country.Value != notRead {
		country.Value += " (" + r.Country + ")"
	}
	facts := []Fact{address, p.fact(risk.City), p.fact(risk.Region), country, {Label: "Coordinates", Value: Empty}}
	if r.Coordinates.Set {
		facts[4].Value = coordinatesText(r.Coordinates)
	}
	s.Groups = []FactGroup{{Facts: append(facts, p.fact(risk.UserAgent))}}
}

// riskAdditional unpacks additionalInfo, and lists every member that the program does not read.
func (p DetailsPage) riskAdditional(s *Section) {
	r := p.risk()
	s.Groups = []FactGroup{{Facts: []Fact{p.reasonsFact(), p.techniquesFact()}}}
	table := DataTable{Caption: "Additional information", Head: []string{"Name", "Value"}, Empty: "The record has no additional information."}
	for _, i := range r.Info {
		table.addRow(Fact{Value: OrEmpty(risk.InfoKeys.Words(i.Key))}, Fact{Value: OrEmpty(infoText(i))})
	}
	if r.UnreadInfo {
		s.Notes = []string{"Some of the additional information is " + notRead + "."}
	}
	s.Tables = append([]DataTable{table}, p.unreadTables()...)
}

// infoText is the value of a key of additionalInfo, in words where there are some.
func infoText(i store.KeyValue) string {
	switch {
	case risk.IsReasons(i.Key):
		return risk.Reasons.Words(i.Value)
	case risk.IsTechniques(i.Key):
		return risk.Techniques.Words(i.Value)
	}
	return Unpacked(i.Value)
}
