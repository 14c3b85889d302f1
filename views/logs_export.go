package views

import (
	"strings"

	"signpost/store"
)

// exportFile is one file that a list can be downloaded as.
type exportFile struct {
	Path, Format, Part string
	Title, Note        string
}

var (
	csvFile      = exportFile{"export.csv", "csv", "", "CSV", "The portal's columns, one row a "}
	stepsFile    = exportFile{"export.csv", "csv", "authdetails", "CSV: authentication details", "One row a step, joined by request ID"}
	allCSVFile   = exportFile{"export.zip", "zip", "", "CSV of every log", "One zip with the files of all logs under this filter"}
	excelFile    = exportFile{"export.xlsx", "xlsx", "", "Excel", "The same columns, as a workbook"}
	documentFile = exportFile{"export.html", "html", "", "Document", "The columns of this page, up to 10,000 rows, for reading and printing"}
	jsonFile     = exportFile{"export.json", "json", "", "JSON", "Microsoft Graph's shape, all fields"}
	azureFile    = exportFile{"export.ndjson", "ndjson", "", "NDJSON", "Azure Monitor's shape, one record an event, all fields"}
	evidenceFile = exportFile{"evidence.zip", "evidence", "", "Evidence bundle", "NDJSON, CSV, the filter, where it comes from, and hashes to check it by"}
)

func (p LogPage) exportFiles() []exportFile {
	csvFile := csvFile
	csvFile.Note += p.List.Kind().One
	if p.List.Info().User && p.List.Look == nil {
		return []exportFile{csvFile, stepsFile, allCSVFile, excelFile, documentFile, jsonFile, azureFile, evidenceFile}
	}
	return []exportFile{csvFile, allCSVFile, excelFile, documentFile, jsonFile, azureFile, evidenceFile}
}

// resumable names the files that can go on after a broken download: each row has the ID of its record.
func (p LogPage) resumable() string {
	if len(p.List.Kind().FileColumns) > 0 {
		return "An NDJSON file"
	}
	return "A CSV or NDJSON file"
}

// idLabel is the name of the ID of the list's records, in the middle of a sentence.
func (p LogPage) idLabel() string {
	for _, property := range p.List.Kind().Properties {
		if property.Unique {
			return strings.ToLower(property.Label[:1]) + property.Label[1:]
		}
	}
	return "ID"
}

// fileSize is the estimated size of a file; empty if it is not known.
func (p LogPage) fileSize(f exportFile) string {
	totals := map[store.Log]store.Total{p.List.Log: p.Total}
	if f == allCSVFile {
		totals = p.TabTotals
	}
	if p.DownloadSize == nil || f == documentFile || f == allCSVFile && len(totals) < len(p.List.Kind().Logs) {
		return ""
	}
	var bytes int64
	for log, total := range totals {
		if total.Complete && total.N == 0 {
			continue
		}
		size, ok := p.DownloadSize(log, f.Format, f.Part, total.N)
		if !ok || !total.Complete {
			return ""
		}
		bytes += size
	}
	if bytes == 0 {
		return ""
	}
	return "about " + Bytes(bytes)
}

// exportURL is the download of the list under its filter. Its range does not move with the clock, so that a broken
// download can go on at the same address.
func (l List) exportURL(q store.Query, f exportFile) string {
	q = store.Query{Range: store.Range{From: q.Range.From, To: q.Range.To}, Filter: q.Filter, AllEvents: q.AllEvents, Window: store.Window24h}
	v := q.Values()
	if f.Part != "" {
		v.Set("file", f.Part)
	}
	return l.Path() + "/" + f.Path + "?" + v.Encode()
}

// exportSize counts the records of a download.
func (p LogPage) exportSize() string {
	what := Count(p.Total.N, p.List.Kind().One, p.List.Kind().Many)
	if p.List.Info().Folds && p.Query.AllEvents {
		what = Count(p.Total.N, "event", "events")
	}
	if !p.Total.Complete {
		return "At least " + what
	}
	return what
}
