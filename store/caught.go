package store

import (
	"fmt"
	"runtime/debug"
)

// Caught gives f with a panic turned into an error, which has the panic's place. A panic in a goroutine would end
// the program for everybody, because nothing else catches it there. A function that runs in a goroutine of its own
// goes through Caught.
func Caught(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if trouble := recover(); trouble != nil {
				err = fmt.Errorf("panic: %v\n%s", trouble, debug.Stack())
			}
		}()
		return f()
	}
}
