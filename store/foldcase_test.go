package store

import (
	"strings"
	"testing"
	"unicode"
)

func TestFoldCase(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := string(r)
		folded := FoldCase(s)
		if FoldCase(folded) != folded {
			t.Errorf("%q folds to %q and that to %q", s, folded, FoldCase(folded))
		}
		if !equalFold(s, folded) {
			t.Errorf("%q is not its folded %q", s, folded)
		}
	}
}

var foldTexts = []string{
	"", "a", "A", "ab", "AB", "bA", "aab", "ß", "ẞ", "SS", "İ", "i", "ı", "I", "ſ", "s", "K", "\u212a", "k", "Σ", "σ", "ς", "Straße",
	"STRASSE", "\xff", "\xfe", "\ufffd", "a\xffb", "日本", "本", "日", "e\u0301", "é", "É", "ÉA", "E\u0301a", "\u212b", "Å", "A\u030a", "I\u0307", "i\u0307", "\u0301", "e\u0323\u0301", "e\u0301\u0323", "각", "\u1100\u1161\u11a8",
}

// TestFoldCaseIsOneForm: composed and decomposed texts, and signs that are other letters (Angstrom), are one text.
func TestFoldCaseIsOneForm(t *testing.T) {
	for composed, other := range map[string]string{
		"José Nuñez": "Jose\u0301 Nun\u0303ez", "ÅSE": "A\u030ase", "å": "\u212b", "Żółć": "Z\u0307o\u0301łc\u0301", "İ": "I\u0307", "각": "\u1100\u1161\u11a8",
		"ậ": "a\u0302\u0323", "ặ": "a\u0306\u0323",
	} {
		if got, want := FoldCase(other), FoldCase(composed); got != want {
			t.Errorf("%+q folds to %+q, and %+q to %+q", other, got, composed, want)
		}
		if !equalFold(composed, other) || !startsFold(composed+" x", other) || !containsFold("x "+other, composed) {
			t.Errorf("%+q does not find %+q", composed, other)
		}
	}
	if FoldCase("é") == FoldCase("e") || FoldCase("straße") == FoldCase("strasse") {
		t.Error("an accent or a letter is folded away")
	}
}

// FuzzFoldCase: folding is done after one time, and the three comparisons are those of folded texts.
func FuzzFoldCase(f *testing.F) {
	for _, text := range foldTexts {
		f.Add(text, "e\u0301")
	}
	f.Fuzz(func(t *testing.T, text, want string) {
		folded, foldedWant := FoldCase(text), FoldCase(want)
		if FoldCase(folded) != folded {
			t.Errorf("%+q folds to %+q and that to %+q", text, folded, FoldCase(folded))
		}
		if equalFold(text, want) != (folded == foldedWant) || startsFold(text, want) != strings.HasPrefix(folded, foldedWant) || containsFold(text, want) != strings.Contains(folded, foldedWant) {
			t.Errorf("%+q and %+q are not compared as %+q and %+q", text, want, folded, foldedWant)
		}
	})
}

func TestComparisonsAreThoseOfFoldedTexts(t *testing.T) {
	for _, text := range foldTexts {
		for _, want := range foldTexts {
			folded, foldedWant := FoldCase(text), FoldCase(want)
			if got := equalFold(text, want); got != (folded == foldedWant) {
				t.Errorf("%q is %q: %v", text, want, got)
			}
			if got := startsFold(text, want); got != strings.HasPrefix(folded, foldedWant) {
				t.Errorf("%q starts with %q: %v", text, want, got)
			}
			if got := containsFold(text, want); got != strings.Contains(folded, foldedWant) {
				t.Errorf("%q contains %q: %v", text, want, got)
			}
		}
	}
}
