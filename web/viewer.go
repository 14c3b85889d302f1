package web

import (
	"bytes"
	"context"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// Viewer is the sender of a request, with the account's rights. The zero value is somebody signed out.
type Viewer struct {
	Account auth.Account
	Rights  auth.Rights
	// Preferences are the viewer's choices for every session. LogsAddress is the list that this session opened last.
	Preferences auth.Preferences
	LogsAddress string
	session     auth.SessionRecord
	// guardsNames says that names of files, folders and mails are for Global Administrators alone: see activity_settings.go.
	guardsNames bool
	// readers are the people for whom this process itself asks. others are those among them that are not Account; their limits
	// count too. Both are nil where a browser asks.
	readers *auth.Readers
	others  []auth.Account
}

const viewerKey = "viewer"

// viewer gives the viewer of a request.
func viewer(c echo.Context) Viewer {
	v, _ := c.Get(viewerKey).(Viewer) // absent where no session is read: nobody
	return v
}

// MayReadLogs says whether the tenant's logs may be read.
func (v Viewer) MayReadLogs() bool { return v.Rights.MaySee(auth.LogData) }

// classRows gives the row of the authorization table for each class of the store. A class without a row is for nobody.
var classRows = map[store.Class]auth.Class{
	store.NoClass: auth.LogData, store.TenantLogs: auth.LogData, store.ConditionalAccess: auth.ConditionalAccessData,
	store.AttributeLog: auth.AttributeLogData, store.Secret: auth.SecretData, store.AccessLog: auth.AccessLogData,
	store.Activity: auth.ActivityData, store.Content: auth.ActivityData,
	store.Risk: auth.RiskData,
}

// MaySee says whether the viewer may see data of a class, on any surface where its log may be read.
func (v Viewer) MaySee(c store.Class) bool {
	if c == store.Content && v.guardsNames && !v.Rights.MaySee(auth.ContentData) {
		return false
	}
	return c == store.NoClass || v.Rights.MaySee(classRows[c])
}

// MaySeeConditionalAccess says whether Conditional Access data may be shown, on any surface.
func (v Viewer) MaySeeConditionalAccess() bool { return v.MaySee(store.ConditionalAccess) }

// hidden are the classes that the viewer may not see, and store.Secret, which needs an explicit request: see revealed.
func (v Viewer) hidden() (set store.Classes) {
	for _, c := range store.AllClasses() {
		if !v.MaySee(c) {
			set |= store.ClassesOf(c)
		}
	}
	return set | store.ClassesOf(store.Secret)
}

// revealed is hidden for a viewer who asks for the values of credentials, and may see them.
func (v Viewer) revealed() store.Classes {
	if v.MaySee(store.Secret) {
		return v.hidden().Without(store.Secret)
	}
	return v.hidden()
}

// hiddenOf are the classes of a kind's records that the viewer may not see.
func (v Viewer) hiddenOf(kind *store.Kind) (list []store.Class) {
	for _, c := range store.AllClasses() {
		if kind.Classes().Has(c) && !v.MaySee(c) {
			list = append(list, c)
		}
	}
	return list
}

// MayImport says whether the viewer may bring logs in.
func (v Viewer) MayImport() bool { return v.Rights.MaySee(auth.ImportData) }

// MayManagePeople says whether the viewer may see and change the portal's accounts.
func (v Viewer) MayManagePeople() bool { return v.Rights.MaySee(auth.PeopleData) }

// MayRemoveSharedViews says whether the viewer may delete views that others share.
func (v Viewer) MayRemoveSharedViews() bool { return v.Rights.MaySee(auth.PeopleData) }

// MayDecideReports says whether the viewer may see and decide people's reports about their sign-ins.
func (v Viewer) MayDecideReports() bool { return v.Rights.MaySee(auth.ReportedSignIns) }

// Person gives the person of the viewer's account, which identifies the viewer's own sign-ins. It is empty where it is unknown.
func (v Viewer) Person() store.Person { return store.Person{UserID: v.Account.PersonID()} }

// self gives the viewer of the own sign-ins. It looks once for the user ID of an account that has none yet.
func (s *Server) self(c echo.Context) (v Viewer, err error) {
	v = viewer(c)
	if v.Account.NeedsUserID() {
		err = ask.Together(c.Request().Context(), func(ctx context.Context) (err error) {
			v.Account, err = s.Accounts.Settle(ctx, v.Account)
			return err
		})
		c.Set(viewerKey, v)
	}
	return v, err
}

// accountsBy gives the accounts with the viewer's rights to change them.
func (s *Server) accountsBy(c echo.Context) *auth.Accounts { return s.Accounts.By(viewer(c).Rights) }

// shell gives the frame of a page. active is one of views' navigation entries, or empty.
func (s *Server) shell(c echo.Context, title, active string) views.Shell {
	shell := views.Shell{Title: title, Active: active, Theme: themeOf(c), Here: here(c)}
	v := viewer(c)
	if !v.Rights.SignedIn() {
		return shell
	}
	roles := roleLabels(v.Account.Roles)
	shell.Viewer = &views.Viewer{Name: v.Account.Name, Roles: roles, MayReadLogs: v.MayReadLogs(), MayImport: v.MayImport(), MayManagePeople: v.MayManagePeople(), MayGuardNames: v.Rights.MayOpen(auth.PageNames), MayProtect: v.Rights.MayOpen(auth.PageProtection)}
	shell.Viewer.MayTriage, shell.Told = s.Triage != nil && v.Rights.MayOpen(auth.PageTriage), triageTold(c)
	if shell.Viewer.MayProtect {
		shell.Viewer.OpenRisky = s.openRisky(c)
	}
	if v.MayDecideReports() {
		shell.Viewer.MayDecide, shell.Viewer.OpenReports = true, s.openReports(c)
	}
	if s.Subscriptions != nil && v.Rights.MayOpen(auth.PageWatches) {
		shell.Viewer.MayWatch, shell.Viewer.Notices = true, s.unseenNotices(c)
	}
	shell.Progress, shell.DiskFull = s.progressNow(), s.DiskFull != nil && s.DiskFull()
	shell.Zone, shell.BrowserZone = zoneOf(c)
	shell.Compact = v.Preferences.Compact
	shell.Viewer.Logs = s.logLinks(c)
	shell.Viewer.Pinned = s.pinnedLinks(c)
	shell.Viewer.MayHelp = v.Rights.MaySee(auth.OnePerson)
	shell.Scope = s.scopeText(c)
	return shell
}

// pageBuffers hold pages while they are rendered. A list has 150 KB, and growing a new buffer to that size is a tenth of its work.
var pageBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// greatestPageKept is the capacity in bytes up to which a buffer is used again.
const greatestPageKept = 1 << 20

// render writes a page. It is made whole first, so that an error on the way can still change the status.
func render(c echo.Context, status int, component templ.Component) error {
	page, _ := pageBuffers.Get().(*bytes.Buffer)
	defer func() {
		if page.Cap() <= greatestPageKept {
			page.Reset()
			pageBuffers.Put(page)
		}
	}()
	if err := component.Render(c.Request().Context(), page); err != nil {
		return err
	}
	return c.HTMLBlob(status, views.Visible(page.Bytes()))
}
