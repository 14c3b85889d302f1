package segment

// Term says that a row's value of a column is in a set. With List, Column is a list column, and any value of the row's list
// is in the set. An empty list then counts as one that has 0 alone, as bounds have it, so Set must not have 0.
type Term struct {
	Column int
	Set    *Set
	List   bool
}

// Clause holds for a row if any of its terms does or, with Not, if none does. A clause without terms holds for no row,
// with Not for every row.
type Clause struct {
	Terms []Term
	Not   bool
}

// Source is a segment as Select reads it.
type Source interface {
	// Rows is the number of rows of every column.
	Rows() int
	// Column is a decoded column. It is called only for columns with values that matter.
	Column(i int) (*Column, error)
	// Lists is a decoded list column. It is called only for terms with List.
	Lists(i int) (*Lists, error)
}

// Bounded is a Source that knows the smallest and the largest value of some columns without decoding them. Clauses that
// these decide cost no Column call.
type Bounded interface {
	Bounds(column int) (low, high int64, ok bool)
}
