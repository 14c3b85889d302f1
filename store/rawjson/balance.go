package rawjson

// Balance follows brackets and texts, byte by byte, without asking whether what stands between is valid.
type Balance struct {
	depth           int
	inText, escaped bool
}

// Closes takes the next byte and says whether it closes the outermost bracket.
func (b *Balance) Closes(c byte) bool {
	switch {
	case b.escaped:
		b.escaped = false
	case b.inText:
		b.escaped = c == '\\'
		b.inText = c != '"'
	case c == '"':
		b.inText = true
	case c == '{' || c == '[':
		b.depth++
	case c == '}' || c == ']':
		b.depth--
		return b.depth <= 0
	}
	return false
}
