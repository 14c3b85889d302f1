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
	Idle     time.Duration // ended when not used for so long; default 12 hours
	Absolute time.Duration // ended so long after sign-in in any case; default 7 days
}

const (
	defaultIdle     = 12 * time.Hour
	defaultAbsolute = 7 * 24 * time.Hour
	touchEvery      = time.Minute
	clockSlack      = time.Minute // that a clock may be set back without ending the sessions begun just before
	tokenLength     = 32          // bytes
)

// Where a session's values hold its account and its record. Nothing else is in a session.
const (
	accountKey = "account"
	recordKey  = "record"
)

// Sessions is a sessions.Store over a SessionStore. The cookie holds a random token and nothing more; the
// store holds the token's hash.
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

// Get gives the request's session, read once per request. See New for the errors.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session that the request's cookie names. Without a cookie it is new and empty. With
// ErrSessionEnded or ErrForeignCookie it is so too and can be used: that is somebody signed out. With
// ErrUseNotNoted it is whole. Any other error is the store's.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	session.Options = &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil // http.ErrNoCookie is the only error there is
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

// Save writes the cookie. With MaxAge below zero it ends the session and takes the cookie away. A new session with an account
// gets a token and is kept.
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

// SignIn begins a session of the account: always with a new token, so that one put into the browser beforehand is worth
// nothing. The session that was there ends. The account is as it was when its password was looked at. Where a change since
// then would keep it out, the error is ErrWrongPassword or ErrDisabled.
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
	delete(session.Values, recordKey) // of the session before
	session.Options.MaxAge = int(s.absolute.Seconds())
	return s.Save(r, w, session)
}

// confirm ends a session that has begun for an account which was changed meanwhile. A change ends the sessions that are there;
// without this, one on its way would be left. What changes from now on finds the session.
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

// SessionAccount gives who is signed in; ok is false for a session of nobody.
func SessionAccount(session *sessions.Session) (account Account, ok bool) {
	account, ok = session.Values[accountKey].(Account)
	return account, ok
}

// SessionOf gives what is kept of the session; the zero record for a session of nobody, and for one that has just begun.
func SessionOf(session *sessions.Session) SessionRecord {
	record, _ := session.Values[recordKey].(SessionRecord)
	return record
}

// KeepLogsAddress notes the list that was opened last, for the navigation of this session.
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

// hasEnded says that a session is too old, or from the future. A clock that was ahead, or a row that somebody wrote, must not
// make a session that outlasts all others.
func (s *Sessions) hasEnded(record SessionRecord, now time.Time) bool {
	latest := now.Add(clockSlack)
	return !now.Before(record.Created.Add(s.absolute)) || !now.Before(record.Seen.Add(s.idle)) ||
		record.Created.After(latest) || record.Seen.After(latest)
}

// List gives a page of the sessions that have not ended, of one account or, with zero, of all.
func (s *Sessions) List(ctx context.Context, accountID int64, after *SessionPlace, limit int) (page []ListedSession, more bool, err error) {
	now := s.now().UTC()
	return s.store.SessionList(ctx, SessionsQuery{
		AccountID: accountID, CreatedFrom: now.Add(-s.absolute), SeenFrom: now.Add(-s.idle), Until: now.Add(clockSlack), After: after, Limit: limit, Demo: s.accounts.demo,
	})
}

// By gives the sessions as somebody with these rights may end them. An account with a role that they may not keep is refused
// with NotAllowed.
func (s *Sessions) By(r Rights) *Sessions {
	by := *s
	by.accounts = s.accounts.By(r)
	return &by
}

// mayEnd refuses to end sessions of an account that may not be changed. It is asked of the account as it is in the transaction.
func (s *Sessions) mayEnd(a Account) error {
	if !s.accounts.valid(a) {
		return ErrNoAccount
	}
	return s.accounts.allow(a.Roles)
}

// End ends the account's session of that Ref; ErrSessionEnded where it has none.
func (s *Sessions) End(ctx context.Context, accountID int64, ref string) error {
	start, ok := parseRef(ref)
	if !ok {
		return ErrSessionEnded
	}
	err := s.store.EndSession(ctx, accountID, start, s.mayEnd)
	if errors.Is(err, ErrNoAccount) {
		return ErrSessionEnded // with its account
	}
	return err
}

// EndOthers ends all sessions of the account but this one, and says how many there were.
func (s *Sessions) EndOthers(ctx context.Context, accountID int64, but SessionRecord) (int64, error) {
	n, err := s.store.EndOtherSessions(ctx, accountID, but.Hash, s.mayEnd)
	if errors.Is(err, ErrNoAccount) {
		return 0, nil
	}
	return n, err
}

// Alive says whether the session has not been ended meanwhile: for an answer that goes on for minutes. It is no use of
// the session.
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
