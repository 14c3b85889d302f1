package store

import (
	"bytes"
	"encoding/json"
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
	s.Collections.withhold()
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

// shortestKey is the length of the shortest key of that data.
const shortestKey = len("conditionalaccess")

// isConditionalAccessKey says whether a key names Conditional Access data: any key that holds
// "conditionalAccess" in any casing, and the one property of that data that does not.
func isConditionalAccessKey(key string) bool {
	if len(key) < shortestKey {
		return false
	}
	k := strings.ToLower(keySeparators.Replace(key))
	return strings.Contains(k, "conditionalaccess") || strings.Contains(k, "authenticationcontextclassreference")
}

// mayNameConditionalAccess says whether a text may hold a key of that data: as it stands there, or written in escapes.
func mayNameConditionalAccess(text string) bool {
	return len(text) >= shortestKey && (strings.IndexByte(text, '\\') >= 0 || isConditionalAccessKey(text))
}

// redactText redacts JSON that is written into a string. A string that begins like JSON, names the data
// and cannot be read (it was cut off) is withheld; any other text is no key and stays.
func redactText(s string) string {
	if !mayNameConditionalAccess(s) {
		return s
	}
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
