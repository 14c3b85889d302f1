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
	"signpost/views"
	"signpost/web/ask"
)

// Config is what a Server is made of.
type Config struct {
	Store store.Store
	// Directory is of the same folder as Store; nil where there is none.
	Directory store.Directory
	Accounts  *auth.Accounts
	Sessions  *auth.Sessions
	Setup     *auth.Setup
	// Preferences and Views are what is kept for each person.
	Preferences auth.PreferenceStore
	Views       auth.ViewStore
	// Answers is what people say of their own sign-ins, and what administrators make of it.
	Answers auth.AnswerStore
	// Access takes who looked at whose data; nil where nobody keeps it. Where it fails, nothing of others is shown.
	Access AccessLog
	// Settings are those of the portal; nil where nobody keeps any.
	Settings auth.SettingsStore
	// Mails is what waits to be mailed; nil where nobody keeps any. MailServer is how mails are sent; nil for not at all.
	Mails      auth.MailStore
	MailServer *views.MailServer
	// HomeCountry is the two letters of the country that the tenant's people sign in from. Where it is empty, the commonest of
	// the interactive log stands for it.
	HomeCountry string
	// Imports is the ledger of imported files, for evidence; nil for none.
	Imports store.Ledger
	// Unread gives what a document holds around a sign-in, and what no field of a sign-in is read from. Nil stands for one that
	// gives nothing, as it does for the two below.
	Unread func(doc []byte) (envelope, unknown []store.KeyValue)
	// Misread gives the properties that a document holds in a shape that is not read.
	Misread func(doc []byte) []*store.Property
	// Lacks gives the properties that the export a document comes from cannot have, and that export's name. It gives no name
	// where nothing is known of it.
	Lacks func(doc []byte) (export string, properties []*store.Property)
	// Uploads takes files to be imported, and PastImports knows what came of those before; both nil for a portal without
	// an import page.
	Uploads     *Uploads
	PastImports store.ImportHistory
	// Ready says why the stores do not keep what is written; nil where they always do.
	Ready func(context.Context) error
	// DiskFull says that there is no room for anything new; nil where that is not known.
	DiskFull func() bool
	// Static serves everything under static.Prefix.
	Static http.Handler
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// Log takes one line per request and what goes wrong; slog.Default where nil.
	Log *slog.Logger
	// TrustedProxies are the networks that are believed in X-Forwarded-For and X-Forwarded-Proto.
	TrustedProxies []netip.Prefix
	// DemoAccounts are listed on the sign-in page; empty outside demo mode.
	DemoAccounts []views.DemoAccount
	// Progress tells how far the demo tenant is loaded; nil, or giving nil, where nothing is loading.
	Progress func() *views.Progress
	// Closing is closed when the server is about to stop, which ends the streams of news; nil for never.
	Closing <-chan struct{}
	// Timeout is how long a request may take; 15 seconds where zero.
	Timeout time.Duration
	// Limits bound what one person or client may take from the others.
	Limits Limits
}

const defaultTimeout = 15 * time.Second

// Server is the portal as an http.Handler.
type Server struct {
	Config
	echo *echo.Echo
	// pages is which row of the authorization table each route belongs to, by its pattern.
	pages map[string]auth.Page
	// looks are how the kinds of the store's catalog are shown.
	looks views.Looks
	sizes fileSizes
	atlas ask.Atlas
	// reasons are why people opened what they did.
	reasons reasons
	// downloads counts the files that are on their way.
	downloads *downloads
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
		c.Lacks = func([]byte) (export string, properties []*store.Property) { return "", nil }
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	c.Limits = c.Limits.orUsual()
	s := &Server{Config: c, echo: echo.New(), pages: map[string]auth.Page{}, downloads: newDownloads(c.Limits)}
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
