package segment

// NewConstant makes a column that has one value in every row.
func NewConstant(value int64, rows int) *Column {
	return &Column{shape: constant, rows: rows, low: value, high: value}
}
