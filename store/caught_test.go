package store

import (
	"errors"
	"strings"
	"testing"
)

func TestCaught(t *testing.T) {
	failed := errors.New("failed")
	if err := Caught(func() error { return failed })(); !errors.Is(err, failed) {
		t.Errorf("an error: got %v, want it", err)
	}
	if err := Caught(func() error { return nil })(); err != nil {
		t.Errorf("no error: got %v", err)
	}
	var none []int
	err := Caught(func() error { none[3] = 1; return nil })()
	if err == nil || !strings.Contains(err.Error(), "index out of range [3]") || !strings.Contains(err.Error(), "caught_test.go") {
		t.Errorf("a panic: got %v, want an error that says what and where", err)
	}
}
