// Package accesslog keeps the portal's own access log in access.db, a file of its own in the data folder. The log engine has a
// copy of the records, which pages ask; package store/datafolder makes it.
//
// # Terms
//
// The chain is the records in the order of their numbers. Each holds the hash of the one before, so that a record cannot be
// changed, removed or moved without a trace. The head is the number and hash of the newest record. A head that is kept elsewhere
// shows whether records were cut off at the end, or the whole chain was written again. Heads are kept in portal.db, and in
// what the program logs.
//
// Records that wait at one moment share a commit (writer.go). Verify follows the chain (verify.go). Forget removes the oldest
// records, and appends one that says so and holds the hash from which the chain goes on (forget.go).
package accesslog
