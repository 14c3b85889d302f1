package auth

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
)

// The events of accounts, as the log names them. They never change, because scripts look for these words. A failed
// sign-in always begins with its address and its reason, in this order: filters against guessing read that line.
const (
	EventSignedIn        = "signed in"
	EventSignInFailed    = "sign-in failed"
	EventAccountAdded    = "account added"
	EventAccountDisabled = "account disabled"
	EventAccountEnabled  = "account enabled"
	EventAccountRemoved  = "account removed"
	EventRolesChanged    = "roles changed"
	EventIdentityChanged = "identity changed"
	EventPasswordChanged = "password changed"
	EventScopeChanged    = "scope changed"
	EventMailChanged     = "mail address changed"
)

// Actor is the author of a change of accounts, for the log.
type Actor struct {
	Name    string // name of an account, or of the user of the command line; empty where nobody is signed in
	Address string // source of the request; empty on the command line
	Request string // ID of the request in the log; empty on the command line
}

type actorKey struct{}

// WithActor puts the actor into the context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

func actorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor) // absent: nothing is known
	return a
}

// LogTo sends the events of accounts to a log. Without it they are dropped.
func (a *Accounts) LogTo(log *slog.Logger) { a.log = log }

// tell logs a change of an account with its author.
func (a *Accounts) tell(ctx context.Context, event, account string, attrs ...slog.Attr) {
	actor := actorOf(ctx)
	attrs = append([]slog.Attr{slog.String("account", account)}, attrs...)
	attrs = appendKnown(attrs, "by", actor.Name)
	attrs = appendKnown(attrs, "address", actor.Address)
	a.write(ctx, slog.LevelInfo, event, appendKnown(attrs, "id", actor.Request))
}

// tellAdded logs that an account was added.
func (a *Accounts) tellAdded(ctx context.Context, account Account) {
	a.tell(ctx, EventAccountAdded, account.Name, slog.Any("roles", account.Roles))
}

// tellRoles logs a change of an account's roles; nothing where they are equal.
func (a *Accounts) tellRoles(ctx context.Context, before Account, roles []Role) {
	if !slices.Equal(before.Roles, roles) {
		a.tell(ctx, EventRolesChanged, before.Name, slog.Any("from", before.Roles), slog.Any("to", roles))
	}
}

// tellIdentity logs a change of the identity of an account's own sign-ins; nothing where it is equal.
func (a *Accounts) tellIdentity(ctx context.Context, before Account, upn, userID string) {
	if before.UserPrincipalName == upn && before.UserID == userID {
		return
	}
	a.tell(ctx, EventIdentityChanged, before.Name, slog.String("from_upn", before.UserPrincipalName), slog.String("to_upn", upn),
		slog.String("from_user_id", before.UserID), slog.String("to_user_id", userID))
}

// tellMail logs a change of an account's mail address; nothing where it is equal. The log holds no mail addresses: it is often
// kept longer than the account, and elsewhere.
func (a *Accounts) tellMail(ctx context.Context, before Account, mail string) {
	if before.Mail != mail {
		a.tell(ctx, EventMailChanged, before.Name)
	}
}

// Event is an action on an account, done or tried. Account and By are names. A text is empty where nothing is known. Details are
// the other facts as KEY=VALUE.
type Event struct {
	Name, Account, By, Address string
	Details                    []string
}

// Text tells the event in a line, without its author and address.
func (e Event) Text() string {
	words := []string{e.Name}
	if e.Account != "" {
		words = append(words, "account="+e.Account)
	}
	return strings.Join(append(words, e.Details...), " ")
}

// OnEvent sets a function that is told each event, in addition to the log.
func (a *Accounts) OnEvent(tell func(context.Context, Event)) { a.onEvent = tell }

// write tells an event even if the client has left meanwhile.
func (a *Accounts) write(ctx context.Context, level slog.Level, event string, attrs []slog.Attr) {
	ctx = context.WithoutCancel(ctx)
	a.log.LogAttrs(ctx, level, event, attrs...)
	if a.onEvent == nil {
		return
	}
	e := Event{Name: event}
	for _, attr := range attrs {
		switch attr.Key {
		case "account":
			e.Account = attr.Value.String()
		case "by":
			e.By = attr.Value.String()
		case "address":
			e.Address = attr.Value.String()
		case "id":
		default:
			e.Details = append(e.Details, attr.Key+"="+attr.Value.String())
		}
	}
	a.onEvent(ctx, e)
}

func appendKnown(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, value))
}

// SignedIn logs that a session of the account has begun.
func (a *Accounts) SignedIn(ctx context.Context, address string, account Account) {
	attrs := []slog.Attr{slog.String("address", address), slog.String("account", account.Name)}
	a.write(ctx, slog.LevelInfo, EventSignedIn, appendKnown(attrs, "id", actorOf(ctx).Request))
}

// SignInFailed logs a sign-in, or a use of the setup code, that was refused with err. It ignores errors that
// refuse nothing. It logs a typed name only if an account has it: any other may be a password typed into the wrong
// box.
func (a *Accounts) SignInFailed(ctx context.Context, address, name string, err error) {
	reason, isRefusal := refusalReason(err)
	if !isRefusal {
		return
	}
	account, known := a.named(ctx, name)
	if !known && errors.Is(err, ErrWrongPassword) {
		reason = "no such account"
	}
	attrs := []slog.Attr{slog.String("address", address), slog.String("reason", reason)}
	attrs = appendKnown(attrs, "account", account)
	a.write(ctx, slog.LevelWarn, EventSignInFailed, appendKnown(attrs, "id", actorOf(ctx).Request))
}

func refusalReason(err error) (reason string, isRefusal bool) {
	switch {
	case errors.As(err, new(TooManyAttempts)):
		return "too many attempts", true
	case errors.Is(err, ErrWrongPassword):
		return "wrong password", true
	case errors.Is(err, ErrDisabled):
		return "account disabled", true
	case errors.Is(err, ErrWrongSetupCode):
		return "wrong setup code", true
	case errors.Is(err, context.Canceled): // the attempt was counted: somebody who guesses and leaves must be seen
		return "left before the answer", true
	}
	return "", false
}

// named gives the stored name of the account with the name, and an empty text where there is none.
func (a *Accounts) named(ctx context.Context, name string) (string, bool) {
	account, ok := a.Named(ctx, name)
	return account.Name, ok // the line has everything else without it
}

// Named gives the account of a name; ok is false where there is none, or it cannot be read.
func (a *Accounts) Named(ctx context.Context, name string) (account Account, ok bool) {
	account, err := a.store.AccountByName(context.WithoutCancel(ctx), name)
	if err != nil || !a.valid(account) {
		return Account{}, false
	}
	return account, true
}
