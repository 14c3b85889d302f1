package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestRedactConditionalAccess(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"nothing to take", `{"a":1,"b":[true,null,"x"]}`, `{"a":1,"b":[true,null,"x"]}`},
		{"top level", `{"a":1,"conditionalAccessStatus":"success","b":2}`, `{"a":1,"b":2}`},
		{"first and only", `{"conditionalAccessStatus":"success"}`, `{}`},
		{"any casing", `{"CONDITIONALACCESSPOLICIES":[1],"AppliedConditionalAccessPolicies":{},"x":0}`, `{"x":0}`},
		{"unknown key that holds it", `{"newConditionalAccessThing":1,"x":0}`, `{"x":0}`},
		{"spaced label", `{"Conditional Access":"Success","x":0}`, `{"x":0}`},
		{"escaped key", `{"\u0063onditionalAccessStatus":"success","x":0}`, `{"x":0}`},
		{"authentication contexts", `{"authenticationContextClassReferences":[{"id":"c1"}],"AuthenticationContextClassReferences":"[]","x":0}`, `{"x":0}`},
		{"deep", `{"p":{"q":[{"conditionalAccessAudiences":["a"],"r":1}]}}`, `{"p":{"q":[{"r":1}]}}`},
		{"members after each other", `{"conditionalAccessA":1,"conditionalAccessB":2,"x":0,"conditionalAccessC":3}`, `{"x":0}`},
		{"numbers to the digit", `{"n":1.10,"big":12345678901234567890,"e":1E+2,"z":-0}`, `{"n":1.10,"big":12345678901234567890,"e":1E+2,"z":-0}`},
		{"text with marks", `{"t":"<b>&\u2028"}`, `{"t":"<b>&\u2028"}`},
		{"same key twice", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
		{"pair of key and value", `{"details":[{"key":"Conditional Access result","value":"x"},{"key":"Other","value":"y"}]}`, `{"details":[{"key":"Other","value":"y"}]}`},
		{"pair of name and value", `[{"Name":"conditionalAccessStatus","Value":"x"},{"Name":"b","Value":"y"}]`, `[{"Name":"b","Value":"y"}]`},
		{"requirement policies stay", `{"authenticationRequirementPolicies":[{"requirementProvider":"multiConditionalAccess","detail":"Conditional Access"}]}`, `{"authenticationRequirementPolicies":[{"requirementProvider":"multiConditionalAccess","detail":"Conditional Access"}]}`},
		{"reasons stay", `{"status":{"failureReason":"Access has been blocked by Conditional Access policies."}}`, `{"status":{"failureReason":"Access has been blocked by Conditional Access policies."}}`},
		{"inside a string", `{"properties":"{\"conditionalAccessStatus\":\"success\",\"n\":1.0}"}`, `{"properties":"{\"n\":1.0}"}`},
		{"inside a string in a string", `{"p":"{\"q\":\"{\\\"conditionalAccessStatus\\\":1,\\\"r\\\":2}\"}"}`, `{"p":"{\"q\":\"{\\\"r\\\":2}\"}"}`},
		{"a string of JSON without it keeps its spaces", `{"p":"{ \"a\" : 1 }"}`, `{"p":"{ \"a\" : 1 }"}`},
		{"a string cut off", `{"p":"[{\"conditionalAccessStatus\":\"suc"}`, `{"p":"withheld: it may hold Conditional Access data"}`},
		{"a string cut off without it", `{"p":"[{\"status\":\"suc"}`, `{"p":"[{\"status\":\"suc"}`},
		{"no JSON", `conditionalAccessStatus=success`, withheld},
		{"cut off", `{"a":1`, withheld},
		{"two documents", `{"a":1}{"conditionalAccessStatus":1}`, withheld},
		{"empty", ``, withheld},
		{"too deep", strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2), withheld},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := string(RedactConditionalAccess([]byte(test.doc))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzRedactConditionalAccess: whatever comes in, what goes out is JSON and has no key of that data, and a
// document without any is the same document.
func FuzzRedactConditionalAccess(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"conditionalAccessStatus":"success"},"b":[1.0,{"key":"conditionalAccess"}]}`, `{"p":"{\"conditionalAccessStatus\":1}"}`,
		`[{"CONDITIONAL_ACCESS":1},"[1,2]","{"]`, `"\"{\\\"conditionalAccessX\\\":1}\""`, `{"a":1,"a":{"b":"\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got := RedactConditionalAccess(doc)
		if !json.Valid(got) {
			t.Fatalf("%q became no JSON: %q", doc, got)
		}
		var value any
		if err := json.Unmarshal(got, &value); err != nil {
			t.Fatal(err)
		}
		if key := findConditionalAccess(value); key != "" {
			t.Fatalf("%q keeps the key %q: %q", doc, key, got)
		}
		if again := RedactConditionalAccess(got); !bytes.Equal(again, got) {
			t.Fatalf("redacting twice changes %q to %q", got, again)
		}
	})
}

// findConditionalAccess gives a key of Conditional Access data anywhere in the value, in strings too.
func findConditionalAccess(value any) string {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if isConditionalAccessKey(key) {
				return key
			}
			if found := findConditionalAccess(member); found != "" {
				return found
			}
		}
	case []any:
		for _, entry := range value {
			if found := findConditionalAccess(entry); found != "" {
				return found
			}
		}
	case string:
		var inner any
		if json.Unmarshal([]byte(value), &inner) == nil {
			return findConditionalAccess(inner)
		}
	}
	return ""
}
