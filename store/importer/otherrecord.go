package importer

import (
	"strings"

	"signpost/store"
)

// otherRecord takes a record that is not stored as a sign-in: an object of a directory, one of another kind, or one that cannot
// be used.
func (s *stream) otherRecord(doc []byte, line int64, v verdict) error {
	if v.kind == rejected {
		s.tally.reject(s.records, line, v.reason)
		if v.format != "" {
			s.tally.formats[v.format]++
		}
		return nil
	}
	o := s.decoder.graphObject(doc)
	switch v.format {
	case AzureMonitor:
		if v.kind == foreign {
			s.tally.unreadable(v.format, 1, v.reason)
		} else {
			s.tally.skip(v.format, s.categoryKind(doc, v))
		}
	case UnifiedAuditLog:
		if unifiedSignIns[strings.ToLower(o.texts["recordtype"])] || unifiedSignIns[strings.ToLower(o.texts["operation"])] {
			s.tally.foreign(v.format, 1)
		} else {
			s.tally.skip(v.format, unifiedRecords)
		}
	case LogAnalyticsJSON:
		if name := tableKind(&o); name != "" {
			s.tally.skip(v.format, name)
		} else {
			s.tally.foreign(v.format, 1)
		}
	default:
		return s.graphRecord(&o, line)
	}
	return nil
}

// categoryKind names what an Azure Monitor record is by its category, else by the keys of its properties.
func (s *stream) categoryKind(doc []byte, v verdict) string {
	if v.reason != "" {
		return v.reason
	}
	for m := membersOf(doc); ; {
		key, value, ok := m.next()
		if !ok {
			break
		}
		if string(s.decoder.lower(key)) == "properties" {
			o := s.decoder.graphObject(s.decoder.unwrap(value))
			if name := kindWithKeys(o.keys); name != "" {
				return name
			}
		}
	}
	if category := s.decoder.envelope.category; category != "" {
		return "records of category " + shortText(category)
	}
	return "records that are no sign-ins"
}

// tableKind names what a row of Log Analytics is by its table, else by its columns; "" for one that may be a sign-in.
func tableKind(o *graphObject) string {
	for _, says := range []string{o.texts["type"], o.texts["category"]} {
		if _, ok := logOf(says); ok {
			return ""
		}
		if name := kindThatSays(says); name != "" {
			return name
		}
	}
	return kindWithKeys(o.keys)
}

// row takes a row of a query's answer, which its columns tell of.
func (s *stream) row() {
	if name := kindWithKeys(s.columns); name != "" {
		s.tally.skip(LogAnalyticsQuery, name)
	} else {
		s.tally.foreign(LogAnalyticsQuery, 1)
	}
}

// memberTypes are Graph's types of members that are no objects of a directory here.
var memberTypes = keySet{"device": true, "orgcontact": true, "contact": true}

// graphRecord takes a record in the manner of Graph: an object of a directory, or something else.
func (s *stream) graphRecord(o *graphObject, line int64) error {
	d := &s.directory
	if !d.groupSought {
		d.group, d.groupSought = groupOf(s.path, nil), true
	}
	said := d.claimOf(o)
	isMember := d.claim.members || d.lists(s.path) && memberTypes[strings.TrimPrefix(strings.ToLower(o.texts["@odata.type"]), "#microsoft.graph.")]
	switch kind, isObject := objectWithKeys(o.keys); {
	case said.object != 0:
		return s.object(o, said.object, line)
	case isMember && o.keys["id"]:
		return s.object(o, kind, line)
	case said.other != "":
		s.tally.skip(Graph, said.other)
	case kindWithKeys(o.keys) != "":
		s.tally.skip(Graph, kindWithKeys(o.keys))
	case isObject:
		return s.object(o, kind, line)
	case isMessage(o.keys):
		s.tally.foreign(EventHub, 1)
	case isPythons(o.keys):
		s.tally.unreadable(Unknown, 1, "sign-ins as the Python SDK of Microsoft Graph prints them (snake_case) are not read by this version. Write out Graph's JSON instead.")
	default:
		s.tally.foreign(Unknown, 1)
	}
	return nil
}

// leaveAnswer forgets what the answer before said: a record that stands by itself is none of it.
func (s *stream) leaveAnswer() error {
	d := &s.directory
	if d.context == nil {
		return nil
	}
	if d.group != "" {
		if err := s.endMembers(true); err != nil {
			return err
		}
	}
	d.group, d.groupSought, d.context, d.claim, d.morePages = groupOf(s.path, nil), true, nil, claim{}, false
	return nil
}

// sentence says why a document is no sign-in.
func (v verdict) sentence() string {
	switch {
	case v.kind == notSignIn && v.reason == "":
		return "the record is no sign-in."
	case v.kind == notSignIn:
		return v.reason + " are no sign-ins."
	case v.reason != "":
		return v.reason
	case v.format == Unknown:
		return "the record is of no format that this version knows."
	}
	return "the record is in a format that this version does not read: " + store.FormatName(v.format) + "."
}
