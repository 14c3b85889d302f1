package store

// mfaCodes are the error codes by which an event says that multi-factor authentication was asked for and
// is not done yet: an event that carries one is followed by what became of it. Every other code ends its
// line, also the interrupts that look alike (50072 and 50079 ask to register a factor, 50140 to stay
// signed in): the portal shows those as lines of their own.
var mfaCodes = map[int64]string{
	50074:  "strong authentication is required and the challenge was not passed",
	50076:  "multi-factor authentication is required, by a policy or because of a new location",
	50158:  "an external security challenge is to be satisfied",
	500121: "the strong authentication request failed: denied, not answered, or a wrong code",
}

// IsMFACode says whether an event with this error code may be followed by further events of its line.
func IsMFACode(code Int) bool {
	_, ok := mfaCodes[code.N]
	return code.Set && ok
}
