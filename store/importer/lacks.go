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

// graphV1Members are members that v1.0 leaves out of its objects.
var graphV1Members = []*store.Property{store.BrowserID}

// Lacks gives the properties of a sign-in that no record of the same kind of export can have, and the name of that kind. The name is empty
// where nothing is known to be lacking. Only records of Microsoft Graph v1.0 can be recognized: they have no key that only
// another export has.
func Lacks(doc []byte) (export string, properties []*store.Property) {
	compact, _, err := rawjson.Compact(nil, doc, maxDepth)
	if err != nil {
		return "", nil
	}
	d, keys := newDecoder(nil), 0
	for name := range rawjson.EachMember(compact) {
		keys++
		if lower := string(d.lower(name)); !strings.HasPrefix(lower, "@odata.") && !slices.Contains(graphV1, lower) {
			return "", nil
		}
	}
	if keys == 0 {
		return "", nil
	}
	for _, p := range store.SignIns.Properties {
		object, _, _ := strings.Cut(p.Name, ".")
		if p.Set == nil && (!slices.Contains(graphV1, strings.ToLower(object)) || slices.Contains(graphV1Members, p)) {
			properties = append(properties, p)
		}
	}
	return "Microsoft Graph v1.0", properties
}
