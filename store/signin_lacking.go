package store

// Lacking is what no record of one kind of export can have. The zero value is that of an export that lacks nothing, or that is
// not known.
type Lacking struct {
	Export     string // the name of the kind of export
	Properties []*Property
	Lists      []Collection
}
