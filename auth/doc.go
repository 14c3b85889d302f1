// Package auth is who may sign in to Signpost and what they may see: accounts, passwords, sessions, roles
// and the one authorization table. It keeps nothing itself: an engine implements AccountStore and
// SessionStore.
package auth
