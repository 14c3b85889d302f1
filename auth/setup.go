package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"sync"
)

// maxSetupAttempts is how many wrong codes are taken before the code is void. It has 80 bits: the limit
// is there so that guessing is seen, not to make it hard.
const maxSetupAttempts = 20

// Setup is the making of the first administrator with a one-time code. The code is new at each start, kept
// in memory only, and void as soon as there is an account.
type Setup struct {
	accounts *Accounts

	mu    sync.Mutex
	code  string
	wrong int
}

// NewSetup makes a new code.
func NewSetup(accounts *Accounts) *Setup {
	text := rand.Text()[:16]
	return &Setup{accounts: accounts, code: text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]}
}

// Code gives the code to be shown to who started the program.
func (s *Setup) Code() string { return s.code }

// Open says whether the first administrator is still to be made.
func (s *Setup) Open(ctx context.Context) (bool, error) {
	exist, err := s.accounts.Exist(ctx)
	return !exist, err
}

// Complete makes the first administrator; n.Roles is not looked at. It gives ErrAlreadySetUp, ErrSetupLocked,
// ErrWrongSetupCode, or Invalid for a rule that is broken, after which the code is still good.
func (s *Setup) Complete(ctx context.Context, code string, n NewAccount) (Account, error) {
	open, err := s.Open(ctx)
	if err != nil {
		return Account{}, err
	}
	if !open {
		return Account{}, ErrAlreadySetUp
	}
	if err := s.check(code); err != nil {
		return Account{}, err
	}
	n.Roles = []Role{RoleGlobalAdministrator}
	return s.accounts.addFirst(ctx, n)
}

func (s *Setup) check(code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong >= maxSetupAttempts {
		return ErrSetupLocked
	}
	if subtle.ConstantTimeCompare([]byte(foldCode(code)), []byte(foldCode(s.code))) != 1 {
		s.wrong++
		return ErrWrongSetupCode
	}
	return nil
}

// foldCode takes the code as people type it: in small letters, without the dashes.
func foldCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
}
