package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// chore is a record of the kinds that these tests declare.
type chore struct {
	Common
	room, secret, done string
	minutes            Int
	noisy              Bool
	tools              []string
}

func (c *chore) Clone() Entry { d := *c; return &d }

// chores declares a kind with a property and a status that not everybody may see; change makes another declaration of it.
func chores(change func(*Kind)) *Kind {
	done := Text("done", "Done", func(c *chore) *string { return &c.done }).WithClass(Activity)
	statuses := []StatusInfo{{Label: "-"}, {Name: "done", Label: "Done"}, {Name: "open", Label: "Open"}}
	k := Kind{
		One: "chore", Many: "chores", New: func() Entry { return &chore{} },
		Logs: []LogInfo{{Log: "chores", Number: 250}},
		Properties: []*Property{
			UniqueID("id", "ID", func(c *chore) *string { return c.ID() }),
			Text("room", "Room", func(c *chore) *string { return &c.room }),
			Text("secret", "Secret", func(c *chore) *string { return &c.secret }).WithClass(Risk),
			Number("minutes", "Minutes", func(c *chore) *Int { return &c.minutes }),
			Truth("noisy", "Noisy", func(c *chore) *Bool { return &c.noisy }),
			Set("tools", "Tools", func(c *chore) []string { return c.tools }),
			done,
		},
		Named:    []*Field{{Name: "status", Label: "Status", Source: FromStatus, Column: done}},
		Statuses: statuses,
		Status:   func(e Entry) Status { return StatusNamed(statuses, e.(*chore).done) },
	}
	if change != nil {
		change(&k)
	}
	return NewKind(k)
}

// A declaration by which records would be kept or shown wrong is refused.
func TestMistakesOfAKind(t *testing.T) {
	const room, secret, noisy, tools, done = 1, 2, 4, 5, 6
	field := func(k *Kind, class Class, properties ...int) *Field {
		f := &Field{Name: "some", Label: "Some", Class: class}
		for _, p := range properties {
			f.Properties = append(f.Properties, k.Properties[p])
		}
		k.Named = append(k.Named, f)
		return f
	}
	for name, test := range map[string]struct {
		change func(*Kind)
		says   string // empty for no mistake
	}{
		"no mistake":     {nil, ""},
		"two classes":    {func(k *Kind) { field(k, NoClass, secret, done) }, "the field some of the kind"},
		"half a class":   {func(k *Kind) { field(k, NoClass, room, secret) }, "not of one class"},
		"class too many": {func(k *Kind) { field(k, Risk, room) }, "not of one class"},
		"another class":  {func(k *Kind) { field(k, Activity, secret) }, "not of one class"},
		"beside":         {func(k *Kind) { field(k, NoClass, room).Beside = k.Properties[secret : secret+1] }, "its property secret"},
		"column":         {func(k *Kind) { field(k, NoClass, room).Column = k.Properties[secret] }, "its property secret"},
		"its class":      {func(k *Kind) { field(k, Risk, secret) }, ""},
		"set of a class": {func(k *Kind) { k.Properties[tools].Class = Risk }, "no Withhold"},
		"set withheld": {func(k *Kind) {
			k.Properties[tools].Class, k.Withhold = Risk, func(Entry, Classes) {}
		}, ""},
		"lists":         {func(k *Kind) { k.Lists = []*List{{One: "tool", Parts: 1}} }, "no Update"},
		"lists updated": {func(k *Kind) { k.Lists, k.Update = []*List{{One: "tool", Parts: 1}}, func(Entry, Entry) {} }, ""},
		"unique owner":  {func(k *Kind) { k.Owners = k.Properties[:1] }, "the owner id"},
		"true owner":    {func(k *Kind) { k.Owners = k.Properties[noisy : noisy+1] }, "the owner noisy"},
		"foreign owner": {func(k *Kind) { k.Owners, k.Properties = k.Properties[room:room+1], k.Properties[secret:] }, "the owner room"},
		"plain owner":   {func(k *Kind) { k.Owners = k.Properties[room : room+1] }, ""},
		"groups of IDs": {func(k *Kind) { k.Logs[0].GroupBy = k.Properties[:1] }, "grouped by id"},
		"true groups":   {func(k *Kind) { k.Logs[0].GroupBy = k.Properties[noisy : noisy+1] }, "grouped by noisy"},
		"groups":        {func(k *Kind) { k.Logs[0].GroupBy = k.Properties[room:noisy] }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			said := ""
			func() {
				defer func() {
					if p := recover(); p != nil {
						said = fmt.Sprint(p)
					}
				}()
				chores(test.change)
			}()
			if !strings.Contains(said, test.says) || test.says == "" && said != "" {
				t.Errorf("it says %q, want %q", said, test.says)
			}
		})
	}
}

// A field has the class of what it compares, though nobody declared one.
func TestFieldsHaveTheClassOfTheirProperties(t *testing.T) {
	kind := chores(func(k *Kind) {
		k.Named = append(k.Named, &Field{Name: "some", Label: "Some", Properties: k.Properties[2:3]})
	})
	for name, want := range map[string]Class{"some": Risk, "status": Activity, "room": NoClass} {
		if f, ok := kind.Field(name); !ok || f.Class != want {
			t.Errorf("%s is of the class %v, want %v", name, f.Class, want)
		}
	}
}

// answers is a store with an answer.
type answers struct {
	nothingAsked
	records   RecordPage
	histogram Histogram
	table     Table
}

func (a answers) Records(context.Context, RecordsQuery) (RecordPage, error) { return a.records, nil }

func (a answers) Histogram(context.Context, HistogramQuery) (Histogram, error) {
	return a.histogram, nil
}

func (a answers) Table(context.Context, TableQuery) (Table, error) { return a.table, nil }

// A status that may not be seen is in no count: neither of a chart nor of a table.
func TestWithheldStatusIsNotCounted(t *testing.T) {
	kind := chores(nil)
	at := AllTime().From
	store := answers{nothingAsked: nothingAsked{catalog: Catalog{kind}}}
	store.histogram.Buckets = []Bucket{{ByStatus: [MaxStatuses]int64{1, 2, 3}}}
	store.table.Rows = []TableRow{{Counts: Counts{ByStatus: [MaxStatuses]int64{1, 2, 3}, First: at, Last: at, LastSuccess: at, LastFailure: at}}}
	room, _ := kind.Field("room")
	for hidden, want := range map[Class][MaxStatuses]int64{Activity: {6}, Risk: {1, 2, 3}} {
		r := Withheld(store, ClassesOf(hidden))
		h, err := r.Histogram(t.Context(), HistogramQuery{ListQuery: ListQuery{Log: "chores"}})
		if err != nil || h.Buckets[0].ByStatus != want {
			t.Errorf("without %v a chart counts %v, %v, want %v", hidden, h.Buckets[0].ByStatus, err, want)
		}
		table, err := r.Table(t.Context(), TableQuery{By: room})
		if err != nil || table.Rows[0].ByStatus != want || table.Rows[0].LastSuccess.IsZero() != (hidden == Activity) || table.Rows[0].LastFailure.IsZero() != (hidden == Activity) {
			t.Errorf("without %v a table has %+v, %v, want %v", hidden, table.Rows[0].Counts, err, want)
		}
		_, err = r.Table(t.Context(), TableQuery{By: room, Sort: ByStatus + 1})
		if _, refused := err.(WithheldError); refused != (hidden == Activity) {
			t.Errorf("without %v a table sorted by a status: %v", hidden, err)
		}
	}
	if store.histogram.Buckets[0].ByStatus != [MaxStatuses]int64{1, 2, 3} || store.table.Rows[0].LastSuccess.IsZero() {
		t.Error("what the engine gave is changed")
	}
}

// Copies that differ in withheld data alone are one, also where nobody looks at the records as received.
func TestWithheldCopiesAreOneWithoutDocuments(t *testing.T) {
	copyOf := func(status, doc string) Version {
		return Version{Entry: &SignIn{Log: Interactive, ID: "1", ConditionalAccessStatus: status}, Doc: []byte(doc)}
	}
	versions := []Version{copyOf("failure", `{"a":1}`), copyOf("success", `{"a":2}`)}
	store := answers{records: RecordPage{Records: []Record{{Entry: versions[1].Entry, Versions: versions}}}}
	for hidden, want := range map[Class]int{ConditionalAccess: 1, AttributeLog: 2} {
		page, err := Withheld(store, ClassesOf(hidden)).Records(t.Context(), RecordsQuery{ListQuery: ListQuery{Log: Interactive}, WithoutDocuments: true})
		if err != nil || len(page.Records[0].Versions) != want {
			t.Errorf("without %v there are %d copies, %v, want %d", hidden, len(page.Records[0].Versions), err, want)
		}
	}
}
