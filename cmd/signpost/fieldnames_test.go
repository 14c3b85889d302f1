package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is known of a field or a property stands at its declaration: code asks for an attribute, or names the variable, and
// does not compare names. Two kinds of records may have fields of one name, and a name that is written wrong compiles.

// namesFields are the files that may write names of fields: benchmarks ask for them as people do, in addresses, and the
// suite of engines makes up filters.
func namesFields(pkg, file string) bool {
	return pkg == "signpost/store/storetest" || pkg == "signpost/cmd/signpost" && strings.HasPrefix(file, "bench_") ||
		pkg == "signpost/views" && file == "productviews.go"
}

// listedPackage is what go list tells of a package.
type listedPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// listedPackages gives our packages and all that they import, with the files of their types.
func listedPackages(t *testing.T) map[string]listedPackage {
	t.Helper()
	output, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "signpost/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]listedPackage{}
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// nameChecker finds tests on the names of fields and properties.
type nameChecker struct {
	set      *token.FileSet
	importer types.Importer
}

func newNameChecker(packages map[string]listedPackage) *nameChecker {
	set := token.NewFileSet()
	return &nameChecker{set, importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(packages[path].Export) })}
}

// check gives the places in the files of a package, each with what stands there.
func (c *nameChecker) check(path string, files []*ast.File) ([]string, error) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: c.importer, FakeImportC: true}
	if _, err := config.Check(path, c.set, files, info); err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if what := (nameTest{info}).of(n); what != "" {
				at := c.set.Position(n.Pos())
				found = append(found, fmt.Sprintf("%s:%d %s", filepath.Base(at.Filename), at.Line, what))
			}
			return true
		})
	}
	return found, nil
}

// nameTest knows a test on a name where it sees one.
type nameTest struct{ info *types.Info }

func (t nameTest) of(n ast.Node) string {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			if t.isName(n.X) && t.isConstant(n.Y) || t.isName(n.Y) && t.isConstant(n.X) {
				return "compares a name with a literal"
			}
		}
	case *ast.SwitchStmt:
		if n.Tag != nil && t.isName(n.Tag) {
			return "switches by a name"
		}
	case *ast.IndexExpr:
		if t.isName(n.Index) && t.isWritten(n.X) {
			return "looks a name up in a list of names"
		}
	case *ast.CallExpr:
		return t.ofCall(n)
	}
	return ""
}

func (t nameTest) ofCall(call *ast.CallExpr) string {
	var called *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.Ident:
		called = f
	case *ast.SelectorExpr:
		called = f.Sel
	default:
		return ""
	}
	f, ok := t.info.Uses[called].(*types.Func)
	if !ok || f.Pkg() == nil {
		return ""
	}
	switch f.Pkg().Path() + "." + f.Name() {
	case "signpost/store.Field", "signpost/store.Property", "signpost/store.Column":
		if len(call.Args) == 1 && t.isConstant(call.Args[0]) {
			return "looks a field up by a literal"
		}
	case "strings.EqualFold":
		if t.isName(call.Args[0]) && t.isConstant(call.Args[1]) || t.isName(call.Args[1]) && t.isConstant(call.Args[0]) {
			return "compares a name with a literal"
		}
	case "slices.Contains", "slices.Index":
		if t.isWritten(call.Args[0]) && t.isName(call.Args[1]) {
			return "looks a name up in a list of names"
		}
	}
	return ""
}

// isName says that an expression is the name of a field or of a property.
func (t nameTest) isName(e ast.Expr) bool {
	selector, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Name" {
		return false
	}
	of := t.info.Types[selector.X].Type
	if pointer, ok := of.(*types.Pointer); ok {
		of = pointer.Elem()
	}
	named, ok := of.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "signpost/store" {
		return false
	}
	return named.Obj().Name() == "Field" || named.Obj().Name() == "Property"
}

func (t nameTest) isConstant(e ast.Expr) bool { return t.info.Types[e].Value != nil }

// isWritten says that a list or map is written in the code: where it is used, or as a variable of the package.
func (t nameTest) isWritten(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.Ident:
		v, ok := t.info.Uses[e].(*types.Var)
		return ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
	}
	return false
}

func TestNoTestsOnNamesOfFields(t *testing.T) {
	packages := listedPackages(t)
	checker, seen := newNameChecker(packages), 0
	for path, p := range packages {
		if !strings.HasPrefix(path, "signpost/") {
			continue
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(checker.set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		found, err := checker.check(path, files)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		seen += len(files)
		for _, place := range found {
			file, _, _ := strings.Cut(place, ":")
			if !namesFields(path, file) {
				t.Errorf("%s/%s: let the declaration of the field say it", path, place)
			}
		}
	}
	if seen < 300 {
		t.Errorf("%d files were looked at", seen)
	}
}

func TestNameCheckerKnowsEachTest(t *testing.T) {
	const source = `package made

import (
	"slices"
	"strings"

	"signpost/store"
)

var words = map[string]string{"user": "users"}

func made(f *store.Field, p store.Property, name string, closed []string) (found, passed bool) {
	_, byName := store.SignIns.Field("user")
	switch f.Name {
	case "user":
	}
	found = f.Name == "user" || "id" != p.Name || words[f.Name] != "" || slices.Contains([]string{"user"}, f.Name) || strings.EqualFold(f.Name, "user") || byName
	_, asked := store.SignIns.Field(name)
	passed = f.Name == name || slices.Contains(closed, f.Name) || f == store.UserField || name == "user" || asked
	return found, passed
}
`
	checker := newNameChecker(listedPackages(t))
	file, err := parser.ParseFile(checker.set, "made.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	got, err := checker.check("made", []*ast.File{file})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"made.go:13 looks a field up by a literal",
		"made.go:14 switches by a name",
		"made.go:17 compares a name with a literal",
		"made.go:17 compares a name with a literal",
		"made.go:17 looks a name up in a list of names",
		"made.go:17 looks a name up in a list of names",
		"made.go:17 compares a name with a literal",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
