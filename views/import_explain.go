package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

const (
	explainPath = importPath + "/explain"
	keptPath    = importPath + "/kept"
)

// ExplainURL is where files are uploaded to be explained. KeptUploadURL is where a kept upload is imported.
func ExplainURL() string    { return explainPath }
func KeptUploadURL() string { return keptPath }

// ExplainedURL is the page of a kept upload.
func ExplainedURL(id string) string {
	return explainPath + "?" + url.Values{"upload": {id}}.Encode()
}

// KeptUpload is an upload whose files are kept for its sender: some ask something or can be mapped, or they were explained.
type KeptUpload struct {
	ID        string
	Files     []KeptFile // that nothing was imported of
	Explained []ExplainedFile
}

// KeptFile is a file of a kept upload.
type KeptFile struct {
	Place int
	Name  string
	Asks  []store.ImportQuestion
	// Unknown are what somebody can map: the file itself, or files in it.
	Unknown []RefusedFile
}

// unknown are the files of the upload that somebody can map.
func (k *KeptUpload) unknown() (list []RefusedFile) {
	for _, file := range k.Files {
		list = append(list, file.Unknown...)
	}
	return list
}

// asksSomething says that a file of the upload has a question.
func (k *KeptUpload) asksSomething() bool {
	return slices.ContainsFunc(k.Files, func(file KeptFile) bool { return len(file.Asks) > 0 })
}

// title heads the form of the file.
func (f KeptFile) title() string {
	if len(f.Asks) > 0 {
		return f.Name + " asks"
	}
	return "Import " + f.Name
}

// ExplainedFile is the explanation of a file of an upload, or of a file in an archive.
type ExplainedFile struct {
	File  int    // place in the upload
	Apart string // tells it from another file with its name; empty where none has
	store.Explanation
}

// ExplainedPage says what the files of an upload are.
type ExplainedPage struct {
	Shell   Shell
	Kept    KeptUpload
	Problem string // why answers were not taken; may be empty
	Now     time.Time
}

// ofFile gives what is kept of the file of an explanation, for the last explanation of the file; ok is false for all others, and
// where the file was imported since.
func (p ExplainedPage) ofFile(at int) (file KeptFile, ok bool) {
	place := p.Kept.Explained[at].File
	if at+1 < len(p.Kept.Explained) && p.Kept.Explained[at+1].File == place {
		return KeptFile{}, false
	}
	isUnknown := p.Kept.Explained[at].Format == store.FormatUnknown && (at == 0 || p.Kept.Explained[at-1].File != place)
	for _, file := range p.Kept.Files {
		if file.Place == place && !isUnknown { // of a file of no known format nothing can be imported
			return file, true
		}
	}
	return KeptFile{}, false
}

// mapURL leads to the mapping of a file that was explained; empty where nobody can map it.
func (p ExplainedPage) mapURL(e *ExplainedFile) string {
	for _, file := range p.Kept.unknown() {
		if file.File == e.File && file.Name == e.Path {
			return MapURL(file)
		}
	}
	return ""
}

// names lists the files of the upload.
func (k KeptUpload) names() string {
	var names []string
	for _, file := range k.Files {
		names = append(names, file.Name)
	}
	return strings.Join(names, ", ")
}

// importedURL is the log of a file's records at the time of the file; empty where no time is known.
func importedURL(log store.Log, span store.Span) string {
	if span.First.IsZero() {
		return ""
	}
	from, to := span.First.UTC().Truncate(time.Second), span.Last.UTC().Truncate(time.Second).Add(time.Second)
	return logPath(log) + "?" + narrowEnds(from, to)
}

// askedSentence is the question without the flags of the command line.
func askedSentence(question string) string {
	if sentence, _, found := strings.Cut(question, ". "); found {
		question = sentence + "."
	}
	return Capital(question)
}

// howCertain says how sure the format of a file is.
func howCertain(e *store.Explanation) (class, text string) {
	switch e.Certainty {
	case store.Certain:
		return "status-success", "Certain"
	case store.Likely:
		return "status-success", "Likely"
	case store.Mixed:
		return "status-interrupted", "Several formats"
	case store.Empty:
		return "status-interrupted", "No records"
	}
	return "status-failure", "Not known"
}

// textFacts say how the text of a file is written.
func textFacts(t store.FileText) (facts [][2]string) {
	for _, fact := range [][2]string{{"Packed with", t.Packed}, {"Encoding", t.Encoding}, {"Delimiter", t.Delimiter}, {"Line ends", t.LineEnds}} {
		if fact[1] != "" {
			facts = append(facts, fact)
		}
	}
	return facts
}

// severalKinds says that the columns are those of records of several kinds.
func severalKinds(columns []store.ExplainedColumn) bool {
	for _, c := range columns {
		if c.Kind != columns[0].Kind {
			return true
		}
	}
	return false
}

// placesOf names the first records that are left out.
func placesOf(left store.LeftOut) string {
	var places []string
	for _, first := range left.First {
		places = append(places, "record "+Number(first.Record)+" in line "+Number(first.Line))
	}
	return strings.Join(places, ", ")
}

// explainedLogs are the logs that records of the file would go to.
func explainedLogs(e *store.Explanation) []store.LogInfo {
	return countedLogs(&store.ImportReport{LogCounts: e.LogCounts})
}
