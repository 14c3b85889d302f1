package store

import "testing"

func TestAddressGood(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"192.0.2.7", "192.0.2.7"},
		{" 192.0.2.7 ", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"2001:DB8::1", "2001:db8::1"},
		{"2001:0db8:0:0:0:0:0:1", "2001:db8::1"},
		{"fe80::1%eth0", "fe80::1%eth0"},
		{"192.", "192."},
		{"192.0.", "192.0."},
		{"192.0.2.", "192.0.2."},
		{"2001:", "2001:"},
		{"2001:0DB8:", "2001:db8:"},
		{"2001:db8:0000:", "2001:db8:0:"},
		{"1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:"},
		{"2001:db8::", "2001:db8::"},
		{"2001:db8::1:", "2001:db8::1:"},
		{"::", "::"},
		{":", ":"},
		{"192.0.2.0/24", "192.0.2.0/24"},
		{"192.0.2.99/24", "192.0.2.0/24"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"2001:db8:1::5/32", "2001:db8::/32"},
		{"::ffff:192.0.2.9/120", "192.0.2.0/24"},
	} {
		got, problem := address(tt.value)
		if got != tt.want || problem != "" {
			t.Errorf("address(%q) = %q, %q; want %q", tt.value, got, problem, tt.want)
		}
		if again, problem := address(got); again != got || problem != "" {
			t.Errorf("address(%q) = %q, %q; want itself", got, again, problem)
		}
	}
}

func TestAddressBad(t *testing.T) {
	for _, value := range []string{
		".", "..", "1..", "1.2.3.4.", "256.", "01.", "x.", "abc.", "1,2.", "2001:db8.", "::ffff:192.",
		":::", "1::2::", "12345:", "g:", "1:2:3:4:5:6:7:8:", "fe80::1%eth0:",
		"192.0.2", "192.0.2.256", "192.0.2.7:443", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2/24", "2001:db8::/129",
		"fe80::1%eth0/64", "localhost", "*", "192.0.2.*", "-",
	} {
		if got, problem := address(value); problem == "" {
			t.Errorf("address(%q) = %q, want a problem", value, got)
		}
	}
}

func TestMatchAddress(t *testing.T) {
	for _, tt := range []struct {
		stored, want string
		match        bool
	}{
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.70", "192.0.2.7", false},
		{"::ffff:192.0.2.7", "192.0.2.7", true},
		{"2001:0DB8::0001", "2001:db8::1", true},
		{"2001:db8::2", "2001:db8::1", false},
		{"fe80::1%eth0", "fe80::1", true},
		{"fe80::1%eth0", "fe80::1%eth0", true},
		{"fe80::1%eth1", "fe80::1%eth0", false},

		{"192.0.2.7", "192.", true},
		{"192.0.2.7", "192.0.", true},
		{"19.2.0.7", "192.", false},
		{"192.0.20.7", "192.0.2.", false},
		{"::ffff:192.0.2.7", "192.0.2.", true},
		{"192.0.2.xxx", "192.0.2.", true}, // anonymised
		{"2001:db8::1", "192.", false},
		{"2001:db8::1", "2001:", true},
		{"2001:db8::1", "2001:db8:", true},
		{"2001:0DB8::1", "2001:db8:", true},
		{"2001:db8::1", "2001:db8:0:", true},
		{"2001:db8:1::1", "2001:db8:0:", false},
		{"2001:db80::1", "2001:db8:", false},
		{"2001:db8::1", "2001:db8::", true},
		{"2001:db8:0:0:0:0:0:1", "2001:db8::", true},
		{"2001:db8:1::1", "2001:db8::", false},
		{"2001:db8::1:0:5", "2001:db8::1:", true},
		{"2001:db8::10:0:5", "2001:db8::1:", false},
		{"32.1.13.184", "2001:", false},

		{"192.0.2.7", "192.0.2.0/24", true},
		{"192.0.3.7", "192.0.2.0/24", false},
		{"::ffff:192.0.2.7", "192.0.2.0/24", true},
		{"192.0.2.xxx", "192.0.2.0/24", false},
		{"2001:db8::1", "192.0.2.0/24", false},
		{"2001:db8::1", "2001:db8::/32", true},
		{"2001:db9::1", "2001:db8::/32", false},
		{"fe80::1%eth0", "fe80::/10", true},
		{"192.0.2.7", "0.0.0.0/0", true},
		{"192.0.2.7", "::/0", false},

		{"2001:db8::1", ":", true},
		{"192.0.2.7", ":", false},

		{"", ":", false},
		{"", "192.", false},
		{"", "192.0.2.7", false},
		{"", "0.0.0.0/0", false},
		{"192.0.2.7", "", false},
		{"somewhere", "192.0.2.7", false},
		{"192.0.2.7", "no/network", false},
	} {
		if got := matchAddress(tt.stored, tt.want); got != tt.match {
			t.Errorf("matchAddress(%q, %q) = %v, want %v", tt.stored, tt.want, got, tt.match)
		}
	}
}

// TestMatchAddressAllocates expects no allocations, because a filter compares every address of the dictionary.
func TestMatchAddressAllocates(t *testing.T) {
	for _, want := range []string{"192.0.2.7", "192.0.", "192.0.2.0/24", "2001:db8:", "2001:db8::", "2001:db8::/32", ":"} {
		for _, stored := range []string{"192.0.2.99", "2001:db8:1::1"} {
			if n := testing.AllocsPerRun(100, func() { matchAddress(stored, want) }); n > 1 {
				t.Errorf("matchAddress(%q, %q) allocates %v times, want at most the padded prefix", stored, want, n)
			}
		}
	}
}
