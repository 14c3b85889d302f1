package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FoundUser is the user ID that a user principal name was found to stand for. A name may be given to somebody else
// later. So the ID is found once and stays, even if later data say otherwise.
type FoundUser struct {
	ID string // empty for none
	// From is the source, in a word: see FromDirectory.
	From string
	At   time.Time
}

// These are the sources of a user ID.
const (
	FromDirectory = "directory" // the imported directory has exactly one user of that name
	FromLogs      = "logs"      // all sign-ins under that name are of one user
)

// UserFinder finds the one user ID that a user principal name stands for. Finding none is no error.
type UserFinder func(ctx context.Context, upn string) (FoundUser, error)

// PersonID is the user ID that the person's own sign-ins count by: the given one, else the found one. It is empty
// while neither is known.
func (a Account) PersonID() string {
	if isUserID(a.UserID) {
		return a.UserID
	}
	return a.Found.ID
}

// NeedsUserID tells whether the account has only a user principal name that no one user was found for. Such an
// account has no sign-ins of its own until an administrator gives the user ID.
func (a Account) NeedsUserID() bool { return a.UserPrincipalName != "" && a.PersonID() == "" }

// isUserID tells the ID of a user from an empty one, and from the ID of zeros in sign-ins without a user.
func isUserID(id string) bool { return strings.Trim(id, "{0-}") != "" }

// FindUsersBy sets the function that finds user IDs.
func (a *Accounts) FindUsersBy(find UserFinder) { a.find = find }

// FindUser gives the user whom a user principal name stands for now; the zero FoundUser where there is no such one.
func (a *Accounts) FindUser(ctx context.Context, upn string) (FoundUser, error) {
	if a.find == nil {
		return FoundUser{}, nil
	}
	found, err := a.find(ctx, upn)
	if err != nil || !isUserID(found.ID) {
		return FoundUser{}, err
	}
	return found, nil
}

// Settle finds and stores the user ID of an account that needs one. It returns the account as it is then.
func (a *Accounts) Settle(ctx context.Context, account Account) (Account, error) {
	if a.find == nil || !account.NeedsUserID() {
		return account, nil
	}
	found, err := a.find(ctx, account.UserPrincipalName)
	if err != nil {
		return account, fmt.Errorf("find the user ID of an account: %w", err)
	}
	if !isUserID(found.ID) {
		return account, nil
	}
	found.At = a.now().UTC()
	now, err := a.store.KeepFoundUser(ctx, account, found)
	if err != nil {
		return account, fmt.Errorf("keep the user ID of an account: %w", err)
	}
	return now, nil
}

// SettleAll settles every account that needs its user ID, and returns those that got one. It joins the errors; an
// error with one account does not stop the others.
func (a *Accounts) SettleAll(ctx context.Context) (settled []Account, err error) {
	unsettled, err := a.store.UnsettledAccounts(ctx)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, account := range unsettled {
		if !a.valid(account) {
			continue
		}
		now, err := a.Settle(ctx, account)
		if err == nil && !now.NeedsUserID() {
			settled = append(settled, now)
		}
		errs = append(errs, err)
	}
	return settled, errors.Join(errs...)
}
