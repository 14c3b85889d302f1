package views

import (
	"encoding/json"

	"signpost/store"
)

func (p DetailsPage) additional(s *Section) {
	r := p.signIn()
	details := DataTable{Caption: "Processing details", Head: []string{"Key", "Value"}, Empty: "The record has no processing details."}
	for _, kv := range r.AuthenticationProcessingDetails {
		details.Rows = append(details.Rows, []string{OrEmpty(kv.Key), OrEmpty(kv.Value)})
	}
	s.Tables = []DataTable{details}
	if len(p.Unknown) > 0 {
		s.Tables = append(s.Tables, keyValueTable("Fields this version of Signpost does not know", p.Unknown))
	}
	if len(p.Envelope) > 0 {
		s.Tables = append(s.Tables, keyValueTable("Envelope of the record", p.Envelope))
	}
	s.Groups = []FactGroup{{Facts: []Fact{{Label: "Sign-in event types", Value: listText(r.SignInEventTypes)}}}}
	risk := FactGroup{Title: "Risk", Facts: []Fact{
		p.worded(store.RiskState), p.worded(store.RiskLevelDuringSignIn), p.worded(store.RiskLevelAggregated),
		p.worded(store.RiskDetail),
		p.narrowed(Fact{Label: "Risk detections", Value: listText(r.RiskEventTypes)}, store.RiskEventSet),
	}}
	for i, f := range risk.Facts {
		if f.Value == "hidden" {
			risk.Facts[i].Note = riskHiddenNote
		}
	}
	s.Groups = append(s.Groups, risk)
	s.Texts = jsonBlocks(keptDocuments(r)[3:])
}

func keyValueTable(caption string, list []store.KeyValue) DataTable {
	t := DataTable{Caption: caption, Head: []string{"Name", "Value"}}
	for _, kv := range list {
		t.Rows = append(t.Rows, []string{kv.Key, kv.Value})
	}
	return t
}

type namedJSON struct {
	title string
	doc   json.RawMessage
}

// keptDocuments are the parts of a record that are kept as they came: those of the authentication, then the others.
func keptDocuments(s *store.SignIn) []namedJSON {
	return []namedJSON{
		{"Authenticator app", s.AuthenticationAppDeviceDetails},
		{"Authenticator policies", s.AuthenticationAppPolicyEvaluationList},
		{"Authentication event listeners", s.AppliedEventListeners},
		{"Private Link", s.PrivateLinkDetails},
	}
}

// jsonBlocks shows what the record has of parts that are kept as they came.
func jsonBlocks(list []namedJSON) []TextBlock {
	var blocks []TextBlock
	for _, n := range list {
		if len(n.doc) > 0 && string(n.doc) != "null" {
			blocks = append(blocks, TextBlock{Title: n.title, Text: JSON(n.doc), Open: true})
		}
	}
	return blocks
}
