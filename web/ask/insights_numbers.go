package ask

// These are the numbers of more than one report. The time of each is the range of the page, unless its definition says another.
var (
	NumberApplication = &Number{Name: "name", Label: "Application", Unit: InText}
	NumberSignIns     = &Number{
		Name: "signins", Label: "Sign-ins", Unit: InCount,
		Definition: "Interactive sign-ins, whatever became of them. One with multifactor authentication counts once, with its last state. Sign-ins through AD FS are left out: they have a report of their own.",
	}
	NumberSucceeded = &Number{Name: "succeeded", Label: "Successful", Unit: InCount, Definition: "Sign-ins with the status Success."}
	NumberFailed    = &Number{Name: "failed", Label: "Failed", Unit: InCount, Definition: "Sign-ins with the status Failure. An interrupted one is none."}
	NumberStopped   = &Number{
		Name: "interrupted", Label: "Interrupted", Unit: InCount,
		Definition: "Sign-ins with the status Interrupted: they stopped for something that the user had to do. They are neither successes nor failures.",
	}
	NumberFailureRate = &Number{
		Name: "failurerate", Label: "Failure rate", Unit: InPercent,
		Definition: "Failed sign-ins, divided by successful and failed ones. Interrupted ones do not count. It is - where there are neither successes nor failures.",
	}
	NumberUsers    = &Number{Name: "users", Label: "Users", Unit: InCount, Definition: "Different users of the sign-ins, by their IDs."}
	NumberTrend    = &Number{Name: "trend", Label: "Trend", Unit: InTrend, Unsorted: true, Definition: "Sign-ins over the range: each bar is relative to the highest of its row."}
	NumberTopError = &Number{Name: "toperror", Label: "Top error", Unit: InText, Unsorted: true, Definition: "The error code with the most failed sign-ins, with their number. Of equal ones it is the first."}
	NumberFirst    = &Number{Name: "first", Label: "First", Unit: InTime, Definition: "The first of the sign-ins that the row counts."}
	NumberLast     = &Number{Name: "last", Label: "Last", Unit: InTime, Definition: "The last of the sign-ins that the row counts."}
)
