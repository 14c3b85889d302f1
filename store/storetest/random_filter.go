package storetest

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"signpost/store"
)

// usualFields get more conditions than others: they are computed, or compare more than one text.
var usualFields = []string{
	"user", "app", "status", "ip", "error", "anyerror", "mfa", "request", "correlation", "client", "group", "flow", "tenant", "user",
	"actor", "account", "target", "targettype", "property", "subject", "session", "item", "item", "text",
}

// usual gives one of the fields with these names that the kind has.
func (a *asker) usual(kind *store.Kind, names []string) (f *store.Field, ok bool) {
	var known []*store.Field
	for _, name := range names {
		if f, ok := kind.Field(name); ok {
			known = append(known, f)
		}
	}
	if len(known) == 0 {
		return nil, false
	}
	return known[a.r.IntN(len(known))], true
}

// aboutItems adds conditions on some fields of one list, mostly of one item.
func (a *asker) aboutItems(c Case) {
	log := store.Log(c.Params.Get(paramLog))
	lists := c.kind().Lists
	if len(lists) == 0 {
		return
	}
	list := lists[a.r.IntN(len(lists))]
	var of []item
	for try := 0; try < 10 && len(of) == 0; try++ {
		of = alone(list, a.some(log).Entry)
	}
	for _, field := range list.Fields() {
		if a.r.IntN(4) == 0 {
			continue
		}
		param := field.Name + []string{"", "", "", "", ".not", ".not", ".starts", ".has", ".empty", ".empty"}[a.r.IntN(10)]
		var values []string
		for range 1 + a.r.IntN(3)*a.r.IntN(2) {
			value := a.value(field, log, param)
			if len(of) > 0 {
				one := of[0]
				if a.r.IntN(4) == 0 {
					one = of[a.r.IntN(len(of))]
				}
				value = a.valueAmong(one.texts(field), field, param)
			}
			values = append(values, value)
		}
		a.add(c, param, values)
	}
}

// condition adds a condition on a field, with any operator. It adds none that a filter would refuse.
func (a *asker) condition(c Case) {
	fields := c.kind().Fields()
	field := fields[a.r.IntN(len(fields))]
	if a.r.IntN(3) == 0 { // the usual ones
		if usual, ok := a.usual(c.kind(), usualFields); ok {
			field = usual
		}
	}
	if field.Members && (len(a.groups) == 0 || field.Object != store.ObjectGroup) {
		return
	}
	param := field.Name + []string{"", "", "", ".not", ".starts", ".has", ".empty"}[a.r.IntN(7)]
	var values []string
	for range 1 + a.r.IntN(4)*a.r.IntN(2) {
		values = append(values, a.value(field, store.Log(c.Params.Get(paramLog)), param))
	}
	a.add(c, param, values)
}

// add adds a condition with those of the values that a filter accepts.
func (a *asker) add(c Case, param string, values []string) {
	if strings.HasSuffix(param, ".empty") {
		values = []string{[]string{"yes", "no"}[a.r.IntN(2)]}
	}
	before := c.Params[param]
	for _, value := range values {
		c.Params[param] = append(slices.Clone(before), value)
		if _, err := c.query(); err == nil {
			before = c.Params[param]
		}
	}
	if c.Params[param] = before; len(before) == 0 {
		delete(c.Params, param)
	}
}

// value gives a value for the field: one that occurs, a part of it, or the wrong casing.
func (a *asker) value(field *store.Field, log store.Log, param string) string {
	if field.Members {
		return a.groups[a.r.IntN(len(a.groups))]
	}
	if field.Named && len(a.names) > 0 && a.r.IntN(3) == 0 {
		return a.cased(a.names[a.r.IntN(len(a.names))])
	}
	return a.valueOf(a.some(log).Entry, field, param)
}

// valueOf gives a value of the sign-in, a part of it, or the wrong casing.
func (a *asker) valueOf(s store.Entry, field *store.Field, param string) string {
	var texts []string
	for _, p := range field.Properties {
		switch {
		case p.Text != nil:
			texts = append(texts, *p.Text(s))
		case p.Set != nil:
			texts = append(texts, p.Set(s)...)
		}
	}
	return a.valueAmong(append(texts, field.EventValues(s)...), field, param)
}

// valueAmong gives one of the texts, a part of it, or the wrong casing; now and then nobody's.
func (a *asker) valueAmong(texts []string, field *store.Field, param string) string {
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	texts = append(texts, "nowhere to be found", "1")
	text := a.cased(texts[a.r.IntN(max(1, len(texts)-a.r.IntN(3)))])
	if strings.HasSuffix(param, ".starts") || strings.HasSuffix(param, ".has") {
		return a.part(text, strings.HasSuffix(param, ".has"))
	}
	return a.special(field, text)
}

// cased gives a text in any casing or form of Unicode.
func (a *asker) cased(text string) string {
	switch a.r.IntN(6) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	case 2:
		return norm.NFC.String(text)
	case 3:
		return norm.NFD.String(text)
	}
	return text
}

// part gives the beginning of a text, or any part of it.
func (a *asker) part(text string, anywhere bool) string {
	letters := []rune(text)
	from, to := 0, 1+a.r.IntN(len(letters))
	if anywhere {
		from = a.r.IntN(to)
	}
	return string(letters[from:to])
}

// special gives filter values that are no record's value, for some fields: networks, families, times.
func (a *asker) special(field *store.Field, text string) string {
	if a.r.IntN(2) == 0 {
		return text
	}
	options := map[string][]string{
		"ip":         {":", "192.0.", "192.0.2.", "192.0.2.0/24", "192.0.2.0/29", "2001:db8:", "2001:db8::", "2001:db8::/32", "::ffff:192.0.2.7", "203.0.113.128/25"},
		"ipresource": {":", "192.0.2.0/28"},
		"client":     {"modern", "legacy", "Other clients"},
		"status":     {"success", "failure", "interrupted"},
		"mfa":        {"denied", "timeout", "wrongcode", "satisfied", "claim"},
		"ca":         {"success", "failure", "notApplied"},
		"error":      {"AADSTS50126", "0", "50074"},
		"anyerror":   {"500121", "50074", "0"},
		"managed":    {"true", "no"},
		"flow":       {"devicecode", "Device code", "ropc", "clientcredentials", "refresh", "saml", "samltoken", "transfer"},
	}[field.Name]
	if len(options) == 0 {
		return text
	}
	return options[a.r.IntN(len(options))]
}
