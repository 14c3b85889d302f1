package errorcode

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"signpost/store"
)

// MaxDigits is how many digits an error code may have: what fits into 64 bits. Entra's have at most seven.
const MaxDigits = 18

// ParseNumber reads the number of an error code: digits alone. ok is false for anything else.
func ParseNumber(text string) (code int64, ok bool) {
	if text == "" || len(text) > MaxDigits || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	code, err := strconv.ParseInt(text, 10, 64)
	return code, err == nil
}

// messageCodes are how messages, JSON answers and addresses name an error code, the surest first.
var messageCodes = []*regexp.Regexp{
	regexp.MustCompile(`(?i)AADSTS[ :#-]{0,3}(\d+)`),
	regexp.MustCompile(`(?i)error(?:[ _-]?(?:codes?|number|no\.?))?["']?[ :=#\[]*["']?(\d+)`),
	regexp.MustCompile(`(?i)[?&]code=(\d+)`),
	regexp.MustCompile(`(?i)(?:resultType|errorNumber|code)["']?[ :=#]+["']?(\d+)`),
}

// shortestNamed is how many digits a number has at least that something other than AADSTS calls an error: messages of Windows
// and of web servers have shorter ones. Code 0 is Entra's too.
const shortestNamed = 5

// Find finds the error codes in a text: a number, AADSTS50126, an error message of the sign-in pages or of a library,
// JSON, an address of the sign-in pages, or the symbol of a code alone. They stand in the order of the text, without doubles;
// where a message writes AADSTS, only those count. It never fails: a text without a code has none.
func Find(text string) []int64 {
	text = store.Unquoted(strings.Join(strings.Fields(text), " "))
	if code, ok := ParseNumber(strings.TrimPrefix(text, "#")); ok {
		return []int64{code}
	}
	for i, pattern := range messageCodes {
		if codes := codesOf(pattern, text, i > 0); len(codes) > 0 {
			return codes
		}
	}
	return codesOfSymbol(text)
}

func codesOf(pattern *regexp.Regexp, text string, named bool) (codes []int64) {
	for _, found := range pattern.FindAllStringSubmatch(text, -1) {
		code, ok := ParseNumber(found[1])
		if !ok || named && code != 0 && len(found[1]) < shortestNamed || slices.Contains(codes, code) {
			continue
		}
		if codes = append(codes, code); len(codes) == store.MaxSearched {
			break
		}
	}
	return codes
}

// codesOfSymbol gives the codes whose symbol the text is, without regard to case.
func codesOfSymbol(text string) (codes []int64) {
	for _, e := range book().Codes {
		if e.Symbol != "" && strings.EqualFold(e.Symbol, text) {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

// maxSearchWords bounds the work of one search: what somebody types has fewer words, and a pasted text is no question.
const maxSearchWords = 12

// Search finds the known codes whose number, symbol or texts hold every word of a text, the best first: a number that
// begins with it, then the symbol, the title, the meaning, the rest. A word counts from its beginning; of a long text the first
// words count.
func Search(text string) []Info {
	words := searchable(text)
	if len(words) == 0 {
		return nil
	}
	words = words[:min(len(words), maxSearchWords)]
	type hit struct{ place, score int }
	var hits []hit
	list := book()
	for i, places := range codePlaces() {
		score, all := 0, true
		for _, word := range words {
			one := places.score(word)
			score, all = score+one, all && one > 0
		}
		if all {
			if slices.Contains(list.Common, list.Codes[i].Code) {
				score += len(words)
			}
			hits = append(hits, hit{i, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	found := make([]Info, len(hits))
	for i, h := range hits {
		found[i] = list.Codes[h.place]
	}
	return found
}

// searchedPlaces are the texts of a code in lower case, from the one that says most to the one that says least.
type searchedPlaces [7]string

// codePlaces gives the places of every code in the order of the list, made once.
var codePlaces = sync.OnceValue(func() []searchedPlaces {
	var all []searchedPlaces
	for _, e := range book().Codes {
		places := searchedPlaces{
			strconv.FormatInt(e.Code, 10), e.Symbol, symbolWords(e.Symbol), e.Title, e.own.Meaning,
			strings.Join(e.own.Causes, " ") + " " + strings.Join(e.own.Look, " ") + " " + e.own.User.Say, e.family.Title + " " + e.Class.Label(),
		}
		for i := range places {
			places[i] = strings.ToLower(places[i])
		}
		all = append(all, places)
	}
	return all
})

// score says how well a word fits; 0 where it does not.
func (p *searchedPlaces) score(word string) int {
	for i, place := range p {
		if startsAWord(place, word) {
			return (len(p) - i) * 2
		}
	}
	return 0
}

// searchable gives the words of a text in lower case, those that hold nothing but signs left out.
func searchable(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// startsAWord says whether a word of the text begins with some letters.
func startsAWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		at := from + i
		if at == 0 || !isWordByte(text[at-1]) {
			return true
		}
		from = at + 1
	}
}

func isWordByte(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }

// symbolWords parts a symbol into its words: InvalidUserNameOrPassword.
func symbolWords(symbol string) string {
	var words strings.Builder
	for i, r := range symbol {
		if i > 0 && unicode.IsUpper(r) {
			words.WriteByte(' ')
		}
		words.WriteRune(r)
	}
	return words.String()
}
