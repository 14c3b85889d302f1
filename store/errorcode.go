package store

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrorClass says who can do something about an error code.
type ErrorClass string

// The classes.
const (
	ErrorExpected      ErrorClass = "expected"
	ErrorPerson        ErrorClass = "person"
	ErrorHelpdesk      ErrorClass = "helpdesk"
	ErrorAdministrator ErrorClass = "administrator"
	ErrorAttack        ErrorClass = "attack"
)

// ErrorClasses gives the classes from the least to the most to do.
func ErrorClasses() []ErrorClass {
	return []ErrorClass{ErrorExpected, ErrorPerson, ErrorHelpdesk, ErrorAdministrator, ErrorAttack}
}

// Label is the class in words.
func (c ErrorClass) Label() string {
	switch c {
	case ErrorExpected:
		return "Expected"
	case ErrorPerson:
		return "The person can fix it"
	case ErrorHelpdesk:
		return "For the helpdesk"
	case ErrorAdministrator:
		return "For an administrator"
	case ErrorAttack:
		return "May be a sign of an attack"
	}
	return ""
}

// ErrorTexts explains an error to those who meet it: the administrator (Meaning, Causes, Look), the helpdesk, and the
// person who tried to sign in. Every text is one or more plain sentences without markup.
type ErrorTexts struct {
	Meaning string   `json:"meaning"`
	Causes  []string `json:"causes"`
	Look    []string `json:"look"`
	// Helpdesk is what to ask, what to check and what to say.
	Helpdesk struct {
		Ask   string `json:"ask"`
		Check string `json:"check"`
		Say   string `json:"say"`
	} `json:"helpdesk"`
	// User is what happened and what to do next, to be shown to anybody.
	User struct {
		Say  string `json:"say"`
		Next string `json:"next"`
	} `json:"user"`
}

// ErrorFamily is a kind of problem. Its texts hold for every code of it and stand in for those that a code does not have.
type ErrorFamily struct {
	ID    string     `json:"family"`
	Class ErrorClass `json:"class"`
	Title string     `json:"title"`
	ErrorTexts
}

// ErrorInfo is what is known of an error code of a sign-in. There is one for every number: see ErrorCodeOf.
type ErrorInfo struct {
	Code int64 `json:"code"`
	// Symbol is the code's name in Microsoft's reference; empty where it gives none. Two codes may share one.
	Symbol string     `json:"symbol"`
	Class  ErrorClass `json:"class"`
	Title  string     `json:"title"`
	// Related are codes that are met beside this one or mistaken for it.
	Related  []int64 `json:"related"`
	FamilyID string  `json:"family"`
	own      ErrorTexts
	// family is nil for a code without words.
	family *ErrorFamily
	listed bool
	parent int64
}

// UnmarshalJSON reads an entry of the file with its own texts, if it has them.
func (e *ErrorInfo) UnmarshalJSON(data []byte) error {
	type plain ErrorInfo // without this method
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	return json.Unmarshal(data, &e.own)
}

// Known says that the list explains the code. Nothing is known of another one: it has no class, family or texts.
func (e ErrorInfo) Known() bool { return e.family != nil }

// Listed says that public lists of Entra's codes have the number, with words or without.
func (e ErrorInfo) Listed() bool { return e.listed }

// Parent is the known code whose digits an unknown number begins with; 0 where there is none. Entra numbers many closer
// forms of an error so, but the number alone does not prove it.
func (e ErrorInfo) Parent() int64 { return e.parent }

// Family is the kind of problem that the code belongs to; empty for a code that is not known.
func (e ErrorInfo) Family() ErrorFamily {
	if e.family == nil {
		return ErrorFamily{}
	}
	return *e.family
}

// HasOwnTexts says that Texts are written for this code, not for its family.
func (e ErrorInfo) HasOwnTexts() bool { return e.own.Meaning != "" }

// Texts gives the code's own texts, else its family's; none for a code that is not known.
func (e ErrorInfo) Texts() ErrorTexts {
	if e.HasOwnTexts() {
		return e.own
	}
	return e.Family().ErrorTexts
}

// Status is how a sign-in with the code is shown where its record states nothing else.
func (e ErrorInfo) Status() Status { return DeriveStatus("", IntOf(e.Code)) }

// errorCodesFile is written for this portal: the numbers and symbols are Microsoft's, no sentence is. A translation is a file
// of the same shape with another language.
//
//go:embed errorcodes.json
var errorCodesFile []byte

type errorBook struct {
	Language string        `json:"language"`
	Families []ErrorFamily `json:"families"`
	Common   []int64       `json:"common"`
	// Numbers are the codes that public lists have without words, ascending.
	Numbers []int64     `json:"numbers"`
	Codes   []ErrorInfo `json:"codes"` // ascending
}

// errorCodes gives the list, read once. The file is part of the program: one that cannot be read is a mistake of its own.
var errorCodes = sync.OnceValue(func() *errorBook {
	book := &errorBook{}
	if err := json.Unmarshal(errorCodesFile, book); err != nil {
		panic("store: errorcodes.json: " + err.Error())
	}
	for i := range book.Codes {
		e := &book.Codes[i]
		e.listed, e.family = true, book.family(e.FamilyID)
	}
	return book
})

func (b *errorBook) family(id string) *ErrorFamily {
	i := slices.IndexFunc(b.Families, func(f ErrorFamily) bool { return f.ID == id })
	if i < 0 {
		panic("store: errorcodes.json: no family " + id)
	}
	return &b.Families[i]
}

func (b *errorBook) place(code int64) (i int, found bool) {
	return slices.BinarySearchFunc(b.Codes, code, func(e ErrorInfo, code int64) int {
		switch {
		case e.Code < code:
			return -1
		case e.Code > code:
			return 1
		}
		return 0
	})
}

// ErrorCodes gives every known code, ascending.
func ErrorCodes() []ErrorInfo { return slices.Clone(errorCodes().Codes) }

// ErrorFamilies gives the kinds of problems in the order of the list.
func ErrorFamilies() []ErrorFamily { return slices.Clone(errorCodes().Families) }

// CommonErrorCodes gives the codes met most often in a tenant's logs, the most frequent first.
func CommonErrorCodes() []ErrorInfo {
	var common []ErrorInfo
	for _, code := range errorCodes().Common {
		common = append(common, ErrorCodeOf(code))
	}
	return common
}

// NumberedErrorCodes gives the codes that public lists have without words, ascending.
func NumberedErrorCodes() []int64 { return slices.Clone(errorCodes().Numbers) }

// unknownTitle stands where a known code has its title.
const unknownTitle = "Nothing is known of this code"

// ErrorCodeOf gives what is known of a code. Of a number without words nothing is: Related are then the known codes that its
// number leads to, as a place to look further and no explanation. They are the code whose digits it begins with and the closer
// forms of that one (7000215 is a form of 70002), else the nearest numbers.
func ErrorCodeOf(code int64) ErrorInfo {
	book := errorCodes()
	if i, ok := book.place(code); ok {
		return book.Codes[i]
	}
	_, listed := slices.BinarySearch(book.Numbers, code)
	e := ErrorInfo{Code: code, Title: unknownTitle, listed: listed}
	if parent, ok := book.parentOf(code); ok {
		e.parent = parent.Code
		e.Related = append([]int64{parent.Code}, book.childrenOf(parent.Code)...)
		return e
	}
	for _, near := range book.nearest(code) {
		e.Related = append(e.Related, near.Code)
	}
	return e
}

// shortestCode is how many digits the codes have that closer forms are made of.
const shortestCode = 5

// parentOf finds the longest known code that the number begins with.
func (b *errorBook) parentOf(code int64) (ErrorInfo, bool) {
	digits := strconv.FormatInt(code, 10)
	for n := len(digits) - 1; n >= shortestCode; n-- {
		start, err := strconv.ParseInt(digits[:n], 10, 64)
		if i, ok := b.place(start); err == nil && ok {
			return b.Codes[i], true
		}
	}
	return ErrorInfo{}, false
}

// maxRelated is how many codes beside an unknown one are named.
const maxRelated = 4

// childrenOf gives the known codes that are closer forms of a code.
func (b *errorBook) childrenOf(parent int64) (children []int64) {
	start := strconv.FormatInt(parent, 10)
	for _, e := range b.Codes {
		if e.Code != parent && strings.HasPrefix(strconv.FormatInt(e.Code, 10), start) && len(children) < maxRelated {
			children = append(children, e.Code)
		}
	}
	return children
}

// nearest gives the known codes next to a number, the nearest first; those of as many digits come before any other. Code 0
// is no error, so it is near to none.
func (b *errorBook) nearest(code int64) []ErrorInfo {
	digits := len(strconv.FormatInt(code, 10))
	distance := func(e ErrorInfo) float64 {
		d := math.Abs(float64(e.Code) - float64(code))
		if len(strconv.FormatInt(e.Code, 10)) != digits {
			d += 1e18
		}
		return d
	}
	codes := slices.DeleteFunc(slices.Clone(b.Codes), func(e ErrorInfo) bool { return e.Code == 0 })
	slices.SortStableFunc(codes, func(a, c ErrorInfo) int {
		switch da, dc := distance(a), distance(c); {
		case da < dc:
			return -1
		case da > dc:
			return 1
		}
		return 0
	})
	return codes[:maxRelated]
}
