package auth

import (
	"errors"
	"testing"
)

// Texts that people paste have spaces of other widths. What has no width is refused: nobody would see that it is there.
func TestCommentText(t *testing.T) {
	for typed, want := range map[string]string{
		" two\r\nlines\tand a tab \n":                "two\nlines\tand a tab",
		"10\u00a0000 F\u00fc\u00dfe,\u202f5\u3000km": "10\u00a0000 F\u00fc\u00dfe,\u202f5\u3000km",
		"": "",
	} {
		if got, err := CommentText("note", typed); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"a\x00b", "a\u200bb", "a\u202eb", "a\u2028b", "a\rb", "a\xffb", "a\u007fb"} {
		if _, err := CommentText("note", typed); !errors.As(err, new(Invalid)) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
