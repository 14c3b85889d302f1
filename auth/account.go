package auth

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Account is a person who may sign in.
type Account struct {
	ID   int64
	Name string // unique without regard to case
	// Roles are a set, in the order of Roles().
	Roles []Role
	// UserPrincipalName and UserID identify the person in Entra ID; both may be empty.
	UserPrincipalName, UserID string
	// Mail is the address for mails to the person; empty means no mails. Only administrators set it. An intruder in an account
	// must not redirect its warnings.
	Mail string
	// Found is the user ID that the user principal name was found to stand for; it counts where UserID is empty.
	Found FoundUser
	// Scope limits the part of the tenant that the account reads; the zero Scope limits nothing. Own sign-ins are never limited.
	Scope        Scope
	PasswordHash string // PHC string of argon2id
	Disabled     bool
	// Demo marks an account of the made-up tenant: its password is public, so it is valid in demo mode only.
	Demo    bool
	Created time.Time
	// LastSignIn is when the account signed in last; zero where it never did.
	LastSignIn time.Time
}

// Rights gives the rights of the account.
func (a Account) Rights() Rights { return RightsOf(a.Roles) }

// Is says whether the account has the role.
func (a Account) Is(role Role) bool { return slices.Contains(a.Roles, role) }

// AccountStore keeps accounts. Names are found without regard to case.
type AccountStore interface {
	// Accounts gives every account, by name.
	Accounts(ctx context.Context) ([]Account, error)
	// AccountPage gives one page of the accounts, in the order of their names. more tells whether further accounts
	// follow.
	AccountPage(ctx context.Context, q AccountsQuery) (page []Account, more bool, err error)
	// AccountByName and AccountByID give one account, or ErrNoAccount.
	AccountByName(ctx context.Context, name string) (Account, error)
	AccountByID(ctx context.Context, id int64) (Account, error)
	// AddAccount adds an account and returns it with its ID. It gives ErrNameTaken where another account has the
	// name.
	AddAccount(ctx context.Context, a Account) (Account, error)
	// AddFirstAccount adds an account if the store has none; demo accounts do not count. Else it gives ErrAlreadySetUp. It
	// needs one transaction.
	AddFirstAccount(ctx context.Context, a Account) (Account, error)
	// ChangeAccount reads, changes and writes the account and ends its sessions, in one transaction. It gives
	// ErrNoAccount where the account is gone, and ErrLastAdministrator where no enabled Global Administrator would
	// be left. Demo accounts count for that only if the changed account is one. An error of change stops the
	// transaction and is returned as it is.
	ChangeAccount(ctx context.Context, name string, change func(*Account) error) error
	// RemoveAccount removes the account and its sessions in one transaction, unless check returns an error. Its
	// errors are those of ChangeAccount.
	RemoveAccount(ctx context.Context, name string, check func(Account) error) error
	// UnsettledAccounts gives the accounts for which NeedsUserID holds, in the order of their names.
	UnsettledAccounts(ctx context.Context) ([]Account, error)
	// KeepFoundUser stores the user that the account's user principal name stands for, and returns the account as
	// it is then. It changes nothing where a user was found before, or where the account meanwhile has another
	// name or a user ID. The account's sessions stay.
	KeepFoundUser(ctx context.Context, a Account, found FoundUser) (Account, error)
	// CountAccounts counts the accounts, with or without demo accounts.
	CountAccounts(ctx context.Context, withDemo bool) (int, error)
	AttemptStore
}

// AccountsQuery asks for a page of accounts.
type AccountsQuery struct {
	// Holds is a text that the name, the UPN or the user ID must contain, without regard to the case of ASCII
	// letters. Empty means any.
	Holds string
	// After is the last name of the page before; empty for the first page.
	After string
	Limit int
	// Demo includes accounts of the made-up tenant.
	Demo bool
}

// FoldName is the form in which names are compared.
func FoldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

const maxNameLength = 100 // characters

// maxIdentityLength is more than Entra ID allows: a UPN has 113 characters at most.
const maxIdentityLength = 256 // bytes

func checkName(name string) error {
	switch {
	case name == "":
		return Invalid{"name", "A name is needed. Give one."}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Invalid{"name", "The name has characters that cannot be shown. Take them out."}
	case utf8.RuneCountInString(name) > maxNameLength:
		return Invalid{"name", "The name is longer than 100 characters. Choose a shorter one."}
	}
	return nil
}

// checkIdentity returns the user principal name and the user ID without spaces around them, or Invalid.
func checkIdentity(upn, userID string) (string, string, error) {
	upn, userID = strings.TrimSpace(upn), strings.TrimSpace(userID)
	for _, text := range []struct{ field, value, what string }{{"upn", upn, "user principal name"}, {"userid", userID, "user ID"}} {
		if text.field == "userid" && text.value != "" && !isUserID(text.value) {
			return "", "", Invalid{text.field, "No user has this ID: Entra writes it on sign-ins with an unknown user name. Copy the person's own ID, or leave it empty."}
		}
		if len(text.value) > maxIdentityLength || !utf8.ValidString(text.value) || strings.ContainsFunc(text.value, unicode.IsControl) {
			return "", "", Invalid{text.field, "This is no " + text.what + ". Copy it from Entra ID, or leave it empty."}
		}
	}
	return upn, userID, nil
}
