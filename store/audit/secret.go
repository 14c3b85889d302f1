package audit

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// secretWords stand in the names of properties whose values describe a credential.
var secretWords = []string{"credential", "password", "secret", "privatekey", "certificate"}

// IsSecret says that the values of a changed property describe a credential: they are for administrators alone. KeyDescription,
// which tells the kind of a key and until when it is good, is not among them.
func IsSecret(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, " ", ""))
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// Withheld stands in place of a value that who looks may not see.
const Withheld = "(withheld: describes a credential)"

// withhold takes out the values that describe credentials.
func (r *Record) withhold(hidden store.Classes) {
	if !hidden.Has(store.Secret) {
		return
	}
	targets := slices.Clone(r.Targets)
	for i := range targets {
		targets[i].Changes = WithoutSecrets(targets[i].Changes)
	}
	r.Targets = targets
}

// WithoutSecrets gives the changes without the values that describe credentials. Those that are given stay as they are.
func WithoutSecrets(changes []Change) []Change {
	changes = slices.Clone(changes)
	for n := range changes {
		if IsSecret(changes[n].Name) {
			changes[n] = Change{Name: changes[n].Name, Withheld: true}
		}
	}
	return changes
}

// Redact gives a record as received without the values that describe credentials. It finds them by the name of the property next
// to them.
func Redact(doc []byte, hidden store.Classes) []byte {
	if !hidden.Has(store.Secret) {
		return doc
	}
	return masked(doc)
}

// masked rewrites a JSON value: an object that names a secret property keeps none of its values. JSON inside a text is rewritten
// too where it holds such an object.
func masked(value []byte) []byte {
	switch {
	case len(value) == 0:
		return value
	case value[0] == '{':
		return maskedObject(value)
	case value[0] == '[':
		b := []byte{'['}
		for item := range rawjson.EachItem(value) {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, masked(item)...)
		}
		return append(b, ']')
	}
	if inside, ok := rawjson.Embedded(value, maxDepth); ok {
		if clean := masked(inside); string(clean) != string(inside) {
			return rawjson.AppendQuoted(nil, string(clean))
		}
	}
	return value
}

func maskedObject(value []byte) []byte {
	secret := false
	for key, member := range rawjson.EachMember(value) {
		inside, isText := rawjson.Unquoted(member)
		secret = secret || isText && isNameKey(rawjson.Unescaped(key)) && IsSecret(rawjson.Unescaped(inside))
	}
	b := []byte{'{'}
	for key, member := range rawjson.EachMember(value) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), key...), '"', ':')
		name := strings.ToLower(rawjson.Unescaped(key))
		if secret && (name == "oldvalue" || name == "newvalue") && string(member) != "null" {
			b = rawjson.AppendQuoted(b, Withheld)
		} else {
			b = append(b, masked(member)...)
		}
	}
	return append(b, '}')
}

// isNameKey says that a member of a change is the name of the property. Azure Monitor's provisioning records call it name.
func isNameKey(key string) bool {
	return strings.EqualFold(key, "displayName") || strings.EqualFold(key, "name")
}
