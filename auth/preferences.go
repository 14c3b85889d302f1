package auth

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Preferences are the choices of one account for itself. The zero value means no choice.
type Preferences struct {
	// Zone is the time zone of times on pages: ZoneOfBrowser, or an IANA name, UTC too. Empty means no choice: then pages are in UTC, and
	// those of one's own sign-ins in the browser's zone.
	Zone string
	// Legacy means that the person last used the legacy view of the interactive log.
	Legacy bool
	// FacetsHidden folds away the facets of lists. ClosedFacets and OpenFacets name the facets that the person closed and opened,
	// each for all lists.
	FacetsHidden             bool
	ClosedFacets, OpenFacets []string
	// ChartFolded makes the chart above a list a strip.
	ChartFolded bool
	// Compact makes a list's rows low.
	Compact bool
	// Pinned are the IDs of the views of one's own that the navigation leads to, in its order.
	Pinned []string
	// Mail is the switch of mails about new places and devices.
	Mail MailSwitch
	// Columns are the columns chosen for a list, in the form of the parameter cols. The key is the list's name in
	// addresses.
	Columns map[string][]string
	// DefaultViews are the IDs of the views that lists open with. The key is the list's name in addresses.
	DefaultViews map[string]string
	// Widths are the widths of columns that were chosen for a list, in pixels. The keys are the list's name in addresses and
	// the name of the column.
	Widths map[string]map[string]int
}

// ZoneOfBrowser is the Zone that follows the browser.
const ZoneOfBrowser = "browser"

// PreferenceName names one preference in the store.
type PreferenceName string

// These preferences hold for all lists. ColumnsOf, DefaultViewOf and WidthsOf name those of one list.
const (
	PreferenceZone         PreferenceName = "zone"
	PreferenceLegacy       PreferenceName = "legacy"        // PreferenceOn or empty
	PreferenceFacets       PreferenceName = "facets"        // PreferenceHidden or empty
	PreferenceClosedFacets PreferenceName = "closed-facets" // names with commas, with a plus sign those that are open
	PreferenceDensity      PreferenceName = "density"       // PreferenceCompact or empty
	PreferenceChart        PreferenceName = "chart"         // PreferenceFolded or empty
	PreferencePinned       PreferenceName = "pinned"        // IDs with commas
	PreferenceMail         PreferenceName = "mail"          // MailSwitch.String
)

// These values are words.
const (
	PreferenceOn      = "on"
	PreferenceHidden  = "hidden"
	PreferenceCompact = "compact"
	PreferenceFolded  = "folded"
)

const (
	columnsPrefix     = "columns."
	defaultViewPrefix = "default-view."
	widthsPrefix      = "widths."
)

// ColumnsOf names the columns of a list: names with commas.
func ColumnsOf(list string) PreferenceName { return PreferenceName(columnsPrefix + list) }

// DefaultViewOf names the view that a list begins with.
func DefaultViewOf(list string) PreferenceName { return PreferenceName(defaultViewPrefix + list) }

// WidthsOf names the widths of a list's columns: pairs such as user:240 with commas.
func WidthsOf(list string) PreferenceName { return PreferenceName(widthsPrefix + list) }

// WidthsList gives the name of the list that the preference holds widths for.
func (n PreferenceName) WidthsList() (list string, ok bool) {
	return strings.CutPrefix(string(n), widthsPrefix)
}

// MinWidth and MaxWidth bound the width of a column in pixels.
const (
	MinWidth = 48
	MaxWidth = 1000
)

// ParseWidths reads the widths of a list's columns. It leaves out parts that are no width; ok says that there were none.
func ParseWidths(value string) (widths map[string]int, ok bool) {
	ok = true
	for _, pair := range names(value) {
		column, text, _ := strings.Cut(pair, ":")
		width, err := strconv.Atoi(text)
		if err != nil || column == "" || width < MinWidth || width > MaxWidth {
			ok = false
			continue
		}
		if widths == nil {
			widths = map[string]int{}
		}
		widths[column] = width
	}
	return widths, ok
}

// FormatWidths writes widths as ParseWidths reads them, in the order of the columns' names.
func FormatWidths(widths map[string]int) string {
	pairs := make([]string, 0, len(widths))
	for _, column := range slices.Sorted(maps.Keys(widths)) {
		pairs = append(pairs, column+":"+strconv.Itoa(widths[column]))
	}
	return strings.Join(pairs, ",")
}

// PreferenceStore keeps preferences. Several processes may use it at once.
type PreferenceStore interface {
	// Preferences gives an account's preferences; none where the account does not exist.
	Preferences(ctx context.Context, accountID int64) (Preferences, error)
	// SetPreference stores one value in place of the one before; an empty value deletes it. It gives Invalid for a
	// name or value that CheckPreference refuses, and ErrNoAccount where the account is gone.
	SetPreference(ctx context.Context, accountID int64, name PreferenceName, value string) error
}

// MaxPinned is how many views one account can pin.
const MaxPinned = 5

// maxPreference bounds the bytes of a value: all columns of a list fit in.
const maxPreference = 8 << 10

var ofList = regexp.MustCompile(`^(columns|default-view|widths)\.[a-z]{1,40}$`)

// CheckPreference gives Invalid for a wrong name or value. Every engine must call it: the set of names is closed.
func CheckPreference(name PreferenceName, value string) error {
	all := []PreferenceName{PreferenceZone, PreferenceLegacy, PreferenceFacets, PreferenceClosedFacets, PreferenceDensity, PreferenceChart, PreferencePinned, PreferenceMail}
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

// Set puts one stored preference in its place. It ignores unknown names, which a newer program may have stored.
func (p *Preferences) Set(name PreferenceName, value string) {
	switch name {
	case PreferenceZone:
		p.Zone = value
	case PreferenceLegacy:
		p.Legacy = value == PreferenceOn
	case PreferenceFacets:
		p.FacetsHidden = value == PreferenceHidden
	case PreferenceClosedFacets:
		p.ClosedFacets, p.OpenFacets = nil, nil
		for _, name := range names(value) {
			if open, isOpen := strings.CutPrefix(name, "+"); isOpen {
				p.OpenFacets = append(p.OpenFacets, open)
			} else {
				p.ClosedFacets = append(p.ClosedFacets, name)
			}
		}
	case PreferenceDensity:
		p.Compact = value == PreferenceCompact
	case PreferencePinned:
		p.Pinned = names(value)
	case PreferenceMail:
		p.Mail = parseMailSwitch(value)
	case PreferenceChart:
		p.ChartFolded = value == PreferenceFolded
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
	if list, ok := name.WidthsList(); ok && value != "" {
		if p.Widths == nil {
			p.Widths = map[string]map[string]int{}
		}
		p.Widths[list], _ = ParseWidths(value)
	}
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
