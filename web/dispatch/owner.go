package dispatch

import (
	"context"
	"errors"
	"slices"

	"signpost/auth"
)

// owner gives the owner of a subscription, or a sentence that says why it stops.
func (d *Dispatcher) owner(ctx context.Context, sub auth.Subscription) (owner auth.Account, reason string, err error) {
	owner, err = d.Accounts.ByID(ctx, sub.OwnerID)
	switch {
	case sub.OwnerID == 0 || errors.Is(err, auth.ErrNoAccount):
		return owner, "The account of its owner, " + sub.Owner + ", was removed.", nil
	case err != nil:
		return owner, "", err
	case owner.Disabled:
		return owner, "The account of its owner, " + owner.Name + ", is disabled.", nil
	case sub.Terms.LeavesPortal() && !isAdministrator(owner):
		return owner, "Its messages leave the portal, which needs an administrator, and its owner " + owner.Name + " is none any more.", nil
	}
	if sub.Terms.Webhook != "" {
		if reason, err := d.webhookRefusal(ctx, sub.Terms.Webhook); reason != "" || err != nil {
			return owner, reason, err
		}
	}
	var invalid auth.Invalid
	switch err := d.Portal.Readable(ctx, auth.Readers{Owner: owner}, sub.Terms.Address); {
	case errors.Is(err, auth.ErrNoRight):
		return owner, "Its owner " + owner.Name + " may no longer see what it sends.", nil
	case errors.As(err, &invalid):
		return owner, "The portal does not understand its address any more. " + invalid.Problem, nil
	default:
		return owner, "", err
	}
}

// webhookRefusal gives a sentence where the host of a webhook is not allowed.
func (d *Dispatcher) webhookRefusal(ctx context.Context, address string) (string, error) {
	host, err := auth.WebhookHost(address)
	if err != nil {
		return err.Error(), nil
	}
	settings, err := d.Settings.Settings(ctx)
	if err != nil || slices.Contains(settings.WebhookHosts, host) {
		return "", err
	}
	return "The host " + host + " is not among the hosts that the settings allow for webhooks.", nil
}

// stop stops a subscription, and tells its owner and the administrators.
func (d *Dispatcher) stop(ctx context.Context, sub auth.Subscription, reason string) error {
	now := d.Now()
	told, err := d.notices(ctx, sub, true, now, auth.Episode{}, reason)
	if err != nil {
		return err
	}
	sub.Stopped = reason
	_, err = d.Subscriptions.Fire(ctx, sub, told)
	d.Log.InfoContext(ctx, "a schedule or watch stopped", "subscription", sub.ID, "owner", sub.Owner)
	return err
}

// administrators are the enabled accounts that may change settings.
func (d *Dispatcher) administrators(ctx context.Context) (list []auth.Account, err error) {
	all, err := d.Accounts.List(ctx)
	for _, a := range all {
		if !a.Disabled && d.Accounts.Valid(a) && isAdministrator(a) {
			list = append(list, a)
		}
	}
	return list, err
}

func isAdministrator(a auth.Account) bool { return a.Rights().MaySee(auth.SettingsData) }
