package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func mishap(none []int) error { none[3] = 1; return nil }

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
	// People get a sentence with the ID that the log has. The same panic has the same ID.
	var ids []string
	for range 2 {
		err := fmt.Errorf("count: %w", Caught(func() error { return mishap(none) })())
		var panicked *PanicError
		words := ErrorWords(err)
		if !errors.As(err, &panicked) || !strings.Contains(words, panicked.ID) || !strings.Contains(err.Error(), panicked.ID) || strings.ContainsAny(words, "\n[") {
			t.Fatalf("a panic is for people %q, and for the log %q", words, err)
		}
		ids = append(ids, panicked.ID)
	}
	var other *PanicError
	if err := Caught(func() error { panic("another") })(); !errors.As(err, &other) || ids[0] != ids[1] || other.ID == ids[0] {
		t.Errorf("the IDs are %v, and of another panic %v", ids, other)
	}
	if got := ErrorWords(failed); got != "failed" {
		t.Errorf("an error: got %q", got)
	}
}
