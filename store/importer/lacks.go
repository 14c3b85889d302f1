package importer

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// graphV1 are the keys of a sign-in in Microsoft Graph v1.0, in lower case.
var graphV1 = []string{
	"id", "createddatetime", "userdisplayname", "userprincipalname", "userid", "appdisplayname", "appid", "resourcedisplayname", "resourceid",
	"status", "conditionalaccessstatus", "appliedconditionalaccesspolicies", "correlationid", "clientappused", "devicedetail", "ipaddress",
	"location", "isinteractive", "riskdetail", "risklevelaggregated", "risklevelduringsignin", "riskstate", "riskeventtypes_v2", "riskeventtypes",
}

// graphV1Members are the members of those that v1.0 lacks.
var graphV1Members = []*store.Property{store.BrowserID}

// Lacks gives the properties that the export a record comes from cannot have, and what kind of export that is; an empty
// name where nothing is known to be lacking. Only Microsoft Graph v1.0 can be told by its records: it is what has no key
// that only another export has.
func Lacks(doc []byte) (export string, properties []*store.Property) {
	compact, _, err := rawjson.Compact(nil, doc, maxDepth)
	if err != nil {
		return "", nil
	}
	d, keys := newDecoder(), 0
	for name := range rawjson.EachMember(compact) {
		keys++
		if lower := string(d.lower(name)); !strings.HasPrefix(lower, "@odata.") && !slices.Contains(graphV1, lower) {
			return "", nil
		}
	}
	if keys == 0 {
		return "", nil
	}
	for _, p := range store.Properties() {
		object, _, _ := strings.Cut(p.Name, ".")
		if p.Set == nil && (!slices.Contains(graphV1, strings.ToLower(object)) || slices.Contains(graphV1Members, p)) {
			properties = append(properties, p)
		}
	}
	return "Microsoft Graph v1.0", properties
}
