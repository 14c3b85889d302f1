package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// Records of risky users, service principals and agents are states: see store.Risky. They come as rows of Graph and Log Analytics, in
// the envelope of Azure Monitor, and as CSV files of PowerShell. An item of Graph's history is such a record too. It has the ID of the
// object in another member, and tells the cause of the change.

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
		var id, userID string
		change, settle := r.riskChange(&row.RiskChange)
		table := map[string]func([]byte){
			"id": r.id(&id), "userid": r.id(&userID), "serviceprincipalid": r.id(&userID), "agentid": r.id(&userID),
			"isdeleted": r.truth(&row.Deleted), "isprocessing": r.truth(&row.Processing), "isguest": r.truth(&row.Guest), "isenabled": r.truth(&row.Enabled), "accountenabled": r.truth(&row.Enabled),
			"userdisplayname": r.text(&row.Names.Name), "displayname": r.text(&row.Names.Name), "agentdisplayname": r.text(&row.Names.Name), "userprincipalname": r.text(&row.Names.Username),
			"appid": r.id(&row.Names.AppID), "serviceprincipaltype": r.text(&row.Names.Type), "identitytype": r.text(&row.Names.Type), "blueprintid": r.id(&row.Names.Blueprint),
		}
		table["history"] = r.riskHistory(&row.History, slices.Collect(maps.Keys(table)))
		maps.Copy(table, change)
		for name := range strings.FieldsSeq("tenantid timegenerated sourcesystem operationname type correlationid category _billedsize _isbillable _resourceid _subscriptionid") {
			table[name] = ignored // Log Analytics has these columns around a record
		}
		r.members(doc, table)
		if row.ID = cmp.Or(userID, id); row.ID == "" {
			return nil, "the record has no id: nothing tells whose risk it is."
		}
		if settle(); !row.Updated.IsZero() && !store.InReach(row.Updated) {
			return nil, "the time of the last change is out of reach: no record can be of that time."
		}
		return row.Settle(), ""
	}
}

func ignored([]byte) {}

// riskChange gives the readers of the members that tell a change. settle puts what they read into its place.
func (r *stateReader) riskChange(into *store.RiskChange) (table map[string]func([]byte), settle func()) {
	var cause string
	table = map[string]func([]byte){
		"risklevel": r.text(&into.Level), "riskstate": r.text(&into.State), "riskdetail": r.text(&into.Detail), "initiatedby": r.text(&into.By),
		"risklastupdateddatetime": r.time(&into.Updated), "risklastmodifieddatetime": r.time(&into.Updated),
		"activity": r.object(map[string]func([]byte){"detail": r.text(&cause), "riskeventtypes": r.words(&into.Events), "eventtypes": r.words(&into.Events)}),
	}
	return table, func() {
		into.Level, into.State, into.Detail = store.RiskLevels.Value(into.Level), store.RiskStates.Value(into.State), store.RiskDetails.Value(cmp.Or(into.Detail, cause))
	}
}

// riskHistory reads the list that Graph adds to an object when it is asked for with $expand=history. An item tells a change. It names
// the object again, in other members.
func (r *stateReader) riskHistory(into *[]store.RiskChange, others []string) func([]byte) {
	return func(value []byte) {
		if r.d.isEmpty(value) {
			return
		}
		outer := r.name
		defer func() { r.name = outer }()
		list := r.d.unwrap(value)
		if list[0] != '[' {
			r.miss()
			return
		}
		for item := range rawjson.EachItem(list) {
			var c store.RiskChange
			table, settle := r.riskChange(&c)
			for _, name := range others {
				table[name] = ignored
			}
			if item[0] == '{' {
				r.members(item, table)
			}
			settle()
			if r.name = outer; c.State+c.Level+c.Detail == "" || !c.Updated.IsZero() && !store.InReach(c.Updated) {
				r.miss()
				continue
			}
			*into = append(*into, c)
		}
	}
}
