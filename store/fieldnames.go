package store

// A field of an ID with names compares the ID first, then the names; the last is the readable one.

// NameIn gives the readable name of what the field compares, or another of its names; empty for a field without IDs.
func (f *Field) NameIn(e Entry) string {
	if f == nil || !f.IsOfIDs() {
		return ""
	}
	for i := len(f.Properties) - 1; i > 0; i-- {
		if name := *f.Properties[i].Text(e); name != "" {
			return name
		}
	}
	return ""
}

// CalledIn is NameIn, or the ID where there is no name.
func (f *Field) CalledIn(e Entry) string {
	if f == nil || !f.IsOfIDs() {
		return ""
	}
	return firstNonEmpty(f.NameIn(e), *f.Properties[0].Text(e))
}

// IDIn gives the ID, or where there is none the name that tells it best: of a user the username. It is empty for a field
// without IDs.
func (f *Field) IDIn(e Entry) string {
	if f == nil || !f.IsOfIDs() {
		return ""
	}
	return firstNonEmpty(*f.Properties[0].Text(e), *f.Properties[1].Text(e))
}

// HasUsernames says that the field compares the name by which people sign in, between the ID and the readable name.
func (f *Field) HasUsernames() bool { return f.IsOfIDs() && len(f.Properties) > 2 }

// UsernameIn gives the name by which people sign in; empty for a field without one.
func (f *Field) UsernameIn(e Entry) string {
	if f == nil || !f.HasUsernames() {
		return ""
	}
	return *f.Properties[1].Text(e)
}
