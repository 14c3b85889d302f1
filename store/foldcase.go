package store

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FoldCase is the one rule by which texts are compared: is, is not, starts with, contains and facets all compare folded texts,
// and an engine's index over texts holds them folded. It lowers each letter by itself, so it is the same in every language. A
// letter with its accent is one character (Unicode's form NFC), however the text has it: a name typed on a Mac is often in two.
// FoldCase(FoldCase(s)) == FoldCase(s).
func FoldCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The three below compare as if both texts were folded, without making the folded texts where they are ASCII.

func equalFold(text, want string) bool {
	if isASCII(text) && isASCII(want) {
		return len(text) == len(want) && startsASCII(text, want)
	}
	return FoldCase(text) == FoldCase(want)
}

func startsFold(text, want string) bool {
	if isASCII(text) && isASCII(want) {
		return startsASCII(text, want)
	}
	return strings.HasPrefix(FoldCase(text), FoldCase(want))
}

func containsFold(text, want string) bool {
	if !isASCII(text) || !isASCII(want) {
		return strings.Contains(FoldCase(text), FoldCase(want))
	}
	for i := range len(text) - len(want) + 1 {
		if startsASCII(text[i:], want) {
			return true
		}
	}
	return false
}

// startsASCII is startsFold of ASCII texts.
func startsASCII(text, want string) bool {
	if len(text) < len(want) {
		return false
	}
	for i := range len(want) {
		if text[i] != want[i] && lowerASCII(text[i]) != lowerASCII(want[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
