// Package directory keeps what exports of the directory and reports about its objects hold, and the ledger of imports. Both stand
// in directory.db, a file of their own in the data folder. An import writes them, whatever engine keeps the logs. The ledger is not
// in portal.db, since that file stays writable while the disk is too full for an import. The package also makes one store of the
// directory and a log engine.
//
// # Terms
//
// An object is a user, a group, an application or a service principal (objects.go). A member is an object in a group
// (members.go), and an owner one of an application or a service principal; both are lists (lists.go). A state is a row of an
// imported report about an object (states.go, registrations.go, credentialuses.go). It is gone when the newest whole report lacks
// it (statereports.go). What is told of applications and their credentials is joined from the directory and from reports (apps.go).
// The index is the whole directory in memory at one state (index.go). The ledger has a row for each file that was imported
// (imports.go), and with it the text of the records that were rejected (rejected.go).
//
// Joined is a log engine and a directory together: a store.Store, a store.Writer and a store.Directory (joined.go). It tells
// the engine what the directory knows, so the engine never asks for it.
//
// # Where to begin
//
// Open in directory.go opens the file. Before directory.db there was main.db alone: Move takes the directory and the ledger out
// of it (move.go).
package directory
