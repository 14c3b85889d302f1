package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of this module's packages a package may import. cmd/signpost, which wires, may import all;
// any other package needs a row.
var mayImport = map[string][]string{
	"web/dispatch":   {"store", "auth"},
	"web/mail":       {"store", "auth", "views", "web/ask"},
	"web":            {"store", "store/access", "store/activity", "store/audit", "store/provisioning", "store/risk", "store/coverage", "store/errorcode", "store/export", "web/ask", "views", "auth", "static"},
	"web/ask":        {"store", "store/access", "store/activity", "store/audit", "store/provisioning", "store/risk", "store/coverage", "store/diagnostic", "auth"},
	"views":          {"store", "store/access", "store/activity", "store/audit", "store/provisioning", "store/risk", "store/coverage", "store/diagnostic", "store/errorcode", "web/ask", "static"},
	"static":         {},
	"auth":           {},
	"store":          {"store/rawjson"},
	"store/audit":    {"store", "store/rawjson"},
	"store/activity": {"store", "store/risk", "store/rawjson"}, // some records of activity tell risk detections
	// Changed properties are kept and withheld as those of audit records.
	"store/provisioning": {"store", "store/audit", "store/rawjson"},
	"store/risk":         {"store", "store/rawjson"},
	// The ledger of what the logs hold.
	"store/coverage": {"store"},
	// The access log shows accounts' roles, and logs of other kinds, by their names.
	"store/access":    {"store", "store/activity", "store/audit", "store/provisioning", "store/risk", "store/rawjson", "auth"},
	"store/accesslog": {"store", "store/access", "store/dbfile"},
	"store/kinds":     {"store", "store/access", "store/activity", "store/audit", "store/provisioning", "store/risk"},
	"store/errorcode": {"store"},
	// A verdict takes the words of an error code from there.
	"store/diagnostic":     {"store", "store/errorcode"},
	"store/export":         {"store", "store/coverage", "store/rawjson"},
	"store/importer":       {"store", "store/rawjson"},
	"store/rawjson":        {},
	"store/demo":           {"store", "store/rawjson"},
	"store/dbfile":         {"store"},
	"store/sqlite":         {"store", "store/dbfile", "store/sqlite/segment"},
	"store/portal":         {"store", "store/access", "store/dbfile", "auth"},
	"store/directory":      {"store", "store/coverage", "store/dbfile"},
	"store/datafolder":     {"store", "store/dbfile", "store/directory", "store/sqlite", "store/portal", "store/access", "store/accesslog"},
	"store/sqlite/segment": {},
	"store/storetest":      {"store"},
	"e2e":                  {},
	// The benchmark measures the packages that cmd/signpost wires, and wires some of them itself.
	"cmd/signpost/bench": {"store", "store/access", "store/accesslog", "store/activity", "store/audit", "store/demo", "store/importer", "store/datafolder", "store/portal", "store/risk", "auth", "web", "static"},
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
			if name == "web/ask" && strings.HasPrefix(path, "github.com/labstack/echo") {
				t.Errorf("web/ask imports %s; it knows no requests", path)
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

// Views draw answers: none of them has the means to ask. What a view takes from web/ask are answers, and which sign-ins a number
// counts.
func TestViewsAskNothing(t *testing.T) {
	asked := map[string][]string{"store": {"Store", "Reader", "Directory"}, "ask": {"Reader", "Together"}}
	files, err := filepath.Glob("../../views/*.go")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(asked[pkg.Name], selector.Sel.Name) {
					t.Errorf("%s has %s.%s: ask in web/ask, and draw the answer", filepath.Base(file), pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}
