package auth

import (
	"testing"
	"time"
)

func TestThrottleRules(t *testing.T) {
	for _, test := range []struct {
		rule     throttleRule
		failures int
		want     time.Duration
	}{
		{pairRule, 0, 0},
		{pairRule, 9, 0},
		{pairRule, 10, time.Second},
		{pairRule, 11, 2 * time.Second},
		{pairRule, 19, 512 * time.Second},
		{pairRule, 20, 15 * time.Minute},
		{pairRule, 1 << 40, 15 * time.Minute},
		{nameRule, 99, 0},
		{nameRule, 105, 32 * time.Second},
		{nameRule, 106, time.Minute},
		{networkRule, 199, 0},
		{networkRule, 10_000, time.Minute},
	} {
		if got := test.rule.wait(test.failures); got != test.want {
			t.Errorf("%d failures of %d free: got %s, want %s", test.failures, test.rule.free, got, test.want)
		}
	}
}

func TestFailuresWait(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ago := func(failures int, d time.Duration) Counter { return Counter{failures, now.Add(-d)} }
	for _, test := range []struct {
		what     string
		failures Failures
		want     time.Duration
	}{
		{"nothing counted", Failures{}, 0},
		{"the pair", Failures{Pair: ago(12, time.Second)}, 3 * time.Second},
		{"the pair, waited", Failures{Pair: ago(12, 4*time.Second)}, 0},
		{"the pair, on a known network", Failures{Pair: ago(12, time.Second), Known: true}, 3 * time.Second},
		{"the name", Failures{Name: ago(500, 10*time.Second)}, 50 * time.Second},
		{"the name, on a known network", Failures{Name: ago(500, 10*time.Second), Known: true}, 0},
		{"the network", Failures{Network: ago(500, 10*time.Second)}, 50 * time.Second},
		{"the network, a known one", Failures{Network: ago(500, 10*time.Second), Known: true}, 0},
		{"counted when the clock was a day ahead", Failures{Pair: ago(20, -24*time.Hour), Name: ago(500, -24*time.Hour), Network: ago(500, -24*time.Hour)}, 0},
		{"the longest counts", Failures{Pair: ago(20, 0), Name: ago(500, 0), Network: ago(500, 0)}, 15 * time.Minute},
	} {
		if got := max(0, test.failures.wait(now)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.what, got, test.want)
		}
	}
}

func TestNetworkOf(t *testing.T) {
	for address, want := range map[string]Network{
		"203.0.113.7":               "203.0.113.7",
		"::ffff:203.0.113.7":        "203.0.113.7",
		"2001:db8:1:2:3:4:5:6":      "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1%eth0": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":           "2001:db8:1:3::/64",
		"":                          "unknown",
		"@":                         "unknown",
	} {
		if got := NetworkOf(address); got != want {
			t.Errorf("NetworkOf(%q): got %q, want %q", address, got, want)
		}
	}
}
