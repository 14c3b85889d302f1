package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
)

// SessionOptions are the limits of a session; zero means the default.
type SessionOptions struct {
	Idle     time.Duration // a session not used for so long ends; default 12 hours
	Absolute time.Duration // a session so long after sign-in ends in any case; default 7 days
}

const (
	defaultIdle     = 12 * time.Hour
	defaultAbsolute = 7 * 24 * time.Hour
	touchEvery      = time.Minute
	clockSlack      = time.Minute // a clock may be set back by so much without ending the sessions begun just before
	tokenLength     = 32          // bytes
)

// Keys of a session's values: its account and its record. A session holds nothing else.
const (
	accountKey = "account"
	recordKey  = "record"
)

// Sessions is a sessions.Store over a SessionStore. The cookie holds only a random token, the store only the
// token's hash.
type Sessions struct {
	store    SessionStore
	accounts *Accounts
	now      func() time.Time
	idle     time.Duration
	absolute time.Duration
}

var _ sessions.Store = (*Sessions)(nil)

// NewSessions gives the sessions of these accounts.
func NewSessions(store SessionStore, accounts *Accounts, now func() time.Time, o SessionOptions) *Sessions {
	s := &Sessions{store: store, accounts: accounts, now: now, idle: o.Idle, absolute: o.Absolute}
	if s.idle == 0 {
		s.idle = defaultIdle
	}
	if s.absolute == 0 {
		s.absolute = defaultAbsolute
	}
	return s
}

// Get gives the request's session, read once a request. Its errors are those of New.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session that the request's cookie names. Without a cookie the session is new and empty. With
// ErrSessionEnded or ErrForeignCookie it is empty too, and usable: nobody is signed in. With ErrUseNotNoted it is
// whole. Any other error is the store's.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	session.Options = &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil // http.ErrNoCookie is the only possible error
	}
	hash, err := hashToken(cookie.Value)
	if err != nil {
		return session, err
	}
	record, account, err := s.load(r, hash)
	if err != nil && !errors.Is(err, ErrUseNotNoted) {
		return session, err
	}
	session.ID, session.IsNew = cookie.Value, false
	session.Values[accountKey], session.Values[recordKey] = account, record
	return session, err
}

// Save writes the cookie. With MaxAge below zero it ends the session and removes the cookie. A new session that
// has an account gets a token and is stored.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		if hash, err := hashToken(session.ID); err == nil {
			if err := s.store.DeleteSession(r.Context(), hash); err != nil {
				return fmt.Errorf("end the session: %w", err)
			}
		}
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return nil
	}
	account, ok := SessionAccount(session)
	for key := range session.Values {
		ok = ok && (key == accountKey || key == recordKey)
	}
	if !ok {
		return errors.New("a session holds an account and nothing else")
	}
	if session.ID == "" {
		token, hash := newToken()
		now := s.now().UTC()
		err := s.store.AddSession(r.Context(), SessionRecord{
			Hash: hash, AccountID: account.ID, Created: now, Seen: now, Client: clientOf(r),
		})
		if err != nil {
			return fmt.Errorf("keep the session: %w", err)
		}
		if err := s.confirm(r.Context(), hash, account); err != nil {
			return err
		}
		session.ID, session.IsNew = token, false
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// SignIn begins a session of the account. The token is always new, so that a token planted in the browser is
// worthless. The session before ends. The account is as it was at the check of its password: SignIn gives
// ErrWrongPassword or ErrDisabled where a later change would refuse it.
func (s *Sessions) SignIn(r *http.Request, w http.ResponseWriter, session *sessions.Session, account Account) error {
	if hash, err := hashToken(session.ID); err == nil {
		if err := s.store.DeleteSession(r.Context(), hash); err != nil {
			return fmt.Errorf("end the session before: %w", err)
		}
	}
	now := s.now().UTC()
	if err := s.store.DeleteSessionsBefore(r.Context(), now.Add(-s.absolute), now.Add(-s.idle)); err != nil {
		return fmt.Errorf("clear ended sessions: %w", err)
	}
	session.ID, session.IsNew = "", true
	session.Values[accountKey] = account
	delete(session.Values, recordKey) // the session before
	session.Options.MaxAge = int(s.absolute.Seconds())
	return s.Save(r, w, session)
}

// confirm ends a session that has just begun for an account that changed meanwhile. A change of an account ends
// only the sessions it finds; one that begins at the same time would stay. Later changes find the session.
func (s *Sessions) confirm(ctx context.Context, hash TokenHash, account Account) error {
	_, now, err := s.store.Session(ctx, hash)
	switch {
	case err != nil:
		return fmt.Errorf("read the account of the session: %w", err)
	case now.Disabled:
		err = ErrDisabled
	case now.PasswordHash != account.PasswordHash:
		err = ErrWrongPassword
	default:
		return nil
	}
	return errors.Join(err, s.store.DeleteSession(ctx, hash))
}

// SignOut ends the session and takes the cookie away.
func (s *Sessions) SignOut(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	session.Options.MaxAge = -1
	delete(session.Values, accountKey)
	delete(session.Values, recordKey)
	return s.Save(r, w, session)
}

// SessionAccount gives the account that is signed in; ok is false where nobody is.
func SessionAccount(session *sessions.Session) (account Account, ok bool) {
	account, ok = session.Values[accountKey].(Account)
	return account, ok
}

// SessionOf gives the session's record. It is zero where nobody is signed in, and for a session that has just
// begun.
func SessionOf(session *sessions.Session) SessionRecord {
	record, _ := session.Values[recordKey].(SessionRecord)
	return record
}

// KeepLogsAddress stores the list that this session opened last, for the link in the navigation.
func (s *Sessions) KeepLogsAddress(ctx context.Context, record SessionRecord, address string) error {
	if err := s.store.SetLogsAddress(ctx, record.Hash, address); err != nil {
		return fmt.Errorf("keep the list's address: %w", err)
	}
	return nil
}

func (s *Sessions) load(r *http.Request, hash TokenHash) (SessionRecord, Account, error) {
	ctx := r.Context()
	record, account, err := s.store.Session(ctx, hash)
	if err != nil {
		return record, Account{}, fmt.Errorf("read the session: %w", err)
	}
	now := s.now()
	if s.hasEnded(record, now) {
		if err := s.store.DeleteSession(ctx, hash); err != nil {
			return record, Account{}, fmt.Errorf("remove the ended session: %w", err)
		}
		return record, Account{}, ErrSessionEnded
	}
	if account.Disabled || !s.accounts.valid(account) {
		return record, Account{}, ErrSessionEnded
	}
	if now.Sub(record.Seen) >= touchEvery {
		if err := s.store.TouchSession(ctx, hash, now.UTC(), clientOf(r)); err != nil {
			return record, account, fmt.Errorf("%w: %w", ErrUseNotNoted, err)
		}
	}
	return record, account, nil
}

// hasEnded tells whether a session is too old, or from the future. A clock that was ahead, or a forged row, must
// not make a session that lasts longer than any other.
func (s *Sessions) hasEnded(record SessionRecord, now time.Time) bool {
	latest := now.Add(clockSlack)
	return !now.Before(record.Created.Add(s.absolute)) || !now.Before(record.Seen.Add(s.idle)) ||
		record.Created.After(latest) || record.Seen.After(latest)
}

// List gives one page of the sessions that have not ended: the account's, or everybody's where account is zero.
func (s *Sessions) List(ctx context.Context, accountID int64, after *SessionPlace, limit int) (page []ListedSession, more bool, err error) {
	now := s.now().UTC()
	return s.store.SessionList(ctx, SessionsQuery{
		AccountID: accountID, CreatedFrom: now.Add(-s.absolute), SeenFrom: now.Add(-s.idle), Until: now.Add(clockSlack), After: after, Limit: limit, Demo: s.accounts.demo,
	})
}

// By gives the sessions as a person with these rights may end them. Ending sessions of an account that has a role
// outside these rights is refused with NotAllowed.
func (s *Sessions) By(r Rights) *Sessions {
	by := *s
	by.accounts = s.accounts.By(r)
	return &by
}

// mayEnd refuses to end sessions of an account that the acting person may not change. It sees the account as it is
// inside the transaction.
func (s *Sessions) mayEnd(a Account) error {
	if !s.accounts.valid(a) {
		return ErrNoAccount
	}
	return s.accounts.allow(a.Roles)
}

// End ends the account's session with that Ref; ErrSessionEnded where it has none.
func (s *Sessions) End(ctx context.Context, accountID int64, ref string) error {
	start, ok := parseRef(ref)
	if !ok {
		return ErrSessionEnded
	}
	err := s.store.EndSession(ctx, accountID, start, s.mayEnd)
	if errors.Is(err, ErrNoAccount) {
		return ErrSessionEnded // it ended with its account
	}
	return err
}

// EndOthers ends all sessions of the account but this one, and returns their number.
func (s *Sessions) EndOthers(ctx context.Context, accountID int64, but SessionRecord) (int64, error) {
	n, err := s.store.EndOtherSessions(ctx, accountID, but.Hash, s.mayEnd)
	if errors.Is(err, ErrNoAccount) {
		return 0, nil
	}
	return n, err
}

// Alive tells whether the session still exists, for an answer that goes on for minutes. It does not count as a use
// of the session.
func (s *Sessions) Alive(ctx context.Context, record SessionRecord) (bool, error) {
	kept, account, err := s.store.Session(ctx, record.Hash)
	if errors.Is(err, ErrSessionEnded) {
		return false, nil
	}
	latest := s.now().Add(clockSlack)
	return err == nil && !account.Disabled && s.accounts.valid(account) && !kept.Created.After(latest) && !kept.Seen.After(latest), err
}

func newToken() (token string, hash TokenHash) {
	raw := make([]byte, tokenLength)
	rand.Read(raw) //nolint:errcheck // never fails: it would end the program
	return base64.RawURLEncoding.EncodeToString(raw), sha256.Sum256(raw)
}

func hashToken(token string) (TokenHash, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenLength {
		return TokenHash{}, ErrForeignCookie
	}
	return sha256.Sum256(raw), nil
}
