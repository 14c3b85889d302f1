package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/coverage"
	"signpost/views"
	"signpost/web/ask"
)

// Config holds the parts of a Server.
type Config struct {
	Store store.Store
	// Directory belongs to the same folder as Store; nil where there is none.
	Directory store.Directory
	Accounts  *auth.Accounts
	Sessions  *auth.Sessions
	Setup     *auth.Setup
	// Preferences and Views store the choices of each person.
	Preferences auth.PreferenceStore
	Views       auth.ViewStore
	// Answers stores people's answers about their own sign-ins, and administrators' decisions about reports.
	Answers auth.AnswerStore
	// Triage keeps what people decide about risk in this portal; nil where nobody does.
	Triage auth.TriageStore
	// Access records who looked at which data; nil where nobody records it. Where it fails, no data of others is shown.
	Access AccessLog
	// Settings are those of the portal; nil where nobody keeps any.
	Settings auth.SettingsStore
	// Mails holds the waiting mails; nil where there are none. MailServer describes the server that sends them; nil for none.
	Mails      auth.MailStore
	MailServer *views.MailServer
	// Subscriptions keeps schedules and watches; nil where there are none. Sends says where messages can go besides mail.
	Subscriptions auth.SubscriptionStore
	Sends         Sends
	// HomeCountry is the two letters of the country that the tenant's people sign in from. If it is empty, the most frequent
	// one of the interactive log stands for it.
	HomeCountry string
	// Imports is the ledger of imported files, for evidence; nil for none.
	Imports store.Ledger
	// Coverage is the ledger of what imported files cover; nil for none.
	Coverage coverage.Ledger
	// Unread gives the parts of a document around a sign-in, and the keys that no field of a sign-in is read from. Nil stands
	// for a function that gives nothing, here and in the two fields below.
	Unread func(doc []byte) (envelope, unknown []store.KeyValue)
	// Misread gives the properties that a document holds in an unreadable shape.
	Misread func(doc []byte) []*store.Property
	// Lacks gives what the export that a document comes from cannot have. It gives nothing where the export is not known.
	Lacks func(doc []byte) store.Lacking
	// Uploads takes files to be imported, and PastImports knows the results of earlier ones. Both are nil for a portal without
	// an import page.
	Uploads     *Uploads
	PastImports store.ImportHistory
	// Mappings keeps the mappings of files of no known format, and LookAtFile looks at such a file with one. member is the place
	// of a file in an archive; -1 for none. Both are nil where nobody maps.
	Mappings   MappingStore
	LookAtFile func(file UploadedFile, member int, m store.Mapping) (store.MappingLook, error)
	// Ready says why the stores cannot store data; nil where they always can.
	Ready func(context.Context) error
	// DiskFull says that there is no room for new data; nil where that is not known.
	DiskFull func() bool
	// Static serves everything under static.Prefix.
	Static http.Handler
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// Log takes one line per request and the errors; slog.Default where nil.
	Log *slog.Logger
	// TrustedProxies are the networks that may set X-Forwarded-For and X-Forwarded-Proto.
	TrustedProxies []netip.Prefix
	// DemoAccounts are listed on the sign-in page; empty outside demo mode.
	DemoAccounts []views.DemoAccount
	// Progress tells how far the demo tenant is loaded; nil, or giving nil, where nothing is loading.
	Progress func() *views.Progress
	// Closing is closed when the server is about to stop, which ends the streams of news; nil for never.
	Closing <-chan struct{}
	// Timeout is how long a request may take; 15 seconds where zero.
	Timeout time.Duration
	// Limits bound the use by one person or client.
	Limits Limits
}

// Sends says where messages can leave the portal: to webhooks, and into a folder.
type Sends struct{ Webhooks, Folder bool }

const defaultTimeout = 15 * time.Second

// Server is the portal as an http.Handler.
type Server struct {
	Config
	echo *echo.Echo
	// pages gives each route's row of the authorization table, by the route's pattern.
	pages map[string]auth.Page
	// looks say how the kinds of the store's catalog are shown.
	looks views.Looks
	sizes fileSizes
	atlas ask.Atlas
	// riskPlaces are the places of risky sign-ins.
	riskPlaces ask.Atlas
	// reasons are the reasons that people gave for opening data of others.
	reasons reasons
	// downloads counts the files that are being sent.
	downloads *downloads
	riskyKept *ask.RiskyKept
	// openKept has the number of risky users that wait for somebody.
	openKept *ask.OpenKept
}

// New makes the server with all its routes.
func New(c Config) *Server {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	c.Log = slog.New(calm{c.Log.Handler()})
	if c.Directory == nil {
		c.Directory = noDirectory{}
	}
	if c.Unread == nil {
		c.Unread = func([]byte) (envelope, unknown []store.KeyValue) { return nil, nil }
	}
	if c.Misread == nil {
		c.Misread = func([]byte) []*store.Property { return nil }
	}
	if c.Lacks == nil {
		c.Lacks = func([]byte) store.Lacking { return store.Lacking{} }
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	c.Limits = c.Limits.orUsual()
	s := &Server{Config: c, echo: echo.New(), pages: map[string]auth.Page{}, downloads: newDownloads(c.Limits), riskyKept: ask.NewRiskyKept(), openKept: &ask.OpenKept{}}
	if c.Uploads != nil {
		c.Uploads.keepsUnknown = c.Mappings != nil && c.LookAtFile != nil
	}
	s.looks = views.LooksOf(c.Store.Catalog())
	s.Store, s.Directory = fairly(c.Store, c.Directory, c.Limits.Questions)
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.IPExtractor = clientIP(c.TrustedProxies)
	s.echo.Use(s.middleware()...)
	s.routes()
	c.Accounts.OnEvent(s.recordEvent)
	return s
}

// ServeHTTP answers one request. The answer goes out when all handlers have returned: see outgoing.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := &outgoing{ResponseWriter: w, patience: s.Limits.AnswerTimeout}
	s.echo.ServeHTTP(o, r)
	if err := o.send(r.Method); err != nil {
		s.Log.InfoContext(r.Context(), "a client did not take its answer", "id", w.Header().Get(echo.HeaderXRequestID), "error", err)
	}
}
