package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
)

// The wrappers have every method of Store themselves: one that came with an embedded interface would go past the rights.
func TestWrappersEmbedNoStore(t *testing.T) {
	for _, wrapper := range []reflect.Type{
		reflect.TypeFor[withheldStore](), reflect.TypeFor[withheldReader](), reflect.TypeFor[ownedStore](), reflect.TypeFor[ownedReader](),
		reflect.TypeFor[scopedStore](), reflect.TypeFor[scopedReader](),
	} {
		if !wrapper.Implements(reflect.TypeFor[Reader]()) {
			t.Errorf("%s is no Reader", wrapper)
		}
		for i := range wrapper.NumField() {
			if field := wrapper.Field(i); field.Anonymous && field.Type.Kind() != reflect.Struct {
				t.Errorf("%s embeds %s", wrapper, field.Type)
			}
		}
	}
}

// asked calls every method of a Reader with empty questions, those of the log in that log, and gives the errors by name.
func asked(t *testing.T, r Reader, log Log) map[string]error {
	t.Helper()
	errs := map[string]error{}
	v := reflect.ValueOf(r)
	for i := range v.NumMethod() {
		name := v.Type().Method(i).Name
		method := v.Method(i)
		if name == "Snapshot" || name == "Catalog" {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < method.Type().NumIn(); n++ {
			arg := reflect.New(method.Type().In(n)).Elem()
			switch q := arg.Addr().Interface().(type) {
			case *Log:
				*q = log
			case *ListQuery:
				q.Log = log
			case *GroupsQuery:
				q.Log = log
			case *GroupRowsQuery:
				q.Log = log
			case *HistogramQuery:
				q.Log = log
			case *FacetsQuery:
				q.Log = log
			case *ValuesQuery:
				q.Log, q.Field = log, &Field{}
			case *RecordsQuery:
				q.Log = log
			case *TableQuery:
				q.Logs, q.By = []Log{log}, &Field{}
			case *GetQuery:
				q.Log = log
			case *[]Ref:
				*q = []Ref{{Log: log}}
			}
			args = append(args, arg)
		}
		out := method.Call(args)
		errs[name], _ = out[len(out)-1].Interface().(error)
	}
	return errs
}

// A log of a withheld class is refused by every question that reads it; the store behind is not asked, or it would panic.
func TestWithheldLogIsRefusedWhole(t *testing.T) {
	closed := *SignIns
	closed.Logs = slices.Clone(SignIns.Logs)
	closed.Logs[1].Read = Activity
	store := nothingAsked{catalog: Catalog{&closed}}
	const tellNothingOfALog = 3 // Catalog, Tenants and FindUser
	refused := 0
	for name, err := range asked(t, Withheld(store, ClassesOf(Activity)), NonInteractive) {
		var withheld WithheldError
		switch {
		case errors.As(err, &withheld) && withheld.Class == Activity && withheld.Named == closed.Logs[1].Title:
			refused++
		case name != "Tenants" && name != "FindUser":
			t.Errorf("%s of a log that may not be read: %v", name, err)
		}
	}
	if want := reflect.TypeFor[Reader]().NumMethod() - tellNothingOfALog; refused != want {
		t.Errorf("%d questions are refused, want %d", refused, want)
	}
	table, err := Withheld(store, ClassesOf(Activity)).Table(t.Context(), TableQuery{Range: AllTime(), By: UserField})
	if want := []string{string(Interactive), string(ServicePrincipal), string(ManagedIdentity)}; err != nil || !slices.Equal(tableLogs(table), want) {
		t.Errorf("a table over all logs is of %q, %v, want of %q", tableLogs(table), err, want)
	}
	for i := range closed.Logs {
		closed.Logs[i].Read = Activity
	}
	table, err = Withheld(store, ClassesOf(Activity)).Table(t.Context(), TableQuery{Range: AllTime(), By: UserField})
	if !errors.As(err, new(WithheldError)) || len(table.Rows) > 0 {
		t.Errorf("a table of which no log may be read: %+v, %v", table, err)
	}
}

// A table that names a withheld field in any place is refused.
func TestWithheldFieldOfATableIsRefused(t *testing.T) {
	for place, q := range map[string]TableQuery{
		"rows": {By: PolicyField}, "across": {By: UserField, Across: PolicyField}, "distinct": {By: UserField, Distinct: []*Field{UserField, PolicyField}},
		"filter": {By: UserField, Filter: Filter{}.With(PolicyField, OpIs, "x")},
	} {
		var withheld WithheldError
		if _, err := Withheld(nothingAsked{}, ClassesOf(ConditionalAccess)).Table(t.Context(), q); !errors.As(err, &withheld) {
			t.Errorf("%s: %v", place, err)
		}
	}
}

// tableLogs gives the logs that nothingAsked was asked for.
func tableLogs(table Table) (logs []string) {
	for _, column := range table.Columns {
		logs = append(logs, column.Value)
	}
	return logs
}

// Whoever sees their own sign-ins alone is refused everything else, and another person.
func TestOwnedStoreKnowsOnePerson(t *testing.T) {
	refused := 0
	for name, err := range asked(t, Owned(nothingAsked{}, Person{UserID: "ada"}), Interactive) {
		switch {
		case errors.Is(err, errNotOwn):
			refused++
		case name != "Places":
			t.Errorf("%s: %v", name, err)
		}
	}
	if want := reflect.TypeFor[Reader]().NumMethod() - 2; refused != want {
		t.Errorf("%d questions are refused, want %d", refused, want)
	}
}

// Whoever sees their own sign-ins alone gets one by naming themselves, and a log that may not be read is not looked into.
func TestGetOfAnOwner(t *testing.T) {
	ada, bob := Person{UserID: "ada"}, Person{UserID: "bob"}
	owned := Owned(nothingAsked{}, ada)
	if _, err := owned.Get(t.Context(), GetQuery{Owner: &ada}); err != nil {
		t.Errorf("one's own: %v", err)
	}
	if _, err := owned.Get(t.Context(), GetQuery{Owner: &bob}); !errors.Is(err, errNotOwn) {
		t.Errorf("another's: %v", err)
	}
	closed := *SignIns
	closed.Logs = slices.Clone(SignIns.Logs)
	closed.Logs[1].Read = Activity
	var withheld WithheldError
	if _, err := Withheld(nothingAsked{catalog: Catalog{&closed}}, ClassesOf(Activity)).Get(t.Context(), GetQuery{Owner: &ada}); !errors.As(err, &withheld) {
		t.Errorf("one's own, which may be in a log that may not be read: %v", err)
	}
}

// nothingAsked is a store that must not be asked, but for what tells nothing of a log.
type nothingAsked struct {
	Store
	catalog Catalog
}

func (n nothingAsked) Catalog() Catalog {
	if n.catalog == nil {
		return Catalog{SignIns}
	}
	return n.catalog
}

func (nothingAsked) Tenants(context.Context) ([]string, error) { return nil, nil }

func (nothingAsked) Get(_ context.Context, q GetQuery) (Record, error) {
	if q.Owner == nil {
		panic("a record of anybody is asked for")
	}
	return Record{}, nil
}

func (nothingAsked) FindUser(context.Context, string, string) (FoundUser, error) {
	return FoundUser{}, nil
}

// Table answers with the logs that it is asked for.
func (nothingAsked) Table(_ context.Context, q TableQuery) (Table, error) {
	var table Table
	for _, log := range q.Logs {
		table.Columns = append(table.Columns, TableColumn{Value: string(log)})
	}
	return table, nil
}

func (nothingAsked) Places(context.Context, []Ref) ([]Cursor, error) { return nil, nil }

func TestWithheldStoreIsWrappedOnce(t *testing.T) {
	var s Store = &nothingAsked{}
	if Withheld(s, 0) != s {
		t.Error("a store is wrapped that nothing is withheld from")
	}
	w := Withheld(s, ClassesOf(ConditionalAccess, Risk))
	if Withheld(w, ClassesOf(Risk)) != w || Withheld(w, ClassesOf(Risk, Activity)) == w {
		t.Error("a store is wrapped again that withholds the classes already, or one is not that does not")
	}
}

// Every single-valued property of a class is emptied, and no other.
func TestWithholdingEmptiesTheClass(t *testing.T) {
	before := RiskState.Class
	t.Cleanup(func() { RiskState.Class = before })
	RiskState.Class = Risk
	kind := *SignIns
	kind.classes |= ClassesOf(Risk)
	s := SignIn{ConditionalAccessStatus: "success", RiskState: "atRisk", ErrorCode: IntOf(1), City: "Oslo"}
	risk := kind.withheld(&s, ClassesOf(Risk)).(*SignIn)
	both := kind.withheld(&s, ClassesOf(Risk, ConditionalAccess, AttributeLog)).(*SignIn)
	if risk.RiskState != "" || risk.ConditionalAccessStatus != "success" || both.ConditionalAccessStatus != "" || both.RiskState != "" {
		t.Errorf("left are %q and %q", risk.ConditionalAccessStatus, both.ConditionalAccessStatus)
	}
	if both.City != "Oslo" || both.ErrorCode != s.ErrorCode {
		t.Error("other fields are emptied too")
	}
}
