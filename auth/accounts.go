package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Accounts is the rules of accounts over an AccountStore: what a name and a password must be, how a
// password is kept and compared, which accounts are valid.
type Accounts struct {
	store  AccountStore
	hasher *hasher
	now    func() time.Time
	demo   bool
}

// NewAccounts gives the rules over a store. With demo, accounts of the made-up tenant are valid.
func NewAccounts(store AccountStore, now func() time.Time, demo bool) *Accounts {
	return &Accounts{store: store, hasher: newHasher(), now: now, demo: demo}
}

// NewAccount is what a person to be added is made of.
type NewAccount struct {
	Name              string
	Password          string
	Roles             []Role
	UserPrincipalName string
	UserID            string
}

// List gives every account, by name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) { return a.store.Accounts(ctx) }

// Exist says whether anybody can have signed in: whether there is an account that is valid in this mode.
func (a *Accounts) Exist(ctx context.Context) (bool, error) {
	n, err := a.store.CountAccounts(ctx, a.demo)
	return n > 0, err
}

// Add adds an account. Invalid tells a rule that is broken, ErrNameTaken a name that is.
func (a *Accounts) Add(ctx context.Context, n NewAccount) (Account, error) {
	account, err := a.build(ctx, n)
	if err != nil {
		return Account{}, err
	}
	return a.store.AddAccount(ctx, account)
}

// addFirst is Add where there is no account yet; ErrAlreadySetUp where there is.
func (a *Accounts) addFirst(ctx context.Context, n NewAccount) (Account, error) {
	account, err := a.build(ctx, n)
	if err != nil {
		return Account{}, err
	}
	return a.store.AddFirstAccount(ctx, account)
}

func (a *Accounts) build(ctx context.Context, n NewAccount) (Account, error) {
	name := strings.TrimSpace(n.Name)
	if err := checkName(name); err != nil {
		return Account{}, err
	}
	if err := checkPassword(n.Password, name); err != nil {
		return Account{}, err
	}
	if len(n.Roles) == 0 {
		return Account{}, Invalid{"role", "A role is needed. Give one."}
	}
	hash, err := a.hasher.hash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	return Account{
		Name: name, Roles: n.Roles, PasswordHash: hash, Created: a.now().UTC(),
		UserPrincipalName: strings.TrimSpace(n.UserPrincipalName), UserID: strings.TrimSpace(n.UserID),
	}, nil
}

// SetRoles changes what the account may do and ends its sessions.
func (a *Accounts) SetRoles(ctx context.Context, name string, roles []Role) error {
	if len(roles) == 0 {
		return Invalid{"role", "A role is needed. Give one."}
	}
	return a.store.ChangeAccount(ctx, name, func(account *Account) error {
		account.Roles = roles
		return nil
	})
}

// SetPassword gives the account a new password and ends its sessions.
func (a *Accounts) SetPassword(ctx context.Context, name, password string) error {
	if err := checkPassword(password, strings.TrimSpace(name)); err != nil {
		return err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.store.ChangeAccount(ctx, name, func(account *Account) error {
		account.PasswordHash = hash
		return nil
	})
}

// Disable keeps the account from signing in and ends its sessions.
func (a *Accounts) Disable(ctx context.Context, name string) error {
	return a.store.ChangeAccount(ctx, name, func(account *Account) error {
		account.Disabled = true
		return nil
	})
}

// Remove removes the account and ends its sessions.
func (a *Accounts) Remove(ctx context.Context, name string) error {
	return a.store.RemoveAccount(ctx, name)
}

// SignIn gives the account of that name if the password is its own: else ErrWrongPassword, whichever of
// the two is wrong and in the same time, or ErrDisabled.
func (a *Accounts) SignIn(ctx context.Context, name, password string) (Account, error) {
	account, err := a.store.AccountByName(ctx, name)
	known := err == nil && a.valid(account)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return Account{}, fmt.Errorf("look for the account: %w", err)
	}
	hash := a.hasher.dummy
	if known {
		hash = account.PasswordHash
	}
	same, err := a.hasher.verify(ctx, hash, password)
	switch {
	case err != nil:
		return Account{}, err
	case !known || !same:
		return Account{}, ErrWrongPassword
	case account.Disabled:
		return Account{}, ErrDisabled
	}
	return account, nil
}

// valid says whether the account counts in this mode.
func (a *Accounts) valid(account Account) bool { return a.demo || !account.Demo }
