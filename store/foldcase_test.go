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
	"STRASSE", "\xff", "\xfe", "\ufffd", "a\xffb", "日本", "本", "日", "e\u0301", "é", "É", "ÉA",
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
