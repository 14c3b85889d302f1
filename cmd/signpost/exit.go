package main

// The exit codes of the commands; 0 is success. Scripts rely on them.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3
)

// usageError is a mistake in the flags that the flags' types cannot find.
type usageError struct{ error }

// exitError ends the program with a code. Its sentence goes to standard error, in one line.
type exitError struct {
	code    int
	message string
}

func (e exitError) Error() string { return e.message }
