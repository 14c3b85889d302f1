package auth

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scope limits the part of the tenant that an account reads: to the members of some directory groups, and to some
// applications. It names groups by object ID and applications by application ID. The zero Scope limits nothing.
type Scope struct {
	Groups []string `json:"groups,omitempty"`
	Apps   []string `json:"apps,omitempty"`
}

// IsZero says that the scope limits nothing.
func (s Scope) IsZero() bool { return len(s.Groups) == 0 && len(s.Apps) == 0 }

// Equal says that two scopes are the same.
func (s Scope) Equal(other Scope) bool {
	return slices.Equal(s.Groups, other.Groups) && slices.Equal(s.Apps, other.Apps)
}

// MaxScope is how many groups, and how many applications, a scope may name.
const MaxScope = 50

// NewScope gives a scope with its IDs in lower case and byte order, each once. It gives Invalid for a text that cannot be an
// ID.
func NewScope(groups, apps []string) (s Scope, err error) {
	if s.Groups, err = scopeIDs("group", "group", groups); err != nil {
		return Scope{}, err
	}
	s.Apps, err = scopeIDs("app", "application", apps)
	return s, err
}

func scopeIDs(field, what string, ids []string) (list []string, err error) {
	for _, id := range ids {
		id = strings.ToLower(strings.TrimSpace(id))
		if id == "" {
			continue
		}
		if !utf8.ValidString(id) || len(id) > maxIdentityLength || strings.ContainsFunc(id, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
			return nil, Invalid{field, "This is no ID of " + withArticle(what) + ". Copy it from Entra ID, one on each line."}
		}
		list = append(list, id)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > MaxScope {
		return nil, Invalid{field, "A scope names at most 50 of them. Take some out."}
	}
	return list, nil
}

func withArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// checkScope refuses a scope on an account that could lift it itself.
func checkScope(a Account) error {
	if !a.Scope.IsZero() && a.Rights().MaySee(PeopleData) {
		return Invalid{"role", "An administrator cannot be limited to a scope, which they could lift themselves. Lift the scope first, or give other roles."}
	}
	return nil
}

// SetScope limits the account to a scope, or lifts it where the scope is zero, and ends the account's sessions.
func (a *Accounts) SetScope(ctx context.Context, name string, scope Scope) error {
	var before Account
	err := a.changeAccount(ctx, name, func(account *Account) error {
		before = *account
		account.Scope = scope
		return checkScope(*account)
	})
	if err == nil && !before.Scope.Equal(scope) {
		a.tell(ctx, EventScopeChanged, before.Name, slog.Any("from", before.Scope), slog.Any("to", scope))
	}
	return err
}
