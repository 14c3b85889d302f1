package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// PanicError is a panic that Caught caught. Its text has the place of the panic, and is for the log.
type PanicError struct {
	// ID is the same for the same panic at the same place. It leads people who see ErrorWords to the log.
	ID    string
	value any
	stack string
}

// Error gives what and where.
func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v (ID %s)\n%s", e.value, e.ID, e.stack)
}

// Caught gives f with a panic turned into a PanicError. A panic in a goroutine would end the program for everybody, because nothing
// else catches it there. A function that runs in a goroutine of its own goes through Caught.
func Caught(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if trouble := recover(); trouble != nil {
				err = newPanicError(trouble, string(debug.Stack()))
			}
		}()
		return f()
	}
}

func newPanicError(value any, stack string) *PanicError {
	sum := sha256.New()
	_, _ = fmt.Fprint(sum, value) // a hash takes everything
	for line := range strings.Lines(stack) {
		if place, isPlace := strings.CutPrefix(line, "\t"); isPlace { // other lines have addresses, which change
			place, _, _ = strings.Cut(place, " ")
			_, _ = io.WriteString(sum, place)
		}
	}
	return &PanicError{ID: fmt.Sprintf("%x", sum.Sum(nil)[:5]), value: value, stack: stack}
}

// ErrorWords are an error for people: its text, or for a panic a sentence with the ID that the log has too.
func ErrorWords(err error) string {
	var panicked *PanicError
	if errors.As(err, &panicked) {
		return "Signpost made a mistake. Its log says where, under the ID " + panicked.ID + ": give both to who runs it."
	}
	return err.Error()
}
