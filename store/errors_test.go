package store

import (
	"strings"
	"testing"
)

func TestBadParams(t *testing.T) {
	bad := BadParams{
		{Param: "limit", Value: "0", Problem: "is not a number from 1 to 200."},
		{Param: "to", Problem: "is missing."},
		{Param: "limit", Value: "0, 5", Problem: "is given more than once."},
	}
	want := "limit=0 is not a number from 1 to 200.; to is missing.; limit=0, 5 is given more than once."
	if got := bad.Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	long := BadParam{Param: "user", Value: strings.Repeat("é", 1001), Problem: "is too long."}
	if got, want := long.Error(), "user="+strings.Repeat("é", 120)+"… is too long."; got != want {
		t.Errorf("of a long value: %q, want %q", got, want)
	}
	for param, want := range map[string]string{"limit": "is not a number from 1 to 200.", "to": "is missing.", "from": ""} {
		if got := bad.For(param); got != want {
			t.Errorf("For(%q) = %q, want %q", param, got, want)
		}
	}
	if got := BadParams(nil).Error(); got != "" {
		t.Errorf("no bad parameter says %q", got)
	}
}
