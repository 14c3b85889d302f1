package store

// Filters compare IDs as they compare every text: without regard to case. Only token identifiers are base64url, where case
// tells. Which records are copies of one, and which events belong to a line, is another matter: see foldID.

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

// foldID gives the one spelling of an ID that tells records apart: that of a GUID in lower case, every other one as it is. So
// equal IDs are equal bytes in an engine that keeps 16 bytes for a GUID and a hash for another text.
func foldID(s string) string {
	if IsGUID(s) {
		return FoldCase(s)
	}
	return s
}

// matchToken compares token identifiers, which are base64url: case tells.
func matchToken(stored, want string) bool { return stored == want }
