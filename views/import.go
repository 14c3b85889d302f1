package views

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

// ImportPage is the form for uploads and the past imports.
type ImportPage struct {
	Shell Shell
	// Limit is the largest size of an upload in bytes.
	Limit int64
	// Problem says why an upload was not taken. Refused lists the files if none could be imported.
	Problem string
	Refused []RefusedFile
	// Run is the running import or the last one; nil if there was none since the start.
	Run *ImportRun
	// Waiting are the viewer's uploads with files that ask something, or that were explained.
	Waiting []KeptUpload
	Past    []store.ImportEntry
	More    bool
	IsFirst bool
	Now     time.Time
}

// RefusedFile is a file that cannot be imported, or a member of an archive. Reason is a sentence that continues its name.
type RefusedFile struct {
	Name, Reason string
	File         int // place in the upload
	Member       int // place in the archive's list; negative where nothing of the file can be imported
	// Mappable says that the file has columns, so somebody can say what they hold. Upload names the upload that it stays in for
	// that; empty where it does not stay.
	Mappable bool
	Upload   string
}

// IsWhole says that nothing of the file can be imported.
func (r RefusedFile) IsWhole() bool { return r.Member < 0 }

// ImportPhase is the progress of an upload.
type ImportPhase uint8

// Refused means that nothing was imported. Failed means that some records may have been, as the reports say.
const (
	ImportReceiving ImportPhase = iota
	ImportWaiting               // for another import to end
	ImportChecking
	ImportWorking
	ImportDone
	ImportRefused
	ImportFailed
)

// String is the phase in a word, for the log.
func (p ImportPhase) String() string {
	return []string{"receiving", "waiting", "checking", "importing", "done", "refused", "failed"}[p]
}

// ImportRun is one upload with its result.
type ImportRun struct {
	ID             string // names it in the form that stops it
	Phase          ImportPhase
	By             string // the person who uploaded it
	Started, Ended time.Time
	Files          []string
	Received       int64 // bytes that arrived so far
	Size           int64 // bytes of all files
	// Bytes of Total were read so far; Records counts the records found in them.
	Bytes, Total, Records int64
	Reports               []store.ImportReport
	Refused               []RefusedFile
	Problem               string
	// Explains says that the files are not imported: it is said what they are.
	Explains bool
}

// Running says whether it goes on.
func (r ImportRun) Running() bool { return r.Phase <= ImportWorking }

// percent is the share of the files that has been read.
func (r ImportRun) percent() int {
	if r.Total == 0 {
		return 0
	}
	return int(min(r.Bytes*100/r.Total, 100))
}

// title gives the progress in a few words.
func (r ImportRun) title() string {
	switch r.Phase {
	case ImportReceiving:
		return "An upload is on its way"
	case ImportWaiting:
		return "An upload waits for its turn"
	case ImportChecking:
		return "Looking at the files"
	case ImportWorking:
		return "Importing"
	case ImportRefused:
		return "Nothing was imported"
	case ImportFailed:
		return "The import ended early"
	}
	if r.Explains {
		return "The files were looked at"
	}
	if slices.ContainsFunc(r.Reports, func(report store.ImportReport) bool { return len(report.Asks) > 0 }) {
		return "A question must be answered"
	}
	switch counts := r.totals(); {
	case counts.New+counts.Updated+counts.Same == 0 && len(counts.Directory) == 0 && counts.RejectedTotal+counts.Unreadable > 0:
		return "Nothing was imported"
	case counts.RejectedTotal+counts.Unreadable > 0, len(r.Refused) > 0:
		return "Imported, but not everything"
	case counts.New+counts.Updated > 0 || len(counts.Directory) > 0:
		return "Imported"
	case counts.Same == 0 && counts.Skipped > 0:
		return "Nothing to keep"
	}
	return "Nothing new"
}

// imported is the run with the files alone that ask nothing.
func (r ImportRun) imported() ImportRun {
	r.Reports = slices.DeleteFunc(slices.Clone(r.Reports), func(report store.ImportReport) bool { return len(report.Asks) > 0 })
	return r
}

// totals is the sum over all files.
func (r ImportRun) totals() (t store.ImportReport) {
	for i := range r.Reports {
		t.Read += r.Reports[i].Read
		t.New += r.Reports[i].New
		t.Updated += r.Reports[i].Updated
		t.Same += r.Reports[i].Same
		t.Skipped += r.Reports[i].Skipped
		t.Unreadable += r.Reports[i].Unreadable
		t.RejectedTotal += r.Reports[i].RejectedTotal
		if len(r.Reports[i].Directory) > 0 {
			t.Directory = r.Reports[i].Directory // only its presence is asked for
		}
	}
	return t
}

// arrives says that it was not yet checked. To stop it then is to give up an upload.
func (r ImportRun) arrives() bool { return r.Phase <= ImportWaiting }

// stopLabel is the label of the button that stops it.
func (r ImportRun) stopLabel() string {
	if r.arrives() {
		return "Stop the upload"
	}
	return "Stop the import"
}

// summary names the upload and the person who sent it.
func (r ImportRun) summary() string {
	if r.Phase == ImportReceiving {
		return Size(r.Received) + " so far, uploaded by " + r.By
	}
	return Count(int64(len(r.Files)), "file", "files") + ", " + Size(r.Size) + ", uploaded by " + r.By
}

// ImportRunPage is the progress of an import, or its result.
type ImportRunPage struct {
	Shell Shell
	Run   ImportRun
	// Others are the other uploads that are arriving, or that wait for their turn.
	Others []ImportRun
	// Kept is what is kept of the run for its sender; nil where nothing is.
	Kept *KeptUpload
	Now  time.Time
}

// PastImportPage is the report of one file's import.
type PastImportPage struct {
	Shell Shell
	Entry store.ImportEntry
	Now   time.Time
	// Rejected counts the rejected records that the viewer can download. ReadsAll says that none is withheld from them.
	Rejected int64
	ReadsAll bool
}

// rejectedNote says what is not in the file of the rejected records; empty where all are in it. It does not say which of its
// reasons holds where one may be that the viewer must not learn of a record.
func (p PastImportPage) rejectedNote() string {
	total := p.Entry.Report.RejectedTotal
	if p.Rejected == total {
		return ""
	}
	said := "Of the others no text is kept"
	if p.Rejected == 0 {
		said = "No text is kept of these records"
	}
	if !p.ReadsAll {
		said += ", or you may not read it"
	}
	return said + ". Signpost keeps the text of at most " + Number(store.MaxRejectedListed) + " records and " + Size(store.MaxRejectedText) + ", and of records alone that can be read by themselves."
}

// importState is the result of an import of the ledger, in a word.
func importState(e *store.ImportEntry) (class, text string) {
	switch {
	case e.Ended.IsZero():
		return "status-interrupted", "Not ended"
	case e.Report.Failure != "":
		return "status-failure", "Ended early"
	case e.Report.RejectedTotal > 0:
		return "status-interrupted", "Some rejected"
	case e.Report.Unreadable > 0:
		return "status-interrupted", "Some not read"
	case e.Report.Read > 0 && e.Report.Skipped == e.Report.Read:
		return "status-interrupted", "Skipped"
	case e.Report.New+e.Report.Updated == 0 && len(e.Report.Directory) == 0:
		return "status-success", "Nothing new"
	}
	return "status-success", "Imported"
}

// importNumber is one count of a report, with its meaning.
type importNumber struct {
	Label, Note string
	N           int64
}

func importNumbers(r *store.ImportReport) []importNumber {
	numbers := []importNumber{
		{"Read", "Records found in the file", r.Read},
		{"New", "Records that were not stored before", r.New},
		{"Updated", "Stored records that this file completed or corrected", r.Updated},
		{"Same", "Records that were stored already", r.Same},
		{"Skipped", "Records that Signpost does not keep or cannot read", r.Skipped},
		{"Rejected", "Records with an error; the reasons are below", r.RejectedTotal},
	}
	if r.Unreadable > 0 {
		numbers = append(numbers, importNumber{"Not read", "Of the skipped: of a format that is unknown or not read", r.Unreadable})
	}
	return numbers
}

// directoryLabels are the kinds of objects in a directory export, in the order of a report.
var directoryLabels = [][2]string{
	{"users", "Users"},
	{"groups", "Groups"},
	{"members", "Members of groups"},
	{"applications", "Applications"},
	{"servicePrincipals", "Service principals"},
	{"owners", "Owners of applications"},
	{"registrationDetails", "Registration details of authentication methods"},
	{"credentialUsageDetails", "Registrations and resets of credentials"},
	{"credentials", "Credentials of applications"},
	{"servicePrincipalSignInActivities", "Sign-in activity of service principals"},
	{"relyingParties", "Relying parties of AD FS"},
}

// importSentences tell the facts that the counts do not show.
func importSentences(r *store.ImportReport) (list []string) {
	if r.Conflicts > 0 {
		list = append(list, Count(r.Conflicts, "record", "records")+" had the id of another person's or service principal's sign-in, and got an id of their own.")
	}
	list = append(list, r.ReportSentences()...)
	for _, sentence := range r.CannotShow {
		if len(r.Questions) == 0 || !strings.Contains(sentence, r.Questions[0]) { // the page asks in its own words
			list = append(list, sentence)
		}
	}
	return list
}

// Size is a size in the binary unit that keeps it readable. It is exact, because it states a limit and no estimate.
func Size(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	value, unit := float64(n), 0
	for value >= 1024 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	decimals := 0
	if value < 10 && value != math.Trunc(value) {
		decimals = 1
	}
	return strconv.FormatFloat(value, 'f', decimals, 64) + " " + units[unit]
}

const (
	importPath    = "/import"
	importRunPath = importPath + "/run"
)

// ImportURL is the import page. ImportRunURL is the page of the running or last import.
func ImportURL() string    { return importPath }
func ImportRunURL() string { return importRunPath }

func pastImportURL(id int64) string { return importPath + "/" + strconv.FormatInt(id, 10) }

// rejectedURL is the file of the records that an import rejected.
func rejectedURL(id int64) string { return pastImportURL(id) + "/rejected" }

// olderURL is the page after the last import of this one.
func (p ImportPage) olderURL() string {
	if len(p.Past) == 0 {
		return importPath
	}
	return importPath + "?" + url.Values{"before": {strconv.FormatInt(p.Past[len(p.Past)-1].ID, 10)}}.Encode()
}

// timesIn are the first and the last record that a file has of a log, or tells of it.
func timesIn(r *store.ImportReport, log store.Log) store.Span {
	if span, ok := r.Times[log]; ok {
		return span
	}
	return r.Told[log].Span
}

// countedLogs are the logs that a file has records of: the sign-in logs in their order, then others by name.
func countedLogs(r *store.ImportReport) []store.LogInfo {
	var logs []store.LogInfo
	for _, info := range store.SignIns.Logs {
		if r.LogCounts[info.Log] > 0 {
			logs = append(logs, info)
		}
	}
	for _, log := range slices.Sorted(maps.Keys(r.LogCounts)) {
		if _, known := store.SignIns.Log(log); known || r.LogCounts[log] == 0 {
			continue
		}
		info := store.LogInfo{Log: log, Title: Capital(string(log))}
		for _, kind := range []*store.Kind{audit.Kind, provisioning.Kind, activity.Kind, risk.Kind} {
			if known, ok := kind.Log(log); ok {
				info = known
			}
		}
		logs = append(logs, info)
	}
	return logs
}
