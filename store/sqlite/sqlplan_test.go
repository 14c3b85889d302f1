package sqlite

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// Every statement of a question finds its rows by a key or an index: no table of sign-ins is read through.
func TestStatementsUseTheirIndexes(t *testing.T) {
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	interactive := db.schema.tables[store.Interactive]
	byText := &wantedIDs{texts: func(string) bool { return true }}
	idsOfRows, _ := byText.readSQL(interactive, interactive.kind.ids[0])
	scans := regexp.MustCompile(`SCAN (rows_|by_|folded|lines|versions|docs|id_texts|[rblfot]\b)`)
	for name, query := range map[string]string{
		"request ID":     lookUpSQL("by_request", interactive.name, "id"),
		"correlation ID": lookUpSQL("by_correlation", interactive.name, "correlation_id"),
		"request keys":   requestKeysSQL,
		"folded IDs":     foldedIDsSQL,
		"texts of IDs":   idTextsSQL,
		"more texts":     moreIDTextsSQL,
		"IDs of rows":    strings.NewReplacer("k >= ?", "k >= ?1", "k < ?", "k < ?2").Replace(idsOfRows),
		"owner":          "SELECT k, id, fields FROM " + interactive.name + " WHERE k >= ?1 ORDER BY k LIMIT 1",
		"rows":           "SELECT " + rowColumns + " FROM " + interactive.name + " WHERE k IN (SELECT value FROM json_each('[1,2]'))",
		"changed rows": "SELECT r.k FROM " + interactive.name + " AS r LEFT JOIN folded AS f USING (k) LEFT JOIN lines AS l USING (k) " +
			"WHERE r.k IN (SELECT value FROM json_each('[1,2]')) ORDER BY r.k",
		"lines":              "SELECT k, events, denied, started FROM lines WHERE k IN (SELECT value FROM json_each('[1,2]'))",
		"events of a line":   "SELECT k FROM folded WHERE line = 1 ORDER BY k",
		"line of an event":   "SELECT line FROM folded WHERE k = 1",
		"events and line":    "SELECT k, line FROM folded WHERE k = ?1 OR line = ?1 OR line = (SELECT line FROM folded WHERE k = ?1)",
		"naming an original": "SELECT r.k FROM by_original AS o JOIN " + interactive.name + " AS r USING (k) WHERE o.quarter IN (1, 2) AND o.g = 3 AND r.original_request_id = x'00'",
		"events of an hour":  "SELECT r.k FROM by_correlation AS c JOIN " + interactive.name + " AS r USING (k) WHERE c.quarter IN (1, 2) AND c.g = 3 AND c.log = 0 AND c.k >= 4 AND c.k < 5",
		"newest":             "SELECT max(k) FROM " + interactive.name,
		"changes":            "SELECT seq, log, keys FROM changes WHERE seq > 7 ORDER BY seq",
		"words":              "SELECT n, dictionary, code, text FROM words WHERE n > 7 ORDER BY n",
	} {
		bound := regexp.MustCompile(`\?\d`).FindAllString(query, -1)
		slices.Sort(bound)
		values := make([]any, len(slices.Compact(bound)))
		rows, err := db.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, values...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if scans.MatchString(step) {
				t.Errorf("%s: %s", name, step)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
}
