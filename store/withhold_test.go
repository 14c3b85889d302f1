package store

import (
	"bytes"
	"encoding/json"
	"slices"
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
		{"inside a string, which is written again", `{"p":"{\"conditionalAccessStatus\":1,\"t\":\"<\u2028>\"}"}`, `{"p":"{\"t\":\"<\u2028>\"}"}`},
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
	for _, hidden := range slices.Concat(hiddenData, tablesOfData) {
		f.Add([]byte(hidden.doc))
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

// findConditionalAccess gives a key of Conditional Access data anywhere in the value, in strings too, and where it is itself a
// value next to its own.
func findConditionalAccess(value any) string {
	switch value := value.(type) {
	case map[string]any:
		name, isPair := "", false
		for key, member := range value {
			if isConditionalAccessKey(key) {
				return key
			}
			if found := findConditionalAccess(member); found != "" {
				return found
			}
			text, isText := member.(string)
			switch role := memberRoles[foldKey(key)]; {
			case role == roleValue:
				isPair = true
			case role.names() && isText && isConditionalAccessKey(text) && text != withheldText:
				name = text
			}
		}
		if isPair {
			return name
		}
	case []any:
		for i, entry := range value {
			if text, isText := entry.(string); isText && i+1 < len(value) && isConditionalAccessItem(text) && text != withheldText {
				return text
			}
			if found := findConditionalAccess(entry); found != "" {
				return found
			}
		}
	case string:
		var inner any
		if json.Unmarshal([]byte(bareJSON(value)), &inner) == nil {
			return findConditionalAccess(inner)
		}
	}
	return ""
}

// redacted is a document that holds the data, and what stays of it.
type redacted struct{ name, doc, want string }

// hiddenData are documents that hold the data where a key is not simply the key of a member, and what stays of them.
var hiddenData = []redacted{
	{"behind a byte order mark in a string", `{"p":"\ufeff{\"conditionalAccessStatus\":\"success\",\"n\":1}","x":0}`, `{"p":"{\"n\":1}","x":0}`},
	{"behind several marks and blanks", `{"p":"\u200b\u0000 \ufeff[{\"conditionalAccessStatus\":1}]\u0000"}`, `{"p":"[{}]"}`},
	{"behind a byte order mark, cut off", `{"p":"\ufeff{\"conditionalAccessStatus\":\"suc"}`, `{"p":` + withheld + `}`},
	{"behind a word in a string", `{"p":"record: {\"conditionalAccessStatus\":\"success\"}"}`, `{"p":` + withheld + `}`},
	{"behind a word in escapes", `{"p":"record: {\"\\u0063onditionalAccessStatus\":\"success\"}"}`, `{"p":` + withheld + `}`},
	{"as a line of a log", `{"p":"user=ada conditionalAccessStatus=success"}`, `{"p":` + withheld + `}`},
	{"as a quoted label of a log", `{"p":"x; 'Conditional Access result': 'Success'"}`, `{"p":` + withheld + `}`},
	{"property next to value", `{"d":[{"property":"conditionalAccessStatus","value":"success"},{"property":"a","value":"b"}]}`, `{"d":[{"property":"a","value":"b"}]}`},
	{"field next to value", `{"d":[{"value":"success","field":"conditionalAccessStatus"}]}`, `{"d":[]}`},
	{"displayName next to values", `{"d":[{"displayName":"ConditionalAccessPolicies","oldValue":"[]","newValue":"[1]"}]}`, `{"d":[]}`},
	{"display name, spaced", `{"d":[{"Display Name":"Conditional Access status","Value":"x"}]}`, `{"d":[]}`},
	{"a pair that is no item of a list", `{"d":{"key":"conditionalAccessStatus","value":"success"},"x":0}`, `{"x":0}`},
	{"a pair in a string", `{"d":"{\"name\":\"conditionalAccessStatus\",\"value\":\"success\"}"}`, `{"d":` + withheld + `}`},
	{"a document that is a pair", `{"key":"conditionalAccessStatus","value":"success"}`, withheld},
	{"a name without a value stays", `{"app":{"displayName":"Azure Conditional Access","appId":"1"}}`, `{"app":{"displayName":"Azure Conditional Access","appId":"1"}}`},
	{"a list of a name and its value", `{"d":["conditionalAccessStatus","success"],"x":0}`, `{"d":[],"x":0}`},
	{"lists in a list", `{"d":[["conditionalAccessStatus","success"],["userId","1"]]}`, `{"d":[["userId","1"]]}`},
	{"names and values in turn", `["userId","1","conditionalAccessStatus",{"a":1},"ip","2"]`, `["userId","1","ip","2"]`},
	{"a list in a string", `{"d":"[\"conditionalAccessStatus\",\"success\"]"}`, `{"d":"[]"}`},
	{"permissions stay", `{"d":["Policy.Read.ConditionalAccess","openid"]}`, `{"d":["Policy.Read.ConditionalAccess","openid"]}`},
	{"sentences stay", `{"d":["Access has been blocked by Conditional Access policies","x"]}`, `{"d":["Access has been blocked by Conditional Access policies","x"]}`},
	{"without width in a key", `{"conditional\u200bAccessStatus":1,"\ufeffcondi\u2060tionalAccessPolicies":2,"x":0}`, `{"x":0}`},
	{"without width in a key, unescaped", "{\"conditional\u200bAccessStatus\":1,\"x\":0}", `{"x":0}`},
	{"controls and marks in a key", `{"conditional\u0000Access":1,"conditio\u00adnal\u202eAccess":2,"conditional\u034fAccess":3,"conditional\u3164Access":4,"x":0}`, `{"x":0}`},
	{"dots and slashes in a key", `{"conditional.access/status":1,"x":0}`, `{"x":0}`},
	{"other forms of the letters", `{"conditionalAcce\u017f\u017f":1,"\uff43onditionalAccess":2,"cond\u0131tionalAccess":3,"condi\u0301tionalAccess":4,"x":0}`, `{"x":0}`},
	{"a name without width as a value", `{"d":[{"k\u200bey":"conditional\u200bAccess","value":1}]}`, `{"d":[]}`},
}

func TestRedactHiddenData(t *testing.T) {
	for _, test := range hiddenData {
		t.Run(test.name, func(t *testing.T) {
			if got := string(RedactConditionalAccess([]byte(test.doc))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
