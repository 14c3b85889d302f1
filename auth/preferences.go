package auth

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Preferences are what an account chose for itself. The zero value is somebody who chose nothing.
type Preferences struct {
	// Zone is the time zone of times on pages: empty for UTC, ZoneOfBrowser, or an IANA name.
	Zone string
	// Legacy says that the legacy view was used last, and not the interactive log.
	Legacy bool
	// FacetsHidden folds away the values next to a list. ClosedFacets are the fields that are folded one by one.
	FacetsHidden bool
	ClosedFacets []string
	// Compact makes a list's rows low.
	Compact bool
	// Columns are the columns kept for a list, by the list's name in addresses, as the parameter cols names them.
	Columns map[string][]string
	// DefaultViews are the ids of the views that lists begin with, by the list's name in addresses.
	DefaultViews map[string]string
}

// ZoneOfBrowser is the Zone that follows the browser.
const ZoneOfBrowser = "browser"

// PreferenceName names one preference as it is kept.
type PreferenceName string

// The preferences that are one for all lists. Those of a list are named by ColumnsOf and DefaultViewOf.
const (
	PreferenceZone         PreferenceName = "zone"
	PreferenceLegacy       PreferenceName = "legacy"        // PreferenceOn or empty
	PreferenceFacets       PreferenceName = "facets"        // PreferenceHidden or empty
	PreferenceClosedFacets PreferenceName = "closed-facets" // names with commas
	PreferenceDensity      PreferenceName = "density"       // PreferenceCompact or empty
)

// The values that are words.
const (
	PreferenceOn      = "on"
	PreferenceHidden  = "hidden"
	PreferenceCompact = "compact"
)

const (
	columnsPrefix     = "columns."
	defaultViewPrefix = "default-view."
)

// ColumnsOf names the columns of a list: names with commas.
func ColumnsOf(list string) PreferenceName { return PreferenceName(columnsPrefix + list) }

// DefaultViewOf names the view that a list begins with.
func DefaultViewOf(list string) PreferenceName { return PreferenceName(defaultViewPrefix + list) }

// PreferenceStore keeps preferences. Another process may use it at the same time.
type PreferenceStore interface {
	// Preferences gives an account's; none are kept of an account that is not there.
	Preferences(ctx context.Context, accountID int64) (Preferences, error)
	// SetPreference keeps one in place of what was kept under that name; an empty value forgets it. A name or value that
	// cannot be kept is Invalid; ErrNoAccount where the account is gone.
	SetPreference(ctx context.Context, accountID int64, name PreferenceName, value string) error
}

// maxPreference is how many bytes a value may have: all columns of a list, with room to spare.
const maxPreference = 8 << 10

var ofList = regexp.MustCompile(`^(columns|default-view)\.[a-z]{1,40}$`)

// CheckPreference says what is wrong with a name or value, as every engine must: the set of names is closed.
func CheckPreference(name PreferenceName, value string) error {
	all := []PreferenceName{PreferenceZone, PreferenceLegacy, PreferenceFacets, PreferenceClosedFacets, PreferenceDensity}
	switch {
	case !slices.Contains(all, name) && !ofList.MatchString(string(name)):
		return Invalid{"name", "There is no such preference."}
	case len(value) > maxPreference:
		return Invalid{"value", "The value is too long to be kept."}
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return Invalid{"value", "The value has characters that cannot be kept."}
	}
	return nil
}

// Set puts one kept preference in its place. A name that is not known is passed over: a newer program may have kept it.
func (p *Preferences) Set(name PreferenceName, value string) {
	switch name {
	case PreferenceZone:
		p.Zone = value
	case PreferenceLegacy:
		p.Legacy = value == PreferenceOn
	case PreferenceFacets:
		p.FacetsHidden = value == PreferenceHidden
	case PreferenceClosedFacets:
		p.ClosedFacets = names(value)
	case PreferenceDensity:
		p.Compact = value == PreferenceCompact
	}
	if list, ok := strings.CutPrefix(string(name), columnsPrefix); ok && value != "" {
		if p.Columns == nil {
			p.Columns = map[string][]string{}
		}
		p.Columns[list] = names(value)
	}
	if list, ok := strings.CutPrefix(string(name), defaultViewPrefix); ok && value != "" {
		if p.DefaultViews == nil {
			p.DefaultViews = map[string]string{}
		}
		p.DefaultViews[list] = value
	}
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
