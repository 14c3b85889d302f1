package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// TokenHash is the SHA-256 of a session's token. The store keeps it in place of the token, so that nobody can sign
// in with the contents of the database.
type TokenHash [sha256.Size]byte

// SessionRecord is a session as it is kept. Times are UTC.
type SessionRecord struct {
	Hash      TokenHash
	AccountID int64
	Created   time.Time // at sign-in: the absolute expiry counts from here
	Seen      time.Time // last use, to the minute: the idle expiry counts from here
	// Client is the client that last used it.
	Client Client
	// LogsAddress is the list that was opened last, for the link back to it; empty where none was.
	LogsAddress string
	// Preferences are the account's. Every page needs them, so each read of a session brings them along.
	Preferences Preferences
}

// Ref names the session on pages and in forms. Nobody can sign in with it.
func (s SessionRecord) Ref() string { return hex.EncodeToString(s.Hash[:refLength]) }

const refLength = 8 // bytes

// parseRef gives the start of a session's hash that a Ref stands for; ok is false for any other text.
func parseRef(ref string) ([]byte, bool) {
	start, err := hex.DecodeString(ref)
	return start, err == nil && len(start) == refLength
}

// Client is the source of a request.
type Client struct {
	Address string // of the network, without a port
	Browser string // the User-Agent header
}

const maxBrowser = 400 // bytes of a User-Agent: real ones have 100 to 250

type clientKey struct{}

// WithClient puts the request's source into the context, for the sessions that it uses.
func WithClient(r *http.Request, c Client) *http.Request {
	if len(c.Browser) > maxBrowser {
		c.Browser = c.Browser[:maxBrowser]
	}
	c.Browser = strings.ToValidUTF8(c.Browser, "")
	return r.WithContext(context.WithValue(r.Context(), clientKey{}, c))
}

func clientOf(r *http.Request) Client {
	c, _ := r.Context().Value(clientKey{}).(Client) // absent: nothing is known
	return c
}

// SessionsQuery asks for sessions, the one used last first.
type SessionsQuery struct {
	// AccountID limits the sessions to one account; zero means all.
	AccountID int64
	// CreatedFrom and SeenFrom leave out sessions that have ended by age.
	CreatedFrom, SeenFrom time.Time
	// Until leaves out sessions that were created or seen later: a session from the future has ended too.
	Until time.Time
	// After is the last session of the page before; nil for the first page.
	After *SessionPlace
	Limit int
	// Demo includes sessions of the made-up tenant's accounts.
	Demo bool
}

// SessionPlace is the place of a session in the list.
type SessionPlace struct {
	Seen time.Time
	Hash TokenHash
}

// ListedSession is a session with the name and the roles of its account.
type ListedSession struct {
	SessionRecord
	Account string
	Roles   []Role
}

// SessionStore keeps sessions.
type SessionStore interface {
	// AddSession keeps a new session.
	AddSession(ctx context.Context, s SessionRecord) error
	// Session gives a session, its account and the account's preferences; ErrSessionEnded where there is none.
	Session(ctx context.Context, hash TokenHash) (SessionRecord, Account, error)
	// SessionList gives one page of sessions. more tells whether further sessions follow.
	SessionList(ctx context.Context, q SessionsQuery) (page []ListedSession, more bool, err error)
	// TouchSession stores a use. A session that ended meanwhile is no error.
	TouchSession(ctx context.Context, hash TokenHash, seen time.Time, by Client) error
	// SetLogsAddress stores the list that was opened last. A session that ended meanwhile is no error.
	SetLogsAddress(ctx context.Context, hash TokenHash, address string) error
	// DeleteSession ends a session. One that is gone already is no error.
	DeleteSession(ctx context.Context, hash TokenHash) error
	// EndSession ends the account's session that has a hash with this start. In the same transaction it calls
	// check, and returns an error of check as it is. It gives ErrSessionEnded where there is no such session, and
	// ErrNoAccount where there is no account.
	EndSession(ctx context.Context, accountID int64, start []byte, check func(Account) error) error
	// EndOtherSessions ends all sessions of the account but one, and returns their number. It calls check as
	// EndSession does, and gives ErrNoAccount where there is no account.
	EndOtherSessions(ctx context.Context, accountID int64, but TokenHash, check func(Account) error) (int64, error)
	// DeleteSessionsBefore removes the sessions created or last seen before these times.
	DeleteSessionsBefore(ctx context.Context, created, seen time.Time) error
}
