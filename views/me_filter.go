package views

import (
	"cmp"
	"slices"
	"strings"

	"signpost/store"
)

// MeQuery is the query in the address of one's own sign-ins. It has no field that the page does not show. So nobody can
// learn hidden data by asking yes/no questions.
type MeQuery struct {
	Range store.Range
	// Text is looked for in all texts that the page shows of a sign-in: each of its words, anywhere.
	Text string
	// Status, App, Place, Device and Kind are values as the page shows them; empty for any.
	Status, App, Place, Device, Kind string
	// Unusual keeps only marked sign-ins.
	Unusual bool
	// Unfolded lists every background refresh. Expand is the place of one in the open fold.
	Unfolded      bool
	Expand        *store.Cursor
	After, Before *store.Cursor
	Limit         int
}

// These are the values of MeQuery.Kind.
const (
	MeKindPerson     = "you"
	MeKindBackground = "background"
)

// IsNarrowed says that the query has more than a range.
func (q MeQuery) IsNarrowed() bool {
	return q.Text != "" || q.Status != "" || q.App != "" || q.Place != "" || q.Device != "" || q.Kind != "" || q.Unusual
}

// chosen counts the selects that narrow, for the heading that hides them on a telephone.
func (q MeQuery) chosen() (n int) {
	for _, value := range []string{q.Status, q.App, q.Place, q.Device, q.Kind} {
		if value != "" {
			n++
		}
	}
	if q.Unusual {
		n++
	}
	return n
}

// MeFilter gives the test that a sign-in with its marks must pass.
func MeFilter(q MeQuery, zone Zone) func(t *store.Trace, marks []store.Mark) bool {
	words := strings.Fields(store.FoldCase(q.Text))
	return func(t *store.Trace, marks []store.Mark) bool {
		differs := func(want string, have func() string) bool {
			return want != "" && store.FoldCase(want) != store.FoldCase(have())
		}
		switch {
		case q.Unusual && len(marks) == 0,
			differs(q.Status, func() string { return store.SignIns.StatusInfo(t.Status).Name }),
			differs(q.App, func() string { return appText(t) }),
			differs(q.Place, func() string { return placeText(t.Location) }) && differs(q.Place, t.Location.String),
			differs(q.Device, func() string { return deviceLabel(t) }),
			q.Kind != "" && (q.Kind == MeKindBackground) != (t.Log == store.NonInteractive):
			return false
		case len(words) == 0:
			return true
		}
		text := store.FoldCase(meText(t, marks, zone))
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	}
}

// meText has all texts that the page shows of a sign-in, one in a line, and the country by its name.
func meText(t *store.Trace, marks []store.Mark, zone Zone) string {
	lines := []string{
		zone.Time(t.Time()), zone.Day(t.Time()), outcome(t.Status), outcomeReason(t), kindOfSignIn(t.Log), appText(t), usedFor(t),
		t.Location.String(), store.CountryInSentence(t.Location.CountryOrRegion), deviceLabel(t), t.Browser, t.IPAddress,
	}
	for _, m := range marks {
		lines = append(lines, markTitle(m), markText(m, t, zone))
	}
	return strings.Join(lines, "\n")
}

// MeChoice is a value of the range's sign-ins, with the number of sign-ins that have it.
type MeChoice struct {
	Value, Label string
	N            int64
}

// maxChoices is the number of values that a select offers; the search box finds the others.
const maxChoices = 40

// MaxMeText is the largest number of characters in the search box.
const MaxMeText = 200

// usedForText names the resource that the application was used for, if that says more than its name.
func usedForText(t *store.Trace) string {
	if resource := usedFor(t); resource != "" {
		return " for " + resource
	}
	return ""
}

// AppOf names the application of a sign-in.
func AppOf(t *store.Trace) string { return appText(t) }

// DeviceOf names the device of a sign-in.
func DeviceOf(t *store.Trace) string { return deviceLabel(t) }

// MeValues are the values of a sign-in that the selects offer.
func MeValues(t *store.Trace) (app, place, device string) {
	return appText(t), placeText(t.Location), deviceLabel(t)
}

// MeChoices orders counted values as they are offered: the most frequent first, and not too many.
func MeChoices(counts map[string]int64) []MeChoice {
	choices := make([]MeChoice, 0, len(counts))
	for value, n := range counts {
		label := value
		if value == Empty {
			label = "Not known"
		}
		choices = append(choices, MeChoice{Value: value, Label: label, N: n})
	}
	slices.SortFunc(choices, func(a, b MeChoice) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
	return choices[:min(len(choices), maxChoices)]
}
