package store

// RecordsQuery asks for the records of a list whole: with their lists and the records as received.
type RecordsQuery struct {
	ListQuery
	// Folded gives the events that were folded into a line too, each as a record of its own: right before its line, the
	// oldest first. A page still begins and ends between lines, and Limit counts lines.
	Folded bool
	// Bytes bounds the page by the lengths of its records as received, all copies counted: it ends before the line with which
	// they would come to more. A page has one line at least. 0 bounds nothing.
	Bytes int64
	// AsReceived is asked of a record of which there is one copy whether that copy, or what it makes of it, is all that is
	// wanted: its fields are then not read, which is most of the work, and its record is Unread. It is called from several
	// goroutines at a time, and may be left uncalled. Nil wants the fields of all.
	AsReceived func(doc []byte, log Log, id string) (instead []byte, ok bool)
	// WithoutDocuments says that nobody looks at the records as received: where they must be redacted they are left out instead.
	WithoutDocuments bool
}

// RecordPage is one page of whole records, newest first. The records have no Events.
type RecordPage struct {
	Records []Record
	// Next is the cursor for older ones; nil where there are none.
	Next *Cursor
	// Rows is how many rows of the list the records are of.
	Rows     int
	Complete bool
}
