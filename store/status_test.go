package store

import "testing"

func TestDeriveStatus(t *testing.T) {
	for _, tt := range []struct {
		stated string
		code   Int
		want   Status
	}{
		{"", Int{}, StatusUnknown},
		{"", IntOf(0), StatusSuccess},
		{"", IntOf(50126), StatusFailure},
		{"", IntOf(50074), StatusInterrupted},
		{"", IntOf(99999999), StatusFailure},
		{"Interrupted", IntOf(50126), StatusInterrupted},
		{"success", Int{}, StatusSuccess},
		{"Other", IntOf(0), StatusSuccess},
	} {
		if got := DeriveStatus(tt.stated, tt.code); got != tt.want {
			t.Errorf("DeriveStatus(%q, %v) = %v, want %v", tt.stated, tt.code, got, tt.want)
		}
	}
}
