package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// answers reads the directory's files.
func answers(t *testing.T) map[string][]map[string]any {
	t.Helper()
	files := map[string][]map[string]any{}
	err := Directory(testEnd, func(name string, content io.Reader) error {
		var answer struct {
			Context string           `json:"@odata.context"`
			Value   []map[string]any `json:"value"`
		}
		if err := json.NewDecoder(content).Decode(&answer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		files[name] = answer.Value
		_, err := io.Copy(io.Discard, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every person and every workload that signs in has one object in the directory. Every member of a group has an
// object.
func TestDirectoryFitsTheOrganisation(t *testing.T) {
	files, o := answers(t), theOrganisation()
	ids := map[string]string{}
	for _, name := range []string{"users.json", "groups.json", "applications.json", "serviceprincipals.json"} {
		for _, object := range files[name] {
			id, _ := object["id"].(string)
			if before, double := ids[id]; double || id == "" {
				t.Errorf("%s has the id %q, and so has %s", name, id, before)
			}
			ids[id] = name
		}
	}
	for i := range o.people {
		if ids[o.people[i].id] != "users.json" {
			t.Fatalf("%s is no user of the directory", o.people[i].name)
		}
	}
	appIDs := map[any]bool{}
	for _, object := range files["serviceprincipals.json"] {
		appIDs[object["appId"]] = true
	}
	for i := range o.apps {
		if !appIDs[o.apps[i].id] {
			t.Errorf("%s has no service principal", o.apps[i].name)
		}
	}
	for _, list := range [][]workload{o.services, o.machines} {
		for i := range list {
			if ids[list[i].id] != "serviceprincipals.json" {
				t.Errorf("%s is no service principal of the directory", list[i].name)
			}
		}
	}
	largest := 0
	for name, members := range files {
		if !strings.HasPrefix(name, "members-") {
			continue
		}
		if ids[strings.TrimSuffix(strings.TrimPrefix(name, "members-"), ".json")] != "groups.json" {
			t.Errorf("%s is of no group", name)
		}
		if len(members) == 0 {
			t.Errorf("%s is empty", name)
		}
		largest = max(largest, len(members))
		for _, m := range members {
			if id, _ := m["id"].(string); ids[id] == "" {
				t.Errorf("%s: nobody has the id %s", name, id)
			}
		}
	}
	if largest < 1900 { // nearly all people
		t.Errorf("the largest group has %d members, want nearly everybody", largest)
	}
	guests, disabled := 0, 0
	for _, u := range files["users.json"] {
		if u["userType"] == "Guest" {
			guests++
		}
		if u["accountEnabled"] == false {
			disabled++
		}
	}
	if guests == 0 || disabled == 0 {
		t.Errorf("%d guests and %d disabled accounts, want some of each", guests, disabled)
	}
}

func TestDirectoryIsTheSameEachTime(t *testing.T) {
	write := func() []byte {
		var all bytes.Buffer
		if err := Directory(testEnd, func(name string, content io.Reader) error {
			all.WriteString(name)
			_, err := io.Copy(&all, content)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return all.Bytes()
	}
	if !bytes.Equal(write(), write()) {
		t.Error("two directories differ")
	}
}
