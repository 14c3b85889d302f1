package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store/portal"
	"signpost/web"
	"signpost/web/dispatch"
	"signpost/web/mail"
)

// DispatchFlags say where schedules and watches can send besides mail.
type DispatchFlags struct {
	WebhookSecret string `name:"webhook-secret" help:"Where the secret that signs webhooks is: @FILE, or env:NAME for an environment variable; without it there are no webhooks." placeholder:"@FILE|env:NAME"`
	WebhookCA     string `name:"webhook-ca" help:"Certificates (PEM) to trust for webhooks, in place of the system's." type:"existingfile" placeholder:"FILE"`
	ReportsFolder string `name:"reports-folder" help:"The one folder that schedules may write files into; without it they write none." type:"existingdir" placeholder:"DIR"`
}

// minSecret is the least length of the secret: a shorter one could be guessed from a signature.
const minSecret = 16

func (f DispatchFlags) check() error {
	switch {
	case f.WebhookCA != "" && f.WebhookSecret == "":
		return usageError{errors.New("--webhook-ca needs --webhook-secret")}
	case f.WebhookSecret != "" && !strings.HasPrefix(f.WebhookSecret, "@") && !strings.HasPrefix(f.WebhookSecret, "env:"):
		return usageError{errors.New("--webhook-secret takes @FILE or env:NAME, not the secret itself")}
	}
	return nil
}

// webhooks gives the caller of webhooks; nil where there is no secret.
func (f DispatchFlags) webhooks() (*dispatch.Webhooks, error) {
	if f.WebhookSecret == "" {
		return nil, nil
	}
	secret, err := secretFrom(f.WebhookSecret)
	if err != nil {
		return nil, fmt.Errorf("read the secret of webhooks: %w", err)
	}
	if len(secret) < minSecret {
		return nil, fmt.Errorf("the secret of webhooks has fewer than %d characters: see --webhook-secret", minSecret)
	}
	var roots *x509.CertPool
	if f.WebhookCA != "" {
		text, err := os.ReadFile(f.WebhookCA)
		if err != nil {
			return nil, fmt.Errorf("read the certificates for webhooks: %w", err)
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate: see --webhook-ca", f.WebhookCA)
		}
	}
	return dispatch.NewWebhooks([]byte(secret), roots), nil
}

// secretFrom reads a secret from @FILE or env:NAME; empty where neither is given.
func secretFrom(from string) (string, error) {
	if path, isFile := strings.CutPrefix(from, "@"); isFile {
		text, err := os.ReadFile(path)
		return strings.TrimRight(string(text), "\r\n"), err
	}
	name, _ := strings.CutPrefix(from, "env:")
	return os.Getenv(name), nil
}

// sendSubscriptions runs schedules and watches until its caller calls the returned function.
func (s *ServeCmd) sendSubscriptions(ctx context.Context, server *web.Server, accounts *auth.Accounts, people *portal.DB, hooks *dispatch.Webhooks, log *slog.Logger) (stop func(), err error) {
	d := &dispatch.Dispatcher{
		Portal: server, Subscriptions: people, Accounts: accounts, Settings: people, Webhooks: hooks, Address: s.PublicURL, Now: time.Now, Log: log,
		IsFinal:   func(err error) bool { return errors.Is(err, mail.ErrRefused) },
		IsUnknown: func(err error) bool { return errors.Is(err, mail.ErrUnknown) },
	}
	if s.ReportsFolder != "" {
		if d.Folder, err = filepath.Abs(s.ReportsFolder); err != nil {
			return nil, err
		}
	}
	sender, ok, err := s.sender()
	if err != nil {
		return nil, err
	}
	if ok { // else the interface would hold a mail server that is none
		d.Mailer = sender
	}
	return inBackground(ctx, d.Run), nil
}
