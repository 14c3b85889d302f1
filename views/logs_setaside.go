package views

import (
	"slices"
	"strings"

	"signpost/store"
)

// setAside names the fields of the filter that sign-ins of the log do not have; empty if every condition counts there. The
// page shows it next to each number that they do not narrow.
func (p LogPage) setAside(log store.Log) string {
	info, _ := p.List.Kind().Log(log)
	_, aside := p.Query.Filter.For(info)
	var labels []string
	for _, c := range aside.Conditions() {
		if !slices.Contains(labels, c.Field.Label) {
			labels = append(labels, c.Field.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// SetAsideText names in a sentence the conditions that do not narrow the list; empty if all do.
func (p LogPage) SetAsideText() string {
	if aside := p.setAside(p.List.Log); aside != "" {
		return "Not used here, because " + p.List.Kind().Many + " of this log have no such field: " + aside
	}
	return ""
}

// allSetAside names for each log the conditions that are set aside there, for the file of all logs.
func (p LogPage) allSetAside() string {
	var logs []string
	for _, info := range p.List.Kind().Logs {
		if aside := p.setAside(info.Log); aside != "" {
			logs = append(logs, info.Short+": "+aside)
		}
	}
	return strings.Join(logs, "; ")
}
