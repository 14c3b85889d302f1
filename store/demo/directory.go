package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The directory of the tenant, in the form of Graph's answers about people, groups and applications, with reports about them. It
// is the same for every seed, as the organisation is. The times of credentials and reports follow the time of the answer.

// idGroup, idSleeper and idService number the objects that only the directory has.
const (
	idGroup uint64 = iota + 40
	idSleeper
	idService
)

// directoryFiles are the files of the directory, each with its writer.
func directoryFiles() []directoryFile {
	o := theOrganisation()
	files := []directoryFile{
		{"users.json", func(w io.Writer, _ time.Time) error { return o.writeUsers(w) }},
		{"groups.json", func(w io.Writer, _ time.Time) error { return o.writeGroups(w) }},
		{"applications.json", o.writeApplications},
		{"serviceprincipals.json", o.writePrincipals},
		{"adfs.json", o.writeParties},
	}
	for _, g := range o.groupList() {
		files = append(files, directoryFile{"members-" + g.id + ".json", func(w io.Writer, _ time.Time) error { return o.writeMembers(w, &g) }})
	}
	files = append(files, o.olderReports()...)
	// After the older report of registrations: a later import tells which methods are new.
	files = append(files, directoryFile{"registrationdetails.json", o.writeRegistrations})
	return files
}

type directoryFile struct {
	name  string
	write func(w io.Writer, until time.Time) error
}

// Directory writes the tenant's directory at a time as export files, one after the other.
func Directory(until time.Time, write func(name string, content io.Reader) error) error {
	for _, f := range directoryFiles() {
		reader, writer := io.Pipe()
		go func() { writer.CloseWithError(f.write(writer, until)) }()
		err := write(f.name, reader)
		if closeErr := reader.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteDirectory makes the folder dir, or takes an empty one, and writes the files into it. It needs a folder of
// its own: every file of the logs' folder holds records.
func WriteDirectory(dir string, until time.Time) error {
	if err := emptyFolder(dir); err != nil {
		return err
	}
	return Directory(until, func(name string, content io.Reader) (err error) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("write the demo's directory: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		_, err = io.Copy(f, content)
		return err
	})
}

// answer writes an answer of Graph: the context, and an object by each of the writers.
func answer(w io.Writer, context string, each func(put func(object string))) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, `{"@odata.context":%s,"value":[`, quoted("https://graph.microsoft.com/v1.0/$metadata#"+context))
	first := true
	each(func(object string) {
		if !first {
			out.WriteByte(',') // an error stays with the writer until Flush
		}
		first = false
		out.WriteString("\n" + object)
	})
	out.WriteString("\n]}\n")
	return out.Flush()
}

// hired is the creation time of an account: within the eight years before 2026.
func hired(h uint64) string {
	return time.Date(2018, 1, 2, 7, 0, 0, 0, time.UTC).Add(time.Duration(share(h, 8*365*24)) * time.Hour).Format(time.RFC3339)
}

// sleepers are accounts that never sign in: people who left, and guests who never came.
var sleepers = []struct{ first, last, note string }{
	{"Hollis", "Quillfeather", "left"},
	{"Maren", "Oldstone", "left"},
	{"Tobias", "Reedwater", "left"},
	{"Ingrid", "Farrow", "left"},
	{"Petra", "Nightjar", "invited"},
	{"Casper", "Wren", "invited"},
	{"Leonie", "Saltmarsh", "on leave"},
	{"Oskar", "Dunlin", "on leave"},
}

type sleeper struct{ id, upn, name, note string }

func sleeperList() []sleeper {
	var list []sleeper
	for i, s := range sleepers {
		upn := strings.ToLower(s.first + "." + s.last + "@" + domain)
		if s.note == "invited" {
			upn = strings.ToLower(s.first+"."+s.last) + "_" + guestDomain + "#EXT#@" + domain
		}
		list = append(list, sleeper{guidOf(mix(idSleeper, uint64(i))).String(), upn, s.first + " " + s.last, s.note})
	}
	return list
}

func (o *organisation) writeUsers(w io.Writer) error {
	return answer(w, "users", func(put func(string)) {
		for i := range o.people {
			p := &o.people[i]
			h := mix(idPerson, uint64(i))
			kind, title, department := "Member", "Deckhand", "Warehouse"
			switch {
			case p.guest:
				kind, title, department = "Guest", "Auditor", "Audit"
			case p.finance:
				title, department = "Controller", "Finance"
			case p.office:
				title, department = "Planner", "Office"
			}
			put(`{"id":"` + p.id + `","displayName":` + quoted(p.name) + `,"userPrincipalName":"` + p.upn + `","mail":"` + p.upn + `","userType":"` + kind +
				`","accountEnabled":true,"createdDateTime":"` + hired(mix(h, 50)) + `","jobTitle":"` + title + `","department":"` + department +
				`","officeLocation":` + quoted(p.site.name) + `,"city":` + quoted(p.home.city) + `,"country":` + quoted(p.home.country) + `}`)
		}
		for i, s := range sleeperList() {
			kind, enabled, state := "Member", "false", "null"
			if s.note == "invited" {
				kind, enabled, state = "Guest", "true", `"PendingAcceptance"`
			} else if s.note == "on leave" {
				enabled = "true"
			}
			activity := ""
			if s.note != "invited" {
				activity = `,"signInActivity":{"lastSuccessfulSignInDateTime":"` + time.Date(2025, 3+time.Month(i), 3, 8, 15, 0, 0, time.UTC).Format(time.RFC3339) + `"}`
			}
			put(`{"id":"` + s.id + `","displayName":` + quoted(s.name) + `,"userPrincipalName":` + quoted(s.upn) + `,"userType":"` + kind + `","accountEnabled":` + enabled +
				`,"externalUserState":` + state + `,"createdDateTime":"` + hired(mix(idSleeper, uint64(i), 1)) + `","jobTitle":null` + activity + `}`)
		}
	})
}

// demoGroup is a group of the tenant.
type demoGroup struct {
	id, name, description, kind string
	has                         func(p *person) bool
	sleepers, principals        bool
}

func (o *organisation) groupList() []demoGroup {
	named := func(names ...string) func(*person) bool {
		return func(p *person) bool {
			for _, name := range names {
				if p.name == name {
					return true
				}
			}
			return false
		}
	}
	list := []demoGroup{
		{name: "All people", description: "Everybody with an account, by rule", kind: "dynamic", has: func(p *person) bool { return !p.guest }, sleepers: true},
		{name: "Guests", description: "Auditors of the other house", kind: "dynamic", has: func(p *person) bool { return p.guest }},
		{name: "Finance", description: "Who may open payroll and invoices", kind: "security", has: func(p *person) bool { return p.finance }},
		{name: "Office", description: "People with a desk", kind: "unified", has: func(p *person) bool { return p.office && !p.guest }},
		{name: "Warehouse", description: "People who share terminals", kind: "security", has: func(p *person) bool { return !p.office && !p.guest }},
		{name: "Cloud administrators", description: "Who looks after the tenant", kind: "security", has: func(p *person) bool { return p.habits[9].app.name == "Azure Portal" }},
		{name: "Portal readers", description: "Who reads these logs", kind: "security", has: (*person).hasAccount},
		{name: "Deployment", description: "Service principals that deploy", kind: "security", has: named(), principals: true},
	}
	for _, s := range sites {
		if s.name != "Guests" {
			list = append(list, demoGroup{name: "Site " + s.name, description: "Everybody of the site", kind: "unified", has: func(p *person) bool { return p.site.name == s.name }})
		}
	}
	for i := range list {
		list[i].id = guidOf(mix(idGroup, uint64(i))).String()
	}
	return list
}

func (o *organisation) writeGroups(w io.Writer) error {
	return answer(w, "groups", func(put func(string)) {
		for i, g := range o.groupList() {
			types, mail, rule := "[]", "false", ""
			switch g.kind {
			case "unified":
				types, mail = `["Unified"]`, "true"
			case "dynamic":
				types, rule = `["DynamicMembership"]`, `,"membershipRule":"(user.userType -eq \"Member\")"`
			}
			put(`{"id":"` + g.id + `","displayName":` + quoted(g.name) + `,"description":` + quoted(g.description) + `,"groupTypes":` + types + `,"securityEnabled":` +
				boolText(mail == "false") + `,"mailEnabled":` + mail + `,"createdDateTime":"` + hired(mix(idGroup, uint64(i), 1)) + `"` + rule + `}`)
		}
	})
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (o *organisation) writeMembers(w io.Writer, g *demoGroup) error {
	return answer(w, "groups('"+g.id+"')/members", func(put func(string)) {
		for i := range o.people {
			if p := &o.people[i]; g.has(p) {
				put(`{"@odata.type":"#microsoft.graph.user","id":"` + p.id + `","displayName":` + quoted(p.name) + `,"userPrincipalName":"` + p.upn + `"}`)
			}
		}
		if g.sleepers {
			for _, s := range sleeperList() {
				put(`{"@odata.type":"#microsoft.graph.user","id":"` + s.id + `","displayName":` + quoted(s.name) + `,"userPrincipalName":` + quoted(s.upn) + `}`)
			}
		}
		if g.principals {
			for i := range o.services {
				if s := &o.services[i]; i%3 == 0 {
					put(`{"@odata.type":"#microsoft.graph.servicePrincipal","id":"` + s.id + `","displayName":` + quoted(s.name) + `,"appId":"` + s.appID + `"}`)
				}
			}
		}
	})
}

func (o *organisation) writeApplications(w io.Writer, until time.Time) error {
	return answer(w, "applications", func(put func(string)) {
		application := func(id, appID, name, created, uris, replies string, secrets []secret, h uint64) {
			put(`{"id":"` + id + `","appId":"` + appID + `","displayName":` + quoted(name) + `,"signInAudience":"AzureADMyOrg","publisherDomain":"` + domain +
				`","createdDateTime":"` + created + `","identifierUris":[` + uris + `],"web":{"redirectUris":[` + replies + `]},"spa":{"redirectUris":[]}` +
				credentialMembers(secrets) + o.ownerMember(h) + `}`)
		}
		for i := range o.apps {
			if a := &o.apps[i]; a.owner == tenantID {
				uri := `"api://` + a.id + `"`
				if a.name == o.parties[0].name { // it moved from AD FS with its identifier
					uri = `"` + o.parties[0].id + `"`
				}
				application(guidOf(mix(idService, uint64(i), 1)).String(), a.id, a.name, hired(mix(idApp, uint64(i), 50)), uri, `"`+replyOf(a.name)+`"`, nil, mix(idApp, uint64(i), 52))
			}
		}
		for i := range o.services {
			if s := &o.services[i]; s.owner == tenantID {
				application(guidOf(mix(idService, uint64(i), 3)).String(), s.appID, s.name, hired(mix(idWorkload, uint64(i), 51)), "", "", o.secretsOf(i, until), mix(idWorkload, uint64(i), 52))
			}
		}
	})
}

func (o *organisation) writePrincipals(w io.Writer, until time.Time) error {
	return answer(w, "servicePrincipals", func(put func(string)) {
		principal := func(id, appID, name, kind, owner string, h uint64, more string) {
			put(`{"id":"` + id + `","appId":"` + appID + `","displayName":` + quoted(name) + `,"servicePrincipalType":"` + kind + `","accountEnabled":true,"appOwnerOrganizationId":"` + owner +
				`","createdDateTime":"` + hired(h) + `"` + more + `}`)
		}
		for i := range o.apps {
			a := &o.apps[i]
			principal(guidOf(mix(idService, uint64(i), 2)).String(), a.id, a.name, "Application", a.owner, mix(idApp, uint64(i), 51), `,"owners":[]`)
		}
		for i := range o.services {
			s := &o.services[i]
			more := `,"owners":[]` + credentialMembers(nil)
			if s.owner != tenantID { // the tenant has its credentials at its own end
				more = o.ownerMember(mix(idWorkload, uint64(i), 53)) + credentialMembers(o.secretsOf(i, until))
			}
			principal(s.id, s.appID, s.name, "Application", s.owner, mix(idWorkload, uint64(i), 50), more)
		}
		for i := range o.machines {
			s := &o.machines[i]
			principal(s.id, s.appID, s.name, "ManagedIdentity", tenantID, mix(idWorkload, uint64(i), 60), "")
		}
	})
}
