package activity

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// A class of its own has the names of items: subjects of mails, names of files and folders, and their paths. This file tells which
// values of a record these are.

// contentWords stand in the names of members and parameters that hold names of items.
var contentWords = []string{
	"subject", "filename", "folder", "path", "relativeurl", "siteurl", "fileurl", "itemurl", "listurl", "folderurl", "weburl", "documenturl", "itemname",
	"listtitle", "attachment", "bodycontains", "requesturi",
}

// IsContent says that a member, a parameter or a changed property of this name holds the name of an item.
func IsContent(name string) bool {
	name = strings.NewReplacer("_", "", " ", "").Replace(strings.ToLower(name))
	return slices.ContainsFunc(contentWords, func(word string) bool { return strings.Contains(name, word) })
}

// holdsPath says that a value is a path or has the address of a file. The scope of the whole directory, "/", and a legacy name of
// Exchange, which begins with /o=, are none.
func holdsPath(value string) bool {
	return namesFile(value) || strings.HasPrefix(value, "/") && value != "/" && !strings.HasPrefix(value, "/o=")
}

// isContentPair says that a parameter, a changed property or a detail tells the name of an item, by its name or by one of its values.
func isContentPair(name string, values ...string) bool {
	return IsContent(name) || slices.ContainsFunc(values, holdsPath)
}

// itemMembers are members with objects. Every name in these objects is the name of an item.
var itemMembers = []string{"item", "affecteditems", "folder", "folders", "destfolder", "folderitems", "parentfolder", "accessedresources"}

// nameMembers are the names inside of those.
var nameMembers = []string{"name", "title", "subject", "path", "url"}

// Withheld stands in place of the name of an item that who looks may not see.
const Withheld = "(withheld: the name of an item)"

// withhold takes out the names of items.
func (r *Record) withhold(hidden store.Classes) {
	if !hidden.Has(store.Content) {
		return
	}
	if r.ObjectIsItem() {
		r.Object = ""
	}
	r.Withheld, r.Destination = true, ""
	r.Items, r.Parameters, r.Changes, r.Extended = slices.Clone(r.Items), slices.Clone(r.Parameters), slices.Clone(r.Changes), slices.Clone(r.Extended)
	for i := range r.Items {
		r.Items[i].Name, r.Items[i].Path = "", ""
	}
	for _, pairs := range [][]store.KeyValue{r.Parameters, r.Extended} {
		for i := range pairs {
			if isContentPair(pairs[i].Key, pairs[i].Value) {
				pairs[i].Value = Withheld
			}
		}
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		if isContentPair(c.Name, c.Old, c.New) {
			c.Old, c.New = Withheld, Withheld
		}
	}
}

// redact gives a record as received without the names of items.
func redact(doc []byte, hidden store.Classes) []byte {
	if !hidden.Has(store.Content) {
		return doc
	}
	return masked(doc, mask{aboutItem: isAboutItem(doc)})
}

// isAboutItem says that the object of a record is an item: see Record.ObjectIsItem.
func isAboutItem(value []byte) bool {
	if inside, ok := rawjson.Embedded(value, maxDepth); ok {
		value = inside
	}
	if len(value) == 0 || value[0] != '{' {
		return false
	}
	for key, member := range rawjson.EachMember(value) {
		name := strings.ToLower(rawjson.Unescaped(key))
		told := text(member)
		isEmpty := told == "" || told == "[]" || told == "{}"
		_, isRead := values[name]
		_, isList := lists[name]
		switch {
		case !isEmpty && (name == "itemtype" || isList && slices.Contains(itemMembers, name) || isRead && IsContent(name)):
			return true
		case (name == "auditdata" || name == "properties") && isAboutItem(member):
			return true
		}
	}
	return false
}

// mask says where a value stands: aboutItem in a record about an item, inItem inside of an item, isName under a name that says that
// it is the name of an item.
type mask struct{ aboutItem, inItem, isName bool }

// masked rewrites a JSON value, and JSON inside a text.
func masked(value []byte, m mask) []byte {
	switch {
	case len(value) == 0:
		return value
	case value[0] == '{':
		m.isName = false // its members have names of their own
		return maskedObject(value, m)
	case value[0] == '[':
		b := []byte{'['}
		for item := range rawjson.EachItem(value) {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, masked(item, m)...)
		}
		return append(b, ']')
	}
	if inside, ok := rawjson.Embedded(value, maxDepth); ok {
		if clean := masked(inside, m); string(clean) != string(inside) {
			return rawjson.AppendQuoted(nil, string(clean))
		}
		return value
	}
	if rawjson.IsText(value) && (m.isName && text(value) != "" || namesFile(text(value))) {
		return rawjson.AppendQuoted(nil, Withheld)
	}
	return value
}

// namesFile says that a text holds the address of a site of SharePoint or OneDrive, or is a path.
func namesFile(told string) bool {
	lower := strings.ToLower(told)
	return strings.Contains(lower, ".sharepoint.com/") || strings.Contains(lower, "-my.sharepoint") || strings.HasPrefix(told, `\`) || strings.Contains(told, `:\`)
}

// pairValues are the values of a parameter, of a detail and of a changed property.
var pairValues = []string{"value", "newvalue", "oldvalue"}

func maskedObject(value []byte, m mask) []byte {
	isPair := false // of a name of an item and its value
	var values []string
	for key, member := range rawjson.EachMember(value) {
		name := strings.ToLower(rawjson.Unescaped(key))
		isPair = isPair || name == "name" && IsContent(text(member))
		if slices.Contains(pairValues, name) {
			values = append(values, text(member))
		}
	}
	isPair = isPair || slices.ContainsFunc(values, holdsPath)
	b := []byte{'{'}
	for key, member := range rawjson.EachMember(value) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), key...), '"', ':')
		name := strings.ToLower(rawjson.Unescaped(key))
		told := text(member)
		isPairValue := isPair && slices.Contains(pairValues, name)
		isName := IsContent(name) || m.inItem && slices.Contains(nameMembers, name) || (name == "objectid" || name == "officeobjectid") && (m.aboutItem || isItem(told))
		if isPairValue && told != "" {
			b = rawjson.AppendQuoted(b, Withheld)
		} else {
			b = append(b, masked(member, mask{m.aboutItem, m.inItem || slices.Contains(itemMembers, name), isName})...)
		}
	}
	return append(b, '}')
}
