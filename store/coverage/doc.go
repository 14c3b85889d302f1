// Package coverage is the ledger of what a log holds: which times its files cover, where they leave gaps, which files were
// probably cut, and how late records arrived. All of it is pure: statements and counts go in, a coverage comes out.
//
// # Terms
//
// A statement is what one imported file says about one log: from when to when it has the log's records (statement.go). A file
// whose name tells days covers these days; a file that tells nothing covers the time from its first record to its last. A file
// is cut if it is not the whole answer to its question.
//
// A gap is a time that no file covers, inside the time from the first file to the last. A silent time is covered, and has no
// records where the weeks before had many: it is a guess (silence.go). A coverage is all of this for one log and one range
// (coverage.go).
//
// The edges of a statement are loose where they are those of records, as nobody knows how long the file went on in silence. Two loose
// edges that are less than Tolerance apart leave no gap.
package coverage
