package views

import (
	"slices"

	"signpost/store"
)

// fieldGroup is an option group of the field picker.
type fieldGroup struct {
	Label  string
	Fields []*store.Field
}

// fieldGroups are the fields that the picker offers. It names fields of Conditional Access data only to those who may see
// it, and the tenant only if there are several. The many properties without a short name are seldom needed. They are
// listed only if the picker is open at its list of fields.
func (p LogPage) fieldGroups() []fieldGroup {
	first, rest, single := fieldGroup{Label: "Often used"}, fieldGroup{Label: "All others"}, fieldGroup{Label: "Single properties"}
	for _, f := range p.List.Kind().Fields() {
		switch {
		case !offered(f, p.List.Info(), p.ConditionalAccess), p.List.look().hidden.Has(f.Class), f == p.List.look().Tenant && !p.SeveralTenants:
		case slices.Contains(p.List.look().Often, f):
			first.Fields = append(first.Fields, f)
		case f.Single:
			single.Fields = append(single.Fields, f)
		default:
			rest.Fields = append(rest.Fields, f)
		}
	}
	slices.SortStableFunc(first.Fields, func(a, b *store.Field) int {
		return slices.Index(p.List.look().Often, a) - slices.Index(p.List.look().Often, b)
	})
	if !p.PickField {
		return []fieldGroup{first, rest}
	}
	return []fieldGroup{first, rest, single}
}

func offered(f *store.Field, log store.LogInfo, conditionalAccess bool) bool {
	return (conditionalAccess || f.Class != store.ConditionalAccess) && f.AppliesTo(log)
}
