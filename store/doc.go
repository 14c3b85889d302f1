// Package store is the domain of Signpost: what a sign-in is, which log it belongs to, how it is
// filtered, ranged, grouped and paged, and what an engine that keeps sign-ins promises.
//
// It imports the standard library only. Times are UTC with microseconds unless a comment says otherwise.
package store
