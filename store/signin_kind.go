package store

// SignIns is the kind of sign-ins.
var SignIns = NewKind(Kind{
	One: "sign-in", Many: "sign-ins",
	Logs:       signInLogs,
	Properties: signInProperties,
	Lists:      []*List{Policies, Methods, Networks},
	Named:      signInFields,
	Columns:    []*Property{Location},
	Searched:   signInSearched,
	Statuses:   signInStatuses,
	Status:     func(e Entry) Status { return e.(*SignIn).Status() },
	New:        func() Entry { return &SignIn{} },
	Owners:     []*Property{UserID, ServicePrincipalID},
	Update:     func(merged, newer Entry) { merged.(*SignIn).update(newer.(*SignIn)) },
	Filled:     func(e Entry) int { return e.(*SignIn).filledLists() },
	Withhold:   func(e Entry, hidden Classes) { e.(*SignIn).withhold(hidden) },
	Redact:     redactSignIn,
	Derivation: 4, Codes: CodeListVersion(),
})
