package store

import (
	"fmt"
	"runtime/debug"
)

// Caught gives f with a panic made an error, which tells where it came from. What runs in a goroutine of its own is given
// so: nothing else would catch a panic there, and one odd row would end the program for everybody.
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
