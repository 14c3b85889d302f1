package demo

import "strconv"

// policy is a Conditional Access policy of the tenant, with one prebuilt object for each possible result.
type policy struct {
	name    string
	results [resultCount]string
}

// result is the result of a policy at a sign-in.
type result uint8

const (
	notApplied result = iota
	notEnabled
	passed
	failed
	reportNotApplied
	reportSuccess
	reportFailure
	reportInterrupted
	resultCount
)

var resultNames = [resultCount]string{
	"notApplied", "notEnabled", "success", "failure", "reportOnlyNotApplied", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted",
}

// The policies in the order of a record's list.
const (
	policyMFA = iota
	policyLegacy
	policyFinance
	policyWarehouse
	policyRisk
	policyTerms
	policyCount
)

// quietPolicy marks policies that a refresh lists only with a result.
var quietPolicy = [policyCount]bool{policyLegacy: true, policyFinance: true, policyRisk: true}

// Bits of conditionsSatisfied and conditionsNotSatisfied in Azure Monitor, in the order of Graph's words.
const (
	bitApplication = 1
	bitUsers       = 2
	bitClientType  = 16
	bitSignInRisk  = 32
)

func makePolicies() []policy {
	list := make([]policy, policyCount)
	define := func(i int, name, grants, session string, missing int) {
		p := policy{name: name}
		for r := range p.results {
			satisfied, unsatisfied := bitApplication|bitUsers, missing
			switch result(r) {
			case notEnabled:
				satisfied, unsatisfied = 0, 0
			case notApplied, reportNotApplied:
				satisfied &^= missing
			default:
				satisfied, unsatisfied = bitApplication|bitUsers|missing, 0
			}
			p.results[r] = `{"id":"` + guidOf(mix(idPolicy, uint64(i))).String() + `","displayName":` + quoted(name) +
				`,"enforcedGrantControls":[` + grants + `],"enforcedSessionControls":[` + session + `],"result":"` + resultNames[r] +
				`","conditionsSatisfied":` + strconv.Itoa(satisfied) + `,"conditionsNotSatisfied":` + strconv.Itoa(unsatisfied) + `}`
		}
		list[i] = p
	}
	define(policyMFA, "CA001 Everyone: multifactor authentication", `"Mfa"`, ``, bitUsers)
	define(policyLegacy, "CA002 Block legacy authentication", `"Block"`, ``, bitClientType)
	define(policyFinance, "CA003 Finance: compliant device", `"RequireCompliantDevice"`, ``, bitApplication)
	define(policyWarehouse, "CA010 Warehouse: compliant terminals (pilot)", `"RequireCompliantDevice"`, ``, bitUsers)
	define(policyRisk, "CA020 Risky sign-ins (pilot)", `"Mfa"`, `"SignInFrequency"`, bitSignInRisk)
	define(policyTerms, "CA090 Terms of use 2021", ``, ``, 0)
	return list
}
