package store

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// MaxErrorDigits is how many digits an error code may have: what fits into 64 bits. Entra's have at most seven.
const MaxErrorDigits = 18

// ParseErrorNumber reads the number of an error code: digits alone. ok is false for anything else.
func ParseErrorNumber(text string) (code int64, ok bool) {
	if text == "" || len(text) > MaxErrorDigits || strings.Trim(text, "0123456789") != "" {
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

// FindErrorCodes finds the error codes in a text: a number, AADSTS50126, an error message of the sign-in pages or of a library,
// JSON, an address of the sign-in pages, or the symbol of a code alone. They stand in the order of the text, without doubles;
// where a message writes AADSTS, only those count. It never fails: a text without a code has none.
func FindErrorCodes(text string) []int64 {
	text = unquoted(strings.Join(strings.Fields(text), " "))
	if code, ok := ParseErrorNumber(strings.TrimPrefix(text, "#")); ok {
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
		code, ok := ParseErrorNumber(found[1])
		if !ok || named && code != 0 && len(found[1]) < shortestNamed || slices.Contains(codes, code) {
			continue
		}
		if codes = append(codes, code); len(codes) == MaxSearched {
			break
		}
	}
	return codes
}

// codesOfSymbol gives the codes whose symbol the text is, without regard to case.
func codesOfSymbol(text string) (codes []int64) {
	for _, e := range errorCodes().Codes {
		if e.Symbol != "" && strings.EqualFold(e.Symbol, text) {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

// SearchErrorCodes finds the known codes whose number, symbol or texts hold every word of a text, the best first: a number that
// begins with it, then the symbol, the title, the meaning, the rest. A word counts from its beginning.
func SearchErrorCodes(text string) []ErrorInfo {
	words := searchable(text)
	if len(words) == 0 {
		return nil
	}
	type hit struct {
		code  ErrorInfo
		score int
	}
	var hits []hit
	for _, e := range errorCodes().Codes {
		score, all := 0, true
		for _, word := range words {
			one := e.score(word)
			score, all = score+one, all && one > 0
		}
		if all {
			hits = append(hits, hit{e, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var found []ErrorInfo
	for _, h := range hits {
		found = append(found, h.code)
	}
	return found
}

// score says how well a word fits the code; 0 where it does not.
func (e ErrorInfo) score(word string) int {
	common := 0
	if slices.Contains(errorCodes().Common, e.Code) {
		common = 1
	}
	for i, place := range []string{
		strconv.FormatInt(e.Code, 10), e.Symbol, symbolWords(e.Symbol), e.Title, e.own.Meaning,
		strings.Join(e.own.Causes, " ") + " " + strings.Join(e.own.Look, " ") + " " + e.own.User.Say, e.family.Title + " " + e.Class.Label(),
	} {
		if startsAWord(strings.ToLower(place), word) {
			return (7-i)*2 + common
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
