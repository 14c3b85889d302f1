package views

import (
	"time"

	"signpost/store"
)

// kindText names the kind of the object in a word or two.
func (p *EntityPage) kindText() string {
	one, _ := kindNouns(p.Kind)
	text := Capital(one)
	if p.Object != nil && p.Object.Type != "" {
		text += ", " + store.ObjectTypes.Words(p.Object.Type)
	}
	return text
}

// disabled says that the directory has the object as disabled.
func (p *EntityPage) disabled() bool {
	for i := range p.Objects {
		if p.Objects[i].Enabled == store.False {
			return true
		}
	}
	return p.Object != nil && p.Object.Enabled == store.False
}

// asOfText gives the time of the directory's facts.
func (p *EntityPage) asOfText() string {
	if p.Membership != nil {
		switch {
		case p.Membership.AsOf.IsZero():
			return "Its members were not imported"
		case !p.Membership.Whole:
			return "Members as of " + p.Shell.Zone.Minute(p.Membership.AsOf) + "; perhaps not all of them: only parts of the list were imported"
		}
		return "Members as of " + p.Shell.Zone.Minute(p.Membership.AsOf)
	}
	switch o := p.anyObject(); {
	case o != nil:
		return "Directory as of " + p.Shell.Zone.Minute(o.AsOf)
	}
	return "Not in the imported directory: this is what the logs show"
}

func (p *EntityPage) anyObject() *store.Object {
	if p.Object == nil && len(p.Objects) > 0 {
		return &p.Objects[0]
	}
	return p.Object
}

// factLabels are words for properties of Graph, if splitting the camel case does not give good ones.
var factLabels = map[string]string{
	"mail": "Email", "onPremisesSyncEnabled": "Synchronised from on-premises", "onPremisesSamAccountName": "On-premises account name",
	"externalUserState": "Invitation", "creationType": "Created by", "appOwnerOrganizationId": "Owner tenant ID", "isAssignableToRole": "Assignable to roles",
	"appRoleAssignmentRequired": "Assignment required", "preferredSingleSignOnMode": "Single sign-on", "loginUrl": "Sign-in URL", "identifierUris": "Identifier URIs",
	"replyUrls": "Reply URLs", "passwordCredentials": "Client secrets", "keyCredentials": "Certificates", "employeeId": "Employee ID", "givenName": "First name", "surname": "Last name",
}

// facts are the known facts about the object.
func (p *EntityPage) facts() []Fact {
	var facts []Fact
	add := func(label, value string, copied bool) {
		if value != "" {
			facts = append(facts, Fact{Label: label, Value: value, Copy: copied})
		}
	}
	if p.Kind == store.ObjectApplication {
		add("Application ID", p.ID, true)
	} else {
		add("Object ID", p.ID, true)
	}
	if p.Object != nil {
		add("Username", p.Object.Username, true)
		if p.Object.AppID != "" {
			facts = append(facts, Fact{Label: "Application ID", Value: p.Object.AppID, Page: ObjectURL(store.ObjectApplication, p.Object.AppID)})
		}
		facts = append(facts, p.objectFacts(p.Object)...)
	} else if p.Kind == store.ObjectUser {
		add("Username", p.SeenUsername, true)
	}
	for i := range p.Objects {
		o := &p.Objects[i]
		if o.ID == p.ID {
			continue
		}
		switch o.Kind {
		case store.ObjectServicePrincipal:
			facts = append(facts, Fact{Label: "Service principal", Value: OrEmpty(firstText(o.Name, o.ID)), Note: o.ID, Page: ObjectURL(o.Kind, o.ID)})
		default:
			add("Registration's object ID", o.ID, true)
		}
		if p.Object == nil {
			facts = append(facts, p.objectFacts(o)...)
		}
	}
	return facts
}

// objectFacts are the facts in an export about an object, other than its names.
func (p *EntityPage) objectFacts(o *store.Object) []Fact {
	var facts []Fact
	if o.Kind == store.ObjectUser || o.Kind == store.ObjectServicePrincipal {
		if o.Enabled != store.Unset {
			facts = append(facts, Fact{Label: "Enabled", Value: YesNo(o.Enabled)})
		}
	}
	if !o.Created.IsZero() {
		facts = append(facts, Fact{Label: "Created", Value: p.Shell.Zone.Minute(o.Created)})
	}
	if !o.LastSuccess.IsZero() {
		facts = append(facts, Fact{Label: "Last successful sign-in from the directory", Value: p.Shell.Zone.Minute(o.LastSuccess)})
	}
	for _, f := range o.Facts {
		label, known := factLabels[f.Key]
		if !known {
			label = spelledOut(f.Key)
		}
		facts = append(facts, Fact{Label: label, Value: store.FactWords(f)})
	}
	return facts
}

// lastSuccess is the last success of all time, from the logs or the directory.
func (p *EntityPage) lastSuccess() (last time.Time, byDirectory bool) {
	known := time.Time{}
	if p.Object != nil {
		known = p.Object.LastSuccess
	}
	if known.After(p.Last.Time) {
		return known, true
	}
	return p.Last.Time, false
}

// lastSuccessNote says how sure the last success is.
func (p *EntityPage) lastSuccessNote() string {
	switch _, byDirectory := p.lastSuccess(); {
	case !p.Last.Complete:
		return "not complete: Signpost is still reading stored sign-ins"
	case byDirectory:
		return "from the directory"
	case p.Membership != nil:
		return "of all time, of direct members"
	}
	return "of all time"
}
