package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// lineStart is when the lines of these tests begin.
var lineStart = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// event is a sign-in of one user to one application and resource, with one correlation ID.
func event(id string, after time.Duration, code int64, changes ...func(*SignIn)) SignIn {
	s := SignIn{
		Log: Interactive, ID: id, Time: lineStart.Add(after), UserID: "u", AppID: "a", ResourceID: "r",
		CorrelationID: "c", ErrorCode: IntOf(code), OriginalRequestID: id,
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// linesOf folds the events (those of one instant stand in the order given) and writes each line as its
// events' ids, oldest first; lines stand in the order of their last events.
func linesOf(t *testing.T, signIns []SignIn) []string {
	t.Helper()
	events := make([]LineEvent, len(signIns))
	for i := range signIns {
		events[i] = LineEventOf(NewKey(signIns[i].Time, uint64(i)), &signIns[i])
	}
	return wordLines(events, Fold(events))
}

func wordLines(events []LineEvent, last []int) []string {
	order := make([]int, len(events))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return events[a].Key.Compare(events[b].Key) })
	members := map[int][]string{}
	for _, i := range order {
		members[last[i]] = append(members[last[i]], events[i].ID)
	}
	var lines []string
	for _, i := range order {
		if ids, ok := members[i]; ok {
			lines = append(lines, strings.Join(ids, " "))
			delete(members, i)
		}
	}
	for i := range members {
		lines = append(lines, fmt.Sprintf("there is no event %d", i))
	}
	return lines
}

func TestFold(t *testing.T) {
	with := func(p *Property, text string) func(*SignIn) { return func(s *SignIn) { *p.Text(s) = text } }
	twentyDenials := make([]SignIn, 0, 21)
	for i := range 20 {
		twentyDenials = append(twentyDenials, event(fmt.Sprintf("d%d", i+1), time.Duration(i)*time.Minute, 500121))
	}
	tests := []struct {
		name   string
		events []SignIn
		want   []string
	}{
		{"nothing", nil, nil},
		{"asked, approved", []SignIn{event("x", 0, 50074), event("y", time.Minute, 0)}, []string{"x y"}},
		{"asked, wrong code, timed out, approved", []SignIn{
			event("x", 0, 50074), event("y", time.Minute, 500121), event("z", 2*time.Minute, 500121), event("yes", 3*time.Minute, 0),
		}, []string{"x y z yes"}},
		{"timed out and given up", []SignIn{event("x", 0, 50076), event("y", time.Minute, 500121)}, []string{"x y"}},
		{"external challenge, then a wrong password", []SignIn{event("x", 0, 50158), event("y", time.Minute, 50126)}, []string{"x y"}},
		{
			"twenty denials and a yes",
			append(slices.Clone(twentyDenials), event("yes", 20*time.Minute, 0)),
			[]string{"d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 d11 d12 d13 d14 d15 d16 d17 d18 d19 d20 yes"},
		},
		{"two successes", []SignIn{event("x", 0, 0), event("y", time.Second, 0)}, []string{"x", "y"}},
		{"two successes around a code", []SignIn{event("x", 0, 0), event("y", time.Second, 50074), event("z", 2*time.Second, 0)}, []string{"x", "y z"}},
		{"a success by statement", []SignIn{
			event("x", 0, 50074, with(StatedStatus, "Success")), event("y", time.Second, 50074), event("z", 2*time.Second, 0),
		}, []string{"x", "y z"}},
		{"interrupted by statement", []SignIn{event("x", 0, 50074, with(StatedStatus, "Interrupted")), event("y", time.Second, 0)}, []string{"x y"}},
		{"another code ends the line", []SignIn{event("x", 0, 50074), event("y", 1, 53003), event("z", 2*time.Second, 0)}, []string{"x y", "z"}},
		{"without a code", []SignIn{event("x", 0, 0, func(s *SignIn) { s.ErrorCode = Int{} }), event("y", time.Second, 0)}, []string{"x", "y"}},
		{"code asked, no code at last", []SignIn{event("x", 0, 50074), event("y", time.Second, 0, func(s *SignIn) { s.ErrorCode = Int{} })}, []string{"x y"}},

		{"15 minutes", []SignIn{event("x", 0, 50074), event("y", 15*time.Minute, 0)}, []string{"x y"}},
		{"a microsecond more", []SignIn{event("x", 0, 50074), event("y", 15*time.Minute+time.Microsecond, 0)}, []string{"x", "y"}},
		{"less than a microsecond more", []SignIn{event("x", 0, 50074), event("y", 15*time.Minute+900, 0)}, []string{"x y"}},
		{"each within 15 minutes of the one before", []SignIn{
			event("x", 0, 50074), event("y", 14*time.Minute, 500121), event("z", 28*time.Minute, 500121), event("yes", 42*time.Minute, 0),
		}, []string{"x y z yes"}},
		{"one correlation ID for weeks", []SignIn{
			event("x", 0, 50074), event("y", time.Minute, 0),
			event("x2", 24*time.Hour, 50074), event("y2", 24*time.Hour+time.Minute, 0), event("x3", 20*24*time.Hour, 50074),
		}, []string{"x y", "x2 y2", "x3"}},

		{"at the same instant, in the order of keys", []SignIn{event("x", 0, 50074), event("y", 0, 500121), event("z", 0, 0)}, []string{"x y z"}},
		{"at the same instant, behind the success", []SignIn{event("z", 0, 0), event("x", 0, 50074)}, []string{"z", "x"}},
		{"before 2015", []SignIn{event("x", -15*365*24*time.Hour, 50074), event("y", -15*365*24*time.Hour+1500, 0)}, []string{"x y"}},

		{"another user", []SignIn{event("x", 0, 50074), event("y", 1e9, 0, with(UserID, "v"))}, []string{"x", "y"}},
		{"another application", []SignIn{event("x", 0, 50074), event("y", 1e9, 0, with(AppID, "b"))}, []string{"x", "y"}},
		{"another resource", []SignIn{event("x", 0, 50074), event("y", 1e9, 0, with(ResourceID, "q"))}, []string{"x", "y"}},
		{"another correlation ID", []SignIn{event("x", 0, 50074), event("y", 1e9, 0, with(CorrelationID, "d"))}, []string{"x", "y"}},
		{"no correlation ID", []SignIn{event("x", 0, 50074, with(CorrelationID, "")), event("y", 1e9, 0, with(CorrelationID, ""))}, []string{"x", "y"}},
		{"no resource", []SignIn{event("x", 0, 50074, with(ResourceID, "")), event("y", 1e9, 0, with(ResourceID, ""))}, []string{"x y"}},
		{"a resource in one of them only", []SignIn{event("x", 0, 50074), event("y", 1e9, 0, with(ResourceID, ""))}, []string{"x", "y"}},
		{"no user", []SignIn{event("x", 0, 50074, with(UserID, "")), event("y", 1e9, 0, with(UserID, ""))}, []string{"x", "y"}},
		{"no application", []SignIn{event("x", 0, 50074, with(AppID, "")), event("y", 1e9, 0, with(AppID, ""))}, []string{"x", "y"}},
		{"a name for want of a user ID", []SignIn{
			event("x", 0, 50074, with(UserID, ""), with(UserPrincipalName, "Ada@example.com")),
			event("y", 1e9, 0, with(UserID, ""), with(UserPrincipalName, "ada@EXAMPLE.com")),
			event("z", 2e9, 50074, with(UserID, ""), with(UserPrincipalName, "bob@example.com")),
		}, []string{"x y", "z"}},
		{"a name that looks like the ID", []SignIn{
			event("x", 0, 50074), event("y", 1e9, 0, with(UserID, ""), with(UserPrincipalName, "u")),
		}, []string{"x", "y"}},
		{"IDs in other casing", []SignIn{
			event("x", 0, 50074, with(CorrelationID, "5f0e3d3c-aaaa-4000-8000-00000000000b")),
			event("y", 1e9, 0, with(UserID, "U"), with(AppID, "A"), with(ResourceID, "R"), with(CorrelationID, "5F0E3D3C-AAAA-4000-8000-00000000000B")),
		}, []string{"x y"}},
		{"texts that are no GUIDs in other casing", []SignIn{
			event("x", 0, 50074), event("y", 1e9, 0, with(CorrelationID, "C")),
		}, []string{"x", "y"}},
		{"an event of another resource between", []SignIn{
			event("x", 0, 50074), event("other", 1e9, 0, with(ResourceID, "q")), event("y", 2e9, 0),
		}, []string{"other", "x y"}},

		{"later names the original request", []SignIn{
			event("x", 0, 50074, with(CorrelationID, "")), event("y", 1e9, 0, with(CorrelationID, ""), with(OriginalRequestID, "x"), with(ResourceID, "q")),
		}, []string{"x y"}},
		{"earlier names the original request", []SignIn{
			event("x", 0, 50074, with(CorrelationID, "c1"), with(OriginalRequestID, "y")), event("y", 1e9, 0, with(CorrelationID, "c2")),
		}, []string{"x y"}},
		{"both name a third", []SignIn{
			event("x", 0, 50074, with(CorrelationID, "c1"), with(OriginalRequestID, "o")), event("y", 1e9, 0, with(CorrelationID, "c2"), with(OriginalRequestID, "o")),
		}, []string{"x", "y"}},
		{"another user's original request", []SignIn{
			event("x", 0, 50074), event("y", 1e9, 0, with(UserID, "v"), with(OriginalRequestID, "x")),
		}, []string{"x", "y"}},
		{"another application's original request", []SignIn{
			event("x", 0, 50074), event("y", 1e9, 0, with(AppID, "b"), with(OriginalRequestID, "x")),
		}, []string{"x", "y"}},
		{"original request too long ago", []SignIn{
			event("x", 0, 50074, with(CorrelationID, "")), event("y", 16*time.Minute, 0, with(OriginalRequestID, "x")),
		}, []string{"x", "y"}},
		{"no original request, ids alike", []SignIn{
			event("x", 0, 50074, with(CorrelationID, ""), with(OriginalRequestID, "")), event("y", 1e9, 0, with(CorrelationID, ""), with(OriginalRequestID, "")),
		}, []string{"x", "y"}},
		{"the nearer of two links", []SignIn{
			event("x", 0, 50074), event("y", 1e9, 0, with(CorrelationID, "d"), with(OriginalRequestID, "x")), event("z", 2e9, 0),
		}, []string{"x y", "z"}},
	}
	for _, test := range tests {
		if diff := gocmp.Diff(test.want, linesOf(t, test.events)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// The portal shows these as lines of their own: they look like a step of a sign-in and are none of MFA's.
func TestInterruptsAreLinesOfTheirOwn(t *testing.T) {
	alone := []int64{50058, 50059, 50072, 50079, 50140, 50199, 16000, 16001, 51006, 65001}
	for code := range interruptedCodes {
		if !slices.Contains(alone, code) && !IsMFACode(IntOf(code)) {
			alone = append(alone, code)
		}
	}
	if got, want := len(alone), len(interruptedCodes); got != want { // without 50074, with 50079, which is Failure
		t.Errorf("%d codes have lines of their own, want %d", got, want)
	}
	for _, code := range alone {
		got := linesOf(t, []SignIn{event("x", 0, code), event("y", time.Second, code), event("z", 2*time.Second, 0)})
		if diff := gocmp.Diff([]string{"x", "y", "z"}, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", code, diff)
		}
	}
	for _, code := range []int64{50074, 50076, 500121, 50158} {
		if !IsMFACode(IntOf(code)) {
			t.Errorf("%d is no MFA code", code)
		}
	}
	if IsMFACode(Int{}) || IsMFACode(IntOf(0)) || IsMFACode(Int{N: 50074}) {
		t.Error("0, or no code, is an MFA code")
	}
}

// foldPlainly is the definition word for word.
func foldPlainly(events []LineEvent) []int {
	linked := func(a, b *LineEvent) bool {
		names := func(a, b *LineEvent) bool {
			return a.OriginalRequest != "" && a.OriginalRequest != a.ID && a.OriginalRequest == b.ID
		}
		return a.User != "" && a.User == b.User && a.App != "" && a.App == b.App &&
			(a.Correlation != "" && a.Correlation == b.Correlation && a.Resource == b.Resource || names(a, b) || names(b, a))
	}
	last := make([]int, len(events))
	for i := range events {
		at := &events[i]
		last[i] = i
		for at.MayFold() {
			var next *LineEvent
			place := 0
			for j := range events {
				e := &events[j]
				if e.Key.After(at.Key) && linked(at, e) && (next == nil || e.Key.Before(next.Key)) {
					next, place = e, j
				}
			}
			if next == nil || next.Key.Time().Sub(at.Key.Time()) > LineGap {
				break
			}
			at, last[i] = next, place
		}
	}
	return last
}

// randomEvents are of a few users within some hours, so that most have a link to others.
func randomEvents(r *rand.Rand, n int) []LineEvent {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	var events []LineEvent
	taken := map[Key]bool{}
	for i := range n {
		at := lineStart.Add(time.Duration(r.IntN(40)) * 5 * time.Minute)
		if r.IntN(2) == 0 {
			at = at.Add(time.Duration(r.IntN(3)-1) * time.Microsecond)
		}
		k := NewKey(at, uint64(r.IntN(5)))
		for ; taken[k]; k = k.Next() {
		}
		taken[k] = true
		events = append(events, LineEvent{
			Key: k, ID: fmt.Sprint(i), User: pick("u", "u", "v", ""), App: pick("a", "a", "a", "b", ""), Resource: pick("r", "r", "q", ""),
			Correlation: pick("c", "c", "d", ""), OriginalRequest: pick("", fmt.Sprint(r.IntN(n)), fmt.Sprint(i)),
			ErrorCode: IntOf([]int64{0, 50074, 50074, 500121, 500121, 50140}[r.IntN(6)]),
		})
	}
	return events
}

func TestFoldIsThePlainDefinition(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		events := randomEvents(r, 1+r.IntN(60))
		want := foldPlainly(events)
		if diff := gocmp.Diff(want, Fold(events)); diff != "" {
			t.Fatalf("seed %d (-plain +Fold):\n%s", seed, diff)
		}
	}
}

// Events arrive in any order and in any batches; the lines depend on the events alone, and each part of the
// log that no link leads out of may be folded by itself.
func TestFoldDependsOnTheEventsAlone(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 8))
		events := randomEvents(r, 50)
		last := map[Key]Key{}
		for i, at := range Fold(events) {
			last[events[i].Key] = events[at].Key
		}
		check := func(how string, some []LineEvent) {
			for i, at := range Fold(some) {
				if k := some[at].Key; k != last[some[i].Key] {
					t.Fatalf("seed %d, %s: event %s folds into %s, not %s", seed, how, some[i].ID, k, last[some[i].Key])
				}
			}
		}
		parts := make([][]LineEvent, 4)
		for _, e := range events {
			part := r.IntN(len(parts))
			parts[part] = append(parts[part], e)
		}
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		check("in batches", slices.Concat(parts...))

		byUser := map[[2]string][]LineEvent{}
		for _, e := range events {
			byUser[[2]string{e.User, e.App}] = append(byUser[[2]string{e.User, e.App}], e)
		}
		for _, some := range byUser {
			slices.SortFunc(some, func(a, b LineEvent) int { return a.Key.Compare(b.Key) })
			for start, i := 0, 1; i <= len(some); i++ {
				if i == len(some) || some[i].Key.Time().Sub(some[i-1].Key.Time()) > LineGap {
					check("by itself", some[start:i])
					start = i
				}
			}
		}
	}
}

// The rule of when events are one line (see Line), checked on lines as they come out.
func TestLinesKeepTheRule(t *testing.T) {
	for seed := range uint64(100) {
		events := randomEvents(rand.New(rand.NewPCG(seed, 9)), 60)
		lines := map[Key][]LineEvent{}
		for i, at := range Fold(events) {
			lines[events[at].Key] = append(lines[events[at].Key], events[i])
		}
		for k, line := range lines {
			slices.SortFunc(line, func(a, b LineEvent) int { return a.Key.Compare(b.Key) })
			if line[len(line)-1].Key != k {
				t.Fatalf("seed %d: the last event of a line is not its last", seed)
			}
			for i, e := range line[:len(line)-1] {
				if !IsMFACode(e.ErrorCode) || e.User != line[i+1].User || e.App != line[i+1].App ||
					line[i+1].Key.Time().Sub(e.Key.Time()) > 15*time.Minute {
					t.Fatalf("seed %d: %+v goes before %+v", seed, e, line[i+1])
				}
			}
		}
	}
}

func TestLineOf(t *testing.T) {
	with := func(detail string, steps ...string) func(*SignIn) {
		return func(s *SignIn) {
			s.AdditionalDetails = detail
			for _, step := range steps {
				s.AuthenticationDetails = append(s.AuthenticationDetails, AuthenticationStep{ResultDetail: step})
			}
		}
	}
	events := []SignIn{
		event("denied", 2*time.Minute, 500121, with("MFA denied; user declined the authentication", "MFA denied; user declined the authentication")),
		event("timeout", time.Minute, 500121, with("", "MFA denied; user did not respond to mobile app notification")),
		event("both", 3*time.Minute, 500121, with("MFA denied; fraud code entered", "MFA denied; user did not respond to mobile app notification")),
		event("wrong", 0, 500121, with("MFA denied; incorrect code entered")),
		event("yes", 4*time.Minute, 0, with("MFA completed in Azure AD")),
	}
	var line []*SignIn
	for i := range events {
		line = append(line, &events[i])
	}
	if got, want := LineOf(line), (Line{Events: 5, Denied: 3, Started: lineStart}); got != want {
		t.Errorf("line %+v, want %+v", got, want)
	}
	if got, want := LineOf(line[4:]), (Line{Events: 1, Started: lineStart.Add(4 * time.Minute)}); got != want {
		t.Errorf("line of one event %+v, want %+v", got, want)
	}
}
