package diagnostic

import (
	"slices"

	"signpost/store"
	"signpost/store/errorcode"
)

// Scenario is one kind of failure. An empty text stands for that of the error code.
type Scenario struct {
	// ID names it in tests and style sheets. Title is a sentence without a full stop.
	ID, Title string
	// Happened says more about the event.
	Happened string
	// Unknown says what the record leaves open; empty where it tells enough.
	Unknown string
	// Fixes says who can do something about it, and how.
	Fixes []Fix
	// Try are the next steps for the person or the helpdesk.
	Try []string

	holds func(*Case) bool
	// why points to the reasons; nil for those of the error code.
	why func(*Case) []Reason
}

// Fix is somebody who can do something about it, and how.
type Fix struct{ Who, How string }

// These can fix something.
const (
	nobody              = "Nobody has to"
	thePerson           = "The person"
	theHelpdesk         = "Helpdesk"
	accessAdministrator = "Conditional Access Administrator"
	deviceAdministrator = "Administrator of the devices"
	methodAdministrator = "Authentication Administrator"
	userAdministrator   = "User Administrator"
	appAdministrator    = "Application Administrator"
	appOwner            = "Owner of the application"
	tenantAdministrator = "Administrator of the tenant"
	homeAdministrator   = "Administrator of the person's own organization"
	securityTeam        = "Security team"
	theService          = "Microsoft"
)

// whoOf gives who can do something about the codes of a class.
var whoOf = map[errorcode.Class]string{
	errorcode.Expected: nobody, errorcode.Person: thePerson, errorcode.Helpdesk: theHelpdesk, errorcode.Administrator: tenantAdministrator, errorcode.Attack: securityTeam,
}

// Scenarios gives all scenarios in the order in which they are looked at.
func Scenarios() []*Scenario { return slices.Clone(scenarios) }

// Remarks gives all remarks.
func Remarks() []*Scenario { return slices.Clone(remarks) }

var scenarios = slices.Concat(
	successScenarios, proofScenarios, passwordScenarios, deviceScenarios, policyScenarios, accountScenarios, applicationScenarios, sessionScenarios, generalScenarios,
)

// The conditions of scenarios. Several in a row must all hold.

func all(conditions ...func(*Case) bool) func(*Case) bool {
	return func(c *Case) bool {
		return !slices.ContainsFunc(conditions, func(holds func(*Case) bool) bool { return !holds(c) })
	}
}

func either(conditions ...func(*Case) bool) func(*Case) bool {
	return func(c *Case) bool {
		return slices.ContainsFunc(conditions, func(holds func(*Case) bool) bool { return holds(c) })
	}
}

func code(codes ...int64) func(*Case) bool {
	return func(c *Case) bool { return c.has(codes...) }
}

func family(families ...string) func(*Case) bool {
	return func(c *Case) bool { return c.isOf(families...) }
}

func outcome(outcome string) func(*Case) bool {
	return func(c *Case) bool { return slices.Contains(c.outcomes(), outcome) }
}

// blocks holds where a policy blocked access and a condition of it matched.
func blocks(condition string) func(*Case) bool {
	return func(c *Case) bool {
		return c.isDecided() && len(c.unsatisfied(func(p *store.AppliedPolicy) bool { return p.Blocks() && p.Matched(condition) })) > 0
	}
}

// asks holds where a policy asked for a grant control and did not get it. No policy blocked access then.
func asks(controls ...string) func(*Case) bool {
	return func(c *Case) bool {
		policies := c.unsatisfied(nil)
		return c.isDecided() && len(policies) > 0 && !policies[0].Blocks() && slices.ContainsFunc(policies, func(p *store.AppliedPolicy) bool {
			return slices.ContainsFunc(controls, p.HasControl)
		})
	}
}

// lacks holds where a policy's session control was not satisfied.
func lacks(controls ...string) func(*Case) bool {
	return func(c *Case) bool {
		return c.isDecided() && len(c.unsatisfied(func(p *store.AppliedPolicy) bool { return slices.ContainsFunc(controls, p.Lacked) })) > 0
	}
}
