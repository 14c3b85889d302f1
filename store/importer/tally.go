package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"

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
	mapping                           string                         // the name of the mapping that the file is read with
	misreader                         *decoder                       // nil before the first of them
	marks                             mark                           // of all sign-ins
	users, signIns                    int64
	steps, stepSignIns                int64 // rows of an authentication details' file, and their sign-ins
	coordinates, ingested             bool
	// The objects of a directory by kind, and the sentences about them.
	directory                                     map[string]int64
	directoryNew, directoryUpdated, directorySame int64
	directoryNotes                                map[string]bool
	asks, questions                               []string // what must be answered before the file is read, and the sentences
	notes                                         []string // sentences about the file as a whole
	shallow                                       int64    // sign-ins with names of types in the place of values
	morePages, empty, noRecords                   bool
}

func newTally() *tally {
	return &tally{
		logs: map[store.Log]int64{}, times: map[store.Log]store.Span{}, outcomes: map[store.Log]store.Outcomes{}, tenants: map[string]bool{},
		formats: map[string]int64{}, messages: map[string]int64{}, others: map[string]int64{}, firstOthers: map[string][]store.RecordPlace{}, collections: map[store.Collection]int64{},
		misread: map[misread]int64{}, kinds: map[*store.Kind]*kindTally{},
		arrivals: map[store.Log]store.Arrivals{}, directory: map[string]int64{}, directoryNotes: map[string]bool{},
	}
}

// reject counts a record that cannot be used. The report lists the first thousand.
func (t *tally) reject(record, line int64, reason string) {
	t.rejectedTotal++
	if len(t.rejected) < store.MaxRejectedListed {
		t.rejected = append(t.rejected, store.RejectedRecord{Record: record, Line: line, Reason: reason})
	}
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
	if s.TenantID != "" && !t.tenants[s.TenantID] {
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
	t.logs, t.times, t.outcomes, t.arrivals = c.logs, c.times, c.outcomes, c.arrivals
	t.rejectedTotal += c.rejectedTotal
	t.rejected = append(t.rejected, c.rejected...)
}

// formatOf names the format of the file: that of the messages where half of the records or more stood in messages, else that
// of most records. A known format comes before an unknown one.
func (t *tally) formatOf() string {
	var told int64
	for _, n := range t.formats {
		told += n
	}
	for format, n := range t.messages { // there is one at most
		if n*2 >= told {
			return format
		}
	}
	best := Unknown
	for format, n := range t.formats {
		if format == Unknown {
			continue
		}
		if best == Unknown || n > t.formats[best] || n == t.formats[best] && format < best {
			best = format
		}
	}
	return best
}

// report gives the counts of the file.
func (t *tally) report(path, format string) store.ImportReport {
	sort.Slice(t.rejected, func(i, j int) bool { return t.rejected[i].Record < t.rejected[j].Record })
	r := store.ImportReport{
		Path: path, Format: format, LogCounts: t.logs, Times: t.times, Outcomes: t.outcomes,
		New: t.fresh + t.directoryNew, Updated: t.updated + t.directoryUpdated, Same: t.same + t.directorySame, Skipped: t.skipped, Unreadable: t.unread,
		Rejected:      append([]store.RejectedRecord{}, t.rejected[:min(len(t.rejected), store.MaxRejectedListed)]...),
		RejectedTotal: t.rejectedTotal, Conflicts: t.conflicts,
		Tenants: []string{}, CannotShow: []string{}, MorePages: t.morePages, OneLog: t.isGraphV1(format), Arrivals: t.arrivals,
	}
	r.Read = r.New + r.Updated + r.Same + r.Skipped + r.RejectedTotal
	if len(t.directory) > 0 {
		r.Directory = t.directory
	}
	r.Asks, r.Questions = t.asks, t.questions
	for tenant := range t.tenants {
		r.Tenants = append(r.Tenants, tenant)
	}
	sort.Strings(r.Tenants)
	r.CannotShow = append(r.CannotShow, t.sentences(format)...)
	return r
}

// sentences say what the file cannot show: what all its records lack.
func (t *tally) sentences(format string) (list []string) {
	say := func(when bool, sentence string) {
		if when {
			list = append(list, sentence)
		}
	}
	say(t.mapping != "", "Read with the mapping "+quotedText(t.mapping)+".")
	say(t.empty, "The file is empty.")
	say(t.noRecords && len(t.directory) == 0, "The file holds no records: its list is empty.")
	for reason, n := range t.others {
		list = append(list, fmt.Sprintf("%s skipped: %s", count(n, "record"), reason))
	}
	for c, n := range t.collections {
		list = append(list, fmt.Sprintf("%s with %s in a shape that is not read: it stays in the record.", count(n, "sign-in"), c.Name()))
	}
	for m, n := range t.misread {
		list = append(list, fmt.Sprintf("%s with %s in a shape that is not read: it stays in the record, and filters take the field for empty.", countOf(n, m.kind), m.property.Name))
	}
	for kind, k := range t.kinds {
		say(k.ingests > 0, fmt.Sprintf("%s without a time that can be read: the time of ingestion stands in for the time of the %s.", countOf(k.ingests, kind), kind.One))
		say(!k.ingested && kind.Newer == nil, fmt.Sprintf("None of the %s says when it was ingested: of two copies the one with more filled fields counts as the newer.", kind.Many))
	}
	for note := range t.directoryNotes {
		list = append(list, note)
	}
	list = append(list, t.notes...)
	sort.Strings(list)
	if t.signIns == 0 {
		say(t.morePages && len(t.directory)+len(t.kinds) > 0, morePages)
		return list
	}
	v1 := t.isGraphV1(format)
	lacks, source := CannotShowOf(format, slices.Collect(maps.Keys(t.logs))...), store.FormatName(format)
	if v1 {
		lacks, source = CannotShowOf(formatGraphV1), graphV1Name
	}
	if t.shallow > 0 && format == PowerShellCSV {
		lacks.Properties = slices.Concat(lacks.Properties, shallow)
	}
	say(v1, "Microsoft Graph v1.0 holds interactive sign-ins only.")
	if sentence := lacks.sentence(source); sentence != "" {
		list = append(list, sentence)
	}
	say(lacks.Note != "", lacks.Note)
	say(t.stepSignIns > 0, fmt.Sprintf("%s of authentication details, of %s.", count(t.steps, "row"), count(t.stepSignIns, "sign-in")))
	say(t.shallow > 0, fmt.Sprintf("%s with names of types in the place of values: the export was made with too small a depth. Get-MgBetaAuditLogSignIn -All | ConvertTo-Json -Depth 10 writes all of it.", count(t.shallow, "sign-in")))
	isTold := len(lacks.Properties) > 1 // what is missing, and why
	users := t.users > 0 && !v1 && !isTold
	say(users && t.marks&markUserType == 0, "No record says whether its user is a member or a guest.")
	say(users && t.marks&markSteps == 0 && !slices.Contains(lacks.Lists, store.CollectionAuthenticationDetails), "No record has authentication details: methods and multifactor steps cannot be shown.")
	say(users && t.marks&markUserAgent == 0, "No record has a user agent.")
	say(t.users > 0 && t.marks&markPolicies == 0 && !isTold && !slices.Contains(lacks.Lists, store.CollectionPolicies), "No record lists Conditional Access policies: the export was made without the right to read them, or none was there.")
	say(t.users > 0 && !t.coordinates && format != PortalCSV, "No record has coordinates: nothing can stand on the map.")
	say(!t.ingested, "No record says when it was ingested: of two copies of a sign-in the one with more filled fields counts as the newer.")
	say(len(t.tenants) == 0 && !slices.Contains(lacks.Properties, store.TenantID), "No record names the tenant it comes from.")
	say(t.ingests > 0, fmt.Sprintf("%s without a createdDateTime that can be read: the time of ingestion stands in for the time of the sign-in.", count(t.ingests, "sign-in")))
	say(t.morePages, morePages)
	return list
}

// isGraphV1 says that the file is an export of Microsoft Graph v1.0, which holds interactive sign-ins only.
func (t *tally) isGraphV1(format string) bool {
	return format == Graph && t.signIns > 0 && t.marks&betaMarks == 0
}

const morePages = "The answer ends with a link to a further page (@odata.nextLink): the file is not the whole answer."

func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// countOf counts records of a kind.
func countOf(n int64, kind *store.Kind) string {
	if n == 1 {
		return "1 " + kind.One
	}
	return fmt.Sprintf("%d %s", n, kind.Many)
}
