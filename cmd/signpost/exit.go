package main

// The exit codes of the commands, which scripts rely on; 0 is done.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3
)

// usageError is a mistake in the flags that their types do not tell.
type usageError struct{ error }

// exitError ends the program with a code; the sentence goes to standard error, in one line.
type exitError struct {
	code    int
	message string
}

func (e exitError) Error() string { return e.message }
