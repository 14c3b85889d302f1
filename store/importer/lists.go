package importer

import (
	"encoding/json"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Lists come in several shapes: as a list, as JSON inside a string (Azure Monitor, Log Analytics), and as a lone object or
// word for a list of one. A list in any other shape is noted as not read, so that no page shows it as empty.

// eachMember calls f with every member of a list. Strings that hold JSON are unwrapped. f says whether it could read the
// member.
func (d *decoder) eachMember(value []byte, f func(member []byte) bool) store.CollectionState {
	value = d.unwrap(value)
	if value[0] != '[' {
		return d.oneMember(value, f)
	}
	state := store.CollectionEmpty
	for member := range rawjson.EachItem(value) {
		state = max(state, d.oneMember(d.unwrap(member), f))
	}
	return state
}

// oneMember reads one member of a list. Null, an empty string and an empty object are no members.
func (d *decoder) oneMember(member []byte, f func(member []byte) bool) store.CollectionState {
	inside, isText := rawjson.Unquoted(member)
	switch {
	case member[0] == 'n', isText && len(inside) == 0:
		return store.CollectionAbsent
	case len(member) == 2 && member[0] == '{':
		return store.CollectionEmpty
	case isText && isShapeOnly(inside):
		return store.CollectionUnread
	}
	outer := d.partly
	d.partly = false
	read := f(member)
	partly := d.partly
	d.partly = outer
	if !read || partly {
		return store.CollectionUnread
	}
	return store.CollectionRead
}

// isShapeOnly says that a text is no word but the trace of a list or an object. It is JSON that Log Analytics cut off at its
// limit, or the name of a type: PowerShell writes that for objects below its depth.
func isShapeOnly(text []byte) bool {
	return text[0] == '[' || text[0] == '{' || isTypeName(text)
}

func isTypeName(text []byte) bool {
	for _, prefix := range []string{"System.", "Microsoft.Graph.", "@{"} {
		if len(text) > len(prefix) && string(text[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}

// eachObject calls f with every object of a list.
func (d *decoder) eachObject(value []byte, f func(object []byte) bool) store.CollectionState {
	return d.eachMember(value, func(member []byte) bool { return member[0] == '{' && f(member) })
}

// inner notes the state of a list inside a member. Where that list was not read, the member was read in part.
func (d *decoder) inner(state store.CollectionState) {
	d.partly = d.partly || state == store.CollectionUnread
}

// readWords reads a list of words.
func (d *decoder) readWords(value []byte) (words []string, state store.CollectionState) {
	state = d.eachMember(value, func(member []byte) bool {
		word := d.text(member)
		if word != "" {
			words = append(words, word)
		}
		return word != ""
	})
	return words, state
}

// words reads a list of words inside a member of another list.
func (d *decoder) words(value []byte) []string {
	words, state := d.readWords(value)
	d.inner(state)
	return words
}

// wordsInto reads a list of words into a place of the sign-in. An empty list changes nothing.
func wordsInto(place func(d *decoder) *[]string) func(*decoder, []byte) store.CollectionState {
	return func(d *decoder, value []byte) store.CollectionState {
		words, state := d.readWords(value)
		if words != nil {
			*place(d) = words
		}
		return state
	}
}

// readFormerRiskEventTypes reads the list that riskEventTypes_v2 replaced.
func (d *decoder) readFormerRiskEventTypes(value []byte) store.CollectionState {
	words, state := d.readWords(value)
	if words != nil {
		d.envelope.riskEventTypes = words
	}
	return state
}

// jsonInto keeps an object or a list as JSON.
func jsonInto(place func(*store.SignIn) *json.RawMessage) func(*decoder, []byte) store.CollectionState {
	return func(d *decoder, value []byte) store.CollectionState {
		value = d.unwrap(value)
		switch {
		case rawjson.IsText(value) && len(value) == 2:
			return store.CollectionAbsent
		case value[0] != '{' && value[0] != '[':
			return store.CollectionUnread
		case len(value) == 2:
			return store.CollectionEmpty
		}
		*place(d.into) = inGraphsSpelling(nil, value)
		return store.CollectionRead
	}
}

// readAudiences reads words (Graph) or objects with an applicationId (Azure Monitor).
func (d *decoder) readAudiences(value []byte) store.CollectionState {
	var list []string
	state := d.eachMember(value, func(member []byte) bool {
		id := d.text(member)
		if member[0] == '{' {
			id, _ = d.pair(member, "applicationid", "")
		}
		if id != "" {
			list = append(list, id)
		}
		return id != ""
	})
	if list != nil {
		d.into.ConditionalAccessAudiences = list
	}
	return state
}

func (d *decoder) readContexts(value []byte) store.CollectionState {
	var list []store.AuthenticationContext
	state := d.eachObject(value, func(object []byte) bool {
		id, detail := d.pair(object, "id", "detail")
		if id == "" && detail == "" {
			return false
		}
		list = append(list, store.AuthenticationContext{ID: id, Detail: detail})
		return true
	})
	if list != nil {
		d.into.AuthenticationContextClassReferences = list
	}
	return state
}

func (d *decoder) readRequirements(value []byte) store.CollectionState {
	return d.requirements(&d.into.AuthenticationRequirementPolicies, value, "requirementprovider")
}

func (d *decoder) readLifetimes(value []byte) store.CollectionState {
	return d.requirements(&d.into.SessionLifetimePolicies, value, "expirationrequirement")
}

func (d *decoder) requirements(place *[]store.RequirementPolicy, value []byte, provider string) store.CollectionState {
	var list []store.RequirementPolicy
	state := d.eachObject(value, func(object []byte) bool {
		by, detail := d.pair(object, provider, "detail")
		if by == "" && detail == "" {
			return false
		}
		list = append(list, store.RequirementPolicy{Provider: by, Detail: detail})
		return true
	})
	if list != nil {
		*place = list
	}
	return state
}

func (d *decoder) readSteps(value []byte) store.CollectionState {
	var list []store.AuthenticationStep
	state := d.eachObject(value, func(object []byte) bool {
		step := d.step(object)
		if step == (store.AuthenticationStep{}) {
			return false
		}
		list = append(list, step)
		return true
	})
	if list != nil {
		d.into.AuthenticationDetails = list
	}
	return state
}

func (d *decoder) step(object []byte) (step store.AuthenticationStep) {
	for key, value := range rawjson.EachMember(object) {
		switch string(d.name(key)) {
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
	return step
}

// isCAEDetail recognizes the processing detail about continuous access evaluation. Records spell its key "Is CAE Token" and
// IsCAEToken.
func isCAEDetail(key string) bool {
	return strings.EqualFold(key, "Is CAE Token") || strings.EqualFold(key, "IsCAEToken")
}

func (d *decoder) readProcessing(value []byte) store.CollectionState {
	var list []store.KeyValue
	state := d.eachObject(value, func(object []byte) bool {
		key, text := d.pair(object, "key", "value")
		if key == "" && text == "" {
			return false
		}
		list = append(list, store.KeyValue{Key: key, Value: text})
		if isCAEDetail(key) {
			switch {
			case strings.EqualFold(text, "true"):
				d.into.IsCAEToken = store.True
			case strings.EqualFold(text, "false"):
				d.into.IsCAEToken = store.False
			}
		}
		return true
	})
	if list != nil {
		d.into.AuthenticationProcessingDetails = list
	}
	return state
}

func (d *decoder) readNetworks(value []byte) store.CollectionState {
	var list []store.NetworkLocation
	state := d.eachObject(value, func(object []byte) bool {
		var network store.NetworkLocation
		for key, value := range rawjson.EachMember(object) {
			switch string(d.name(key)) {
			case "networktype":
				network.Type = d.text(value)
			case "networknames":
				network.Names = d.words(value)
			}
		}
		if network.Type == "" && network.Names == nil {
			return false
		}
		list = append(list, network)
		return true
	})
	if list != nil {
		d.into.NetworkLocationDetails = list
	}
	return state
}

func (d *decoder) readPolicies(value []byte) store.CollectionState {
	var list []store.AppliedPolicy
	state := d.eachObject(value, func(object []byte) bool {
		policy, read := d.policy(object)
		if read {
			list = append(list, policy)
		}
		return read
	})
	if list != nil {
		d.into.AppliedConditionalAccessPolicies = list
	}
	return state
}

// policy reads one applied policy. read is false for an object without any key of a policy.
func (d *decoder) policy(object []byte) (p store.AppliedPolicy, read bool) {
	for key, value := range rawjson.EachMember(object) {
		known := true
		switch string(d.name(key)) {
		case "id":
			p.ID = d.text(value)
		case "displayname":
			p.DisplayName = d.text(value)
		case "result":
			p.Result = d.text(value)
		case "enforcedgrantcontrols":
			p.GrantControls = d.words(value)
		case "enforcedsessioncontrols":
			p.SessionControls = d.words(value)
		case "sessioncontrolsnotsatisfied":
			p.SessionControlsNotMet = d.words(value)
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
		default:
			known = false
		}
		read = read || known
	}
	return p, read
}

func (d *decoder) rules(value []byte) (list []store.ConditionRule) {
	d.inner(d.eachObject(value, func(object []byte) bool {
		condition, rule := d.pair(object, "conditionalaccesscondition", "rulesatisfied")
		if condition == "" && rule == "" {
			return false
		}
		list = append(list, store.ConditionRule{Condition: condition, Rule: rule})
		return true
	}))
	return list
}
