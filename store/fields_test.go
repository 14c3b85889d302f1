package store

import (
	"slices"
	"testing"
)

func TestOptionsAreTheValuesOfAField(t *testing.T) {
	for _, f := range SignIns.Fields() {
		options := slices.Clone(f.Options)
		for _, family := range f.Families {
			options = append(options, family.Value)
			if family.Label == "" || family.Heading == "" || len(family.Options) == 0 {
				t.Errorf("the family %q of %s has no words or no values", family.Value, f.Name)
			}
			for _, option := range family.Options {
				options = append(options, option.Value)
			}
		}
		for _, option := range options {
			if got, problem := f.canonical(OpIs, option); problem != "" || got != option {
				t.Errorf("%s offers %q, which is read as %q: %s", f.Name, option, got, problem)
			}
		}
		isTruth := len(f.Properties) == 1 && f.Properties[0].Bool != nil
		if isTruth && !slices.Equal(f.Options, []string{"yes", "no"}) {
			t.Errorf("%s is a truth value; it offers %q", f.Name, f.Options)
		}
		if len(f.Options) > 0 && !f.Closed {
			t.Errorf("%s offers all its values and is not closed", f.Name)
		}
	}
	for _, f := range []*Field{StatusField, ConditionalAccessField, MFAField, MethodResultField, MethodSourceField} {
		if len(f.Options) == 0 {
			t.Errorf("%s offers no values", f.Name)
		}
	}
	if len(ClientField.Families) != 2 {
		t.Errorf("client apps come in %d families", len(ClientField.Families))
	}
}

func TestComputedFieldsSayTheirSource(t *testing.T) {
	for _, f := range SignIns.Fields() {
		computed := f.Source == FromStatus || f.Source == FromIngestion
		if isEmpty := len(f.Properties) == 0 && !f.Members; isEmpty != computed {
			t.Errorf("%s compares %d properties and is of source %d", f.Name, len(f.Properties), f.Source)
		}
		if ofLine := f.Source == FromOutcomesOfLine || f.Source == FromCodesOfLine; ofLine && !f.AnyEvent {
			t.Errorf("%s is told by a line and looks at its last event alone", f.Name)
		}
		if f.Column == nil {
			continue
		}
		if of, _ := SignIns.FieldOf(f.Column); of != f || !f.Column.IsComputed() {
			t.Errorf("%s is the column of %s and asks for %v", f.Column.Name, f.Name, of)
		}
		if p, ok := SignIns.Column(f.Name); !ok || p != f.Column {
			t.Errorf("cols=%s gives %v, %v", f.Name, p, ok)
		}
	}
	if RequestID.IsComputed() {
		t.Error("a request ID is computed")
	}
}

func TestActorsAndTargetsAreOfIDs(t *testing.T) {
	for _, info := range SignIns.Logs {
		for _, f := range []*Field{info.Actor, info.Target} {
			if f == nil || !f.IsOfIDs() || !f.AppliesTo(info) {
				t.Errorf("%s has the actor or target %v", info.Log, f)
			}
		}
		if info.One == "" || info.Many == "" {
			t.Errorf("%s does not say what its actors are", info.Log)
		}
	}
}

func TestNamesOfAField(t *testing.T) {
	full := &SignIn{UserID: "1", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada", AppID: "2", AppDisplayName: "Mail"}
	for _, c := range []struct {
		field                      *Field
		s                          *SignIn
		name, called, id, username string
	}{
		{UserField, full, "Ada", "Ada", "1", "ada@example.com"},
		{UserField, &SignIn{UserPrincipalName: "ada@example.com"}, "ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com"},
		{UserField, &SignIn{UserDisplayName: "Ada"}, "Ada", "Ada", "", ""},
		{UserField, &SignIn{UserID: "1"}, "", "1", "1", ""},
		{AppField, full, "Mail", "Mail", "2", ""},
		{AppField, &SignIn{AppDisplayName: "Mail"}, "Mail", "Mail", "Mail", ""},
		{CountryField, &SignIn{CountryOrRegion: "NO"}, "", "", "", ""},
		{nil, full, "", "", "", ""},
	} {
		got := []string{c.field.NameIn(c.s), c.field.CalledIn(c.s), c.field.IDIn(c.s), c.field.UsernameIn(c.s)}
		if want := []string{c.name, c.called, c.id, c.username}; !slices.Equal(got, want) {
			t.Errorf("%v: got %q, want %q", c.field, got, want)
		}
	}
}

func TestFieldOfObjects(t *testing.T) {
	want := map[ObjectKind]*Field{ObjectUser: UserField, ObjectGroup: GroupField, ObjectApplication: AppField, ObjectServicePrincipal: ServicePrincipalField}
	for _, kind := range ObjectKinds() {
		if got := SignIns.FieldOfObjects(kind); got != want[kind] || got == nil {
			t.Errorf("objects of kind %d are found by %v", kind, got)
		}
	}
	if got := SignIns.FieldOfObjects(0); got != nil {
		t.Errorf("no kind is found by %s", got.Name)
	}
}

func TestSearchedFieldsTakeWhatIsSearchedFor(t *testing.T) {
	s := (&SignIns.Searched)
	for _, c := range []struct {
		what   string
		fields []*Field
		op     Operator
	}{
		{"IDs", s.IDs, OpIs},
		{"names", s.Names, OpHas},
		{"whole texts", s.Whole, OpIs},
		{"words", s.Words, OpIs},
		{"beginnings", s.Starts, OpStarts},
		{"usernames", s.Usernames, OpIs},
		{"addresses", s.Addresses, OpIs},
		{"codes", s.Codes, OpIs},
	} {
		if len(c.fields) == 0 {
			t.Errorf("no field is searched for %s", c.what)
		}
		for _, f := range c.fields {
			if !f.Knows(c.op) || f.Class != NoClass {
				t.Errorf("%s is searched for %s", f.Name, c.what)
			}
		}
	}
	for _, f := range s.Addresses {
		if !f.HoldsAddresses() {
			t.Errorf("%s holds no addresses", f.Name)
		}
	}
	for _, f := range s.Codes {
		if !f.Codes {
			t.Errorf("%s holds no error codes", f.Name)
		}
	}
}
