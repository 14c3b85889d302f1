package activity

import (
	_ "embed" // the table of record types
	"fmt"
	"strconv"
	"strings"

	"signpost/store"
)

// recordTypeTable is Microsoft's table of record types: a number and a name a line. Tenants have more types than the table:
// those are shown by their number.
//
//go:embed recordtypes.tsv
var recordTypeTable string

var recordTypeNames, recordTypeNumbers = func() (map[int64]string, map[string]int64) {
	names, numbers := map[int64]string{}, map[string]int64{}
	for line := range strings.Lines(recordTypeTable) {
		number, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || name == "" || names[n] != "" {
			panic(fmt.Sprintf("the line %q of the record types is none, or its number stands there twice", line))
		}
		names[n], numbers[strings.ToLower(name)] = name, n
	}
	return names, numbers
}()

// Record types with fields that are read in a way of their own.
const (
	directoryRecord = 8
	accountLogon    = 9
	stsLogon        = 15
)

// GraphRequests is the record type of Microsoft Graph activity logs. Microsoft numbers no such type.
const GraphRequests = "MicrosoftGraphActivityLogs"

// recordType gives the name and the number of a record type. Exports tell it by number or by name. A number that is not in
// the table is its own name; a name that is not there has no number.
func recordType(told string) (name string, number store.Int) {
	told = strings.TrimSpace(told)
	if n, err := strconv.ParseInt(told, 10, 64); err == nil {
		if name = recordTypeNames[n]; name == "" {
			name = "Record type " + strconv.FormatInt(n, 10)
		}
		return name, store.IntOf(n)
	}
	if n, ok := recordTypeNumbers[strings.ToLower(told)]; ok {
		return recordTypeNames[n], store.IntOf(n)
	}
	return told, store.Int{}
}
