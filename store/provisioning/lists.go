package provisioning

import (
	"cmp"
	"encoding/json"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/rawjson"
)

// maxDepth bounds how deep the JSON inside a text may be nested.
const maxDepth = 100

// text is a JSON text; any other value is its JSON, and null is nothing.
type text string

// UnmarshalJSON reads any value.
func (t *text) UnmarshalJSON(value []byte) error {
	*t = text(textOf(value))
	return nil
}

func textOf(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		return rawjson.Unescaped(inside)
	} else if string(value) != "null" {
		return string(value)
	}
	return ""
}

// stepJSON and changeJSON are the members of the lists. Their names are read in any casing, and Azure Monitor has some of its own.
type stepJSON struct {
	Name, Description, ProvisioningStepType, Type, Status text
	Details                                               json.RawMessage
}

type changeJSON struct{ DisplayName, Name, OldValue, NewValue text }

// eachObject reads the objects of a list, also of one inside a text, or one object where a list belongs; ok says that all of it
// was read.
func eachObject[T any](value []byte, take func(one *T)) (ok bool) {
	if inside, isText := rawjson.Embedded(value, maxDepth); isText {
		value = inside
	}
	switch {
	case value[0] == '{':
		value = append(append([]byte{'['}, value...), ']')
	case value[0] == 'n', string(value) == `""`:
		return true
	case value[0] != '[':
		return false
	}
	ok = true
	for item := range rawjson.EachItem(value) {
		var one T
		if len(item) == 0 || item[0] != '{' || json.Unmarshal(item, &one) != nil {
			ok = false
			continue
		}
		take(&one)
	}
	return ok
}

// readSteps reads provisioningSteps; ok says that all of it was read.
func (r *Record) readSteps(value []byte) (ok bool) {
	r.Steps = nil
	ok = true
	all := eachObject(value, func(s *stepJSON) {
		step := Step{Name: string(s.Name), Description: string(s.Description), Type: spelled(StepTypes, string(s.ProvisioningStepType+s.Type)), Status: spelled(Results, string(s.Status))}
		ok = readDetails(&step.Details, s.Details) && ok
		r.Steps = append(r.Steps, step)
	})
	r.UnreadSteps = !all || !ok
	return all && ok
}

// readChanges reads modifiedProperties; ok says that all of it was read.
func (r *Record) readChanges(value []byte) (ok bool) {
	r.Changes = nil
	ok = eachObject(value, func(c *changeJSON) {
		name := c.DisplayName
		if name == "" {
			name = c.Name
		}
		r.Changes = append(r.Changes, audit.Change{Name: string(name), Old: string(c.OldValue), New: string(c.NewValue)})
	})
	r.UnreadChanges = !ok
	return ok
}

// readPrincipal reads servicePrincipal where it is a list. Some sources write one, mostly with one member.
func (r *Record) readPrincipal(value []byte) (ok bool) {
	r.OtherPrincipals = nil
	n := 0
	return eachObject(value, func(p *struct{ ID, DisplayName, Name text }) {
		one := System{ID: string(p.ID), Name: cmp.Or(string(p.DisplayName), string(p.Name))}
		if n++; n == 1 {
			r.Principal.ID, r.Principal.Name = one.ID, one.Name
		} else {
			r.OtherPrincipals = append(r.OtherPrincipals, one)
		}
	})
}

// readDetails reads the members of an object of any members in their order, or of several objects in a list. A value that is no text
// is its JSON.
func readDetails(into *[]store.KeyValue, value []byte) (ok bool) {
	*into = nil
	if inside, isText := rawjson.Embedded(value, maxDepth); isText {
		value = inside
	}
	switch {
	case len(value) == 0, value[0] == 'n', string(value) == `""`, string(value) == "[]":
		return true
	case value[0] == '[':
		ok = true
		for item := range rawjson.EachItem(value) {
			var one []store.KeyValue
			ok = len(item) > 0 && item[0] == '{' && readDetails(&one, item) && ok
			*into = append(*into, one...)
		}
		return ok
	case value[0] != '{':
		return false
	}
	for key, member := range rawjson.EachMember(value) {
		*into = append(*into, store.KeyValue{Key: rawjson.Unescaped(key), Value: textOf(member)})
	}
	return true
}

// The parts of a step, as fields ask for them.
const (
	stepName = iota
	stepType
	stepStatus
	stepParts
)

// eachStep is the list of steps for filters.
func eachStep(r *Record, m *store.Item, take func()) (unread bool) {
	for i := range r.Steps {
		s := &r.Steps[i]
		m[stepName] = append(m[stepName][:0], s.Name)
		m[stepType] = append(m[stepType][:0], s.Type)
		m[stepStatus] = append(m[stepStatus][:0], s.Status)
		take()
	}
	return r.UnreadSteps
}

// eachChange is the list of modified properties for filters. Their values are in no filter: they hardly repeat.
func eachChange(r *Record, m *store.Item, take func()) (unread bool) {
	for i := range r.Changes {
		m[0] = append(m[0][:0], r.Changes[i].Name)
		take()
	}
	return r.UnreadChanges
}
