package store

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
)

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

func TestEveryReferenceCodeIsExplained(t *testing.T) {
	entries := referenceCodes(t)
	if got, want := len(ErrorCodes()), len(entries); got != want {
		t.Errorf("%d codes, want %d", got, want)
	}
	for _, want := range entries {
		got := ErrorCodeOf(want.Code)
		if !got.Known() || got.Code != want.Code || got.Symbol != want.Name {
			t.Errorf("code %d is %+v, want known with symbol %q", want.Code, got, want.Name)
		}
		if strings.EqualFold(got.Title, want.Description) || strings.EqualFold(got.Texts().Meaning, want.Description) {
			t.Errorf("code %d repeats the reference's words", want.Code)
		}
	}
}

// texts gives every text of an entry with its name.
func (t ErrorTexts) texts() map[string]string {
	return map[string]string{
		"meaning": t.Meaning, "causes": strings.Join(t.Causes, " "), "look": strings.Join(t.Look, " "),
		"ask": t.Helpdesk.Ask, "check": t.Helpdesk.Check, "say": t.Helpdesk.Say, "user say": t.User.Say, "user next": t.User.Next,
	}
}

func checkTexts(t *testing.T, name string, texts ErrorTexts) {
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
	const atLeast = 120
	own := 0
	voices := map[string]int64{}
	for _, e := range ErrorCodes() {
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
			if !ErrorCodeOf(related).Known() || related == e.Code || slices.Index(e.Related, related) != i {
				t.Errorf("%s: related to %d, which is unknown, itself or doubled", name, related)
			}
		}
	}
	if own < atLeast {
		t.Errorf("%d codes have texts of their own, want at least %d", own, atLeast)
	}
	for _, f := range ErrorFamilies() {
		checkTexts(t, "family "+f.ID, f.ErrorTexts)
		if f.Title == "" || f.Class.Label() == "" || !slices.ContainsFunc(ErrorCodes(), func(e ErrorInfo) bool { return e.FamilyID == f.ID }) {
			t.Errorf("family %s has no title, no class or no code", f.ID)
		}
	}
}

func TestLockoutHasItsTwoMeanings(t *testing.T) {
	texts := ErrorCodeOf(50053).Texts()
	for _, want := range []string{"smart lockout", "malicious", "failure reason"} {
		if !strings.Contains(texts.Meaning, want) {
			t.Errorf("the meaning of 50053 does not speak of %s", want)
		}
	}
}

func TestUnknownCodesHaveAFamily(t *testing.T) {
	for _, tt := range []struct {
		code, parent int64
		family       string
	}{
		{530031, 53003, "conditionalaccess"},
		{7000213, 70002, "credential"},
		{50076123, 50076, "mfa"},
		{5012101, 50121, ""},
		{50127999, 50127, "device"},
		{81013, 0, "seamless"},
		{120001, 0, "passwordchange"},
		{1, 0, ""},
		{16999, 0, "passwordless"},
		{999999999999, 0, ""},
		{1<<63 - 1, 0, ""},
	} {
		got := ErrorCodeOf(tt.code)
		if got.Known() || got.Code != tt.code || got.Title == "" || got.FamilyID == "" || got.FamilyID == "success" || len(got.Related) == 0 {
			t.Errorf("%d is %+v", tt.code, got)
		}
		if tt.family != "" && (got.FamilyID != tt.family || got.Parent() != tt.parent) {
			t.Errorf("%d is of family %s, a form of %d; want %s, %d", tt.code, got.FamilyID, got.Parent(), tt.family, tt.parent)
		}
		if got.Texts().Meaning == "" || got.HasOwnTexts() {
			t.Errorf("%d has no texts, or own ones", tt.code)
		}
		if slices.Contains(got.Related, tt.code) || slices.Contains(got.Related, 0) {
			t.Errorf("%d is near to %v", tt.code, got.Related)
		}
	}
}

func TestCommonCodesAreExplained(t *testing.T) {
	common := CommonErrorCodes()
	if len(common) < 12 {
		t.Errorf("%d common codes", len(common))
	}
	for _, e := range common {
		if !e.Known() || !e.HasOwnTexts() {
			t.Errorf("%d is common and not explained", e.Code)
		}
	}
}
