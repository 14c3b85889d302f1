package auth

import (
	"context"
	"errors"
	"fmt"
)

// EnsureDemo makes the demo accounts exist as described, with their public passwords. An account that is so
// already keeps its sessions. A name that belongs to a real account is an error.
func (a *Accounts) EnsureDemo(ctx context.Context, wanted []NewAccount) error {
	hashes := map[string]string{} // by password: demo passwords are public, so they need no salt each
	for _, n := range wanted {
		if err := a.ensureDemo(ctx, n, hashes); err != nil {
			return fmt.Errorf("demo account %s: %w", n.Name, err)
		}
	}
	return nil
}

func (a *Accounts) ensureDemo(ctx context.Context, n NewAccount, hashes map[string]string) error {
	kept, err := a.store.AccountByName(ctx, n.Name)
	switch {
	case errors.Is(err, ErrNoAccount):
	case err != nil:
		return err
	case !kept.Demo:
		return ErrNameTaken
	default:
		same, err := a.isDemoPassword(ctx, n.Password, kept.PasswordHash, hashes)
		if err != nil {
			return err
		}
		if same && sameButPassword(kept, n) {
			return nil
		}
	}
	if _, ok := hashes[n.Password]; !ok {
		if hashes[n.Password], err = a.hasher.hash(ctx, n.Password); err != nil {
			return err
		}
	}
	account := Account{
		Name: n.Name, Roles: n.Roles, UserPrincipalName: n.UserPrincipalName, UserID: n.UserID,
		PasswordHash: hashes[n.Password], Demo: true, Created: a.now().UTC(),
	}
	if kept.ID == 0 {
		_, err = a.store.AddAccount(ctx, account)
		return err
	}
	return a.store.ChangeAccount(ctx, n.Name, func(changed *Account) error {
		account.ID, account.Created = changed.ID, changed.Created
		*changed = account
		return nil
	})
}

// isDemoPassword compares each stored hash once, and keeps it for the next accounts.
func (a *Accounts) isDemoPassword(ctx context.Context, password, kept string, hashes map[string]string) (bool, error) {
	if hashes[password] == kept {
		return true, nil
	}
	same, err := a.hasher.verify(ctx, kept, password)
	if err != nil {
		return false, err
	}
	if same {
		hashes[password] = kept
	}
	return same, nil
}

func sameButPassword(kept Account, n NewAccount) bool {
	if len(kept.Roles) != len(n.Roles) || kept.Disabled {
		return false
	}
	for i, role := range n.Roles {
		if kept.Roles[i] != role {
			return false
		}
	}
	return kept.UserPrincipalName == n.UserPrincipalName && kept.UserID == n.UserID
}
