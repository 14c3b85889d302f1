// Package portal keeps the people who sign in to the portal: accounts, sessions, preferences, saved views, and what they
// answered about their own sign-ins. They stand in portal.db, a file of their own in the data folder, so that signing in
// never waits for an import, and works while the disk is full.
//
// # Terms
//
// An account is a person who signs in (accounts.go). A session is a browser that an account signed in with (sessions.go). An
// answer is what a person said of a sign-in of theirs (answers.go). A report is an answer that administrators decide about
// (reports.go). An attempt is a sign-in to the portal that failed; many
// of them slow the next one down (attempts.go). Triage is what people decided about risky objects (triage.go).
package portal
