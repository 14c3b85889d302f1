package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"signpost/auth"
	"signpost/static"
)

const bodyLimit = "1M" // of forms; an upload has its own limit

// middleware gives the middleware of every request, the outermost first. The log stands outside of recover, so that a request
// that panicked has its line too.
func (s *Server) middleware() []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		requestID,
		s.requestLog(),
		middleware.RecoverWithConfig(middleware.RecoverConfig{DisableErrorHandler: true, LogErrorFunc: s.logPanic}),
		s.securityHeaders,
		crossOriginProtection(),
		middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Skipper: isUpload, Limit: bodyLimit}),
		s.compress,
		middleware.ContextTimeoutWithConfig(middleware.ContextTimeoutConfig{Skipper: hasNoDeadline, Timeout: s.Timeout, ErrorHandler: nameCancelled}),
		s.loadSession,
		s.tellTriage,
	}
}

// compressed is gzip in a third of the time that the standard library takes for the same bytes. That time is a fifth of a
// page's.
var compressed = func() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(3), gzhttp.EnableZstd(false))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap
}()

// compress sends pages compressed to clients that accept it. A stream stays uncompressed, because it goes live and must not
// wait.
func (s *Server) compress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		if isStream(c) {
			if o, ok := outgoingBeneath(c.Response().Writer); ok {
				o.goLive(s.paceOf(c))
			}
			return next(c)
		}
		response := c.Response()
		plain := response.Writer
		defer func() { response.Writer = plain }()
		compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			response.Writer = w
			err = next(c)
		})).ServeHTTP(plain, c.Request())
		return err
	}
}

// requestID names the request in the log and on the page of an error. The server always makes it: an ID from outside could be
// that of another request. It also stores the context that tells whether the client still waits.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text()[:12])
		c.Set(clientKey, c.Request().Context())
		return next(c)
	}
}

const clientKey = "context of the client"

// clientContext ends when the client goes away or the server cuts it off. The contexts of the work for an answer may end
// before.
func clientContext(c echo.Context) context.Context {
	if ctx, ok := c.Get(clientKey).(context.Context); ok {
		return ctx
	}
	return c.Request().Context()
}

func requestIDOf(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// requestLog writes one line per request, without the query. A search or a next may hold text that nobody else is to read.
func (s *Server) requestLog() echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		HandleError: true, LogStatus: true, LogMethod: true, LogURIPath: true, LogLatency: true,
		LogRemoteIP: true, LogResponseSize: true, LogError: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			level := slog.LevelInfo
			attrs := []slog.Attr{
				slog.String("id", requestIDOf(c)), slog.String("method", v.Method), slog.String("path", v.URIPath),
				slog.Int("status", v.Status), slog.Duration("took", v.Latency), slog.String("ip", v.RemoteIP),
				slog.Int64("bytes", v.ResponseSize),
			}
			if name := viewer(c).Account.Name; name != "" {
				attrs = append(attrs, slog.String("account", name))
			}
			// A success status with an error means that the request failed after the status was out: in the middle of a
			// stream.
			if v.Error != nil && (v.Status >= http.StatusInternalServerError || v.Status < http.StatusBadRequest) {
				level = slog.LevelError
				attrs = append(attrs, slog.String("error", v.Error.Error()))
			}
			s.Log.LogAttrs(clientContext(c), level, "request", attrs...)
			return nil
		},
	})
}

func (s *Server) logPanic(c echo.Context, err error, stack []byte) error {
	s.Log.ErrorContext(context.WithoutCancel(c.Request().Context()), "panic", "id", requestIDOf(c), "error", err, "stack", string(stack))
	return fmt.Errorf("panic: %w", err)
}

// contentSecurityPolicy allows our own files and nothing else: nothing inline, no other host. A script cannot turn a string
// into markup or code, except as static/trusted.js allows.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types default"

func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.isHTTPS(c.Request()) {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		// Pages are for their reader only: no cache between may store them. Static files set their own header.
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// crossOriginProtection refuses changes that another site's page asks for, by Sec-Fetch-Site or Origin.
func crossOriginProtection() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return echo.NewHTTPError(http.StatusForbidden, "This change was asked for by a page of another site.").SetInternal(err)
			}
			return next(c)
		}
	}
}

// These are the session cookie's names. Only this very host can have set a __Host- cookie, over HTTPS.
const (
	plainCookie  = "signpost"
	secureCookie = "__Host-signpost"
)

func (s *Server) cookieName(r *http.Request) string {
	if s.isHTTPS(r) {
		return secureCookie
	}
	return plainCookie
}

const sessionEndedKey = "session ended"

// loadSession finds the viewer. A cookie without a session means a signed-out viewer.
func (s *Server) loadSession(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if needsNoSession(r.URL.Path) {
			return next(c)
		}
		r = auth.WithClient(r, auth.Client{Address: c.RealIP(), Browser: r.UserAgent()})
		c.SetRequest(r)
		actor := auth.Actor{Address: c.RealIP(), Request: requestIDOf(c)}
		if who, ok := readersOf(r.Context()); ok {
			v := s.together(r.Context(), who)
			c.Set(viewerKey, v)
			c.SetRequest(r.WithContext(asPerson(r.Context(), v.Account.ID)))
			return next(c)
		}
		session, err := s.Sessions.Get(r, s.cookieName(r))
		account, signedIn := auth.SessionAccount(session)
		switch {
		case err == nil, errors.Is(err, auth.ErrForeignCookie):
		case errors.Is(err, auth.ErrSessionEnded):
			c.Set(sessionEndedKey, true)
		case errors.Is(err, auth.ErrUseNotNoted):
			s.Log.WarnContext(r.Context(), "session", "id", requestIDOf(c), "error", err)
		default:
			return err
		}
		if signedIn {
			record := auth.SessionOf(session)
			c.SetRequest(r.WithContext(asPerson(r.Context(), account.ID)))
			c.Set(viewerKey, Viewer{
				Account: account, Rights: account.Rights(), guardsNames: s.guardsNames(r.Context(), account.Rights()),
				Preferences: record.Preferences, LogsAddress: record.LogsAddress, session: record,
			})
			actor.Name = account.Name
		}
		c.SetRequest(c.Request().WithContext(auth.WithActor(c.Request().Context(), actor)))
		return next(c)
	}
}

func needsNoSession(path string) bool {
	return strings.HasPrefix(path, static.Prefix) || path == "/healthz" || path == "/readyz"
}

// authorize lets through the viewers that the authorization table lets in. For a signed-out viewer a page leads to the sign-in
// page and back, and a fragment makes its page go there. A download is refused, or the page would be saved as the file.
func (s *Server) authorize(page auth.Page) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			v := viewer(c)
			switch {
			case v.Rights.MayOpen(page):
				if _, err := url.ParseQuery(c.Request().URL.RawQuery); err != nil {
					return unreadableAddress(err)
				}
				if !page.OpenToAnyone() && page != auth.PageMe {
					// It stands here, so that no route has to remember it. The own sign-ins take no field at all, and say so.
					if err := s.refuseConditionalAccess(v, c.QueryParams()); err != nil {
						return err
					}
				}
				return next(c)
			case v.Rights.SignedIn():
				return forbidden{needs: page.Roles()}
			case isFragment(c.Request()):
				c.Response().Header().Set("HX-Redirect", signInAddress(c))
				return errSignedOut
			case isDownload(c.Request()):
				return errSignedOut
			}
			return c.Redirect(http.StatusSeeOther, signInAddress(c))
		}
	}
}

// unreadableAddress refuses an address with a part that would be dropped silently: a lone percent sign, or a semicolon.
func unreadableAddress(err error) error {
	return echo.NewHTTPError(http.StatusBadRequest, "The address has a character after its question mark that must be written otherwise: "+
		"a percent sign as %25, a semicolon as %3B. Nothing of it was left out silently.").SetInternal(err)
}

// clientIP trusts only the trusted proxies about the address of a request.
func clientIP(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		p = p.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// isHTTPS says whether the browser spoke HTTPS: to us, or to a trusted proxy that says so.
func (s *Server) isHTTPS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range s.TrustedProxies {
		if p.Contains(peer.Addr().Unmap().WithZone("")) {
			proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
			return strings.EqualFold(strings.TrimSpace(proto), "https")
		}
	}
	return false
}
