package store

import (
	"net/netip"
	"slices"
	"strings"
)

// TextMatcher gives MatchText made ready for many texts: what it takes from Values is made once, so a
// condition of hundreds of values (a pasted list of addresses) asks each word of a dictionary once only.
func (c Condition) TextMatcher() func(text string) bool {
	switch {
	case (c.Op == OpIs || c.Op == OpIsNot) && c.Field.match == nil:
		return equalMatcher(c.Values)
	case c.Op == OpStarts && c.Field.starts == nil:
		return c.foldedMatcher(strings.HasPrefix)
	case c.Op == OpHas && c.Field.has == nil:
		return c.foldedMatcher(strings.Contains)
	case c.Field.addresses && (c.Op == OpIs || c.Op == OpIsNot):
		return addressMatcher(c.Values)
	}
	return c.MatchText
}

// TextMatcherOf is TextMatcher for the texts of one of the field's properties.
func (c Condition) TextMatcherOf(p *Property) func(text string) bool {
	passes := c.TextMatcher()
	if c.Field.says == nil {
		return passes
	}
	return func(text string) bool { return slices.ContainsFunc(c.Field.said(p, text), passes) }
}

func equalMatcher(values []string) func(text string) bool {
	wanted := make(map[string]bool, len(values))
	for _, v := range values {
		wanted[FoldCase(v)] = true
	}
	return func(text string) bool { return text != "" && wanted[FoldCase(text)] }
}

// foldedMatcher compares a text, and the words that pages show for it, with parts of texts.
func (c Condition) foldedMatcher(compare func(text, want string) bool) func(text string) bool {
	var wanted, wantedOfWords []string
	for _, v := range c.Values {
		wanted = append(wanted, FoldCase(v))
		if c.Field.IsWorded() && asksForWords(v) {
			wantedOfWords = append(wantedOfWords, FoldCase(v))
		}
	}
	holdsAny := func(text string, parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return compare(text, part) })
	}
	return func(text string) bool {
		if text == "" || text == UnreadShape {
			return false
		}
		return holdsAny(FoldCase(text), wanted) || len(wantedOfWords) > 0 && holdsAny(FoldCase(c.Field.InWords(text)), wantedOfWords)
	}
}

// addressMatcher looks whole addresses up; prefixes and networks are compared one by one.
func addressMatcher(values []string) func(text string) bool {
	whole := map[netip.Addr]bool{}
	var others []string
	for _, v := range values {
		// "2001:db8::" is a prefix, though it could be read as an address.
		prefix := strings.HasSuffix(v, ":") || strings.HasSuffix(v, ".")
		if a, err := netip.ParseAddr(v); err == nil && a.Zone() == "" && !prefix {
			whole[a] = true
		} else {
			others = append(others, v)
		}
	}
	return func(text string) bool {
		if a, err := netip.ParseAddr(text); err == nil && whole[a.Unmap().WithZone("")] {
			return true
		}
		for _, want := range others {
			if matchAddress(text, want) {
				return true
			}
		}
		return false
	}
}
