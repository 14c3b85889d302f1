package store

import "strings"

// How ids that hardly repeat are compared: one that is a GUID without regard to case, every other as it
// is. So equal ids are equal bytes in an engine that keeps 16 bytes for a GUID and a hash for another
// text, and the two spellings that base64url may give token identifiers apart from case stay two.

// IsGUID says whether the text is a GUID as Microsoft writes it, in any case.
func IsGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}

// foldID gives the one spelling of an id that matchID compares with.
func foldID(s string) string {
	if IsGUID(s) {
		return FoldCase(s)
	}
	return s
}

func matchID(stored, want string) bool {
	return stored == want || IsGUID(stored) && IsGUID(want) && equalFold(stored, want)
}

func startsID(stored, want string) bool {
	return strings.HasPrefix(stored, want) || IsGUID(stored) && startsFold(stored, want)
}

// matchToken compares token identifiers, which are base64url: case tells.
func matchToken(stored, want string) bool { return stored == want }
