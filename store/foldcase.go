package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FoldCase is the one rule by which texts are compared without regard to case: is, is not, starts with,
// contains and facets all compare folded texts, and an engine's index over texts holds them folded. It
// lowers each letter by itself, so it is the same in every language and FoldCase(FoldCase(s)) == FoldCase(s).
func FoldCase(s string) string { return strings.ToLower(s) }

// The three below compare as if both texts were folded, without making the folded texts.

func equalFold(text, want string) bool {
	rest, ok := cutFold(text, want)
	return ok && rest == ""
}

func startsFold(text, want string) bool {
	_, ok := cutFold(text, want)
	return ok
}

func containsFold(text, want string) bool {
	for {
		if startsFold(text, want) {
			return true
		}
		if text == "" {
			return false
		}
		_, width := utf8.DecodeRuneInString(text)
		text = text[width:]
	}
}

// cutFold gives what of the text stands behind want.
func cutFold(text, want string) (rest string, ok bool) {
	for want != "" {
		if text == "" {
			return "", false
		}
		t, textWidth := utf8.DecodeRuneInString(text)
		w, wantWidth := utf8.DecodeRuneInString(want)
		if t != w && unicode.ToLower(t) != unicode.ToLower(w) {
			return "", false
		}
		text, want = text[textWidth:], want[wantWidth:]
	}
	return text, true
}
