package importer

import (
	"math/bits"
	"strings"
	"time"

	"signpost/store"
)

// The formats that are told apart.
const (
	AzureMonitor       = store.FormatAzureMonitor
	Graph              = store.FormatGraph
	LogAnalyticsCSV    = store.FormatLogAnalyticsCSV
	LogAnalyticsJSON   = store.FormatLogAnalyticsJSON
	LogAnalyticsQuery  = store.FormatLogAnalyticsQuery
	PortalCSV          = store.FormatPortalCSV
	PowerShellCSV      = store.FormatPowerShellCSV
	DefenderCSV        = store.FormatDefenderCSV
	UnifiedAuditLog    = store.FormatUnifiedAuditLog
	EventHub           = store.FormatEventHub
	EventHubCapture    = store.FormatEventHubCapture
	GraphDirectory     = store.FormatGraphDirectory
	PortalDirectoryCSV = store.FormatPortalDirectoryCSV
	Unknown            = store.FormatUnknown
)

// mark notes that a record has a key; together the marks tell what the record is.
type mark uint64

const (
	markIngestion mark = 1 << iota
	markLogAnalytics
	markSourceSystem
	markCategory
	markOperation
	markCaller
	markOther
	markUnified
	markUnified2
	markCreated
	markClaim

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
	// whoMarks are keys of who signs in and from where, of which other objects of Graph have one at most.
	whoMarks = markName | markAddress | markServicePrincipal
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
	// reason is why a record is not usable, or of a format that is not read, as a sentence; of what is no sign-in the kind's name.
	reason string
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

// spelledLogs are the same by the spelling that Microsoft documents: most records are found so, without a copy in lower case.
var spelledLogs = func() map[string]store.Log {
	logs := map[string]store.Log{}
	for _, info := range store.Logs() {
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

// has says whether the record has all of these keys.
func (d *decoder) has(m mark) bool { return d.marks&m == m }

// looksLikeSignIn says whether a record has enough of a sign-in's keys to be meant as one.
func looksLikeSignIn(marks mark) bool {
	if marks&markOther != 0 {
		return false
	}
	n := bits.OnesCount64(uint64(marks & signInMarks))
	return n >= 3 || n == 2 && marks&markCreated != 0 && marks&whoMarks != 0
}

// classify tells from the keys that were there what the record is.
func (d *decoder) classify(enveloped bool) verdict {
	if enveloped && d.marks&(markCategory|markOperation|markIngestion|markLogAnalytics|markCaller) != 0 {
		return d.classifyCategory()
	}
	own := d.ownClaim()
	switch {
	case d.has(markUnified | markUnified2):
		return verdict{kind: foreign, format: UnifiedAuditLog}
	case d.has(markLogAnalytics):
		return verdict{kind: foreign, format: LogAnalyticsJSON}
	case d.has(markCategory | markIngestion):
		return d.classifyCategory()
	case own.signIns, own.isEmpty() && (looksLikeSignIn(d.marks) || d.told):
		return verdict{kind: signIn, format: Graph}
	}
	return verdict{kind: foreign, format: Unknown}
}

// ownClaim is what a record in the manner of Graph says that it is.
func (d *decoder) ownClaim() claim {
	switch {
	case !d.has(markClaim):
		return claim{}
	case d.envelope.odataType != "":
		return claimOfType(d.envelope.odataType)
	}
	return claimOf([]byte(d.envelope.odataContext))
}

// classifyCategory tells what an Azure Monitor record is: its category decides, else what it carries.
func (d *decoder) classifyCategory() verdict {
	category := d.envelope.category
	_, known := d.categoryLog()
	switch {
	case known:
	case strings.HasSuffix(strings.ToLower(category), "signinlogs"):
		// A log that Microsoft has added since: its sign-ins go by what they carry.
		if !looksLikeSignIn(d.marks) {
			return verdict{kind: foreign, format: AzureMonitor, reason: "records of category " + shortText(category) + " are not known to this version, and these do not have the fields of a sign-in."}
		}
	case category != "", !strings.EqualFold(d.envelope.operation, "Sign-in activity") && !looksLikeSignIn(d.marks):
		return verdict{kind: notSignIn, format: AzureMonitor, reason: kindThatSays(category)}
	}
	return verdict{kind: signIn, format: AzureMonitor}
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
		if d.badTime != nil {
			return "the time " + quoted(d.badTime) + " cannot be read: createdDateTime is written like 2026-11-28T11:48:00Z."
		}
		return "the record has no time: it has neither createdDateTime nor a time of ingestion."
	}
	if _, ok := store.KeyAt(s.Time); !ok {
		return "the time " + s.Time.Format("2006-01-02T15:04:05Z") + " is too far from today to be kept."
	}
	return ""
}

// quoted gives a value as it stands in a record, for a sentence about it.
func quoted(value []byte) string {
	text := string(value)
	if isString(value) {
		text = `"` + unescaped(value[1:len(value)-1]) + `"`
	}
	const most = 120
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
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
