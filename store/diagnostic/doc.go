// Package diagnostic says why a sign-in did not succeed.
//
// Of takes a sign-in with what other records tell about it (case.go) and gives a verdict (verdict.go). The verdict has steps: the
// event, its reasons, who can fix it and how, and what to try.
//
// # Terms
//
// A scenario is one kind of failure (scenario.go; the files that begin with scenarios_ hold them all). The first scenario that
// holds is that of the verdict. A verdict may have remarks too, such as that report-only policies blocked nothing (remarks.go).
//
// A reason points to a part of the record: a policy, a step, a value. Pages show that part in their own words. So a verdict
// names no policy, condition or step that its record does not name. What the record leaves open is said to be not known.
//
// The texts of an error code stand in package errorcode alone. A scenario has a text of its own only where the record tells
// more than the code.
package diagnostic
