package web

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"

	"signpost/store"
)

//go:embed testdata/injections.txt
var injectionFile string

// injection is a text that an attacker may send so that it is not taken for text.
type injection struct {
	// text is the text for people: bytes that are no UTF-8 have become U+FFFD.
	text string
	// literal is the text in a record, as JSON.
	literal string
}

// readInjections gives the texts of the file. The file explains its own format.
func readInjections(t *testing.T) []injection {
	t.Helper()
	var list []injection
	for number, line := range strings.Split(injectionFile, "\n") {
		if line == "" || strings.HasPrefix(line, "## ") {
			continue
		}
		one, err := readInjection(line)
		if err != nil {
			t.Fatalf("line %d: %v", number+1, err)
		}
		list = append(list, one)
	}
	if len(list) != 300 {
		t.Fatalf("the file has %d texts, want 300", len(list))
	}
	for _, kind := range [][]injection{list, harmlessOf(list)} {
		seen := map[string]bool{}
		for _, one := range kind {
			if folded := store.FoldCase(one.text); seen[folded] || strings.TrimSpace(one.text) == "" {
				t.Fatalf("%q is there twice, or nothing", one.text)
			} else {
				seen[folded] = true
			}
		}
	}
	return list
}

func readInjection(line string) (injection, error) {
	if literal, found := strings.CutPrefix(line, "json: "); found {
		one := injection{literal: literal}
		return one, json.Unmarshal([]byte(literal), &one.text)
	}
	text := line
	if quoted, found := strings.CutPrefix(line, "escaped: "); found {
		var err error
		if text, err = strconv.Unquote(quoted); err != nil {
			return injection{}, fmt.Errorf("%s: %w", quoted, err)
		}
	}
	if rest, found := strings.CutPrefix(line, "repeat "); found {
		times, part, _ := strings.Cut(rest, ": ")
		n, err := strconv.Atoi(times)
		if err != nil {
			return injection{}, err
		}
		text = strings.Repeat(part, n)
	}
	return injectionOf(text), nil
}

func injectionOf(text string) injection {
	return injection{text: strings.ToValidUTF8(text, "\uFFFD"), literal: jsonLiteral(text)}
}

// jsonLiteral writes a text as JSON with as few escapes as possible. It keeps bytes that are no UTF-8.
func jsonLiteral(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// harmless replaces each character with a meaning in HTML by the character next to it, so that the texts keep their order.
// If a character and the accent after it make a single character, another such pair replaces it.
var harmless = strings.NewReplacer("<\u0338", "=\u0338", "<", ";", ">", "?", "&", "%", `"`, "#", "'", "(", "`", "_")

// harmlessOf gives a twin of each text that is as long and as odd, and harmless to a page.
func harmlessOf(list []injection) []injection {
	twins := make([]injection, len(list))
	for i, one := range list {
		twins[i] = injectionOf(harmless.Replace(one.text))
	}
	return twins
}

// dealer gives each field of a record another text. Over as many records as there are texts, each field gets every text.
type dealer struct {
	list   []injection
	record int
	places map[string]int
}

func newDealer(list []injection) *dealer { return &dealer{list: list, places: map[string]int{}} }

// dealt gives the record's text for a field. The step between fields has no divisor in common with the number of texts.
func (d *dealer) dealt(field string) injection {
	place, ok := d.places[field]
	if !ok {
		place = len(d.places)
		d.places[field] = place
	}
	return d.list[(d.record+7*place)%len(d.list)]
}

// literal gives that text as JSON.
func (d *dealer) literal(field string) string { return d.dealt(field).literal }

// asRead is a text as a browser reads it from markup. A browser knows one kind of line end. It drops a null or reads
// U+FFFD.
func asRead(text string) string { return readAs.Replace(text) }

var readAs = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "", "\uFFFD", "")

// shows says whether a text is there: in an input to the letter, elsewhere as a page shows it.
func shows(in, text string) bool {
	in = asRead(in)
	return strings.Contains(in, asRead(text)) || strings.Contains(in, asShown(text)) ||
		strings.Contains(in, " bytes are shown]") // one of the long texts comes before it, so that it is cut off
}

// asShown is a text as a page shows it: invisible characters by their numbers, and only the beginning of a long text.
func asShown(text string) string {
	const longest, begins = 4096, 600 // bytes in markup, and characters
	if len(html.EscapeString(text)) > longest {
		text = string([]rune(text)[:begins])
	}
	var shown strings.Builder
	for _, r := range text {
		if store.IsInvisible(r) && !strings.ContainsRune("\t\n\r", r) {
			shown.WriteString(store.InvisibleMark(r))
		} else {
			shown.WriteRune(r)
		}
	}
	return asRead(shown.String())
}

// The twins differ only in characters with a meaning in HTML.
func TestHarmlessTwins(t *testing.T) {
	list := readInjections(t)
	for i, twin := range harmlessOf(list) {
		if strings.ContainsAny(twin.text, "<>&\"'`") || len([]rune(twin.text)) != len([]rune(list[i].text)) {
			t.Errorf("%q is no harmless twin of %q", twin.text, list[i].text)
		}
	}
	d := newDealer(list)
	met := map[string]map[string]bool{}
	for d.record = range list {
		inRecord := map[string]bool{}
		for field := range 120 {
			name := strconv.Itoa(field)
			text := d.dealt(name).text
			if inRecord[text] {
				t.Fatalf("record %d has %q twice", d.record, text)
			}
			if inRecord[text] = true; met[name] == nil {
				met[name] = map[string]bool{}
			}
			met[name][text] = true
		}
	}
	for name, texts := range met {
		if len(texts) != len(list) {
			t.Errorf("field %s met %d texts, want %d", name, len(texts), len(list))
		}
	}
}
