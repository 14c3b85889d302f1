// Package auth is who may sign in to Signpost and what they may see: accounts, passwords, sessions, roles and the one
// authorization table. It is also what is kept for each person: preferences and saved views. It keeps nothing itself: an
// engine implements AccountStore (with AttemptStore), SessionStore, PreferenceStore and ViewStore.
package auth
