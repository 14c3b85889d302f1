package auth

import "slices"

// Page names a page, or a family of pages with the same audience, in the authorization table. Every route is
// registered with its Page, so each address has a row in the table.
type Page string

// These are the pages, with their addresses.
const (
	PageStatic      Page = "static"      // /static/...
	PageHealth      Page = "health"      // /healthz, /readyz
	PageSignIn      Page = "signin"      // /signin
	PageSignOut     Page = "signout"     // /signout
	PageSetup       Page = "setup"       // /setup
	PageTheme       Page = "theme"       // /theme
	PageErrors      Page = "errors"      // /errors
	PagePreferences Page = "preferences" // /preferences: a person's own choices
	PageProgress    Page = "progress"    // /progress: how far the demo tenant is loaded
	PageHelp        Page = "help"        // /help/...: it tells nothing of the tenant
	PageHome        Page = "home"        // /
	PageLogs        Page = "logs"        // /logs/...
	PageCompare     Page = "compare"     // /compare: two records; each log has its own class
	PageSearch      Page = "search"      // /search
	PageDiagnostic  Page = "diagnostic"  // /diagnostic: why a sign-in failed
	PageFlagged     Page = "flagged"     // /flagged: sign-ins that people flagged for review
	PageProtection  Page = "protection"  // /protection/...: risk of sign-ins, users and principals
	PageTriage      Page = "triage"      // changes below /protection: decisions about risk, kept in this portal
	PageUsers       Page = "users"       // /users/...
	PageGroups      Page = "groups"      // /groups/...
	PageApps        Page = "apps"        // /apps/...
	PageMe          Page = "me"          // /me/...: one's own sign-ins
	PageHelpdesk    Page = "helpdesk"    // /helpdesk/...: one person at a time
	PageAccount     Page = "account"     // /settings and /settings/account: one's own password and sessions
	PageReported    Page = "reported"    // /protection/reported and /reported/...: sign-ins that people say were not theirs
	PageInsights    Page = "insights"    // /insights/...: reports over the logs
	PageSources     Page = "sources"     // /sources: what imported files cover
	PageImport      Page = "import"      // /import
	PageSettings    Page = "settings"    // /settings/... for administrators
	PageWatches     Page = "watches"     // /settings/watches/...: one's own watches and schedules
	PageNames       Page = "names"       // /settings/activity: who sees names of files and mails
)

// Class is a class of data with an audience of its own, whatever page shows it.
type Class string

// These are the classes of data.
const (
	LogData               Class = "log data"                // any row of the tenant's logs
	ConditionalAccessData Class = "Conditional Access data" // properties with ConditionalAccess set, and unknown keys that contain these words
	PeopleData            Class = "people"                  // accounts of the portal
	ImportData            Class = "import"                  // past imports, and the right to import
	SettingsData          Class = "settings"
	OwnSignIns            Class = "own sign-ins"
	OnePerson             Class = "one person"                 // sign-ins of somebody named exactly, and audit records about them
	ReportedSignIns       Class = "reported sign-ins"          // answers of people about their own sign-ins, and the right to decide them
	AttributeLogData      Class = "custom security attributes" // the log of their changes
	SecretData            Class = "values of credentials"      // in audit records
	AccessLogData         Class = "access log"                 // who looked at the data of which person
	ActivityData          Class = "Microsoft 365 activity"     // what people did to mail, files, teams and settings
	RiskData              Class = "risk data"                  // Identity Protection's own records
	ContentData           Class = "names of items"             // of files, folders and mails in that activity, where the setting guards them
)

// Keeping a role means giving it, taking it, and changing an account that has it. The change may be of its
// password, roles, state, user principal name, user ID or sessions, or its removal.

// audience is the set of roles that a row of the table lets in.
type audience struct {
	anyone   bool // also signed out
	signedIn bool
	roles    []Role
}

var (
	anyone   = audience{anyone: true}
	signedIn = audience{signedIn: true}

	globalAdministrators = audience{roles: []Role{RoleGlobalAdministrator}}

	administrators = audience{roles: []Role{RoleGlobalAdministrator, RoleSecurityAdministrator}}
	logReaders     = audience{roles: []Role{
		RoleGlobalAdministrator, RoleSecurityAdministrator, RoleSecurityReader, RoleGlobalReader, RoleSecurityOperator, RoleReportsReader,
	}}
	helpdesk            = audience{roles: []Role{RoleHelpdesk}}
	attributeLogReaders = audience{roles: []Role{RoleGlobalAdministrator, RoleAttributeLogReader}}
	// anyLogReaders open the pages of logs. Each log has its own class.
	anyLogReaders = audience{roles: append(slices.Clone(logReaders.roles), RoleAttributeLogReader)}
	// activityReaders read Microsoft 365 activity and Identity Protection's records. They are the log readers without Reports Readers.
	activityReaders = audience{roles: []Role{RoleGlobalAdministrator, RoleSecurityAdministrator, RoleSecurityReader, RoleGlobalReader, RoleSecurityOperator}}
	// triagers decide about risk in this portal.
	triagers = audience{roles: append(slices.Clone(administrators.roles), RoleSecurityOperator)}
	// A Conditional Access Administrator has the right to the data, but to no log that shows it. The role counts
	// together with another.
	conditionalAccessReaders = audience{roles: []Role{
		RoleGlobalAdministrator, RoleSecurityAdministrator, RoleSecurityReader, RoleGlobalReader,
		RoleConditionalAccessAdministrator,
	}}
)

// table is the authorization table. A page or class without a row is for nobody.
var table = struct {
	pages   map[Page]audience
	classes map[Class]audience
	keepers map[Role]audience
}{
	pages: map[Page]audience{
		PageStatic:      anyone,
		PageHealth:      anyone,
		PageSignIn:      anyone,
		PageSignOut:     anyone,
		PageSetup:       anyone,
		PageTheme:       anyone,
		PageErrors:      anyone,
		PagePreferences: signedIn,
		PageProgress:    signedIn,
		PageHelp:        anyone,
		PageHome:        signedIn,
		PageMe:          signedIn,
		PageHelpdesk:    helpdesk,
		PageAccount:     signedIn,
		PageReported:    triagers,
		PageLogs:        anyLogReaders,
		PageCompare:     anyLogReaders,
		PageSearch:      logReaders,
		PageDiagnostic:  logReaders,
		PageFlagged:     logReaders,
		PageProtection:  activityReaders,
		PageTriage:      triagers,
		PageUsers:       logReaders,
		PageGroups:      logReaders,
		PageApps:        logReaders,
		PageInsights:    logReaders,
		PageSources:     logReaders,
		PageImport:      administrators,
		PageSettings:    administrators,
		PageNames:       globalAdministrators,
		PageWatches:     anyLogReaders,
	},
	classes: map[Class]audience{
		LogData:               logReaders,
		ConditionalAccessData: conditionalAccessReaders,
		PeopleData:            administrators,
		ImportData:            administrators,
		SettingsData:          administrators,
		OwnSignIns:            signedIn,
		OnePerson:             helpdesk,
		ReportedSignIns:       triagers,
		AttributeLogData:      attributeLogReaders,
		SecretData:            administrators,
		AccessLogData:         administrators,
		ActivityData:          activityReaders,
		RiskData:              activityReaders,
		ContentData:           globalAdministrators,
	},
	keepers: map[Role]audience{
		RoleGlobalAdministrator:            globalAdministrators, // else any administrator could become one
		RoleSecurityAdministrator:          administrators,
		RoleSecurityReader:                 administrators,
		RoleGlobalReader:                   administrators,
		RoleSecurityOperator:               administrators,
		RoleReportsReader:                  administrators,
		RoleConditionalAccessAdministrator: administrators,
		RoleAttributeLogReader:             globalAdministrators, // only they see the log themselves
		RoleHelpdesk:                       administrators,
		RoleUser:                           administrators,
	},
}

// Rights are the pages that a person may open and the data they may see. The zero value is somebody who is not signed in.
type Rights struct {
	signedIn bool
	roles    []Role
	also     []Rights // further people, who must have the right too: see And
}

// RightsOf gives the rights of a signed-in person with these roles: the union of the rights of each.
func RightsOf(roles []Role) Rights { return Rights{signedIn: true, roles: roles} }

// SignedIn tells whether the person is signed in.
func (r Rights) SignedIn() bool { return r.signedIn }

// MayOpen tells whether the person may open the page.
func (r Rights) MayOpen(p Page) bool { return r.in(table.pages[p]) }

// MaySee tells whether the person may see data of the class.
func (r Rights) MaySee(c Class) bool { return r.in(table.classes[c]) }

// MayKeep tells whether the person may give and take the role, and change accounts that have it.
func (r Rights) MayKeep(role Role) bool { return r.MaySee(PeopleData) && r.in(table.keepers[role]) }

// checkKeep gives NotAllowed for a change to an account that has these roles, or would have them.
func (r Rights) checkKeep(roles []Role) error {
	for _, role := range roles {
		if !r.MayKeep(role) {
			return NotAllowed{Needs: table.keepers[role].roles}
		}
	}
	if !r.MaySee(PeopleData) {
		return NotAllowed{Needs: PeopleData.Roles()}
	}
	return nil
}

// MayChange tells whether the person may keep all roles of the account, and so may change it.
func (r Rights) MayChange(a Account) bool { return r.checkKeep(a.Roles) == nil }

func (r Rights) in(a audience) bool {
	return r.isIn(a) && !slices.ContainsFunc(r.also, func(other Rights) bool { return !other.in(a) })
}

func (r Rights) isIn(a audience) bool {
	switch {
	case a.anyone:
		return true
	case !r.signedIn:
		return false
	case a.signedIn:
		return true
	}
	return slices.ContainsFunc(r.roles, func(role Role) bool { return slices.Contains(a.roles, role) })
}

// HasRow tells whether the table has a row for the page.
func (p Page) HasRow() bool {
	_, ok := table.pages[p]
	return ok
}

// OpenToAnyone tells whether the page needs no sign-in.
func (p Page) OpenToAnyone() bool { return table.pages[p].anyone }

// Roles gives the roles that open the page; empty where it needs none.
func (p Page) Roles() []Role { return table.pages[p].roles }

// Roles gives the roles that see data of the class; empty where it needs none.
func (c Class) Roles() []Role { return table.classes[c].roles }
