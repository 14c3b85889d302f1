package datafolder

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/store/storetest"
)

// openFolder opens a folder until the test ends.
func openFolder(t *testing.T, path string) *Folder {
	t.Helper()
	f, err := Open(t.Context(), path, kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// records are some sign-ins of the interactive log; those of other seeds are others.
func records(n, seed int) []store.Record {
	list := make([]store.Record, n)
	for i := range list {
		list[i] = storetest.Copy(store.SignIn{
			Log: store.Interactive, ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", seed, i), Time: storetest.Noon.Add(time.Duration(i) * time.Second), UserID: "ada",
		})
	}
	return list
}

// put imports some sign-ins.
func put(t *testing.T, f *Folder, list []store.Record) {
	t.Helper()
	id, err := f.BeginImport(t.Context(), store.ImportFile{Path: "test", Format: "azure-monitor"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := f.Prepare(list)
	if err == nil {
		_, err = f.Commit(t.Context(), id, batch)
	}
	if err == nil {
		err = f.EndImport(t.Context(), id, store.ImportReport{Path: "test", Format: "azure-monitor"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// logLines keeps what is logged.
type logLines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

// take gives what was logged since it was asked last.
func (l *logLines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.all.Reset()
	return l.all.String()
}

// countRowsOf counts the sign-ins that a folder holds.
func countRowsOf(t *testing.T, folder string) int64 {
	t.Helper()
	db, err := Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	total, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), AllEvents: true})
	if err != nil {
		t.Fatal(err)
	}
	return total.N
}

func openPeople(t *testing.T, folder string) *portal.DB {
	t.Helper()
	p, err := portal.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func addPerson(t *testing.T, p *portal.DB, name string) {
	t.Helper()
	_, err := auth.NewAccounts(p, time.Now, false).Add(t.Context(), auth.NewAccount{Name: name, Password: "correct horse battery", Roles: []auth.Role{auth.RoleUser}})
	if err != nil {
		t.Fatal(err)
	}
}

// filledFolder is a folder of 300 sign-ins and an account, closed.
func filledFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	db, err := Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, records(300, 1))
	p, err := portal.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	addPerson(t, p, "Ada")
	if err := errors.Join(p.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	return folder
}

// copyFile copies one file of a folder into another folder.
func copyFile(t *testing.T, from, to, name string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(from, name))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, name), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A clean stop leaves everything in the files themselves, so that each can be copied without its log.
func TestCloseEmptiesTheLogs(t *testing.T) {
	folder := filledFolder(t)
	for _, name := range []string{"main.db", "directory.db", "cols.db", "portal.db"} {
		if n := dbfile.Size(filepath.Join(folder, name+"-wal")); n > 0 {
			t.Errorf("%s-wal holds %d bytes after a clean stop", name, n)
		}
	}
	other := t.TempDir()
	for _, name := range []string{"main.db", "directory.db"} {
		copyFile(t, folder, other, name)
	}
	if n := countRowsOf(t, other); n != 300 {
		t.Errorf("the files hold %d sign-ins, want 300", n)
	}
}

// The same while another process has the files open.
func TestCloseEmptiesTheLogsBesideAnother(t *testing.T) {
	folder := t.TempDir()
	other := openFolder(t, folder)
	db, err := Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, records(300, 1))
	if err := other.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if n := dbfile.Size(filepath.Join(folder, "main.db-wal")); n > 0 {
		t.Errorf("main.db-wal holds %d bytes after one of two stopped", n)
	}
}

// A stop while somebody still reads leaves the log, and says that it belongs to its file: both together are the whole.
func TestCloseTellsOfALogThatStays(t *testing.T) {
	for _, name := range []string{"main.db", "directory.db", "portal.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filledFolder(t)
			var said logLines
			log := slog.New(slog.NewTextHandler(&said, nil))
			db, err := Open(t.Context(), folder, kinds.Catalog, storetest.Decode, WithLog(log))
			if err != nil {
				t.Fatal(err)
			}
			p, err := portal.Open(t.Context(), folder, portal.WithLog(log))
			if err != nil {
				t.Fatal(err)
			}
			reader, err := dbfile.OpenReader(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			tx, err := reader.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback() //nolint:errcheck // nothing was written
			var n int
			if err := tx.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
				t.Fatal(err)
			}
			put(t, db, records(50, 2))
			addPerson(t, p, "Bo")
			if err := errors.Join(p.Close(), db.Close()); err != nil {
				t.Fatal(err)
			}
			told := said.take()
			if strings.Count(told, "level=WARN") != 1 || !strings.Contains(told, name+"-wal could not be put into "+name) || !strings.Contains(told, "Copy both files") {
				t.Errorf("the log says %q", told)
			}
			both := t.TempDir()
			for _, file := range []string{"main.db", "directory.db", "portal.db", name + "-wal"} {
				copyFile(t, folder, both, file)
			}
			if rows := countRowsOf(t, both); rows != 350 {
				t.Errorf("the files together hold %d sign-ins, want 350", rows)
			}
			if list, err := openPeople(t, both).Accounts(t.Context()); err != nil || len(list) != 2 {
				t.Errorf("and %d accounts, want 2: %v", len(list), err)
			}
		})
	}
}

// namesAndSizes lists a folder.
func namesAndSizes(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-shm") && !strings.HasSuffix(e.Name(), "-wal") { // looking makes them
			list = append(list, e.Name())
		}
	}
	return list
}

func TestLostMainIsRefused(t *testing.T) {
	remove := func(t *testing.T, folder string, names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(folder, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	empty := func(t *testing.T, path string, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		lose func(t *testing.T, folder string)
		says []string
	}{
		{"main.db removed", func(t *testing.T, folder string) { remove(t, folder, "main.db") }, []string{"is missing", "cols.db", "portal.db notes it"}},
		{"main.db emptied", func(t *testing.T, folder string) { empty(t, filepath.Join(folder, "main.db"), nil) }, []string{"is empty", "cols.db"}},
		{"cols.db removed too", func(t *testing.T, folder string) { remove(t, folder, "main.db", "cols.db") }, []string{"is missing", "portal.db notes it"}},
		{"the log left alone", func(t *testing.T, folder string) {
			remove(t, folder, "main.db", "cols.db", "portal.db")
			empty(t, filepath.Join(folder, "main.db-wal"), make([]byte, 5000))
		}, []string{"is missing", "main.db-wal"}},
		{"copied without its log when it was new", func(t *testing.T, folder string) {
			fresh := filepath.Join(t.TempDir(), "main.db")
			w, err := dbfile.OpenWriter(fresh)
			if err == nil {
				_, err = w.Exec("SELECT 1")
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil || dbfile.Size(fresh) == 0 {
				t.Fatalf("a new file has %d bytes, %v", dbfile.Size(fresh), err)
			}
			copyFile(t, filepath.Dir(fresh), folder, "main.db")
		}, []string{"holds nothing", "cols.db"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := filledFolder(t)
			test.lose(t, folder)
			before := namesAndSizes(t, folder)
			for range 2 { // the first refusal must not make what the second takes for a store
				db, err := Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
				if err == nil {
					t.Fatalf("it opened: %v", db.Close())
				}
				for _, want := range append(test.says, folder, "restore a backup") {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %q, want %q in it", err, want)
					}
				}
			}
			if after := namesAndSizes(t, folder); !slices.Equal(before, after) {
				t.Errorf("the refusal left %q of %q", after, before)
			}
		})
	}
}

// An empty directory.db would make SQLite throw away the log of the one that was lost.
func TestNewDirectoryKeepsALog(t *testing.T) {
	folder := filledFolder(t)
	log := filepath.Join(folder, "directory.db-wal")
	if err := errors.Join(os.Remove(filepath.Join(folder, "directory.db")), os.WriteFile(log, make([]byte, 5000), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := BeginDirectory(t.Context(), folder); err == nil || !strings.Contains(err.Error(), log+" holds changes") || !strings.Contains(err.Error(), "Move that file") {
		t.Errorf("beside a log: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "directory.db")); !errors.Is(err, os.ErrNotExist) || dbfile.Size(log) != 5000 {
		t.Errorf("the refusal made directory.db, %v, or left %d bytes of the log", err, dbfile.Size(log))
	}
	if err := os.Rename(log, filepath.Join(t.TempDir(), "away")); err != nil {
		t.Fatal(err)
	}
	if err := BeginDirectory(t.Context(), folder); err != nil {
		t.Errorf("without the log: %v", err)
	}
}

// What a first start leaves when it is killed, and accounts that were made before it, are no lost store.
func TestNewFolderIsNotLost(t *testing.T) {
	accounts := t.TempDir()
	openPeople(t, accounts)
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "main.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	killed := t.TempDir()
	w, err := dbfile.OpenWriter(filepath.Join(killed, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := w.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = tx.Exec("CREATE TABLE t (a)")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tx.Rollback(), w.Close()); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]string{"accounts": accounts, "an empty main.db": empty, "killed": killed} {
		if n := countRowsOf(t, folder); n != 0 {
			t.Errorf("%s: %d sign-ins", name, n)
		}
	}
}

// A file that was taken away, or another in its place, takes nothing: what is written to it would be gone with the process.
func TestReplacedFilesTakeNothing(t *testing.T) {
	for _, name := range []string{"main.db", "main.db-wal", "directory.db", "directory.db-wal"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			db := openFolder(t, folder)
			put(t, db, records(20, 1))
			path := filepath.Join(folder, name)
			commit := func() error {
				batch, err := db.Prepare(records(1, 2))
				if err != nil {
					t.Fatal(err)
				}
				_, err = db.Commit(t.Context(), 1, batch)
				return err
			}
			ids := []store.DoubtfulObject{{}}
			for _, moved := range []struct {
				name     string
				do, undo func() error
			}{
				{"removed", func() error { return os.Rename(path, path+".away") }, func() error { return os.Rename(path+".away", path) }},
				{"replaced", func() error {
					if err := os.Rename(path, path+".away"); err != nil {
						return err
					}
					return os.WriteFile(path, []byte("another"), 0o600)
				}, func() error { return os.Rename(path+".away", path) }},
			} {
				if err := moved.do(); err != nil {
					t.Fatal(err)
				}
				_, beginErr := db.BeginImport(t.Context(), store.ImportFile{})
				_, forgetErr := db.ForgetObjects(t.Context(), ids)
				ofDirectory := map[string]error{"begin": beginErr, "end": db.EndImport(t.Context(), 1, store.ImportReport{}), "forget": forgetErr}
				refused := map[string]error{"ping": db.Ping(t.Context()), "commit": commit()}
				if strings.HasPrefix(name, "directory.db") {
					maps.Copy(refused, ofDirectory)
				}
				for what, err := range refused {
					if !errors.Is(err, store.ErrReplaced) {
						t.Errorf("%s, %s: got %v, want ErrReplaced", moved.name, what, err)
					}
				}
				if err := moved.undo(); err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(db.Ping(t.Context()), commit()); err != nil {
					t.Errorf("%s and put back: %v", moved.name, err)
				}
			}
		})
	}
}

// A folder of a newer version of the program, or of one before the first release, is refused and stays as it is.
func TestOtherSchemasAreRefused(t *testing.T) {
	const newer, older = "UPDATE goose_db_version SET version_id = 999 WHERE version_id > 0", "UPDATE goose_db_version SET version_id = 4 WHERE version_id > 0"
	for _, test := range []struct{ name, change, says, then string }{
		{"main.db", newer, "newer version", "start that version"},
		{"portal.db", newer, "newer version", "start that version"},
		{"main.db", older, "a version of Signpost before the first release (its schema is 4, this version begins with 8)", "import the records again"},
		{"portal.db", older, "a version of Signpost before the first release (its schema is 4, this version begins with 6)", "signpost user add"},
	} {
		name := test.name
		t.Run(name+" "+test.says, func(t *testing.T) {
			folder := filledFolder(t)
			w, err := dbfile.OpenWriter(filepath.Join(folder, name))
			if err == nil {
				_, err = w.Exec(test.change)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			db, mainErr := Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
			if mainErr == nil {
				defer db.Close()
			}
			p, portalErr := portal.Open(t.Context(), folder)
			if portalErr == nil {
				defer p.Close()
			}
			refused, other := mainErr, portalErr
			if name == "portal.db" {
				refused, other = portalErr, mainErr
			}
			if refused == nil || !strings.Contains(refused.Error(), test.says) || !strings.Contains(refused.Error(), test.then) || !strings.Contains(refused.Error(), filepath.Join(folder, name)) {
				t.Errorf("%s: got %v", name, refused)
			}
			if other != nil {
				t.Errorf("the other file: %v", other)
			}
		})
	}
}
