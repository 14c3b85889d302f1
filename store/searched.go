package store

// Searched are the fields of a kind that the search box looks at, by what a text may be, in the order in which findings are
// told. None is Conditional Access data.
type Searched struct {
	// Correlation tells which records belong together, whenever they were.
	Correlation *Field
	// IDs may be the GUIDs of a text, Starts may begin with the first digits of one.
	IDs, Starts []*Field
	// Names may be or hold the text, Whole may be the text, and Words too where it is one word.
	Names, Whole, Words []*Field
	// Usernames, Addresses and Codes may be what reads like one. What the first finds, the others leave out.
	Usernames, Addresses, Codes []*Field
}
