package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"sync"
	"time"
)

// setupRule slows down wrong setup codes from one network. A code has 80 bits: the rule is there so that guessing is seen and
// costs little, and it holds nobody on another network.
var setupRule = throttleRule{free: 10, longest: 15 * time.Minute}

// Setup is the making of the first administrator with a one-time code. The code is new at each start and each time that one's
// life is over (see RenewCode). It is kept in memory only, and void as soon as there is an account.
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

// Code gives the code to be shown to who started the program.
func (s *Setup) Code() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code
}

// RenewCode makes a new code each time that one's life is over, and tells it: the one before is void then. It ends with the
// context, or when there is an account.
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

// Open says whether the first administrator is still to be made.
func (s *Setup) Open(ctx context.Context) (bool, error) {
	exist, err := s.accounts.Exist(ctx)
	return !exist, err
}

// Complete makes the first administrator for somebody at an address; n.Roles is not looked at. It gives ErrAlreadySetUp,
// ErrWrongSetupCode, or TooManyAttempts where the code was not looked at. It gives Invalid for a rule that is broken, after
// which the code is still good.
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
		clear(s.wrong) // a flood from so many networks is not slowed down by counting them
	}
	s.wrong[network] = Counter{Failures: counter.Failures + 1, Last: now}
	return ErrWrongSetupCode
}

// foldCode takes the code as people type it: in small letters, without the dashes.
func foldCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
}
