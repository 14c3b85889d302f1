package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"signpost/store/rawjson"
)

// tablesOfData are tables with columns of the data, and what stays of them.
var tablesOfData = []redacted{
	{"columns and rows", `{"columns":[{"name":"id"},{"name":"conditionalAccessStatus"},{"name":"ip"}],"rows":[["1","success","x"],["2","failure","y"]]}`, `{"columns":[{"name":"id"},{"name":"ip"}],"rows":[["1","x"],["2","y"]]}`},
	{"rows before columns", `{"rows":[["success",1],["failure",2]],"columns":[{"name":"ConditionalAccessStatus","type":"string"},{"name":"n","type":"int"}]}`, `{"rows":[[1],[2]],"columns":[{"name":"n","type":"int"}]}`},
	{
		"an answer of Log Analytics", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"ConditionalAccessPolicies","type":"dynamic"},{"name":"Id","type":"string"}],"rows":[["[{\"id\":\"p\"}]","1"]]}]}`,
		`{"tables":[{"name":"PrimaryResult","columns":[{"name":"Id","type":"string"}],"rows":[["1"]]}]}`,
	},
	{"tables of which one has the data", `{"tables":[{"columns":[{"name":"a"},{"name":"b"}],"rows":[[1,2]]},{"columns":[{"name":"a"},{"name":"conditionalAccessStatus"}],"rows":[[3,4]]}]}`, `{"tables":[{"columns":[{"name":"a"},{"name":"b"}],"rows":[[1,2]]},{"columns":[{"name":"a"}],"rows":[[3]]}]}`},
	{"Kusto", `[{"Columns":[{"ColumnName":"ConditionalAccessStatus","DataType":"String"},{"ColumnName":"Id"}],"Rows":[["success","1"]]}]`, `[{"Columns":[{"ColumnName":"Id"}],"Rows":[["1"]]}]`},
	{"Kusto in parts", `[{"FrameType":"TableHeader","Columns":[{"ColumnName":"Id"},{"ColumnName":"ConditionalAccessStatus"}]},{"FrameType":"TableFragment","Rows":[["1","success"]]}]`, `[{"FrameType":"TableHeader","Columns":[{"ColumnName":"Id"}]},{"FrameType":"TableFragment","Rows":[["1"]]}]`},
	{"names as strings", `{"columns":["id","conditionalAccessStatus"],"data":[["1","success"]]}`, `{"columns":["id"],"data":[["1"]]}`},
	{"a name behind others", `{"columns":["id","properties.conditionalAccessStatus","ip"],"data":[["1","success","x"]]}`, `{"columns":["id","ip"],"data":[["1","x"]]}`},
	{"names deeper than the rows", `{"schema":{"fields":[{"name":"conditionalAccessStatus"},{"name":"id"}]},"data":[["success","1"]]}`, `{"schema":{"fields":[{"name":"id"}]},"data":[["1"]]}`},
	{"rows deeper than the names", `{"columns":[{"name":"conditionalAccessStatus"},{"name":"id"}],"batches":[{"rows":[["success","1"]]}]}`, `{"columns":[{"name":"id"}],"batches":[{"rows":[["1"]]}]}`},
	{"rows in lists", `{"columns":[{"name":"conditionalAccessStatus"},{"name":"id"}],"batches":[[["success","1"]],[["failure","2"],["failure","3"],["failure","4"]],[["success","5"]]]}`, `{"columns":[{"name":"id"}],"batches":[[["1"]],[["2"],["3"],["4"]],[["5"]]]}`},
	{"names in the first row", `[["id","ip","conditionalAccessStatus"],["1","x","success"]]`, `[["id","ip"],["1","x"]]`},
	{"column by column", `{"fields":["id","conditionalAccessStatus"],"columns":[["1","2","3"],["success","failure","success"]]}`, `{"fields":["id"],"columns":[["1","2","3"]]}`},
	{"as many rows as columns", `{"columns":["id","conditionalAccessStatus"],"data":[["1","success"],["2","failure"]]}`, `{"columns":["id"],"data":[["1"],["2"]]}`},
	{"as many cells as columns", `{"fields":["id","conditionalAccessStatus"],"columns":[["1","2"],["success","failure"]]}`, `{"fields":["id"],"columns":[["1","2"]]}`},
	{"as many of both, and no telling", `{"fields":["id","conditionalAccessStatus"],"cells":[["1","a"],["b","c"]]}`, `{"fields":["id"],"cells":[["1"]]}`},
	{"in a string", `{"r":"{\"columns\":[{\"name\":\"conditionalAccessStatus\"},{\"name\":\"id\"}],\n \"rows\":[\n [\"success\",\"1\"]]}","x":0}`, `{"r":"{\"columns\":[{\"name\":\"id\"}],\"rows\":[[\"1\"]]}","x":0}`},
	{"names and rows in strings of their own", `{"columns":"[{\"name\":\"conditionalAccessStatus\"},{\"name\":\"id\"}]","rows":"[[\"success\",\"1\"]]"}`, `{"columns":"[{\"name\":\"id\"}]","rows":"[[\"1\"]]"}`},
	{"rows in strings", `{"columns":[{"name":"conditionalAccessStatus"},{"name":"id"}],"rows":["[\"success\",\"1\"]"]}`, `{"columns":[{"name":"id"}],"rows":["[\"1\"]"]}`},
	{"cells that are lists", `{"columns":[{"name":"id"},{"name":"conditionalAccessStatus"}],"rows":[[["1"],["success"]],[["2"],["failure"]],[["3"],["failure"]]]}`, `{"columns":[{"name":"id"}],"rows":[[["1"]],[["2"]],[["3"]]]}`},
	{"all columns", `{"columns":[{"name":"conditionalAccessStatus"}],"rows":[["success"],["failure"]]}`, `{"columns":[],"rows":[]}`},
	{"a short row", `{"columns":[{"name":"id"},{"name":"conditionalAccessStatus"}],"rows":[["1"],["2","success"],[]]}`, `{"columns":[{"name":"id"}],"rows":[["1"],["2"],[]]}`},
	{"a table without the data stays", `{"columns":[{"name":"id"}, {"name":"ip"}],"rows":[["1","x"]]}`, `{"columns":[{"name":"id"},{"name":"ip"}],"rows":[["1","x"]]}`},
	{"names without rows stay", `{"apps":[{"displayName":"Azure Conditional Access","appId":"1"}],"ids":["a","b"]}`, `{"apps":[{"displayName":"Azure Conditional Access","appId":"1"}],"ids":["a","b"]}`},
	{"what is around a table stays", `{"a":"x","t":{"columns":[{"name":"conditionalAccessStatus"},{"name":"id"}],"rows":[["success","1"]]},"points":{"columns":["a","b"],"rows":[[1,2]]}}`, `{"a":"x","t":{"columns":[{"name":"id"}],"rows":[["1"]]},"points":{"columns":["a","b"],"rows":[[1,2]]}}`},
}

func TestRedactTables(t *testing.T) {
	for _, test := range tablesOfData {
		t.Run(test.name, func(t *testing.T) {
			if got := string(RedactConditionalAccess([]byte(test.doc))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// madeUpTable is a table with columns of the data. No two cells hold the same.
type madeUpTable struct {
	r            *rand.Rand
	n            int
	secret, kept []string // cells of the data, and cells that stay
}

// cell makes a cell of a column of the data, of one that stays, or of one that may go with it.
func (m *madeUpTable) cell(column int) string {
	m.n++
	text := fmt.Sprintf("cell-%d.", m.n)
	switch column {
	case columnSecret:
		m.secret = append(m.secret, text)
	case columnKept:
		m.kept = append(m.kept, text)
	}
	return []string{`"` + text + `"`, `{"v":"` + text + `"}`, `["` + text + `"]`, `"{\"v\":\"` + text + `\"}"`}[m.r.IntN(4)]
}

const (
	columnKept = iota
	columnSecret
	columnEither
)

// names makes the list of the columns' names, and says what each column is.
func (m *madeUpTable) names(columns int, some bool) (list string, kinds []int) {
	form := []string{`{"name":%q,"type":"string"}`, `{"ColumnName":%q,"DataType":"String"}`, `{"id":%q,"pattern":""}`, `{"type":"string","Name":%q}`, `%q`}[m.r.IntN(5)]
	var names []string
	kinds = make([]int, columns)
	for i := range columns {
		name := []string{"id", "userPrincipalName", "status", "ip address", "access"}[m.r.IntN(5)]
		if some && (m.r.IntN(3) == 0 || i == columns-1) {
			name = []string{"conditionalAccessStatus", "Conditional Access", "ConditionalAccessPolicies", "authenticationContextClassReferences", "CONDITIONAL_ACCESS_x"}[m.r.IntN(5)]
			if kinds[i] = columnSecret; form == `%q` && i+1 < columns {
				kinds[i+1] = columnEither // it may be the name's own value
			}
		}
		if some && i == columns-1 {
			kinds[i] = columnSecret
		}
		names = append(names, fmt.Sprintf(form, name))
	}
	return "[" + strings.Join(names, ",") + "]", kinds
}

// rows makes rows, or columns of as many cells, which are not as many as the columns.
func (m *madeUpTable) rows(kinds []int, across bool) string {
	n := 1 + m.r.IntN(6)
	if n == len(kinds) {
		n++
	}
	lists := make([][]string, n)
	if across {
		lists = make([][]string, len(kinds))
	}
	for row := range n {
		for column, kind := range kinds {
			at := row
			if across {
				at = column
			}
			lists[at] = append(lists[at], m.cell(kind))
		}
	}
	all := make([]string, len(lists))
	for i, list := range lists {
		all[i] = "[" + strings.Join(list, " , ") + "]"
	}
	return "[" + strings.Join(all, ",\n") + "]"
}

// table makes the names and the rows of a table, and puts them together in one of the ways that tables are written.
func (m *madeUpTable) table(some bool) string {
	way := m.r.IntN(9)
	names, kinds := m.names(1+m.r.IntN(5), some)
	rows := m.rows(kinds, way == 8)
	quoted := func(text string) string { return string(rawjson.AppendQuoted(nil, text)) }
	switch way {
	case 0:
		return `{"rows":` + rows + `,"columns":` + names + `}`
	case 1:
		return `{"schema":{"fields":` + names + `},"data":` + rows + `}`
	case 2:
		return `{"columns":` + names + `,"batches":[{"rows":` + rows + `}]}`
	case 3:
		return `{"columns":` + quoted(names) + `,"rows":` + quoted(rows) + `}`
	case 4:
		return `{"result":` + quoted(`{"columns":`+names+`, "rows":`+rows+`}`) + `}`
	case 5:
		return `{"result":` + quoted(quoted(`{"columns":`+names+`,"rows": `+rows+`}`)) + `}`
	case 6:
		return `{"frames":[{"Columns":` + names + `},{"Rows":` + rows + `}]}`
	case 8:
		return `{"header":` + names + `,"columns":` + rows + `}`
	}
	return `{"columns":` + names + `,"rows":` + rows + `}`
}

// FuzzRedactTables: of made-up tables no cell of a column of the data stays, and every other cell does.
func FuzzRedactTables(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, seed%3 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, several bool) {
		m := &madeUpTable{r: rand.New(rand.NewPCG(seed, 1))}
		doc := m.table(true)
		if several {
			doc = `{"a":1,"tables":[{"columns":["x","y"],"rows":[[` + m.cell(columnKept) + `,` + m.cell(columnKept) + `]]},` + doc + `,{"t":` + m.table(true) + `}]}`
		}
		if !json.Valid([]byte(doc)) {
			t.Fatalf("the made-up table is no JSON: %s", doc)
		}
		got := string(RedactConditionalAccess([]byte(doc)))
		for _, cell := range m.secret {
			if strings.Contains(got, cell) {
				t.Errorf("%s stays:\n%s\nbecomes\n%s", cell, doc, got)
			}
		}
		for _, cell := range m.kept {
			if !strings.Contains(got, cell) {
				t.Errorf("%s is gone:\n%s\nbecomes\n%s", cell, doc, got)
			}
		}
		if again := string(RedactConditionalAccess([]byte(got))); again != got {
			t.Errorf("redacting twice changes\n%s to\n%s", got, again)
		}
	})
}

// The answer of Log Analytics among the real exports loses its columns of the data, and no other.
func TestRedactRealTable(t *testing.T) {
	doc, err := os.ReadFile("../../shared/fixtures/microsoft_msticpy/aad_logons_query_response.json")
	if err != nil {
		t.Skip("the real exports are not at hand: ", err)
	}
	type answer struct {
		Tables []struct {
			Columns []struct{ Name string }
			Rows    [][]json.RawMessage
		}
	}
	var before, after answer
	if err := errors.Join(json.Unmarshal(doc, &before), json.Unmarshal(RedactConditionalAccess(doc), &after)); err != nil {
		t.Fatal(err)
	}
	if len(after.Tables) != len(before.Tables) {
		t.Fatalf("%d tables are left of %d", len(after.Tables), len(before.Tables))
	}
	for n, table := range before.Tables {
		var kept []int
		for i, column := range table.Columns {
			if !isConditionalAccessKey(column.Name) {
				kept = append(kept, i)
			}
		}
		if len(kept) == len(table.Columns) || len(table.Rows) == 0 {
			t.Errorf("table %d has none of the data: this tests nothing", n)
		}
		rest := after.Tables[n]
		if len(rest.Columns) != len(kept) || len(rest.Rows) != len(table.Rows) {
			t.Fatalf("%d columns and %d rows are left, want %d and %d", len(rest.Columns), len(rest.Rows), len(kept), len(table.Rows))
		}
		for i, at := range kept {
			if rest.Columns[i] != table.Columns[at] {
				t.Errorf("column %d is %v, want %v", i, rest.Columns[i], table.Columns[at])
			}
			for row := range table.Rows {
				if got, want := rest.Rows[row][i], table.Rows[row][at]; !sameJSON(got, plainRedact(want)) {
					t.Errorf("row %d, %s: %.200s, want %.200s", row, table.Columns[at].Name, got, want)
				}
			}
		}
	}
}
