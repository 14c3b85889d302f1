package ask

import (
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// trace is an interactive success from Oslo, some minutes before noon.
func trace(minutes int) store.Trace {
	s := oslo(signIn(minutes, -minutes))
	return store.TraceOf(store.KeyAt(s.Time), []*store.SignIn{&s})
}

// An answer holds for sign-ins of a place or a device. A system alone is that of a stranger too.
func TestAnswersHoldForKnownOrigins(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what string
		make func(*store.Trace)
		want bool
	}{
		{"a place", func(*store.Trace) {}, true},
		{"a device", func(t *store.Trace) { t.Location, t.DeviceID = store.Place{}, "d1" }, true},
		{"a system alone", func(t *store.Trace) { t.Location, t.OperatingSystem = store.Place{}, "Windows" }, false},
		{"nothing", func(t *store.Trace) { t.Location = store.Place{} }, false},
	} {
		answered, other := trace(10), trace(20)
		test.make(&answered)
		test.make(&other)
		own := OwnSignIns{
			history: []store.Trace{answered, other}, marks: make([][]store.Mark, 2),
			said: map[store.Cursor]auth.SignInAnswer{answered.Cursor(): {Mine: true, Answered: noon}},
		}
		own.cover()
		if got := own.isCovered(&other); got != test.want {
			t.Errorf("%s: the answer holds for the other sign-in: %t, want %t", test.what, got, test.want)
		}
	}
}

// The sign-in before a question is one that the person did not report.
func TestBeforeAQuestionIsNoReportedSignIn(t *testing.T) {
	t.Parallel()
	for state, want := range map[auth.ReportState]int{auth.ReportOpen: 2, auth.ReportDismissed: 1} {
		own := OwnSignIns{history: []store.Trace{trace(10), trace(20), trace(30)}, marks: make([][]store.Mark, 3)}
		own.said = map[store.Cursor]auth.SignInAnswer{own.history[1].Cursor(): {State: state, Answered: noon.Add(time.Hour)}}
		q := OwnQuestion{OwnSignIn: OwnSignIn{Trace: own.history[0]}}
		own.tellAround(&q)
		if q.Before == nil || q.Before.Cursor() != own.history[want].Cursor() {
			t.Errorf("%s: before is %+v, want sign-in %d", state, q.Before, want)
		}
	}
}
