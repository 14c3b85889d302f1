package errorcode

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"signpost/store"
)

// reference reads a file of the folder that stands beside the repository; without it the test is skipped.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("../../../shared/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside the repository", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

type referenceCode struct {
	Code        int64  `json:"code"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

func referenceCodes(t *testing.T) []referenceCode {
	t.Helper()
	var entries []referenceCode
	if err := json.Unmarshal(reference(t, "reference/aadsts.json"), &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// missingCode is a code of the second list: with words, or as a number only.
type missingCode struct {
	Code         int64
	Class, Words string
}

func missingCodes(t *testing.T) []missingCode {
	t.Helper()
	var entries []missingCode
	lines := strings.Split(strings.TrimSpace(string(reference(t, "reference/data/aadsts-missing.tsv"))), "\n")
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		code, ok := ParseNumber(cells[0])
		if !ok || len(cells) != 3 {
			t.Fatalf("a line of the list of codes is %q", line)
		}
		entries = append(entries, missingCode{code, cells[1], cells[2]})
	}
	return entries
}

func TestEveryReferenceCodeIsExplained(t *testing.T) {
	entries, missing := referenceCodes(t), missingCodes(t)
	for _, want := range entries {
		got := Of(want.Code)
		if !got.Known() || got.Code != want.Code || got.Symbol != want.Name {
			t.Errorf("code %d is %+v, want known with symbol %q", want.Code, got, want.Name)
		}
		if strings.EqualFold(got.Title, want.Description) || strings.EqualFold(got.Texts().Meaning, want.Description) {
			t.Errorf("code %d repeats the reference's words", want.Code)
		}
	}
	words := 0
	for _, want := range missing {
		got := Of(want.Code)
		if got.Code != want.Code || !got.Listed() || got.Known() != (want.Words != "") {
			t.Errorf("code %d is %+v, want listed and known: %t", want.Code, got, want.Words != "")
		}
		if want.Words != "" {
			words++
		}
	}
	if got, want := len(All()), len(entries)+words; got != want || words != 171 {
		t.Errorf("%d codes, want %d of which 171 were missing, not %d", got, want, words)
	}
	if got, want := len(Numbered()), len(missing)-words; got != want || want != 225 {
		t.Errorf("%d numbers without words, want %d", got, want)
	}
	if !slices.IsSorted(Numbered()) || !slices.IsSortedFunc(All(), func(a, b Info) int { return cmp.Compare(a.Code, b.Code) }) {
		t.Error("the list is not ascending, so numbers in it are not found")
	}
}

// explainedRanges are codes met often in tenants of today: each of them that has words has texts of its own.
var explainedRanges = []struct {
	from, to int64
	codes    int
}{
	{530036, 530036, 1},
	{530084, 530084, 1},
	{130500, 130507, 8},
	{135000, 135022, 13},
	{29200, 29212, 6},
	{500183, 500187, 5},
	{501311, 501313, 3},
	{530004, 530035, 9},
	{53005, 53008, 4},
	{50203, 50203, 1},
	{500571, 500571, 1},
}

func TestCodesOfTodayAreExplained(t *testing.T) {
	for _, r := range explainedRanges {
		n := 0
		for _, e := range All() {
			if e.Code < r.from || e.Code > r.to {
				continue
			}
			n++
			if !e.HasOwnTexts() {
				t.Errorf("%d has no texts of its own", e.Code)
			}
		}
		if n != r.codes {
			t.Errorf("%d to %d: %d codes are explained, want %d", r.from, r.to, n, r.codes)
		}
	}
}

// texts gives every text of an entry with its name.
func (t Texts) texts() map[string]string {
	return map[string]string{
		"meaning": t.Meaning, "causes": strings.Join(t.Causes, " "), "look": strings.Join(t.Look, " "),
		"ask": t.Helpdesk.Ask, "check": t.Helpdesk.Check, "say": t.Helpdesk.Say, "user say": t.User.Say, "user next": t.User.Next,
	}
}

func checkTexts(t *testing.T, name string, texts Texts) {
	t.Helper()
	seen := map[string]string{}
	for what, text := range texts.texts() {
		if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
			t.Errorf("%s: %s is empty or has white space around it", name, what)
		}
		if strings.ContainsAny(text, "<>`*[]{}\t\n") || strings.Contains(text, "!") {
			t.Errorf("%s: %s has markup or an exclamation mark: %s", name, what, text)
		}
		if other, double := seen[text]; double {
			t.Errorf("%s: %s and %s are the same", name, what, other)
		}
		seen[text] = what
	}
	for _, sentence := range []string{texts.Meaning, texts.Helpdesk.Check, texts.Helpdesk.Say, texts.User.Say, texts.User.Next} {
		if !strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, "?") {
			t.Errorf("%s: no sentence: %s", name, sentence)
		}
	}
}

func TestThreeVoices(t *testing.T) {
	const atLeast = 200
	own := 0
	voices := map[string]int64{}
	for _, e := range All() {
		name := strconv.FormatInt(e.Code, 10)
		if e.Title == "" || e.Class.Label() == "" || strings.ContainsAny(e.Title, "<>`*") {
			t.Errorf("%s has title %q and class %q", name, e.Title, e.Class)
		}
		checkTexts(t, name, e.Texts())
		if !e.HasOwnTexts() {
			if e.Texts().Meaning != e.Family().Meaning {
				t.Errorf("%s has no texts and not its family's", name)
			}
			continue
		}
		own++
		for what, text := range map[string]string{"meaning": e.Texts().Meaning, "helpdesk": e.Texts().Helpdesk.Check + e.Texts().Helpdesk.Say, "user": e.Texts().User.Say + e.Texts().User.Next} {
			if other, double := voices[what+text]; double {
				t.Errorf("%s of %s is that of %d too", what, name, other)
			}
			voices[what+text] = e.Code
		}
		if len(e.Related) == 0 {
			t.Errorf("%s has no related codes", name)
		}
		for i, related := range e.Related {
			if !Of(related).Known() || related == e.Code || slices.Index(e.Related, related) != i {
				t.Errorf("%s: related to %d, which is unknown, itself or doubled", name, related)
			}
		}
	}
	if own < atLeast {
		t.Errorf("%d codes have texts of their own, want at least %d", own, atLeast)
	}
	for _, f := range Families() {
		checkTexts(t, "family "+f.ID, f.Texts)
		if f.Title == "" || f.Class.Label() == "" || !slices.ContainsFunc(All(), func(e Info) bool { return e.FamilyID == f.ID }) {
			t.Errorf("family %s has no title, no class or no code", f.ID)
		}
	}
}

func TestLockoutHasItsTwoMeanings(t *testing.T) {
	texts := Of(50053).Texts()
	for _, want := range []string{"smart lockout", "malicious", "failure reason"} {
		if !strings.Contains(texts.Meaning, want) {
			t.Errorf("the meaning of 50053 does not speak of %s", want)
		}
	}
}

// TestNothingIsMadeUpOfUnknownCodes: a number without words has no class, family or text. Related are known codes only.
func TestNothingIsMadeUpOfUnknownCodes(t *testing.T) {
	type unknown struct {
		code, parent int64
		listed       bool
	}
	tests := []unknown{
		{530037, 53003, false},
		{7000217, 700021, false},
		{50076123, 50076, false},
		{5012101, 0, false},
		{50127999, 50127, false},
		{81017, 0, false},
		{1, 0, false},
		{16999, 0, false},
		{999999999999, 0, false},
		{1<<63 - 1, 0, false},
		{29204, 0, true},
		{135004, 0, true},
	}
	for _, code := range Numbered() {
		tests = append(tests, unknown{code, Of(code).Parent(), true})
	}
	for _, tt := range tests {
		got := Of(tt.code)
		if got.Known() || got.Code != tt.code || got.Title != unknownTitle || got.FamilyID != "" || got.Class != "" || got.Symbol != "" || got.HasOwnTexts() {
			t.Errorf("%d is %+v", tt.code, got)
		}
		if got.Parent() != tt.parent || got.Listed() != tt.listed || got.Status() != store.StatusFailure {
			t.Errorf("%d is a form of %d, listed %t, %v; want %d, %t, Failure", tt.code, got.Parent(), got.Listed(), got.Status(), tt.parent, tt.listed)
		}
		for what, text := range got.Texts().texts() {
			if text != "" {
				t.Errorf("%d has a made-up %s: %s", tt.code, what, text)
			}
		}
		if len(got.Related) == 0 || slices.ContainsFunc(got.Related, func(code int64) bool { return code == 0 || !Of(code).Known() }) {
			t.Errorf("%d is near to %v", tt.code, got.Related)
		}
	}
}

func TestCommonCodesAreExplained(t *testing.T) {
	common := Common()
	if len(common) < 12 {
		t.Errorf("%d common codes", len(common))
	}
	for _, e := range common {
		if !e.Known() || !e.HasOwnTexts() {
			t.Errorf("%d is common and not explained", e.Code)
		}
	}
}
