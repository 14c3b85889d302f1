package errorcode

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"signpost/store"
)

// Class says who can do something about an error code.
type Class string

// The classes.
const (
	Expected      Class = "expected"
	Person        Class = "person"
	Helpdesk      Class = "helpdesk"
	Administrator Class = "administrator"
	Attack        Class = "attack"
)

// Classes gives the classes from the least to the most to do.
func Classes() []Class {
	return []Class{Expected, Person, Helpdesk, Administrator, Attack}
}

// Label is the class in words.
func (c Class) Label() string {
	switch c {
	case Expected:
		return "Expected"
	case Person:
		return "The person can fix it"
	case Helpdesk:
		return "For the helpdesk"
	case Administrator:
		return "For an administrator"
	case Attack:
		return "May be a sign of an attack"
	}
	return ""
}

// Texts explains an error to those who meet it: the administrator (Meaning, Causes, Look), the helpdesk, and the
// person who tried to sign in. Every text is one or more plain sentences without markup.
type Texts struct {
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

// Family is a kind of problem. Its texts hold for every code of it and stand in for those that a code does not have.
type Family struct {
	ID    string `json:"family"`
	Class Class  `json:"class"`
	Title string `json:"title"`
	Texts
}

// Info is what is known of an error code of a sign-in. There is one for every number: see Of.
type Info struct {
	Code int64 `json:"code"`
	// Symbol is the code's name in Microsoft's reference; empty where it gives none. Two codes may share one.
	Symbol string `json:"symbol"`
	Class  Class  `json:"class"`
	Title  string `json:"title"`
	// Related are codes that are met beside this one or mistaken for it.
	Related  []int64 `json:"related"`
	FamilyID string  `json:"family"`
	own      Texts
	// family is nil for a code without words.
	family *Family
	listed bool
	parent int64
}

// UnmarshalJSON reads an entry of the file with its own texts, if it has them.
func (e *Info) UnmarshalJSON(data []byte) error {
	type plain Info // without this method
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	return json.Unmarshal(data, &e.own)
}

// Known says that the list explains the code. Nothing is known of another one: it has no class, family or texts.
func (e Info) Known() bool { return e.family != nil }

// Listed says that public lists of Entra's codes have the number, with words or without.
func (e Info) Listed() bool { return e.listed }

// Parent is the known code whose digits an unknown number begins with; 0 where there is none. Entra numbers many closer
// forms of an error so, but the number alone does not prove it.
func (e Info) Parent() int64 { return e.parent }

// Family is the kind of problem that the code belongs to; empty for a code that is not known.
func (e Info) Family() Family {
	if e.family == nil {
		return Family{}
	}
	return *e.family
}

// HasOwnTexts says that Texts are written for this code, not for its family.
func (e Info) HasOwnTexts() bool { return e.own.Meaning != "" }

// Texts gives the code's own texts, else its family's; none for a code that is not known.
func (e Info) Texts() Texts {
	if e.HasOwnTexts() {
		return e.own
	}
	return e.Family().Texts
}

// Status is how a sign-in with the code is shown where its record states nothing else.
func (e Info) Status() store.Status { return store.DeriveStatus("", store.IntOf(e.Code)) }

// codesFile is written for this portal: the numbers and symbols are Microsoft's, no sentence is. A translation is a file
// of the same shape with another language.
//
//go:embed errorcodes.json
var codesFile []byte

// codeBook is the file.
type codeBook struct {
	Language string   `json:"language"`
	Families []Family `json:"families"`
	Common   []int64  `json:"common"`
	// Numbers are the codes that public lists have without words, ascending.
	Numbers []int64 `json:"numbers"`
	Codes   []Info  `json:"codes"` // ascending
}

// book gives the file, read once. It is part of the program, so a file that cannot be read is a mistake in the program.
var book = sync.OnceValue(func() *codeBook {
	b := &codeBook{}
	if err := json.Unmarshal(codesFile, b); err != nil {
		panic("errorcode: errorcodes.json: " + err.Error())
	}
	for i := range b.Codes {
		e := &b.Codes[i]
		e.listed, e.family = true, b.family(e.FamilyID)
	}
	return b
})

func (b *codeBook) family(id string) *Family {
	i := slices.IndexFunc(b.Families, func(f Family) bool { return f.ID == id })
	if i < 0 {
		panic("errorcode: errorcodes.json: no family " + id)
	}
	return &b.Families[i]
}

func (b *codeBook) place(code int64) (i int, found bool) {
	return slices.BinarySearchFunc(b.Codes, code, func(e Info, code int64) int {
		switch {
		case e.Code < code:
			return -1
		case e.Code > code:
			return 1
		}
		return 0
	})
}

// All gives every known code, ascending.
func All() []Info { return slices.Clone(book().Codes) }

// Families gives the kinds of problems in the order of the list.
func Families() []Family { return slices.Clone(book().Families) }

// Common gives the codes met most often in a tenant's logs, the most frequent first.
func Common() []Info {
	var common []Info
	for _, code := range book().Common {
		common = append(common, Of(code))
	}
	return common
}

// Numbered gives the codes that public lists have without words, ascending.
func Numbered() []int64 { return slices.Clone(book().Numbers) }

// unknownTitle stands where a known code has its title.
const unknownTitle = "Nothing is known of this code"

// Of gives what is known of a code. Of a number without words nothing is: Related are then the known codes that its
// number leads to, as a place to look further and no explanation. They are the code whose digits it begins with and the closer
// forms of that one (7000215 is a form of 70002), else the nearest numbers.
func Of(code int64) Info {
	b := book()
	if i, ok := b.place(code); ok {
		return b.Codes[i]
	}
	_, listed := slices.BinarySearch(b.Numbers, code)
	e := Info{Code: code, Title: unknownTitle, listed: listed}
	if parent, ok := b.parentOf(code); ok {
		e.parent = parent.Code
		e.Related = append([]int64{parent.Code}, b.childrenOf(parent.Code)...)
		return e
	}
	for _, near := range b.nearest(code) {
		e.Related = append(e.Related, near.Code)
	}
	return e
}

// shortestCode is how many digits the codes have that closer forms are made of.
const shortestCode = 5

// parentOf finds the longest known code that the number begins with.
func (b *codeBook) parentOf(code int64) (Info, bool) {
	digits := strconv.FormatInt(code, 10)
	for n := len(digits) - 1; n >= shortestCode; n-- {
		start, err := strconv.ParseInt(digits[:n], 10, 64)
		if i, ok := b.place(start); err == nil && ok {
			return b.Codes[i], true
		}
	}
	return Info{}, false
}

// maxRelated is how many codes beside an unknown one are named.
const maxRelated = 4

// childrenOf gives the known codes that are closer forms of a code.
func (b *codeBook) childrenOf(parent int64) (children []int64) {
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
func (b *codeBook) nearest(code int64) []Info {
	digits := len(strconv.FormatInt(code, 10))
	distance := func(e Info) float64 {
		d := math.Abs(float64(e.Code) - float64(code))
		if len(strconv.FormatInt(e.Code, 10)) != digits {
			d += 1e18
		}
		return d
	}
	codes := slices.DeleteFunc(slices.Clone(b.Codes), func(e Info) bool { return e.Code == 0 })
	slices.SortStableFunc(codes, func(a, c Info) int {
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
