package importer

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"signpost/store"
)

// tally counts what became of a file's records.
type tally struct {
	logs                              map[store.Log]int64
	times                             map[store.Log]store.Span
	outcomes                          map[store.Log]store.Outcomes
	arrivals                          map[store.Log]store.Arrivals // nil for a log with records of too many hours
	fresh, updated, same, skipped     int64
	unread                            int64 // of the skipped: those of a format that is not read
	rejected                          []store.RejectedRecord
	head                              []byte // the headings of a CSV file
	texts                             []store.RejectedText
	textBytes                         int
	rejectedTotal, conflicts, ingests int64
	tenants                           map[string]bool
	formats                           map[string]int64               // records of each format
	messages                          map[string]int64               // records that stood in messages, by the messages' format
	others                            map[string]int64               // why records were skipped
	at                                store.RecordPlace              // where the present record is
	firstOthers                       map[string][]store.RecordPlace // the first of them
	collections                       map[store.Collection]int64     // sign-ins that have it in a shape that is not read
	misread                           map[misread]int64              // the same for single values, of records of any kind
	kinds                             map[*store.Kind]*kindTally     // of records of the other kinds
	mapping                           *store.Mapping                 // that the file is read with; nil for none
	misreader                         *decoder                       // nil before the first of them
	marks                             mark                           // of all sign-ins
	users, signIns                    int64
	told                              map[*store.Kind]int64           // records that tell a record of another kind too, by that kind
	toldOf                            map[store.Log]store.ToldRecords // these other records, by their logs
	steps, stepSignIns                int64                           // rows of an authentication details' file, and their sign-ins
	coordinates, ingested             bool
	// The objects of a directory by kind, and the sentences about them.
	directory                                     map[string]int64
	directoryNew, directoryUpdated, directorySame int64
	directoryNotes                                map[string]bool
	reports                                       map[string]*reportTally // by the name of the shape
	files                                         []store.ReportFile      // what the file holds of each
	asks, questions                               []string                // what must be answered before the file is read, and the sentences
	askedReason                                   string                  // why its records are skipped then
	notes                                         []string                // sentences about the file as a whole
	shallow                                       int64                   // sign-ins with names of types in the place of values
	morePages, empty, noRecords                   bool
}

// maxTenants bounds the tenants of a report. A real file has one or a few.
const maxTenants = 1000

func newTally() *tally {
	return &tally{
		logs: map[store.Log]int64{}, times: map[store.Log]store.Span{}, outcomes: map[store.Log]store.Outcomes{}, tenants: map[string]bool{},
		formats: map[string]int64{}, messages: map[string]int64{}, others: map[string]int64{}, firstOthers: map[string][]store.RecordPlace{}, collections: map[store.Collection]int64{},
		told: map[*store.Kind]int64{}, toldOf: map[store.Log]store.ToldRecords{}, misread: map[misread]int64{}, kinds: map[*store.Kind]*kindTally{},
		arrivals: map[store.Log]store.Arrivals{}, directory: map[string]int64{}, directoryNotes: map[string]bool{},
		reports: map[string]*reportTally{},
	}
}

// reject counts a record that cannot be used. The report lists the first thousand.
func (t *tally) reject(record, line int64, reason string) {
	t.rejectedTotal++
	if len(t.rejected) < store.MaxRejectedListed {
		t.rejected = append(t.rejected, store.RejectedRecord{Record: record, Line: line, Reason: reason})
	}
}

// keepRejected keeps the text of a rejected record without its secrets, while there is room. A nil text is not known. Of a row
// nobody can tell which cell is a secret: no row is kept of a file with a column of credentials.
func (t *tally) keepRejected(record int64, log store.Log, text []byte) (isKept bool) {
	if namesSecrets(t.head) {
		return false
	}
	text = withoutSecrets(text)
	if len(text) == 0 || len(t.texts) == store.MaxRejectedListed || t.textBytes+len(text) > store.MaxRejectedText {
		return false
	}
	t.textBytes += len(text)
	t.texts = append(t.texts, store.RejectedText{Record: record, Log: log, Text: bytes.Clone(text)})
	return true
}

// rejectedFile gives the texts that are kept; nil for none.
func (t *tally) rejectedFile() *store.RejectedFile {
	slices.SortFunc(t.texts, func(a, b store.RejectedText) int { return cmp.Compare(a.Record, b.Record) })
	file, size := &store.RejectedFile{Head: t.head}, 0
	for _, one := range t.texts {
		if len(file.Records) < store.MaxRejectedListed && size+len(one.Text) <= store.MaxRejectedText {
			file.Records = append(file.Records, one)
			size += len(one.Text)
		}
	}
	if len(file.Records) == 0 {
		return nil
	}
	return file
}

// foreign counts records of a format that is not read.
func (t *tally) foreign(format string, n int64) {
	reason, ok := notRead[format]
	if !ok {
		reason = "this version does not read the format " + store.FormatName(format) + "."
	}
	t.unreadable(format, n, reason)
}

// notRead gives advice for each format that is not read.
var notRead = map[string]string{
	Unknown:         "of no format that this version knows.",
	UnifiedAuditLog: "sign-ins of the unified audit log are not read by this version.",
}

// unreadable counts records of a format that is not read, by the reason.
func (t *tally) unreadable(format string, n int64, reason string) {
	t.formats[format] += n
	t.skipped += n
	t.unread += n
	if n > 0 {
		t.other(reason, n)
	}
}

// skip counts a record of a kind that is known and not kept.
func (t *tally) skip(format, kind string) {
	t.formats[format]++
	t.skipped++
	t.other(kind+" are not kept.", 1)
}

// other counts skipped records by the reason. A file may have any number of reasons; the report tells the first ones.
func (t *tally) other(reason string, n int64) {
	if len(t.others) < 20 || t.others[reason] > 0 {
		t.others[reason] += n
		if first := t.firstOthers[reason]; len(first) < firstExamples && t.at.Record > 0 {
			t.firstOthers[reason] = append(first, t.at)
		}
	}
}

// note remembers the keys of a sign-in's record for the sentences about the whole file. doc is the record, compact.
func (t *tally) note(d *decoder, format string, doc []byte) {
	s := d.into
	t.formats[format]++
	t.marks |= d.marks
	t.signIns++
	if d.isShallow {
		t.shallow++
	}
	if s.Collections != 0 {
		t.noteCollections(s)
	}
	switch {
	case d.hasMissed && format == Mapped:
		for _, p := range d.misreads {
			t.misread[misread{store.SignIns, p}]++
		}
	case d.hasMissed:
		t.noteMisread(s, doc)
	}
	if s.TimeIsIngestion {
		t.ingests++
	}
	if s.TenantID != "" && !t.tenants[s.TenantID] && len(t.tenants) < maxTenants {
		t.tenants[s.TenantID] = true
	}
	t.coordinates = t.coordinates || s.Coordinates.Set
	t.ingested = t.ingested || !s.Ingested.IsZero()
	if s.Log == store.Interactive || s.Log == store.NonInteractive {
		t.users++
	}
}

// misread is a property that records of a kind hold in a shape that is not read.
type misread struct {
	kind     *store.Kind
	property *store.Property
}

// kindTally counts records of a declared kind.
type kindTally struct {
	ingests  int64 // without a time of their own
	ingested bool
}

// noteEntry remembers a record of a declared kind for the sentences about the whole file.
func (t *tally) noteEntry(d *decoder, kind *store.Kind, h store.Head) {
	k := t.kinds[kind]
	if k == nil {
		k = &kindTally{}
		t.kinds[kind] = k
	}
	if h.TimeIsIngestion {
		k.ingests++
	}
	k.ingested = k.ingested || !h.Ingested.IsZero()
	switch tenant := cmp.Or(d.envelope.aadTenant, d.envelope.tenant); {
	case tenant != "" && d.isEnveloped():
		t.tenants[tenant] = true
	case d.envelope.aadTenant != "" && d.isTableRow():
		t.tenants[d.envelope.aadTenant] = true
	case kind.Shape.Tenant != nil && *kind.Shape.Tenant.Text(d.entry) != "":
		t.tenants[*kind.Shape.Tenant.Text(d.entry)] = true
	}
	for _, p := range d.misreads {
		t.misread[misread{kind, p}]++
	}
}

// reportTally counts what rows of one report have that is not read or not kept, by the names of the members.
type reportTally struct {
	unread  map[string]int64
	unknown map[string]bool
}

// maxMembersNamed bounds the members of a report that are named.
const maxMembersNamed = 20

// noteState remembers what of a row of a report was not read.
func (t *tally) noteState(shape string, r *stateReader) {
	of := t.reports[shape]
	if of == nil {
		of = &reportTally{map[string]int64{}, map[string]bool{}}
		t.reports[shape] = of
	}
	for _, name := range r.unread {
		if len(of.unread) < maxMembersNamed || of.unread[name] > 0 {
			of.unread[shortText(name)]++
		}
	}
	for _, name := range r.unknown {
		if len(of.unknown) < maxMembersNamed {
			of.unknown[shortText(name)] = true
		}
	}
}

// sentences say what of the report was not read.
func (t *reportTally) sentences(shape string) (list []string) {
	for name, n := range t.unread {
		list = append(list, fmt.Sprintf("%s of %s with %s in a shape that is not read: the value is not kept.", count(n, "row"), shape, name))
	}
	if names := slices.Sorted(maps.Keys(t.unknown)); len(names) > 0 {
		list = append(list, fmt.Sprintf("Not kept of the %s, since this version does not know it: %s.", shape, strings.Join(names, ", ")))
	}
	return list
}

// noteCollections counts sign-ins with a list in a shape that is not read.
func (t *tally) noteCollections(s *store.SignIn) {
	for _, c := range store.Collections() {
		if s.CollectionState(c) == store.CollectionUnread {
			t.collections[c]++
		}
	}
}

// noteMisread counts sign-ins that lack a value because the record has it in a shape that is not read.
func (t *tally) noteMisread(s *store.SignIn, doc []byte) {
	if t.misreader == nil {
		t.misreader = newDecoder(nil)
	}
	for _, p := range t.misreader.misreadIn(doc) {
		if isUnset(p, s) {
			t.misread[misread{store.SignIns, p}]++
		}
	}
}

// outcome counts what the engine made of a record.
func (t *tally) outcome(o *store.Outcome, p place) {
	if o.Conflict {
		t.conflicts++
	}
	of := t.outcomes[p.log]
	switch o.Kind {
	case store.OutcomeNew:
		t.fresh++
		of.New++
		t.arrived(p)
	case store.OutcomeUpdated:
		t.updated++
		of.Updated++
	case store.OutcomeSame:
		t.same++
		of.Same++
	default:
		t.reject(p.record, p.line, o.Reason)
		return
	}
	t.outcomes[p.log] = of
	t.logs[p.log]++
	t.times[p.log] = t.times[p.log].With(p.time)
}

// toldOutcome counts a copy that a record of another kind tells. That record is counted by itself.
func (t *tally) toldOutcome(o *store.Outcome, p place) {
	if o.Kind == store.OutcomeRejected {
		return
	}
	if o.Conflict {
		t.conflicts++
	}
	log := cmp.Or(o.Told, p.log)
	t.logs[log]++
	of := t.toldOf[log]
	of.N, of.Span = of.N+1, of.With(p.time)
	t.toldOf[log] = of
}

// arrived counts how late a new record was ingested, where it tells that.
func (t *tally) arrived(p place) {
	arrivals, begun := t.arrivals[p.log]
	switch {
	case p.ingested.IsZero() || begun && arrivals == nil:
		return
	case !begun:
		arrivals = store.Arrivals{}
		t.arrivals[p.log] = arrivals
	}
	if !arrivals.Add(p.time, p.ingested) {
		t.arrivals[p.log] = nil
	}
}

// add takes over what the committing goroutine has counted.
func (t *tally) add(c *tally) {
	t.fresh, t.updated, t.same = c.fresh, c.updated, c.same
	t.conflicts = c.conflicts
	t.logs, t.times, t.outcomes, t.arrivals, t.toldOf = c.logs, c.times, c.outcomes, c.arrivals, c.toldOf
	t.rejectedTotal += c.rejectedTotal
	t.rejected = append(t.rejected, c.rejected...)
	t.texts = append(t.texts, c.texts...)
}
