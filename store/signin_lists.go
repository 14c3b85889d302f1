package store

import "strconv"

// listOf is a list of sign-ins, and the collections that its items come from.
func listOf(one string, parts int, each func(s *SignIn, m *Item, take func()), from ...Collection) *List {
	return NewList(one, parts, func(s *SignIn, m *Item, take func()) bool {
		each(s, m, take)
		return s.isAnyUnread(from)
	})
}

func countingItems(l *List) *List {
	l.CountsItems = true
	return l
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
	methodSource        // what satisfied the step: a claim or proof; none for a method that is only named
	methodStep          // what the step was asked for
	methodRepeat        // numbers equal items of one sign-in from the second on, so that each step is an item
)

const (
	networkName = iota // names of the locations
	networkType        // their type
)

// The lists.
var (
	Policies = listOf("policy", 3, eachPolicy, CollectionPolicies)
	Methods  = countingItems(listOf("step", 5, eachMethod, CollectionMethodsUsed, CollectionAuthenticationDetails))
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
	item := func(method, result, source, step string, before int) {
		m[methodName] = append(m[methodName][:0], method)
		m[methodResult] = append(m[methodResult][:0], result)
		m[methodSource] = append(m[methodSource][:0], source)
		m[methodStep] = append(m[methodStep][:0], step)
		if m[methodRepeat] = m[methodRepeat][:0]; before > 0 {
			m[methodRepeat] = append(m[methodRepeat], strconv.Itoa(before+1))
		}
		take()
	}
	for i, method := range s.AuthenticationMethodsUsed {
		item(method, "", "", "", countOf(s.AuthenticationMethodsUsed[:i], method))
	}
	for i := range s.AuthenticationDetails {
		step, before := &s.AuthenticationDetails[i], 0
		for j := range i {
			if step.sameItem(&s.AuthenticationDetails[j]) {
				before++
			}
		}
		item(step.Method, boolWord(step.Succeeded), step.Source(), step.canonicalRequirement(), before)
	}
	if s.MFAAuthMethod != "" {
		item(s.MFAAuthMethod, "", "", "", countOf(s.AuthenticationMethodsUsed, s.MFAAuthMethod))
	}
}

func countOf(texts []string, text string) (n int) {
	for _, other := range texts {
		if other == text {
			n++
		}
	}
	return n
}

func eachNetwork(s *SignIn, m *Item, take func()) {
	for i := range s.NetworkLocationDetails {
		n := &s.NetworkLocationDetails[i]
		m[networkName] = append(m[networkName][:0], n.Names...)
		m[networkType] = append(m[networkType][:0], n.Type)
		take()
	}
}
