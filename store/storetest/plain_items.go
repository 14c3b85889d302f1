package storetest

import "signpost/store"

// itemValues gives the values of a list's field that a row counts for: those of the items that pass all conditions
// on the list. empty tells whether the row counts as one without a value. With conditions on an item, such an item
// must have no value; otherwise the row must pass and no item have one.
func itemValues(s store.Entry, field *store.Field, filter store.Filter) (values map[string]string, empty bool) {
	list := field.List()
	clause := filter.ListClause(list)
	var asked store.Filter
	for _, c := range clause.Conditions {
		for _, value := range c.Values {
			asked = asked.With(c.Field, c.Op, value)
		}
	}
	values = map[string]string{}
	oneItem := clause.OneItem()
	for _, item := range items(list, s.(*store.SignIn)) {
		if asked.Match(&item) {
			addValues(values, field, &item)
			empty = empty || oneItem && field.IsEmptyIn(&item)
		}
	}
	return values, empty || !oneItem && asked.Match(s) && field.IsEmptyIn(s)
}

// items gives each item of a list as a sign-in that has nothing else.
func items(l *store.List, s *store.SignIn) []store.SignIn {
	var alone []store.SignIn
	unread := func(collections ...store.Collection) {
		for _, c := range collections {
			if s.CollectionState(c) == store.CollectionUnread {
				item := store.SignIn{}
				item.Collections.Note(c, store.CollectionUnread)
				alone = append(alone, item)
				return
			}
		}
	}
	switch l {
	case store.Policies:
		for _, p := range s.AppliedConditionalAccessPolicies {
			alone = append(alone, store.SignIn{AppliedConditionalAccessPolicies: []store.AppliedPolicy{p}})
		}
		unread(store.CollectionPolicies)
	case store.Methods:
		for _, step := range s.AuthenticationDetails {
			alone = append(alone, store.SignIn{AuthenticationDetails: []store.AuthenticationStep{step}})
		}
		for _, method := range s.AuthenticationMethodsUsed {
			alone = append(alone, store.SignIn{AuthenticationMethodsUsed: []string{method}})
		}
		if s.MFAAuthMethod != "" {
			alone = append(alone, store.SignIn{MFAAuthMethod: s.MFAAuthMethod})
		}
		unread(store.CollectionMethodsUsed, store.CollectionAuthenticationDetails)
	case store.Networks:
		for _, n := range s.NetworkLocationDetails {
			alone = append(alone, store.SignIn{NetworkLocationDetails: []store.NetworkLocation{n}})
		}
		unread(store.CollectionNetworks)
	}
	return alone
}
