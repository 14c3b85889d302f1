// Package store is the domain of Signpost: kinds of records, logs, filters, ranges, groups and pages, and the promises of an
// engine that keeps records. It imports only the standard library, store/rawjson and Unicode's normal forms. Times are UTC
// with microseconds unless a comment says otherwise.
//
// # Terms
//
// A kind is what a record can be: a sign-in, and whatever a catalog has beside it. One declaration says all that is known of
// it (kind.go); that of sign-ins stands in the files that begin with signin, and the other files know none. A log keeps
// records of one kind (log.go).
//
// A record is one entry of a log as an export has it. An entry is a record that was read: a *SignIn, or what another kind has
// (entry.go). A property is one value of an entry, in Graph's terms (property.go). A field is a name for filters and facets;
// it has one property or several (field.go). A list is a property with several items, each of several texts (list.go). A
// status is how a record ended (status.go).
//
// A copy is a record that the store has under the same ID already. All copies are kept, and merged into one record (merge.go).
// A told copy is what a record of another kind tells of a record (Kind.Tells): it is the oldest of all copies, fills what no other
// has, and goes with them to whatever log they are of. A told record has no other copies.
//
// An event is one record of a log that folds; a line is a list's row of it, made of all events of one attempt
// (signin_line.go).
//
// A condition compares a field with values; a filter is conditions that must all hold (condition.go, filter.go). A
// query adds a range, an order and a page (query.go, store.go). A key is the place of a row in its log, a cursor
// the end of a page (cursor.go). A group is the rows of a log that share its key within a window of time. A table counts
// records by one field, and across another (table.go).
//
// A class is data that only some roles may see. Withheld wraps a store, so that its answers have nothing of given
// classes (class.go, withheld.go). Resolved wraps an engine, so that each question tells it what the directory knows of the
// groups and names in its filter (resolved.go).
//
// # Where to begin
//
// Store, Writer and Engine in store.go say what an engine must answer, and what it must keep; Directory in directory.go says
// what is asked about people, groups and applications. Package storetest has the same in plain loops, and declares a kind
// that nobody else knows (storetest.Errands): read it to see what a declaration is. Filter.Match is the meaning of a filter;
// an engine may be faster, never different.
package store
