package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// What is said of every kind of records knows none: the files of this package that do not begin with signin use nothing that
// those declare.
func TestGenericFilesKnowNoSignIns(t *testing.T) {
	set, ofSignIns, generic := token.NewFileSet(), map[string]bool{}, map[string]*ast.File{}
	names, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range names {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "signin") {
			generic[name] = file
			continue
		}
		for _, declared := range declaredIn(file) {
			ofSignIns[declared] = true
		}
	}
	if len(ofSignIns) < 200 || len(generic) < 40 {
		t.Fatalf("%d names in files of sign-ins, and %d other files: are these all?", len(ofSignIns), len(generic))
	}
	for name, file := range generic {
		names := namesIn{found: func(used *ast.Ident) {
			if ofSignIns[used.Name] && mayUse[name] != used.Name {
				t.Errorf("%s: %s is of sign-ins", set.Position(used.Pos()), used.Name)
			}
		}}
		ast.Walk(names, file)
	}
}

// mayUse are the exceptions: a store answers questions that only sign-ins have.
var mayUse = map[string]string{"store.go": "SignInReader"}

// namesIn finds the names that a file uses, but those of members, of their keys and of parameters.
type namesIn struct{ found func(*ast.Ident) }

func (v namesIn) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		ast.Walk(v, n.X)
		return nil
	case *ast.Field:
		ast.Walk(v, n.Type)
		return nil
	case *ast.KeyValueExpr:
		if _, isName := n.Key.(*ast.Ident); !isName {
			ast.Walk(v, n.Key)
		}
		ast.Walk(v, n.Value)
		return nil
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			for _, value := range n.Rhs {
				ast.Walk(v, value)
			}
			return nil
		}
	case *ast.FuncDecl:
		if n.Recv != nil {
			ast.Walk(v, n.Recv)
		}
		ast.Walk(v, n.Type)
		if n.Body != nil {
			ast.Walk(v, n.Body)
		}
		return nil
	case *ast.Ident:
		if n.Name != "_" {
			v.found(n)
		}
	}
	return v
}

// declaredIn gives the names of the package that a file declares.
func declaredIn(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names = append(names, decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}
