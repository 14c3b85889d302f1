package activity

import (
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// maxDepth bounds how deep the JSON inside a text may be nested.
const maxDepth = 100

// text gives what a JSON value says: a text, or the JSON of any other value; nothing for null.
func text(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		return strings.ToValidUTF8(rawjson.Unescaped(inside), "\uFFFD")
	}
	if len(value) == 0 || value[0] == 'n' {
		return ""
	}
	return strings.ToValidUTF8(string(value), "\uFFFD")
}

// eachObject gives the objects of a list, of a lone object, and of either inside a text. ok says that there was nothing else.
func eachObject(value []byte, take func(object []byte)) (ok bool) {
	if inside, isJSON := rawjson.Embedded(value, maxDepth); isJSON {
		value = inside
	}
	switch {
	case len(value) == 0 || value[0] == 'n' || string(value) == `""`:
		return true
	case value[0] == '{':
		take(value)
		return true
	case value[0] != '[':
		return false
	}
	ok = true
	for item := range rawjson.EachItem(value) {
		if len(item) > 0 && item[0] == '{' {
			take(item)
		} else {
			ok = false
		}
	}
	return ok
}

// members gives the values of some members of an object by their names in lower case.
func members(object []byte, names ...string) (texts []string) {
	texts = make([]string, len(names))
	for key, value := range rawjson.EachMember(object) {
		name := strings.ToLower(rawjson.Unescaped(key))
		for i, want := range names {
			if name == want {
				texts[i] = text(value)
			}
		}
	}
	return texts
}

// pairsInto reads a list of names and values.
func pairsInto(list func(*Record) *[]store.KeyValue) func(store.Entry, []byte) bool {
	return func(e store.Entry, value []byte) bool {
		var pairs []store.KeyValue
		ok := eachObject(value, func(object []byte) {
			m := members(object, "name", "value")
			pairs = append(pairs, store.KeyValue{Key: m[0], Value: m[1]})
		})
		all := list(e.(*Record))
		*all = append(*all, pairs...)
		return ok
	}
}

// readChanges reads properties with their old and new values. Exchange writes names alone.
func readChanges(e store.Entry, value []byte) (ok bool) {
	r := e.(*Record)
	ok = true
	if inside, isJSON := rawjson.Embedded(value, maxDepth); isJSON {
		value = inside
	}
	if len(value) > 0 && value[0] == '[' {
		for item := range rawjson.EachItem(value) {
			if rawjson.IsText(item) {
				r.Changes = append(r.Changes, Change{Name: text(item)})
			} else {
				ok = eachObject(item, r.readChange) && ok
			}
		}
		return ok
	}
	return eachObject(value, r.readChange)
}

func (r *Record) readChange(object []byte) {
	m := members(object, "name", "oldvalue", "newvalue")
	r.Changes = append(r.Changes, Change{m[0], m[1], m[2]})
}

// identitiesInto reads a list of IDs and their types.
func identitiesInto(list func(*Record) *[]Identity) func(store.Entry, []byte) bool {
	return func(e store.Entry, value []byte) bool {
		var found []Identity
		ok := eachObject(value, func(object []byte) {
			m := members(object, "id", "type")
			found = append(found, Identity{m[0], m[1]})
		})
		all := list(e.(*Record))
		*all = append(*all, found...)
		return ok
	}
}

// readItems reads mails, files and folders, in whichever list they stand.
func readItems(e store.Entry, value []byte) bool {
	r := e.(*Record)
	return eachObject(value, func(object []byte) { r.readItem(object) })
}

// readItem reads an item. Its folder and the items of a folder stand inside it.
func (r *Record) readItem(object []byte) {
	m := members(object, "subject", "path", "id", "name", "parentfolder", "folderitems", "internetmessageid", "attachments")
	item := ContentItem{Kind: "Item", Name: firstOf(m[0], m[3]), Path: m[1], ID: firstOf(m[6], m[2])}
	if strings.HasPrefix(m[4], "{") {
		item.Path = joined(" in ", m[1], members([]byte(m[4]), "path")[0])
	}
	if m[5] != "" {
		item.Kind = "Folder"
	}
	r.Items = append(r.Items, item)
	if m[7] != "" {
		r.Items = append(r.Items, ContentItem{Kind: "Attachments", Name: m[7]})
	}
	if m[5] != "" {
		eachObject([]byte(m[5]), func(object []byte) { r.readItem(object) })
	}
}

// lists read the lists of records, by their names in lower case.
var lists = map[string]func(store.Entry, []byte) bool{
	"parameters":          pairsInto(func(r *Record) *[]store.KeyValue { return &r.Parameters }),
	"operationproperties": pairsInto(func(r *Record) *[]store.KeyValue { return &r.Parameters }),
	"extendedproperties":  pairsInto(func(r *Record) *[]store.KeyValue { return &r.Extended }),
	"deviceproperties":    pairsInto(func(r *Record) *[]store.KeyValue { return &r.DeviceDetails }),
	"modifiedproperties":  readChanges,
	"actor":               identitiesInto(func(r *Record) *[]Identity { return &r.Actors }),
	"target":              identitiesInto(func(r *Record) *[]Identity { return &r.Targets }),
	"aadtarget":           identitiesInto(func(r *Record) *[]Identity { return &r.Targets }),
	"item":                readItems,
	"affecteditems":       readItems,
	"folder":              readItems,
	"folders":             readItems,
	"destfolder":          readItems,
}

// values read the values that need a look of their own. Each has the names that exports give it, in lower case.
var values = func() map[string]func(store.Entry, string) {
	into := map[string]func(store.Entry, string){}
	for names, set := range map[string]func(r *Record, told string){
		"recordtype auditlogrecordtype":              func(r *Record, told string) { r.RecordType, r.RecordNumber = recordType(told) },
		"usertype":                                   func(r *Record, told string) { r.UserType = valueOf(UserTypes, told) },
		"logontype logon_type":                       func(r *Record, told string) { r.LogonType = valueOf(LogonTypes, told) },
		"riskid":                                     func(r *Record, told string) { r.detectionID = told },
		"objectid officeobjectid":                    func(r *Record, told string) { r.Object = told },
		"clientip ipaddress":                         func(r *Record, told string) { r.addresses[0] = told },
		"clientipaddress client_ipaddress":           func(r *Record, told string) { r.addresses[1] = told },
		"actoripaddress":                             func(r *Record, told string) { r.addresses[2] = told },
		"userprincipalobjectid":                      func(r *Record, told string) { r.tokenOf = told },
		"sourcefilename":                             func(r *Record, told string) { r.Items = append(r.Items, ContentItem{Kind: "File", Name: told}) },
		"sourcerelativeurl":                          func(r *Record, told string) { r.Items = append(r.Items, ContentItem{Kind: "Folder", Path: told}) },
		"itemname":                                   func(r *Record, told string) { r.Items = append(r.Items, ContentItem{Kind: "Item", Name: told}) },
		"destinationrelativeurl destinationfilename": func(r *Record, told string) { r.Destination = joined("/", r.Destination, told) },
	} {
		for name := range strings.FieldsSeq(names) {
			into[name] = func(e store.Entry, told string) { set(e.(*Record), told) }
		}
	}
	return into
}()

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
