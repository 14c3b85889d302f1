package export

import (
	"bytes"
	"cmp"
	"context"
	"reflect"
	"strconv"
	"strings"

	"signpost/store"
)

// ndjson writes one record of Azure Monitor's a line, for each event.
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

// asReceived gives a record of Azure Monitor's as it was received, or as the store gives it. Nothing else of it is needed.
func (e *exporter) asReceived(doc []byte, log store.Log, id string) (instead []byte, ok bool) {
	sh := shapeOf(doc)
	if !sh.isSignIn(log, id) {
		return nil, false
	}
	if sh.id == nil && !e.hasConditionalAccess() { // another content would have another id
		return nil, false
	}
	return doc, true
}

// appendAzureMonitor writes a sign-in as Azure Monitor does: the record as received where that is such a one and says what
// the merged sign-in says, else one that is made of the sign-in and of what is unknown in its copies.
func (e *exporter) appendAzureMonitor(b []byte, r *store.Record) []byte {
	newest := r.Newest()
	if r.Unread {
		return append(b, newest.Doc...)
	}
	if len(r.Versions) == 1 || reflect.DeepEqual(r.SignIn, newest.SignIn) {
		if doc, ok := e.asReceived(newest.Doc, r.SignIn.Log, r.SignIn.ID); ok {
			return append(b, doc...)
		}
	}
	s := &r.SignIn
	b = appendEnvelope(append(b, '{'), s)
	b = e.appendUnknown(b, r, func(doc []byte, sh shape) members {
		if !sh.enveloped {
			return members{}
		}
		return membersOf(doc)
	})
	b = append(b, `,"properties":{`...)
	b = appendSignIn(b, s, azureMonitor, e.hasConditionalAccess())
	if s.IsCAEToken != store.Unset {
		b = appendBool(append(b, `,"isCaeToken":`...), s.IsCAEToken)
	}
	b = e.appendUnread(e.appendUnknown(b, r, fieldsOf), r)
	return append(b, "}}"...)
}

// appendEnvelope writes what stands around the properties, all but the last comma. But for the caller's address and the category
// nothing here says more than the properties: a reader takes from here what is missing there.
func appendEnvelope(b []byte, s *store.SignIn) []byte {
	b = append(appendText(append(b, `"category":`...), categoryOf(s)), `,"operationName":"Sign-in activity","operationVersion":"1.0","Level":4`...)
	if !s.Ingested.IsZero() {
		b = appendTime(append(b, `,"time":`...), s.Ingested)
	}
	text := func(key, value string) {
		if value != "" {
			b = appendText(append(append(append(b, ',', '"'), key...), '"', ':'), value)
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

// microsoftCategory is the category of sign-ins of service principals that Microsoft owns. Their log has those of the tenant's, too.
const microsoftCategory = "MicrosoftServicePrincipalSignInLogs"

func categoryOf(s *store.SignIn) string {
	if s.Log == store.ServicePrincipal && s.Microsoft == store.True {
		return microsoftCategory
	}
	info, _ := s.Log.Info()
	return info.Category
}

// isCategory says whether a category is one of the log's.
func isCategory(log store.Log, category string) bool {
	info, _ := log.Info()
	return strings.EqualFold(category, info.Category) || log == store.Interactive && strings.EqualFold(category, "ADFSSignInLogs") ||
		log == store.ServicePrincipal && strings.EqualFold(category, microsoftCategory)
}

// shape is what a record as received looks like.
type shape struct {
	enveloped, hasCategory bool
	category, id           []byte // as they stand there, in quotes
	properties             []byte
}

func shapeOf(doc []byte) (s shape) {
	for m := membersOf(doc); ; {
		key, value, ok := m.next()
		switch {
		case !ok:
			return s
		case isKey(key, "category"):
			s.category, s.hasCategory = value, true
		case isKey(key, "properties") && value[0] == '{':
			s.properties, s.enveloped = value, true
			for inner := membersOf(value); ; {
				key, value, ok := inner.next()
				if ok && isKey(key, "id") {
					s.id = value
				}
				if !ok || s.id != nil {
					break
				}
			}
		}
	}
}

// isSignIn says whether the record is the sign-in's under its own id in its own log. The id of a record without one is
// derived from its content, and so the same again.
func (sh shape) isSignIn(log store.Log, id string) bool {
	if !sh.enveloped || len(sh.category) < 2 {
		return false
	}
	if !isCategory(log, string(bytes.Trim(sh.category, `"`))) {
		return false
	}
	return sh.id == nil || strings.EqualFold(string(bytes.Trim(sh.id, `"`)), id)
}
