package store

import (
	"unicode/utf8"

	"signpost/store/rawjson"
)

// found is what an object turned out to be.
type found struct {
	named  bool // a member that names something names the data
	listed bool // that member is key or name
	valued bool // another member is a value
}

// isData says that the object is a name next to a value, and the name is the data's. In a list key or name alone is enough.
func (f found) isData(listed bool) bool { return f.named && (f.valued || f.listed && listed) }

// memberRole is what a member is for an object that is a name next to a value.
type memberRole uint8

const (
	roleOther  memberRole = iota
	roleName              // it may be the name
	roleListed            // it is the name, in a list also where no value stands next to it
	roleValue             // it is the value
)

func (m memberRole) names() bool { return m == roleName || m == roleListed }

// memberRoles are the keys of names and values, as foldKey writes them.
var memberRoles = map[string]memberRole{
	"key": roleListed, "name": roleListed,
	"k": roleName, "property": roleName, "propertyname": roleName, "field": roleName, "fieldname": roleName, "displayname": roleName,
	"attribute": roleName, "column": roleName, "columnname": roleName, "header": roleName, "heading": roleName, "label": roleName, "title": roleName, "parameter": roleName, "setting": roleName,
	"id": roleName, "type": roleName,
	"v": roleValue, "val": roleValue, "value": roleValue, "values": roleValue, "newvalue": roleValue, "newvalues": roleValue,
	"oldvalue": roleValue, "oldvalues": roleValue, "data": roleValue, "result": roleValue, "state": roleValue, "status": roleValue,
}

// longestRole is the length of the longest key among memberRoles.
const longestRole = len("propertyname")

// roleOf says what a key is, and whether it is one of the data's.
func roleOf(key rawjson.Text) (role memberRole, data bool) {
	if !key.Escaped && plainlyOther(key.Inside) {
		return plainRole(key.Inside), false
	}
	text := key.String()
	return memberRoles[foldKey(text)], isConditionalAccessKey(text)
}

// plainRole is the role of a key that has no escapes, without making a text of it. What is not ASCII is folded.
func plainRole(inner []byte) memberRole {
	var folded [longestRole]byte
	n := 0
	for _, c := range inner {
		switch {
		case c >= utf8.RuneSelf:
			return memberRoles[foldKey(string(inner))]
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			continue
		}
		if n == len(folded) {
			return roleOther
		}
		folded[n] = c
		n++
	}
	return memberRoles[string(folded[:n])]
}
