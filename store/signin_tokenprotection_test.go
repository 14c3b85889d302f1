package store

import "testing"

func TestTokenProtectionReasons(t *testing.T) {
	seen := map[string]int64{}
	for code := int64(1002); code <= 1008; code++ {
		reason := TokenProtectionReason(IntOf(code))
		if other, double := seen[reason]; reason == "" || double {
			t.Errorf("%d means %q, as %d does", code, reason, other)
		}
		seen[reason] = code
	}
	for _, code := range []Int{{}, {N: 1002}, IntOf(0), IntOf(1001), IntOf(1009)} {
		if got := TokenProtectionReason(code); got != "" {
			t.Errorf("%+v means %q, of which nothing is known", code, got)
		}
	}
}
