package importer

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"

	"signpost/store/rawjson"
)

// A message of Event Hubs is an envelope around text with records: most often one batch of Azure Monitor. Consumers write the
// messages as objects with a body, or only the bodies. A body is JSON, JSON in a string, or base64 of JSON.

// bodyKeys are the keys of the body of a message, in lower case. Of an object with several of them the first counts.
var bodyKeys = []string{"body", "eventbody", "data"}

// besideBody are the keys that only messages have beside their body, in lower case and without underscores.
var besideBody = keySet{
	"enqueuedtimeutc": true, "enqueuedtime": true, "sequencenumber": true, "partitionkey": true, "partitionid": true,
	"systemproperties": true, "eventenqueuedutctime": true,
}

// isMessage says whether a record of no other kind is a message: it has a body and a key that only messages have, or a body
// that holds records. Data is too common a name to count alone.
func isMessage(keys keySet, doc []byte) bool {
	if !keys.any(bodyKeys) {
		return false
	}
	for key := range keys {
		if besideBody[strings.ReplaceAll(key, "_", "")] {
			return true
		}
	}
	return (keys["body"] || keys["eventbody"]) && holdsRecords(bodyOf(doc))
}

// bodyOf gives the value of a message's body; null where it has none.
func bodyOf(doc []byte) []byte {
	for _, wanted := range bodyKeys {
		for key, value := range rawjson.EachMember(doc) {
			if strings.EqualFold(rawjson.Unescaped(key), wanted) {
				return value
			}
		}
	}
	return []byte("null")
}

// holdsRecords says whether a body without anything beside it looks like records: JSON in a string, or a batch.
func holdsRecords(body []byte) bool {
	if rawjson.IsText(body) {
		return holdsJSON(body)
	}
	for key := range rawjson.EachMember(body) {
		if strings.EqualFold(string(key), "records") {
			return true
		}
	}
	return false
}

// base64JSON are the starts of base64 of an object or of a list: what follows the bracket is a key, a bracket or a blank.
var base64JSON = []string{"eyJ", "eyA", "ewo", "ew0", "ewk", "W3s", "Wwo", "Ww0", "WyA", "WyJ"}

// holdsJSON says whether a value begins like a string with JSON of an object or a list, or with base64 of it. The end of the
// value may be missing.
func holdsJSON(value []byte) bool {
	inside, isText := bytes.CutPrefix(value, []byte(`"`))
	if !isText {
		return false
	}
	for _, start := range base64JSON {
		if bytes.HasPrefix(inside, []byte(start)) {
			return true
		}
	}
	for len(inside) > 1 {
		switch c := inside[0]; {
		case c == ' ':
			inside = inside[1:]
		case c == '\\' && (inside[1] == 'n' || inside[1] == 'r' || inside[1] == 't'):
			inside = inside[2:]
		default:
			return c == '{' || isListStart(inside)
		}
	}
	return false
}

// isListStart says whether the inside of a string is JSON of a list of objects or of strings. A heading in brackets is none.
func isListStart(inside []byte) bool {
	if inside[0] != '[' {
		return false
	}
	rest := bytes.TrimLeft(inside[1:], ` \nrt`)
	return len(rest) > 0 && (rest[0] == '{' || rest[0] == '"' || rest[0] == ']')
}

// bodyText gives the JSON text of a body; empty for a body without one.
func bodyText(body []byte) []byte {
	inside, isText := rawjson.Unquoted(body)
	if !isText {
		if isNull(body) {
			return nil
		}
		return body
	}
	return plainBody(rawjson.AppendUnescaped(nil, inside))
}

// plainBody gives the text of a body that may be base64.
func plainBody(text []byte) []byte {
	text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff"))
	for _, start := range base64JSON {
		if !bytes.HasPrefix(text, []byte(start)) {
			continue
		}
		packed := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "", "=", "").Replace(string(text))
		if said, err := base64.RawStdEncoding.DecodeString(packed); err == nil {
			return bytes.TrimSpace(said)
		}
	}
	return text
}

// eventHubMessage reads the records in a message that is an object.
func (s *stream) eventHubMessage(doc []byte, line int64) error {
	return s.message(EventHub, bodyText(bodyOf(doc)), line, "the message")
}

// message reads the records in the text of a message, which found has taken for a record of its own. They stand in the line of
// the message. name is what reasons call it.
func (s *stream) message(format string, text []byte, line int64, name string) error {
	s.tally.messages[format] += 0 // the file has messages, also where they hold nothing
	switch {
	case len(text) == 0:
		s.tally.skip(format, "messages without a record")
		return nil
	case s.depth >= maxLists:
		s.reject(s.records, line, "messages stand too deep inside each other.")
		return nil
	case text[0] != '{' && text[0] != '[' && text[0] != '"':
		s.reject(s.records, line, "the body of "+name+" is no JSON, and no base64 of it.")
		return nil
	}
	s.records--
	s.im.progress.records--
	before := s.records
	s.depth++
	r := &records{
		src:    &source{buf: text, end: len(text), err: io.EOF, line: 1},
		around: s.around,
		found: func(doc []byte, at position) error {
			at.line = line
			return s.found(doc, at)
		},
		broken: func(at position, reason string, text []byte) {
			at.line = line
			s.broken(at, "in the body of "+name+": "+reason, text)
		},
	}
	err := r.read()
	if s.depth--; s.depth == 0 {
		s.tally.messages[format] += s.records - before
	}
	return err
}
