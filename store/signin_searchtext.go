package store

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Search is what a text that was typed or pasted into the search box may mean. The same text may mean several
// things; which of them are there only the store knows.
type Search struct {
	// Text is the text on one line, white space squeezed.
	Text string
	// IDs are the GUIDs in the text.
	IDs []SearchID
	// Addresses are IP addresses and, where it is the whole text, a prefix or network, as the field ip takes them.
	Addresses []string
	// Usernames are texts like ada@example.com.
	Usernames []string
	// Codes are error codes, digits only.
	Codes []string
	// Time is when the error of a pasted message happened; zero where the text does not tell.
	Time time.Time
	// Word is the text where it is one word that is no GUID, address or username: it may be an id of another shape.
	Word string
	// Name is the text where it may be a name or a part of one; empty for a pasted message.
	Name string
	// Cut says that the text holds more things of a kind than are looked for.
	Cut bool
}

// SearchID is a GUID in a text.
type SearchID struct {
	Value string // in lower case
	// Said is RequestID or CorrelationID where the words before it call it so, else nil.
	Said *Property
}

// MaxSearched is how many things of one kind a search looks for; maxNameLength is how long the names of users
// and applications may be in Entra.
const (
	MaxSearched   = 8
	maxNameLength = 256
)

// ParseSearch works out what a text may mean. It never fails: what is nothing else may be a name.
func ParseSearch(text string) Search {
	s := Search{Text: strings.Join(strings.Fields(text), " ")}
	whole := Unquoted(s.Text)
	s.IDs = firstFew(&s, searchIDs(s.Text))
	s.Codes = firstFew(&s, searchCodes(whole))
	if a, problem := address(whole); problem == "" {
		s.Addresses = []string{a}
	} else {
		addresses, usernames := searchWords(s.Text)
		s.Addresses, s.Usernames = firstFew(&s, addresses), firstFew(&s, usernames)
	}
	if len(s.Codes) > 0 {
		s.Time = searchTime(s.Text)
	}
	isMessage := len(s.IDs) > 0 || aadsts.MatchString(s.Text)
	if !isMessage && utf8.RuneCountInString(whole) <= maxNameLength {
		s.Name = whole
	}
	if len(s.Addresses)+len(s.Usernames) == 0 && !strings.Contains(s.Name, " ") {
		s.Word = s.Name
	}
	return s
}

// IsEmpty says that there is nothing to look for.
func (s Search) IsEmpty() bool { return s.Text == "" }

// IsIDStart says that the word is the beginning of a GUID long enough to find few: what a list shows of one.
func (s Search) IsIDStart() bool {
	const zeros = "00000000-0000-0000-0000-000000000000"
	return len(s.Word) >= 8 && len(s.Word) < len(zeros) && IsGUID(s.Word+zeros[len(s.Word):])
}

// firstFew gives as many as are looked for, and notes where there are more.
func firstFew[T any](s *Search, list []T) []T {
	if len(list) > MaxSearched {
		s.Cut = true
		list = list[:MaxSearched]
	}
	return list
}

// quotes stand around what is copied from JSON, PowerShell and letters.
const quotes = "\"'`“”‘’«»{}[]()<>"

// Unquoted gives a text without the quotes and brackets around the whole of it. A lone sign at one end stays, as it may belong to
// the text.
func Unquoted(text string) string {
	for {
		first, width := utf8.DecodeRuneInString(text)
		last, lastWidth := utf8.DecodeLastRuneInString(text)
		if len(text) < width+lastWidth || !strings.ContainsRune(quotes, first) || !strings.ContainsRune(quotes, last) {
			return text
		}
		text = strings.TrimSpace(text[width : len(text)-lastWidth])
	}
}

// searchIDs finds every GUID. What stands before and after one does not count: an input leaves the line ends out
// of what is pasted, and "Trace ID: GUID" is followed by "Correlation ID" without a space.
func searchIDs(text string) []SearchID {
	var ids []SearchID
	for i := 0; i+36 <= len(text); i++ {
		if !IsGUID(text[i : i+36]) {
			continue
		}
		id := SearchID{Value: strings.ToLower(text[i : i+36]), Said: saidBefore(text[:i])}
		known := slices.IndexFunc(ids, func(k SearchID) bool { return k.Value == id.Value })
		switch {
		case known < 0:
			ids = append(ids, id)
		case ids[known].Said == nil:
			ids[known].Said = id.Said
		}
		i += 35
	}
	return ids
}

// saidNames are how messages, pages and records call the two ids. A client's request ID is the correlation ID.
var saidNames = []struct {
	name string
	said *Property
}{
	{"clientrequestid", CorrelationID},
	{"correlationid", CorrelationID},
	{"activityid", CorrelationID},
	{"traceid", RequestID},
	{"requestid", RequestID},
}

// saidBefore reads what the words before an id call it, whatever stands between their letters.
func saidBefore(text string) *Property {
	const reach = 40
	letters := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, text[max(0, len(text)-reach):])
	for _, s := range saidNames {
		if strings.HasSuffix(letters, s.name) {
			return s.said
		}
	}
	return nil
}

var (
	aadsts    = regexp.MustCompile(`(?i)AADSTS(\d+)`)
	errorCall = regexp.MustCompile(`(?i)error(?:[ _]?(?:code|number))?["']?[ :=#]*["']?(\d+)`)
	bareCode  = regexp.MustCompile(`^#?(\d+)$`)
	timestamp = regexp.MustCompile(`(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?`)
)

// searchCodes finds error codes, which have four to nine digits: AADSTS with a number, a number that is called an
// error, or a lone number.
func searchCodes(text string) []string {
	var codes []string
	for _, pattern := range []*regexp.Regexp{aadsts, errorCall, bareCode} {
		for _, found := range pattern.FindAllStringSubmatch(text, -1) {
			digits := found[1]
			if len(digits) > 9 {
				continue
			}
			if code, problem := errorCode(digits); problem == "" && len(code) >= 4 && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// searchTime reads the first time in a text; messages write theirs as "2026-11-23 14:05:09Z".
func searchTime(text string) time.Time {
	for _, found := range timestamp.FindAllStringSubmatch(text, -1) {
		day, clock, zone := found[1], found[2], found[3]
		if strings.Count(clock, ":") == 1 && zone != "" {
			clock += ":00" // RFC 3339 has seconds
		}
		if t, ok := parseTime(day + "T" + clock + zone); ok {
			return t
		}
	}
	return time.Time{}
}

// searchWords finds the words that are IP addresses or networks, and those that are usernames. A prefix is not
// told from a number at the end of a sentence, so it counts as the whole text only.
func searchWords(text string) (addresses, usernames []string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;|=\"<>", r) })
	for _, word := range words {
		for _, spelling := range spellings(word) {
			if a, ok := wholeAddress(spelling); ok {
				if !slices.Contains(addresses, a) {
					addresses = append(addresses, a)
				}
				break
			}
			if isUsername(spelling) {
				known := func(u string) bool { return equalFold(u, spelling) }
				if !slices.ContainsFunc(usernames, known) {
					usernames = append(usernames, spelling)
				}
				break
			}
		}
	}
	return addresses, usernames
}

// spellings gives a word as it is, without the signs around it, and without what calls it something (mailto:ada@...).
func spellings(word string) []string {
	bare := strings.Trim(word, quotes+".!?:")
	list := []string{word, bare}
	if _, behind, found := strings.Cut(bare, ":"); found {
		list = append(list, behind)
	}
	return list
}

// wholeAddress reads an address, also with a port, or a network.
func wholeAddress(word string) (string, bool) {
	if strings.HasSuffix(word, ".") || strings.HasSuffix(word, ":") || !strings.ContainsAny(word, "0123456789") {
		return "", false
	}
	if a, err := netip.ParseAddrPort(word); err == nil {
		word = a.Addr().String()
	}
	a, problem := address(word)
	return a, problem == ""
}

// isUsername says whether a word is like ada@example.com: the name of a user principal, or of a mailbox. The
// name of a guest has #EXT# in it.
func isUsername(word string) bool {
	name, domain, found := strings.Cut(word, "@")
	if !found || name == "" || strings.Contains(name, ":") || domain == "" || len(word) > MaxValueLength {
		return false
	}
	return !strings.ContainsFunc(domain, func(r rune) bool {
		return r < utf8.RuneSelf && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", r)
	})
}
