package diagnostic

import (
	"signpost/store"
)

// remarks are told with whatever scenario holds. Each that holds is told.
var remarks = []*Scenario{
	{
		ID: "later-success", Title: "It worked later", Happened: "The person signed in to the same application after this, so the cause may be gone.",
		holds: func(c *Case) bool { return c.Later != nil && !succeeded(c) },
		why:   func(c *Case) []Reason { return []Reason{{Later: c.Later}} },
	},
	{
		ID: "report-only", Title: "Report-only policies are not the cause", Happened: "They would have blocked the sign-in or asked for something. A report-only policy only writes down what it would do.",
		holds: func(c *Case) bool { return len(reportOnly(c)) > 0 }, why: reportOnly,
	},
	{
		ID: "session-lifetime", Title: "A session lifetime policy asked for proof again", Happened: "The person had a session, and was asked because of its age. That explains prompts, and no failure by itself.",
		holds: func(c *Case) bool { return len(c.SignIn.SessionLifetimePolicies) > 0 && !c.has(70043, 70044, 70046) },
		why:   reasons(lifetimes, asked),
	},
	{
		ID: "decision-withheld", Title: "An access policy decided", Happened: "Which policy it was is not shown to your roles.",
		holds: func(c *Case) bool {
			return c.Withheld && c.isOf("device") && c.has(53000, 53001, 53002, 530002, 530003)
		},
	},
	{
		ID: "risk", Title: "The sign-in was risky", Happened: "Entra saw signs that somebody else signs in. Look at them before you help the person in.",
		holds: func(c *Case) bool {
			if info, _ := store.SignIns.Log(c.SignIn.Log); !info.User {
				return false // sign-ins of service principals have the level low throughout, which tells nothing
			}
			words := store.RiskLevels.Words(c.SignIn.RiskLevelDuringSignIn)
			return words == store.RiskLevels.Words("low") || words == store.RiskLevels.Words("medium") || words == store.RiskLevels.Words("high")
		},
		why: values(store.RiskLevelDuringSignIn, store.RiskState, store.RiskEventSet),
	},
	{
		ID: "flagged", Title: "The person flagged the sign-in for review", Happened: "On the error page the person asked for help with it.",
		holds: func(c *Case) bool { return c.SignIn.FlaggedForReview == store.True },
	},
	{
		ID: "background", Title: "A program asked for the token in the background", Happened: "The person may have noticed nothing. The program asks for a sign-in if it needs one.",
		holds: func(c *Case) bool { return c.SignIn.Log == store.NonInteractive && !succeeded(c) },
	},
}

func reportOnly(c *Case) (list []Reason) {
	for i := range c.SignIn.AppliedConditionalAccessPolicies {
		p := &c.SignIn.AppliedConditionalAccessPolicies[i]
		if p.IsReportOnly() && (is(p, "reportOnlyFailure") || is(p, "reportOnlyInterrupted")) {
			list = append(list, Reason{Policy: p})
		}
	}
	return list
}

func is(p *store.AppliedPolicy, result string) bool {
	return store.PolicyResults.Words(p.Result) == store.PolicyResults.Words(result)
}
