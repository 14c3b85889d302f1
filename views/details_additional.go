package views

import (
	"encoding/json"

	"signpost/store"
)

func (p DetailsPage) additional(s *Section) {
	r := p.signIn()
	details := DataTable{Caption: "Processing details", Head: []string{"Key", "Value"}, Empty: p.without(store.CollectionProcessingDetails, "processing details", "The record has no processing details.")}
	for _, kv := range r.AuthenticationProcessingDetails {
		details.Rows = append(details.Rows, []string{OrEmpty(kv.Key), OrEmpty(kv.Value)})
	}
	s.Tables = append([]DataTable{details}, p.unreadTables()...)
	s.Notes = p.partly(store.CollectionProcessingDetails, "processing details")
	s.Groups = []FactGroup{{Facts: []Fact{p.ofCollection(Fact{Label: "Sign-in event types", Value: listText(wordsOf(store.EventTypes, r.SignInEventTypes))}, store.CollectionEventTypes)}}}
	risk := FactGroup{Title: "Risk", Facts: []Fact{
		p.fact(store.RiskState), p.fact(store.RiskLevelDuringSignIn), p.fact(store.RiskLevelAggregated),
		p.fact(store.RiskDetail),
		p.narrowed(p.ofCollection(Fact{Label: "Risk detections", Value: listText(wordsOf(store.RiskDetections, r.RiskEventTypes))}, store.CollectionRiskEventTypes), store.RiskEventSet),
	}}
	for i, f := range risk.Facts {
		if f.Value == store.RiskLevels.Words(store.RiskHidden) {
			risk.Facts[i].Note = riskHiddenNote
		}
	}
	s.Groups = append(s.Groups, risk)
	s.Texts = jsonBlocks(keptDocuments(r)[3:])
	s.Notes = append(s.Notes, p.unreadDocuments(keptDocuments(r)[3:])...)
}

// unreadTables list the keys of the record that no field is read from.
func (p DetailsPage) unreadTables() (tables []DataTable) {
	if len(p.Unknown) > 0 {
		tables = append(tables, keyValueTable("Fields this version of Signpost does not know", p.Unknown))
	}
	if len(p.Envelope) > 0 {
		tables = append(tables, keyValueTable("Envelope of the record", p.Envelope))
	}
	return tables
}

func keyValueTable(caption string, list []store.KeyValue) DataTable {
	t := DataTable{Caption: caption, Head: []string{"Name", "Value"}}
	for _, kv := range list {
		t.Rows = append(t.Rows, []string{kv.Key, kv.Value})
	}
	return t
}

type namedJSON struct {
	title      string
	collection store.Collection
	doc        json.RawMessage
}

// unreadDocuments names the JSON parts of the record with an unreadable shape.
func (p DetailsPage) unreadDocuments(list []namedJSON) (notes []string) {
	for _, n := range list {
		if p.signIn().CollectionState(n.collection) == store.CollectionUnread {
			notes = append(notes, n.title+": "+notRead+".")
		}
	}
	return notes
}

// keptDocuments are the parts of a record that are stored as received: those of the authentication first, then the
// others.
func keptDocuments(s *store.SignIn) []namedJSON {
	return []namedJSON{
		{"Authenticator app", store.CollectionAppDeviceDetails, s.AuthenticationAppDeviceDetails},
		{"Authenticator policies", store.CollectionAppPolicyEvaluations, s.AuthenticationAppPolicyEvaluationList},
		{"Authentication event listeners", store.CollectionEventListeners, s.AppliedEventListeners},
		{"Private Link", store.CollectionPrivateLinkDetails, s.PrivateLinkDetails},
	}
}

// jsonBlocks shows the stored JSON parts that the record has.
func jsonBlocks(list []namedJSON) []TextBlock {
	var blocks []TextBlock
	for _, n := range list {
		if len(n.doc) > 0 && string(n.doc) != "null" {
			blocks = append(blocks, TextBlock{Title: n.title, Text: JSON(n.doc), Open: true})
		}
	}
	return blocks
}
