package export

import (
	"bytes"
	"cmp"
	"context"
	"reflect"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// ndjson writes a record of Azure Monitor for each event, one a line.
func (e *exporter) ndjson(ctx context.Context) error {
	return e.records(ctx, store.RecordsQuery{Folded: true, AsReceived: e.asReceived}, func(records []store.Record) error {
		for i := range records {
			e.line = append(e.appendAzureMonitor(e.line[:0], &records[i]), '\n')
			if _, err := e.out.Write(e.line); err != nil {
				return err
			}
			e.written++
		}
		return nil
	})
}

// asReceived returns the document of a record where the file can have it unchanged. The store need not decode it
// then.
func (e *exporter) asReceived(doc []byte, log store.Log, id string) (instead []byte, ok bool) {
	if e.declared != nil {
		return doc, e.declared.isReceived(doc, log, id)
	}
	sh := shapeOf(doc)
	if !sh.isSignIn(log, id) {
		return nil, false
	}
	if sh.id == nil && !e.hasConditionalAccess() { // without that data the content, and so a derived ID, would differ
		return nil, false
	}
	return doc, true
}

// appendAzureMonitor writes a record as Azure Monitor does. It writes it as received where that has this shape and
// agrees with the merged record. Else it makes one of the merged record and the unknown members of its copies.
func (e *exporter) appendAzureMonitor(b []byte, r *store.Record) []byte {
	newest := r.Newest()
	if r.Unread {
		return append(b, newest.Doc...)
	}
	head := r.Entry.Head()
	if len(r.Versions) == 1 || reflect.DeepEqual(r.Entry, newest.Entry) {
		if doc, ok := e.asReceived(newest.Doc, head.Log, head.ID); ok {
			return append(b, doc...)
		}
	}
	if e.declared != nil {
		return e.appendDeclaredEnvelope(b, r)
	}
	s := r.SignIn()
	b = appendEnvelope(append(b, '{'), s)
	b = e.appendUnknown(b, r, func(doc []byte, sh shape) []byte {
		if !sh.enveloped {
			return nil
		}
		return doc
	})
	b = append(b, `,"properties":{`...)
	b = appendSignIn(b, s, azureMonitor, e.hasConditionalAccess())
	if s.IsCAEToken != store.Unset {
		b = appendBool(append(b, `,"isCaeToken":`...), s.IsCAEToken)
	}
	b = e.appendUnread(e.appendUnknown(b, r, fieldsOf), r)
	return append(b, "}}"...)
}

// appendEnvelope writes the envelope around the properties, without the last comma. Only the caller's address and
// the category say more than the properties do: a reader takes from the envelope what they lack.
func appendEnvelope(b []byte, s *store.SignIn) []byte {
	b = append(rawjson.AppendQuoted(append(b, `"category":`...), categoryOf(s)), `,"operationName":"Sign-in activity","operationVersion":"1.0","Level":4`...)
	if !s.Ingested.IsZero() {
		b = appendTime(append(b, `,"time":`...), s.Ingested)
	}
	text := func(key, value string) {
		if value != "" {
			b = rawjson.AppendQuoted(append(append(append(b, ',', '"'), key...), '"', ':'), value)
		}
	}
	if s.TenantID != "" {
		text("resourceId", "/tenants/"+s.TenantID+"/providers/Microsoft.aadiam")
		text("tenantId", s.TenantID)
	}
	if s.ErrorCode.Set {
		text("resultType", strconv.FormatInt(s.ErrorCode.N, 10))
		text("resultDescription", s.FailureReason)
	}
	text("resultSignature", "None")
	text("callerIpAddress", cmp.Or(s.CallerIPAddress, s.IPAddress))
	text("correlationId", s.CorrelationID)
	switch {
	case s.UserID != "" || s.UserPrincipalName != "":
		text("identity", s.UserDisplayName)
	case s.ServicePrincipalID != "":
		text("identity", s.ServicePrincipalName)
	}
	text("location", s.CountryOrRegion)
	return append(b, `,"durationMs":0`...)
}

// microsoftCategory is the category of sign-ins of service principals that Microsoft owns. They are in the log of
// the tenant's service principals.
const microsoftCategory = "MicrosoftServicePrincipalSignInLogs"

func categoryOf(s *store.SignIn) string {
	if s.Log == store.ServicePrincipal && s.Microsoft == store.True {
		return microsoftCategory
	}
	info, _ := store.SignIns.Log(s.Log)
	return info.Category
}

// isCategory tells whether a category is one of the log's.
func isCategory(log store.Log, category string) bool {
	info, _ := store.SignIns.Log(log)
	return strings.EqualFold(category, info.Category) || log == store.Interactive && strings.EqualFold(category, "ADFSSignInLogs") ||
		log == store.ServicePrincipal && strings.EqualFold(category, microsoftCategory)
}

// shape describes a record as received.
type shape struct {
	enveloped, hasCategory bool
	category, id           []byte // as they stand in the record, in quotes
	properties             []byte // an object, also where the record has it in a text
}

func shapeOf(doc []byte) (s shape) {
	for key, value := range rawjson.EachMember(doc) {
		switch {
		case isKey(key, "category"):
			s.category, s.hasCategory = value, true
		case isKey(key, "properties"):
			if value = unwrapped(value); value[0] != '{' {
				continue
			}
			s.properties, s.enveloped = value, true
			if id := idIn(value); id != nil {
				s.id = id
			}
		}
	}
	return s
}

// maxDepth is how many levels a value inside a text may nest, as in the importer.
const maxDepth = 100

// unwrapped gives the JSON inside a text, which the importer reads too: Azure Monitor sends some objects as texts. Any
// other value is returned as it is.
func unwrapped(value []byte) []byte {
	if compact, ok := rawjson.Embedded(value, maxDepth); ok {
		return compact
	}
	return value
}

func idIn(properties []byte) []byte {
	for key, value := range rawjson.EachMember(properties) {
		if isKey(key, "id") {
			return value
		}
	}
	return nil
}

// isKey tells whether a key is the name, in any casing.
func isKey(key []byte, name string) bool {
	return len(key) == len(name) && strings.EqualFold(string(key), name)
}

// isSignIn tells whether the record is the sign-in under its own ID in its own log. A record without an ID gets
// one derived from its content, which stays the same.
func (sh shape) isSignIn(log store.Log, id string) bool {
	if !sh.enveloped || len(sh.category) < 2 {
		return false
	}
	if !isCategory(log, string(bytes.Trim(sh.category, `"`))) {
		return false
	}
	return sh.id == nil || strings.EqualFold(string(bytes.Trim(sh.id, `"`)), id)
}
