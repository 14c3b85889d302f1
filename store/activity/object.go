package activity

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

// settleObject splits what was acted on in two: names of items (files, folders, mails), which may be for administrators alone,
// and all else, such as users and mailboxes.
func (r *Record) settleObject() {
	var words, details []string
	say := func(isContent bool, text string) {
		switch {
		case text == "":
		case isContent && !slices.Contains(words, text):
			words = append(words, text)
		case !isContent && !slices.Contains(details, text):
			details = append(details, text)
		}
	}
	for _, i := range r.Items {
		say(true, i.Name)
		say(true, i.Path)
	}
	say(true, r.Destination)
	for _, p := range r.Parameters {
		say(isContentPair(p.Key, p.Value), p.Key+": "+p.Value)
	}
	for _, c := range r.Changes {
		say(isContentPair(c.Name, c.Old, c.New), joined(": ", c.Name, joined(" to ", c.Old, c.New)))
	}
	for _, p := range r.Extended {
		say(isContentPair(p.Key, p.Value), p.Key+": "+p.Value)
	}
	r.ItemWords, r.Details = strings.Join(words, "\n"), strings.Join(details, "\n")
	r.Item, r.Target = "", ""
	if r.ObjectIsItem() {
		r.Item = r.Object
	} else {
		r.Target = r.Object
	}
	if r.Item == "" {
		for _, i := range r.Items {
			fill(&r.Item, i.Name, i.Path)
		}
	}
	for _, who := range r.Targets {
		if strings.Contains(who.ID, "@") || who.Type == "1" {
			fill(&r.Target, who.ID)
		}
	}
	fill(&r.Target, r.SharedWith)
	if r.IsRequest() {
		r.Target = pathOf(r.RequestURI)
	}
}

// pathOf gives the address of a request without what may name files and mails: its question, a path behind a colon, a child or a shared
// file by its name, and what stands in brackets but a username or a GUID.
func pathOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	for at := range len(path) {
		if strings.IndexByte(":%/", path[at]) < 0 || strings.HasPrefix(path[at:], "://") {
			continue
		}
		if n := slices.IndexFunc(nameMarks, func(mark string) bool {
			return len(path)-at >= len(mark) && strings.EqualFold(path[at:at+len(mark)], mark)
		}); n >= 0 {
			path = path[:at+len(nameMarks[n])-1]
			break
		}
	}
	path = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(path, ":"), "%3a"), "%3A")
	return inBrackets.ReplaceAllStringFunc(path, func(inside string) string {
		if bare := strings.Trim(inside, "()'"); strings.Contains(bare, "@") || guidOf(bare) != "" {
			return inside
		}
		return "()"
	})
}

// nameMarks stand before the name of a file in the address of a request. Each ends with the slash before the name.
var nameMarks = []string{":/", "%3a/", "/children/", "/shares/"}

// inBrackets finds the arguments in the address of a request.
var inBrackets = regexp.MustCompile(`\([^)]*\)?`)

// ObjectIsItem says that the object of the record is the name or the address of an item: that of a file, a folder or a mail.
func (r *Record) ObjectIsItem() bool {
	return isItem(r.Object) || r.ItemType != "" || len(r.Items) > 0
}

// isItem says that a text is an address or a path.
func isItem(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, `:\`) || strings.HasPrefix(text, `\`) || strings.HasPrefix(text, "/")
}

// joined joins the texts that say something.
func joined(mark string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" }), mark)
}

// portOf gives the number of a port.
func portOf(port string) store.Int {
	n, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		return store.Int{}
	}
	return store.IntOf(n)
}

// guidOf gives the GUID that a text is, or that follows the first underscore of one such as User_...; else nothing.
func guidOf(text string) string {
	if _, id, found := strings.Cut(text, "_"); found {
		text = id
	}
	if len(text) != 36 || strings.Trim(text, "0-") == "" {
		return ""
	}
	for i := range len(text) {
		c := text[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if text[i] != '-' {
				return ""
			}
		case (c < 'a' || c > 'f') && (text[i] < '0' || text[i] > '9'):
			return ""
		}
	}
	return strings.ToLower(text)
}
