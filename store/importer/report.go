package importer

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"signpost/store"
)

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
		Tenants: []string{}, CannotShow: []string{}, MorePages: t.morePages, OneLog: t.isGraphV1(format), PartOnly: t.stepSignIns > 0 && t.stepSignIns == t.signIns, Arrivals: t.arrivals,
	}
	r.Read = r.New + r.Updated + r.Same + r.Skipped + r.RejectedTotal
	if len(t.directory) > 0 {
		r.Directory = t.directory
	}
	if len(t.toldOf) > 0 {
		r.Told = t.toldOf
	}
	if r.RejectedFile = t.rejectedFile(); r.RejectedFile != nil {
		r.RejectedKept = int64(len(r.RejectedFile.Records))
	}
	r.Asks, r.Questions, r.Reports = t.asks, t.questions, t.files
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
	if t.mapping != nil {
		list = append(list, "Read with the mapping "+quotedText(t.mapping.Name)+".")
	}
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
		say(!k.ingested && kind.Newer == nil && kind.Dated == nil, fmt.Sprintf("None of the %s says when it was ingested: of two copies the one with more filled fields counts as the newer.", kind.Many))
	}
	for note := range t.directoryNotes {
		list = append(list, note)
	}
	for shape, of := range t.reports {
		list = append(list, of.sentences(shape)...)
	}
	list = append(list, t.notes...)
	sort.Strings(list)
	for kind, n := range t.told {
		list = append(list, toldSentence(n, kind))
	}
	sort.Strings(list)
	say(t.told[store.SignIns] > 0, toldLacks.sentence(toldSource))
	if t.signIns == 0 {
		say(t.morePages && len(t.directory)+len(t.kinds) > 0, morePages)
		return list
	}
	v1 := t.isGraphV1(format)
	lacks, source := t.lacks(format)
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

// lacks gives what sign-ins of the file cannot show, and the name of their source.
func (t *tally) lacks(format string) (lacks CannotShow, source string) {
	switch {
	case t.isGraphV1(format):
		return CannotShowOf(formatGraphV1), graphV1Name
	case t.mapping != nil:
		return cannotShowMapped(t.mapping), "the mapping " + t.mapping.Name
	}
	return CannotShowOf(format, slices.Collect(maps.Keys(t.logs))...), store.FormatName(format)
}

// isGraphV1 says that the file is an export of Microsoft Graph v1.0, which holds interactive sign-ins only.
func (t *tally) isGraphV1(format string) bool {
	return (format == Graph || format == PowerShellJSON) && t.signIns > 0 && t.marks&betaMarks == 0
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
