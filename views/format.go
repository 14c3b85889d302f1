package views

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/errorcode"
)

// Empty is the text for a missing value.
const Empty = "-"

// instant is a time for addresses and scripts, with every digit. It is UTC.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// instantOrNone is instant, empty where there is no time.
func instantOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return instant(t)
}

// machineTime is the datetime attribute of a time, in UTC. HTML allows three digits of a second at most.
func machineTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z07:00") }

// Relative says how long ago t was, in its largest unit.
func Relative(t, now time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case now.Before(t):
		return "in the future"
	}
	return Elapsed(t, now) + " ago"
}

// Elapsed is the time from one instant to a later one, in its largest unit.
func Elapsed(from, to time.Time) string {
	d := to.Sub(from)
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if n := int64(d / unit.length); n > 0 {
			return Count(n, unit.name, unit.name+"s")
		}
	}
	return "less than a minute"
}

// Number is n with its thousands grouped.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Bytes is a size with two digits, because an estimate knows no more: 850 bytes, 12 kB, 3.4 GB.
func Bytes(n int64) string {
	if n < 1000 {
		return Count(n, "byte", "bytes")
	}
	size := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		size /= 1000
		switch {
		case size < 9.95:
			return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
		case size < 99.5:
			return strconv.FormatFloat(size, 'f', 0, 64) + " " + unit
		case size < 995:
			return strconv.FormatFloat(math.Round(size/10)*10, 'f', 0, 64) + " " + unit
		}
	}
	return Number(int64(math.Round(size))) + " TB"
}

// Count is a grouped number with the fitting one of two nouns.
func Count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// OrEmpty is the text, or Empty if there is none.
func OrEmpty(text string) string {
	if strings.TrimSpace(text) == "" {
		return Empty
	}
	return text
}

// ShortID keeps the ends of a long ID: enough to recognise it. The whole belongs in a title.
func ShortID(id string) string {
	if utf8.RuneCountInString(id) <= 14 {
		return OrEmpty(id)
	}
	r := []rune(id)
	return string(r[:8]) + "…" + string(r[len(r)-4:])
}

// YesNo is a truth value in words.
func YesNo(b store.Bool) string {
	switch b {
	case store.True:
		return "Yes"
	case store.False:
		return "No"
	}
	return Empty
}

// Integer is a number that may be absent. It is not grouped, because it is a code or an ID and not a count.
func Integer(n store.Int) string {
	if !n.Set {
		return Empty
	}
	return strconv.FormatInt(n.N, 10)
}

// Place is a location from the smallest part to the largest, the country by its name.
func Place(s *store.SignIn) string {
	named := store.SignIn{City: s.City, State: s.State, CountryOrRegion: store.Countries.Words(s.CountryOrRegion)}
	return OrEmpty(named.Place())
}

// codeInWords is an error code with its words, if it is known.
func codeInWords(code string) string {
	n, err := strconv.ParseInt(code, 10, 64)
	if info := errorcode.Of(n); err == nil && info.Known() {
		return code + " " + info.Title
	}
	return code
}

// codeWithWords gives an error code inside a sentence, with its words in brackets.
func codeWithWords(code int64) string {
	if info := errorcode.Of(code); info.Known() {
		return strconv.FormatInt(code, 10) + " (" + info.Title + ")"
	}
	return strconv.FormatInt(code, 10)
}

// spelledOut turns the name of a property, which is one word in camel case, into words.
func spelledOut(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteRune(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// JSON is a record as received, one member a line; numbers keep their text. Invisible characters in its strings become JSON's
// escapes, so that a copy of it means the same. A text that is no JSON stays as it is.
func JSON(doc []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, doc, "", "  "); err != nil {
		return string(doc)
	}
	if !isStriking(out.Bytes()) {
		return out.String()
	}
	var b strings.Builder
	for _, r := range out.String() {
		switch {
		case !isUnseen(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
