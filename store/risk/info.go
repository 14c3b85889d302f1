package risk

import (
	"encoding/json"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// maxDepth bounds how deep the JSON inside a text may be nested.
const maxDepth = 100

// Fields are made of these keys of additionalInfo. They are in lower case.
const (
	keyReasons    = "riskreasons"
	keyTechniques = "mitretechniques"
	keyUserAgent  = "useragent"
)

// IsReasons says that a key of additionalInfo holds risk reasons, and IsTechniques that it holds techniques.
func IsReasons(key string) bool { return strings.EqualFold(key, keyReasons) }

// IsTechniques is described at IsReasons.
func IsTechniques(key string) bool { return strings.EqualFold(key, keyTechniques) }

// readInfo reads additionalInfo. It is a list of objects with a key and a value, or one object with the keys as members. ok says that
// everything was read.
func (r *Record) readInfo(value []byte) (ok bool) {
	r.Info, ok = nil, true
	if inside, isJSON := rawjson.Embedded(value, maxDepth); isJSON {
		value = inside
	}
	switch {
	case len(value) == 0, value[0] == 'n', string(value) == `""`:
	case value[0] == '{':
		for key, member := range rawjson.EachMember(value) {
			r.addInfo(rawjson.Unescaped(key), member)
		}
	case value[0] == '[':
		for item := range rawjson.EachItem(value) {
			ok = r.readPair(item) && ok
		}
	default:
		ok = false
	}
	r.UnreadInfo = !ok
	return ok
}

// readPair reads one object with a key and a value.
func (r *Record) readPair(object []byte) (ok bool) {
	if len(object) == 0 || object[0] != '{' {
		return false
	}
	var key string
	value := []byte("null")
	for name, member := range rawjson.EachMember(object) {
		switch strings.ToLower(rawjson.Unescaped(name)) {
		case "key":
			key = textOf(member)
		case "value":
			value = member
		}
	}
	if key == "" {
		return false
	}
	r.addInfo(key, value)
	return true
}

// addInfo keeps a value under its key. A list becomes one text, with commas between its members.
func (r *Record) addInfo(key string, value []byte) {
	text := textOf(value)
	if inside, isJSON := rawjson.Embedded(value, maxDepth); isJSON {
		value = inside
	}
	if len(value) > 0 && value[0] == '[' {
		var words []string
		plain := true
		for item := range rawjson.EachItem(value) {
			plain = plain && len(item) > 0 && item[0] != '{' && item[0] != '['
			words = append(words, textOf(item))
		}
		if plain {
			text = strings.Join(words, ",")
		}
	}
	r.Info = append(r.Info, store.KeyValue{Key: key, Value: text})
}

// textOf gives a JSON value as a text: the text inside quotes, nothing for null, and the JSON of other values.
func textOf(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		return strings.ToValidUTF8(rawjson.Unescaped(inside), "\uFFFD")
	}
	if len(value) == 0 || value[0] == 'n' {
		return ""
	}
	return strings.ToValidUTF8(string(value), "\uFFFD")
}

// told gives the first value of a key in any casing; empty where Info has none.
func (r *Record) told(key string) string {
	for _, i := range r.Info {
		if strings.EqualFold(i.Key, key) && i.Value != "" {
			return strings.TrimSpace(i.Value)
		}
	}
	return ""
}

// settleInfo takes the reasons, the techniques and the user agent out of Info.
func (r *Record) settleInfo() {
	r.UserAgent = r.told(keyUserAgent)
	r.Reasons = words(r.told(keyReasons))
	r.Techniques = words(r.Technique + "," + r.told(keyTechniques))
}

// words splits a text at its commas. No word is empty or stands twice.
func words(text string) (list []string) {
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// readKeys reads keyIds: a list of texts, or one text with commas between the IDs. ok says that everything was read.
func (r *Record) readKeys(value []byte) (ok bool) {
	r.Keys, ok = nil, true
	if inside, isJSON := rawjson.Embedded(value, maxDepth); isJSON {
		value = inside
	}
	switch {
	case len(value) == 0 || value[0] == 'n':
	case value[0] == '[':
		for item := range rawjson.EachItem(value) {
			key := textOf(item)
			if ok = ok && rawjson.IsText(item); rawjson.IsText(item) && key != "" {
				r.Keys = append(r.Keys, key)
			}
		}
	case rawjson.IsText(value):
		r.Keys = words(textOf(value))
	default:
		ok = false
	}
	r.UnreadKeys = !ok
	return ok
}

// readCoordinates reads the latitude and the longitude. 0,0 stands for no place, and so do an empty object and PowerShell's members
// without a value.
func (r *Record) readCoordinates(value []byte) (ok bool) {
	var at struct{ Latitude, Longitude *float64 }
	if json.Unmarshal(value, &at) != nil || (at.Latitude == nil) != (at.Longitude == nil) {
		return false
	}
	if at.Latitude == nil || *at.Latitude == 0 && *at.Longitude == 0 {
		return true
	}
	if *at.Latitude < -90 || *at.Latitude > 90 || *at.Longitude < -180 || *at.Longitude > 180 {
		return false
	}
	r.Coordinates = store.Coordinates{Latitude: *at.Latitude, Longitude: *at.Longitude, Set: true}
	return true
}
