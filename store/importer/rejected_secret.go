package importer

import (
	"bytes"
	"strings"

	"signpost/store/rawjson"
)

// A rejected record may be an application with its credentials. These are left out of its text: people who read logs download it.

// secretWords are the names, in lower case, that a secret may follow.
var secretWords = []string{"passwordcredentials", "keycredentials", "secrettext", "customkeyidentifier"}

// namesSecrets says that a text has a name that a secret may follow.
func namesSecrets(text []byte) bool {
	text = bytes.ToLower(text)
	for _, word := range secretWords {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// withoutSecrets gives a text as it was received where it holds no secret. JSON loses the members with one. Of a text that is not
// whole JSON nothing is left.
func withoutSecrets(text []byte) []byte {
	if compact, n, err := rawjson.Compact(nil, text, maxDepth); err == nil && len(bytes.TrimSpace(text[n:])) == 0 {
		rest, changed := leaveOutSecrets(compact)
		if !changed {
			return text
		}
		text = rest
	}
	if namesSecrets(text) {
		return nil
	}
	return text
}

// leaveOutSecrets leaves the members with secrets out of a value of compact JSON.
func leaveOutSecrets(value []byte) (rest []byte, changed bool) {
	switch value[0] {
	case '{':
		isCredential := false
		for name := range rawjson.EachMember(value) {
			isCredential = isCredential || strings.EqualFold(rawjson.Unescaped(name), "keyId")
		}
		rest = append(rest, '{')
		for name, inner := range rawjson.EachMember(value) {
			key := strings.ToLower(rawjson.Unescaped(name))
			if isSecret(key, isCredential) || isSecretText(inner) {
				changed = true
				continue
			}
			if len(rest) > 1 {
				rest = append(rest, ',')
			}
			kept, less := leaveOutSecrets(inner)
			rest, changed = append(append(append(append(rest, '"'), name...), `":`...), kept...), changed || less
		}
		return append(rest, '}'), changed
	case '[':
		rest = append(rest, '[')
		for inner := range rawjson.EachItem(value) {
			if isSecretText(inner) {
				changed = true
				continue
			}
			if len(rest) > 1 {
				rest = append(rest, ',')
			}
			kept, less := leaveOutSecrets(inner)
			rest, changed = append(rest, kept...), changed || less
		}
		return append(rest, ']'), changed
	}
	return value, false
}

// isSecret says that a member may hold a secret, part of one or key material. Some names mean that in a credential alone.
func isSecret(key string, inCredential bool) bool {
	switch key {
	case "passwordcredentials", "keycredentials", "secrettext", "customkeyidentifier":
		return true
	case "key", "hint", "value":
		return inCredential
	}
	return false
}

// isSecretText says that a value is a text with the JSON of something secret.
func isSecretText(value []byte) bool {
	inside, isText := rawjson.Unquoted(value)
	return isText && namesSecrets(rawjson.AppendUnescaped(nil, inside))
}
