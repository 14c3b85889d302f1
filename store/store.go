package store

import (
	"context"
	"maps"
	"time"
)

// Store is what an engine that keeps records answers, and what holds one state of it.
type Store interface {
	Reader
	// Snapshot makes all questions asked with the context it gives see one state of the store, until release is called.
	Snapshot(ctx context.Context) (with context.Context, release func(), err error)
}

// Reader is the questions to a store. Identity of a record is (log, id). Every read has a time range, a limit and the
// context's deadline; it pages by key, says whether the answer is complete, and sees whole import batches only. Past the
// deadline it returns ErrTooSlow.
type Reader interface {
	SignInReader
	// Catalog gives the kinds of records that the store keeps.
	Catalog() Catalog
	// Page gives one page of a log's records, newest first.
	Page(ctx context.Context, q ListQuery) (Page, error)
	// Total counts the records of a log in the range that pass the filter. The count is exact.
	Total(ctx context.Context, q ListQuery) (Total, error)
	// Groups gives one page of a grouped log's groups, by their newest member, newest first. Counts are exact.
	Groups(ctx context.Context, q GroupsQuery) (GroupPage, error)
	// GroupRows gives one page of the records of one group; ErrNotFound where no row has that key.
	GroupRows(ctx context.Context, q GroupRowsQuery) (Page, error)
	// Histogram counts the records of a log by bucket and status. The counts are exact.
	Histogram(ctx context.Context, q HistogramQuery) (Histogram, error)
	// Facets gives the most frequent values of fields, a facet for each in their order; ErrNoFacet for a field
	// that is not Facetable. The counts are exact.
	Facets(ctx context.Context, q FacetsQuery) ([]Facet, error)
	// Values gives the values of one field that hold a text, the most frequent first; Distinct counts those alone.
	Values(ctx context.Context, q ValuesQuery) (Facet, error)
	// Table counts the records of some logs by the values of a field, and of another across; ErrNoFacet for a field that is not
	// Facetable. The counts are exact.
	Table(ctx context.Context, q TableQuery) (Table, error)
	// Get gives one record with all its lists and versions; ErrNotFound where there is none. The id of any event
	// of an interactive line gives the line.
	Get(ctx context.Context, q GetQuery) (Record, error)
	// Records gives one page of a log's records whole, newest first: what Page lists, with lists and versions. It is
	// for pages of thousands, one after the other.
	Records(ctx context.Context, q RecordsQuery) (RecordPage, error)
	// Newest gives the time of the log's newest record; ok is false for an empty log.
	Newest(ctx context.Context, log Log) (t time.Time, ok bool, err error)
	// Tenants gives the IDs of the tenants that wrote the stored records, whatever kind these are of, in lower case and byte
	// order. All copies of a record count.
	Tenants(ctx context.Context) ([]string, error)
	// FindUser gives the user ID that a user principal name stands for. It is that of the directory's user, where exactly one
	// has the name; an engine does not know the directory. Else it is the one that all sign-ins under the name carry in the portal's tenant, IDs that are no user's
	// aside; an empty tenant stands for the one that most stored sign-ins name. The zero FoundUser where there is no such
	// one, or where the sign-ins are still being read again.
	FindUser(ctx context.Context, upn, tenant string) (FoundUser, error)
	// Places gives where some sign-ins stand now, in the order of the refs: of an event the line that it belongs to, the zero
	// Cursor where there is no such sign-in.
	Places(ctx context.Context, refs []Ref) ([]Cursor, error)
	// PersonRows gives the person's own sign-ins at some places of their history, newest first. A place where there is
	// none, or one that is not the person's, is passed over.
	PersonRows(ctx context.Context, person Person, places []Cursor) ([]Row, error)
}

// Writer is what an import talks to: a log engine, the ledger of imports and the directory. Prepare may run beside Commit,
// each in one goroutine at a time.
type Writer interface {
	// Catalog gives the kinds of records that the engine keeps.
	Catalog() Catalog
	// BeginImport notes the start of one file's import and gives the number its batches carry.
	BeginImport(ctx context.Context, file ImportFile) (int64, error)
	// Prepare does the work of a batch that needs no lock: compressing, hashing, coding.
	Prepare(records []Record) (Batch, error)
	// Commit writes the batch in one transaction, and then the import's counts so far. An import that is killed between
	// both has stored one batch more than it counts. Outcomes are in the order of the records. A batch put twice is
	// stored once.
	Commit(ctx context.Context, importID int64, batch Batch) ([]Outcome, error)
	// EndImport notes the end of a file's import with its counts.
	EndImport(ctx context.Context, importID int64, report ImportReport) error
	DirectoryWriter
}

// Engine keeps the logs. It knows nothing of the directory but what a question tells it, and nothing of imports: package
// store/directory makes a Store, a Writer and a Directory of it.
type Engine interface {
	Store
	// Prepare is that of Writer.
	Prepare(records []Record) (Batch, error)
	// Commit writes the batch in one transaction. Outcomes are in the order of the records. A batch put twice is stored
	// once. A told copy (Head.ToldBy) goes to the first log of its kind that has its ID, with the same owners, from another
	// source; where none has, to the log that it names. When another log is the first to have the ID, the told copies go
	// there, and a record that has no others goes away.
	Commit(ctx context.Context, batch Batch) ([]Outcome, error)
	// Entities is that of Directory, with what the directory knows.
	Entities(ctx context.Context, q EntitiesQuery, known *DirectoryIndex) (EntityPage, error)
	// LastSuccess gives the newest successful sign-in of any of some entities; kind says what the IDs are of.
	LastSuccess(ctx context.Context, kind ObjectKind, ids []string) (LastSuccess, error)
	// Requests says which of some IDs are request IDs of sign-ins, of whatever log.
	Requests(ctx context.Context, ids []string) (map[string]bool, error)
}

// Batch is what Prepare made of some records, for Commit of the same engine.
type Batch any

// ListQuery asks for records of one log. At most one of After and Before is set.
type ListQuery struct {
	Log           Log
	Range         Range
	Filter        Filter
	After, Before *Cursor
	Limit         int
	// AllEvents lists the events of the interactive log unfolded. Else the log has lines: see Line.
	AllEvents bool
}

// Page is one page of records, newest first.
type Page struct {
	Rows []Row
	// Next is the cursor for older rows, Prev for newer ones; nil where there are none.
	Next, Prev *Cursor
	Complete   bool
}

// Row is a record in a list: its single-valued fields and its place.
type Row struct {
	Key   Key
	Entry Entry
	Line  Line
}

// Line tells of the events that were folded into one row of a log that folds: a line is its last event. A record of another
// log, and a listed event (events=all), is a line of one event.
type Line struct {
	// Events is how many events the line has, its last included; 1 where nothing was folded.
	Events int
	// Denied counts the events whose MFA outcome was denied or timed out.
	Denied int
	// Started is the time of the line's first event.
	Started time.Time
}

// Cursor gives the row's place in a list of one log.
func (r Row) Cursor() *Cursor { return &Cursor{Key: r.Key} }

// Total is a count of records; Complete says that it is exact.
type Total struct {
	N        int64
	Complete bool
}

// GroupsQuery asks for groups of one grouped log.
type GroupsQuery struct {
	ListQuery
	Window Window
}

// Group is the records of one window that share the log's key. Its cells are those of Newest.
type Group struct {
	Newest      Row
	Count       int64
	First, Last time.Time
	// From and To are the window's edges (UTC); Cut says that the range leaves part of the window out.
	From, To time.Time
	Cut      bool
}

// GroupPage is one page of groups.
type GroupPage struct {
	Groups     []Group
	Next, Prev *Cursor
	Complete   bool
}

// GroupRowsQuery asks for the members of the group that the row Of belongs to.
type GroupRowsQuery struct {
	GroupsQuery
	Of Key
}

// PersonQuery asks for a person's own sign-ins over both user logs.
type PersonQuery struct {
	Person Person
	Range  Range
	Filter Filter
	After  *Cursor
	Limit  int
}

// GetQuery asks for one record.
type GetQuery struct {
	Ref
	// Owner, where it is set, is whose own record it must be. It is looked for in the logs of users, without Log and Near.
	// Another person's takes as many reads as an id that there is none of: nobody can tell by the time which it is.
	Owner *Person
	// Scopes are what the record must be in, as in Filter.Within. One that is not takes as many reads as an id that there is
	// none of.
	Scopes Scopes
}

// Record is one record whole: merged from its versions, which stand from the oldest to the newest. On
// its way in a record has one version.
type Record struct {
	Entry    Entry
	Key      Key
	Versions []Version
	// Unread says that of Entry, and of its one version, only Log and ID are set: see RecordsQuery.AsReceived.
	Unread bool
	// Events are the events of the line, oldest first; the last is the record itself. Empty on the way in.
	Events []Row
}

// Newest gives the newest version.
func (r *Record) Newest() *Version { return &r.Versions[len(r.Versions)-1] }

// Outcome says what became of one record of a batch.
type Outcome struct {
	Kind OutcomeKind
	// Conflict says that the id was taken by another owner's record; ID is the
	// derived one the record got.
	Conflict bool
	ID       string
	// Reason says why a record was rejected.
	Reason string
	// Told is the log that a copy went to that a record of another kind tells; empty for every other record. That record
	// has an outcome of its own: counts leave this one out.
	Told Log
}

// OutcomeKind is what became of a record.
type OutcomeKind uint8

// The outcomes. Same: equal to a kept version, nothing changed.
const (
	OutcomeNew OutcomeKind = iota
	OutcomeUpdated
	OutcomeSame
	OutcomeRejected
)

// ImportFile is what is known of a file when its import begins.
type ImportFile struct {
	Path   string
	Format string
}

// ImportReport is the counts of one file; other programs read its JSON. Read is the sum of the others.
type ImportReport struct {
	Path      string        `json:"path"`
	Format    string        `json:"format"`
	LogCounts map[Log]int64 `json:"log_counts"`
	// Outcomes split New, Updated and Same by log: nil in reports of before they were split, and for a file without any.
	Outcomes map[Log]Outcomes `json:"outcomes,omitempty"`
	// Times are the first and last record of each log that the file has some of.
	Times map[Log]Span `json:"times"`
	// Told are the records of each log that records of another kind tell. They count in LogCounts and nowhere else: what tells
	// them is a record of the file by itself. They say nothing of what their log holds.
	Told    map[Log]ToldRecords `json:"told,omitempty"`
	Read    int64               `json:"read"`
	New     int64               `json:"new"`
	Updated int64               `json:"updated"`
	Same    int64               `json:"same"`
	Skipped int64               `json:"skipped"`
	// Unreadable counts those of the skipped records that are of a format that is unknown or not read.
	Unreadable    int64            `json:"unreadable"`
	Rejected      []RejectedRecord `json:"rejected"`
	RejectedTotal int64            `json:"rejected_total"`
	// RejectedKept counts the rejected records whose text is kept. RejectedFile is that text. It is kept apart from the report.
	RejectedKept int64         `json:"rejected_kept,omitempty"`
	RejectedFile *RejectedFile `json:"-"`
	Conflicts    int64         `json:"conflicts"`
	Tenants      []string      `json:"tenants"`
	CannotShow   []string      `json:"cannot_show"`
	// Failure is why the file was not read to its end, in a sentence; empty where it was. What was read is stored.
	Failure string `json:"failure,omitempty"`
	// Asks names what must be answered before the file is read: AskLog, AskDates or AskZone. Nothing of the file is stored then.
	Asks []string `json:"asks,omitempty"`
	// Questions are the sentences of Asks.
	Questions []string `json:"questions,omitempty"`
	// Directory counts what a directory export held: users, groups, members, applications, servicePrincipals.
	Directory map[string]int64 `json:"directory_counts,omitempty"`
	// Reports are the reports about objects that the file has rows of: see ReportFile.
	Reports []ReportFile `json:"reports,omitempty"`
	// MorePages says that the file is an answer that ends with a link to a further page.
	MorePages bool `json:"more_pages,omitempty"`
	// OneLog says that the export can hold only the log that the file has records of.
	OneLog bool `json:"one_log,omitempty"`
	// PartOnly says that the file has parts of sign-ins alone, such as their authentication details. It tells nothing of what its
	// log holds.
	PartOnly bool `json:"part_only,omitempty"`
	// Stated are the ranges that the file is known to hold whole, by the manifest around it.
	Stated map[Log]Span `json:"stated,omitempty"`
	// File is the place of the file among those that were given to be imported. It is not kept.
	File int `json:"-"`
	// Arrivals are how late the new records of each log were ingested. They are kept apart from the report.
	Arrivals map[Log]Arrivals `json:"-"`
	// ImportID is the number of the import in the ledger; 0 where it has none.
	ImportID int64 `json:"-"`
}

// What an import must ask about a file that does not say it itself.
const (
	AskLog   = "log"   // of which log its sign-ins are
	AskDates = "dates" // whether the day or the month comes first
	AskZone  = "zone"  // in which time zone its times are
)

// ToldRecords are how many records of a log a file tells by records of another kind, with the first and the last of them.
type ToldRecords struct {
	N int64 `json:"n"`
	Span
}

// Outcomes count the records of a log by what they were to the store.
type Outcomes struct {
	New     int64 `json:"new"`
	Updated int64 `json:"updated"`
	Same    int64 `json:"same"`
}

// WithoutLogs gives the report to somebody who may not read some logs: as if the file had no record of them.
func (r ImportReport) WithoutLogs(hidden func(Log) bool) ImportReport {
	r.LogCounts, r.Times, r.Outcomes, r.Stated = maps.Clone(r.LogCounts), maps.Clone(r.Times), maps.Clone(r.Outcomes), maps.Clone(r.Stated)
	if r.Holds(hidden) { // what the file tells of other logs, it tells by records of a hidden one
		for log, told := range r.Told {
			r.LogCounts[log] -= told.N
		}
		maps.DeleteFunc(r.LogCounts, func(_ Log, n int64) bool { return n == 0 })
		r.Told = nil
	}
	for log, n := range r.Outcomes {
		if hidden(log) {
			r.New, r.Updated, r.Same = r.New-n.New, r.Updated-n.Updated, r.Same-n.Same
			r.Read -= n.New + n.Updated + n.Same
		}
	}
	maps.DeleteFunc(r.LogCounts, func(log Log, _ int64) bool { return hidden(log) })
	maps.DeleteFunc(r.Times, func(log Log, _ Span) bool { return hidden(log) })
	maps.DeleteFunc(r.Outcomes, func(log Log, _ Outcomes) bool { return hidden(log) })
	maps.DeleteFunc(r.Stated, func(log Log, _ Span) bool { return hidden(log) })
	r.RejectedFile = nil
	return r
}

// Holds says that the file has records of one of the logs that are asked for.
func (r *ImportReport) Holds(asked func(Log) bool) bool {
	for log, n := range r.LogCounts {
		if n > 0 && asked(log) {
			return true
		}
	}
	return false
}

// RejectedRecord is a record that was meant as one of a kept kind and could not be used. Record and Line count from 1. Line is
// where the fault is, which may be some lines behind the record's first.
type RejectedRecord struct {
	Record int64  `json:"record"`
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

// MaxRejectedListed is how many rejected records a report lists; RejectedTotal counts all.
const MaxRejectedListed = 1000

// Decoder reads a kept document back into an entry. The engine re-derives columns with it, so it must give the same entry
// for the same log and document. The log is the one that the document was kept in; empty where that is not known.
type Decoder func(log Log, doc []byte) (Entry, error)
