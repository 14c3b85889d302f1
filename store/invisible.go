package store

import (
	"fmt"
	"strings"
	"unicode"
)

// IsInvisible says that a rune has no shape of its own: control characters, marks of writing direction, characters without
// width, and separators of lines. Such a rune changes how its neighbours look, or what a terminal does, and cannot be seen itself.
func IsInvisible(r rune) bool {
	switch {
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	case r <= 0xff:
		return r == 0xad // soft hyphen
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r) // Arabic number signs, which are drawn
}

// InvisibleMark is what stands in plain text for an invisible rune.
func InvisibleMark(r rune) string { return fmt.Sprintf("[U+%04X]", r) }

// VisibleText gives a text for a terminal or a log: each invisible rune as its mark, so that nothing in it is obeyed and no
// line of it passes for another.
func VisibleText(text string) string {
	if !strings.ContainsFunc(text, IsInvisible) {
		return strings.ToValidUTF8(text, string(unicode.ReplacementChar))
	}
	var b strings.Builder
	for _, r := range text {
		if IsInvisible(r) {
			b.WriteString(InvisibleMark(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
