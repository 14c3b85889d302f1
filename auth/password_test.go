package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestHash tests the hashes of a program; other tests make cheaper ones.
func TestHash(t *testing.T) {
	h := hasherOf(usualCost)
	const password = "correct horse battery"
	phc, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(phc, want) {
		t.Errorf("got %s, want prefix %s", phc, want)
	}
	again, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if phc == again {
		t.Error("the same password gave the same hash: the salt is not random")
	}
	for _, test := range []struct {
		password string
		want     bool
	}{
		{password, true},
		{password + " ", false},
		{"Correct horse battery", false},
		{"", false},
		{strings.Repeat("x", maxPasswordBytes+1), false},
	} {
		got, err := h.verify(t.Context(), phc, test.password)
		if err != nil || got != test.want {
			t.Errorf("verify(%.30q): got %v, %v, want %v", test.password, got, err, test.want)
		}
	}
}

// The vector comes from the reference implementation of argon2 (test.c): version 0x13, t=2, m=2^16, p=1, password
// "password", salt "somesalt", as argon2id.
func TestVerifyForeignHash(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	got, err := newHasher().verify(t.Context(), phc, "password")
	if err != nil || !got {
		t.Errorf("got %v, %v, want true", got, err)
	}
}

func TestVerifyDamagedHash(t *testing.T) {
	h := hasherOf(usualCost)
	for _, phc := range []string{
		"", "plain", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA",
		strings.Replace(h.dummy, "v=19", "v=16", 1),
		strings.Replace(h.dummy, "m=19456", "m=4294967295", 1),
		strings.Replace(h.dummy, "t=2", "t=0", 1),
		strings.Replace(h.dummy, "p=1", "p=0", 1),
		h.dummy[:len(h.dummy)-30],
		h.dummy + "*",
	} {
		if _, err := h.verify(t.Context(), phc, "password"); !errors.Is(err, errBadHash) {
			t.Errorf("verify against %q: got %v, want %v", phc, err, errBadHash)
		}
	}
}

func TestHashWaitsForASlot(t *testing.T) {
	h := newHasher()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "correct horse battery"); !errors.Is(err, context.Canceled) {
		t.Errorf("all slots taken: got %v, want %v", err, context.Canceled)
	}
}

func TestCheckPassword(t *testing.T) {
	for _, test := range []struct {
		password, name string
		want           string
	}{
		{"tenletters", "ada", ""},
		{"012345678", "ada", "at least 10"},
		{"", "ada", "at least 10"},
		{"ööööööööö", "ada", "at least 10"}, // nine characters in 18 bytes
		{"öööööööööö", "ada", ""},
		{"Ada.Lovelace", "ada.lovelace", "is the name"},
		{strings.Repeat("x", maxPasswordBytes+1), "ada", "too long"},
		{"1234567890", "ada", "guessed first"},
		{"Qwertyuiop", "ada", "guessed first"},
		{" password123 ", "ada", "guessed first"},
		{"password123, and more", "ada", ""},
	} {
		err := checkPassword(test.password, test.name)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%q: got %v, want no error", test.password, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%q: got %v, want an error with %q", test.password, err, test.want)
		}
	}
}
