package ask

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// findings are the findings, one in a line.
func findings(found []Finding) (lines []string) {
	for _, f := range found {
		if f.SignIn != nil {
			lines = append(lines, fmt.Sprintf("%s sign-in %s of %s", f.Log, f.ID, f.SignIn.UserDisplayName))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s: %d, exact %t", f.Log, f.Field.Name, f.Op.Label(), f.Value, f.Total.N, f.Exact))
	}
	return lines
}

func searchable(t *testing.T) *house {
	t.Helper()
	bob := failed(50126, of(2, "bob", signIn(2, 5)))
	bob.CorrelationID = testID(1001) // of Ada's too
	old := of(3, "carol", signIn(3, -60*24*60))
	desk := signIn(4, 10)
	desk.Log, desk.AppID, desk.AppDisplayName = store.NonInteractive, testID(3002), "Travel Desk Admin"
	return holding(t, signIn(1, 0), bob, old, desk)
}

func TestSearchAsksTheSurestMeaningFirst(t *testing.T) {
	h := searchable(t)
	tests := []struct {
		text string
		want []string
	}{
		{testID(3), []string{"interactive sign-in " + testID(3) + " of carol"}}, // outside of the range
		{testID(1001), []string{"interactive correlation is " + testID(1001) + ": 2, exact true"}},
		{testID(3002), []string{"noninteractive app is " + testID(3002) + ": 1, exact true"}},
		{"bob@example.com", []string{"interactive user is bob@example.com: 1, exact true"}},
		{"50126", []string{"interactive error is 50126: 1, exact true"}},
		{"Admin", []string{"noninteractive app is " + testID(3002) + ": 1, exact false"}},
		{"carol@example.com", nil}, // not in this range
	}
	for _, test := range tests {
		found, err := Search{Text: store.ParseSearch(test.text), Within: day}.Ask(t.Context(), h.Reader)
		if got := findings(found.Findings); err != nil || !slices.Equal(got, test.want) || found.Late {
			t.Errorf("%s: got %q, late %t, %v; want %q", test.text, got, found.Late, err, test.want)
		}
	}
}

func TestSearchLooksAroundTheTimeOfAMessage(t *testing.T) {
	h := holding(t, failed(50126, signIn(1, -30*24*60)))
	text := store.ParseSearch("AADSTS50126: Error. Trace ID: " + testID(77) + " Timestamp: 2026-10-24 12:10:00Z")
	if text.Time.IsZero() {
		t.Fatal("the message has a time that is not read")
	}
	found, err := Search{Text: text, Within: day}.Ask(t.Context(), h.Reader)
	if err != nil || len(found.Findings) != 1 || !found.AtMoment || !found.Looked.From.Before(text.Time) {
		t.Errorf("got %+v, %v; want the failure around the time in the message", found, err)
	}
	if lost := found.Lost(); len(lost) != 1 || lost[0].Value != testID(77) {
		t.Errorf("lost %+v, want the request ID", lost)
	}
	if found, err = (Search{Text: text, Within: day, Chosen: true}).Ask(t.Context(), h.Reader); err != nil || len(found.Findings) != 0 {
		t.Errorf("in a chosen range: got %+v, %v", found, err)
	}
}

func TestSearchGivesWhatItFoundInTime(t *testing.T) {
	h := searchable(t)
	h.countsFail(store.ErrTooSlow)
	found, err := Search{Text: store.ParseSearch("50126"), Within: day}.Ask(t.Context(), h.Reader)
	if err != nil || !found.Late || len(found.Findings) > 0 {
		t.Errorf("too slow: got %+v, %v", found, err)
	}
	h.countsFail(errOdd)
	if _, err = (Search{Text: store.ParseSearch("50126"), Within: day}).Ask(t.Context(), h.Reader); err == nil {
		t.Error("a store that fails gives an answer")
	}
}

func TestOnlyWhatIsBeyondDoubt(t *testing.T) {
	exact := Finding{Total: store.Total{N: 5, Complete: true}, Exact: true}
	part, soFar := exact, exact
	part.Exact, soFar.Total.Complete = false, false
	message := store.ParseSearch("AADSTS50126 Trace ID: 0a1b2c3d-1111-4222-8333-444444444444")
	tests := []struct {
		name  string
		found Found
		want  bool
	}{
		{"one", Found{Findings: []Finding{exact}}, true},
		{"none", Found{}, false},
		{"two", Found{Findings: []Finding{exact, exact}}, false},
		{"a part", Found{Findings: []Finding{part}}, false},
		{"counted so far", Found{Findings: []Finding{soFar}}, false},
		{"something not looked at", Found{Findings: []Finding{exact}, Late: true}, false},
		{"the rest of a message", Found{Findings: []Finding{exact}, Search: message, Looked: store.Range{Preset: "30d"}}, false},
		{"the ids of a message", Found{Findings: []Finding{exact}, Search: message}, true},
	}
	for _, test := range tests {
		if _, got := test.found.Only(); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRangeAround(t *testing.T) {
	got := rangeAround(noon.Add(-time.Hour+time.Second), noon.Add(30*time.Second))
	if want := (store.Range{From: noon.Add(-90 * time.Minute), To: noon.Add(31 * time.Minute)}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMessageLeadsToItsSignIns(t *testing.T) {
	h := searchable(t)
	tests := []struct {
		message Message
		want    []string
	}{
		{Message{Request: testID(1), Correlation: testID(1001)}, []string{"interactive sign-in " + testID(1) + " of Ada Example"}},
		{Message{Request: testID(99), Correlation: testID(1001)}, []string{"interactive correlation is " + testID(1001) + ": 2, exact true"}},
		{Message{IDs: []string{testID(2)}}, []string{"interactive sign-in " + testID(2) + " of bob"}},
		{Message{Correlation: testID(99)}, nil},
	}
	for _, test := range tests {
		got, err := test.message.SignIns(t.Context(), h.Reader)
		if lines := findings(got.Findings); err != nil || !got.Looked || !slices.Equal(lines, test.want) {
			t.Errorf("%+v: got %q, %v; want %q", test.message, lines, err, test.want)
		}
	}
	if got, err := (Message{Time: noon}).SignIns(t.Context(), h.Reader); err != nil || got.Looked {
		t.Errorf("a message without ids: %+v, %v", got, err)
	}
}
