package views

import (
	"signpost/store"
	"signpost/web/ask"
)

// InsightDocument is a report as a document: a page that needs no portal, no script and no other file.
type InsightDocument struct {
	InsightPage
	// Portal is the address of the portal for people; empty where it is not known.
	Portal string
}

// address leads to the report in the portal; empty where the address of the portal is not known.
func (d InsightDocument) address() string {
	if d.Portal == "" {
		return ""
	}
	return d.Portal + InsightURL(d.Report, &d.Query)
}

// asOf is the time of the document. What does not depend on the range, such as an expiry, is judged at this time.
func (d InsightDocument) asOf() string { return d.Shell.Zone.Minute(d.Now) }

// tenantLabel says what the IDs of tenants are.
func (d InsightDocument) tenantLabel() string {
	if len(d.Query.Tenants) > 1 {
		return "Tenants, counted together"
	}
	return "Tenant"
}

// documentPart is a status of the picture with its sum.
type documentPart struct {
	Status store.Status
	N      int64
}

// parts are the statuses of the picture that have records.
func (d InsightDocument) parts() (parts []documentPart) {
	sum := d.chart().sum()
	for _, s := range legendOrder(d.chart().kind()) {
		if n := sum.ByStatus[s]; n > 0 {
			parts = append(parts, documentPart{s, n})
		}
	}
	return parts
}

// columns are the columns of the list that a document has room for: a trend is a picture.
func (d InsightDocument) columns() (columns []*ask.Number) {
	for _, n := range d.Query.List.Columns[1:] {
		if inFile(n) {
			columns = append(columns, n)
		}
	}
	return columns
}

// documentURL is the report as a document.
func (p InsightPage) documentURL() string { return p.fileURL(InsightFormat{Name: "html"}) }

// sentAddress is the address of the report in its present state, as a schedule keeps it.
func (p InsightPage) sentAddress() string {
	q := p.Query
	q.After, q.Limit = nil, InsightLimit
	return InsightURL(p.Report, &q)
}
