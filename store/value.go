package store

// Int is an integer that may be absent: error code 0 is a success, no error code is nothing known.
type Int struct {
	N   int64
	Set bool
}

// IntOf gives the integer n as present.
func IntOf(n int64) Int { return Int{N: n, Set: true} }

// Bool is a truth value that may be absent.
type Bool uint8

// The values of Bool.
const (
	Unset Bool = iota
	False
	True
)

// BoolOf gives b as present.
func BoolOf(b bool) Bool {
	if b {
		return True
	}
	return False
}

// KeyValue is one of the authentication processing details.
type KeyValue struct{ Key, Value string }
