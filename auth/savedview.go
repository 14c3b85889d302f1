package auth

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SavedView is a state of a list that somebody gave a name: what its address asks for.
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

// ViewStore keeps saved views. Another process may use it at the same time. What a view names is not its business: whether
// somebody may see that is decided where it is offered.
type ViewStore interface {
	// SavedViews gives the account's own views and those that others share, by name.
	SavedViews(ctx context.Context, accountID int64) ([]SavedView, error)
	// SavedView gives one of those; ErrNoView for every other id.
	SavedView(ctx context.Context, accountID, id int64) (SavedView, error)
	// AddSavedView keeps a new view and gives it with its ID. ErrViewNameTaken where the owner has one of that name,
	// ErrTooManyViews where the owner has MaxViews, ErrNoAccount where the owner is gone.
	AddSavedView(ctx context.Context, v SavedView) (SavedView, error)
	// ChangeSavedView reads, changes and writes a view of the account's own, in one transaction: ErrNoView where it owns
	// none of that id, ErrViewNameTaken as AddSavedView. Only Name and Shared can change.
	ChangeSavedView(ctx context.Context, accountID, id int64, change func(*SavedView)) error
	// RemoveSavedView removes a view of the account's own, or with anyShared also one that somebody else shares; else
	// ErrNoView. Nobody's list begins with it any more.
	RemoveSavedView(ctx context.Context, accountID, id int64, anyShared bool) error
}

// MaxViews is how many views one account may keep.
const MaxViews = 100

// MaxViewName is how many characters a view's name may have.
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
