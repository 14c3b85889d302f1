package views

import "strings"

// ScopeText names the viewer's limits, for the frame of every page.
func ScopeText(groups, apps []string) string {
	return "Your scope: " + ScopeNames(groups, apps) + ". Everything else is left out, of totals too."
}

// ScopeNames names the groups and applications of a scope.
func ScopeNames(groups, apps []string) string {
	var parts []string
	if len(groups) > 0 {
		parts = append(parts, "members of "+andList(groups))
	}
	if len(apps) > 0 {
		parts = append(parts, withNumber(len(apps), "the application ", "the applications ")+andList(apps))
	}
	return strings.Join(parts, ", and ")
}

// andList is "A", "A and B", "A, B and C".
func andList(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func withNumber(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// ofScope names the scope next to a total; empty if the viewer has no limits.
func (s Shell) ofScope() string {
	if s.Scope == "" {
		return ""
	}
	return " of your scope"
}
