package storetest

import (
	"slices"

	"signpost/store"
)

// itemValues gives the values of a list's field that a row counts for: those of the items that pass all conditions
// on the list. empty tells whether the row counts as one without a value. With conditions on an item, such an item
// must have no value; otherwise the row must pass and no item have one.
func itemValues(s store.Entry, field *store.Field, filter store.Filter) (values map[string]string, empty bool) {
	list := field.List()
	asked := askedOf(list, filter)
	values = map[string]string{}
	oneItem := filter.ListClause(list).OneItem()
	for _, item := range itemsThatCount(s, list, filter) {
		for _, text := range item.texts(field) {
			addValue(values, text)
		}
		empty = empty || oneItem && item.isEmptyIn(field)
	}
	return values, empty || !oneItem && asked.Match(s) && field.IsEmptyIn(s)
}

// askedOf gives the conditions of a filter that are about a list.
func askedOf(list *store.List, filter store.Filter) (asked store.Filter) {
	for _, c := range filter.ListClause(list).Conditions {
		for _, value := range c.Values {
			asked = asked.With(c.Field, c.Op, value)
		}
	}
	return asked
}

// itemsThatCount gives the items of a record's list that pass all conditions on the list.
func itemsThatCount(s store.Entry, list *store.List, filter store.Filter) (counts []item) {
	asked := askedOf(list, filter)
	for _, item := range alone(list, s) {
		if item.passes(asked) {
			counts = append(counts, item)
		}
	}
	return counts
}

// item is one item of a record's list: a sign-in that has nothing else, or what a list of another kind gives.
type item struct {
	signIn *store.SignIn
	list   *store.List
	of     store.Item
}

// alone gives the items of a record's list.
func alone(list *store.List, e store.Entry) (alone []item) {
	if s, ok := e.(*store.SignIn); ok {
		for _, one := range items(list, s) {
			alone = append(alone, item{signIn: &one})
		}
		return alone
	}
	for _, text := range store.SplitText(string(list.AppendText(nil, e))) {
		alone = append(alone, item{list: list, of: list.Item(text)})
	}
	return alone
}

// passes says whether the item passes conditions on its list.
func (i item) passes(asked store.Filter) bool {
	if i.signIn != nil {
		return asked.Match(i.signIn)
	}
	return asked.ListClause(i.list).Matcher()(&i.of)
}

// texts gives the values that the item has of a field.
func (i item) texts(field *store.Field) (texts []string) {
	if i.signIn != nil {
		return field.EventValues(i.signIn)
	}
	for _, text := range i.of[field.Properties[0].Part] {
		texts = append(texts, field.ValuesOf(text)...)
	}
	return texts
}

// isEmptyIn says that the item has nothing of a field.
func (i item) isEmptyIn(field *store.Field) bool {
	if i.signIn != nil {
		return field.IsEmptyIn(i.signIn)
	}
	return !slices.ContainsFunc(i.of[field.Properties[0].Part], func(text string) bool { return text != "" })
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
