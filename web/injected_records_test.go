package web

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"signpost/store"
)

// object is a JSON object under construction; its members are names and values in JSON.
type object []string

func (o *object) add(name, value string) { *o = append(*o, jsonLiteral(name)+":"+value) }

func (o object) String() string { return "{" + strings.Join(o, ",") + "}" }

// objectWith is an object with some members, given as names and values in turn.
func objectWith(pairs ...string) string {
	var o object
	for i := 0; i < len(pairs); i += 2 {
		o.add(pairs[i], pairs[i+1])
	}
	return o.String()
}

func jsonList(values ...string) string { return "[" + strings.Join(values, ",") + "]" }

// injectedPerson is the person of some sign-ins. It is an ID that an account can have.
const injectedPerson = "aaaaaaaa-0000-4000-8000-0000000000aa"

// fixedTexts are fixed values for some fields of a record, by the property's name, as JSON.
type fixedTexts map[string]string

// injectedProperties are all fields of a sign-in, in the shape that Azure Monitor and Graph's beta share.
func injectedProperties(d *dealer, fixed fixedTexts) object {
	var all object
	nested, order := map[string]*object{}, []string{}
	for _, p := range store.SignIns.Properties {
		value, isFixed := fixed[p.Name]
		switch {
		case isFixed:
		case p == store.StatedStatus, p.Set != nil: // one of three words, and values made of the lists
			continue
		case p.Text != nil:
			value = d.literal(p.Name)
		case p.Int != nil:
			value = "7"
		default:
			value = "true"
		}
		name, member, isNested := strings.Cut(p.Name, ".")
		if !isNested {
			all.add(name, value)
			continue
		}
		if nested[name] == nil {
			nested[name], order = &object{}, append(order, name)
		}
		nested[name].add(member, value)
	}
	nested["location"].add("geoCoordinates", `{"latitude":59.913,"longitude":10.752}`)
	nested["deviceDetail"].add("newMember", d.literal("unknown member"))
	nested["deviceDetail"].add(d.dealt("name of an unknown member").text, d.literal("unknown member 2"))
	for _, name := range order {
		all.add(name, nested[name].String())
	}
	injectedLists(d, &all)
	all.add("newField", d.literal("unknown"))
	all.add(d.dealt("name of an unknown field").text, d.literal("unknown 2"))
	all.add("newObject", objectWith(d.dealt("name inside an unknown field").text, d.literal("inside an unknown field")))
	all.add("newList", jsonList(d.literal("in an unknown list"), d.literal("in an unknown list 2")))
	return all
}

// injectedLists are the lists of a sign-in.
func injectedLists(d *dealer, all *object) {
	all.add("appliedConditionalAccessPolicies", jsonList(
		injectedPolicy(d, "policy", d.literal("policy result")),
		injectedPolicy(d, "report-only policy", jsonLiteral("reportOnly"+d.dealt("report-only result").text)),
	))
	all.add("conditionalAccessAudiences", jsonList(d.literal("audience"), objectWith("applicationId", d.literal("audience 2"))))
	all.add("authenticationContextClassReferences", jsonList(objectWith("id", d.literal("context"), "detail", d.literal("context detail"))))
	all.add("authenticationRequirementPolicies", jsonList(objectWith("requirementProvider", d.literal("provider"), "detail", d.literal("provider detail"))))
	all.add("sessionLifetimePolicies", jsonList(objectWith("expirationRequirement", d.literal("lifetime"), "detail", d.literal("lifetime detail"))))
	all.add("authenticationDetails", jsonList(objectWith(
		"authenticationStepDateTime", `"2026-11-23T08:00:00Z"`, "authenticationMethod", d.literal("method"), "authenticationMethodDetail", d.literal("method detail"),
		"succeeded", "false", "authenticationStepResultDetail", d.literal("result detail"), "authenticationStepRequirement", d.literal("step requirement"),
	)))
	all.add("authenticationMethodsUsed", jsonList(d.literal("method used"), d.literal("method used 2")))
	all.add("authenticationProcessingDetails", jsonList(
		objectWith("key", d.literal("processing key"), "value", d.literal("processing value")), objectWith("key", `"Is CAE Token"`, "value", `"True"`),
	))
	all.add("networkLocationDetails", jsonList(objectWith("networkType", d.literal("network"), "networkNames", jsonList(d.literal("network name"), d.literal("network name 2")))))
	all.add("riskEventTypes_v2", jsonList(d.literal("risk event"), d.literal("risk event 2")))
	for _, name := range []string{"authenticationAppDeviceDetails", "authenticationAppPolicyEvaluationDetails", "appliedEventListeners", "privateLinkDetails"} {
		doc := objectWith("a", d.literal(name), d.dealt("name in "+name).text, d.literal(name+" 2"))
		if name == "appliedEventListeners" {
			doc = jsonList(doc)
		}
		all.add(name, doc)
	}
}

func injectedPolicy(d *dealer, name, result string) string {
	rule := func(which string) string {
		return jsonList(objectWith("conditionalAccessCondition", d.literal(name+which+" condition"), "ruleSatisfied", d.literal(name+which+" rule")))
	}
	return objectWith(
		"id", d.literal(name+" id"), "displayName", d.literal(name+" name"), "result", result,
		"enforcedGrantControls", jsonList(d.literal(name+" grant"), d.literal(name+" grant 2")), "enforcedSessionControls", jsonList(d.literal(name+" session")),
		"sessionControlsNotSatisfied", jsonList(d.literal(name+" not met")), "conditionsSatisfied", jsonList(d.literal(name+" satisfied")),
		"conditionsNotSatisfied", jsonList(d.literal(name+" not satisfied")), "includeRulesSatisfied", rule(" include"), "excludeRulesSatisfied", rule(" exclude"),
		"authenticationStrength", objectWith("displayName", d.literal(name+" strength"), "authenticationStrengthResult", d.literal(name+" strength result")),
	)
}

// injectedCategories are Azure Monitor's categories and Graph's kinds of events for the logs.
var injectedCategories = map[store.Log][2]string{
	store.Interactive: {"SignInLogs", "interactiveUser"}, store.NonInteractive: {"NonInteractiveUserSignInLogs", "nonInteractiveUser"},
	store.ServicePrincipal: {"ServicePrincipalSignInLogs", "servicePrincipal"}, store.ManagedIdentity: {"ManagedIdentitySignInLogs", "managedIdentity"},
}

func jsonTime(t time.Time) string { return `"` + t.Format("2006-01-02T15:04:05Z") + `"` }

// azureMonitorRecord is one line of an export of Azure Monitor.
func azureMonitorRecord(d *dealer, log store.Log, at time.Time, code int, fixed fixedTexts) string {
	fixed = withBasics(fixed, log, code)
	properties := injectedProperties(d, fixed)
	properties.add("createdDateTime", jsonTime(at))
	properties.add("signInEventTypes", jsonList(d.literal("event type"), d.literal("event type 2")))
	return objectWith(
		"time", cmp.Or(fixed["time"], jsonTime(at.Add(5*time.Minute))), "resourceId", d.literal("envelope resourceId"), "operationName", d.literal("operationName"),
		"operationVersion", d.literal("operationVersion"), "category", jsonLiteral(injectedCategories[log][0]), "tenantId", d.literal("envelope tenantId"),
		"resultType", fmt.Sprintf(`"%d"`, code), "resultSignature", d.literal("resultSignature"), "resultDescription", d.literal("resultDescription"),
		"durationMs", "0", "callerIpAddress", d.literal("callerIpAddress"), "correlationId", d.literal("envelope correlationId"),
		"identity", d.literal("identity"), "Level", d.literal("Level"), "location", d.literal("envelope location"), "resourceGroup", d.literal("resourceGroup"),
		d.dealt("name of an unknown key").text, d.literal("unknown key"), "properties", properties.String(),
	)
}

// graphRecord is one sign-in as Graph's beta gives it.
func graphRecord(d *dealer, log store.Log, at time.Time, code int, fixed fixedTexts) string {
	record := injectedProperties(d, withBasics(fixed, log, code))
	record.add("createdDateTime", jsonTime(at))
	record.add("signInEventTypes", jsonList(jsonLiteral(injectedCategories[log][1]), d.literal("event type"), d.literal("event type 2")))
	return record.String()
}

func withBasics(fixed fixedTexts, log store.Log, code int) fixedTexts {
	all := fixedTexts{"isInteractive": fmt.Sprint(log == store.Interactive), "status.errorCode": fmt.Sprint(code), "isCaeToken": `"x"`}
	for name, value := range fixed {
		all[name] = value
	}
	return all
}

// directoryAnswer is an answer of Graph about a set of a directory.
func directoryAnswer(set string, objects []string) string {
	return objectWith("@odata.context", jsonLiteral("https://graph.microsoft.com/v1.0/$metadata#"+set), "value", "[\n"+strings.Join(objects, ",\n")+"\n]")
}

// directoryObject is one object with every text that the directory stores.
func directoryObject(d *dealer, id string) string {
	o := object{}
	o.add("id", id)
	for _, name := range []string{"displayName", "userPrincipalName", "appId", "userType", "servicePrincipalType"} {
		o.add(name, d.literal(name))
	}
	for i, name := range store.FactNames() {
		switch {
		case strings.HasSuffix(name, "Credentials"):
			o.add(name, jsonList(objectWith("displayName", d.literal(name), "hint", d.literal(name+" hint"))))
		case name == "verifiedPublisher":
			o.add(name, objectWith("displayName", d.literal(name)))
		case i%2 == 0:
			o.add(name, jsonList(d.literal(name), d.literal(name+" 2")))
		default:
			o.add(name, d.literal(name))
		}
	}
	o.add("accountEnabled", "true")
	o.add("createdDateTime", `"2020-01-02T03:04:05Z"`)
	return o.String()
}

// memberObject is a member of a group.
func memberObject(d *dealer, id string) string {
	return objectWith("@odata.type", `"#microsoft.graph.user"`, "id", id, "displayName", d.literal("member name"), "userPrincipalName", d.literal("member username"))
}
