package auth

import (
	"context"
	"crypto/sha256"
	"time"
)

// TokenHash is the SHA-256 of a session's token: what is kept, so that who reads the database cannot
// sign in with what it holds.
type TokenHash [sha256.Size]byte

// SessionRecord is a session as it is kept. Times are UTC.
type SessionRecord struct {
	Hash      TokenHash
	AccountID int64
	Created   time.Time // at sign-in: the absolute expiry counts from here
	Seen      time.Time // last use, to the minute: the idle expiry counts from here
	// LogsAddress is the list that was opened last, to come back to; empty where none was.
	LogsAddress string
	// Preferences are the account's, on the way out: every page needs them, so they come with the session.
	Preferences Preferences
}

// SessionStore keeps sessions.
type SessionStore interface {
	// AddSession keeps a new session.
	AddSession(ctx context.Context, s SessionRecord) error
	// Session gives a session, its account and that one's preferences; ErrSessionEnded where there is none.
	Session(ctx context.Context, hash TokenHash) (SessionRecord, Account, error)
	// TouchSession notes a use. No session of that hash is no error: it ended meanwhile.
	TouchSession(ctx context.Context, hash TokenHash, seen time.Time) error
	// SetLogsAddress notes the list that was opened last. No session of that hash is no error.
	SetLogsAddress(ctx context.Context, hash TokenHash, address string) error
	// DeleteSession ends a session; one that is gone already is no error.
	DeleteSession(ctx context.Context, hash TokenHash) error
	// DeleteSessionsBefore removes the sessions created or last seen before these times.
	DeleteSessionsBefore(ctx context.Context, created, seen time.Time) error
}
