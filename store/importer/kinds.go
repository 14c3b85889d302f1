package importer

import (
	"regexp"
	"strings"

	"signpost/store"
)

// A record that is no sign-in is told by what it says of itself: Graph's type of the object, the set that its answer names
// (@odata.context), Azure Monitor's category, or the table of Log Analytics. Where it says nothing, its keys tell. The
// headings of a CSV file tell in the same way. This file is the one table of all kinds; catalog.go adds the kinds of a
// catalog to it. Nothing else turns a record into an
// object of a directory.

// keySet are the keys of a record or the headings of a file, in lower case and without blanks.
type keySet map[string]bool

func (k keySet) all(names []string) bool {
	for _, name := range names {
		if !k[name] {
			return false
		}
	}
	return true
}

func (k keySet) any(names []string) bool {
	for _, name := range names {
		if k[name] {
			return true
		}
	}
	return false
}

// shape is a kind of records: how it is recognized, and how it is read. A further kind is a further shape.
type shape struct {
	// name is the kind in plain words, in the plural.
	name string
	// says are its categories, tables, sets and types, in lower case. Of a set it is the last part, or the whole where that
	// part is ambiguous.
	says []string
	// sets and types are names that only Graph uses for the kind.
	sets, types []string
	// keys are sets of keys. A record that has all keys of one set is of the kind.
	keys [][]string
	// object is the kind of object, for the shapes of a directory.
	object store.ObjectKind
	// state is how a report's rows are read; nil for all others.
	state *stateShape
	// declared is the kind of a catalog that the shape is; nil for all others, and for sign-ins.
	declared *declared
	// read decodes a record of the shape and keeps it. It is nil for a kind that is known and not kept.
	read func(s *stream, doc []byte, v verdict, line int64) error
}

// isKnown says that the shape stands in the table by a name. Others are made for names that it does not have.
func (k *shape) isKnown() bool { return len(k.says)+len(k.sets)+len(k.types) > 0 }

// notKept is the shape of a kind that is known and not kept.
func notKept(name string, says []string, keys [][]string) *shape {
	return &shape{name: name, says: says, keys: keys}
}

// signIns are also recognized by the categories and tables of signInLogs, and by the marks of their keys (looksLikeSignIn).
var signIns = &shape{name: "sign-ins", sets: []string{"auditlogs/signins"}, types: []string{"signin"}, read: (*stream).signIn}

// groupMembers are recognized by their answer and by the name of their file, and so are owners. They are objects of any kind.
var groupMembers = &shape{name: "members of groups", read: (*stream).directoryObject}

// objectShapes are the shapes of a directory's objects by their kind. Their keys tell them too (objectWithKeys).
var objectShapes = func() map[store.ObjectKind]*shape {
	byKind := map[store.ObjectKind]*shape{}
	for _, kind := range store.ObjectKinds() {
		byKind[kind] = &shape{name: kind.String(), sets: []string{strings.ToLower(kind.String())}, object: kind, read: (*stream).directoryObject}
	}
	for name, kind := range objectTypes {
		byKind[kind].types = append(byKind[kind].types, name)
	}
	return byKind
}()

// shapes are all kinds in the order in which keys are compared. A kind with more keys of its own comes first.
var shapes = append([]*shape{
	signIns, groupMembers,
	objectShapes[store.ObjectUser], objectShapes[store.ObjectGroup], objectShapes[store.ObjectServicePrincipal], objectShapes[store.ObjectApplication],
}, others...)

// others are the reports whose rows are kept as states, and the kinds that are known and not kept.
var others = []*shape{
	notKept(
		"provisioning records",
		[]string{"provisioninglogs", "aadprovisioninglogs", "provisioning", "directoryprovisioning", "provisioningobjectsummary"},
		[][]string{{"jobid", "changeid"}, {"jobid", "cycleid"}, {"provisioningaction"}, {"provisioningsteps"}, {"provisioningstatusinfo"}},
	),
	notKept(
		"audit records of custom security attributes",
		[]string{"customsecurityattributeauditlogs", "customsecurityattributeaudits", "customsecurityattributeaudit", "aadcustomsecurityattributeauditlogs"},
		nil,
	),
	notKept(
		"audit records",
		[]string{"auditlogs", "directoryaudits", "directoryaudit"},
		[][]string{{"activitydisplayname"}, {"loggedbyservice"}, {"activitydatetime", "targetresources"}, {"activitydatetime", "initiatedby"}},
	),
	notKept(
		"risk detections of agents",
		[]string{"agentriskdetections", "agentriskdetection"},
		[][]string{{"riskeventtype", "agentid"}, {"riskeventtype", "agentdisplayname"}},
	),
	notKept(
		"risk detections of service principals",
		[]string{"serviceprincipalriskevents", "aadserviceprincipalriskevents", "serviceprincipalriskdetections", "serviceprincipalriskdetection"},
		[][]string{{"riskeventtype", "serviceprincipalid"}, {"detecteddatetime", "serviceprincipalid"}, {"riskeventtype", "serviceprincipaldisplayname"}},
	),
	notKept(
		"risk detections of users",
		[]string{"userriskevents", "aaduserriskevents", "riskdetections", "riskdetection"},
		[][]string{{"riskeventtype"}, {"detecteddatetime"}, {"risktype", "riskstate"}, {"detectiontimingtype"}},
	),
	keptRisk(
		"risky agents",
		[]string{"riskyagents", "riskyagent", "riskyagentidentity", "riskyagentidentityblueprintprincipal", "riskyagentuser"},
		[][]string{{"agentdisplayname", "riskstate"}, {"agentdisplayname", "risklevel"}},
		store.StateRiskyAgent,
	),
	keptRisk(
		"risky service principals",
		[]string{"riskyserviceprincipals", "aadriskyserviceprincipals", "riskyserviceprincipal", "riskyserviceprincipalhistoryitem"},
		[][]string{{"risklastupdateddatetime", "appid"}, {"risklevel", "riskstate", "appid"}, {"riskstate", "serviceprincipaltype"}},
		store.StateRiskyPrincipal,
	),
	keptRisk(
		"risky users",
		[]string{"riskyusers", "aadriskyusers", "riskyuser", "riskyuserhistoryitem"},
		[][]string{{"risklastupdateddatetime"}, {"risklevel", "riskstate"}},
		store.StateRiskyUser,
	),
	keptReport(
		"registration details of the older report",
		[]string{"credentialuserregistrationdetails"},
		[][]string{{"isregistered", "iscapable"}, {"authmethods"}},
		&stateShape{kind: store.StateFormerRegistration, row: readRegistration(true)},
	),
	keptReport(
		"registration details",
		[]string{"userregistrationdetails"},
		[][]string{{"ismfacapable"}, {"isssprregistered"}, {"methodsregistered"}, {"ismfaregistered"}},
		&stateShape{kind: store.StateRegistration, row: readRegistration(false)},
	),
	notKept(
		"registration summaries",
		[]string{"credentialuserregistrationcount", "userregistrationfeaturesummary", "userregistrationmethodsummary"},
		[][]string{{"userregistrationcounts"}, {"userregistrationfeaturecounts"}, {"userregistrationmethodcounts"}},
	),
	keptReport(
		"credential usage details",
		[]string{"getusercredentialusagedetails", "usercredentialusagedetails", "usereventssummary"},
		[][]string{{"feature", "issuccess"}, {"feature", "eventdatetime"}},
		&stateShape{kind: store.StateCredentialUse, row: readCredentialUse},
	),
	notKept(
		"credential usage summaries",
		[]string{"getcredentialusagesummary", "credentialusagesummary"},
		[][]string{{"authmethod", "feature"}},
	),
	keptReport(
		"sign-in activity of application credentials",
		[]string{"appcredentialsigninactivities", "appcredentialsigninactivity"},
		[][]string{{"credentialorigin"}, {"keyid", "signinactivity"}, {"keyid", "keyusage", "appid"}},
		&stateShape{kind: store.StateCredentialActivity, row: readCredentialActivity},
	),
	keptReport(
		"sign-in activity of service principals",
		[]string{"serviceprincipalsigninactivities", "serviceprincipalsigninactivity"},
		[][]string{
			{"delegatedclientsigninactivity"},
			{"delegatedresourcesigninactivity"},
			{"lastsigninactivity"},
			{"applicationauthenticationclientsigninactivity"},
			{"applicationauthenticationresourcesigninactivity"},
		},
		&stateShape{kind: store.StatePrincipalActivity, row: readPrincipalActivity},
	),
	keptReport(
		"relying parties of AD FS",
		[]string{"relyingpartydetailedsummary"},
		[][]string{{"relyingpartyid"}, {"relyingpartyname"}, {"migrationvalidationdetails"}},
		&stateShape{kind: store.StateRelyingParty, row: readRelyingParty},
	),
	notKept(
		"usage summaries",
		[]string{
			"applicationsigninsummary", "applicationsignindetailedsummary", "usermfasigninsummary",
			"userpasswordresetsandchangessummary", "signineventsappsummary", "signineventssummary", "summarizedsignin", "azureadpremiumlicenseinsight",
		},
		[][]string{
			{"successfulsignincount"},
			{"failedsignincount"},
			{"signincount"},
			{"totalsignincount"},
			{"multifactorsignins"},
			{"reportrefreshdate"},
		},
	),
	notKept("Microsoft Graph activity logs", []string{"microsoftgraphactivitylogs"}, [][]string{{"requesturi", "requestmethod"}}),
	notKept("Azure AD Graph activity logs", []string{"azureadgraphactivitylogs"}, nil),
	notKept("B2C request logs", []string{"b2crequestlogs"}, nil),
	notKept("OfficeActivity records", []string{"officeactivity", "enrichedoffice365auditlogs"}, [][]string{{"officeworkload"}}),
	notKept(unifiedRecords, []string{unifiedType}, [][]string{{"recordtype", "operation"}, {"recordtype", "workload"}, {"auditdata"}, {"auditlogrecordtype"}}),
	notKept(
		"devices",
		[]string{"devices", "device", "manageddevices", "manageddevice", "intunedevices", "devicecomplianceorg"},
		[][]string{
			{"manageddeviceownertype"},
			{"manageddevicename"},
			{"compliancestate"},
			{"azureaddeviceid"},
			{"deviceid", "operatingsystem"},
			{"devicename", "serialnumber"},
			{"deviceid", "trusttype"},
			{"enrolleddatetime"},
			{"approximatelastsignindatetime"},
			{"devicename", "operatingsystem"},
		},
	),
	notKept(
		"Conditional Access policies",
		[]string{"identity/conditionalaccess/policies", "conditionalaccesspolicy"},
		[][]string{{"grantcontrols", "conditions"}},
	),
	notKept(
		"named locations",
		[]string{"identity/conditionalaccess/namedlocations", "ipnamedlocation", "countrynamedlocation", "namedlocation"},
		[][]string{{"ipranges", "istrusted"}, {"countriesandregions"}},
	),
}

// unifiedRecords are the records of the unified audit log that are no sign-ins. unifiedType is their type in Graph.
const (
	unifiedRecords = "unified audit log records"
	unifiedType    = "auditlogrecord"
)

// shapeThatSays finds a shape by a name that any source may use: a category, a table, a set or a type. It is nil for an
// unknown name.
func shapeThatSays(says string) *shape { return shapesBySay[strings.ToLower(says)] }

var (
	shapesBySay  = shapesBy(func(k *shape) []string { return k.says })
	shapesBySet  = shapesBy(func(k *shape) []string { return k.sets })
	shapesByType = shapesBy(func(k *shape) []string { return k.types })
)

func shapesBy(names func(*shape) []string) map[string]*shape {
	found := map[string]*shape{}
	for _, k := range shapes {
		for _, name := range names(k) {
			found[name] = k
		}
	}
	return found
}

// shapeWithKeys finds a shape by keys. It is nil where no shape has them.
func shapeWithKeys(keys keySet) *shape {
	for _, k := range shapes {
		for _, set := range k.keys {
			if keys.all(set) {
				return k
			}
		}
	}
	return nil
}

// Every object of a directory has one of the keys that only its kind has.
var (
	userKeys = strings.Fields(`displayname accountenabled givenname surname mail mailnickname othermails proxyaddresses jobtitle department companyname
		officelocation businessphones mobilephone employeeid employeetype preferredlanguage usagelocation creationtype externaluserstate
		onpremisessyncenabled onpremisessamaccountname assignedlicenses assignedplans identities signinactivity manager memberof`)
	groupKeys     = strings.Fields(`grouptypes securityenabled mailenabled membershiprule membershiptype grouptype members`)
	principalKeys = strings.Fields(`serviceprincipaltype serviceprincipalnames appownerorganizationid approleassignmentrequired applicationtype
		applicationvisibility loginurl preferredsinglesignonmode accountenabled`)
	applicationKeys = strings.Fields(`identifieruris signinaudience publisherdomain requiredresourceaccess passwordcredentials keycredentials web spa
		api publicclient isfallbackpublicclient optionalclaims verifiedpublisher application(client)id`)
)

// foreignKeys are keys of events, risks, reports and devices. No object of a directory has one.
var foreignKeys = func() keySet {
	keys := keySet{}
	for key := range strings.FieldsSeq(`activitydatetime activity eventdatetime detecteddatetime lastupdateddatetime timegenerated timestamp time date
		operation operationname recordtype workload category correlationid requestid sessionid userid userdisplayname username ipaddress clientip clientipaddress
		location locationdetails status statuscode errorcode resulttype resultdescription failurereason resourceid resourcedisplayname resourceidentity
		clientappused conditionalaccessstatus appliedconditionalaccesspolicies authenticationrequirement authenticationdetails useragent isinteractive
		devicedetail deviceid devicename operatingsystem serialnumber compliancestate enrolleddatetime azureaddeviceid manageddeviceownertype trusttype
		feature authmethod authmethods issuccess isregistered iscapable ismfaregistered ismfacapable isssprregistered methodsregistered defaultmfamethod
		isprocessing sourcesystem tenantguid logontype logonid count type rowkey serviceprincipalid serviceprincipalname serviceprincipaldisplayname
		keyid credentialorigin lastactivitydate reportrefreshdate reportperiod`) {
		keys[key] = true
	}
	return keys
}()

// isForeign says whether a key is one of an event, a risk, a report or a device.
func isForeign(key string) bool {
	switch key {
	case "signinactivity", "signinaudience", "signinsessionsvalidfromdatetime": // of users and applications
		return false
	}
	return foreignKeys[key] || strings.HasPrefix(key, "risk") || strings.Contains(key, "signin") && !strings.HasPrefix(key, "signinactivity.") ||
		strings.HasPrefix(key, "count_") || strings.HasPrefix(key, "dcount_")
}

// objectWithKeys tells the kind of a directory's object by its keys. The record must have the keys of such an object, and no
// key of another kind.
func objectWithKeys(keys keySet) (kind store.ObjectKind, ok bool) {
	if !keys["id"] {
		return 0, false
	}
	for key := range keys {
		if isForeign(key) {
			return 0, false
		}
	}
	switch {
	case keys["appid"] && keys.any(principalKeys):
		return store.ObjectServicePrincipal, true
	case keys["appdisplayname"]: // of service principals, and of reports and sign-ins
		return 0, false
	case keys["appid"]:
		return store.ObjectApplication, keys["displayname"] && keys.any(applicationKeys)
	case keys["userprincipalname"]:
		return store.ObjectUser, keys.any(userKeys)
	case keys.any(groupKeys):
		return store.ObjectGroup, true
	}
	return 0, false
}

// claim is the kind that an answer of Graph, or a record, states.
type claim struct {
	shape   *shape // nil where it does not say
	members bool   // of a group, or owners
}

func (c claim) isEmpty() bool { return c == claim{} }

// metadata finds the set in an @odata.context. The slashes of the context may be escaped.
var metadata = regexp.MustCompile(`\$metadata#([^"\s]+)`)

// claimOf reads the claim of an @odata.context. around is the context, or text that holds it.
func claimOf(around []byte) claim {
	found := metadata.FindSubmatch(around)
	switch {
	case found == nil:
		return claim{}
	case namesList(around):
		return claim{members: true}
	}
	return claimOfSet(strings.ReplaceAll(string(found[1]), `\`, ""))
}

// typeOfSet finds the type in Collection(microsoft.graph.type).
var typeOfSet = regexp.MustCompile(`(?i)^Collection\((?:microsoft\.graph\.)?([a-z.]+)\)`)

// claimOfSet reads the claim of a set, such as users(id,displayName), auditLogs/signIns/$entity and
// Collection(microsoft.graph.type).
func claimOfSet(set string) claim {
	if found := typeOfSet.FindStringSubmatch(set); found != nil {
		return claimOfType(found[1])
	}
	set, _, _ = strings.Cut(strings.ToLower(set), "?") // tools add how they asked
	set = strings.TrimSuffix(strings.TrimSuffix(set, "/$entity"), "/$delta")
	// Selected properties follow the set in brackets. The key of an object stands in quotes.
	if at := strings.IndexByte(set, '('); at >= 0 && !strings.HasPrefix(set[at:], "('") {
		set = set[:at]
	}
	if set == "directoryobjects" || set == "" { // of any kind: the objects tell
		return claim{}
	}
	last := set[strings.LastIndexByte(set, '/')+1:]
	if history, isHistory := strings.CutSuffix(set, "/history"); isHistory { // of one risky object, whose ID stands before it
		last = history[strings.LastIndexByte(history, '/')+1:]
		last, _, _ = strings.Cut(last, "(")
	}
	for _, known := range []*shape{shapesBySet[set], shapeThatSays(set), shapeThatSays(last)} {
		if known != nil {
			return claim{shape: known}
		}
	}
	return claim{shape: &shape{name: "records of the set " + shortText(set)}}
}

// claimOfType reads the claim of a type of Graph.
func claimOfType(name string) claim {
	name = strings.TrimPrefix(strings.ToLower(name), "#")
	name = strings.TrimPrefix(name, "microsoft.graph.")
	for _, known := range []*shape{shapesByType[name], shapeThatSays(name)} {
		if known != nil {
			return claim{shape: known}
		}
	}
	return claim{shape: &shape{name: "objects of type " + shortText(name)}}
}

// unifiedSignIns are the operations and record types of the unified audit log that are sign-ins, in lower case.
var unifiedSignIns = keySet{
	"userloggedin": true, "userloginfailed": true,
	"15": true, "9": true, "azureactivedirectorystslogon": true, "azureactivedirectoryaccountlogon": true,
}
