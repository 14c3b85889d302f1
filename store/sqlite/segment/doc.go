// Package segment is the column engine under the log explorer. A segment is up to MaxRows consecutive rows of one log, in
// ascending order of an int64 key. Each column is an immutable array of int64 values.
//
// It knows nothing of HTTP, SQL or the meaning of a field. Values are integers (numbers as they are, texts as the
// number of their dictionary entry), filters are sets of integers. Select turns clauses into a Selection of rows, a
// Counter counts over a Selection, a Cache keeps decoded columns within a budget of memory.
package segment

// MaxRows is how many rows a segment holds at most: a row number and a local code both fit in 16 bits.
const MaxRows = 1 << 16
