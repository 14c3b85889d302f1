package importer

import (
	"bytes"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// graphObject holds the values of an object of Graph that are used.
type graphObject struct {
	keys    keySet
	texts   map[string]string // by key in lower case; of lists their parts with commas between
	flags   map[string]store.Bool
	members []store.Member
	owners  []store.Member
	details store.AppDetails
}

// graphObject reads a compact JSON object.
func (d *decoder) graphObject(doc []byte) graphObject {
	o := graphObject{keys: keySet{}, texts: map[string]string{}, flags: map[string]store.Bool{}}
	for name, value := range rawjson.EachMember(doc) {
		key := strings.ToLower(rawjson.Unescaped(name))
		o.keys[key] = true
		switch {
		case key == "members" && value[0] == '[':
			o.members = d.expanded(value)
		case key == "owners" && value[0] == '[':
			o.owners = d.expanded(value)
		case key == "signinactivity" && value[0] == '{':
			for k, v := range rawjson.EachMember(value) {
				o.texts[key+"."+strings.ToLower(rawjson.Unescaped(k))] = jsonText(v)
			}
		case key == "verifiedpublisher" && value[0] == '{':
			for k, v := range rawjson.EachMember(value) {
				if strings.EqualFold(rawjson.Unescaped(k), "displayName") {
					o.texts[key] = jsonText(v)
				}
			}
		case isCredentialList(key):
			d.keepCredentials(&o, key, value)
		case redirects[key] && value[0] == '{':
			for k, v := range rawjson.EachMember(value) {
				if strings.EqualFold(rawjson.Unescaped(k), "redirectUris") {
					o.details.ReplyURLs = appendTexts(o.details.ReplyURLs, v)
				}
			}
		default:
			switch key {
			case "identifieruris", "serviceprincipalnames":
				o.details.IdentifierURIs = appendTexts(o.details.IdentifierURIs, value)
			case "replyurls":
				o.details.ReplyURLs = appendTexts(o.details.ReplyURLs, value)
			}
			o.texts[key] = jsonText(value)
			o.flags[key] = d.truth(value)
		}
	}
	return o
}

// expanded reads the objects of a list that stands in an object.
func (d *decoder) expanded(value []byte) []store.Member {
	list := []store.Member{}
	for element := range rawjson.EachItem(value) {
		if element[0] != '{' {
			continue
		}
		inner := d.graphObject(element)
		kind := objectTypes[strings.ToLower(strings.TrimPrefix(inner.texts["@odata.type"], "#microsoft.graph."))]
		if member := inner.member(kind); member.ID != "" {
			list = append(list, member)
		}
	}
	return list
}

// jsonText gives a value as text for people. The texts of a list stand with commas between. Null, objects and empty values
// give an empty text.
func jsonText(value []byte) string {
	inside, isText := rawjson.Unquoted(value)
	switch {
	case isText:
		return strings.ToValidUTF8(rawjson.Unescaped(inside), "\uFFFD")
	case value[0] == '[':
		var parts []string
		for element := range rawjson.EachItem(value) {
			if text := jsonText(element); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	case value[0] == '{', bytes.Equal(value, []byte("null")):
		return ""
	}
	return string(value)
}

func (o *graphObject) member(kind store.ObjectKind) store.Member {
	if kind == 0 && o.texts["@odata.type"] == "" { // a list of some properties alone: what has a username is a user
		switch {
		case o.keys["userprincipalname"]:
			kind = store.ObjectUser
		case o.keys["appid"]:
			kind = store.ObjectServicePrincipal
		}
	}
	return store.Member{ID: strings.ToLower(shortText(o.texts["id"])), Name: shortText(o.texts["displayname"]), Username: shortText(o.texts["userprincipalname"]), Kind: kind}
}

// object gives what is kept of the object.
func (o *graphObject) object(kind store.ObjectKind) store.Object {
	object := store.Object{
		Kind: kind, ID: strings.ToLower(shortText(o.texts["id"])), Name: shortText(o.texts["displayname"]), Username: shortText(o.texts["userprincipalname"]),
		AppID: strings.ToLower(shortText(o.texts["appid"])), Enabled: o.flags["accountenabled"],
	}
	object.Created = objectTime(o.texts["createddatetime"])
	object.LastSuccess = objectTime(o.texts["signinactivity.lastsuccessfulsignindatetime"])
	switch kind {
	case store.ObjectUser:
		object.Type = shortText(o.texts["usertype"])
	case store.ObjectGroup:
		object.Type = groupType(o.texts["grouptypes"], o.flags["securityenabled"], o.flags["mailenabled"])
	case store.ObjectServicePrincipal:
		object.Type = shortText(o.texts["serviceprincipaltype"])
	}
	if kind == store.ObjectApplication || kind == store.ObjectServicePrincipal {
		object.Details = o.details
		object.Details.OwnerTenant = strings.ToLower(shortText(o.texts["appownerorganizationid"]))
	}
	for _, name := range store.FactNames() {
		key := strings.ToLower(name)
		if o.keys[key] {
			object.Facts = append(object.Facts, store.KeyValue{Key: name, Value: shortText(o.texts[key])})
		}
	}
	return object
}

// groupType is the kind of a group as the portal calls it.
func groupType(types string, security, mail store.Bool) string {
	switch {
	case strings.Contains(strings.ToLower(types), "unified"):
		return "Microsoft 365"
	case security == store.True && mail == store.True:
		return "Mail-enabled security"
	case security == store.True:
		return "Security"
	case mail == store.True:
		return "Distribution"
	}
	return ""
}

// shortText keeps a text to what a page has room for.
func shortText(text string) string {
	const most = 2000
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

func objectTime(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, _ := parseTime([]byte(text))
	return t
}
