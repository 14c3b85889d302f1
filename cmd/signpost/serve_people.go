package main

import (
	"context"
	"log/slog"
	"time"

	"signpost/auth"
	"signpost/store"
)

// findUsers finds the users of user principal names in a store, for the accounts of a portal over that tenant.
func findUsers(from store.Store, tenant string) auth.UserFinder {
	return func(ctx context.Context, upn string) (auth.FoundUser, error) {
		found, err := from.FindUser(ctx, upn, tenant)
		return auth.FoundUser{ID: found.ID, From: string(found.From)}, err
	}
}

// settleEvery is the pause between looks at accounts without a user ID. An import in any process may add the user
// of a name, and a name may get another user. So each account settles soon after an import.
const settleEvery = 5 * time.Second

// settleAccounts finds the user IDs of accounts that need one, again and again, until its caller calls the
// returned function. It costs nothing while no account needs one.
func settleAccounts(ctx context.Context, accounts *auth.Accounts, every time.Duration, log *slog.Logger) (stop func()) {
	return inBackground(ctx, func(ctx context.Context) {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		said := ""
		for {
			settled, err := accounts.SettleAll(ctx)
			for _, a := range settled {
				log.InfoContext(ctx, "the user ID of an account was found", "account", a.Name, "upn", a.UserPrincipalName, "user_id", a.Found.ID, "from", a.Found.From)
			}
			if now := errorText(err); now != said && ctx.Err() == nil {
				if said = now; err != nil {
					log.WarnContext(ctx, "look for the user IDs of accounts", "error", err)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// errorText is the text of an error, empty for none. Comparing texts lets a lasting error be logged once.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
