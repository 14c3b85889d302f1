package importer

import (
	"bytes"
	"regexp"
	"strings"

	"signpost/store"
)

// A record that is no sign-in is told first by what says what it is: Graph's type of the object, the set that its answer names
// (@odata.context), the category of Azure Monitor, the table of Log Analytics. Only then its keys tell. A CSV file is told by
// its headings in the same way. This file is the one table of all that is told apart; nothing else makes an object of a
// directory of a record.

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

// otherKind is a kind of records that is known and not kept.
type otherKind struct {
	// name is the kind in plain words, in the plural.
	name string
	// says are its categories, tables, sets and types, in lower case: of a set the last part, or the whole where that is ambiguous.
	says []string
	// keys are sets of keys: a record that has all keys of one is of the kind.
	keys [][]string
}

// otherKinds are in the order in which keys are compared: what has more of its own comes first.
var otherKinds = []otherKind{
	{
		"provisioning records",
		[]string{"provisioninglogs", "aadprovisioninglogs", "provisioning", "directoryprovisioning", "provisioningobjectsummary"},
		[][]string{{"jobid", "changeid"}, {"jobid", "cycleid"}, {"provisioningaction"}, {"provisioningsteps"}, {"provisioningstatusinfo"}},
	},
	{
		"audit records",
		[]string{"auditlogs", "directoryaudits", "directoryaudit", "customsecurityattributeauditlogs", "customsecurityattributeaudits"},
		[][]string{{"activitydisplayname"}, {"loggedbyservice"}, {"activitydatetime", "targetresources"}, {"activitydatetime", "initiatedby"}},
	},
	{
		"risk detections of agents",
		[]string{"agentriskdetections", "agentriskdetection"},
		[][]string{{"riskeventtype", "agentid"}, {"riskeventtype", "agentdisplayname"}},
	},
	{
		"risk detections of service principals",
		[]string{"serviceprincipalriskevents", "aadserviceprincipalriskevents", "serviceprincipalriskdetections", "serviceprincipalriskdetection"},
		[][]string{{"riskeventtype", "serviceprincipalid"}, {"detecteddatetime", "serviceprincipalid"}, {"riskeventtype", "serviceprincipaldisplayname"}},
	},
	{
		"risk detections of users",
		[]string{"userriskevents", "aaduserriskevents", "riskdetections", "riskdetection"},
		[][]string{{"riskeventtype"}, {"detecteddatetime"}, {"risktype", "riskstate"}, {"detectiontimingtype"}},
	},
	{
		"risky agents",
		[]string{"riskyagents", "riskyagent", "riskyagentidentity", "riskyagentidentityblueprintprincipal", "riskyagentuser"},
		[][]string{{"agentdisplayname", "riskstate"}, {"agentdisplayname", "risklevel"}},
	},
	{
		"risky service principals",
		[]string{"riskyserviceprincipals", "aadriskyserviceprincipals", "riskyserviceprincipal", "riskyserviceprincipalhistoryitem"},
		[][]string{{"risklastupdateddatetime", "appid"}, {"risklevel", "riskstate", "appid"}, {"riskstate", "serviceprincipaltype"}},
	},
	{
		"risky users",
		[]string{"riskyusers", "aadriskyusers", "riskyuser", "riskyuserhistoryitem"},
		[][]string{{"risklastupdateddatetime"}, {"risklevel", "riskstate"}},
	},
	{
		"registration details",
		[]string{"userregistrationdetails", "credentialuserregistrationdetails"},
		[][]string{{"ismfaregistered"}, {"ismfacapable"}, {"isssprregistered"}, {"methodsregistered"}, {"isregistered", "iscapable"}},
	},
	{
		"registration summaries",
		[]string{"credentialuserregistrationcount", "userregistrationfeaturesummary", "userregistrationmethodsummary"},
		[][]string{{"userregistrationcounts"}, {"userregistrationfeaturecounts"}, {"userregistrationmethodcounts"}},
	},
	{
		"credential usage records",
		[]string{"getcredentialusagesummary", "credentialusagesummary", "getusercredentialusagedetails", "usercredentialusagedetails", "usereventssummary"},
		[][]string{{"authmethod", "feature"}, {"feature", "issuccess"}, {"feature", "eventdatetime"}},
	},
	{
		"usage summaries",
		[]string{
			"applicationsigninsummary", "applicationsignindetailedsummary", "serviceprincipalsigninactivities", "serviceprincipalsigninactivity",
			"appcredentialsigninactivities", "appcredentialsigninactivity", "relyingpartydetailedsummary", "usermfasigninsummary",
			"userpasswordresetsandchangessummary", "signineventsappsummary", "signineventssummary", "summarizedsignin", "azureadpremiumlicenseinsight",
		},
		[][]string{
			{"successfulsignincount"},
			{"failedsignincount"},
			{"signincount"},
			{"totalsignincount"},
			{"lastsigninactivity"},
			{"delegatedclientsigninactivity"},
			{"credentialorigin"},
			{"multifactorsignins"},
			{"reportrefreshdate"},
		},
	},
	{"Microsoft Graph activity logs", []string{"microsoftgraphactivitylogs"}, [][]string{{"requesturi", "requestmethod"}}},
	{"Azure AD Graph activity logs", []string{"azureadgraphactivitylogs"}, nil},
	{"B2C request logs", []string{"b2crequestlogs"}, nil},
	{"OfficeActivity records", []string{"officeactivity", "enrichedoffice365auditlogs"}, [][]string{{"officeworkload"}}},
	{unifiedRecords, []string{"auditlogrecord"}, [][]string{{"recordtype", "operation"}, {"recordtype", "workload"}, {"auditdata"}, {"auditlogrecordtype"}}},
	{
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
	},
	{
		"Conditional Access policies",
		[]string{"identity/conditionalaccess/policies", "conditionalaccesspolicy"},
		[][]string{{"grantcontrols", "conditions"}},
	},
	{
		"named locations",
		[]string{"identity/conditionalaccess/namedlocations", "ipnamedlocation", "countrynamedlocation", "namedlocation"},
		[][]string{{"ipranges", "istrusted"}, {"countriesandregions"}},
	},
}

// unifiedRecords are what the unified audit log holds beside sign-ins.
const unifiedRecords = "unified audit log records"

// kindThatSays finds a kind by a category, a table, a set or a type; "" for one that is not known.
func kindThatSays(says string) string { return kindsBySay[strings.ToLower(says)] }

var kindsBySay = func() map[string]string {
	names := map[string]string{}
	for _, k := range otherKinds {
		for _, says := range k.says {
			names[says] = k.name
		}
	}
	return names
}()

// kindWithKeys finds a kind by keys; "" where no kind has them.
func kindWithKeys(keys keySet) string {
	for _, k := range otherKinds {
		for _, set := range k.keys {
			if keys.all(set) {
				return k.name
			}
		}
	}
	return ""
}

// An object of a directory has one of the keys that only its kind has.
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

// foreignKeys are keys of events, risks, reports and devices; no object of a directory has one.
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

// objectWithKeys tells the kind of an object of a directory by its keys: it has the shape of one, and nothing that another record has.
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

// claim is what an answer of Graph, or a record itself, says that its records are.
type claim struct {
	signIns bool
	members bool             // of a group
	object  store.ObjectKind // 0 where they are not objects of a directory
	other   string           // the name of another kind
}

func (c claim) isEmpty() bool { return c == claim{} }

// metadata finds the set in an @odata.context, also in one whose slashes are escaped.
var metadata = regexp.MustCompile(`\$metadata#([^"\s]+)`)

// claimOf reads what an @odata.context says; around is the context, or text that holds it.
func claimOf(around []byte) claim {
	found := metadata.FindSubmatch(around)
	switch {
	case found == nil:
		return claim{}
	case membersOfGroup.Match(around):
		return claim{members: true}
	}
	return claimOfSet(strings.ReplaceAll(string(found[1]), `\`, ""))
}

// typeOfSet finds the type in Collection(microsoft.graph.type).
var typeOfSet = regexp.MustCompile(`(?i)^Collection\((?:microsoft\.graph\.)?([a-z.]+)\)`)

// claimOfSet reads a set, such as users(id,displayName), auditLogs/signIns/$entity and Collection(microsoft.graph.type).
func claimOfSet(set string) claim {
	if found := typeOfSet.FindStringSubmatch(set); found != nil {
		return claimOfType(found[1])
	}
	set = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(set), "/$entity"), "/$delta")
	// The properties that were selected follow the set in brackets; the key of an object is in quotes.
	if at := strings.IndexByte(set, '('); at >= 0 && !strings.HasPrefix(set[at:], "('") {
		set = set[:at]
	}
	switch set {
	case "auditlogs/signins":
		return claim{signIns: true}
	case "directoryobjects", "": // of any kind: the objects tell
		return claim{}
	}
	if kind := kindOfSet(set); kind != 0 {
		return claim{object: kind}
	}
	last := set[strings.LastIndexByte(set, '/')+1:]
	for _, says := range []string{set, last} {
		if name := kindThatSays(says); name != "" {
			return claim{other: name}
		}
	}
	return claim{other: "records of the set " + shortText(set)}
}

// claimOfType reads the name of a type of Graph.
func claimOfType(name string) claim {
	name = strings.TrimPrefix(strings.ToLower(name), "#")
	name = strings.TrimPrefix(name, "microsoft.graph.")
	switch kind := objectTypes[name]; {
	case kind != 0:
		return claim{object: kind}
	case name == "signin":
		return claim{signIns: true}
	}
	if kind := kindThatSays(name); kind != "" {
		return claim{other: kind}
	}
	return claim{other: "objects of type " + shortText(name)}
}

// unifiedSignIns are the operations and record types of the unified audit log that are sign-ins, in lower case.
var unifiedSignIns = keySet{
	"userloggedin": true, "userloginfailed": true,
	"15": true, "9": true, "azureactivedirectorystslogon": true, "azureactivedirectoryaccountlogon": true,
}

// eventHubKeys stand beside the body of a message, as consumers of Event Hubs write it.
var eventHubKeys = []string{"enqueuedtimeutc", "enqueuedtime", "offset", "sequencenumber", "partitionkey", "partitionid", "systemproperties"}

// isMessage says whether a record is a message of Event Hubs around records.
func isMessage(keys keySet) bool { return keys["body"] && keys.any(eventHubKeys) }

// isPythons says whether a record is a sign-in as the Python SDK of Graph prints it.
func isPythons(keys keySet) bool {
	return keys["created_date_time"] && keys.any([]string{"user_principal_name", "app_display_name", "ip_address", "client_app_used", "service_principal_id"})
}

// columnsOf gives the headings of a query's answer, which stand before its rows.
func columnsOf(around []byte) keySet {
	if !bytes.Contains(around, []byte(`"columns"`)) {
		return nil
	}
	keys := keySet{}
	for _, found := range columnName.FindAllSubmatch(around, -1) {
		keys[strings.ToLower(string(found[1]))] = true
	}
	return keys
}

var columnName = regexp.MustCompile(`"(?i:name|ColumnName)"\s*:\s*"([^"]+)"`)
