package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FoundUser is the user ID that a user principal name was found to stand for. Names are given again to other people, so it is
// found once and stays, whatever later data say.
type FoundUser struct {
	ID string // empty for none
	// From is where it is known from, in a word: see FromDirectory.
	From string
	At   time.Time
}

// Where a user ID is known from.
const (
	FromDirectory = "directory" // the imported directory has exactly one user of that name
	FromLogs      = "logs"      // all sign-ins under that name are of one user
)

// UserFinder finds the one user ID that a user principal name stands for; none is no error.
type UserFinder func(ctx context.Context, upn string) (FoundUser, error)

// PersonID is the user ID that the person's own sign-ins count by: the one that was given, else the one that was found. Empty
// where nobody knows who the person is.
func (a Account) PersonID() string {
	if isUserID(a.UserID) {
		return a.UserID
	}
	return a.Found.ID
}

// NeedsUserID says that the account names a person by a user principal name alone, which is not known to stand for exactly
// one user. It has no sign-ins of its own until an administrator gives the user ID.
func (a Account) NeedsUserID() bool { return a.UserPrincipalName != "" && a.PersonID() == "" }

// isUserID tells the ID of a user from none, and from the ID of zeros that sign-ins of no user carry.
func isUserID(id string) bool { return strings.Trim(id, "{0-}") != "" }

// FindUsersBy sets how user IDs are found.
func (a *Accounts) FindUsersBy(find UserFinder) { a.find = find }

// Settle finds the user ID of an account that needs one, and keeps it. The account is given as it is then.
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

// SettleAll settles every account that needs its user ID, and gives those that got one. Of several errors each is told, and
// takes nothing from the others.
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
