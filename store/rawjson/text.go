package rawjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// IsText says whether a value is a text.
func IsText(value []byte) bool { return len(value) >= 2 && value[0] == '"' }

// Unquoted gives the inside of a text, and any other value as it is.
func Unquoted(value []byte) (inside []byte, isText bool) {
	if !IsText(value) {
		return value, false
	}
	return value[1 : len(value)-1], true
}

// Unescaped gives what the inside of a text says.
func Unescaped(inside []byte) string {
	if bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	return string(AppendUnescaped(nil, inside))
}

// AppendUnescaped appends what the inside of a text says. Half a surrogate pair becomes U+FFFD, and what is no escape of
// JSON stays without its backslash.
func AppendUnescaped(dst, inside []byte) []byte {
	for {
		i := bytes.IndexByte(inside, '\\')
		if i < 0 || i+1 == len(inside) {
			return append(dst, inside...)
		}
		dst = append(dst, inside[:i]...)
		c := inside[i+1]
		inside = inside[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, n := escapedRune(inside)
			dst, inside = utf8.AppendRune(dst, r), inside[n:]
		default:
			dst = append(dst, c)
		}
	}
}

// escapedRune gives the character whose digits stand behind \u, and how many bytes say it: those of a second escape too,
// where the two are a surrogate pair.
func escapedRune(b []byte) (r rune, n int) {
	r, ok := hexRune(b)
	if !ok {
		return utf8.RuneError, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
		second, _ := hexRune(b[6:])
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}

func hexRune(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends a text as JSON. Only what must be an escape is one, and U+FFFD where the text is no UTF-8.
func AppendQuoted(dst []byte, text string) []byte { return appendQuoted(dst, text, false) }

// AppendQuotedForScripts is AppendQuoted as encoding/json spells it without its escapes for HTML: the two separators that
// old JavaScript takes for line ends are escapes too, and a backspace and a form feed are the short ones.
func AppendQuotedForScripts(dst []byte, text string) []byte { return appendQuoted(dst, text, true) }

func appendQuoted(dst []byte, text string, forScripts bool) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if plain[c] {
			i++
			continue
		}
		size := 1
		var escape string
		if c >= utf8.RuneSelf {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				escape = `\ufffd`
			case r == '\u2028' && forScripts:
				escape = `\u2028`
			case r == '\u2029' && forScripts:
				escape = `\u2029`
			default:
				i += size
				continue
			}
		}
		dst = append(dst, text[start:i]...)
		if escape == "" {
			dst = appendEscape(dst, c, forScripts)
		} else {
			dst = append(dst, escape...)
		}
		i += size
		start = i
	}
	return append(append(dst, text[start:]...), '"')
}

func appendEscape(dst []byte, c byte, forScripts bool) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, '\\', 'n')
	case c == '\r':
		return append(dst, '\\', 'r')
	case c == '\t':
		return append(dst, '\\', 't')
	case c == '\b' && forScripts:
		return append(dst, '\\', 'b')
	case c == '\f' && forScripts:
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
