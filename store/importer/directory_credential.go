package importer

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// redirects are the keys of an application's platforms, which have its reply URLs. A service principal has replyUrls.
var redirects = map[string]bool{"web": true, "spa": true, "publicclient": true}

// maxURIs bounds the addresses of one application: Entra allows 256 of each platform.
const maxURIs = 2000

// appendTexts adds the texts of a list, or one text. A list that was told is not nil, also where it is empty.
func appendTexts(list []string, value []byte) []string {
	if list == nil {
		list = []string{}
	}
	add := func(text string) {
		if text = shortText(strings.TrimSpace(text)); text != "" && len(list) < maxURIs {
			list = append(list, text)
		}
	}
	if value[0] != '[' {
		add(jsonText(value))
		return list
	}
	for element := range rawjson.EachItem(value) {
		add(jsonText(element))
	}
	return list
}

// isCredentialList says that a key is that of the credentials of an application.
func isCredentialList(key string) bool {
	return key == "passwordcredentials" || key == "keycredentials"
}

// keepCredentials reads the value of such a key: a list, or a text that holds its JSON. Of any other value nothing is kept: it may
// hold a secret. Null and an empty text say that there is none.
func (d *decoder) keepCredentials(o *graphObject, key string, value []byte) {
	if list, ok := rawjson.Embedded(value, maxDepth); ok {
		value = list
	}
	if value[0] != '[' {
		if text := string(value); text != "null" && text != `""` {
			delete(o.keys, key)
		}
		return
	}
	list, n := d.credentials(value, key == "passwordcredentials")
	if o.texts[key] = fmt.Sprint(n); key == "passwordcredentials" {
		o.details.Passwords = list
	} else {
		o.details.Keys = list
	}
}

// credentials reads passwordCredentials or keyCredentials. It reads only what describes a credential, and counts all. The members secretText and
// hint (its first characters) and key are secrets, parts of them or key material: they are never kept.
func (d *decoder) credentials(value []byte, passwords bool) (list []store.Credential, n int) {
	list = []store.Credential{}
	for element := range rawjson.EachItem(value) {
		n++
		if element[0] != '{' {
			continue
		}
		var c store.Credential
		if passwords {
			c.Type = store.PasswordCredential
		}
		for name, value := range rawjson.EachMember(element) {
			text := jsonText(value)
			switch string(d.name(name)) {
			case "keyid":
				c.KeyID = strings.ToLower(shortText(text))
			case "displayname":
				c.Name = shortText(text)
			case "type":
				if !passwords {
					c.Type = store.CredentialTypeOf(shortText(text))
				}
			case "usage":
				c.Usage = shortText(text)
			case "startdatetime":
				c.Created = objectTime(text)
			case "enddatetime":
				c.Expires = objectTime(text)
			case "customkeyidentifier":
				c.Thumbprint = thumbprintOf(text)
			}
		}
		if c.KeyID != "" {
			list = append(list, c)
		}
	}
	return list, n
}

// thumbprintOf gives the thumbprint that a customKeyIdentifier is: 20 bytes in hexadecimal digits, or these in base64. Any other
// identifier is a text of somebody, and of no use.
func thumbprintOf(identifier string) string {
	const size = 20
	if b, err := hex.DecodeString(identifier); err == nil && len(b) == size {
		return strings.ToUpper(identifier)
	}
	b, err := base64.StdEncoding.DecodeString(identifier)
	if err != nil {
		return ""
	}
	if len(b) == size {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	if raw, err := hex.DecodeString(string(b)); err == nil && len(raw) == size {
		return strings.ToUpper(string(b))
	}
	return ""
}
