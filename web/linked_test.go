package web

import (
	"regexp"
	"slices"
)

// linked gives the first different addresses that a page links to.
func (v *visitor) linked(page, pattern string, most int) (list []string) {
	v.t.Helper()
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(v.get(page).body, -1) {
		if !slices.Contains(list, found[1]) && len(list) < most {
			list = append(list, found[1])
		}
	}
	if len(list) == 0 {
		v.t.Errorf("%s leads to no %s", page, pattern)
	}
	return list
}
