package importer

import (
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// signInLogs are the categories of Azure Monitor and the tables of Log Analytics that hold sign-ins, in lower case. AD FS
// sign-ins are interactive ones with a token issuer type of their own.
var signInLogs = map[string]store.Log{
	"signinlogs":                      store.Interactive,
	"adfssigninlogs":                  store.Interactive,
	"noninteractiveusersigninlogs":    store.NonInteractive,
	"serviceprincipalsigninlogs":      store.ServicePrincipal,
	"managedidentitysigninlogs":       store.ManagedIdentity,
	"aadnoninteractiveusersigninlogs": store.NonInteractive,
	"aadserviceprincipalsigninlogs":   store.ServicePrincipal,
	"aadmanagedidentitysigninlogs":    store.ManagedIdentity,

	"microsoftserviceprincipalsigninlogs":    store.ServicePrincipal,
	"aadmicrosoftserviceprincipalsigninlogs": store.ServicePrincipal,
}

// spelledLogs is the same in the spelling that Microsoft documents. Most records use it, and need no copy in lower case.
var spelledLogs = func() map[string]store.Log {
	logs := map[string]store.Log{}
	for _, info := range store.SignIns.Logs {
		logs[info.Category] = info.Log
	}
	return logs
}()

// logOf gives the log of a category or a table.
func logOf(name string) (log store.Log, ok bool) {
	if log, ok = spelledLogs[name]; ok || name == "" {
		return log, ok
	}
	log, ok = signInLogs[strings.ToLower(name)]
	return log, ok
}

// categoryLog gives the log that the category or table name tells.
func (d *decoder) categoryLog() (log store.Log, ok bool) {
	if log, ok = logOf(d.envelope.category); !ok {
		log, ok = logOf(d.envelope.table)
	}
	return log, ok
}

// signIn decodes the record that was outlined last into a sign-in. reason is a sentence that says why it cannot be used;
// empty where it can.
func (d *decoder) signIn(doc []byte, format string, s *store.SignIn) (reason string) {
	*s = store.SignIn{}
	d.begin(s)
	if d.has(markMapped) {
		return d.mappedSignIn(doc, s)
	}
	if f := d.rowFormat(); f != nil {
		return d.signInRow(f, doc)
	}
	d.readFields()
	s.Ingested = d.envelope.ingested
	d.fillFromEnvelope()
	if (format == Graph || format == PowerShellJSON || format == PortalJSON) && s.ID == "" && !d.isKept {
		// Graph gives every sign-in an id. Without it a second copy would be another sign-in.
		return "the sign-in has no id: it cannot be told from another copy of itself. Ask Graph for id and createdDateTime too ($select)."
	}
	if reason := d.settleTime(&s.Time, &s.TimeIsIngestion, &s.Ingested, "createdDateTime"); reason != "" {
		return reason
	}
	s.Log = d.log()
	if info, _ := store.SignIns.Log(s.Log); !info.User {
		s.Microsoft = store.BoolOf(d.isMicrosofts())
	}
	if s.ID == "" {
		s.ID = derivedID(doc, !s.TimeIsIngestion)
	}
	return ""
}

// fillFromEnvelope fills fields that the properties leave empty from the envelope.
func (d *decoder) fillFromEnvelope() {
	s, e := d.into, &d.envelope
	switch {
	case e.aadTenant != "":
		s.TenantID = e.aadTenant
	case d.isTableRow(), d.has(markPascal) && !d.isEnveloped():
		s.TenantID = "" // Log Analytics' TenantId is its workspace, also in rows that a query has cut down
	case e.tenant != "":
		s.TenantID = e.tenant
	}
	fill := func(place *string, text string) {
		if *place == "" {
			*place = text
		}
	}
	fill(&s.CorrelationID, e.correlation)
	if fill(&s.IPAddress, e.address); e.address != s.IPAddress && !sameAddress(e.address, s.IPAddress) {
		s.CallerIPAddress = e.address
	}
	fill(&s.CountryOrRegion, e.country)
	fill(&s.SignInIdentifier, e.alternateName)
	if len(s.RiskEventTypes) == 0 {
		s.RiskEventTypes = e.riskEventTypes
	}
	if !s.ErrorCode.Set && s.StatedStatus == "" {
		d.fillResult()
	}
	if s.UserID != "" || s.UserPrincipalName != "" {
		fill(&s.UserDisplayName, e.identity)
	} else if s.ServicePrincipalID != "" {
		fill(&s.ServicePrincipalName, e.identity)
	}
}

// fillResult takes the result of the envelope where the status has no code. "Success" is code 0.
func (d *decoder) fillResult() {
	s, e := d.into, &d.envelope
	switch store.SignIns.ParseStatus(e.resultType) {
	case store.StatusSuccess:
		s.ErrorCode = store.IntOf(0)
	case store.StatusFailure, store.StatusInterrupted:
		s.StatedStatus = e.resultType
	default:
		s.ErrorCode = d.integer([]byte(e.resultType))
	}
	if s.FailureReason == "" {
		s.FailureReason = e.result
	}
}

// settleTime takes the time of ingestion for a record without a time. key is that of the time in records; empty where they have
// none. problem is a sentence that says why the record has no usable time.
func (d *decoder) settleTime(t *time.Time, isIngestion *bool, ingested *time.Time, key string) (problem string) {
	if !store.InReach(*ingested) {
		*ingested = time.Time{}
	}
	if t.IsZero() {
		*t, *isIngestion = *ingested, true
	}
	switch {
	case !t.IsZero() && !store.InReach(*t):
		return "the time " + t.Format("2006-01-02T15:04:05Z") + " is too far from today to be kept."
	case !t.IsZero():
		return ""
	case d.badTime != nil:
		return "the time " + quoted(d.badTime) + " cannot be read: " + key + " is written like 2026-11-28T11:48:00Z."
	case key == "":
		return "the record has no time of ingestion."
	}
	return "the record has no time: it has neither " + key + " nor a time of ingestion."
}

// quoted gives a value as it stands in a record, for a sentence about it.
func quoted(value []byte) string {
	text := string(value)
	if inside, isText := rawjson.Unquoted(value); isText {
		text = `"` + rawjson.Unescaped(inside) + `"`
	}
	const most = 120
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// log tells the log of the sign-in. Its category or table decides, else signInEventTypes, else isInteractive, else its
// content.
func (d *decoder) log() store.Log {
	if log, ok := d.categoryLog(); ok {
		return log
	}
	s := d.into
	for _, event := range s.SignInEventTypes {
		switch strings.ToLower(event) {
		case "managedidentity":
			return store.ManagedIdentity
		case "serviceprincipal":
			return store.ServicePrincipal
		case "noninteractiveuser":
			return store.NonInteractive
		case "interactiveuser":
			return store.Interactive
		}
	}
	if info, known := store.SignIns.Log(d.givenLog); known && s.IsInteractive == store.Unset {
		return info.Log
	}
	user := s.UserID != "" || s.UserPrincipalName != "" || s.UserDisplayName != ""
	switch {
	case s.IsInteractive == store.True:
		return store.Interactive
	case !user && s.ManagedIdentityType != "" && s.ManagedIdentityType != "none":
		return store.ManagedIdentity
	case !user && (s.ServicePrincipalID != "" || s.ServicePrincipalName != ""):
		// isInteractive is false for these as well. Without a user it only says "not interactive".
		return store.ServicePrincipal
	case s.IsInteractive == store.False:
		return store.NonInteractive
	}
	return store.Interactive
}
