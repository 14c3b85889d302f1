package store

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Catalog is the kinds of records that a program knows, in the order in which it shows them. It is made once, and handed to
// whoever needs it: engines tell theirs.
type Catalog []*Kind

// NewCatalog makes a catalog. It panics where two logs have a name or a number in common: that is a mistake in the program.
func NewCatalog(kinds ...*Kind) Catalog {
	names, numbers := map[Log]bool{}, map[int]bool{}
	for _, log := range Catalog(kinds).Logs() {
		if names[log.Log] || numbers[log.Number] {
			panic(fmt.Sprintf("two logs have the name %q or the number %d", log.Log, log.Number))
		}
		names[log.Log], numbers[log.Number] = true, true
	}
	return kinds
}

// Logs gives every log in the order of the tabs.
func (c Catalog) Logs() []LogInfo {
	if len(c) == 1 {
		return c[0].Logs
	}
	var logs []LogInfo
	for _, k := range c {
		logs = append(logs, k.Logs...)
	}
	return logs
}

// Log describes a log; ok is false where there is no such log.
func (c Catalog) Log(log Log) (info LogInfo, ok bool) {
	for _, k := range c {
		if info, ok = k.Log(log); ok {
			return info, true
		}
	}
	return LogInfo{}, false
}

// Kind gives the kind of a log's records; nil where there is no such log.
func (c Catalog) Kind(log Log) *Kind {
	info, _ := c.Log(log)
	return info.kind
}

// FieldsNamed gives the fields of a name, of whatever kinds.
func (c Catalog) FieldsNamed(name string) (fields []*Field) {
	for _, k := range c {
		if f, ok := k.Field(name); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// opaqueParams are the parameters of a log's address that hold places in a list.
var opaqueParams = []string{"after", "before", "expand", "members"}

// Names says whether a request names data of the class, in any casing: as a parameter, or in the value of one. Such a request is refused before anything else is said about it. Any value may name a field, so a new parameter
// (columns, an order, a breakdown, a typed condition) is covered without being listed here. Not looked at are the values of
// conditions (FIELD=value), places in a list, and the parameters in texts, which hold what a person typed or a record says.
func (c Catalog) Names(class Class, params url.Values, texts ...string) bool {
	for param, values := range params {
		if c.isNameOf(class, param) {
			return true
		}
		name := plainName(param)
		field, _, _ := strings.Cut(name, ".")
		if len(c.FieldsNamed(field)) > 0 || slices.Contains(opaqueParams, name) || slices.Contains(texts, name) {
			continue
		}
		if slices.ContainsFunc(values, func(value string) bool { return c.mentions(class, value) }) {
			return true
		}
	}
	return false
}

// mentions says whether a value names a field of the class anywhere: by itself, in a list, or in a condition.
func (c Catalog) mentions(class Class, value string) bool {
	if class == ConditionalAccess && isConditionalAccessKey(value) {
		return true
	}
	names := strings.FieldsFunc(plainName(value), func(r rune) bool { return r != '.' && !isLetterOrDigit(r) })
	return slices.ContainsFunc(names, func(name string) bool { return c.isNameOf(class, name) })
}

// isNameOf takes FIELD with or without an operator, names of properties, and Graph's names for Conditional Access, also of keys
// that are not known yet.
func (c Catalog) isNameOf(class Class, name string) bool {
	if class == ConditionalAccess && isConditionalAccessKey(name) {
		return true
	}
	plain := plainName(name)
	field, _, _ := strings.Cut(plain, ".")
	return slices.ContainsFunc(c, func(k *Kind) bool {
		f, ok := k.byName[field]
		isNamed := func(p *Property) bool { return p.Class == class && strings.EqualFold(p.Name, plain) }
		return ok && f.Class == class || slices.ContainsFunc(k.Properties, isNamed) || slices.ContainsFunc(k.Columns, isNamed)
	})
}
