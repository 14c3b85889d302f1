package views

import "signpost/store"

// cellText is a chosen property in the words of the record's details; "" if it is empty.
func (l *Look) cellText(p *store.Property, e store.Entry) string {
	text := propertyText(p, e)
	switch {
	case text == "":
		if absent := l.Absent[p]; absent != nil {
			return absent(e)
		}
		return ""
	case p.Unit != "":
		return text + " " + p.Unit
	}
	return p.Enumeration.Words(text)
}
