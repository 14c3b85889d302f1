package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
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
	// Client is who used it last.
	Client Client
	// LogsAddress is the list that was opened last, to come back to; empty where none was.
	LogsAddress string
	// Preferences are the account's, on the way out: every page needs them, so they come with the session.
	Preferences Preferences
}

// Ref names the session on pages and in forms. It is of no use for signing in.
func (s SessionRecord) Ref() string { return hex.EncodeToString(s.Hash[:refLength]) }

const refLength = 8 // bytes

// parseRef gives the start of a session's hash that a Ref stands for; false for what is none.
func parseRef(ref string) ([]byte, bool) {
	start, err := hex.DecodeString(ref)
	return start, err == nil && len(start) == refLength
}

// Client is what is known of who makes a request.
type Client struct {
	Address string // of the network, without a port
	Browser string // the User-Agent header
}

const maxBrowser = 400 // bytes of a User-Agent: real ones have 100 to 250

type clientKey struct{}

// WithClient gives the request with who makes it, for the sessions it uses.
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
	// AccountID is that of one account; zero for the sessions of all.
	AccountID int64
	// CreatedFrom and SeenFrom leave out what has ended by its age.
	CreatedFrom, SeenFrom time.Time
	// Until leaves out what was created or seen later: such sessions have ended too.
	Until time.Time
	// After is the session that the page begins behind; nil for the first page.
	After *SessionPlace
	Limit int
	// Demo includes sessions of the made-up tenant's accounts.
	Demo bool
}

// SessionPlace is a session's place in the list.
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
	// Session gives a session, its account and that one's preferences; ErrSessionEnded where there is none.
	Session(ctx context.Context, hash TokenHash) (SessionRecord, Account, error)
	// SessionList gives a page of sessions; more says that there are others behind them.
	SessionList(ctx context.Context, q SessionsQuery) (page []ListedSession, more bool, err error)
	// TouchSession notes a use. No session of that hash is no error: it ended meanwhile.
	TouchSession(ctx context.Context, hash TokenHash, seen time.Time, by Client) error
	// SetLogsAddress notes the list that was opened last. No session of that hash is no error.
	SetLogsAddress(ctx context.Context, hash TokenHash, address string) error
	// DeleteSession ends a session; one that is gone already is no error.
	DeleteSession(ctx context.Context, hash TokenHash) error
	// EndSession ends the session of the account with a hash that begins so. In the same transaction it asks check, and an
	// error of that is returned as it is. ErrSessionEnded where it has none, ErrNoAccount where there is no account.
	EndSession(ctx context.Context, accountID int64, start []byte, check func(Account) error) error
	// EndOtherSessions ends the account's sessions but one in the same way, and says how many.
	EndOtherSessions(ctx context.Context, accountID int64, but TokenHash, check func(Account) error) (int64, error)
	// DeleteSessionsBefore removes the sessions created or last seen before these times.
	DeleteSessionsBefore(ctx context.Context, created, seen time.Time) error
}
