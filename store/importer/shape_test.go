package importer

import (
	"strings"
	"testing"

	"signpost/store"
)

// A further kind is one more shape. It reads the records that its names tell, and none of them is decoded as a sign-in.
func TestAKindIsOneMoreShape(t *testing.T) {
	var read []string
	gadgets := &shape{name: "gadgets", read: func(s *stream, doc []byte, v verdict, _ int64) error {
		if s.decoder.into != nil {
			t.Errorf("%s was decoded as a sign-in", doc)
		}
		read = append(read, v.format)
		s.tally.skip(v.format, "gadgets")
		return nil
	}}
	shapesBySay["gadgetlogs"] = gadgets
	t.Cleanup(func() { delete(shapesBySay, "gadgetlogs") })
	signInKeys := `"createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","appId":"a","status":{}`
	file := `{"category":"GadgetLogs","time":"2026-11-02T09:00:00Z","properties":{` + signInKeys + "}}\n" +
		`{"@odata.type":"#microsoft.graph.gadgetLogs",` + signInKeys + "}\n" +
		`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#gadgetLogs","value":[{` + signInKeys + "}]}\n"
	r, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(file))
	if err != nil || r.Skipped != 3 || strings.Join(read, " ") != strings.Join([]string{AzureMonitor, Graph, Graph}, " ") {
		t.Errorf("read as %v: %+v, %v", read, r, err)
	}
}

// Telling the kind of a record does not decode its fields, wherever its category stands.
func TestAShapeIsToldBeforeDecoding(t *testing.T) {
	fields := `"properties":{` + created + `,"userPrincipalName":"ada@example.com"}`
	for _, tt := range []struct {
		doc, format string
		shape       *shape
	}{
		{`{"category":"SignInLogs",` + fields + `}`, AzureMonitor, signIns},
		{`{` + fields + `,"category":"SignInLogs"}`, AzureMonitor, signIns},
		{`{"category":"AuditLogs",` + fields + `}`, AzureMonitor, named("audit records")},
		{`{` + fields + `,"category":"AuditLogs"}`, AzureMonitor, named("audit records")},
		{`{"id":"u","userPrincipalName":"ada@example.com","displayName":"Ada","accountEnabled":true}`, GraphDirectory, objectShapes[store.ObjectUser]},
		{`{"id":"r","riskLevel":"high","riskState":"atRisk"}`, GraphReport, named("risky users")},
	} {
		d := newDecoder(tableOf(signInsOnly))
		d.outline([]byte(tt.doc))
		v := d.tell([]byte(tt.doc), &directory{})
		if v.shape != tt.shape || v.format != tt.format || d.into != nil {
			t.Errorf("%s is told as %+v, decoded %t", tt.doc, v, d.into != nil)
		}
		var s store.SignIn
		if v.shape == signIns && (d.signIn([]byte(tt.doc), v.format, &s) != "" || s.UserPrincipalName != "ada@example.com" || s.Log != store.Interactive) {
			t.Errorf("%s is decoded as %+v", tt.doc, s)
		}
	}
}
