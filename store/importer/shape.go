package importer

import (
	"math/bits"
	"strings"
	"time"

	"signpost/store"
)

// The formats, as CONTRACT.md names them.
const (
	AzureMonitor      = "azure-monitor"
	Graph             = "graph"
	LogAnalyticsCSV   = "log-analytics-csv"
	LogAnalyticsJSON  = "log-analytics-json"
	LogAnalyticsQuery = "log-analytics-query"
	PortalCSV         = "portal-csv"
	PortalJSON        = "portal-json"
	UnifiedAuditLog   = "unified-audit-log"
	// Directory exports: Graph's, and the lists that the Entra portal downloads.
	GraphDirectory     = "graph-directory"
	PortalDirectoryCSV = "portal-directory-csv"
	Unknown            = "unknown"
)

// Readable says whether records of the format are imported; the others are told by name and skipped.
func Readable(format string) bool {
	switch format {
	case AzureMonitor, Graph, GraphDirectory, PortalDirectoryCSV:
		return true
	}
	return false
}

// mark notes that a record has a key; together the marks tell what the record is.
type mark uint64

const (
	markIngestion mark = 1 << iota
	markLogAnalytics
	markSourceSystem
	markCategory
	markOperation
	markCaller
	markActivity
	markUnified
	markUnified2
	markCreated

	// Keys of a sign-in; other objects of Graph have one or two of them.
	markApp
	markAppName
	markName
	markAddress
	markClientApp
	markConditionalAccess
	markInteractive
	markDevice
	markResource
	markStatus
	markServicePrincipal
	markEventTypes

	// Keys whose absence from a whole file is worth a word.
	markUserType
	markSteps
	markPolicies
	markUserAgent
	markRequirement
)

const (
	signInMarks = markApp | markAppName | markName | markAddress | markClientApp | markConditionalAccess |
		markInteractive | markDevice | markResource | markStatus | markServicePrincipal | markEventTypes
	// betaMarks are keys that Graph's beta has in every sign-in and v1.0 in none.
	betaMarks = markEventTypes | markUserType | markSteps | markUserAgent | markRequirement
	// shapeMarks tell a record's shape even where their value is null.
	shapeMarks = ^markPolicies
)

// fieldMarks are the marks of keys that are fields of a sign-in.
var fieldMarks = map[string]mark{
	"createddatetime":                  markCreated,
	"appid":                            markApp,
	"appdisplayname":                   markAppName,
	"userprincipalname":                markName,
	"ipaddress":                        markAddress,
	"clientappused":                    markClientApp,
	"conditionalaccessstatus":          markConditionalAccess,
	"isinteractive":                    markInteractive,
	"devicedetail":                     markDevice,
	"resourcedisplayname":              markResource,
	"status":                           markStatus,
	"serviceprincipalid":               markServicePrincipal,
	"signineventtypes":                 markEventTypes,
	"usertype":                         markUserType,
	"authenticationdetails":            markSteps,
	"appliedconditionalaccesspolicies": markPolicies,
	"useragent":                        markUserAgent,
	"authenticationrequirement":        markRequirement,
}

// verdict says what a record is.
type verdict struct {
	kind   kind
	format string
	reason string // why it is no sign-in or not usable, as a sentence
}

type kind uint8

const (
	signIn    kind = iota
	notSignIn      // understood, but something else: an audit record, a risk detection
	foreign        // of a format that is not read
	rejected       // meant as a sign-in and not usable
)

// signInLogs are the categories of Azure Monitor and the tables of Log Analytics that hold sign-ins, in
// lower case. AD FS sign-ins are interactive ones, found by their token issuer type.
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

// categoryLog gives the log that the category or table name tells.
func (d *decoder) categoryLog() (log store.Log, ok bool) {
	for _, name := range []string{d.envelope.category, d.envelope.table} {
		if log, ok = signInLogs[strings.ToLower(name)]; ok {
			return log, true
		}
	}
	return "", false
}

// has says whether the record has all of these keys.
func (d *decoder) has(m mark) bool { return d.marks&m == m }

// looksLikeSignIn says whether the record has enough of a sign-in's keys to be meant as one.
func (d *decoder) looksLikeSignIn() bool {
	return bits.OnesCount64(uint64(d.marks&signInMarks)) >= 3 && !d.has(markActivity)
}

// classify tells from the keys that were there what the record is.
func (d *decoder) classify(enveloped bool) verdict {
	if enveloped && d.marks&(markCategory|markOperation|markIngestion|markLogAnalytics|markCaller) != 0 {
		return d.classifyCategory()
	}
	switch {
	case d.has(markUnified | markUnified2):
		return verdict{kind: foreign, format: UnifiedAuditLog, reason: "records of the unified audit log cannot be read by this version."}
	case d.has(markLogAnalytics) && (d.has(markSourceSystem) || d.envelope.table != "" || d.has(markCategory)):
		return verdict{kind: foreign, format: LogAnalyticsJSON, reason: "records of Log Analytics cannot be read by this version."}
	case d.has(markCategory | markIngestion):
		return d.classifyCategory()
	case d.looksLikeSignIn():
		return verdict{kind: signIn, format: Graph}
	case d.has(markActivity):
		return verdict{kind: notSignIn, format: Graph, reason: "the record is not a sign-in."}
	}
	return verdict{kind: foreign, format: Unknown, reason: "the record is of no format that this version knows."}
}

// classifyCategory tells what an Azure Monitor record is: its category decides, else what it carries.
func (d *decoder) classifyCategory() verdict {
	v := verdict{kind: signIn, format: AzureMonitor}
	_, known := d.categoryLog()
	switch {
	case known:
	case strings.HasSuffix(strings.ToLower(d.envelope.category), "signinlogs"):
		// A log that Microsoft has added since: its sign-ins go by what they carry.
		if !d.looksLikeSignIn() {
			v.kind, v.reason = foreign, "records of category "+d.envelope.category+" are not known to this version, and these do not have the fields of a sign-in."
		}
	case d.envelope.category != "":
		v.kind, v.reason = notSignIn, "records of category "+d.envelope.category+" are not sign-ins of one of the logs."
	case strings.EqualFold(d.envelope.operation, "Sign-in activity"):
	case !d.looksLikeSignIn():
		v.kind, v.reason = notSignIn, "the record is not a sign-in."
	}
	return v
}

// fillFromEnvelope takes from around the properties what they leave empty.
func (d *decoder) fillFromEnvelope() {
	s, e := d.into, &d.envelope
	switch {
	case e.aadTenant != "":
		s.TenantID = e.aadTenant
	case d.has(markLogAnalytics):
		s.TenantID = "" // Log Analytics' TenantId is its workspace
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

// fillResult takes the envelope's result where the status has no code; "Success" is code 0.
func (d *decoder) fillResult() {
	s, e := d.into, &d.envelope
	switch store.ParseStatus(e.resultType) {
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

// settleTime puts the time of ingestion where the sign-in's own is missing; the sentence says why the
// record has no usable time.
func (d *decoder) settleTime() (problem string) {
	s := d.into
	if _, ok := store.KeyAt(s.Ingested); !ok {
		s.Ingested = time.Time{}
	}
	if s.Time.IsZero() {
		s.Time, s.TimeIsIngestion = s.Ingested, true
	}
	if s.Time.IsZero() {
		return "the record has no time: neither createdDateTime nor a time of ingestion can be read."
	}
	if _, ok := store.KeyAt(s.Time); !ok {
		return "the time " + s.Time.Format("2006-01-02T15:04:05Z") + " is too far from today to be kept."
	}
	return ""
}

// log tells which log the sign-in belongs to: its category or table, else signInEventTypes, else
// isInteractive, else what it carries.
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
	user := s.UserID != "" || s.UserPrincipalName != "" || s.UserDisplayName != ""
	switch {
	case s.IsInteractive == store.True:
		return store.Interactive
	case !user && s.ManagedIdentityType != "" && s.ManagedIdentityType != "none":
		return store.ManagedIdentity
	case !user && (s.ServicePrincipalID != "" || s.ServicePrincipalName != ""):
		// isInteractive is false for these too: without a user it only says "not interactive".
		return store.ServicePrincipal
	case s.IsInteractive == store.False:
		return store.NonInteractive
	}
	return store.Interactive
}
