package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"sync"
	"time"
)

// setupRule slows down wrong setup codes from one network. A code has 80 bits and cannot be guessed: the rule
// makes guessing visible and cheap to refuse, and delays nobody on another network.
var setupRule = throttleRule{free: 10, longest: 15 * time.Minute}

// Setup makes the first administrator with a one-time code. The code is new at each start and whenever its life is
// over (see RenewCode). It stays in memory only, and is void once an account exists.
type Setup struct {
	accounts *Accounts

	mu    sync.Mutex
	code  string
	wrong map[Network]Counter
}

// NewSetup makes a new code.
func NewSetup(accounts *Accounts) *Setup {
	return &Setup{accounts: accounts, code: newSetupCode(), wrong: map[Network]Counter{}}
}

func newSetupCode() string {
	text := rand.Text()[:16]
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}

// Code gives the code, to be shown to the person who started the program.
func (s *Setup) Code() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code
}

// RenewCode makes a new code whenever the life of the present one is over, and passes it to tell; the old code is
// void. It ends with the context, or once an account exists.
func (s *Setup) RenewCode(ctx context.Context, life time.Duration, tell func(code string)) error {
	over := time.NewTicker(life)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-over.C:
		}
		if open, err := s.Open(ctx); err != nil || !open {
			return err
		}
		code := newSetupCode()
		s.mu.Lock()
		s.code = code
		s.mu.Unlock()
		tell(code)
	}
}

// Open tells whether the first administrator is still to be made.
func (s *Setup) Open(ctx context.Context) (bool, error) {
	exist, err := s.accounts.Exist(ctx)
	return !exist, err
}

// Complete makes the first administrator for a client at an address; it ignores n.Roles. It gives ErrAlreadySetUp,
// ErrWrongSetupCode, or TooManyAttempts where it did not look at the code. It gives Invalid for a value that
// breaks a rule; the code stays good then.
func (s *Setup) Complete(ctx context.Context, address, code string, n NewAccount) (Account, error) {
	open, err := s.Open(ctx)
	if err != nil {
		return Account{}, err
	}
	if !open {
		return Account{}, ErrAlreadySetUp
	}
	if err := s.check(NetworkOf(address), code); err != nil {
		return Account{}, err
	}
	n.Roles = []Role{RoleGlobalAdministrator}
	return s.accounts.addFirst(ctx, n)
}

func (s *Setup) check(network Network, code string) error {
	now := s.accounts.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	counter := s.wrong[network]
	if now.Sub(counter.Last) > forgetFailures {
		counter = Counter{}
	}
	if wait := setupRule.left(counter, now); wait > 0 {
		return TooManyAttempts{wait}
	}
	if subtle.ConstantTimeCompare([]byte(foldCode(code)), []byte(foldCode(s.code))) == 1 {
		return nil
	}
	if _, known := s.wrong[network]; !known && len(s.wrong) >= MaxCounters {
		clear(s.wrong) // counters are too many: a flood from so many networks cannot be slowed by counting
	}
	s.wrong[network] = Counter{Failures: counter.Failures + 1, Last: now}
	return ErrWrongSetupCode
}

// foldCode gives the code as it is compared: lower case, without the dashes that people type.
func foldCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
}
