package diagnostic

import (
	"slices"
	"time"

	"signpost/store"
	"signpost/store/errorcode"
)

// Within is the time before a sign-in in which its person's other sign-ins are counted.
const Within = 24 * time.Hour

// Case is a sign-in with what other records tell about it.
type Case struct {
	SignIn *store.SignIn
	// Events counts the events of its attempt.
	Events int
	// Withheld says that the viewer may not see Conditional Access data. The sign-in then holds none.
	Withheld bool
	// Declined counts the person's sign-ins of Within in which a prompt was declined or not answered. Wrong counts those with a
	// wrong password, Asked those for which a session lifetime policy asked for proof again. Each includes this sign-in.
	Declined, Wrong, Asked Number
	// Later is the person's next success with the same application; nil where none is known.
	Later *store.SignIn
}

// Number is an exact count, log by log. Known says that all were counted.
type Number struct {
	Known bool
	In    []Count
}

// Count counts sign-ins of a log.
type Count struct {
	Log store.Log
	N   int64
}

// AtLeast says that so many were counted.
func (n Number) AtLeast(least int64) bool {
	var sum int64
	for _, in := range n.In {
		sum += in.N
	}
	return n.Known && sum >= least
}

// code gives the error code; 0 where the record has none.
func (c *Case) code() int64 {
	if !c.SignIn.ErrorCode.Set {
		return 0
	}
	return c.SignIn.ErrorCode.N
}

// info gives what is known of the error code; ok is false where the record has none, or code 0.
func (c *Case) info() (info errorcode.Info, ok bool) {
	if c.code() == 0 {
		return errorcode.Info{}, false
	}
	return errorcode.Of(c.code()), true
}

func (c *Case) isOf(families ...string) bool {
	info, ok := c.info()
	return ok && slices.Contains(families, info.FamilyID)
}

func (c *Case) has(codes ...int64) bool { return c.code() != 0 && slices.Contains(codes, c.code()) }

// isDecided says that an access decision may have ended the sign-in: its code says so, or it has none.
func (c *Case) isDecided() bool {
	return c.SignIn.Status() != store.StatusSuccess && (c.isOf("conditionalaccess", "device") || c.code() == 0)
}

// unsatisfied gives the policies that the sign-in did not satisfy, those that block first. The viewer's right was checked where
// the record was read.
func (c *Case) unsatisfied(holds func(*store.AppliedPolicy) bool) (policies []*store.AppliedPolicy) {
	var others []*store.AppliedPolicy
	for i := range c.SignIn.AppliedConditionalAccessPolicies {
		switch p := &c.SignIn.AppliedConditionalAccessPolicies[i]; {
		case !p.IsUnsatisfied() || holds != nil && !holds(p):
		case p.Blocks():
			policies = append(policies, p)
		default:
			others = append(others, p)
		}
	}
	return append(policies, others...)
}

// outcomes gives the outcomes of the multifactor steps, as store.MFAOutcomes has them.
func (c *Case) outcomes() []string { return store.MFASet.Set(c.SignIn) }

// failedStep gives the first authentication step that did not succeed; nil where the record names none.
func (c *Case) failedStep() *store.AuthenticationStep {
	for i := range c.SignIn.AuthenticationDetails {
		if step := &c.SignIn.AuthenticationDetails[i]; step.Succeeded == store.False {
			return step
		}
	}
	return nil
}

// isLegacy says that the client cannot do modern authentication.
func (c *Case) isLegacy() bool {
	return store.Filter{}.With(store.ClientField, store.OpIs, "legacy").Match(c.SignIn)
}
