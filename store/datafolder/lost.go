package datafolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/portal"
	"signpost/store/sqlite"
)

// A main.db that is not there, or holds nothing, is a new store only where nothing tells of an older one. Else somebody
// moved it away, or copied it without its log. An empty store in its place would look like one without records. Worse,
// SQLite throws the log of an empty file away.

// certainlyWhole is the size of a file that has tables: a new one has some twenty.
const certainlyWhole = 64 << 10

// refuse gives an error for a folder that is half restored, or that lacks a file which it had.
func refuse(ctx context.Context, folder string) error {
	if err := dbfile.RefuseUnfinished(folder); err != nil {
		return err
	}
	return errors.Join(refuseLostMain(ctx, folder), refuseLostDirectory(ctx, folder))
}

// refuseLostMain gives an error where main.db is missing or holds nothing, and something in the folder tells that there was one.
func refuseLostMain(ctx context.Context, folder string) error {
	path := filepath.Join(folder, sqlite.MainFile)
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
		"or restore a backup into an empty folder (signpost restore FILE --data DIR); to begin without records, use another folder",
		path, state, strings.Join(traces, ", "))
}

// tracesOfMain says what but main.db itself and its log tells that there was a main.db.
func tracesOfMain(ctx context.Context, folder string) (traces []string, err error) {
	if dbfile.Size(filepath.Join(folder, sqlite.ColumnsFile)) > 0 {
		traces = append(traces, "cols.db was made of it")
	}
	if path := filepath.Join(folder, directory.File); dbfile.Size(path) > 0 {
		var has bool
		if err := dbfile.Peek(ctx, path, "SELECT EXISTS (SELECT 1 FROM imports)", &has); err != nil {
			return nil, fmt.Errorf("read whether directory.db lists imports: %w", err)
		}
		if has {
			traces = append(traces, "directory.db lists what was imported into it")
		}
	}
	noted, err := portal.NotesMain(ctx, folder)
	if noted {
		traces = append(traces, "portal.db notes it")
	}
	return traces, err
}

var errLostDirectory = errors.New("but there was one: main.db was used with it")

// refuseLostDirectory gives an error where directory.db is missing or holds nothing, and main.db tells that there was one: main.db
// gets its present schema once directory.db is in its place.
func refuseLostDirectory(ctx context.Context, folder string) error {
	path, main := filepath.Join(folder, directory.File), filepath.Join(folder, sqlite.MainFile)
	if state, err := stateOfDirectory(ctx, path); state == "" {
		return err
	}
	if dbfile.Size(main) == 0 || !dbfile.HasTables(ctx, main) {
		return nil // a new folder, or one whose main.db is lost too
	}
	var schema int64
	if err := dbfile.Peek(ctx, main, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied", &schema); err != nil {
		return nil //nolint:nilerr // a main.db of another shape: opening it says what is wrong
	}
	if schema < sqlite.SchemaWithoutDirectory {
		return nil // main.db has the directory itself
	}
	state, err := stateOfDirectory(ctx, path) // once more: another process may have moved it into its place until main.db was looked at
	if state == "" {
		return err
	}
	return fmt.Errorf("%s %s, %w. Nothing was changed. Put directory.db back, with its directory.db-wal where there is one, "+
		"or restore a backup into an empty folder (signpost restore FILE --data DIR); to go on with an empty directory and list of imports, signpost check --new-directory", path, state, errLostDirectory)
}

// stateOfDirectory says what is wrong with a directory.db; empty where nothing is.
func stateOfDirectory(ctx context.Context, path string) (string, error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return "is missing", nil
	case err != nil:
		return "", fmt.Errorf("look at directory.db: %w", err)
	case info.Size() == 0:
		return "is empty", nil
	case info.Size() >= certainlyWhole || dbfile.HasTables(ctx, path):
		return "", nil
	}
	return "holds nothing", nil
}
