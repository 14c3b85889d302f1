package views

import (
	"bytes"
	"encoding/binary"
	"html"
	"unicode"
	"unicode/utf8"

	"signpost/store"
)

// Visible makes the texts of a page safe to look at. It is the only place for that, after every template:
//
//   - an invisible character is shown by its number. So two names that look alike can be told apart, and no mark of writing
//     direction reverses the text next to it;
//   - letters that are written from right to left are isolated;
//   - a text of more than 4 KB is cut off, whatever its source.
//
// A value that a form sends, a link leads to or a script reads stays as it is.
func Visible(page []byte) []byte {
	v := shownPage{in: page, whole: bytes.Contains(page, []byte(wholeMark))}
	for at := 0; at < len(page); {
		end := bytes.IndexByte(page[at+1:], '<')
		if end < 0 {
			end = len(page)
		} else {
			end += at + 1
		}
		v.part(at, end)
		at = end
	}
	if v.out == nil {
		return page
	}
	return append(v.out, page[v.done:]...)
}

// wholeMark begins an element with long texts that stay whole; see DetailsPage.Whole. A value cannot have it: its < is an entity.
const wholeMark = "<div data-whole"

// shownPage goes through a page once. A part is a tag and the text after it. templ writes < and > of values as entities, so
// these two characters only mark tags.
type shownPage struct {
	in, out []byte
	done    int  // the end of the part of in that out has
	whole   bool // long texts stay whole
	// plain is the element around a text that cannot have elements of its own. raw is an element with a text that nobody reads.
	// drawing says that the text is in a drawing.
	plain, raw, drawing bool
	// lines is an element of many lines. The view that made it has cut it off already.
	lines bool
}

func (v *shownPage) part(start, end int) {
	part := v.in[start:end]
	tagEnd := 0
	if part[0] == '<' {
		if tagEnd = bytes.IndexByte(part, '>') + 1; tagEnd == 0 {
			return // a comment or a doctype that goes on: it has no value in it
		}
		v.enter(part)
	}
	isLong := len(part) > clipAt && !v.whole
	if !isLong && !isStriking(part) {
		return
	}
	v.attributes(start, start+tagEnd)
	switch text := part[tagEnd:]; {
	case v.raw:
	case isLong && !v.lines:
		cut, note := clipMarkup(text)
		v.text(start+tagEnd, start+tagEnd+cut)
		if note != "" {
			v.replace(start+tagEnd+cut, end, note)
		}
	default:
		v.text(start+tagEnd, end)
	}
}

// clipMarkup gives the length of the text that stays, and the note about the rest; no note if all of it stays. An entity counts
// as its character. A text that clipped has already cut off stays.
func clipMarkup(text []byte) (cut int, note string) {
	const roomForNote = 100
	all := 0
	for at := 0; at < len(text); {
		size, counts := 1, 1
		if text[at] == '&' {
			if end := bytes.IndexByte(text[at:min(len(text), at+len("&#x10ffff;"))], ';'); end > 0 {
				size = end + 1
			}
		} else {
			_, size = utf8.DecodeRune(text[at:])
			counts = size
		}
		if all+counts <= clipAt {
			cut = at + size
		}
		all += counts
		at += size
	}
	if all <= clipAt+roomForNote {
		return len(text), ""
	}
	return cut, clipNote(clipAt, all)
}

// enter notes the start or the end of an element.
func (v *shownPage) enter(part []byte) {
	if len(part) < 3 {
		return
	}
	ends := part[1] == '/'
	name := part[1:]
	if ends {
		name = part[2:]
	}
	switch name[0] {
	case 's', 't', 'o', 'p':
	default:
		return
	}
	for i, c := range name[:min(len(name), len("textarea ")+1)] {
		if c == ' ' || c == '>' || c == '/' || c == '\n' || c == '\t' {
			name = name[:i]
			break
		}
	}
	switch string(name) {
	case "script", "style", "textarea":
		v.raw = !ends
	case "title", "option":
		v.plain = !ends
	case "svg":
		v.drawing = !ends
	case "pre":
		v.lines = !ends
	}
}

// replace replaces a piece of the page by a text.
func (v *shownPage) replace(start, end int, by string) {
	v.out = append(append(v.out, v.in[v.done:start]...), by...)
	v.done = end
}

// readAttributes are the attributes that only people read.
var readAttributes = []string{"title", "aria-label", "alt", "placeholder", "label", "data-label"}

// attributes marks invisible characters in those attributes of a tag that people read.
func (v *shownPage) attributes(start, end int) {
	for at := start; at < end; {
		quote := bytes.Index(v.in[at:end], []byte(`="`))
		if quote < 0 {
			return
		}
		name := v.in[at : at+quote]
		name = name[bytes.LastIndexAny(name, " \n\t")+1:]
		begin := at + quote + len(`="`)
		length := bytes.IndexByte(v.in[begin:end], '"')
		if length < 0 {
			return
		}
		if isOneOf(name, readAttributes) {
			v.plainText(begin, begin+length)
		}
		at = begin + length + 1
	}
}

func isOneOf(name []byte, names []string) bool {
	for _, n := range names {
		if string(name) == n {
			return true
		}
	}
	return false
}

// plainText marks invisible characters in a text without elements, and cuts it off if it is long.
func (v *shownPage) plainText(start, end int) {
	if end-start > clipAt && !v.whole {
		cut, note := clipMarkup(v.in[start:end])
		if note != "" {
			defer v.replace(start+cut, end, note)
		}
		end = start + cut
	}
	for at := start; at < end; {
		r, size := utf8.DecodeRune(v.in[at:end])
		if isUnseen(r) {
			v.replace(at, at+size, store.InvisibleMark(r))
		}
		at += size
	}
}

// text marks invisible characters in a text, and isolates letters that are written from right to left.
func (v *shownPage) text(start, end int) {
	if v.plain || v.drawing {
		v.plainText(start, end)
		return
	}
	for at := start; at < end; {
		r, size := utf8.DecodeRune(v.in[at:end])
		switch {
		case isUnseen(r):
			v.replace(at, at+size, unseenMarkup(r))
		case isRightToLeft(r):
			size = rightToLeftRun(v.in[at:end])
			v.replace(at, at+size, "<bdi>"+string(v.in[at:at+size])+"</bdi>")
		}
		at += size
	}
}

// unseenMarkup shows an invisible character by its number, and by its name where it has a common one.
func unseenMarkup(r rune) string {
	mark := store.InvisibleMark(r)
	if name := unseenNames[r]; name != "" {
		return `<bdi class="unseen" title="` + html.EscapeString(name) + `">` + mark + `</bdi>`
	}
	return `<bdi class="unseen">` + mark + `</bdi>`
}

var unseenNames = map[rune]string{
	0x00: "null", 0x07: "bell", 0x08: "backspace", 0x1b: "escape", 0x7f: "delete", 0xad: "soft hyphen",
	0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner", 0x200e: "left-to-right mark", 0x200f: "right-to-left mark",
	0x2028: "line separator", 0x2029: "paragraph separator", 0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding",
	0x202c: "end of an embedding", 0x202d: "left-to-right override", 0x202e: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "end of an isolate",
	0xfeff: "byte order mark", 0x61c: "Arabic letter mark", 0x180e: "Mongolian vowel separator", 0x3164: "Hangul filler",
}

// isUnseen says that a page must show the rune by its number. Tabs and line ends are blanks in a page.
func isUnseen(r rune) bool {
	return r != '\t' && r != '\n' && r != '\r' && store.IsInvisible(r)
}

// isRightToLeft says that a letter is written from right to left.
func isRightToLeft(r rune) bool {
	switch {
	case r < 0x590:
		return false
	case r <= 0x8ff, r >= 0xfb1d && r <= 0xfdff, r >= 0xfe70 && r <= 0xfefc, r >= 0x10800 && r <= 0x10fff, r >= 0x1e800 && r <= 0x1efff:
		return unicode.IsLetter(r)
	}
	return false
}

// rightToLeftRun is the length of the text to isolate: up to the last such letter before another script or an entity.
func rightToLeftRun(text []byte) int {
	end := 0
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		switch {
		case isRightToLeft(r), end > 0 && unicode.Is(unicode.Mn, r):
			end = at + size
		case isUnseen(r), r == '&', unicode.IsLetter(r), r == utf8.RuneError:
			return end
		}
		at += size
	}
	return end
}

// isStriking says whether a piece of a page may have a character to mark or to isolate: any that is no printable ASCII. Pages
// are nearly all ASCII, so it checks eight bytes at a time.
func isStriking(part []byte) bool {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; len(part) >= 8; part = part[8:] {
		word := binary.LittleEndian.Uint64(part)
		if (word|(word+low)|((word-0x20*low)&^word))&high != 0 && mayStrike(part[:8]) {
			return true
		}
	}
	return mayStrike(part)
}

// mayStrike ignores line ends, tabs and the punctuation in the portal's own texts.
func mayStrike(part []byte) bool {
	for _, c := range part {
		if c >= utf8.RuneSelf || c == 0x7f || c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return true
		}
	}
	return false
}
