package store

import (
	"slices"
	"strings"
)

// Every single-valued property can be asked for by itself. One that is all that a short name compares has that name;
// every other has its own: Graph's name in lower case without dots, such as statusadditionaldetails.

// ownName is the FIELD name that a property has where no short one is its alone.
func (p *Property) ownName() string { return strings.ToLower(strings.ReplaceAll(p.Name, ".", "")) }

// ownNamed gives a field for each single-valued property that none of the named fields compares alone.
func (k *Kind) ownNamed() []*Field {
	hasName := map[*Property]bool{}
	for _, f := range k.Named {
		if f.Column != nil {
			hasName[f.Column] = true
		}
		if len(f.Properties) == 1 && f.says == nil {
			hasName[f.Properties[0]] = true
		}
	}
	var own []*Field
	for _, p := range k.Properties {
		if p.Set == nil && !hasName[p] {
			own = append(own, &Field{Name: p.ownName(), Label: firstNonEmpty(p.OwnLabel, p.Label), Properties: []*Property{p}, Class: p.Class, Single: true})
		}
	}
	return own
}

// complete adds what follows from the properties of the field, where its declaration says nothing else.
func (f *Field) complete() {
	all := func(is func(*Property) bool) bool {
		return len(f.Properties) > 0 && !slices.ContainsFunc(f.Properties, func(p *Property) bool { return !is(p) })
	}
	switch {
	case f.check != nil || f.match != nil:
	case f.Source == FromStatus:
		f.Closed, f.Options, f.statuses = true, f.kind.statusNames(), f.kind.statusEnumeration()
		f.check = oneOf(f.Options...)
	case f.Members:
		f.check = groupID
	case f.Source == FromIngestion:
		f.Closed, f.Hint, f.check = true, firstNonEmpty(f.Hint, "a time such as 2026-11-23T14:05:09Z"), instant
	case all(func(p *Property) bool { return p.Token }):
		f.Unique, f.cased, f.match, f.starts = true, true, matchToken, strings.HasPrefix
	case all(func(p *Property) bool { return p.Unique }):
		f.Unique, f.check = true, plainID
	case all(func(p *Property) bool { return p.Int != nil }):
		f.Closed, f.Hint, f.check = true, firstNonEmpty(f.Hint, "a number"), number
	case all(func(p *Property) bool { return p.Bool != nil }):
		f.Closed, f.Hint, f.Options, f.check = true, firstNonEmpty(f.Hint, "yes or no"), yesNoOptions, yesOrNo
	case all(func(p *Property) bool { return p.Enumeration == Countries }):
		f.Hint, f.check, f.match = firstNonEmpty(f.Hint, "a name or two letters"), country, matchCountry
	case all(func(p *Property) bool { return p.Address }):
		f.Hint, f.check, f.match, f.addresses = firstNonEmpty(f.Hint, addressHint), address, matchAddress, true
	}
}
