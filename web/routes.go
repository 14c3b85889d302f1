package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/export"
	"signpost/views"
)

// routes registers every address of the portal. Each names its page of the authorization table.
func (s *Server) routes() {
	s.get(static.Prefix+"*", auth.PageStatic, echo.WrapHandler(s.Static))
	s.get(views.WidthsPath+":widths", auth.PageStatic, s.widthsSheet)
	s.get("/healthz", auth.PageHealth, s.healthz)
	s.get("/readyz", auth.PageHealth, s.readyz)

	s.get("/signin", auth.PageSignIn, s.signInPage)
	s.post("/signin", auth.PageSignIn, s.signIn)
	s.post("/signout", auth.PageSignOut, s.signOut)
	s.get("/setup", auth.PageSetup, s.setupPage)
	s.post("/setup", auth.PageSetup, s.setup)
	s.post("/theme", auth.PageTheme, s.theme)
	s.post("/preferences", auth.PagePreferences, s.preferences)
	s.get("/progress", auth.PageProgress, s.progress)

	s.get("/", auth.PageHome, s.home)
	s.get(views.HelpPath, auth.PageHelp, s.help)
	s.get("/help/keys", auth.PageHelp, s.helpKeys)
	s.get("/help/backup", auth.PageHelp, s.helpBackup)
	s.get("/logs/:log", auth.PageLogs, s.logs)
	s.get("/logs/:log/follow", auth.PageLogs, s.follow)
	s.post("/logs/:log/columns", auth.PageLogs, s.columns)
	s.get("/logs/:log/views", auth.PageLogs, s.viewsPanel)
	s.post("/logs/:log/views", auth.PageLogs, s.keepView)
	s.get("/logs/:log/views/:view", auth.PageLogs, s.openView)
	s.post("/logs/:log/views/:view", auth.PageLogs, s.changeView)
	for _, format := range export.Formats() {
		s.get("/logs/:log/"+format.Path(), auth.PageLogs, s.export(format))
	}
	s.get("/logs/:log/:id", auth.PageLogs, s.signInDetails)
	s.get(views.ComparePath, auth.PageCompare, s.compare)
	s.get("/search", auth.PageSearch, s.search)
	s.get(views.DiagnosticPath, auth.PageDiagnostic, s.diagnostic)
	s.get(views.FlaggedPath, auth.PageFlagged, s.flagged)
	s.riskySignInRoutes()
	s.protectionOverview()
	s.insightsRoutes()
	s.riskyRoutes()
	s.documentRoutes()
	s.get(views.SourcesPath, auth.PageSources, s.sources)
	s.get("/import", auth.PageImport, s.importPage)
	s.post("/import", auth.PageImport, s.upload)
	s.get("/import/run", auth.PageImport, s.importRun)
	s.post("/import/run", auth.PageImport, s.stopImport)
	s.get(views.ExplainURL(), auth.PageImport, s.explained)
	s.post(views.ExplainURL(), auth.PageImport, s.uploadToExplain)
	s.post(views.KeptUploadURL(), auth.PageImport, s.importKept)
	s.get(views.MapPath, auth.PageImport, s.mapPage)
	s.post(views.MapPath, auth.PageImport, s.mapFile)
	s.get(views.MappingsPath, auth.PageImport, s.mappings)
	s.post(views.MappingsPath, auth.PageImport, s.changeMapping)
	s.get(views.MappingsPath+"/:id", auth.PageImport, s.mappingPage)
	s.post(views.MappingsPath+"/:id", auth.PageImport, s.saveMapping)
	s.get("/import/:id", auth.PageImport, s.pastImport)
	s.get(rejectedPath, auth.PageImport, s.rejectedRecords)
	s.get("/settings", auth.PageAccount, s.settings)
	s.get("/settings/account", auth.PageAccount, s.ownAccount)
	s.post("/settings/account/password", auth.PageAccount, s.changeOwnPassword)
	s.post("/settings/account/sessions", auth.PageAccount, s.endOwnSession)
	s.post(views.OwnMailPath, auth.PageAccount, s.setOwnMail)
	s.get(views.MailSettingsPath, auth.PageSettings, s.mailSettings)
	s.get(views.WatchesPath, auth.PageWatches, s.watches)
	s.post(views.WatchesPath, auth.PageWatches, s.addWatch)
	s.get(views.NewWatchPath, auth.PageWatches, s.newWatch)
	s.get(views.WatchesPath+"/:id", auth.PageWatches, s.oneWatch)
	s.post(views.WatchesPath+"/:id", auth.PageWatches, s.changeWatch)
	s.get(views.AlertSettingsPath, auth.PageSettings, s.alertSettings)
	s.post(views.AlertSettingsPath, auth.PageSettings, s.setAlertSettings)
	s.get("/settings/sessions", auth.PageSettings, s.sessions)
	s.post("/settings/sessions", auth.PageSettings, s.endSession)
	s.get(views.AccessSettingsPath, auth.PageSettings, s.accessSettings)
	s.post(views.AccessSettingsPath, auth.PageSettings, s.setAccessSettings)
	s.get(views.InsightSettingsPath, auth.PageSettings, s.insightSettings)
	s.post(views.InsightSettingsPath, auth.PageSettings, s.setInsightSettings)
	s.get(views.ActivitySettingsPath, auth.PageNames, s.activitySettings)
	s.post(views.ActivitySettingsPath, auth.PageNames, s.setActivitySettings)
	s.get("/settings/people", auth.PageSettings, s.people)
	s.get("/settings/people/new", auth.PageSettings, s.newPerson)
	s.post("/settings/people/new", auth.PageSettings, s.addPerson)
	s.get("/settings/people/:id", auth.PageSettings, s.person)
	s.post("/settings/people/:id", auth.PageSettings, s.editPerson)
	s.post("/settings/people/:id/password", auth.PageSettings, s.setPersonPassword)
	s.post("/settings/people/:id/scope", auth.PageSettings, s.setPersonScope)
	s.get("/settings/people/:id/disable", auth.PageSettings, s.confirmPerson(doDisable))
	s.post("/settings/people/:id/disable", auth.PageSettings, s.disablePerson)
	s.post("/settings/people/:id/enable", auth.PageSettings, s.enablePerson)
	s.get("/settings/people/:id/remove", auth.PageSettings, s.confirmPerson(doRemove))
	s.post("/settings/people/:id/remove", auth.PageSettings, s.removePerson)
	s.get("/errors", auth.PageErrors, s.errors)
	s.get("/errors/:code", auth.PageErrors, s.errorCode)
	s.get("/users", auth.PageUsers, s.users)
	s.get("/users/:id", auth.PageUsers, s.user)
	s.get("/users/:id/timeline", auth.PageUsers, s.userTimeline)
	s.get("/groups", auth.PageGroups, s.groups)
	s.get("/groups/:id", auth.PageGroups, s.group)
	s.get("/apps", auth.PageApps, s.apps)
	s.get("/apps/:id", auth.PageApps, s.app)
	s.get("/me", auth.PageMe, s.me)
	for _, format := range views.MeFormats() {
		s.get("/me/export."+string(format), auth.PageMe, s.meExport(format))
	}
	s.get(views.LookedPath, auth.PageMe, s.meLooked)
	s.get("/me/:id", auth.PageMe, s.meDetails)
	s.post("/me/:id", auth.PageMe, s.answerSignIn)
	s.get("/helpdesk", auth.PageHelpdesk, s.helpdesk)
	s.get("/helpdesk/:id", auth.PageHelpdesk, s.helpdeskSignIn)
	s.get(views.TriagePath, auth.PageTriage, leadTo(views.ProtectionPath))
	s.post(views.TriagePath, auth.PageTriage, s.triage)
	s.get(views.ProtectionReportedPath, auth.PageReported, s.reported)
	s.get(views.ReportedPath, auth.PageReported, s.formerReported)
	s.get(views.ReportedPath+"/:report", auth.PageReported, leadTo(views.ProtectionReportedPath))
	s.post(views.ReportedPath+"/:report", auth.PageReported, s.decideReport)
}

// leadTo answers at the address of a form that leads to a page, as it does where the form is refused or asks once more. A browser reads that
// address when a person signs in again there, or types it.
func leadTo(address string) echo.HandlerFunc {
	return func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, address) }
}

// get registers a page for reading; HEAD asks whether it exists.
func (s *Server) get(path string, page auth.Page, h echo.HandlerFunc) {
	s.register(http.MethodGet, path, page, h)
	s.register(http.MethodHead, path, page, h)
}

// post registers a change.
func (s *Server) post(path string, page auth.Page, h echo.HandlerFunc) {
	s.register(http.MethodPost, path, page, h)
}

// register is the only way to add a route. A page without a row in the authorization table is a mistake of the program and
// stops it at start.
func (s *Server) register(method, path string, page auth.Page, h echo.HandlerFunc) {
	if !page.HasRow() {
		panic("web: route " + path + " has no row in the authorization table")
	}
	s.pages[method+" "+path] = page
	s.echo.Add(method, path, h, s.authorize(page))
}

// home leads to the first page its reader may open.
func (s *Server) home(c echo.Context) error {
	if logs := s.logLinks(c); len(logs) > 0 {
		return c.Redirect(http.StatusSeeOther, logs[0].Address)
	}
	if viewer(c).Rights.MayOpen(auth.PageHelpdesk) {
		return c.Redirect(http.StatusSeeOther, views.HelpdeskURL())
	}
	return c.Redirect(http.StatusSeeOther, "/me")
}

func (s *Server) healthz(c echo.Context) error {
	return c.String(http.StatusOK, "alive\n")
}

// readyz asks both stores the cheapest question there is, and asks whether they can store data.
func (s *Server) readyz(c echo.Context) error {
	ctx := c.Request().Context()
	_, _, err := s.Store.Newest(ctx, store.Interactive)
	if err == nil && s.Ready != nil {
		err = s.Ready(ctx)
	}
	if err == nil {
		_, err = s.Accounts.Exist(ctx)
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "the store does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
