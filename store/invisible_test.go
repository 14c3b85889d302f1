package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisibleText(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"Ada Example":          "Ada Example",
		"José, 山田, שלום, سلام": "José, 山田, שלום, سلام",
		"a\x1b[31mb":           "a[U+001B][31mb",
		"a\nb\r\tc\x00":        "a[U+000A]b[U+000D][U+0009]c[U+0000]",
		"ada\u202egnp.exe":     "ada[U+202E]gnp.exe",
		"a\u200bb\ufeff":       "a[U+200B]b[U+FEFF]",
		"a\u2066b\u2069\u00ad": "a[U+2066]b[U+2069][U+00AD]",
		"a\u2028b\u3164":       "a[U+2028]b[U+3164]",
		"\x9b31m\u009b":        "\ufffd31m[U+009B]",
		"\u0601 12":            "\u0601 12",
	} {
		if got := VisibleText(text); got != want {
			t.Errorf("%+q becomes %+q, want %+q", text, got, want)
		}
	}
}

func FuzzVisibleText(f *testing.F) {
	for _, seed := range []string{"a\x1b[0m", "\u202e", "\xff\x00", "\u200d", "[U+001B]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := VisibleText(text)
		if strings.ContainsFunc(got, IsInvisible) || !utf8.ValidString(got) {
			t.Errorf("%+q keeps something invisible: %+q", text, got)
		}
	})
}
