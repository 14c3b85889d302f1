package store

// DoubtfulObject is an object that no directory has. Earlier versions made people of some records with an ID and a
// username.
type DoubtfulObject struct {
	Kind               ObjectKind
	ID, Name, Username string
	Doubt              Doubt
}

// Doubt is the reason why an object is doubtful.
type Doubt uint8

// The doubts.
const (
	// DoubtNoFact: a user has only an ID and a username: no name, no fact, and no word on whether the account is
	// enabled.
	DoubtNoFact Doubt = iota
	// DoubtSignIn: the ID is the request ID of a stored sign-in.
	DoubtSignIn
)

// Reason is the doubt in words, to follow the object's ID.
func (d Doubt) Reason() string {
	if d == DoubtSignIn {
		return "its ID is the request ID of a stored sign-in"
	}
	return "nothing is known but a username"
}
