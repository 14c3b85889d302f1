package importer

import (
	"cmp"
	"strings"

	"signpost/store"
)

// Records of risky users, service principals and agents are states: see store.Risky. They come as rows of Graph and Log Analytics, in the
// envelope of Azure Monitor, and as CSV files of PowerShell. An item of the history is such a record too, with the ID of the object in
// another member and the change's cause.

// keptRisk is the shape of risky objects.
func keptRisk(name string, says []string, keys [][]string, kind store.StateKind) *shape {
	return &shape{name: name, says: says, keys: keys, state: &stateShape{kind: kind, row: readRisky(kind)}, read: (*stream).risky}
}

// risky takes a record of a risky object.
func (s *stream) risky(doc []byte, v verdict, line int64) error {
	s.tally.formats[v.format]++
	if s.decoder.isEnveloped() {
		s.decoder.passProperties()
		if len(s.decoder.properties) == 0 {
			s.reject(s.records, line, "the record has no properties.")
			return nil
		}
		doc = s.decoder.properties[0]
	}
	r := stateReader{d: s.decoder}
	row, reason := v.shape.state.row(&r, doc)
	if reason == "" {
		reason = s.openDate()
	}
	if reason != "" {
		s.reject(s.records, line, reason)
		return nil
	}
	s.tally.noteState(v.shape.name, &r)
	d := &s.directory
	d.batch.States = append(d.batch.States, row)
	d.states = append(d.states, place{record: s.records, line: line})
	if len(d.batch.States) >= directoryBatch {
		return s.flushDirectory()
	}
	return nil
}

// readRisky reads a record of one kind of risky objects.
func readRisky(kind store.StateKind) func(r *stateReader, doc []byte) (store.StateRow, string) {
	return func(r *stateReader, doc []byte) (store.StateRow, string) {
		row := &store.Risky{Of: kind}
		var id, userID, cause string
		ignore := func([]byte) {}
		table := map[string]func([]byte){
			"id": r.id(&id), "userid": r.id(&userID), "serviceprincipalid": r.id(&userID), "agentid": r.id(&userID), "initiatedby": r.text(&row.By),
			"isdeleted": r.truth(&row.Deleted), "isprocessing": r.truth(&row.Processing), "isguest": r.truth(&row.Guest), "isenabled": r.truth(&row.Enabled), "accountenabled": r.truth(&row.Enabled),
			"risklevel": r.text(&row.Level), "riskstate": r.text(&row.State), "riskdetail": r.text(&row.Detail),
			"risklastupdateddatetime": r.time(&row.Updated), "risklastmodifieddatetime": r.time(&row.Updated),
			"userdisplayname": r.text(&row.Names.Name), "displayname": r.text(&row.Names.Name), "agentdisplayname": r.text(&row.Names.Name), "userprincipalname": r.text(&row.Names.Username),
			"appid": r.id(&row.Names.AppID), "serviceprincipaltype": r.text(&row.Names.Type), "identitytype": r.text(&row.Names.Type), "blueprintid": r.id(&row.Names.Blueprint),
			"activity": r.object(map[string]func([]byte){"detail": r.text(&cause), "riskeventtypes": r.words(&row.Events), "eventtypes": r.words(&row.Events)}),
		}
		for name := range strings.FieldsSeq("tenantid timegenerated sourcesystem operationname type correlationid category history _billedsize _isbillable _resourceid _subscriptionid") {
			table[name] = ignore // what Log Analytics has around a record, and what Graph has beside it
		}
		r.members(doc, table)
		if row.ID = cmp.Or(userID, id); row.ID == "" {
			return nil, "the record has no id: nothing tells whose risk it is."
		}
		row.Detail = cmp.Or(row.Detail, cause)
		row.Level, row.State, row.Detail = store.RiskLevels.Value(row.Level), store.RiskStates.Value(row.State), store.RiskDetails.Value(row.Detail)
		if !row.Updated.IsZero() && !store.InReach(row.Updated) {
			return nil, "the time of the last change is out of reach: no record can be of that time."
		}
		return row.Settle(), ""
	}
}
