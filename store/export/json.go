package export

import (
	"context"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// json writes one array of objects in Graph's shape: sign-ins in that of the beta signIn.
func (e *exporter) json(ctx context.Context) error {
	separator := "[\n"
	err := e.records(ctx, store.RecordsQuery{}, func(records []store.Record) error {
		for i := range records {
			e.line = append(e.line[:0], separator...)
			e.line = e.appendGraph(e.line, &records[i])
			if _, err := e.out.Write(e.line); err != nil {
				return err
			}
			separator = ",\n"
		}
		return nil
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if separator == "[\n" {
		end = "[]\n"
	}
	_, err = e.out.WriteString(end)
	return err
}

// appendGraph writes a record as Graph does, a sign-in with the unknown members of Graph's records.
func (e *exporter) appendGraph(b []byte, r *store.Record) []byte {
	if e.declared != nil {
		return e.appendDeclared(b, r, graph)
	}
	s := r.SignIn()
	b = appendSignIn(append(b, '{'), s, graph, e.hasConditionalAccess())
	b = e.appendUnknown(b, r, func(doc []byte, sh shape) []byte {
		if sh.enveloped || sh.hasCategory {
			return nil
		}
		return doc
	})
	return append(e.appendUnread(b, r), '}')
}

// knownKeys are the keys, in lower case, of all fields of a sign-in under all their names. Their values are
// written from the merged sign-in, not from a record as received.
var knownKeys = func() map[string]bool {
	known := map[string]bool{
		"resourceidentity": true, "processingtimeinms": true, "locationdetails": true, "conditionalaccesspolicies": true,
		"riskeventtypes": true, "managedidentitytype": true, "alternatesigninname": true, "iscaetoken": true, "properties": true,
	}
	for _, m := range signInMembers {
		known[strings.ToLower(m.name)] = true
	}
	for name := range envelopeKeys {
		known[name] = true
	}
	return known
}()

// envelopeKeys are the keys, in lower case, around the properties of Azure Monitor's and Log Analytics' records.
var envelopeKeys = map[string]bool{
	"time": true, "timegenerated": true, "category": true, "type": true, "operationname": true, "operationversion": true,
	"tenantid": true, "aadtenantid": true, "correlationid": true, "calleripaddress": true, "identity": true, "location": true,
	"resulttype": true, "resultdescription": true, "resultsignature": true, "resourceid": true, "durationms": true, "level": true,
	"sourcesystem": true,
}

// appendUnknown writes the unknown members of one part of each copy. Where several copies have the same member,
// the newest copy's is written.
func (e *exporter) appendUnknown(b []byte, r *store.Record, part func(doc []byte, sh shape) (object []byte)) []byte {
	return e.appendReceived(b, r, part, func(name string, _ []byte) bool { return !knownKeys[name] })
}

// appendUnread writes the lists in a shape that the importer could not read at all.
func (e *exporter) appendUnread(b []byte, r *store.Record) []byte {
	if r.SignIn().Collections == 0 {
		return b
	}
	return e.appendReceived(b, r, fieldsOf, func(name string, value []byte) bool { return isUnreadValue(name, value, r.SignIn()) })
}

// fieldsOf gives the object of a document whose members hold the sign-in's fields.
func fieldsOf(doc []byte, sh shape) []byte {
	if sh.enveloped {
		return sh.properties
	}
	return doc
}

// appendReceived writes members of the copies as they were received, each name once.
func (e *exporter) appendReceived(b []byte, r *store.Record, part func(doc []byte, sh shape) (object []byte), wanted func(name string, value []byte) bool) []byte {
	seen := map[string]bool{}
	for i := range r.Versions {
		version := &r.Versions[len(r.Versions)-1-i]
		if version.Entry.Head().ToldBy != "" {
			continue // its members are those of another kind: a reader would take the record for one of that
		}
		doc := version.Doc
		for key, value := range rawjson.EachMember(part(doc, shapeOf(doc))) {
			name := strings.ToLower(rawjson.Unescaped(key))
			if seen[name] || !wanted(name, value) {
				continue
			}
			seen[name] = true
			b = append(append(append(append(b, ',', '"'), key...), '"', ':'), value...)
		}
	}
	return b
}
