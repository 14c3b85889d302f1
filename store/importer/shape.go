package importer

import (
	"math/bits"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// The formats that are told apart.
const (
	AzureMonitor       = store.FormatAzureMonitor
	Graph              = store.FormatGraph
	LogAnalyticsCSV    = store.FormatLogAnalyticsCSV
	LogAnalyticsJSON   = store.FormatLogAnalyticsJSON
	LogAnalyticsQuery  = store.FormatLogAnalyticsQuery
	PortalCSV          = store.FormatPortalCSV
	PortalJSON         = store.FormatPortalJSON
	PowerShellJSON     = store.FormatPowerShellJSON
	PowerShellCSV      = store.FormatPowerShellCSV
	DefenderCSV        = store.FormatDefenderCSV
	UnifiedAuditLog    = store.FormatUnifiedAuditLog
	EventHub           = store.FormatEventHub
	Mapped             = store.FormatMapped
	EventHubCapture    = store.FormatEventHubCapture
	GraphDirectory     = store.FormatGraphDirectory
	GraphReport        = store.FormatGraphReport
	PortalDirectoryCSV = store.FormatPortalDirectoryCSV
	Unknown            = store.FormatUnknown
)

// mark notes that a record has a key. The marks together tell the kind of the record.
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

	// These are keys of sign-ins. Other objects of Graph have one or two of them.
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

	// The report mentions when a whole file lacks one of these keys.
	markUserType
	markSteps
	markPolicies
	markUserAgent
	markRequirement

	// A kind of the catalog is told by the key, and sign-ins have none of the name.
	markTells

	// Rows with headings of their own: see rowFormat.
	markPortal
	markDefender
	markDefender2
	// How a record of Graph is spelled, and a key that only the Entra admin center's JSON has.
	markPascal
	markNET
	markPortalJSON
	markMapped
)

const (
	signInMarks = markApp | markAppName | markName | markAddress | markClientApp | markConditionalAccess |
		markInteractive | markDevice | markResource | markStatus | markServicePrincipal | markEventTypes
	// betaMarks are keys that every sign-in of Graph's beta has and none of v1.0.
	betaMarks = markEventTypes | markUserType | markSteps | markUserAgent | markRequirement
	// whoMarks are keys about the person and the place of a sign-in. Other objects of Graph have one of them at most.
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

// verdict is the kind of a record, with the reason where it cannot be read.
type verdict struct {
	shape  *shape // nil for a record that is not read and of no known kind
	format string
	// log is that of a record of a declared kind.
	log store.Log
	// object is the kind of a directory's object. It is 0 for a member of a group with an unknown kind.
	object store.ObjectKind
	// named says that the category of the record names the kind.
	named bool
	// reason is a sentence that says why a record of no known kind is not read. It is empty where the format tells.
	reason string
}

// sentence says why a document is no record that is read.
func (v verdict) sentence() string {
	switch {
	case v.format == AzureMonitor && v.named:
		return v.shape.name + " are no sign-ins."
	case v.format == AzureMonitor && v.shape != nil:
		return "the record is of no kind that is kept."
	case v.format == AzureMonitor && v.reason != "":
		return v.reason
	case v.format == UnifiedAuditLog, v.format == LogAnalyticsJSON:
		return "the record is in a format that this version does not read: " + store.FormatName(v.format) + "."
	}
	return "the record is of no format that this version knows."
}

// has says whether the record has all of these keys.
func (d *decoder) has(m mark) bool { return d.marks&m == m }

// looksLikeSignIn says whether a record has enough keys of a sign-in to be meant as one.
func looksLikeSignIn(marks mark) bool {
	if marks&markOther != 0 {
		return false
	}
	n := bits.OnesCount64(uint64(marks & signInMarks))
	return n >= 3 || n == 2 && marks&markCreated != 0 && marks&whoMarks != 0
}

// tell finds the shape of a compact record in the table, by the outline of the record and by its answer. What a record says
// of itself counts first, then what its answer says, then its keys.
func (d *decoder) tell(doc []byte, near *directory) verdict {
	if d.has(markMapped) {
		return d.tellMapped(doc)
	}
	if f := d.rowFormat(); f != nil {
		return verdict{shape: signIns, format: f.format}
	}
	if d.isEnveloped() && d.marks&(markCategory|markOperation|markIngestion|markLogAnalytics|markCaller) != 0 {
		return d.tellCategory(doc)
	}
	d.noteFields()
	// A record of the unified audit log may have the keys of a record that it tells.
	if d.isEnveloped() || d.has(markTells) && !d.has(markLogAnalytics) && !d.has(markCategory|markIngestion) && !d.has(markUnified|markUnified2) {
		if v, ok := d.tellDeclared(near, d.valueKeys(doc)...); ok {
			return v
		}
	}
	switch {
	case d.isTableRow():
		return d.tellTable(doc)
	case d.has(markUnified | markUnified2):
		return d.tellUnified(doc)
	case d.has(markCategory | markIngestion):
		return d.tellCategory(doc)
	case d.isGraphSignIn(&near.claim):
		return verdict{shape: signIns, format: d.graphFormat()}
	}
	return d.tellGraph(doc, near)
}

// isGraphSignIn says whether a record in Graph's manner is a sign-in. Where the answer says that it holds sign-ins, any keys
// will do. Where it says something else, looking like a sign-in is not enough.
func (d *decoder) isGraphSignIn(answer *claim) bool {
	own := d.ownClaim()
	if !own.isEmpty() {
		return own.shape == signIns
	}
	return answer.shape == signIns || answer.isEmpty() && looksLikeSignIn(d.marks)
}

// ownClaim is the kind that a record in Graph's manner states.
func (d *decoder) ownClaim() claim {
	switch {
	case !d.has(markClaim):
		return claim{}
	case d.envelope.odataType != "":
		return claimOfType(d.envelope.odataType)
	}
	return claimOf([]byte(d.envelope.odataContext))
}

// tellCategory tells the kind of an Azure Monitor record. Its category decides, else its content.
func (d *decoder) tellCategory(doc []byte) verdict {
	category := d.envelope.category
	if _, known := logOf(category); known {
		return verdict{shape: signIns, format: AzureMonitor}
	}
	if v, known := d.table.categories[strings.ToLower(category)]; known {
		return v
	}
	if _, known := logOf(d.envelope.table); known {
		return verdict{shape: signIns, format: AzureMonitor}
	}
	isActivity := strings.EqualFold(d.envelope.operation, "Sign-in activity")
	if category == "" && !isActivity {
		if v, ok := d.tellDeclared(&directory{}, d.valueKeys(doc)...); ok {
			v.format = AzureMonitor
			return v
		}
	}
	d.noteFields()
	switch {
	case strings.HasSuffix(strings.ToLower(category), "signinlogs"):
		// Microsoft may have added a log since. Its sign-ins are recognized by their content.
		if !looksLikeSignIn(d.marks) {
			return verdict{format: AzureMonitor, reason: "records of category " + shortText(category) + " are not known to this version, and these do not have the fields of a sign-in."}
		}
	case category != "", !isActivity && !looksLikeSignIn(d.marks):
		if shapeThatSays(category) == nil {
			if v, ok := d.tellDeclared(&directory{}, d.valueKeys(doc)...); ok && v.shape.declared != nil && v.shape.declared.kind.Shape.OwnCategories {
				v.format = AzureMonitor
				return v
			}
		}
		if known := d.table.notKept(shapeThatSays(category)); known != nil {
			return verdict{shape: known, format: AzureMonitor, named: true}
		}
		return verdict{shape: d.propertiesShape(), format: AzureMonitor}
	}
	return verdict{shape: signIns, format: AzureMonitor}
}

// propertiesShape tells the kind of an Azure Monitor record with an unknown category, by the keys of its properties.
func (d *decoder) propertiesShape() *shape {
	for _, object := range d.properties {
		if known := d.table.notKept(shapeWithKeys(tellingOf(object).keys)); known != nil {
			return known
		}
	}
	if category := d.envelope.category; category != "" {
		return &shape{name: "records of category " + shortText(category)}
	}
	return &shape{name: "records that are no sign-ins"}
}

// tellUnified tells the kind of a record of the unified audit log.
func (d *decoder) tellUnified(doc []byte) verdict {
	if of := d.table.instead[shapeThatSays(unifiedType)]; of != nil {
		return verdict{shape: of.shape, format: UnifiedAuditLog, log: of.log}
	}
	says := tellingOf(doc).texts
	if unifiedSignIns[strings.ToLower(says["recordtype"])] || unifiedSignIns[strings.ToLower(says["operation"])] {
		return verdict{format: UnifiedAuditLog}
	}
	return verdict{shape: shapeThatSays(unifiedType), format: UnifiedAuditLog}
}

// isTableRow says whether the record is a row of Log Analytics. Rows that a query has cut down may have no TimeGenerated.
func (d *decoder) isTableRow() bool {
	return d.has(markLogAnalytics) || d.has(markSourceSystem) && !d.has(markIngestion)
}

// graphFormat names the format of a sign-in in Graph's manner by its spelling.
func (d *decoder) graphFormat() string {
	switch {
	case d.has(markPascal) && !d.has(markNET):
		return PowerShellJSON
	case d.has(markPortalJSON):
		return PortalJSON
	}
	return Graph
}

// tellTable tells the kind of a row of Log Analytics by its table, else by its columns.
func (d *decoder) tellTable(doc []byte) verdict {
	v := verdict{format: LogAnalyticsJSON}
	if _, ok := logOf(d.envelope.table); ok {
		v.shape = signIns
		return v
	}
	t := tellingOf(doc)
	for _, says := range []string{t.texts["type"], t.texts["category"]} {
		if _, ok := logOf(says); ok {
			v.shape = signIns
			return v
		}
		of, isDeclared := d.table.categories[strings.ToLower(says)]
		known := shapeThatSays(says)
		if !isDeclared && d.table.instead[known] != nil {
			of, isDeclared = *d.table.instead[known], true
		}
		if isDeclared {
			of.format = v.format
			return of
		}
		if known != nil {
			v.shape = known
			return v
		}
	}
	if of := d.table.withKeys(t.keys); of != nil {
		of := *of
		of.format = v.format
		return of
	}
	if v.shape = shapeWithKeys(t.keys); v.shape == nil && looksLikeSignIn(d.marks) {
		v.shape = signIns
	}
	return v
}

// memberTypes are Graph's types of members that are no objects of a directory here.
var memberTypes = keySet{"device": true, "orgcontact": true, "contact": true}

// tellGraph tells the kind of a record in Graph's manner that is no sign-in: an object of a directory, or something else.
func (d *decoder) tellGraph(doc []byte, near *directory) verdict {
	t := tellingOf(doc)
	if v, ok := d.tellDeclared(near, t.keys); ok {
		return v
	}
	said := near.claimOf(t.texts).shape
	if said == signIns { // one of no known type, in an answer that holds sign-ins
		said = nil
	}
	isMember := near.claim.members || near.lists() && memberTypes[strings.TrimPrefix(strings.ToLower(t.texts["@odata.type"]), "#microsoft.graph.")]
	kind, isObject := objectWithKeys(t.keys)
	switch known := shapeWithKeys(t.keys); {
	case said != nil && said.object != 0:
		return verdict{shape: said, format: GraphDirectory, object: said.object}
	case isMember && t.keys["id"]:
		return verdict{shape: groupMembers, format: GraphDirectory, object: kind}
	case said != nil:
		return verdict{shape: said, format: said.graphFormat()}
	case known != nil:
		return verdict{shape: known, format: known.graphFormat()}
	case isObject:
		return verdict{shape: objectShapes[kind], format: GraphDirectory, object: kind}
	case isMessage(t.keys, doc):
		return verdict{format: EventHub}
	}
	if known := shapeWithKeys(joined(t.keys)); known != nil && known.state != nil {
		return verdict{shape: known, format: known.graphFormat()}
	}
	return verdict{format: Unknown}
}

// graphFormat is the format of records of the shape in Graph's manner.
func (k *shape) graphFormat() string {
	if k.state != nil {
		return GraphReport
	}
	return Graph
}

// joined gives keys as decoder.name does: the SDK for Python writes is_mfa_capable.
func joined(keys keySet) keySet {
	list := keySet{}
	for key := range keys {
		list[keyName(key)] = true
	}
	return list
}

// telling is the keys of a record that is no sign-in, and the texts that name its kind.
type telling struct {
	keys  keySet
	texts map[string]string // by key in lower case
}

// tellingTexts are the keys of texts that name the kind of a record.
var tellingTexts = keySet{"@odata.type": true, "@odata.context": true, "recordtype": true, "operation": true, "type": true, "category": true}

// tellingOf reads the keys of a compact object. They may be written with escapes.
func tellingOf(doc []byte) telling {
	t := telling{keys: keySet{}, texts: map[string]string{}}
	for name, value := range rawjson.EachMember(doc) {
		key := strings.ToLower(rawjson.Unescaped(name))
		t.keys[key] = true
		if tellingTexts[key] {
			t.texts[key] = jsonText(value)
		}
	}
	return t
}
