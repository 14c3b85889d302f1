package importer

import (
	"slices"
	"strings"

	"signpost/store"
)

// Unread gives what a record holds and no field of a sign-in is read from: in envelope what stands around its
// properties (Azure Monitor, Log Analytics), in unknown the rest: what newer exports may have, and lists in a shape that is
// not read. A key has the path inside its object; a value is the text of a string, else JSON. What is empty is left out.
func Unread(doc []byte) (envelope, unknown []store.KeyValue) {
	compact, _, err := scanValue(nil, doc)
	if err != nil {
		return nil, nil
	}
	d := newDecoder()
	d.outline(compact)
	d.signIn(compact, Unknown, &store.SignIn{}) // which lists are read
	for m := membersOf(compact); ; {
		name, value, ok := m.next()
		if !ok {
			return envelope, unknown
		}
		lower := string(d.lower(name))
		if lower == "properties" {
			if value = d.unwrap(value); value[0] == '{' {
				unknown = d.unread(unknown, value)
				continue
			}
		}
		_, field := fieldKeys[lower]
		switch {
		case slices.Contains(aroundProperties, lower), envelopeKeys[lower] != nil && !field:
			envelope = d.appendUnread(envelope, "", name, value)
		case envelopeKeys[lower] == nil:
			unknown = d.unreadMember(unknown, name, value)
		}
	}
}

// aroundProperties are the keys around `properties` that say nothing of the sign-in itself, in lower case.
var aroundProperties = []string{
	"operationversion", "resultsignature", "durationms", "level", "resourceid", "resource", "resourcegroup", "resourceprovider",
	"sourcesystem", "tenantid", "_billedsize", "_isbillable", "_resourceid", "_subscriptionid",
}

func (d *decoder) unread(list []store.KeyValue, object []byte) []store.KeyValue {
	for m := membersOf(object); ; {
		name, value, ok := m.next()
		if !ok {
			return list
		}
		list = d.unreadMember(list, name, value)
	}
}

// unreadMember appends a member that no field is read from, or of an object that fields are read from the members
// that none is.
func (d *decoder) unreadMember(list []store.KeyValue, name, value []byte) []store.KeyValue {
	k, known := fieldKeys[string(d.lower(name))]
	switch {
	case !known:
		return d.appendUnread(list, "", name, value)
	case k.list != nil && d.into.CollectionState(k.collection) == store.CollectionUnread:
		return d.appendUnread(list, "", name, value)
	case k.members == nil:
		return list
	}
	for m := membersOf(d.unwrap(value)); ; {
		member, inner, ok := m.next()
		if !ok {
			return list
		}
		if k.members[string(d.lower(member))] == nil {
			list = d.appendUnread(list, unescaped(name)+".", member, inner)
		}
	}
}

func (d *decoder) appendUnread(list []store.KeyValue, path string, name, value []byte) []store.KeyValue {
	text := string(value)
	if isString(value) {
		text = unescaped(value[1 : len(value)-1])
	}
	if text == "" || text == "null" || text == "[]" || text == "{}" {
		return list
	}
	return append(list, store.KeyValue{Key: path + unescaped(name), Value: strings.ToValidUTF8(text, "\uFFFD")})
}

// unescaped gives the text of a string without its quotation marks, escapes resolved.
func unescaped(inside []byte) string { return string(appendText(nil, inside)) }
