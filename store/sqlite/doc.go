// Package sqlite is the embedded log engine. It keeps two databases in a data folder: main.db has the logs, cols.db their
// columns. It is a store.Engine: what the directory knows is told it with each question, and package datafolder opens it
// together with the directory.
//
// # Terms
//
// A document is a record as it was received, to the byte. Documents stand in compressed blocks (docs.go) and are never
// changed.
//
// A row is one sign-in: merged from all its documents, with a number for each field (rows.go, fields.go). A row's key is its
// time and a tie among those of the same microsecond, so rows stand in the order of time (rowkey.go, write.go, instant.go). What the
// document of a row says can be read again at any time, and the row made again from it (derivation.go, refill.go).
//
// A told row is a sign-in that records of another kind alone tell. It moves to the log that another source names (told.go).
//
// A kind is logs with the same properties: each property is a column with a number of its own within the kind, and the print of a
// list of columns says which ones a segment was made with (schema.go). Every log has one table of rows, made when the folder
// is opened (tables.go), and a number by which main.db names it, for ever.
//
// A dictionary gives each text of a column a number, its code (words.go). Columns of one name share it. Columns, filters and groups know codes only, and 0
// is always "empty". Dictionaries are in memory as a whole; IDs that hardly repeat have none and are found by look-up tables
// (ids.go, link.go). An index over the texts of IDs finds those that are no GUID (ids_wanted.go).
//
// A segment is up to 65,536 rows of one log by columns (package segment). It stands in cols.db and never changes; a row of it
// that changed or moved is dead there. A part is a segment, or rows that are in no segment yet, by columns in memory
// (part.go, memory.go). Sealing makes segments of the parts in memory (seal.go). cols.db is derived: what is missing or
// damaged there is made again from the rows (heal.go).
//
// A state is all parts at one revision of main.db (state.go). A commit notes the keys of rows that it wrote (changes.go),
// and the next question brings the state up to date with these (advance.go). A view is a state and a transaction that see
// the same revision (view.go): all answers of one page come from one view.
//
// A line is what an interactive sign-in of several events is in a list: its last event stands for all, the others are folded
// into it (fold.go). A window is one hour, six or a day, inside which the rows of a grouped log that share its key are one
// group (groups.go, grouptally.go).
//
// What is counted in a segment is kept for the next question (answers.go). A segment that the range of a question cuts is counted in
// pieces of some thousand rows. When the range has slid on, only the pieces at its ends are counted again (scan.go).
//
// An axis is a field by which a table counts. It puts each row into one bin, and a bin stands for all values of the row: none,
// one or several (axis.go). Rows are counted by bin, and values only in the end (counts.go, table.go).
//
// # Where to begin
//
// A question goes through plan.go, which turns its filter into sets of codes, and scan.go, which asks each part. An import
// goes through prepare.go, which needs no lock, and write.go, which commits a batch in one transaction.
package sqlite
