package importer

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Unread gives the members of a record that no field is read from. envelope holds those around its properties
// (Azure Monitor, Log Analytics). unknown holds the rest: members that newer exports may have, and lists in a shape that is
// not read. A key is the path inside its object. A value is the text of a string, else JSON. Empty values are left out.
// A record that is of no other kind of the catalog is read as a sign-in.
func Unread(catalog store.Catalog) func(doc []byte) (envelope, unknown []store.KeyValue) {
	table := tableOf(catalog)
	return func(doc []byte) (envelope, unknown []store.KeyValue) {
		compact, _, err := rawjson.Compact(nil, doc, maxDepth)
		if err != nil {
			return nil, nil
		}
		d := newDecoder(table)
		if d.mappedLog(compact) != "" {
			return nil, d.unreadMapped(compact)
		}
		if k := d.readDeclared(compact); k != nil {
			envelope, unknown = d.unreadDeclared(k, compact)
			return envelope, d.withoutTold(k, unknown)
		}
		return d.unreadSignIn(compact)
	}
}

// withoutTold takes out the members that are read into the record of a declared kind that the document tells too.
func (d *decoder) withoutTold(k *declared, unknown []store.KeyValue) []store.KeyValue {
	if k.kind.Tells == nil || d.entry == nil || len(unknown) == 0 {
		return unknown
	}
	told := k.kind.Tells(d.entry)
	if told == nil || d.table.logs[told.Head().Log] == nil || d.table.logs[told.Head().Log].toldRoot == nil {
		return unknown
	}
	root := d.table.logs[told.Head().Log].toldRoot
	return slices.DeleteFunc(unknown, func(m store.KeyValue) bool {
		name, _, _ := strings.Cut(m.Key, ".")
		return root.members[strings.ToLower(name)] != nil
	})
}

func (d *decoder) unreadSignIn(compact []byte) (envelope, unknown []store.KeyValue) {
	if f := d.rowFormatOf(compact); f != nil {
		return nil, d.unreadRow(f, compact)
	}
	d.outline(compact)
	d.signIn(compact, Unknown, &store.SignIn{}) // which lists are read
	for name, value := range rawjson.EachMember(compact) {
		lower := string(d.name(name))
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
	return envelope, unknown
}

// aroundProperties are keys around `properties` that say nothing of the sign-in itself, in lower case.
var aroundProperties = []string{
	"operationversion", "resultsignature", "durationms", "level", "resourceid", "resource", "resourcegroup", "resourceprovider",
	"sourcesystem", "tenantid", "_billedsize", "_isbillable", "_resourceid", "_subscriptionid",
}

func (d *decoder) unread(list []store.KeyValue, object []byte) []store.KeyValue {
	for name, value := range rawjson.EachMember(object) {
		list = d.unreadMember(list, name, value)
	}
	return list
}

// unreadMember appends a member that no field is read from. Of an object with members that are read it appends the others.
func (d *decoder) unreadMember(list []store.KeyValue, name, value []byte) []store.KeyValue {
	k, known := fieldKeys[string(d.name(name))]
	switch {
	case !known:
		return d.appendUnread(list, "", name, value)
	case k.list != nil && d.into.CollectionState(k.collection) == store.CollectionUnread:
		return d.appendUnread(list, "", name, value)
	case k.members == nil:
		return list
	}
	for member, inner := range rawjson.EachMember(d.unwrap(value)) {
		if k.members[string(d.name(member))] == nil {
			list = d.appendUnread(list, rawjson.Unescaped(name)+".", member, inner)
		}
	}
	return list
}

func (d *decoder) appendUnread(list []store.KeyValue, path string, name, value []byte) []store.KeyValue {
	text := string(value)
	if inside, isText := rawjson.Unquoted(value); isText {
		text = rawjson.Unescaped(inside)
	}
	if text == "" || text == "null" || text == "[]" || text == "{}" {
		return list
	}
	return append(list, store.KeyValue{Key: path + rawjson.Unescaped(name), Value: strings.ToValidUTF8(text, "\uFFFD")})
}
