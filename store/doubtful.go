package store

// DoubtfulObject is an object that no directory holds. Earlier versions took records with an id and a username for people.
type DoubtfulObject struct {
	Kind               ObjectKind
	ID, Name, Username string
	Doubt              Doubt
}

// Doubt is why an object is doubtful.
type Doubt uint8

// The doubts.
const (
	// DoubtNoFact: nothing is known of a user but an ID and a username: no name, no fact, not whether the account is enabled.
	DoubtNoFact Doubt = iota
	// DoubtSignIn: the ID is the request ID of a stored sign-in.
	DoubtSignIn
)

// Reason is the doubt in words, behind the object's ID.
func (d Doubt) Reason() string {
	if d == DoubtSignIn {
		return "its ID is the request ID of a stored sign-in"
	}
	return "nothing is known but a username"
}
