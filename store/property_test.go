package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
)

func TestPropertiesAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, p := range SignIns.Properties {
		if names[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		names[p.Name] = true
		if p.Name == "" || p.Label == "" {
			t.Errorf("the property %q has the label %q", p.Name, p.Label)
		}
		accessors := 0
		for _, there := range []bool{p.Text != nil, p.Int != nil, p.Bool != nil, p.Set != nil} {
			if there {
				accessors++
			}
		}
		if accessors != 1 {
			t.Errorf("%s has %d accessors, want 1", p.Name, accessors)
		}
		isConditionalAccess := strings.Contains(strings.ToLower(p.Name), "conditionalaccess")
		if (p.Class == ConditionalAccess) != isConditionalAccess || (p.Block == ConditionalAccessBlock) != isConditionalAccess {
			t.Errorf("%s is Conditional Access data: %v, in block %d", p.Name, p.Class == ConditionalAccess, p.Block)
		}
		if got, ok := SignIns.Property(p.Name); !ok || got != p {
			t.Errorf("SignIns.Property(%q) = %v, %v", p.Name, got, ok)
		}
	}
	if p, ok := SignIns.Property("nothing"); ok {
		t.Errorf("SignIns.Property(nothing) = %v", p)
	}
}

// TestEveryPropertyIsListed reads the source: a property that is declared and not in the list would be
// in no column and in no filter, without a word.
func TestEveryPropertyIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "signin_properties.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared, listed := map[string]bool{}, map[string]bool{}
	constructors := map[string]bool{
		"Text": true, "UniqueID": true, "EntityID": true, "blockText": true, "Number": true, "blockNumber": true, "Truth": true, "Set": true, "blockSet": true,
		"partOfList": true, "itemsOfList": true, "Enum": true, "blockEnum": true,
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		switch value := spec.Values[0].(type) {
		case *ast.CallExpr:
			for {
				chained, ok := value.Fun.(*ast.SelectorExpr)
				if !ok {
					break
				}
				value = chained.X.(*ast.CallExpr)
			}
			if made, ok := value.Fun.(*ast.Ident); ok && constructors[made.Name] {
				declared[spec.Names[0].Name] = true
			}
		case *ast.CompositeLit:
			for _, e := range value.Elts {
				listed[e.(*ast.Ident).Name] = true
			}
		}
		return true
	})
	for name := range declared {
		if !listed[name] {
			t.Errorf("%s is declared and not listed", name)
		}
	}
	if len(declared) != len(SignIns.Properties) || len(listed) != len(SignIns.Properties) {
		t.Errorf("%d declared, %d listed, %d properties", len(declared), len(listed), len(SignIns.Properties))
	}
}

// TestPropertiesReachEveryField fills each property and looks which field of SignIn it wrote: no two the
// same, and every single-valued field reached.
func TestPropertiesReachEveryField(t *testing.T) {
	of := map[string]string{}
	for _, p := range SignIns.Properties {
		if p.Set != nil {
			continue
		}
		var s SignIn
		fill(&s, p, 1)
		field := changedField(t, &s)
		if other := of[field]; other != "" {
			t.Errorf("%s and %s both are the field %s", p.Name, other, field)
		}
		of[field] = p.Name
	}
	kind := reflect.TypeFor[SignIn]()
	for field := range kind.Fields() {
		switch field.Type {
		case reflect.TypeFor[string](), reflect.TypeFor[Int](), reflect.TypeFor[Bool]():
			if of[field.Name] == "" {
				t.Errorf("no property is the field %s", field.Name)
			}
		}
	}
}

// fill sets the single-valued property to a value of its own for each n.
func fill(s *SignIn, p *Property, n int) {
	switch {
	case p.Text != nil:
		*p.Text(s) = strings.Repeat("x", n) + " of " + p.Name
	case p.Int != nil:
		*p.Int(s) = IntOf(int64(n))
	case p.Bool != nil:
		*p.Bool(s) = BoolOf(n%2 == 1)
	}
}

func changedField(t *testing.T, s *SignIn) string {
	t.Helper()
	var changed []string
	value := reflect.ValueOf(s).Elem()
	for field, v := range value.Fields() {
		if !v.IsZero() {
			changed = append(changed, field.Name)
		}
	}
	if len(changed) != 1 {
		t.Fatalf("%v are set, want one field", changed)
	}
	return changed[0]
}

func TestFallbacks(t *testing.T) {
	s := SignIn{
		UserPrincipalName: "ada@example.com", UserDisplayName: "Ada", AppDisplayName: "Mail",
		ResourceDisplayName: "Files", ServicePrincipalName: "deploy",
	}
	want := map[*Property]string{UserID: "ada@example.com", AppID: "Mail", ResourceID: "Files", ServicePrincipalID: "deploy"}
	for _, p := range SignIns.Properties {
		if (p.Fallback != nil) != (want[p] != "") {
			t.Errorf("%s has a fallback: %v", p.Name, p.Fallback != nil)
			continue
		}
		if p.Fallback != nil && p.Fallback(&s) != want[p] {
			t.Errorf("%s falls back to %q, want %q", p.Name, p.Fallback(&s), want[p])
		}
	}
	s.UserPrincipalName = ""
	if got := UserID.Fallback(&s); got != "Ada" {
		t.Errorf("without UPN the user falls back to %q, want Ada", got)
	}
	if got := UserID.Fallback(&SignIn{}); got != "" {
		t.Errorf("an unnamed user falls back to %q", got)
	}
}

func TestAccessorsDoNotAllocate(t *testing.T) {
	var s SignIn
	n := testing.AllocsPerRun(100, func() {
		for _, p := range SignIns.Properties {
			if p.Set == nil && p.isEmpty(&s) {
				p.copy(&s, &s)
			}
		}
	})
	if n > 0 {
		t.Errorf("reading every single-valued property allocates %v times", n)
	}
}
