package mail

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

// silentServer is a mail server that falls silent: at once, or after it took a whole mail.
func silentServer(t *testing.T, takes bool, silent context.CancelFunc) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close() //nolint:errcheck // the test is over
		if !takes {
			silent()
			_, _ = conn.Read(make([]byte, 1)) // until the client hangs up
			return
		}
		say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
		say("220 example.com")
		inMail := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			switch line := lines.Text(); {
			case inMail && line == ".":
				silent()
			case inMail:
			case strings.EqualFold(line, "DATA"):
				inMail = true
				say("354 go on")
			default:
				say("250 yes")
			}
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// A portal that stops waits for no silent mail server, however large the file of the mail is.
func TestSendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		takes bool
		want  error
	}{{"at once", false, context.Canceled}, {"after it took the mail", true, ErrUnknown}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := SMTP{Host: "127.0.0.1", Port: silentServer(t, test.takes, cancel), Security: None, From: "signpost@example.com"}
			began := time.Now()
			err := s.Send(ctx, auth.Mail{To: "ada@example.com", Subject: "x", Body: "x", Key: "k", Attachment: &auth.Attachment{Name: "x.csv", Type: "text/csv", Content: make([]byte, 4<<20)}})
			if took := time.Since(began); !errors.Is(err, test.want) || took > 3*grace {
				t.Errorf("got %v after %s, want %v", err, took, test.want)
			}
		})
	}
}
