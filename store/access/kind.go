package access

import "signpost/store"

var subjects = store.NewList("subject", subjectParts, eachSubject)

// The properties that pages name. Their names are the keys of the documents.
var (
	ID           = store.UniqueID("id", "Access ID", func(r *Record) *string { return r.ID() })
	Number       = store.Number("number", "Number", func(r *Record) *store.Int { return &r.Number })
	AccountID    = store.EntityID("accountId", "Account ID", func(r *Record) *string { return &r.AccountID }, func(r *Record) string { return r.Account })
	AccountName  = store.Text("accountName", "Account", func(r *Record) *string { return &r.Account })
	RoleSet      = store.Set("roles", "Roles", func(r *Record) []string { return r.Roles }).InWords(roles)
	PersonID     = store.Text("personId", "User ID of who looked", func(r *Record) *string { return &r.PersonID })
	Done         = store.Enum("action", "Action", func(r *Record) *string { return (*string)(&r.Action) }).InWords(actions)
	Ended        = store.Enum("outcome", "Status", func(r *Record) *string { return (*string)(&r.Outcome) })
	Address      = store.Text("ipAddress", "IP address", func(r *Record) *string { return &r.Address }).AsAddress()
	UserAgent    = store.Text("userAgent", "User agent", func(r *Record) *string { return &r.UserAgent })
	Page         = store.Text("page", "Page", func(r *Record) *string { return &r.Page })
	LogName      = store.Text("log", "Log", func(r *Record) *string { return (*string)(&r.Log) }).InWords(looked)
	Query        = store.Text("query", "Filter", func(r *Record) *string { return &r.Query }).AsLong()
	RecordID     = store.UniqueID("recordId", "Record", func(r *Record) *string { return &r.RecordID })
	Rows         = store.Number("rows", "Rows", func(r *Record) *store.Int { return &r.Rows })
	Reason       = store.Text("reason", "Reason", func(r *Record) *string { return &r.Reason }).AsLong()
	Ticket       = store.Text("ticket", "Ticket", func(r *Record) *string { return &r.Ticket })
	PreviousHash = store.UniqueID("previousHash", "Hash of the record before", func(r *Record) *string { return &r.PreviousHash })
	Hash         = store.UniqueID("hash", "Hash", func(r *Record) *string { return &r.Hash })
	RemovedTo    = store.Number("removed.number", "Removed up to number", func(r *Record) *store.Int { return &r.removedTo })
	RemovedHash  = store.Text("removed.hash", "Hash of the last removed record", func(r *Record) *string { return &r.Removed.Hash })
	SubjectNames = store.Text("subjectNames", "Subject(s)", func(r *Record) *string { return &r.subjectNames }).AsMadeUp()

	subjectSet   = store.ListPart(subjects, subjectName, "subjects.name", "Subject")
	calledSet    = store.ListPart(subjects, subjectCalled, "subjects.called", "Subject name")
	subjectItems = store.ListItems(subjects, "subjects", "Subjects, each with its ID, username and name")
)

// The fields that pages name.
var (
	AccountField = &store.Field{Name: "account", Label: "Account", Properties: []*store.Property{AccountID, AccountName}, One: "account", Many: "accounts", Hint: "name or ID of the account that looked"}
	RoleField    = &store.Field{Name: "role", Label: "Role", Properties: []*store.Property{RoleSet}}
	PersonField  = &store.Field{Name: "person", Label: "Person who looked", Properties: []*store.Property{PersonID}, Hint: "user ID of who looked"}
	ActionField  = &store.Field{Name: "action", Label: "Action", Properties: []*store.Property{Done}}
	StatusField  = &store.Field{Name: "status", Label: "Status", Source: store.FromStatus, Column: Ended}
	AddressField = &store.Field{Name: "ip", Label: "IP address", Properties: []*store.Property{Address}, One: "IP address", Many: "IP addresses"}
	PageField    = &store.Field{Name: "page", Label: "Page", Properties: []*store.Property{Page}}
	LogField     = &store.Field{Name: "log", Label: "Log", Properties: []*store.Property{LogName}}
	QueryField   = &store.Field{Name: "query", Label: "Filter", Properties: []*store.Property{Query}}
	SubjectField = &store.Field{Name: "subject", Label: "Subject", Properties: []*store.Property{subjectSet}, Hint: "name, username or user ID of the person whose data was seen"}
	// SubjectNameField counts each subject once, by the best name: SubjectField knows three of each.
	SubjectNameField = &store.Field{Name: "subjectname", Label: "Subject name", Part: "name", Properties: []*store.Property{calledSet}}
	RecordField      = &store.Field{Name: "record", Label: "Record", Properties: []*store.Property{RecordID}}
	RowsField        = &store.Field{Name: "rows", Label: "Rows", Properties: []*store.Property{Rows}}
	ReasonField      = &store.Field{Name: "reason", Label: "Reason", Properties: []*store.Property{Reason}}
	TicketField      = &store.Field{Name: "ticket", Label: "Ticket", Properties: []*store.Property{Ticket}}
	NumberField      = &store.Field{Name: "number", Label: "Number", Properties: []*store.Property{Number}}
	RequestField     = &store.Field{Name: "request", Label: "Access ID", Properties: []*store.Property{ID}}
	AgentField       = &store.Field{Name: "agent", Label: "User agent", Properties: []*store.Property{UserAgent}}
)

var statuses = []store.StatusInfo{
	{Label: "-"},
	{Name: string(Allowed), Label: "Allowed", Tone: store.Good},
	{Name: string(Refused), Label: "Refused", Tone: store.Bad},
	{Name: string(Failed), Label: "Failed", Tone: store.Warning},
}

var properties = []*store.Property{
	ID, Number, AccountID, AccountName, RoleSet, PersonID, Done, Ended, Address, UserAgent, Page, LogName, Query, RecordID, Rows, Reason, Ticket, PreviousHash,
	Hash, SubjectNames, subjectSet, calledSet, subjectItems, RemovedTo, RemovedHash,
}

const title = "Access log"

// Kind is the kind of access records.
var Kind = store.NewKind(store.Kind{
	One: "access record", Many: "access records",
	Logs: []store.LogInfo{{
		Log: Log, Number: 40, Title: title, Short: "Access", FileStem: "AccessLog", Category: "AccessLogs", Actor: AccountField, Target: SubjectField,
		One: "account", Many: "accounts", Read: store.AccessLog, Own: true,
	}},
	Properties: properties,
	Derivation: 1,
	Lists:      []*store.List{subjects},
	Named: []*store.Field{
		AccountField, ActionField, StatusField, SubjectField, SubjectNameField, LogField, RoleField, PersonField, AddressField, PageField, QueryField, RecordField, RowsField,
		ReasonField, TicketField, NumberField, RequestField, AgentField,
	},
	Searched: store.Searched{
		IDs:       []*store.Field{SubjectField, PersonField, RecordField},
		Starts:    []*store.Field{RequestField, RecordField},
		Names:     []*store.Field{AccountField, SubjectField},
		Whole:     []*store.Field{TicketField},
		Usernames: []*store.Field{SubjectField},
		Addresses: []*store.Field{AddressField},
	},
	Statuses: statuses,
	Status:   func(e store.Entry) store.Status { return store.StatusNamed(statuses, string(e.(*Record).Outcome)) },
	New:      func() store.Entry { return &Record{} },
	Update:   func(merged, newer store.Entry) { merged.(*Record).update(newer.(*Record)) },
	Filled:   func(e store.Entry) int { return len(e.(*Record).Subjects) + len(e.(*Record).Roles) },
	Shape: store.Shape{
		Tells: []string{"accountId", "outcome", "previousHash", "hash"},
		Times: []string{"createdDateTime"},
		Lists: map[string]func(store.Entry, []byte) bool{
			"subjects": func(e store.Entry, value []byte) bool { return e.(*Record).readSubjects(value) },
			"roles":    func(e store.Entry, value []byte) bool { return e.(*Record).readRoles(value) },
		},
		Settle: func(e store.Entry, _ store.Envelope) { e.(*Record).settle() },
	},
})
