package auth

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SavedView is a state of a list under a name that a person gave.
type SavedView struct {
	ID      int64
	OwnerID int64
	Owner   string // the owner's name, on the way out
	Name    string // unique among the owner's without regard to case
	// Shared offers the view to everybody who may open the list.
	Shared  bool
	List    string // the list's name in addresses
	Query   string // the list's query, as its address has it
	Created time.Time
}

// ViewStore keeps saved views. Several processes may use it at once. It does not judge the query of a view: the
// pages that offer views decide who may see it.
type ViewStore interface {
	// SavedViews gives the account's own views and those that others share, in the order of their names.
	SavedViews(ctx context.Context, accountID int64) ([]SavedView, error)
	// SavedView gives one of these views; ErrNoView for every other ID.
	SavedView(ctx context.Context, accountID, id int64) (SavedView, error)
	// AddSavedView stores a new view and returns it with its ID. It gives ErrViewNameTaken where the owner has one
	// of that name, ErrTooManyViews where the owner has MaxViews, and ErrNoAccount where the owner is gone.
	AddSavedView(ctx context.Context, v SavedView) (SavedView, error)
	// ChangeSavedView reads, changes and writes one of the account's own views, in one transaction. It gives
	// ErrNoView where the account owns none of that ID, and ErrViewNameTaken as AddSavedView does. Only Name and
	// Shared can change.
	ChangeSavedView(ctx context.Context, accountID, id int64, change func(*SavedView)) error
	// RemoveSavedView removes one of the account's own views; with anyShared also a view that somebody else
	// shares. Else it gives ErrNoView. No list opens with the view any more.
	RemoveSavedView(ctx context.Context, accountID, id int64, anyShared bool) error
}

// MaxViews bounds the views of one account.
const MaxViews = 100

// MaxViewName bounds the characters of a view's name.
const MaxViewName = 80

// ViewName gives the name as it is kept, without spaces around it, or Invalid.
func ViewName(typed string) (string, error) {
	name := strings.TrimSpace(typed)
	switch {
	case name == "":
		return "", Invalid{"name", "A view needs a name. Give one."}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", Invalid{"name", "The name has characters that cannot be shown. Take them out."}
	case utf8.RuneCountInString(name) > MaxViewName:
		return "", Invalid{"name", "The name is longer than 80 characters. Choose a shorter one."}
	}
	return name, nil
}
