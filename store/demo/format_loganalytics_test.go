package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// tableTold reads a row of a table by its columns; at reads a time.
func tableTold(t *testing.T, log int, row map[string]string, suffix string, at func(string) time.Time, list map[string]*signIn) told {
	t.Helper()
	s := list[row["Id"]]
	if s == nil || row["Type"] != tables[log].name || row["TenantId"] == tenantID {
		t.Fatalf("a row of %s: Type %s, Id %s, TenantId %s", tables[log].name, row["Type"], row["Id"], row["TenantId"])
	}
	got := told{id: row["Id"], created: row["CreatedDateTime"+suffix], code: row["ResultType"], app: row["AppId"], user: row["UserId"]}
	if _, there := row["CreatedDateTime"+suffix]; there {
		got.created = at(got.created).Format(isoTime)
	}
	if generated := at(row["TimeGenerated"+suffix]); !generated.Equal(s.ingested) && !generated.Equal(s.ingested.Truncate(time.Millisecond)) {
		t.Fatalf("TimeGenerated is %v, want %v", generated, s.ingested)
	}
	if entra, there := row["AADTenantId"]; there && entra != tenantID {
		t.Fatalf("AADTenantId is %s, want %s", entra, tenantID)
	}
	for name, path := range map[string]string{"LocationDetails": "location", "DeviceDetail": "deviceDetail", "ConditionalAccessPolicies": "appliedConditionalAccessPolicies", "Status": "status"} {
		cell := row[name]
		if cell == "" {
			continue
		}
		var v any
		unmarshal(t, []byte(cell), &v)
		if text(v) != s.text(path) {
			t.Fatalf("%s is %s, want %s", name, text(v), s.text(path))
		}
	}
	return got
}

// tableOriginal tells a sign-in as a table has it: managed identities' has no CreatedDateTime.
func tableOriginal(exact time.Duration) func(s *signIn) told {
	return func(s *signIn) told {
		if s.log == logMachine {
			return original(s, "")
		}
		return original(s, s.created.Truncate(exact).Format(isoTime))
	}
}

func parsed(t *testing.T, form string) func(string) time.Time {
	return func(s string) time.Time {
		at, err := time.Parse(form, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
}

func TestLogAnalyticsCSV(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatLogAnalyticsCSV)
	for log, table := range tables {
		file := readCSV(t, files[table.name+".csv"])
		if !slices.Contains(file.headings, "TimeGenerated [UTC]") {
			t.Errorf("the headings of %s are %v", table.name, file.headings)
		}
		for _, row := range file.rows {
			rows[log] = append(rows[log], tableTold(t, log, row, " [UTC]", parsed(t, "1/2/2006, 3:04:05.000 PM"), list))
		}
	}
	compare(t, rows, allLogs, tableOriginal(time.Millisecond))
}

func TestLogAnalyticsJSON(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatLogAnalyticsJSON)
	for log, table := range tables {
		for line := range bytes.Lines(files[table.name+".json"]) {
			var o map[string]any
			unmarshal(t, line, &o)
			row := map[string]string{}
			for name, v := range o {
				if _, isText := v.(string); !isText && slices.Contains([]string{"LocationDetails", "DeviceDetail", "Status", "ConditionalAccessPolicies"}, name) && log != logInteractive {
					t.Fatalf("%s of %s is a %T, want a text with JSON", name, table.name, v)
				} else if isText && name == "DeviceDetail" && log == logInteractive {
					t.Fatal("DeviceDetail of SigninLogs is a text, want an object")
				}
				row[name] = text(v)
			}
			rows[log] = append(rows[log], tableTold(t, log, row, "", parsed(t, isoTime), list))
		}
	}
	compare(t, rows, allLogs, tableOriginal(1))
}

func TestLogAnalyticsQuery(t *testing.T) {
	t.Parallel()
	list, rows := originals(t), map[int][]told{}
	files := filesOf(t, store.FormatLogAnalyticsQuery)
	for log, table := range tables {
		var answer struct {
			Tables []struct {
				Name    string
				Columns []struct{ Name, Type string }
				Rows    [][]any
			}
		}
		unmarshal(t, files[table.name+".json"], &answer)
		if len(answer.Tables) != 1 || answer.Tables[0].Name != "PrimaryResult" {
			t.Fatalf("got the tables %v, want one PrimaryResult", answer.Tables)
		}
		for _, values := range answer.Tables[0].Rows {
			row := map[string]string{}
			for i, column := range answer.Tables[0].Columns {
				switch values[i].(type) {
				case map[string]any, []any:
					t.Fatalf("%s of type %s is not a text", column.Name, column.Type)
				}
				row[column.Name] = text(values[i])
			}
			rows[log] = append(rows[log], tableTold(t, log, row, "", parsed(t, isoTime), list))
		}
	}
	compare(t, rows, allLogs, tableOriginal(1))
}

// addedColumns are columns that the dictionary's tables of July 2024 do not list: TenantId of one, and those added later.
var addedColumns = [logCount][]string{
	logInteractive:    {"TenantId"},
	logNonInteractive: {"Agent", "AppOwnerTenantId", "ClientCredentialType"},
	logService: {
		"Agent", "AppOwnerTenantId", "ClientCredentialType", "CreatedDateTime", "AutonomousSystemNumber", "AADTenantId", "NetworkLocationDetails",
	},
}

// TestTableColumns compares the tables with the published ones.
func TestTableColumns(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "dictionary.md"))
	if err != nil {
		t.Skipf("the published columns are not there: %v", err)
	}
	for log, table := range tables {
		listed := regexp.MustCompile(`(?m)^\*\*` + table.name + `\*\* \(\d+\): (.*)$`).FindSubmatch(content)
		if listed == nil {
			t.Fatalf("%s is not in the dictionary", table.name)
		}
		published := map[string]string{}
		for column := range strings.SplitSeq(string(listed[1]), ", ") {
			if name, kind, _ := strings.Cut(column, " "); !strings.HasPrefix(name, "_") {
				published[name] = kind
			}
		}
		for _, column := range table.columns {
			kind, there := published[column.name]
			if there && kind != kindNames[column.kind] {
				t.Errorf("%s.%s is a %s, want a %s", table.name, column.name, kindNames[column.kind], kind)
			}
			if there == slices.Contains(addedColumns[log], column.name) {
				t.Errorf("%s.%s is not published, or there twice", table.name, column.name)
			}
			delete(published, column.name)
		}
		for name := range published {
			t.Errorf("%s has no column %s", table.name, name)
		}
	}
}
