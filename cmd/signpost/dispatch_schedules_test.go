package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"signpost/auth"
	"signpost/store"
	"signpost/web/dispatch"
	"signpost/web/mail"
)

func TestScheduleIsMadeUpOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)), w.failed(w.now.Add(71*time.Hour)))
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.round()
	w.expect("before its time", 0)
	w.later(65*time.Hour + time.Minute) // 7:01 of the third day: two runs were missed
	inbox := w.expect("after a downtime", 1)
	_, name, content := attached(t, inbox[0])
	if rows := bytes.Count(content, []byte("\n")); !strings.HasSuffix(name, ".csv") || rows != 1 {
		t.Errorf("%s has %d rows, want its headings alone: of the day before the last time\n%s", name, rows, content)
	}
	w.begin()
	w.later(time.Hour)
	w.expect("after a restart", 1)
	w.later(23 * time.Hour)
	_, _, content = attached(t, w.expect("the day after", 2)[1])
	if !bytes.Contains(content, []byte("53003")) {
		t.Errorf("the file of the day has %s", content)
	}
	if list := w.deliveries(sub); len(list) != 2 || list[0].State != auth.Delivered || !list[1].Due.Equal(time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("deliveries %+v", list)
	}
}

// A kill while a mail is handed over must not send the mail twice. The page says that its fate is not known.
func TestNothingGoesOutTwiceAfterAKill(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	w.server.refuseWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"})
	w.round()
	one := w.deliveries(sub)[0]
	if one.State != auth.Waiting || !strings.Contains(one.Problem, "come back later") {
		t.Fatalf("the delivery is %+v", one)
	}
	w.server.refuseWith(nil)
	one.State = auth.Handing // as it is while the mail server takes the mail
	if err := w.people.SettleDelivery(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	w.begin()
	w.later(time.Hour)
	w.expect("after the kill", 0)
	texts := w.troubles("after the kill", 1)
	if !strings.Contains(texts[0], "Subject: Perhaps not sent: Failures") || !strings.Contains(plainBody(t, texts[0]), "It may have arrived") {
		t.Errorf("the mail is %s", texts[0])
	}
	if list := w.deliveries(sub); len(list) != 1 || list[0].State != auth.Unknown || list[0].Problem == "" {
		t.Errorf("the deliveries are %+v", list)
	}
}

// stoppingMailer stops the portal while it hands a mail over.
type stoppingMailer struct {
	stop  func()
	fails error
}

func (m stoppingMailer) Send(context.Context, auth.Mail) error {
	m.stop()
	return m.fails
}

// When the portal stops while it hands a mail over, it notes what became of the mail. A mail that did not arrive goes out after the
// next start.
func TestMailUnderWayWhenThePortalStops(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	for _, test := range []struct {
		fails error
		want  auth.DeliveryState
	}{{nil, auth.Delivered}, {mail.ErrUnknown, auth.Unknown}, {errors.New("no connection"), auth.Waiting}} {
		w.now = w.now.Add(24 * time.Hour)
		if err := w.d.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		w.d.Mailer = stoppingMailer{stop, test.fails}
		_ = w.d.Send(ctx) // the next claim finds that the portal stops
		if one := w.deliveries(sub)[0]; one.State != test.want {
			t.Errorf("a mail that ends with %v is %s, want %s", test.fails, one.State, test.want)
		}
	}
	w.begin()
	w.round()
	w.expect("after the next start", 1)
}

// A paused schedule sends nothing, not even a mail that waited for its next attempt.
func TestPausedScheduleSendsNothing(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	w.server.refuseWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"})
	w.round()
	w.server.refuseWith(nil)
	if err := w.people.ChangeSubscription(t.Context(), sub.ID, func(s *auth.Subscription) error { s.Paused = true; return nil }); err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	w.expect("while it is paused", 0)
	if one := w.deliveries(sub)[0]; one.State != auth.Refused || !strings.Contains(one.Problem, "paused") {
		t.Errorf("the delivery is %+v", one)
	}
}

// A mail server that hangs up after it took a mail, or before it says so, gets the mail once.
func TestMailServerThatHangsUpGetsAMailOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	for i, test := range []struct {
		hangsUp string
		want    auth.DeliveryState
	}{{"after", auth.Delivered}, {"before", auth.Unknown}} {
		w.server.hangsUp = test.hangsUp
		w.later(24 * time.Hour)
		if one := w.deliveries(sub)[0]; one.State != test.want || !one.Next.IsZero() {
			t.Errorf("%s its answer: the delivery is %+v", test.hangsUp, one)
		}
		w.later(time.Hour)
		w.expect(test.hangsUp+" its answer", i+1)
	}
}

func TestSchedulesWriteIntoTheFolder(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)))
	sub := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) {
		terms.Name, terms.ByMail, terms.InFolder, terms.Format = "../../etc/x", false, true, "json"
	})
	w.now = sub.Next
	w.round()
	list, err := os.ReadDir(w.folder)
	if err != nil || len(list) != 1 {
		t.Fatalf("the folder has %v, %v", list, err)
	}
	if got, want := list[0].Name(), fmt.Sprintf("etc-x_%d_20261124T070000Z.json", sub.ID); got != want {
		t.Errorf("the file is %s, want %s", got, want)
	}
	text, err := os.ReadFile(filepath.Join(w.folder, list[0].Name()))
	if err != nil || !json.Valid(text) || bytes.Contains(text, []byte("Block Oceania")) || !bytes.Contains(text, []byte("Travel Desk")) {
		t.Errorf("the file has %s, %v", text, err)
	}
	w.d.Folder = filepath.Join(w.folder, "none")
	w.later(24 * time.Hour)
	if one := w.deliveries(sub)[0]; one.State != auth.Waiting || one.Problem == "" || strings.Contains(one.Problem, w.folder) {
		t.Errorf("without its folder %+v", one)
	}
}

// slowPortal makes no file in time. It fails with context.DeadlineExceeded, or with another error.
type slowPortal struct {
	dispatch.Portal
	fails error
}

func (p slowPortal) File(context.Context, auth.Readers, string, string, time.Time, io.Writer) (auth.SentFile, error) {
	return auth.SentFile{}, cmp.Or(p.fails, context.DeadlineExceeded)
}

// A file that takes too long as a whole is not tried again. One that a busy store did not count in time is.
func TestFileThatIsTooSlow(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.d.Portal = slowPortal{Portal: w.portal}
	sub := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { terms.ByMail, terms.InFolder = false, true })
	w.now = sub.Next
	w.round()
	list := w.deliveries(sub)
	if one := list[len(list)-1]; one.State != auth.Failed || !strings.Contains(one.Problem, "Narrow the view") {
		t.Errorf("the delivery is %+v", one)
	}
	w.d.Portal = slowPortal{w.portal, store.ErrTooSlow}
	w.later(24 * time.Hour)
	if one := w.deliveries(sub)[0]; one.State != auth.Waiting || !strings.Contains(one.Problem, "Choose a shorter range") {
		t.Errorf("the delivery is %+v", one)
	}
}

// When a message fails for good, the list says so, and the owner and the administrators are told once.
func TestFailureIsTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.d.Portal = slowPortal{Portal: w.portal}
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"], w.ids["reports"]} })
	w.now = sub.Next
	for range 3 {
		w.later(time.Minute)
	}
	if got, err := w.people.Subscription(t.Context(), sub.ID); err != nil || !strings.Contains(got.Problem, "Narrow the view") {
		t.Errorf("its problem is %q, %v", got.Problem, err)
	}
	for _, name := range []string{"reader", "root"} {
		if list, unseen, err := w.people.Notices(t.Context(), w.ids[name], 10); err != nil || unseen != 1 || !list[0].TellsTrouble() {
			t.Errorf("notices of %s: %+v, %v", name, list, err)
		}
	}
	texts := w.troubles("one for each", 2)
	// The mail has the reason of its time, whatever became of the schedule since then.
	if text := plainBody(t, texts[0]); !strings.Contains(text, "Narrow the view") {
		t.Errorf("the mail is %s", text)
	}
}
