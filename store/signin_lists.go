package store

// listOf is a list of sign-ins, and the collections that its items come from.
func listOf(one string, parts int, each func(s *SignIn, m *Item, take func()), from ...Collection) *List {
	return NewList(one, parts, func(s *SignIn, m *Item, take func()) bool {
		each(s, m, take)
		return s.isAnyUnread(from)
	})
}

// The parts of items, as Property.Part has them.
const (
	policyName    = iota // ID and display name
	policyResult         // what came of it
	policyControl        // grant controls; an authentication strength is one
)

const (
	methodName   = iota // authentication method
	methodResult        // whether the step succeeded: yes, no, or no value
)

const (
	networkName = iota // names of the locations
	networkType        // their type
)

// The lists.
var (
	Policies = listOf("policy", 3, eachPolicy, CollectionPolicies)
	Methods  = listOf("step", 2, eachMethod, CollectionMethodsUsed, CollectionAuthenticationDetails)
	Networks = listOf("location", 2, eachNetwork, CollectionNetworks)
)

func eachPolicy(s *SignIn, m *Item, take func()) {
	for i := range s.AppliedConditionalAccessPolicies {
		p := &s.AppliedConditionalAccessPolicies[i]
		m[policyName] = append(m[policyName][:0], p.ID, p.DisplayName)
		m[policyResult] = append(m[policyResult][:0], p.Result)
		m[policyControl] = append(append(m[policyControl][:0], p.GrantControls...), p.AuthenticationStrength)
		take()
	}
}

// eachMethod gives the steps of the authentication, and the methods that are only named: those have no result.
func eachMethod(s *SignIn, m *Item, take func()) {
	item := func(method, result string) {
		m[methodName] = append(m[methodName][:0], method)
		m[methodResult] = append(m[methodResult][:0], result)
		take()
	}
	for _, method := range s.AuthenticationMethodsUsed {
		item(method, "")
	}
	for i := range s.AuthenticationDetails {
		item(s.AuthenticationDetails[i].Method, boolWord(s.AuthenticationDetails[i].Succeeded))
	}
	if s.MFAAuthMethod != "" {
		item(s.MFAAuthMethod, "")
	}
}

func eachNetwork(s *SignIn, m *Item, take func()) {
	for i := range s.NetworkLocationDetails {
		n := &s.NetworkLocationDetails[i]
		m[networkName] = append(m[networkName][:0], n.Names...)
		m[networkType] = append(m[networkType][:0], n.Type)
		take()
	}
}
