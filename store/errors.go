package store

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Errors an engine returns; compare with errors.Is.
var (
	// ErrNotFound: no such sign-in, account or session.
	ErrNotFound = errors.New("not found")
	// ErrTooSlow: the question's deadline passed before the answer was whole.
	ErrTooSlow = errors.New("the answer took too long")
	// ErrRebuilding: what answers are made from is being made anew; nothing is lost, and it takes minutes at most.
	ErrRebuilding = errors.New("the columns of the store are being made anew")
	// ErrDiskFull: the disk has no room for what was to be written.
	ErrDiskFull = errors.New("the disk is full")
	// ErrReplaced: a file of the store was removed, or another put in its place, while the program had it open. What is
	// written to a file without a name is gone with the process.
	ErrReplaced = errors.New("a file of the data folder was removed or replaced while Signpost had it open")
	// ErrDamaged: something that is stored is not as it was written, because a disk or a memory changed it.
	ErrDamaged = errors.New("stored data is damaged")
	// ErrNoFacet: a field of which every sign-in has a value of its own has no most frequent ones.
	ErrNoFacet = errors.New("the field's values cannot be counted")
	// ErrBadCursor: a cursor that this program never gave out.
	ErrBadCursor = errors.New("bad cursor")
)

// BadParam says what is wrong with one query parameter, in a sentence for people.
type BadParam struct {
	Param   string // as written, operator included
	Value   string
	Problem string // what is wrong and what to do
}

// Error gives the sentence with the parameter in front; of a long value its beginning.
func (b BadParam) Error() string {
	if b.Value == "" {
		return fmt.Sprintf("%s %s", beginning(b.Param), b.Problem)
	}
	return fmt.Sprintf("%s=%s %s", beginning(b.Param), beginning(b.Value), b.Problem)
}

// beginning is what a sentence has room for.
func beginning(text string) string {
	const room = 120
	if utf8.RuneCountInString(text) <= room {
		return text
	}
	return string([]rune(text)[:room]) + "…"
}

// BadParams is every bad parameter of one request.
type BadParams []BadParam

// Error joins the sentences.
func (b BadParams) Error() string {
	sentences := make([]string, len(b))
	for i, p := range b {
		sentences[i] = p.Error()
	}
	return strings.Join(sentences, "; ")
}

// For gives what is wrong with a parameter; empty where nothing is.
func (b BadParams) For(param string) string {
	for _, p := range b {
		if p.Param == param {
			return p.Problem
		}
	}
	return ""
}
