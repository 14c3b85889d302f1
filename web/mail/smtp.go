package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"signpost/auth"
	"signpost/store"
)

// Security is the protection of the connection to the mail server.
type Security string

// These are the protections of the connection.
const (
	STARTTLS Security = "starttls" // a plain connection that must become an encrypted one
	TLS      Security = "tls"      // encrypted from the start
	None     Security = "none"
)

// SMTP sends mails through a mail server.
type SMTP struct {
	Host     string
	Port     int
	Security Security
	// User and Password sign in; both are empty where the server asks for none. No page shows the password.
	User, Password string
	From           string
	// Config overrides the settings of TLS; nil for the usual ones.
	Config *tls.Config
}

const (
	// dialPatience bounds each step of a connection. A step that sends a file has the file's time on top.
	dialPatience = 20 * time.Second
	// slowest is how many bytes a second of a file pass at the least.
	slowest = 48 << 10
	// grace is how long a mail that is being handed over may go on after the portal began to stop.
	grace = 2 * time.Second
)

// Send sends one mail. The same mail always has the same message ID, so that a mail server recognises a second
// attempt.
func (s SMTP) Send(ctx context.Context, m auth.Mail) error {
	message := gomail.NewMsg()
	if err := message.From(s.From); err != nil {
		return fmt.Errorf("the address that mails come from: %w", err)
	}
	if err := message.To(m.To); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	message.Subject(m.Subject)
	name := m.Key
	if name == "" {
		name = fmt.Sprintf("%d.%d", m.ID, m.Created.UnixMicro())
	}
	message.SetMessageIDWithValue("signpost." + name + "@" + s.Host)
	message.SetDateWithValue(m.Created)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, m.Body)
	if a := m.Attachment; a != nil {
		if err := message.AttachReader(a.Name, bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.Type))); err != nil {
			return fmt.Errorf("attach the file: %w", err)
		}
	}
	client, err := gomail.NewClient(s.Host, append(s.options(), gomail.WithTimeout(patience(m.Attachment)))...)
	if err != nil {
		return fmt.Errorf("the mail server: %w", err)
	}
	connection, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer hangUp(ctx, connection)()
	err = client.SendWithSMTPClient(connection, message)
	if message.IsDelivered() {
		return nil
	}
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return err
	}
	switch {
	case failed.Reason == gomail.ErrSMTPRcptTo && !failed.IsTemp():
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case failed.Reason == gomail.ErrSMTPDataClose && failed.ErrorCode() == 0: // the server had all of it, and did not answer
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return err
}

// dial connects and signs in. It ends with the context: nothing was sent by then.
func (s SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	client, err := gomail.NewClient(s.Host, append(s.options(), gomail.WithTimeout(dialPatience))...)
	if err != nil {
		return nil, fmt.Errorf("the mail server: %w", err)
	}
	connected := make(chan *smtp.Client, 1)
	failed := make(chan error, 1)
	go func() {
		failed <- store.Caught(func() error {
			connection, err := client.DialToSMTPClientWithContext(ctx)
			connected <- connection
			return err
		})()
	}()
	select {
	case err := <-failed:
		if err != nil {
			return nil, err
		}
		return <-connected, nil
	case <-ctx.Done():
		go func() {
			if <-failed == nil {
				_ = (<-connected).Text.Close() // nobody waits for it
			}
		}()
		return nil, ctx.Err()
	}
}

// hangUp cuts the connection a moment after the context ends: the library waits for each step of a mail, up to its patience. The
// returned function says farewell.
func hangUp(ctx context.Context, connection *smtp.Client) (end func()) {
	ended, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-ended.Done():
		case <-time.After(grace):
			_ = connection.Text.Close() // the step that waits tells
		}
	})
	return func() {
		if connection.HasConnection() && connection.UpdateDeadline(dialPatience) == nil {
			_ = connection.Quit() // the server has the mail, or its refusal is known
		}
		cancel()
		stop()
		_ = connection.Text.Close() // a farewell closes it too
	}
}

// patience is how long a step may take with a file.
func patience(a *auth.Attachment) time.Duration {
	if a == nil {
		return dialPatience
	}
	return dialPatience + time.Duration(len(a.Content)/slowest)*time.Second
}

func (s SMTP) options() []gomail.Option {
	options := []gomail.Option{gomail.WithPort(s.Port)}
	switch s.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Config != nil {
		options = append(options, gomail.WithTLSConfig(s.Config))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return options
}
