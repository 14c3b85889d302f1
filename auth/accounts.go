package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Accounts holds the rules of accounts over an AccountStore. They say which names and passwords are allowed, how a
// password is stored and compared, and which accounts are valid.
type Accounts struct {
	store  AccountStore
	hasher *hasher
	now    func() time.Time
	demo   bool
	find   UserFinder   // nil where no sign-ins are known to find users in
	by     *Rights      // rights of the person who changes accounts; nil for the owner at the command line
	log    *slog.Logger // the log for events
	// onEvent is told each event too; nil for nobody.
	onEvent func(context.Context, Event)
}

// By gives the accounts for a person with these rights. It refuses with NotAllowed to change an account that has a
// role outside these rights, and to give or take that role.
func (a *Accounts) By(r Rights) *Accounts {
	by := *a
	by.by = &r
	return &by
}

// allow refuses a change to an account with these roles, unless the acting person may keep them all.
func (a *Accounts) allow(roles []Role) error {
	if a.by == nil {
		return nil
	}
	return a.by.checkKeep(roles)
}

// changeAccount changes an account if allow permits it. The check sees the account as it is inside the
// transaction.
func (a *Accounts) changeAccount(ctx context.Context, name string, change func(*Account) error) error {
	return a.store.ChangeAccount(ctx, name, func(account *Account) error {
		if err := a.allow(account.Roles); err != nil {
			return err
		}
		return change(account)
	})
}

// Changeable gives an account that the acting person may change, else NotAllowed or ErrNoAccount.
func (a *Accounts) Changeable(ctx context.Context, id int64) (Account, error) {
	account, err := a.ByID(ctx, id)
	if err == nil {
		err = a.allow(account.Roles)
	}
	return account, err
}

// NewAccounts gives the rules over a store. With demo, accounts of the made-up tenant are valid.
func NewAccounts(store AccountStore, now func() time.Time, demo bool) *Accounts {
	return &Accounts{store: store, hasher: newHasher(), now: now, demo: demo, log: slog.New(slog.DiscardHandler)}
}

// NewAccount holds the values of an account to be added.
type NewAccount struct {
	Name              string
	Password          string
	Roles             []Role
	UserPrincipalName string
	UserID            string
	Mail              string
}

// List gives every account, by name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) { return a.store.Accounts(ctx) }

// Page gives one page of the accounts that are valid in this mode. It sets q.Demo itself.
func (a *Accounts) Page(ctx context.Context, q AccountsQuery) (page []Account, more bool, err error) {
	q.Demo = a.demo
	return a.store.AccountPage(ctx, q)
}

// ByID gives one account, or ErrNoAccount. An account that is not valid in this mode counts as missing.
func (a *Accounts) ByID(ctx context.Context, id int64) (Account, error) {
	account, err := a.store.AccountByID(ctx, id)
	if err == nil && !a.valid(account) {
		return Account{}, ErrNoAccount
	}
	return account, err
}

// Valid tells whether the account counts in this mode: those of the made-up tenant do in demo mode only.
func (a *Accounts) Valid(account Account) bool { return a.valid(account) }

// Exist tells whether any account is valid in this mode, so that somebody can have signed in.
func (a *Accounts) Exist(ctx context.Context) (bool, error) {
	n, err := a.store.CountAccounts(ctx, a.demo)
	return n > 0, err
}

// Add adds an account. It gives Invalid for a value that breaks a rule, and ErrNameTaken where another account has
// the name.
func (a *Accounts) Add(ctx context.Context, n NewAccount) (Account, error) {
	if err := a.allow(n.Roles); err != nil {
		return Account{}, err
	}
	account, err := a.build(ctx, n)
	if err != nil {
		return Account{}, err
	}
	if account, err = a.store.AddAccount(ctx, account); err == nil {
		a.tellAdded(ctx, account)
	}
	return account, err
}

// addFirst adds the first account; ErrAlreadySetUp where one is there.
func (a *Accounts) addFirst(ctx context.Context, n NewAccount) (Account, error) {
	account, err := a.build(ctx, n)
	if err != nil {
		return Account{}, err
	}
	if account, err = a.store.AddFirstAccount(ctx, account); err == nil {
		a.tellAdded(ctx, account)
	}
	return account, err
}

func (a *Accounts) build(ctx context.Context, n NewAccount) (Account, error) {
	name := strings.TrimSpace(n.Name)
	if err := checkName(name); err != nil {
		return Account{}, err
	}
	upn, userID, err := checkIdentity(n.UserPrincipalName, n.UserID)
	if err != nil {
		return Account{}, err
	}
	mail, err := checkMail(n.Mail)
	if err != nil {
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
		UserPrincipalName: upn, UserID: userID, Mail: mail,
	}, nil
}

// SetRoles changes the account's roles and ends its sessions.
func (a *Accounts) SetRoles(ctx context.Context, name string, roles []Role) error {
	if len(roles) == 0 {
		return Invalid{"role", "A role is needed. Give one."}
	}
	if err := a.allow(roles); err != nil {
		return err
	}
	var before Account
	err := a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		account.Roles = roles
		return checkScope(*account)
	})
	if err == nil {
		a.tellRoles(ctx, before, roles)
	}
	return err
}

// AccountEdit holds the new values of an account that Edit changes.
type AccountEdit struct {
	Roles             []Role
	UserPrincipalName string
	UserID            string
	// Mail is the new address for mails; nil leaves the address as it is.
	Mail *string
}

// check gives the values as they are stored, or Invalid.
func (e AccountEdit) check() (AccountEdit, error) {
	if len(e.Roles) == 0 {
		return e, Invalid{"role", "A role is needed. Give one."}
	}
	var err error
	if e.UserPrincipalName, e.UserID, err = checkIdentity(e.UserPrincipalName, e.UserID); err != nil || e.Mail == nil {
		return e, err
	}
	mail, err := checkMail(*e.Mail)
	e.Mail = &mail
	return e, err
}

// Edit changes the account's roles, the identity of its own sign-ins and its mail address in one transaction, and ends
// its sessions. An account that has these values already keeps its sessions.
func (a *Accounts) Edit(ctx context.Context, name string, e AccountEdit) error {
	e, err := e.check()
	if err != nil {
		return err
	}
	if err := a.allow(e.Roles); err != nil {
		return err
	}
	errSame := errors.New("nothing to change")
	var before, after Account
	err = a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		if FoldName(account.UserPrincipalName) != FoldName(e.UserPrincipalName) {
			account.Found = FoundUser{} // the ID was found for the old name
		}
		account.Roles, account.UserPrincipalName, account.UserID = e.Roles, e.UserPrincipalName, e.UserID
		if e.Mail != nil {
			account.Mail = *e.Mail
		}
		after = *account
		if slices.Equal(before.Roles, after.Roles) && before.UserPrincipalName == after.UserPrincipalName && before.UserID == after.UserID && before.Mail == after.Mail {
			return errSame
		}
		return checkScope(after)
	})
	switch {
	case errors.Is(err, errSame):
		return nil
	case err == nil:
		a.tellRoles(ctx, before, after.Roles)
		a.tellIdentity(ctx, before, after.UserPrincipalName, after.UserID)
		a.tellMail(ctx, before, after.Mail)
	}
	return err
}

// SetUserID changes the user ID of the person's own sign-ins, and ends the account's sessions.
func (a *Accounts) SetUserID(ctx context.Context, name, userID string) error {
	_, userID, err := checkIdentity("", userID)
	if err != nil {
		return err
	}
	var before Account
	err = a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		account.UserID = userID
		return nil
	})
	if err == nil {
		a.tellIdentity(ctx, before, before.UserPrincipalName, userID)
	}
	return err
}

// SetMail changes the person's address for mails. It ends the account's sessions if the address changes.
func (a *Accounts) SetMail(ctx context.Context, name, mail string) error {
	mail, err := checkMail(mail)
	if err != nil {
		return err
	}
	errSame := errors.New("nothing to change")
	var before Account
	err = a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		if account.Mail == mail {
			return errSame
		}
		account.Mail = mail
		return nil
	})
	switch {
	case errors.Is(err, errSame):
		return nil
	case err == nil:
		a.tellMail(ctx, before, mail)
	}
	return err
}

// SetPassword gives the account a new password, ends its sessions and forgets its failed sign-ins.
func (a *Accounts) SetPassword(ctx context.Context, name, password string) error {
	if err := checkPassword(password, strings.TrimSpace(name)); err != nil {
		return err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	var before Account
	err = a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		account.PasswordHash = hash
		return nil
	})
	if err != nil {
		return err
	}
	a.tell(ctx, EventPasswordChanged, before.Name)
	return a.store.ForgetFailures(ctx, NewAttempt(name, "", a.now()).Name)
}

// Disable stops the account from signing in and ends its sessions.
func (a *Accounts) Disable(ctx context.Context, name string) error {
	return a.setDisabled(ctx, name, true, EventAccountDisabled)
}

// Enable lets the account sign in again.
func (a *Accounts) Enable(ctx context.Context, name string) error {
	return a.setDisabled(ctx, name, false, EventAccountEnabled)
}

func (a *Accounts) setDisabled(ctx context.Context, name string, disabled bool, event string) error {
	var before Account
	err := a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		account.Disabled = disabled
		return nil
	})
	if err == nil && before.Disabled != disabled {
		a.tell(ctx, event, before.Name)
	}
	return err
}

// Remove removes the account and ends its sessions.
func (a *Accounts) Remove(ctx context.Context, name string) error {
	var removed Account
	err := a.store.RemoveAccount(ctx, name, func(account Account) error {
		removed = account
		return a.allow(account.Roles)
	})
	if err == nil {
		a.tell(ctx, EventAccountRemoved, removed.Name)
	}
	return err
}

// SignIn gives the account of that name if the password is right. Else it gives ErrWrongPassword, in the same time
// for a wrong name as for a wrong password, or ErrDisabled.
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

// valid tells whether the account counts in this mode.
func (a *Accounts) valid(account Account) bool { return a.demo || !account.Demo }
