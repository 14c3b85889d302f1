package store

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"time"
)

// Version is one copy of a record as it was received. All differing copies of a record are its history.
type Version struct {
	Entry Entry
	// Doc is the record as received, in compact JSON.
	Doc []byte
	// Received is when the copy came in: the start of the import run, or the file's modification time where that is
	// earlier. It only orders copies that tell no time of ingestion, and is never shown as one. It is zero for copies that
	// were stored before it was kept: they count as the oldest.
	Received time.Time
}

// known is the time that the copy is ordered by.
func (v *Version) known() time.Time {
	if ingested := v.Entry.Head().Ingested; !ingested.IsZero() {
		return ingested
	}
	return v.Received
}

// isTold says that the copy was told by a record of another kind.
func (v *Version) isTold() bool { return v.Entry.Head().ToldBy != "" }

// SortVersions orders the copies of one record from the oldest to the newest. Copies that a record of another kind tells are the
// oldest: they fill gaps and correct nothing. Then come Dated, where the kind has it, and the time of ingestion; a copy without one
// counts by the time when it was received. Newer decides next, then the number of filled fields, then the order of bytes.
func (k *Kind) SortVersions(versions []Version) {
	sort.SliceStable(versions, func(i, j int) bool {
		a, b := &versions[i], &versions[j]
		if ta, tb := a.isTold(), b.isTold(); ta != tb {
			return ta
		}
		if k.Dated != nil {
			if da, db := k.Dated(a.Entry), k.Dated(b.Entry); !da.Equal(db) {
				return da.Before(db)
			}
		}
		if ka, kb := a.known(), b.known(); !ka.Equal(kb) {
			return ka.Before(kb)
		}
		if k.Newer != nil {
			if order := k.Newer(a.Entry, b.Entry); order != 0 {
				return order < 0
			}
		}
		if fa, fb := k.filled(a.Entry), k.filled(b.Entry); fa != fb {
			return fa < fb
		}
		return bytes.Compare(a.Doc, b.Doc) < 0
	})
}

// Merge gives the record that its copies make together; versions must be in SortVersions' order and of
// one (log, id). A newer copy fills what was empty and corrects what was early, field by field: what is empty and a word of an
// enumeration that says nothing replace nothing that tells. A kind may have rules of its own.
func (k *Kind) Merge(versions []Version) Entry {
	merged := versions[0].Entry.Clone()
	for i := range versions[1:] {
		newer := versions[i+1].Entry
		if ingested := newer.Head().Ingested; !ingested.IsZero() {
			head := merged.Head()
			head.Ingested = ingested
			merged.SetHead(head)
		}
		if k.Update != nil {
			k.Update(merged, newer)
		} else {
			UpdateProperties(k.Properties, merged, newer)
		}
	}
	head := merged.Head()
	head.Time, head.TimeIsIngestion = mergedTime(versions)
	head.ToldBy = versions[len(versions)-1].Entry.Head().ToldBy
	merged.SetHead(head)
	return merged
}

// ToldChangesNothing says that a told copy changes nothing of a record with one other copy. known holds the single-valued properties
// of that copy, or some of them; each further value of the told copy counts as a change. Lists are compared by the multi-valued
// properties and the status that follow from them.
func (k *Kind) ToldChangesNothing(told, known Entry) bool {
	merged := k.Merge([]Version{{Entry: told}, {Entry: known}})
	head, was := merged.Head(), known.Head()
	if !head.Time.Equal(was.Time) || head.TimeIsIngestion != was.TimeIsIngestion || !head.Ingested.Equal(was.Ingested) || k.StatusOf(merged) != k.StatusOf(known) {
		return false
	}
	return !slices.ContainsFunc(k.Properties, func(p *Property) bool { return !p.equal(merged, known) })
}

// equal says that the property is the same in both records.
func (p *Property) equal(a, b Entry) bool {
	switch {
	case p.Set != nil:
		return slices.Equal(p.Set(a), p.Set(b))
	case p.Text != nil:
		return *p.Text(a) == *p.Text(b)
	case p.Int != nil:
		return *p.Int(a) == *p.Int(b)
	case p.Bool != nil:
		return *p.Bool(a) == *p.Bool(b)
	}
	return true
}

// UpdateProperties takes over each single-valued property that the newer copy tells something about.
func UpdateProperties(properties []*Property, merged, newer Entry) {
	for _, p := range properties {
		if p.Set == nil && !p.isEmpty(newer) && (p.isEmpty(merged) || !p.saysNothing(newer) || p.saysNothing(merged)) {
			p.copy(merged, newer)
		}
	}
}

// filled counts the properties of a record that hold something, a list by its items.
func (k *Kind) filled(e Entry) (n int) {
	if k.Filled != nil {
		n = k.Filled(e)
	}
	for _, p := range k.Properties {
		if p.Set == nil && !p.isEmpty(e) {
			n++
		}
	}
	return n
}

// mergedTime gives the time of the newest copy that tells the event's own, as exactly as any copy tells it: Graph cuts to
// whole seconds. Where none tells it, the newest time of ingestion stands in.
func mergedTime(versions []Version) (t time.Time, isIngestion bool) {
	for i := len(versions) - 1; i >= 0; i-- {
		s := versions[i].Entry.Head()
		switch {
		case s.Time.IsZero():
		case t.IsZero(), isIngestion && !s.TimeIsIngestion, isIngestion == s.TimeIsIngestion && isCut(t, s.Time):
			t, isIngestion = s.Time, s.TimeIsIngestion
		}
	}
	return t, isIngestion
}

// isCut says that the one time is the other with fewer digits of its second.
func isCut(cut, whole time.Time) bool {
	for unit := time.Second; unit > 1; unit /= 10 {
		if whole.Truncate(unit).Equal(cut) {
			return !whole.Equal(cut)
		}
	}
	return false
}

func (p *Property) isEmpty(e Entry) bool {
	switch {
	case p.Text != nil:
		return *p.Text(e) == ""
	case p.Int != nil:
		return !p.Int(e).Set
	case p.Bool != nil:
		return *p.Bool(e) == Unset
	}
	return true // a set is derived: it is neither kept nor copied
}

// saysNothing says that the property is an enumeration and its value a word for "not known", or several of them.
func (p *Property) saysNothing(e Entry) bool {
	if !p.Enum {
		return false
	}
	for word := range strings.SplitSeq(*p.Text(e), ",") {
		switch strings.ToLower(strings.TrimSpace(word)) {
		case "none", "unknown", "unknownfuturevalue", "notdefined", "notset", "hidden":
		default:
			return false
		}
	}
	return true
}

func (p *Property) copy(to, from Entry) {
	switch {
	case p.Text != nil:
		*p.Text(to) = *p.Text(from)
	case p.Int != nil:
		*p.Int(to) = *p.Int(from)
	case p.Bool != nil:
		*p.Bool(to) = *p.Bool(from)
	}
}
