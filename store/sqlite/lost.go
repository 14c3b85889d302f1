package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"signpost/store/dbfile"
)

// A main.db that is not there, or holds nothing, is a new store only where nothing tells of an older one. Else somebody
// moved it away, or copied it without its log. An empty store in its place would look like one without sign-ins. Worse,
// SQLite throws the log of an empty file away.

// certainlyWhole is the size of a file that has tables: a new one has some twenty.
const certainlyWhole = 64 << 10

// RefuseLost gives an error where main.db is missing or holds nothing, and something in the folder tells that there was one.
func RefuseLost(ctx context.Context, folder string) error {
	path := filepath.Join(folder, "main.db")
	if dbfile.Size(path) >= certainlyWhole {
		return nil
	}
	// The traces first: a process that makes the folder at this moment makes main.db whole before any of them.
	traces, err := tracesOfMain(ctx, folder)
	if err != nil {
		return err
	}
	log := dbfile.Size(path + "-wal")
	var state string
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		state = "is missing"
	case err != nil:
		return fmt.Errorf("look at main.db: %w", err)
	case info.Size() == 0:
		state = "is empty"
	default:
		if len(traces) == 0 || dbfile.HasTables(ctx, path) {
			return nil
		}
		state = "holds nothing"
		log = 0 // a process that was killed as it made main.db leaves one
	}
	if log > 0 {
		traces = append(traces, "main.db-wal holds changes of it")
	}
	if len(traces) == 0 {
		return nil
	}
	return fmt.Errorf("%s %s, but there was one: %s. Nothing was changed. Put main.db back, with its main.db-wal where there is one, "+
		"or restore a backup into an empty folder (signpost restore FILE --data DIR); to begin without sign-ins, use another folder",
		path, state, strings.Join(traces, ", "))
}

// tracesOfMain says what but main.db itself and its log tells that there was a main.db.
func tracesOfMain(ctx context.Context, folder string) (traces []string, err error) {
	if dbfile.Size(filepath.Join(folder, "cols.db")) > 0 {
		traces = append(traces, "cols.db was made of it")
	}
	portal := filepath.Join(folder, "portal.db")
	if dbfile.Size(portal) == 0 {
		return traces, nil
	}
	noted, err := mainWasNoted(ctx, portal)
	if noted {
		traces = append(traces, "portal.db notes it")
	}
	return traces, err
}

// mainNoted is the user_version of a portal.db that had a main.db in its folder.
const mainNoted = 1

func mainWasNoted(ctx context.Context, path string) (bool, error) {
	var noted int
	if err := dbfile.Peek(ctx, path, "PRAGMA user_version", &noted); err != nil {
		return false, fmt.Errorf("read whether portal.db notes a main.db: %w", err)
	}
	return noted >= mainNoted, nil
}
