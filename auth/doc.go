// Package auth decides who may sign in to Signpost and what they may see.
//
// It has the accounts and their passwords (account.go, accounts.go, password.go), sessions (session.go,
// cookie.go), roles and the one authorization table (role.go, rights.go). It slows down guessing (throttle.go) and
// makes the first administrator (setup.go). It also has the records that belong to one person: preferences, saved
// views, and answers about their own sign-ins. What people decide about risky objects is in triage.go.
//
// # Terms
//
// A role names a job, as Entra ID does. Rights are the union of an account's roles. A page is a row of the
// authorization table. So is a class: data with an audience of its own on every page that shows it. To keep a role
// is to give it, to take it, and to change accounts that have it.
//
// An identity links an account to a person of the tenant. It is a user ID, or a user principal name that is
// settled to one user ID later (founduser.go).
//
// The package stores nothing itself. An engine implements AccountStore (with AttemptStore), SessionStore,
// PreferenceStore, ViewStore, AnswerStore and TriageStore; their comments say which errors they give.
package auth
