package store

import (
	"slices"
	"strings"
)

// IsReportOnly says that the policy was in report-only mode: it decided nothing.
func (p *AppliedPolicy) IsReportOnly() bool {
	return strings.HasPrefix(strings.ToLower(p.Result), "reportonly")
}

// IsUnsatisfied says that the policy applied and that the sign-in did not satisfy it.
func (p *AppliedPolicy) IsUnsatisfied() bool { return strings.EqualFold(p.Result, "failure") }

// Blocks says that the policy asks for nothing: it blocks access.
func (p *AppliedPolicy) Blocks() bool { return p.HasControl("Block") }

// HasControl says that the policy has a grant control, in any spelling of GrantControls.
func (p *AppliedPolicy) HasControl(control string) bool {
	words := GrantControls.Words(control)
	return slices.ContainsFunc(p.GrantControls, func(c string) bool { return GrantControls.Words(c) == words })
}

// Lacked says that a session control of the policy was not satisfied, in any spelling of SessionControls.
func (p *AppliedPolicy) Lacked(control string) bool {
	words := SessionControls.Words(control)
	return slices.ContainsFunc(p.SessionControlsNotMet, func(c string) bool { return SessionControls.Words(c) == words })
}

// Matched says that the record names a condition of the policy, a word of PolicyConditions, among those that matched.
func (p *AppliedPolicy) Matched(condition string) bool {
	return slices.ContainsFunc(p.ConditionsSatisfied, func(c string) bool { return strings.EqualFold(c, condition) })
}
