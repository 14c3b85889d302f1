package store

import (
	"context"
	"time"
)

// ImportHistory is what is remembered of imports: one entry for each file, of whoever imported it.
type ImportHistory interface {
	// PastImports gives one page of the imports, the one begun last first, without lists of rejected records.
	PastImports(ctx context.Context, q ImportsQuery) (ImportPage, error)
	// ImportByID gives one import whole; ErrNotFound where there is none.
	ImportByID(ctx context.Context, id int64) (ImportEntry, error)
	// RejectedOf gives the text of the records that an import rejected; ErrNotFound where none is kept.
	RejectedOf(ctx context.Context, id int64) (RejectedFile, error)
}

// ImportsQuery asks for imports begun before the one of an id; zero for the newest.
type ImportsQuery struct {
	Before int64
	Limit  int
}

// ImportPage is one page of imports; More says that there are older ones.
type ImportPage struct {
	Entries []ImportEntry
	More    bool
}

// ImportEntry is the import of one file.
type ImportEntry struct {
	ID      int64
	Started time.Time
	// Ended is zero while it runs, and for ever where the program was killed meanwhile. The report then has the counts so
	// far, of what became of sign-ins alone. Of an import that was killed they may lack the last batch.
	Ended  time.Time
	Report ImportReport
}
