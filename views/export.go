package views

import (
	"signpost/store"
)

// exportFile is one file that a list can be downloaded as.
type exportFile struct {
	Extension, Part string
	Title, Note     string
}

var (
	csvFile   = exportFile{"csv", "", "CSV", "The portal's columns, one row a sign-in"}
	stepsFile = exportFile{"csv", "authdetails", "CSV: authentication details", "One row a step, joined by request ID"}
	excelFile = exportFile{"xlsx", "", "Excel", "The same columns, as a workbook"}
	jsonFile  = exportFile{"json", "", "JSON", "Microsoft Graph's shape, all fields"}
	azureFile = exportFile{"ndjson", "", "NDJSON", "Azure Monitor's shape, one record an event, all fields"}
)

func (p LogPage) exportFiles() []exportFile {
	if p.List.Info().User {
		return []exportFile{csvFile, stepsFile, excelFile, jsonFile, azureFile}
	}
	return []exportFile{csvFile, excelFile, jsonFile, azureFile}
}

// exportURL is the download of the list under its filter. Its range stands still, so that a download that was broken off
// can go on at the same address.
func (l List) exportURL(q store.Query, f exportFile) string {
	q = store.Query{Range: store.Range{From: q.Range.From, To: q.Range.To}, Filter: q.Filter, AllEvents: q.AllEvents, Window: store.Window24h}
	v := q.Values()
	if f.Part != "" {
		v.Set("file", f.Part)
	}
	return l.Path() + "/export." + f.Extension + "?" + v.Encode()
}

// exportSize says how much a download holds.
func (p LogPage) exportSize() string {
	what := Count(p.Total.N, "sign-in", "sign-ins")
	if p.List.Log == store.Interactive && p.Query.AllEvents {
		what = Count(p.Total.N, "event", "events")
	}
	if !p.Total.Complete {
		return "At least " + what
	}
	return what
}
