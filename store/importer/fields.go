package importer

import (
	"encoding/json"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// key says how the value of one key of a record is read.
type key struct {
	mark mark
	set  func(d *decoder, value []byte)
	// members read the members of an object that are fields of the sign-in. Their names are in lower case.
	members map[string]func(d *decoder, value []byte)
	// list reads one of the sign-in's lists and tells how much of it was read.
	list       func(d *decoder, value []byte) store.CollectionState
	collection store.Collection
}

// markOf gives the mark of the key with a value.
func (k *key) markOf(value []byte) mark {
	if isNull(value) {
		return k.mark & shapeMarks
	}
	return k.mark
}

func isNull(value []byte) bool { return len(value) > 0 && value[0] == 'n' }

func (k *key) read(d *decoder, value []byte) {
	d.marks |= k.markOf(value)
	if isNull(value) {
		return
	}
	if inside, isText := rawjson.Unquoted(value); isText && isDotNetType(inside) {
		if d.isShallow = true; k.list == nil {
			return
		}
	}
	if k.members != nil {
		value = d.unwrap(value)
		if value[0] != '{' && (k.set == nil || !isWord(value)) {
			d.missed(value)
		}
		for name, member := range rawjson.EachMember(value) {
			if set, known := k.members[string(d.name(name))]; known {
				set(d, member)
			}
		}
	}
	if k.set != nil {
		k.set(d, value)
	}
	if k.list != nil {
		d.into.Collections.Note(k.collection, k.list(d, value))
	}
}

// fieldKeys are the keys of a sign-in as decoder.name writes them. Most come from store.Properties. The name of a property is
// Graph's; Azure Monitor, Log Analytics and the SDKs differ in casing and underscores only.
var fieldKeys = func() map[string]*key {
	keys := make(map[string]*key)
	at := func(name string) *key {
		name = keyName(name)
		if keys[name] == nil {
			keys[name] = &key{}
		}
		return keys[name]
	}
	for _, p := range store.SignIns.Properties {
		set := setter(p)
		if set == nil || p.MadeUp {
			continue
		}
		object, member, nested := strings.Cut(p.Name, ".")
		k := at(object)
		if !nested {
			k.set = set
			continue
		}
		if k.members == nil {
			k.members = make(map[string]func(*decoder, []byte))
		}
		k.members[keyName(member)] = set
	}
	for name, set := range specialKeys {
		at(name).set = set
	}
	for list, read := range lists {
		k := at(list.Name())
		k.list, k.collection = read, list
	}
	keys["riskeventtypes"] = &key{list: (*decoder).readFormerRiskEventTypes, collection: store.CollectionRiskEventTypes}
	keys["location"].members["geocoordinates"] = (*decoder).setCoordinates
	keys["status"].members["statedstatus"] = (*decoder).setStatus // our own exports', where a record states a status beside its code
	for alias, name := range aliases {
		keys[alias] = keys[keyName(name)]
	}
	for name, mark := range fieldMarks {
		at(name).mark = mark
	}
	return keys
}()

var createdKey = fieldKeys["createddatetime"]

// aliases are other names of a field, in lower case. They are those of Log Analytics, and those of Azure Monitor that differ
// from Graph in more than casing.
var aliases = map[string]string{
	"agentsignin":               "agent",
	"resourceidentity":          "resourceId",
	"processingtimeinms":        "processingTimeInMilliseconds",
	"locationdetails":           "location",
	"conditionalaccesspolicies": "appliedConditionalAccessPolicies",
}

// setter gives the function that stores the value of a property. It is nil for a property that is made from lists.
func setter(p *store.Property) func(*decoder, []byte) {
	switch {
	case p.Text != nil && p.Unique:
		return func(d *decoder, value []byte) {
			if text := d.uniqueText(value); text != "" {
				*p.Text(d.entry) = text
			} else {
				d.missed(value)
			}
		}
	case p.Instant:
		return func(d *decoder, value []byte) {
			if t, ok := d.time(value); ok && t.Year() <= 9999 {
				*p.Text(d.entry) = isoTime(t)
			} else if !isNoTime(value) {
				d.missed(value)
			}
		}
	case p.Address:
		return func(d *decoder, value []byte) {
			if text := d.address(value); text != "" {
				*p.Text(d.entry) = text
			} else {
				d.missed(value)
			}
		}
	case p.Text != nil:
		return func(d *decoder, value []byte) {
			if text := d.text(value); text != "" {
				*p.Text(d.entry) = text
			} else {
				d.missed(value)
			}
		}
	case p.Int != nil:
		return func(d *decoder, value []byte) {
			if n := d.integer(value); n.Set {
				*p.Int(d.entry) = n
			} else {
				d.missed(value)
			}
		}
	case p.Bool != nil:
		return func(d *decoder, value []byte) {
			if b := d.truth(value); b != store.Unset {
				*p.Bool(d.entry) = b
			} else {
				d.missed(value)
			}
		}
	}
	return nil
}

// specialKeys are fields that are no property of one value, and fields with values that need a look.
var specialKeys = map[string]func(*decoder, []byte){
	"createddatetime": (*decoder).setTime,
	"status":          (*decoder).setStatus,
	"resourceid":      (*decoder).setResource,
	"location":        (*decoder).setLocation,

	"managedidentitytype": func(d *decoder, value []byte) {
		setText(&d.into.ManagedIdentityType, d.text(value))
	},
	"alternatesigninname": func(d *decoder, value []byte) {
		setText(&d.envelope.alternateName, d.text(value))
	},
}

// lists are the readers of the sign-in's lists.
var lists = map[store.Collection]func(*decoder, []byte) store.CollectionState{
	store.CollectionPolicies:                (*decoder).readPolicies,
	store.CollectionAudiences:               (*decoder).readAudiences,
	store.CollectionContexts:                (*decoder).readContexts,
	store.CollectionRequirementPolicies:     (*decoder).readRequirements,
	store.CollectionSessionLifetimePolicies: (*decoder).readLifetimes,
	store.CollectionAuthenticationDetails:   (*decoder).readSteps,
	store.CollectionMethodsUsed:             wordsInto(func(d *decoder) *[]string { return &d.into.AuthenticationMethodsUsed }),
	store.CollectionProcessingDetails:       (*decoder).readProcessing,
	store.CollectionNetworks:                (*decoder).readNetworks,
	store.CollectionEventTypes:              wordsInto(func(d *decoder) *[]string { return &d.into.SignInEventTypes }),
	store.CollectionRiskEventTypes:          wordsInto(func(d *decoder) *[]string { return &d.into.RiskEventTypes }),
	store.CollectionAppDeviceDetails:        jsonInto(func(s *store.SignIn) *json.RawMessage { return &s.AuthenticationAppDeviceDetails }),
	store.CollectionAppPolicyEvaluations:    jsonInto(func(s *store.SignIn) *json.RawMessage { return &s.AuthenticationAppPolicyEvaluationList }),
	store.CollectionEventListeners:          jsonInto(func(s *store.SignIn) *json.RawMessage { return &s.AppliedEventListeners }),
	store.CollectionPrivateLinkDetails:      jsonInto(func(s *store.SignIn) *json.RawMessage { return &s.PrivateLinkDetails }),
}

// envelopeKeys are the keys beside `properties`. The envelope's resourceId is left out: it is the path of an Azure resource,
// never the resource of the sign-in.
var envelopeKeys = map[string]*key{
	"time":              {mark: markIngestion, set: (*decoder).setIngested},
	"timegenerated":     {mark: markLogAnalytics, set: (*decoder).setIngested},
	"category":          {mark: markCategory, set: envelopeText(func(e *envelope) *string { return &e.category })},
	"type":              {set: envelopeText(func(e *envelope) *string { return &e.table })},
	"operationname":     {mark: markOperation, set: envelopeText(func(e *envelope) *string { return &e.operation })},
	"tenantid":          {set: envelopeText(func(e *envelope) *string { return &e.tenant })},
	"correlationid":     {set: envelopeText(func(e *envelope) *string { return &e.correlation })},
	"calleripaddress":   {mark: markCaller, set: func(d *decoder, value []byte) { setText(&d.envelope.address, d.address(value)) }},
	"identity":          {set: envelopeText(func(e *envelope) *string { return &e.identity })},
	"location":          {set: envelopeText(func(e *envelope) *string { return &e.country })},
	"resulttype":        {set: (*decoder).setResultType},
	"resultdescription": {set: envelopeText(func(e *envelope) *string { return &e.result })},
	"aadtenantid":       {set: envelopeText(func(e *envelope) *string { return &e.aadTenant })},

	// These keys tell other records from sign-ins; see kinds.go.
	"@odata.type":             {mark: markClaim, set: envelopeText(func(e *envelope) *string { return &e.odataType })},
	"@odata.context":          {mark: markClaim, set: envelopeText(func(e *envelope) *string { return &e.odataContext })},
	"activitydatetime":        {mark: markOther},
	"targetresources":         {mark: markOther},
	"riskeventtype":           {mark: markOther},
	"risktype":                {mark: markOther},
	"detecteddatetime":        {mark: markOther},
	"risklastupdateddatetime": {mark: markOther},
	"ismfaregistered":         {mark: markOther},
	"isregistered":            {mark: markOther},
	"eventdatetime":           {mark: markOther},
	"signinactivity":          {mark: markOther},
	"recordtype":              {mark: markUnified},
	"workload":                {mark: markUnified2},
	"operation":               {mark: markUnified2},
	"auditdata":               {mark: markUnified | markUnified2},
}

// formatKeys are keys that tell the format of a record, and nothing of its sign-in.
var formatKeys = map[string]mark{
	"sourcesystem":       markSourceSystem,
	"request id":         markPortal,
	"timestamp":          markDefender,
	"logontype":          markDefender2,
	"ismanagedidentity":  markDefender2,
	"accountupn":         markDefender2,
	"endpointcall":       markDefender2,
	"backingstore":       markNET,
	"hassignedinwithmfa": markPortalJSON,
	mappedKey:            markMapped,
}

func envelopeText(place func(*envelope) *string) func(*decoder, []byte) {
	return func(d *decoder, value []byte) { setText(place(&d.envelope), d.text(value)) }
}

// setText stores a text, unless it is empty.
func setText(place *string, text string) {
	if text != "" {
		*place = text
	}
}
