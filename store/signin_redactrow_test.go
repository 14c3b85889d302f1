package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// Of a row in a file whoever may not see Conditional Access data sees the cells of known columns alone.
func TestRedactRows(t *testing.T) {
	for _, test := range []struct{ name, doc, want string }{
		{
			"the portal's row", `{"Date (UTC)":"2026-11-28T10:00:00Z","Request ID":"1","Conditional Access":"Success","Bedingter Zugriff":"Fehler","Autonomous system  number":"64500","Incoming token type":"x"}`,
			`{"Date (UTC)":"2026-11-28T10:00:00Z","Request ID":"1","Autonomous system  number":"64500","Incoming token type":"x"}`,
		},
		{"in any case, with blanks", ` { "REQUEST ID" : "1" , "Acceso condicional" : "Error" , "location" : "Zug, CH" } `, `{"REQUEST ID":"1","location":"Zug, CH"}`},
		{"with escapes", `{"\u0052equest ID":"1","Acc\u00e8s conditionnel":"x","User":"\u00c4da"}`, `{"\u0052equest ID":"1","User":"\u00c4da"}`},
		{"the key behind the cell", `{"Stato accesso":"x","Request ID":"1"}`, `{"Request ID":"1"}`},
		{
			"steps", `{"Request ID":"1","Authentication details":[{"Date (UTC)":"d","Authentication method":"Password","Richtlinie":"x"},"y"]}`,
			`{"Request ID":"1","Authentication details":[{"Date (UTC)":"d","Authentication method":"Password"},"y"]}`,
		},
		{
			"a mapped row", `{"mappedTo":"interactive","id":"1","row":[{"heading":"When","property":"createdDateTime","value":"x"},{"heading":"Bedingter Zugriff","value":"Fehler"},{"heading":"CA","property":"conditionalAccessStatus","value":"failure"},{"heading":"z","property":"","value":"y"},"w"]}`,
			`{"mappedTo":"interactive","id":"1","row":[{"heading":"When","property":"createdDateTime","value":"x"}]}`,
		},
		{"a record of another source", `{"id":"1","requestId":"2","Stato":"x"}`, `{"id":"1","requestId":"2","Stato":"x"}`},
		{"the words in a value", `{"id":"1","note":"request id","Stato":"x"}`, `{"id":"1","note":"request id","Stato":"x"}`},
		{"no JSON", `Request ID=1`, withheld},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(SignIns.Redact([]byte(test.doc), ClassesOf(ConditionalAccess))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if got := SignIns.Redact([]byte(test.doc), 0); string(got) != test.doc {
				t.Errorf("whoever may see all gets %s", got)
			}
		})
	}
}

// FuzzRedactRows: what goes out is JSON, and a row of the portal has known headings alone.
func FuzzRedactRows(f *testing.F) {
	for _, seed := range []string{
		`{"Request ID":"1","x":[{"y":1}],"Authentication details":[{"a":1,"Date":2},[],null]}`, `{"mappedTo":"interactive","row":[{"heading":"a","value":1},[1],null],"row":{}}`,
		`{"\u0052equest ID":1,"Request ID":{}}`, `{"request id":"\ud800","":""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got := SignIns.Redact(doc, ClassesOf(ConditionalAccess))
		if !json.Valid(got) {
			t.Fatalf("%q became no JSON: %q", doc, got)
		}
		if again := SignIns.Redact(got, ClassesOf(ConditionalAccess)); !bytes.Equal(again, got) {
			t.Fatalf("redacting twice changes %q to %q", got, again)
		}
		var row map[string]json.RawMessage
		if json.Unmarshal(got, &row) != nil {
			return
		}
		isPortals, isMapped := false, false
		for key := range row {
			isPortals, isMapped = isPortals || strings.ToLower(key) == portalRowKey, isMapped || strings.ToLower(key) == mappedRowKey
		}
		for key := range row {
			if isPortals && !isMapped && !fileHeadings[plainHeading(key)] {
				t.Fatalf("%q keeps the heading %q: %q", doc, key, got)
			}
		}
	})
}
