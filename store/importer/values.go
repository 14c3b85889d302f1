package importer

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

func (d *decoder) time(value []byte) (time.Time, bool) {
	if !isString(value) {
		return time.Time{}, false
	}
	return parseTime(value[1 : len(value)-1])
}

func (d *decoder) setTime(value []byte) {
	if t, ok := d.time(value); ok {
		d.into.Time = t
	}
}

func (d *decoder) setIngested(value []byte) {
	if t, ok := d.time(value); ok {
		d.into.Ingested = t
	}
}

// setStatus reads a status that is a word: the portal states Success, Failure or Interrupted. The
// members of a status object are properties of their own.
func (d *decoder) setStatus(value []byte) {
	if word := d.text(value); store.ParseStatus(word) != store.StatusUnknown {
		d.into.StatedStatus = word
	}
}

// setResource leaves out the path of an Azure resource, which a record without an envelope may carry
// under the same name.
func (d *decoder) setResource(value []byte) {
	if id := d.text(value); !strings.HasPrefix(id, "/") {
		setText(&d.into.ResourceID, id)
	}
}

// setLocation reads a location that is a word: the country, in Log Analytics and in the envelope.
func (d *decoder) setLocation(value []byte) {
	if isString(value) {
		setText(&d.envelope.country, d.text(value))
	}
}

// setResultType reads the envelope's code: a number, a number in a string, or "Success".
func (d *decoder) setResultType(value []byte) {
	if isString(value) {
		setText(&d.envelope.resultType, d.text(value))
	} else {
		setText(&d.envelope.resultType, string(value))
	}
}

// setCoordinates leaves 0,0 out: real records carry it for "no place".
func (d *decoder) setCoordinates(value []byte) {
	var latitude, longitude float64
	var hasLatitude, hasLongitude bool
	for m := membersOf(d.unwrap(value)); ; {
		key, member, ok := m.next()
		if !ok {
			break
		}
		switch string(d.lower(key)) {
		case "latitude":
			latitude, hasLatitude = d.float(member)
		case "longitude":
			longitude, hasLongitude = d.float(member)
		}
	}
	inRange := latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180
	if hasLatitude && hasLongitude && inRange && (latitude != 0 || longitude != 0) {
		d.into.Coordinates = store.Coordinates{Latitude: latitude, Longitude: longitude, Set: true}
	}
}

// setRaw keeps an object or a list as JSON; an empty one is nothing.
func (d *decoder) setRaw(place *json.RawMessage, value []byte) {
	value = d.unwrap(value)
	if len(value) > 2 && (value[0] == '{' || value[0] == '[') {
		*place = bytes.Clone(value)
	}
}

// objects calls f with every object of a list, which may stand inside a string.
func (d *decoder) objects(value []byte, f func(object []byte)) {
	for e := elementsOf(d.unwrap(value)); ; {
		element, ok := e.next()
		if !ok {
			return
		}
		if element[0] == '{' {
			f(element)
		}
	}
}

// pair reads two texts out of an object.
func (d *decoder) pair(object []byte, first, second string) (a, b string) {
	for m := membersOf(object); ; {
		key, value, ok := m.next()
		if !ok {
			return a, b
		}
		switch string(d.lower(key)) {
		case first:
			a = d.text(value)
		case second:
			b = d.text(value)
		}
	}
}

// setAudiences reads a list of words (Graph) or of objects with an applicationId (Azure Monitor).
func (d *decoder) setAudiences(value []byte) {
	list := d.strings(value)
	d.objects(value, func(object []byte) {
		if id, _ := d.pair(object, "applicationid", ""); id != "" {
			list = append(list, id)
		}
	})
	setList(&d.into.ConditionalAccessAudiences, list)
}

func (d *decoder) setContexts(value []byte) {
	var list []store.AuthenticationContext
	d.objects(value, func(object []byte) {
		id, detail := d.pair(object, "id", "detail")
		list = append(list, store.AuthenticationContext{ID: id, Detail: detail})
	})
	if list != nil {
		d.into.AuthenticationContextClassReferences = list
	}
}

func (d *decoder) setRequirements(value []byte) {
	if list := d.requirements(value, "requirementprovider"); list != nil {
		d.into.AuthenticationRequirementPolicies = list
	}
}

func (d *decoder) setLifetimes(value []byte) {
	if list := d.requirements(value, "expirationrequirement"); list != nil {
		d.into.SessionLifetimePolicies = list
	}
}

func (d *decoder) requirements(value []byte, provider string) (list []store.RequirementPolicy) {
	d.objects(value, func(object []byte) {
		by, detail := d.pair(object, provider, "detail")
		list = append(list, store.RequirementPolicy{Provider: by, Detail: detail})
	})
	return list
}

func (d *decoder) setSteps(value []byte) {
	var list []store.AuthenticationStep
	d.objects(value, func(object []byte) {
		var step store.AuthenticationStep
		for m := membersOf(object); ; {
			key, value, ok := m.next()
			if !ok {
				break
			}
			switch string(d.lower(key)) {
			case "authenticationstepdatetime":
				step.Time, _ = d.time(value)
			case "authenticationmethod":
				step.Method = d.text(value)
			case "authenticationmethoddetail":
				step.MethodDetail = d.text(value)
			case "succeeded":
				step.Succeeded = d.truth(value)
			case "authenticationstepresultdetail":
				step.ResultDetail = d.text(value)
			case "authenticationsteprequirement":
				step.Requirement = d.text(value)
			}
		}
		list = append(list, step)
	})
	if list != nil {
		d.into.AuthenticationDetails = list
	}
}

// caeDetail is the processing detail that says whether the token is for continuous access evaluation.
const caeDetail = "Is CAE Token"

func (d *decoder) setProcessing(value []byte) {
	var list []store.KeyValue
	d.objects(value, func(object []byte) {
		key, text := d.pair(object, "key", "value")
		list = append(list, store.KeyValue{Key: key, Value: text})
		if strings.EqualFold(key, caeDetail) {
			switch {
			case strings.EqualFold(text, "true"):
				d.into.IsCAEToken = store.True
			case strings.EqualFold(text, "false"):
				d.into.IsCAEToken = store.False
			}
		}
	})
	if list != nil {
		d.into.AuthenticationProcessingDetails = list
	}
}

func (d *decoder) setNetworks(value []byte) {
	var list []store.NetworkLocation
	d.objects(value, func(object []byte) {
		var network store.NetworkLocation
		for m := membersOf(object); ; {
			key, value, ok := m.next()
			if !ok {
				break
			}
			switch string(d.lower(key)) {
			case "networktype":
				network.Type = d.text(value)
			case "networknames":
				network.Names = d.strings(value)
			}
		}
		list = append(list, network)
	})
	if list != nil {
		d.into.NetworkLocationDetails = list
	}
}

func (d *decoder) setPolicies(value []byte) {
	var list []store.AppliedPolicy
	d.objects(value, func(object []byte) { list = append(list, d.policy(object)) })
	if list != nil {
		d.into.AppliedConditionalAccessPolicies = list
	}
}

func (d *decoder) policy(object []byte) (p store.AppliedPolicy) {
	for m := membersOf(object); ; {
		key, value, ok := m.next()
		if !ok {
			return p
		}
		switch string(d.lower(key)) {
		case "id":
			p.ID = d.text(value)
		case "displayname":
			p.DisplayName = d.text(value)
		case "result":
			p.Result = d.text(value)
		case "enforcedgrantcontrols":
			p.GrantControls = d.strings(value)
		case "enforcedsessioncontrols":
			p.SessionControls = d.strings(value)
		case "sessioncontrolsnotsatisfied":
			p.SessionControlsNotMet = d.strings(value)
		case "conditionssatisfied":
			p.ConditionsSatisfied = d.conditions(value)
		case "conditionsnotsatisfied":
			p.ConditionsNotSatisfied = d.conditions(value)
		case "includerulessatisfied":
			p.IncludeRulesSatisfied = d.rules(value)
		case "excluderulessatisfied":
			p.ExcludeRulesSatisfied = d.rules(value)
		case "authenticationstrength":
			p.AuthenticationStrength, p.AuthenticationStrengthR = d.pair(d.unwrap(value), "displayname", "authenticationstrengthresult")
		}
	}
}

func (d *decoder) rules(value []byte) (list []store.ConditionRule) {
	d.objects(value, func(object []byte) {
		condition, rule := d.pair(object, "conditionalaccesscondition", "rulesatisfied")
		list = append(list, store.ConditionRule{Condition: condition, Rule: rule})
	})
	return list
}

// conditionBits are the words of Graph's conditionalAccessConditions behind none, in the enumeration's
// order (reference/dictionary.md): Azure Monitor sends them as the bits of a number, application being 1.
var conditionBits = []string{
	"application", "users", "devicePlatform", "location", "clientType", "signInRisk", "userRisk", "time",
	"deviceState", "client", "ipAddressSeenByAzureAD", "ipAddressSeenByResourceProvider",
	"unknownFutureValue", "servicePrincipals", "servicePrincipalRisk", "authenticationFlows", "insiderRisk",
}

// conditions reads a bit field (Azure Monitor) or words, joined by commas or in a list (Graph).
func (d *decoder) conditions(value []byte) (words []string) {
	if n := d.integer(value); n.Set {
		for bit, rest := 0, uint64(n.N); rest != 0; bit, rest = bit+1, rest>>1 {
			switch {
			case rest&1 == 0:
			case bit < len(conditionBits):
				words = append(words, conditionBits[bit])
			default:
				words = append(words, "condition "+strconv.Itoa(bit))
			}
		}
		return words
	}
	for _, joined := range d.strings(value) {
		for word := range strings.SplitSeq(joined, ",") {
			if word = strings.TrimSpace(word); word != "" && word != "none" {
				words = append(words, word)
			}
		}
	}
	return words
}
