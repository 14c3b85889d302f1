package views

import (
	"signpost/store"
	"signpost/store/access"
)

// accessLook says how records of the access log are shown.
var accessLook = Look{
	Kind: access.Kind,
	Nav:  "Access log", Icon: "access",
	Logs: []LogLook{{
		Log: access.Log,
		Facets: []*store.Field{
			access.ActionField, access.AccountField, access.StatusField, access.SubjectNameField, access.LogField, access.RoleField, access.AddressField,
		},
		Sections: []string{TabBasic, TabTargets, TabHistory, TabRaw},
	}},
	Columns: columnsBy(
		Column{Name: "status", Label: access.Ended.Label, Kind: kindStatus, draws: access.Ended, holds: []*store.Property{access.Ended}},
		Column{Name: "action", Label: access.Done.Label, Kind: kindText, draws: access.Done, holds: []*store.Property{access.Done}, cell: plain(accessAction)},
	),
	Chosen: []*store.Property{access.AccountName, access.Done, access.SubjectNames, access.LogName, access.Rows, access.Reason, access.Address},
	Often: []*store.Field{
		access.AccountField, access.ActionField, access.StatusField, access.SubjectField, access.LogField, access.RoleField, access.PersonField,
		access.AddressField, access.ReasonField, access.TicketField, access.RecordField, access.RequestField,
	},
	Title: accessTitle,
	Draw: map[string]func(DetailsPage, *Section){
		TabBasic: DetailsPage.accessActivity, TabTargets: DetailsPage.accessSubjects,
	},
	Titles:  map[string]string{TabBasic: "Activity", TabTargets: "Subjects"},
	Verdict: DetailsPage.accessVerdict,
	Says:    accessSays,
	Views: []SavedView{
		{ID: "refused", Name: "Refused", Query: "range=30d&status=refused"},
		{ID: "exports", Name: "Exports", Query: "action=export&range=30d"},
		{ID: "reveals", Name: "Values of credentials revealed", Query: "action=reveal&range=30d"},
		{ID: "signins", Name: "Sign-ins to the portal", Query: "action=signin&range=7d"},
		{ID: "administration", Name: "Accounts, roles and settings", Query: "action=account&action=roles&action=settings&range=30d"},
	},
}

func accessAction(r *access.Record) string { return r.Action.Words() }

// accessTitle is a record in a line: the person who acted, the action, and the people in the data.
func accessTitle(e store.Entry) string {
	r := e.(*access.Record)
	title := firstText(r.Account, "Somebody") + ": " + firstText(accessAction(r), Capital(access.Kind.One))
	if names := propertyText(access.SubjectNames, e); names != "" && names != Empty {
		title += ", " + names
	}
	return title
}

func (p DetailsPage) access() *access.Record { return p.Record.Entry.(*access.Record) }

// accessVerdict is the summary: the person who acted, the action, whether it was allowed, and the reason given.
func (p DetailsPage) accessVerdict() *Verdict {
	r := p.access()
	says := accessTitle(r) + "."
	switch r.Outcome {
	case access.Allowed:
		says += " It was allowed."
	case access.Refused:
		says += " It was refused."
	case access.Failed:
		says += " It failed."
	}
	if r.Rows.Set && r.Rows.N > 0 {
		says += " " + Count(r.Rows.N, "row of others was", "rows of others were") + " shown."
	}
	v := &Verdict{Says: []string{says}}
	for _, f := range []Fact{p.fact(access.Reason), p.fact(access.Ticket), p.fact(access.LogName)} {
		if f.isTold() {
			v.Facts = append(v.Facts, f)
		}
	}
	return v
}

// accessActivity shows the action, the person who acted, and the place of the record in the chain.
func (p DetailsPage) accessActivity(s *Section) {
	r := p.access()
	status := Fact{Label: "Status", Value: statedStatus(access.Kind, r), Status: access.Kind.StatusOf(r), StatusOf: access.Kind}
	action := Fact{Label: "Action", Value: OrEmpty(accessAction(r))}
	chain := FactGroup{Title: "Chain", Facts: []Fact{p.fact(access.Number), p.id(access.ID), p.id(access.PreviousHash), p.id(access.Hash)}}
	if r.Removed.Number > 0 {
		chain.Facts = append(chain.Facts, p.fact(access.RemovedTo), p.id(access.RemovedHash))
	}
	s.Groups = []FactGroup{
		{Title: "Activity", Facts: []Fact{
			{Label: "Date", Value: p.Shell.Zone.PreciseTime(p.head().Time)},
			p.narrowed(action, access.Done), p.narrowed(status, access.Ended),
			p.fact(access.LogName), p.fact(access.Query), p.fact(access.Rows), p.id(access.RecordID), p.fact(access.Page), p.fact(access.Reason), p.fact(access.Ticket),
		}},
		{Title: "Who looked", Facts: []Fact{
			p.fact(access.AccountName), p.fact(access.AccountID),
			{Label: "Roles", Value: listText(wordsOf(access.RoleSet.Enumeration, r.Roles))},
			p.id(access.PersonID),
			p.id(access.Address), p.fact(access.UserAgent),
		}},
		chain,
	}
}

// accessSubjects lists the people in the data that was seen.
func (p DetailsPage) accessSubjects(s *Section) {
	r := p.access()
	t := DataTable{Caption: "Subjects", Head: []string{"Name", "User principal name", "User ID"}, Empty: "The record names nobody whose data was seen."}
	part := access.SubjectField.Properties[0]
	for i := range r.Subjects {
		subject := &r.Subjects[i]
		t.addRow(
			p.narrowedPart(Fact{Label: "Subject", Value: OrEmpty(subject.Name)}, part, subject.Name),
			p.narrowedPart(Fact{Label: "Subject", Value: OrEmpty(subject.Username)}, part, subject.Username),
			p.narrowedPart(Fact{Label: "Subject", Value: OrEmpty(subject.ID)}, part, subject.ID))
	}
	s.Tables = []DataTable{t}
}

// accessSays tells the subjects of a record for its history.
func accessSays(e store.Entry, add func(label, text string)) {
	r := e.(*access.Record)
	for i := range r.Subjects {
		add("Subject "+Number(int64(i+1)), nameAndID(firstText(r.Subjects[i].Name, r.Subjects[i].Username), r.Subjects[i].ID))
	}
}
