package diagnostic

import (
	"slices"

	"signpost/store"
	"signpost/store/errorcode"
)

// Verdict is the answer about a sign-in.
type Verdict struct {
	*Scenario
	// Error is what is known of the error code. HasError is false where the record has none.
	Error    errorcode.Info
	HasError bool
	Reasons  []Reason
	Remarks  []Remark
}

// Remark is a remark with its reasons.
type Remark struct {
	*Scenario
	Reasons []Reason
}

// Reason points to a part of the record that is a reason. Exactly one of Policy, Step, Property, Lifetime, Requirement and
// Counted is set.
type Reason struct {
	Policy *store.AppliedPolicy
	Step   *store.AuthenticationStep
	// Property is a property of the record: its value matters.
	Property *store.Property
	// Lifetime is a session lifetime policy that asked for proof again, Requirement a policy that asked for more proof.
	Lifetime, Requirement *store.RequirementPolicy
	// Counted says what Count counts: sign-ins of the person in the time before. Filter finds them.
	Counted string
	Count   Count
	Filter  store.Filter
	// Later is a later success.
	Later *store.SignIn
}

// Of gives the verdict about a case.
func Of(c Case) Verdict {
	v := Verdict{}
	v.Error, v.HasError = c.info()
	at := slices.IndexFunc(scenarios, func(s *Scenario) bool { return s.holds(&c) }) // the last one always holds
	v.Scenario = scenarios[at]
	if v.why != nil {
		v.Reasons = v.why(&c)
	}
	for _, remark := range remarks {
		if remark.holds(&c) {
			one := Remark{Scenario: remark}
			if remark.why != nil {
				one.Reasons = remark.why(&c)
			}
			v.Remarks = append(v.Remarks, one)
		}
	}
	return v
}

// Heading is the title of the scenario, else that of the error code.
func (v Verdict) Heading() string {
	if v.Title == "" {
		return v.Error.Title
	}
	return v.Title
}

// Says describes the event in sentences: those of the scenario, else those of the error code. It is empty where the heading
// says all.
func (v Verdict) Says() string {
	if v.Happened == "" {
		return v.Error.Texts().Meaning
	}
	return v.Happened
}

// Who gives who can do something, and how: from the scenario, else from the error code.
func (v Verdict) Who() []Fix {
	if len(v.Fixes) > 0 || !v.Error.Known() {
		return v.Fixes
	}
	texts := v.Error.Texts()
	how := texts.Helpdesk.Check
	if v.Error.Class == errorcode.Person {
		how = texts.User.Next
	}
	return []Fix{{whoOf[v.Error.Class], how}}
}

// Tries gives what to try: from the scenario, else from the error code. What the person has to do is not told twice.
func (v Verdict) Tries() []string {
	next := v.Error.Texts().User.Next
	if len(v.Try) > 0 || next == "" || slices.ContainsFunc(v.Who(), func(f Fix) bool { return f.How == next }) {
		return v.Try
	}
	return []string{next}
}

// Looks gives where an administrator looks further: the places that the error code names.
func (v Verdict) Looks() []string { return v.Error.Texts().Look }

// The reasons of scenarios.

func reasons(parts ...func(*Case) []Reason) func(*Case) []Reason {
	return func(c *Case) (list []Reason) {
		for _, part := range parts {
			list = append(list, part(c)...)
		}
		return list
	}
}

// policies points to the policies that were not satisfied.
func policies(c *Case) (list []Reason) {
	for _, p := range c.unsatisfied(nil) {
		list = append(list, Reason{Policy: p})
	}
	return list
}

// blocking points to the policies that block access, and leaves out those that ask for something.
func blocking(c *Case) (list []Reason) {
	for _, p := range c.unsatisfied((*store.AppliedPolicy).Blocks) {
		list = append(list, Reason{Policy: p})
	}
	return list
}

func failedStep(c *Case) []Reason {
	if step := c.failedStep(); step != nil {
		return []Reason{{Step: step}}
	}
	return nil
}

// requirements points to what asked for more proof.
func requirements(c *Case) (list []Reason) {
	for i := range c.SignIn.AuthenticationRequirementPolicies {
		list = append(list, Reason{Requirement: &c.SignIn.AuthenticationRequirementPolicies[i]})
	}
	return list
}

func lifetimes(c *Case) (list []Reason) {
	for i := range c.SignIn.SessionLifetimePolicies {
		list = append(list, Reason{Lifetime: &c.SignIn.SessionLifetimePolicies[i]})
	}
	return list
}

// values points to the values of some properties that the record tells.
func values(properties ...*store.Property) func(*Case) []Reason {
	return func(c *Case) (list []Reason) {
		for _, p := range properties {
			if tells(p, c.SignIn) {
				list = append(list, Reason{Property: p})
			}
		}
		return list
	}
}

// tells says that a record has a value of a property that says something.
func tells(p *store.Property, s *store.SignIn) bool {
	switch {
	case p.Text != nil:
		return *p.Text(s) != ""
	case p.Int != nil:
		return p.Int(s).Set
	case p.Bool != nil:
		return *p.Bool(s) != store.Unset
	}
	return len(p.Set(s)) > 0
}

func declined(c *Case) []Reason {
	return counted(c.Declined, "in which a prompt was declined or not answered", DeclinedFilter())
}

func wrong(c *Case) []Reason {
	return counted(c.Wrong, "with a wrong password", WrongFilter())
}

func counted(n Number, what string, f store.Filter) (list []Reason) {
	for _, in := range n.In {
		if n.Known && in.N > 0 {
			list = append(list, Reason{Counted: what, Count: in, Filter: f})
		}
	}
	return list
}

// DeclinedFilter finds sign-ins in which a prompt was declined or not answered.
func DeclinedFilter() store.Filter {
	return store.Filter{}.With(store.MFAField, store.OpIs, store.MFADenied).With(store.MFAField, store.OpIs, store.MFATimeout)
}

// WrongFilter finds sign-ins with a wrong password.
func WrongFilter() store.Filter {
	return store.Filter{}.With(store.AnyErrorField, store.OpIs, wrongPasswordCode)
}

// AskedFilter finds sign-ins for which a session lifetime policy asked for proof again.
func AskedFilter() store.Filter {
	return store.Filter{}.With(store.SessionPolicyField, store.OpNotEmpty, "")
}

const wrongPasswordCode = "50126"
