package store

import "strings"

// Every single-valued property can be asked for by itself. One that is all that a short name compares has that name;
// every other has its own: Graph's name in lower case without dots, such as statusadditionaldetails.

// ownName is the FIELD name that a property has where no short one is its alone.
func (p *Property) ownName() string { return strings.ToLower(strings.ReplaceAll(p.Name, ".", "")) }

// ownNamed gives a field for each single-valued property that none of the fields compares alone.
func ownNamed(named []*Field) []*Field {
	hasName := map[*Property]bool{}
	for _, f := range named {
		if f.Column != nil {
			hasName[f.Column] = true
		}
		if len(f.Properties) == 1 && f.says == nil {
			hasName[f.Properties[0]] = true
		}
	}
	var own []*Field
	for _, p := range properties {
		if p.Set == nil && !hasName[p] {
			own = append(own, ownField(p))
		}
	}
	return own
}

func ownField(p *Property) *Field {
	f := &Field{Name: p.ownName(), Label: firstNonEmpty(p.OwnLabel, p.Label), Properties: []*Property{p}, Class: p.Class, Unique: p.Unique, Single: true}
	switch {
	case p.Unique:
		f.check, f.match, f.starts = plainID, matchID, startsID
	case p.Int != nil:
		f.Closed, f.Hint, f.check = true, "a number", number
	case p.Bool != nil:
		f.Closed, f.Hint, f.Options, f.check = true, "yes or no", yesNoOptions, yesOrNo
	case p.Address:
		f.Hint, f.check, f.match, f.addresses = addressHint, address, matchAddress, true
	}
	return f
}
