package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of this module's packages a package may import. cmd/signpost, which wires, may import all;
// any other package needs a row.
var mayImport = map[string][]string{
	"web":                  {"store", "store/errorcode", "store/export", "views", "auth", "static"},
	"views":                {"store", "store/errorcode", "static"},
	"static":               {},
	"auth":                 {},
	"store":                {},
	"store/errorcode":      {"store"},
	"store/export":         {"store"},
	"store/importer":       {"store", "store/rawjson"},
	"store/rawjson":        {},
	"store/demo":           {"store"},
	"store/dbfile":         {"store"},
	"store/sqlite":         {"store", "store/dbfile", "store/sqlite/segment"},
	"store/portal":         {"store", "store/dbfile", "auth"},
	"store/datafolder":     {"store", "store/dbfile", "store/sqlite", "store/portal"},
	"store/sqlite/segment": {},
	"store/storetest":      {"store"},
	"e2e":                  {},
	// The benchmark measures the packages that cmd/signpost wires, and wires some of them itself.
	"cmd/signpost/bench": {"store", "store/demo", "store/importer", "store/sqlite", "store/portal", "auth", "web", "static"},
}

func TestDependencyDirection(t *testing.T) {
	command := exec.Command("go", "list", "-json=ImportPath,Imports,Standard", "signpost/...")
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; seen++ {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, "signpost/")
		allowed, known := mayImport[name]
		if name == "cmd/signpost" {
			continue
		}
		if !known {
			t.Errorf("%s stands in no row of the table", name)
		}
		for _, path := range pkg.Imports {
			ours, isOurs := strings.CutPrefix(path, "signpost/")
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
			// Unicode's normal forms are data that the standard library does not have.
			if name == "store" && strings.Contains(path, ".") && path != "golang.org/x/text/unicode/norm" {
				t.Errorf("store imports %s; the domain imports the standard library, and Unicode's normal forms, only", path)
			}
		}
	}
	if seen < 4 {
		t.Errorf("go list told of %d packages", seen)
	}
}
