package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/importer"
	"signpost/store/sqlite"
	"signpost/web"
)

// ServeCmd answers the browser.
type ServeCmd struct {
	Addr         string         `help:"Address to listen on; port 0 picks one." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data         string         `help:"Data folder." default:"./data" type:"path" placeholder:"DIR"`
	Demo         bool           `help:"Serve the made-up tenant; the folder must be empty or a demo's."`
	TLSCert      string         `help:"Certificate (PEM) to answer HTTPS with; needs --tls-key." type:"existingfile" placeholder:"FILE"`
	TLSKey       string         `help:"Private key (PEM) of the certificate." type:"existingfile" placeholder:"FILE"`
	HomeCountry  string         `help:"Two letters of the country that people sign in from; without it, the commonest one of the log." placeholder:"CODE"`
	Tenant       string         `help:"ID of the portal's own tenant: its sign-ins tell which user a user principal name stands for; without it, the tenant that most stored sign-ins name." placeholder:"ID"`
	MaxUpload    int64          `help:"Megabytes that one upload of the import page may have; 2,048 unless told." default:"2048" placeholder:"MIB"`
	MaxUnpacked  int64          `help:"Megabytes that the files of one upload may unpack to; 40,960 unless told." default:"40960" placeholder:"MIB"`
	Reserve      int64          `help:"Megabytes of the disk that are kept back, so that people can sign in while it is full; 64 unless told, 0 for none." default:"64" placeholder:"MIB"`
	TrustedProxy []netip.Prefix `help:"Network whose X-Forwarded-For and X-Forwarded-Proto are believed; repeat for several." placeholder:"CIDR"`
}

// Times that a slow or hostile client may take; answers themselves have deadlines of their own.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 60 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// isCountry takes no country as well.
func isCountry(text string) bool { return text == "" || twoLetters.MatchString(text) }

var twoLetters = regexp.MustCompile(`^[A-Za-z]{2}$`)

// Run serves until it is told to stop.
func (s *ServeCmd) Run() error {
	limitMemory(portalMemory)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return usageError{errors.New("--tls-cert and --tls-key go together")}
	}
	if !isCountry(s.HomeCountry) {
		return usageError{errors.New("--home-country takes the two letters of a country, such as NO")}
	}
	if s.Reserve < 0 {
		return usageError{errors.New("--reserve takes a number of megabytes, 0 for none")}
	}
	if s.Tenant != "" && !store.IsGUID(s.Tenant) {
		return usageError{errors.New("--tenant takes the ID of a tenant, such as 6f1c2a3b-1111-4222-8333-944455566677")}
	}
	if s.MaxUpload < 1 || s.MaxUnpacked < 1 {
		return usageError{errors.New("--max-upload and --max-unpacked take a number of megabytes, 1 at least")}
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	db, err := sqlite.Open(ctx, s.Data, importer.Decode, sqlite.WithLog(log), sqlite.WithReserve(s.Reserve<<20, true))
	if err != nil {
		return err
	}
	defer db.Close()
	portal, err := sqlite.OpenPortal(ctx, s.Data)
	if err != nil {
		return err
	}
	defer portal.Close()

	accounts := auth.NewAccounts(portal, time.Now, s.Demo)
	accounts.FindUsersBy(findUsers(db, s.Tenant))
	defer settleAccounts(ctx, accounts, log)() // stopped before the store closes under it
	config := web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Log: log, TrustedProxies: s.TrustedProxy,
		Sessions: auth.NewSessions(portal, accounts, time.Now, auth.SessionOptions{}), Static: static.Handler(), Closing: ctx.Done(),
		Preferences: portal, Views: portal, Answers: portal, Imports: db, Unread: importer.Unread, Lacks: importer.Lacks, Misread: importer.Misread, HomeCountry: strings.ToUpper(s.HomeCountry),
		PastImports: db, DiskFull: db.DiskFull, Ready: func(ctx context.Context) error { return errors.Join(db.Ping(ctx), portal.Ping()) },
	}
	turn := newImportTurn()
	limits := web.ImportLimits{Upload: s.MaxUpload << 20, Unpacked: s.MaxUnpacked << 20}
	config.Uploads, err = web.NewUploads(pageImporter{db, turn}, filepath.Join(s.Data, "uploads"), limits, time.Now, log)
	if err != nil {
		return err
	}
	defer config.Uploads.Close() // before the store closes under it
	if s.Demo {
		loader, err := newDemoLoader(ctx, s.Data, db, turn, log)
		if err != nil {
			return err
		}
		if config.DemoAccounts, err = ensureDemoAccounts(ctx, accounts); err != nil {
			return err
		}
		config.Progress = loader.progress
		done := make(chan struct{})
		go func() {
			defer close(done)
			loader.load(ctx)
		}()
		defer func() { stop(); <-done }() // before the store closes under it
	}
	return s.listen(ctx, web.New(config), config.Setup, log)
}

// listen answers on the address until the context ends.
func (s *ServeCmd) listen(ctx context.Context, handler http.Handler, setup *auth.Setup, log *slog.Logger) error {
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	scheme := "http"
	if s.TLSCert != "" {
		certificate, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
		if err != nil {
			return errors.Join(fmt.Errorf("read the certificate: %w", err), listener.Close())
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
		scheme = "https"
	}
	url := scheme + "://" + listener.Addr().String()
	if open, err := setup.Open(ctx); err != nil {
		return errors.Join(err, listener.Close())
	} else if open {
		fmt.Fprintf(os.Stderr, "first administrator: %s/setup code %s\n", url, setup.Code())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Printf("listening on %s\n", url)
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	goodbye, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return server.Shutdown(goodbye)
}
