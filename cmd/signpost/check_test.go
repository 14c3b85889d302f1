package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

// withInventedPeople makes a folder as earlier versions left it: with people made from risk detections and
// sign-ins.
func withInventedPeople(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	user := func(id, name, username string) store.Object {
		return store.Object{Kind: store.ObjectUser, ID: id, Name: name, Username: username}
	}
	_, err = db.PutDirectory(t.Context(), 0, store.DirectoryBatch{At: time.Now(), Objects: []store.Object{
		user("6a5874ca-abcd-9d82-5ad39bd71600", "", "olack@adatum.com"), user("1", "Ada", "ada@example.com"), user("real", "Bo <b>", "bo@example.com"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = importer.New(db, importer.Options{}).Reader(t.Context(), "x", strings.NewReader(graphLine))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestCheck(t *testing.T) {
	folder := withInventedPeople(t)
	check := func(forget, asJSON bool) (code int, out string) {
		var b bytes.Buffer
		err := (&CheckCmd{Data: folder, JSON: asJSON, ForgetObjects: forget}).Run(t.Context(), Streams{Out: &b, Err: io.Discard})
		return codeOf(err), b.String()
	}
	const found = "users 1 (Ada ada@example.com): its ID is the request ID of a stored sign-in\n" +
		"users 6a5874ca-abcd-9d82-5ad39bd71600 (olack@adatum.com): nothing is known but a username\n"
	const read = "1 sign-in and 1 record were read, and nothing is damaged.\n"
	if code, out := check(false, false); code != exitFailed || out != found+read {
		t.Errorf("exit %d with\n%s\nwant 1 with\n%s", code, out, found)
	}
	code, out := check(false, true)
	var printed struct {
		OK        bool
		Objects   []checkedObject
		Forgotten int
	}
	if err := json.Unmarshal([]byte(out), &printed); err != nil || code != exitFailed || printed.OK || len(printed.Objects) != 2 || printed.Objects[0].ID != "1" {
		t.Errorf("exit %d, %v, %s", code, err, out)
	}
	if code, out := check(true, false); code != 0 || out != found+"2 objects taken out of the directory.\n"+read {
		t.Errorf("exit %d with\n%s", code, out)
	}
	if code, out := check(false, false); code != 0 || out != "Nothing was found: every object of the directory can be right.\n"+read {
		t.Errorf("after that exit %d with\n%s", code, out)
	}
	if code, out := check(true, true); code != 0 || out != `{"ok":true,"rows":1,"records":1,"unsummed":0,"damages":[],"damages_total":0,"objects":[],"forgotten":0}`+"\n" {
		t.Errorf("after that exit %d with\n%s", code, out)
	}
}

// TestCheckOfRealDirectory finds no fault in the people of a real export.
func TestCheckOfRealDirectory(t *testing.T) {
	folder := t.TempDir()
	importFile(t, folder, inputFile(t, "cases/c15_dir.json"))
	var out bytes.Buffer
	if err := (&CheckCmd{Data: folder}).Run(t.Context(), Streams{Out: &out, Err: io.Discard}); err != nil {
		t.Errorf("%v: %s", err, out.String())
	}
}

// TestCheckOfDamagedPeople damages portal.db in several ways. Each is reported like damage of main.db, and the
// file stays as it is.
func TestCheckOfDamagedPeople(t *testing.T) {
	for _, test := range []struct {
		name   string
		damage func(path string) error
		says   string
	}{
		{"an account is gone, and its roles are not", func(path string) error {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				return err
			}
			_, err = db.Exec("DELETE FROM accounts")
			return errors.Join(err, db.Close())
		}, "portal.db, table account_roles: rows that belong to a row of accounts that is missing: 1. What to do: restore a backup"},
		{"a page is overwritten", func(path string) error { return overwrite(path, 4096) }, "portal.db: the structure of the file is damaged (SQLite says: "},
		{"its beginning is overwritten", func(path string) error { return overwrite(path, 0) }, "portal.db: the structure of the file is damaged (SQLite says: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			export := filepath.Join(t.TempDir(), "a.json")
			if err := os.WriteFile(export, []byte(graphLine), 0o600); err != nil {
				t.Fatal(err)
			}
			importFile(t, folder, export)
			people, err := portal.Open(t.Context(), folder)
			if err != nil {
				t.Fatal(err)
			}
			_, err = auth.NewAccounts(people, time.Now, false).Add(t.Context(), auth.NewAccount{Name: "Ada", Password: mePassword, Roles: []auth.Role{auth.RoleUser}})
			path := filepath.Join(folder, "portal.db")
			if err = errors.Join(err, people.Close()); err == nil {
				err = test.damage(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			err = (&CheckCmd{Data: folder}).Run(t.Context(), Streams{Out: &out, Err: io.Discard})
			if codeOf(err) != exitFailed || !strings.Contains(out.String(), test.says) || strings.Contains(out.String(), "nothing is damaged") {
				t.Errorf("%v, and it says\n%s", err, out.String())
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the check changed the file, or %v", err)
			}
		})
	}
}

// overwrite writes over some bytes of a file.
func overwrite(path string, at int64) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(bytes.Repeat([]byte{0xA5}, 100), at)
	return errors.Join(err, file.Close())
}

// A folder that lost its directory.db is refused, and goes on with an empty one where its owner says so.
func TestCheckBeginsANewDirectory(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	importAll(t, data)
	want := storeText(t, data)
	if status, _, complaint := signpost(t, "check", "--data", data, "--new-directory"); status != exitFailed || !strings.Contains(complaint, "is not lost") {
		t.Errorf("of a folder that has one: %d, %q", status, complaint)
	}
	if err := os.Remove(filepath.Join(data, "directory.db")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check"}, {"reindex"}, {"import", smallExport(t)}, {"backup", "--out", filepath.Join(t.TempDir(), "b.zip")}, {"serve", "--addr", "127.0.0.1:0"}} {
		if status, _, complaint := signpost(t, append(args, "--data", data)...); status != exitFailed || !strings.Contains(complaint, "directory.db is missing, but there was one") {
			t.Errorf("%s: %d, %q", args[0], status, complaint)
		}
	}
	if status, out, complaint := signpost(t, "check", "--data", data, "--new-directory"); status != 0 || !strings.Contains(out, "nothing is damaged") {
		t.Errorf("with a new one: %d, %q, %q", status, out, complaint)
	}
	if got := storeText(t, data); got != want {
		t.Errorf("the sign-ins changed: %s", firstDifference(got, want))
	}
	if status, _, complaint := signpost(t, "import", "--data", data, smallExport(t)); status != 0 {
		t.Errorf("an import then: %d, %q", status, complaint)
	}
}
