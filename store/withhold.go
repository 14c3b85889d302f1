package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// withheld stands in for a part of a record that cannot be read well enough to take Conditional Access
// data out of it.
const withheld = `"withheld: it may hold Conditional Access data"`

// WithholdConditionalAccess takes the data that only some roles may see out of a record: its fields, its
// lists, the same of every version and event, and the documents as received.
func WithholdConditionalAccess(r *Record) {
	r.SignIn.WithholdConditionalAccess()
	r.Versions = slices.Clone(r.Versions)
	for i := range r.Versions {
		r.Versions[i].SignIn.WithholdConditionalAccess()
		r.Versions[i].Doc = RedactConditionalAccess(r.Versions[i].Doc)
	}
	r.Events = slices.Clone(r.Events)
	for i := range r.Events {
		r.Events[i].SignIn.WithholdConditionalAccess()
	}
}

// WithholdConditionalAccess takes the data that only some roles may see out of the sign-in. Its lists are copied, not changed.
func (s *SignIn) WithholdConditionalAccess() {
	for _, p := range properties {
		if p.ConditionalAccess && p.Text != nil {
			*p.Text(s) = ""
		}
	}
	s.AppliedConditionalAccessPolicies = nil
	s.ConditionalAccessAudiences = nil
	s.AuthenticationContextClassReferences = nil
	s.AuthenticationProcessingDetails = slices.DeleteFunc(slices.Clone(s.AuthenticationProcessingDetails), func(kv KeyValue) bool {
		return isConditionalAccessKey(kv.Key)
	})
	for i, kv := range s.AuthenticationProcessingDetails {
		s.AuthenticationProcessingDetails[i].Value = redactText(kv.Value)
	}
	for _, kept := range []*json.RawMessage{
		&s.AuthenticationAppDeviceDetails, &s.AuthenticationAppPolicyEvaluationList, &s.AppliedEventListeners, &s.PrivateLinkDetails,
	} {
		if len(*kept) > 0 {
			*kept = RedactConditionalAccess(*kept)
		}
	}
}

// keySeparators are what spellings of one key differ in besides casing.
var keySeparators = strings.NewReplacer(" ", "", "_", "", "-", "")

// isConditionalAccessKey says whether a key names Conditional Access data: any key that holds
// "conditionalAccess" in any casing, and the one property of that data that does not.
func isConditionalAccessKey(key string) bool {
	k := strings.ToLower(keySeparators.Replace(key))
	return strings.Contains(k, "conditionalaccess") || strings.Contains(k, "authenticationcontextclassreference")
}

// RedactConditionalAccess gives the document without its members of Conditional Access data, at any depth
// and also inside JSON that is written into a string, as Log Analytics does. All else stays: order, and
// numbers to the digit. A document that is no JSON is withheld whole.
func RedactConditionalAccess(doc []byte) []byte {
	r := redaction{decoder: json.NewDecoder(bytes.NewReader(doc))}
	r.decoder.UseNumber()
	if err := r.value(0); err != nil {
		return []byte(withheld)
	}
	if _, err := r.decoder.Token(); err != io.EOF { //nolint:errorlint // the decoder gives io.EOF itself
		return []byte(withheld)
	}
	return r.out.Bytes()
}

// maxDepth bounds how deep a record may nest: real ones reach 8.
const maxDepth = 200

// redaction copies a document token by token.
type redaction struct {
	decoder *json.Decoder
	out     bytes.Buffer
}

func (r *redaction) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return r.object(depth)
		}
		return r.array(depth)
	case string:
		return r.text(redactText(token))
	case json.Number:
		r.out.WriteString(token.String())
	case bool:
		fmt.Fprint(&r.out, token)
	case nil:
		r.out.WriteString("null")
	}
	return nil
}

func (r *redaction) text(s string) error {
	encoded, err := encodeText(s)
	r.out.Write(encoded)
	return err
}

// encodeText writes a string as JSON without turning <, > and & into escapes.
func encodeText(s string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (r *redaction) array(depth int) error {
	r.out.WriteByte('[')
	first := true
	for r.decoder.More() {
		start := r.out.Len()
		if !first {
			r.out.WriteByte(',')
		}
		begin := r.out.Len()
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if namesConditionalAccess(r.out.Bytes()[begin:]) {
			r.out.Truncate(start)
			continue
		}
		first = false
	}
	r.out.WriteByte(']')
	_, err := r.decoder.Token()
	return err
}

func (r *redaction) object(depth int) error {
	r.out.WriteByte('{')
	first := true
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return fmt.Errorf("key %v is no text", token)
		}
		start := r.out.Len()
		if !first {
			r.out.WriteByte(',')
		}
		if err := r.text(key); err != nil {
			return err
		}
		r.out.WriteByte(':')
		if err := r.value(depth + 1); err != nil {
			return err
		}
		if isConditionalAccessKey(key) {
			r.out.Truncate(start)
			continue
		}
		first = false
	}
	r.out.WriteByte('}')
	_, err := r.decoder.Token()
	return err
}

// namesConditionalAccess says whether a list's entry is a pair of key and value whose key names that data.
func namesConditionalAccess(entry []byte) bool {
	if len(entry) == 0 || entry[0] != '{' {
		return false
	}
	var pair struct{ Key, Name any } // matched without regard to case
	if json.Unmarshal(entry, &pair) != nil {
		return false
	}
	for _, name := range []any{pair.Key, pair.Name} {
		if text, ok := name.(string); ok && isConditionalAccessKey(text) {
			return true
		}
	}
	return false
}

// redactText redacts JSON that is written into a string. A string that begins like JSON, names the data
// and cannot be read (it was cut off) is withheld; any other text is no key and stays.
func redactText(s string) string {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' && trimmed[0] != '"' {
		return s
	}
	if !json.Valid([]byte(trimmed)) {
		if isConditionalAccessKey(trimmed) || strings.Contains(trimmed, `\u`) {
			return strings.Trim(withheld, `"`)
		}
		return s
	}
	redacted := RedactConditionalAccess([]byte(trimmed))
	var before, after bytes.Buffer
	if json.Compact(&before, []byte(trimmed)) == nil && json.Compact(&after, redacted) == nil && bytes.Equal(before.Bytes(), after.Bytes()) {
		return s
	}
	return string(redacted)
}
