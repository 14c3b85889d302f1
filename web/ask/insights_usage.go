package ask

import (
	"context"
	"slices"

	"signpost/store"
	"signpost/store/audit"
)

// AuthenticationUsage is the part about how people prove who they are.
var AuthenticationUsage = &Insight{
	Name: authenticationName, Tab: "usage", TabTitle: "Usage", Title: authenticationTitle,
	Question: "With which methods people prove who they are, how often they are asked and why, and what they reset.",
	Needs:    "Sign-ins of users. The audit log adds resets and unlocks, the report of registration details the users without a strong method.",
	Logs:     append(slices.Clone(userLogs), audit.Directory),
	Numbers: []*Number{
		NumberMFAShare, NumberPasswordlessShare, NumberResistantShare, NumberPrompts, NumberPrompted, NumberPromptsEach, NumberResets, NumberChanges, NumberUnlocks,
	},
	Telling: NumberMFAShare, Tell: tellUsage,
	Summary: summariseUsage,
	Lists: []*InsightList{
		{
			Title: "By method", One: "method", Many: "methods", Words: true, Compares: true,
			Definition: "Methods of steps in interactive sign-ins. Steps that a claim satisfied are left out, and so are steps that name no method.",
			Columns:    []*Number{NumberMethod, NumberMethodSignIns, NumberMethodSucceeded, NumberMethodFailed, NumberMethodRate, NumberUsers, NumberLast},
			Sort:       NumberMethodSignIns, Ask: listMethods,
		},
		{
			Name: "claims", Title: "By claim", One: "requirement", Many: "requirements", Words: true, Compares: true,
			Definition: "What the steps of sign-ins were asked for, and how often a claim of a token satisfied that. Steps that name no requirement are left out.",
			Columns: []*Number{
				NumberRequirement, NumberStepsInteractive, NumberClaimsInteractive, NumberClaimShareInteractive, NumberStepsOther, NumberClaimsOther, NumberClaimShareOther,
				NumberStepSignIns, NumberStepSignInsOther,
			},
			Sort: NumberStepsInteractive, Ask: listClaims,
		},
		{
			Name: "prompts", Title: "Prompts by reason", One: "reason", Many: "reasons", Words: true, Compares: true,
			Definition: "Session lifetime policies of the sign-ins in which users had to prove something. One with several policies counts for each.",
			Columns:    []*Number{NumberPromptReason, NumberPrompts, NumberPromptShare, NumberPrompted, NumberPromptsEach, NumberLast},
			Sort:       NumberPrompts, Ask: listPrompts,
		},
		{
			Name: "prompted", Title: "Prompts by user", One: "user", Many: "users", Object: store.ObjectUser,
			Definition: "Users who had to prove something in an interactive sign-in.",
			Columns:    []*Number{NumberUser, NumberPrompts, NumberSucceeded, NumberFailed, NumberStopped, NumberTopReason, NumberFirst, NumberLast},
			Sort:       NumberPrompts, Ask: listPrompted,
		},
		weakUsers,
		{
			Name: "resets", Title: "Resets and unlocks", One: "activity", Many: "activities", Words: true, Compares: true,
			Definition: "Password resets, password changes and unlocks of accounts in the audit log.",
			Columns:    []*Number{NumberActivity, NumberDone, NumberNotDone, NumberTrendOfRecords, NumberFirstRecord, NumberLastRecord},
			Sort:       NumberDone, Ask: listResets,
		},
		{
			Name: "days", Title: "By day", One: "day", Many: "days", Words: true,
			Definition: "The successful interactive sign-ins of each day, in your time zone.",
			Columns:    []*Number{NumberDay, NumberSucceeded, NumberSingleFactor, NumberMultifactor, NumberMFAShare},
			Sort:       NumberDay, Ask: listUsageDays, Graph: graphUsageDay, Resource: "userMfaSignInSummary",
		},
	},
}

// The numbers above the lists.
var (
	NumberMFAShare = &Number{
		Name: "mfashare", Label: "MFA share", Unit: InPercent,
		Definition: "Successful interactive sign-ins with the authentication requirement multifactor authentication, divided by all successful ones. Sign-ins through AD FS count too.",
	}
	NumberPasswordlessShare = &Number{
		Name: "passwordlessshare", Label: "Passwordless", Unit: InPercent,
		Definition: "Successful interactive sign-ins with a succeeded primary step by FIDO2 key, passkey, Windows Hello for Business, certificate or phone sign-in, divided by those with a primary step that no claim satisfied.",
	}
	NumberResistantShare = &Number{
		Name: "resistantshare", Label: "Phishing-resistant", Unit: InPercent,
		Definition: "The same as passwordless, without phone sign-in.",
	}
	NumberPrompts = &Number{
		Name: "prompts", Label: "Prompts", Unit: InCount,
		Definition: "Interactive sign-ins with a step that no claim satisfied, whatever became of them: the user had to prove something. One with several steps counts once.",
	}
	NumberPrompted    = &Number{Name: "prompted", Label: "Prompted users", Unit: InCount, Definition: "Different users of these sign-ins, by their IDs."}
	NumberPromptsEach = &Number{Name: "promptseach", Label: "Prompts per user", Unit: InRatio, Definition: "Prompts, divided by prompted users."}
	NumberResets      = &Number{Name: "resets", Label: "Password resets", Unit: InCount, Definition: "Successful audit records of the activities Reset password (self-service) and Reset password (by admin). A filter by group or department is about who acted."}
	NumberChanges     = &Number{Name: "changes", Label: "Password changes", Unit: InCount, Definition: "Successful audit records of the activity Change password (self-service)."}
	NumberUnlocks     = &Number{Name: "unlocks", Label: "Unlocked accounts", Unit: InCount, Definition: "Successful audit records of the activity Unlock user account (self-service)."}
)

// usageSignIns are the sign-ins of a log that the report is about.
func usageSignIns(q *InsightQuery, log store.Log, in store.Range) store.ListQuery {
	return store.ListQuery{Log: log, Range: in, Filter: q.Filter}
}

// proven narrows a list to the sign-ins with a step that no claim satisfied, by the field methodsource. All conditions about
// methods are about the same step.
func proven(list store.ListQuery) store.ListQuery {
	return *narrowed(list, store.MethodSourceField, store.StepByProof)
}

// primary narrows a list to the sign-ins with such a step that was the first one.
func primary(list store.ListQuery) store.ListQuery {
	return *narrowed(list, store.MethodStepField, store.PrimaryStep)
}

// methodName is a method by its name, or by the beginning of its names in words.
type methodName struct {
	op   store.Operator
	name string
}

// resistantMethods cannot be phished, phoneMethods need no password either. Records spell a method in several ways.
var (
	resistantMethods = []methodName{
		{store.OpStarts, "FIDO"},
		{store.OpStarts, "Passkey"},
		{store.OpStarts, "Windows Hello"},
		{store.OpStarts, "X.509"},
		{store.OpStarts, "Certificate"},
		{store.OpIs, "windowsHelloForBusiness"},
		{store.OpIs, "WHfB"},
		{store.OpIs, "x509Certificate"},
	}
	phoneMethods = []methodName{
		{store.OpStarts, "Passwordless phone sign-in"}, {store.OpStarts, "Phone sign-in"}, {store.OpIs, "microsoftAuthenticatorPasswordless"},
	}
)

// byMethods narrows a list to the sign-ins with a succeeded step by one of some methods.
func byMethods(list store.ListQuery, methods ...methodName) store.ListQuery {
	for _, m := range methods {
		list.Filter = list.Filter.With(store.MethodField, m.op, m.name)
	}
	return succeededStep(list)
}

func succeededStep(list store.ListQuery) store.ListQuery {
	return *narrowed(list, store.MethodResultField, "yes")
}

// withMFA narrows a list to the sign-ins that required multifactor authentication.
func withMFA(list store.ListQuery) store.ListQuery {
	return *narrowed(list, store.RequirementField, "multiFactorAuthentication")
}

// usageNumbers are the headline numbers of a range.
type usageNumbers struct {
	successes, mfa, primary, passwordless, resistant, prompts store.Total

	prompted int64
	resets   map[string]*resetCounts
	complete bool
}

func (u *usageNumbers) cells(q *InsightQuery, in store.Range) []Cell {
	list := usageSignIns(q, store.Interactive, in)
	done := *ofStatus(list, store.StatusSuccess)
	share := func(n, of store.Total, records store.ListQuery) Cell {
		return Cell{N: n.N, Of: of.N, Records: &records}
	}
	prompts := proven(list)
	cells := []Cell{
		share(u.mfa, u.successes, withMFA(done)),
		share(u.passwordless, u.primary, byMethods(primary(proven(done)), append(slices.Clone(resistantMethods), phoneMethods...)...)),
		share(u.resistant, u.primary, byMethods(primary(proven(done)), resistantMethods...)),
		CountCell(u.prompts.N, &prompts), CountCell(u.prompted, nil),
		{N: u.prompts.N, Of: u.prompted},
	}
	for _, activities := range [][]string{{resetBySelf, resetByAdmin}, {changeBySelf}, {unlockBySelf}} {
		var sum int64
		for _, activity := range activities {
			if of := u.resets[activity]; of != nil {
				sum += of.ByStatus[auditSuccess]
			}
		}
		records := auditDone(auditActivities(q, in, activities...))
		cells = append(cells, CountCell(sum, &records))
	}
	return cells
}

// askUsage counts what the headline numbers of a range are made of.
func askUsage(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (*usageNumbers, error) {
	u := &usageNumbers{}
	list := usageSignIns(q, store.Interactive, in)
	done := *ofStatus(list, store.StatusSuccess)
	total := func(into *store.Total, of store.ListQuery) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			*into, err = r.Total(ctx, of)
			return err
		}
	}
	first := primary(proven(done))
	err := Together(ctx,
		total(&u.successes, done), total(&u.mfa, withMFA(done)), total(&u.primary, first),
		total(&u.passwordless, byMethods(first, append(slices.Clone(resistantMethods), phoneMethods...)...)),
		total(&u.resistant, byMethods(first, resistantMethods...)), total(&u.prompts, proven(list)),
		func(ctx context.Context) (err error) {
			u.prompted, err = distinctUsers(ctx, r, proven(list))
			return err
		},
		func(ctx context.Context) (err error) {
			u.resets, u.complete, err = resetsByActivity(ctx, r, q, in, nil)
			return err
		},
	)
	for _, t := range []store.Total{u.successes, u.mfa, u.primary, u.passwordless, u.resistant, u.prompts} {
		u.complete = u.complete && t.Complete
	}
	return u, err
}

// distinctUsers counts the different users of some sign-ins.
func distinctUsers(ctx context.Context, r Reader, list store.ListQuery) (int64, error) {
	facets, err := r.Facets(ctx, store.FacetsQuery{ListQuery: list, Fields: []*store.Field{store.UserField}, Top: 1})
	if err != nil {
		return 0, err
	}
	return facets[0].Distinct, nil
}

// tellUsage gives the share of MFA.
func tellUsage(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	done := *ofStatus(usageSignIns(q, store.Interactive, q.Range), store.StatusSuccess)
	var all, mfa store.Total
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			all, err = r.Total(ctx, done)
			return err
		},
		func(ctx context.Context) (err error) {
			mfa, err = r.Total(ctx, withMFA(done))
			return err
		},
	)
	return Cell{N: mfa.N, Of: all.N}, err
}

// summariseUsage asks for the numbers, now and before, and for the picture: the most used methods.
func summariseUsage(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	s := &InsightSummary{}
	var complete [3]bool
	numbers := func(cells *[]Cell, complete *bool, in store.Range) func(context.Context) error {
		return func(ctx context.Context) error {
			u, err := askUsage(ctx, r, q, in)
			if err == nil {
				*cells, *complete = u.cells(q, in), u.complete
			}
			return err
		}
	}
	err := Together(ctx,
		numbers(&s.Metrics, &complete[0], q.Range), numbers(&s.Before, &complete[1], q.Before()),
		func(ctx context.Context) (err error) {
			s.Bars, complete[2], err = methodBars(ctx, r, q)
			return err
		},
	)
	s.Complete = complete[0] && complete[1] && complete[2]
	return s, err
}

// barsShown is how many methods the picture has.
const barsShown = 12

// methodBars are the methods with the most sign-ins, as their list has them.
func methodBars(ctx context.Context, r Reader, q *InsightQuery) (bars []InsightBar, complete bool, err error) {
	rows, complete, err := methodsOf(ctx, r, q, q.Range)
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(rows, func(a, b methodRow) int { return int(b.all - a.all) })
	for _, m := range rows[:min(barsShown, len(rows))] {
		bars = append(bars, InsightBar{Label: m.words(), N: m.all, Records: m.records(q, q.Range)})
	}
	return bars, complete, nil
}
