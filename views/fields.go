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

// firstFields are the ones reached first, in PRODUCT.md's order.
var firstFields = []string{
	"user", "sp", "app", "status", "ip", "city", "state", "country", "resource", "ca", "client", "credential", "method",
	"os", "browser", "error", "request", "correlation",
}

// fieldGroups are the fields the picker of a log offers. Fields of Conditional Access data are only
// named to those who may see it.
func fieldGroups(log store.LogInfo, conditionalAccess bool) []fieldGroup {
	first, rest := fieldGroup{Label: "Often used"}, fieldGroup{Label: "All others"}
	for _, f := range store.Fields() {
		if !offered(f, log, conditionalAccess) {
			continue
		}
		if slices.Contains(firstFields, f.Name) {
			first.Fields = append(first.Fields, f)
		} else {
			rest.Fields = append(rest.Fields, f)
		}
	}
	slices.SortStableFunc(first.Fields, func(a, b *store.Field) int {
		return slices.Index(firstFields, a.Name) - slices.Index(firstFields, b.Name)
	})
	return []fieldGroup{first, rest}
}

func offered(f *store.Field, log store.LogInfo, conditionalAccess bool) bool {
	return (conditionalAccess || !f.ConditionalAccess) && f.AppliesTo(log)
}
