// Package errorcode explains the error codes of Entra ID, the numbers behind AADSTS.
//
// Of gives what is known of a number (errorcode.go), Find the codes that a text names, and Search the codes whose texts hold
// some words (search.go).
//
// # Terms
//
// A code is known where errorcodes.json has words for it, and listed where a public list has its number. Its class says who can
// do something about it. Its family is the kind of problem: the family's texts stand in for those that a code does not have.
// Nothing is made up of a number that is not known. It has a title that says so, and the known codes near to it.
//
// errorcodes.json is written for this portal: the numbers and symbols are Microsoft's, no sentence is.
package errorcode
