package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/web"
)

// ServeCmd is `signpost serve`.
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
	UploadPace   int64          `help:"Kilobytes a second that an upload must bring, looked at over --upload-patience; 16 unless told." default:"16" placeholder:"KIB"`
	UploadWait   time.Duration  `name:"upload-patience" help:"How long an upload may bring less than --upload-pace before it is ended; a minute unless told." default:"60s" placeholder:"DURATION"`
	CodeLife     time.Duration  `name:"setup-code-life" help:"How long the code for the first administrator is good; then another one is printed." default:"1h" placeholder:"DURATION"`
	TrustedProxy []netip.Prefix `help:"Network whose X-Forwarded-For and X-Forwarded-Proto are believed; repeat for several." placeholder:"CIDR"`

	LimitFlags    `embed:""`
	MailFlags     `embed:""`
	DispatchFlags `embed:""`
}

// Bounds on slow or hostile clients. Answers have deadlines of their own.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second
)

// isCountry also accepts an empty country.
func isCountry(text string) bool { return text == "" || twoLetters.MatchString(text) }

var twoLetters = regexp.MustCompile(`^[A-Za-z]{2}$`)

// Run serves until it is told to stop.
func (s *ServeCmd) Run() error {
	limitMemory(portalMemory)
	log := newLog(os.Stderr, slog.LevelInfo)
	ctx, stop := untilStopped(context.Background(), log)
	defer stop()
	if err := s.check(); err != nil {
		return err
	}
	// A start that cannot listen, because another serve has the address, must change nothing in the folder. So
	// this comes first.
	listener, err := s.bind()
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // it is closed already where it was served
	context.AfterFunc(ctx, func() { endInTime(log) })
	err = s.run(ctx, listener, log)
	if err != nil && ctx.Err() != nil {
		log.Error("stopping", "error", err)
		return nil // told to stop: the log has the failures
	}
	return err
}

// check finds mistakes in the flags that the flags' types cannot find.
func (s *ServeCmd) check() error {
	switch {
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return usageError{errors.New("--tls-cert and --tls-key go together")}
	case !isCountry(s.HomeCountry):
		return usageError{errors.New("--home-country takes the two letters of a country, such as NO")}
	case s.Reserve < 0:
		return usageError{errors.New("--reserve takes a number of megabytes, 0 for none")}
	case s.Tenant != "" && !store.IsGUID(s.Tenant):
		return usageError{errors.New("--tenant takes the ID of a tenant, such as 6f1c2a3b-1111-4222-8333-944455566677")}
	case s.CodeLife <= 0:
		return usageError{errors.New("--setup-code-life takes a time, such as 1h")}
	case s.MaxUpload < 1 || s.MaxUnpacked < 1:
		return usageError{errors.New("--max-upload and --max-unpacked take a number of megabytes, 1 at least")}
	case s.UploadPace < 1 || s.UploadWait < time.Millisecond:
		return usageError{errors.New("--upload-pace takes a number of kilobytes, 1 at least, and --upload-patience a time such as 60s")}
	}
	if s.WebhookSecret != "" && s.PublicURL == "" {
		return usageError{errors.New("--webhook-secret needs --public-url: webhooks have links to the portal")}
	}
	return errors.Join(s.LimitFlags.check(), s.MailFlags.check(), s.DispatchFlags.check())
}

// run opens the stores and serves them on the listener until the context ends.
func (s *ServeCmd) run(ctx context.Context, listener serverListener, log *slog.Logger) error {
	db, err := datafolder.Open(ctx, s.Data, kinds.Catalog, importer.Decoder(kinds.Catalog), datafolder.WithLog(log), datafolder.WithReserve(s.Reserve<<20, true))
	if err != nil {
		return err
	}
	defer closeLogged(log, "close the store", db)
	people, err := portal.Open(ctx, s.Data, portal.WithLog(log))
	if err != nil {
		return err
	}
	defer closeLogged(log, "close the accounts", people)

	accounts := auth.NewAccounts(people, time.Now, s.Demo)
	accounts.LogTo(log)
	accounts.FindUsersBy(findUsers(db, s.Tenant))
	defer settleAccounts(ctx, accounts, settleEvery, log)() // ends before the store closes
	config := web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Log: log, Access: db.Access(), Settings: people, TrustedProxies: s.TrustedProxy,
		Sessions: auth.NewSessions(people, accounts, time.Now, auth.SessionOptions{}), Static: static.Handler(), Closing: ctx.Done(),
		Preferences: people, Views: people, Answers: people, Triage: people, Imports: db, Coverage: db, Unread: importer.Unread(kinds.Catalog), Lacks: importer.Lacks, Misread: importer.Misread(kinds.Catalog), HomeCountry: strings.ToUpper(s.HomeCountry),
		PastImports: db, Limits: s.LimitFlags.web(), DiskFull: db.DiskFull, Ready: func(ctx context.Context) error { return errors.Join(db.Ping(ctx), people.Ping()) },
	}
	config.Mails, config.Subscriptions = people, people
	hooks, err := s.webhooks()
	if err != nil {
		return err
	}
	config.Sends = web.Sends{Webhooks: hooks != nil, Folder: s.ReportsFolder != ""}
	config.Mappings, config.LookAtFile = people, lookAtFile
	switch sender, ok, err := s.sender(); {
	case err != nil:
		return err
	case ok:
		config.MailServer = s.server(sender)
		defer s.sendMails(ctx, sender, db, people, log)() // ends before the store closes
	}
	turn := newImportTurn()
	limits := web.ImportLimits{Upload: s.MaxUpload << 20, Unpacked: s.MaxUnpacked << 20, Pace: s.UploadPace << 10, Patience: s.UploadWait}
	config.Uploads, err = web.NewUploads(pageImporter{db, turn, limits.Unpacked, people.Mappings}, filepath.Join(s.Data, "uploads"), limits, time.Now, log)
	if err != nil {
		return err
	}
	defer config.Uploads.Close() // ends before the store closes
	if s.Demo {
		loader, err := newDemoLoader(ctx, s.Data, db, turn, log)
		if err != nil {
			return err
		}
		defer closeLogged(log, "let go of the demo", loader)
		if config.DemoAccounts, err = ensureDemoAccounts(ctx, accounts); err != nil {
			return err
		}
		config.Progress = loader.progress
		defer inBackground(ctx, loader.load)() // ends before the store closes
	}
	server := web.New(config)
	stopSending, err := s.sendSubscriptions(ctx, server, accounts, people, hooks, log)
	if err != nil {
		return err
	}
	defer stopSending()                             // ends before the store closes
	defer inBackground(ctx, server.KeepRiskReady)() // likewise
	return s.answer(ctx, listener, server, config.Setup, log)
}

// inBackground runs something until its caller calls the returned function, which waits for its end.
func inBackground(ctx context.Context, run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		run(ctx)
	}()
	return func() { cancel(); <-stopped }
}

func closeLogged(log *slog.Logger, doing string, store io.Closer) {
	if err := store.Close(); err != nil {
		log.Error(doing, "error", err)
	}
}
