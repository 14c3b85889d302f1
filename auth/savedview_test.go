package auth

import (
	"errors"
	"strings"
	"testing"
)

func TestViewName(t *testing.T) {
	for _, test := range []struct {
		typed, want string
		fails       bool
	}{
		{typed: "Failed today", want: "Failed today"},
		{typed: "  Ärger\u0020heute ", want: "Ärger heute"},
		{typed: strings.Repeat("ä", MaxViewName), want: strings.Repeat("ä", MaxViewName)},
		{typed: strings.Repeat("ä", MaxViewName+1), fails: true},
		{typed: "", fails: true},
		{typed: " \t ", fails: true},
		{typed: "two\nlines", fails: true},
		{typed: "turned \u202eround", fails: true},
		{typed: "\xff", fails: true},
	} {
		got, err := ViewName(test.typed)
		var invalid Invalid
		if got != test.want || errors.As(err, &invalid) != test.fails {
			t.Errorf("ViewName(%q): got %q, %v, want %q, error %v", test.typed, got, err, test.want, test.fails)
		}
	}
}
