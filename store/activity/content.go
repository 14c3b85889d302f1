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
	r.Items, r.Parameters, r.Changes = slices.Clone(r.Items), slices.Clone(r.Parameters), slices.Clone(r.Changes)
	for i := range r.Items {
		r.Items[i].Name, r.Items[i].Path = "", ""
	}
	for i := range r.Parameters {
		if IsContent(r.Parameters[i].Key) || isItem(r.Parameters[i].Value) {
			r.Parameters[i].Value = Withheld
		}
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		if IsContent(c.Name) || isItem(c.Old) || isItem(c.New) {
			c.Old, c.New = Withheld, Withheld
		}
	}
}

// redact gives a record as received without the names of items.
func redact(doc []byte, hidden store.Classes) []byte {
	if !hidden.Has(store.Content) {
		return doc
	}
	return masked(doc, isAboutItem(doc), false)
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

// masked rewrites a JSON value, and JSON inside a text. aboutItem says that the object of the record is an item, inItem that the
// value stands in one.
func masked(value []byte, aboutItem, inItem bool) []byte {
	switch {
	case len(value) == 0:
		return value
	case value[0] == '{':
		return maskedObject(value, aboutItem, inItem)
	case value[0] == '[':
		b := []byte{'['}
		for item := range rawjson.EachItem(value) {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, masked(item, aboutItem, inItem)...)
		}
		return append(b, ']')
	}
	if inside, ok := rawjson.Embedded(value, maxDepth); ok {
		if clean := masked(inside, aboutItem, inItem); string(clean) != string(inside) {
			return rawjson.AppendQuoted(nil, string(clean))
		}
		return value
	}
	if rawjson.IsText(value) && namesFile(text(value)) {
		return rawjson.AppendQuoted(nil, Withheld)
	}
	return value
}

// namesFile says that a text holds the address of a site of SharePoint or OneDrive, or is a path.
func namesFile(told string) bool {
	lower := strings.ToLower(told)
	return strings.Contains(lower, ".sharepoint.com/") || strings.Contains(lower, "-my.sharepoint") || strings.HasPrefix(told, `\`)
}

func maskedObject(value []byte, aboutItem, inItem bool) []byte {
	isPair := false // of a name of an item and its value
	for key, member := range rawjson.EachMember(value) {
		isPair = isPair || strings.EqualFold(rawjson.Unescaped(key), "name") && IsContent(text(member))
	}
	b := []byte{'{'}
	for key, member := range rawjson.EachMember(value) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), key...), '"', ':')
		name := strings.ToLower(rawjson.Unescaped(key))
		_, isJSON := rawjson.Embedded(member, maxDepth)
		isPlain := rawjson.IsText(member) && !isJSON
		told := text(member)
		isName := IsContent(name) || inItem && slices.Contains(nameMembers, name) ||
			isPair && (name == "value" || name == "newvalue" || name == "oldvalue") ||
			(name == "objectid" || name == "officeobjectid") && (aboutItem || isItem(told)) ||
			(name == "value" || name == "newvalue" || name == "oldvalue") && isItem(told)
		switch {
		case isName && isPair && told != "":
			b = rawjson.AppendQuoted(b, Withheld)
		case isName && isPlain && told != "":
			b = rawjson.AppendQuoted(b, Withheld)
		default:
			b = append(b, masked(member, aboutItem, inItem || slices.Contains(itemMembers, name))...)
		}
	}
	return append(b, '}')
}
