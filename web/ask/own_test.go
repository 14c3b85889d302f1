package ask

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/portal"
)

var adasID = testID(2001)

// place gives the sign-in a place, with its coordinates.
func place(city, country string, latitude, longitude float64, s store.SignIn) store.SignIn {
	s.City, s.CountryOrRegion = city, country
	s.Coordinates = store.Coordinates{Set: true, Latitude: latitude, Longitude: longitude}
	return s
}

func oslo(s store.SignIn) store.SignIn { return place("Oslo", "NO", 59.9, 10.7, s) }

// travelling has sign-ins of bob and of Ada. Ada's are weeks from Oslo, one from Suva at noon, one from Oslo with an error in
// the evening, and one in the background.
func travelling(t *testing.T) *house {
	t.Helper()
	var list []store.SignIn
	for n := range 20 {
		list = append(list, oslo(signIn(100+n, -(n+1)*24*60)))
	}
	background := oslo(signIn(3, 30))
	background.Log = store.NonInteractive
	return holding(t, append(list, place("Suva", "FJ", -18.1, 178.4, signIn(1, 0)), oslo(failed(50126, signIn(2, 6*60))), background, oslo(of(2, "bob", signIn(4, 10))))...)
}

// answersOf is a portal's file with Ada's account in it.
func answersOf(t *testing.T) (*portal.DB, auth.Account) {
	t.Helper()
	people, err := portal.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := people.Close(); err != nil {
			t.Error(err)
		}
	})
	account, err := auth.NewAccounts(people, func() time.Time { return noon }, false).Add(t.Context(),
		auth.NewAccount{Name: "ada", Password: "correct horse battery", Roles: []auth.Role{auth.RoleUser}, UserID: adasID})
	if err != nil {
		t.Fatal(err)
	}
	return people, account
}

func adas(t *testing.T) Own {
	t.Helper()
	people, account := answersOf(t)
	return Own{Person: store.Person{UserID: adasID}, Account: account.ID, Answers: people, Atlas: &Atlas{}}
}

func everything(*store.Trace, []store.Mark) bool { return true }

// ids reads the sign-ins found and gives their IDs.
func ids(t *testing.T, h *house, own *OwnSignIns, which []int) (list []string) {
	t.Helper()
	signIns, err := own.Read(t.Context(), h.Reader, which)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range signIns {
		list = append(list, s.ID)
	}
	return list
}

func TestOwnSignInsAreThePersonsAlone(t *testing.T) {
	h := travelling(t)
	own, err := adas(t).SignIns(t.Context(), h.Reader, day)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ids(t, h, own, own.Find(everything)), []string{testID(2), testID(3), testID(1)}; !slices.Equal(got, want) || own.InRange != 3 {
		t.Errorf("found %q of %d, want %q", got, own.InRange, want)
	}
	if !own.Cut.IsZero() || !own.Judged.IsZero() || own.StillReading {
		t.Errorf("a short history is cut at %s, judged from %s", own.Cut, own.Judged)
	}
	marked := own.Find(func(_ *store.Trace, marks []store.Mark) bool { return len(marks) > 0 })
	if got := ids(t, h, own, marked); own.Unusual(marked) != int64(len(marked)) || !slices.Contains(got, testID(1)) {
		t.Errorf("%d are unusual: %q, want Suva's among them", own.Unusual(marked), got)
	}
	if got := own.Last(store.StatusFailure); got == nil || got.ErrorCode.N != 50126 {
		t.Errorf("the last failure is %+v", got)
	}
	if got := own.Last(store.StatusSuccess); got == nil || got.Location.City != "Suva" {
		t.Errorf("the last success is %+v, want the one that was not in the background", got)
	}
	for _, place := range []store.Place{{City: "Oslo", CountryOrRegion: "NO"}, {City: "Suva", CountryOrRegion: "FJ"}} {
		if !own.Where[place].Set {
			t.Errorf("%s lies nowhere: %v", place.City, own.Where)
		}
	}
}

func TestOwnValuesAreCounted(t *testing.T) {
	h := travelling(t)
	own, err := adas(t).SignIns(t.Context(), h.Reader, day)
	if err != nil {
		t.Fatal(err)
	}
	called := 0
	apps, places, devices := own.Values(func(t *store.Trace) (app, place, device string) {
		called++
		return t.AppDisplayName, t.Location.City, "a device"
	})
	if apps["Travel Desk"] != 3 || places["Oslo"] != 2 || places["Suva"] != 1 || devices["a device"] != 3 || called != 2 {
		t.Errorf("apps %v, places %v, devices %v after %d calls", apps, places, devices, called)
	}
}

func TestOwnPages(t *testing.T) {
	h := travelling(t)
	own, err := adas(t).SignIns(t.Context(), h.Reader, store.Range{From: noon.AddDate(0, 0, -30), To: day.To})
	if err != nil {
		t.Fatal(err)
	}
	found := own.Find(everything)
	var forward, back []int
	page, next, prev := own.Page(found, nil, nil, 10)
	if prev != nil {
		t.Error("something is newer than the newest page")
	}
	for forward = append(forward, page...); next != nil; forward = append(forward, page...) {
		if page, next, prev = own.Page(found, next, nil, 10); prev == nil {
			t.Fatal("no way back")
		}
	}
	for back = page; prev != nil; back = append(slices.Clone(page), back...) {
		page, _, prev = own.Page(found, nil, prev, 10)
	}
	if len(found) != 23 || !slices.Equal(forward, found) || !slices.Equal(back, found) {
		t.Errorf("of %v the pages give %v, and back %v", found, forward, back)
	}
}

func TestOneOwnSignIn(t *testing.T) {
	h, q := travelling(t), adas(t)
	record, own, err := q.SignIn(t.Context(), h.Reader, testID(1))
	if err != nil || record.SignIn().ID != testID(1) || own.ID != testID(1) || !own.IsOpen() || own.Line.Events != 1 {
		t.Errorf("got %+v, %v; want Suva's, unusual and unanswered", own, err)
	}
	for _, id := range []string{testID(4), testID(99)} { // bob's, and nobody's
		if _, _, err := q.SignIn(t.Context(), h.Reader, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", id, err)
		}
	}
}

func TestOwnAnswersStandBesideTheSignIn(t *testing.T) {
	h := travelling(t)
	people, account := answersOf(t)
	q := Own{Person: store.Person{UserID: adasID}, Account: account.ID, Answers: people, Atlas: &Atlas{}}
	answer := auth.SignInAnswer{AccountID: account.ID, UserID: adasID, Log: string(store.Interactive), SignInID: testID(1), Time: noon, Comment: "I was asleep", Answered: noon.Add(time.Hour)}
	if err := people.AnswerSignIn(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	_, own, err := q.SignIn(t.Context(), h.Reader, testID(1))
	if err != nil || own.Answer == nil || own.Answer.Comment != "I was asleep" || own.IsOpen() || !own.IsReported() {
		t.Errorf("got %+v, %v; want the report", own, err)
	}
	if _, other, err := q.SignIn(t.Context(), h.Reader, testID(2)); err != nil || other.Answer != nil {
		t.Errorf("another sign-in has the answer %+v, %v", other.Answer, err)
	}
}

// noRecords is a store that is too slow for a single record.
type noRecords struct{ store.Reader }

func (noRecords) Get(context.Context, store.GetQuery) (store.Record, error) {
	return store.Record{}, store.ErrTooSlow
}

func TestOwnPlacesAreRememberedAndMayBeTooSlow(t *testing.T) {
	h, q := travelling(t), adas(t)
	slow := h.Reader
	slow.Reader = noRecords{h.db}
	if _, err := q.SignIns(t.Context(), slow, day); !errors.Is(err, store.ErrTooSlow) {
		t.Errorf("places that are not known: got %v, want too slow", err)
	}
	if _, err := q.SignIns(t.Context(), h.Reader, day); err != nil {
		t.Fatal(err)
	}
	own, err := q.SignIns(t.Context(), slow, day) // the atlas has them now
	if err != nil || !own.Where[store.Place{City: "Suva", CountryOrRegion: "FJ"}].Set {
		t.Errorf("places that are known: %v, %v", own, err)
	}
}

func TestOwnSignInsThatAreTooMany(t *testing.T) {
	var own OwnSignIns
	traces := store.Traces{Complete: true, More: true}
	for n := range 3 {
		key := store.KeyAt(noon.Add(-time.Duration(n) * time.Hour))
		traces.Traces = append(traces.Traces, store.Trace{Key: key})
	}
	own.take(traces, day, day.From)
	if oldest := noon.Add(-2 * time.Hour); own.InRange != 3 || !own.Cut.Equal(oldest) || !own.Judged.Equal(oldest) {
		t.Errorf("all in the range: %d, cut at %s, judged from %s", own.InRange, own.Cut, own.Judged)
	}
	own = OwnSignIns{}
	own.take(traces, store.Range{From: noon.Add(-time.Hour), To: day.To}, noon.Add(-time.Hour))
	if own.InRange != 2 || !own.Cut.IsZero() || own.Judged.IsZero() {
		t.Errorf("some before the range: %d, cut at %s, judged from %s", own.InRange, own.Cut, own.Judged)
	}
	oldest := noon.Add(-2 * time.Hour)
	for _, test := range []struct {
		after time.Duration
		want  bool
	}{{store.KnownFor - time.Microsecond, false}, {store.KnownFor, true}} {
		if got := own.JudgedWhole(&store.Trace{Key: store.KeyAt(oldest.Add(test.after))}); got != test.want {
			t.Errorf("a sign-in %s after the oldest: judged whole is %v", test.after, got)
		}
	}
	if own = (OwnSignIns{}); !own.JudgedWhole(&store.Trace{Key: store.KeyAt(noon)}) {
		t.Error("a short history judges nothing")
	}
}
