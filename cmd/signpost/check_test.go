package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/importer"
	"signpost/store/sqlite"
)

// withInventedPeople makes a folder as earlier versions left it: risk detections and sign-ins had become people.
func withInventedPeople(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	db, err := sqlite.Open(t.Context(), folder, importer.Decode)
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

// TestCheckOfRealDirectory: the people of a real export are right.
func TestCheckOfRealDirectory(t *testing.T) {
	folder := t.TempDir()
	importFile(t, folder, inputFile(t, "cases/c15_dir.json"))
	var out bytes.Buffer
	if err := (&CheckCmd{Data: folder}).Run(t.Context(), Streams{Out: &out, Err: io.Discard}); err != nil {
		t.Errorf("%v: %s", err, out.String())
	}
}
