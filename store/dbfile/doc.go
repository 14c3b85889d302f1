// Package dbfile opens, changes, copies and checks the SQLite files of a data folder. Each package that keeps a file there
// opens it here, so that all of them have the same pragmas, steps, errors and care for a full disk.
//
// # Terms
//
// A writer is the one connection that changes a file (writer.go). Its guard refuses a change while the file is not in its
// place, or while the disk has only the room that is kept back (reserve.go). One file may be given a
// part of that room.
//
// Migrations are the steps that bring the tables of a file up to date (migrate.go). Before a step that rewrites or drops
// something the file is copied.
//
// A summed table has a column with a sum over the rest of each row (sums.go).
package dbfile
