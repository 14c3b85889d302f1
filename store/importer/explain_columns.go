package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// What became of a key is found out by reading its value alone, with the code that reads whole records: the fields that it fills
// are the answer. So nothing about keys is declared for explanations.

// usage is what became of one key.
type usage struct {
	kind, path   string
	fields       []string
	known        bool // the key is one that is read
	with, missed int64
	examples     []string
	probed       int
	translated   int64    // words of another language that are told by another cell
	words        []string // the first of them
}

// closelyLooked is how many values of a key are looked at for every field that they might fill.
const closelyLooked = 1000

// moreTold bounds the memory for keys that are only counted.
const moreTold = 10_000

// usageOf gives the usage of a key; nil where too many are known already.
func (l *look) usageOf(kind, path string) *usage {
	path = clipped(path)
	key := kind + "\x00" + path
	if at, known := l.keys[key]; known {
		return l.usages[at]
	}
	if len(l.usages) == store.MaxColumnsExplained {
		if len(l.more) < moreTold {
			l.more[strings.Clone(key)] = true
		}
		return nil
	}
	u := &usage{kind: kind, path: path}
	l.keys[key] = len(l.usages)
	l.usages = append(l.usages, u)
	return u
}

// count counts a value that fills fields. A value that fills none was not understood.
func (u *usage) count(value []byte, fields ...string) {
	u.with++
	u.known = true
	if len(fields) == 0 {
		u.missed++
		if text := clipped(jsonOrText(value)); len(u.examples) < firstExamples && !slices.Contains(u.examples, text) {
			u.examples = append(u.examples, text)
		}
	}
	for _, field := range fields {
		if !slices.Contains(u.fields, field) {
			u.fields = append(u.fields, field)
		}
	}
}

// jsonOrText gives a value as a person would read it.
func jsonOrText(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		return rawjson.Unescaped(inside)
	}
	return string(value)
}

// translate counts a status that is no English word, in a row with an error code.
func (u *usage) translate(word string) {
	u.with++
	u.translated++
	u.known = true
	if word = clipped(word); len(u.words) < firstExamples && !slices.Contains(u.words, word) {
		u.words = append(u.words, word)
	}
}

// note says what the words of another language are taken for; empty where there are none.
func (u *usage) note() string {
	if u.translated == 0 {
		return ""
	}
	return fmt.Sprintf("words of another language in %d of %d values, such as %s: they stay in Raw, and the status of these rows follows from the error code", u.translated, u.with, strings.Join(u.words, "; "))
}

// record takes in a record. doc is compact.
func (l *look) record(s *stream, doc []byte, v verdict) {
	if l == nil {
		return
	}
	if len(l.first[v.format]) == 0 {
		for name := range rawjson.EachMember(doc) {
			if len(l.first[v.format]) < 8 {
				l.first[v.format] = append(l.first[v.format], clipped(rawjson.Unescaped(name)))
			}
		}
	}
	if says := cmp.Or(s.decoder.envelope.category, s.decoder.envelope.table); says != "" && (len(l.said) < 20 || l.said[says] > 0) {
		l.said[strings.Clone(says)]++
	}
	l.claimed = cmp.Or(l.claimed, claimName(s.directory.context))
	switch {
	case v.shape == nil:
		for name := range rawjson.EachMember(doc) {
			l.stranger(rawjson.Unescaped(name))
		}
	case v.shape.read == nil:
	case v.shape == signIns:
		l.signIn(doc)
	case v.shape.declared != nil:
		l.entry(v.shape.declared, doc)
	case v.shape.state != nil:
		l.state(v.shape, doc)
	default:
		l.object(doc, v.shape.name, v.object)
	}
}
