package views

import (
	"strings"

	"signpost/store"
	"signpost/store/activity"
)

func (p DetailsPage) activity() *activity.Record { return p.Record.Entry.(*activity.Record) }

// activityGroups are the parts of the basic section, by their properties. What stands in none of them, and is told, follows.
var activityGroups = []struct {
	title      string
	properties []*store.Property
}{
	{"Actor", []*store.Property{
		activity.UserID, activity.UserObjectID, activity.UserKey, activity.UserType, activity.Application, activity.ApplicationID, activity.ClientID,
		activity.PrincipalID, activity.Address, activity.Port, activity.External,
	}},
	{"Mailbox, file or team", []*store.Property{
		activity.MailboxOwner, activity.LogonType, activity.OperationCount, activity.ItemType, activity.Extension, activity.SiteURL, activity.Site,
		activity.EventSource, activity.SharedWith, activity.SharedWithType, activity.SharingType, activity.Team, activity.Channel,
	}},
	{"Request to Microsoft Graph", []*store.Property{
		activity.RequestMethod, activity.RequestURI, activity.ResponseStatus, activity.Duration, activity.APIVersion, activity.TokenKind, activity.ClientAuth,
	}},
	{"IDs", []*store.Property{
		activity.ID, activity.CorrelationID, activity.SessionID, activity.TokenID, activity.SignInID, activity.IntraSystemID, activity.Tenant,
	}},
}

// activityBasic shows the operation, its result and its actor.
func (p DetailsPage) activityBasic(s *Section) {
	r, head := p.activity(), p.head()
	date := Fact{Label: "Date", Value: p.Shell.Zone.PreciseTime(head.Time)}
	if head.TimeIsIngestion {
		date.Note = ingestionNote(activity.Kind)
	}
	status := Fact{Label: activity.Outcome.Label, Value: statedStatus(activity.Kind, r), Status: activity.Kind.StatusOf(r), StatusOf: activity.Kind}
	kind := p.fact(activity.RecordType)
	if r.RecordNumber.Set {
		kind.Note = "number " + Number(r.RecordNumber.N)
	}
	what := FactGroup{Title: "Activity", Facts: []Fact{date, p.fact(activity.Operation), p.narrowed(status, activity.Outcome), p.fact(activity.Workload), kind}}
	for _, f := range []Fact{
		p.fact(activity.Item), p.fact(activity.Target), p.fact(activity.ResultStatus), p.fact(activity.ErrorNumber), p.fact(activity.LogonError),
		{Label: "Ingested", Value: p.Shell.Zone.PreciseTime(head.Ingested)},
	} {
		if f.Value != Empty { // most records tell few of them
			what.Facts = append(what.Facts, f)
		}
	}
	what.Facts = append(what.Facts, Fact{Label: "Log", Value: p.info().Title})
	s.Groups = []FactGroup{what}
	for _, group := range activityGroups {
		g := FactGroup{Title: group.title}
		for _, property := range group.properties {
			if f := p.activityFact(property); f.isTold() || group.title == "IDs" && property != activity.IntraSystemID {
				g.Facts = append(g.Facts, f)
			}
		}
		if len(g.Facts) > 0 {
			s.Groups = append(s.Groups, g)
		}
	}
	if r.Withheld {
		s.Notes = []string{"Subjects, and names and paths of files and folders, are shown to Global Administrators only."}
	}
}

// activityFact is a property with the page of its object.
func (p DetailsPage) activityFact(property *store.Property) Fact {
	r, f := p.activity(), p.fact(property)
	f.Copy = f.isTold() && property != activity.UserID && (property.IsID() || property.Address)
	switch property {
	case activity.UserID:
		if r.UserObjectID != "" {
			f = p.leading(f, store.ObjectUser, r.UserObjectID)
		}
	case activity.PrincipalID:
		f = p.leading(f, store.ObjectServicePrincipal, r.PrincipalID)
	case activity.Duration:
		if f.isTold() {
			f.Value += " " + property.Unit
		}
	}
	return f
}

// identityKind is the kind of an ID of an actor or a target, by its pattern: Microsoft documents no numbers.
func identityKind(i activity.Identity) string {
	switch {
	case strings.Contains(i.ID, "@"):
		return "User principal name"
	case strings.HasPrefix(i.ID, "User_"), strings.HasPrefix(i.ID, "ServicePrincipal_"), strings.HasPrefix(i.ID, "Group_"):
		return "Object, with its kind"
	case i.Type == "1":
		return "Display name"
	case i.Type == "3":
		return "PUID"
	case i.Type == "4":
		return "Service principal"
	case len(i.ID) == 36:
		return "Object ID"
	}
	return "Other"
}

// activityTargets lists items, targets and actors.
func (p DetailsPage) activityTargets(s *Section) {
	r := p.activity()
	items := DataTable{Caption: "Items", Head: []string{"Kind", "Name", "Path", "ID"}, Empty: "The record names no item."}
	if r.Object != "" {
		items.addRow(Fact{Value: "Object"}, Fact{Value: r.Object}, Fact{Value: Empty}, Fact{Value: Empty})
	}
	for _, i := range r.Items {
		items.addRow(Fact{Value: OrEmpty(i.Kind)}, Fact{Value: OrEmpty(i.Name)}, Fact{Value: OrEmpty(i.Path)}, Fact{Value: OrEmpty(i.ID)})
	}
	if r.Destination != "" {
		items.addRow(Fact{Value: "Destination"}, Fact{Value: r.Destination}, Fact{Value: Empty}, Fact{Value: Empty})
	}
	s.Tables = []DataTable{items}
	s.addIdentities("Targets", r.Targets)
	s.addIdentities("Actor", r.Actors)
}

// addIdentities adds a table of IDs, where there are some.
func (s *Section) addIdentities(caption string, list []activity.Identity) {
	if len(list) == 0 {
		return
	}
	t := DataTable{Caption: caption, Head: []string{"ID", "Kind", "Number"}}
	for _, i := range list {
		t.Rows = append(t.Rows, []string{OrEmpty(i.ID), identityKind(i), OrEmpty(i.Type)})
	}
	s.Tables = append(s.Tables, t)
}

// activityChanges shows parameters, and old and new values side by side.
func (p DetailsPage) activityChanges(s *Section) {
	r := p.activity()
	parameters := DataTable{Caption: "Parameters", Head: []string{"Parameter", "Value"}, Empty: "The record names no parameter."}
	for _, pair := range r.Parameters {
		parameters.addRow(p.narrowedPart(Fact{Label: "Parameter", Value: OrEmpty(pair.Key)}, activity.ParameterSet, pair.Key), Fact{Value: OrEmpty(Unpacked(pair.Value))})
	}
	s.Tables = []DataTable{parameters}
	table := &ChangeTable{Empty: "The record names no modified property."}
	for _, c := range r.Changes {
		table.Rows = append(table.Rows, changeRow{Target: firstText(r.Target, r.Item), Name: c.Name, Old: OrEmpty(Unpacked(c.Old)), New: OrEmpty(Unpacked(c.New))})
	}
	s.Changes = table
}

// activityDevice shows the device and the session.
func (p DetailsPage) activityDevice(s *Section) {
	s.Groups = []FactGroup{{Title: "Device and session", Facts: []Fact{
		p.id(activity.DeviceID), p.fact(activity.DeviceName), p.fact(activity.UserAgent), p.fact(activity.ClientInfo), p.id(activity.SessionID), p.id(activity.TokenID),
	}}}
	if details := p.activity().DeviceDetails; len(details) > 0 {
		s.Tables = []DataTable{keyValueTable("Device properties", details)}
	}
}

// activityAdditional shows the extended properties, and every member that no field is read from.
func (p DetailsPage) activityAdditional(s *Section) {
	details := DataTable{Caption: "Extended properties", Head: []string{"Name", "Value"}, Empty: "The record has no extended properties."}
	for _, pair := range p.activity().Extended {
		details.Rows = append(details.Rows, []string{OrEmpty(pair.Key), OrEmpty(Unpacked(pair.Value))})
	}
	s.Tables = []DataTable{details}
	if len(p.Unknown) > 0 {
		s.Tables = append(s.Tables, keyValueTable("All other members of the record", p.Unknown))
	}
	if len(p.Envelope) > 0 {
		s.Tables = append(s.Tables, keyValueTable("Envelope of the record", p.Envelope))
	}
}

// activityVerdict is the summary: actor, operation, object, result and parameters.
func (p DetailsPage) activityVerdict() *Verdict {
	r := p.activity()
	says := beginning(firstText(whoActed(r), unnamedActor)) + " carried out \"" + firstText(r.Operation, "an operation without a name") + "\""
	if r.IsRequest() {
		says = beginning(firstText(r.UserID, r.ApplicationID, r.PrincipalID, "an application")) + " asked Microsoft Graph: " + r.RequestMethod + " " + firstText(r.RequestURI, r.Target)
	} else if object := firstText(r.Item, r.Target); object != "" {
		says += " on " + lastPart(object)
	}
	switch r.Outcome {
	case "success":
		says += ". It succeeded."
	case "failure":
		says += ". It failed."
	case "interrupted":
		says += ". It was interrupted."
	default:
		says += ". The record does not say how it ended."
	}
	v := &Verdict{Says: []string{says}}
	for _, f := range []Fact{p.fact(activity.Workload), p.activityFact(activity.Address), p.fact(activity.LogonError)} {
		if f.isTold() {
			v.Facts = append(v.Facts, f)
		}
	}
	page := p.signInURL(p.head().ID, TabModified)
	for i, pair := range r.Parameters {
		if i == summaryChanges {
			v.Facts = append(v.Facts, Fact{Label: "More parameters", Value: Number(int64(len(r.Parameters) - i)), Page: page})
			break
		}
		v.Facts = append(v.Facts, Fact{Label: "Parameter", Value: OrEmpty(pair.Key) + ": " + firstOf(OrEmpty(pair.Value)), Page: page})
	}
	for i, c := range r.Changes {
		if i == summaryChanges {
			v.Facts = append(v.Facts, Fact{Label: "More changes", Value: Number(int64(len(r.Changes) - i)), Page: page})
			break
		}
		v.Facts = append(v.Facts, Fact{Label: "Changed: " + c.Name, Value: firstOf(OrEmpty(Unpacked(c.Old))) + " → " + firstOf(OrEmpty(Unpacked(c.New))), Page: page})
	}
	return v
}

// lastPart is the end of an address or a path, which names the item.
func lastPart(text string) string {
	trimmed := strings.TrimRight(text, `/\`)
	if at := strings.LastIndexAny(trimmed, `/\`); at >= 0 && at+1 < len(trimmed) && (strings.Contains(text, "://") || strings.HasPrefix(text, `\`) || strings.HasPrefix(text, "/")) {
		return trimmed[at+1:]
	}
	return text
}
