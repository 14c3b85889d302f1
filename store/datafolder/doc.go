// Package datafolder is a data folder as a whole. Open makes one store of its logs (store/sqlite), its directory and its ledger
// of imports (store/directory), and opens its access log (store/accesslog). Backup and Restore copy all files of the folder,
// those of its people (store/portal) too.
//
// # Terms
//
// A trace of a file is what the others tell of it. A folder that has traces of a main.db or directory.db, but not the file, is
// refused: an empty file in its place would look like a folder without records (lost.go).
//
// The copy of the access log is what the engine has of it: pages ask the engine. It is brought up to date before questions about
// that log are answered (access.go), and compared with the log (access_check.go).
package datafolder
