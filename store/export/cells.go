package export

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// column is one column of the portal's CSV files.
type column struct {
	heading string
	// property has the value; cell makes one that needs more than one property.
	property *store.Property
	cell     func(record store.Entry) string
	class    store.Class
}

// text gives the cell; empty where the record has no such value.
func (c column) text(record store.Entry) string {
	switch p := c.property; {
	case c.cell != nil:
		return c.cell(record)
	case p.Text != nil:
		return *p.Text(record)
	case p.Int != nil:
		if n := p.Int(record); n.Set {
			return strconv.FormatInt(n.N, 10)
		}
	case p.Bool != nil:
		switch *p.Bool(record) {
		case store.True:
			return "true"
		case store.False:
			return "false"
		}
	}
	return ""
}

// of makes a column of one property.
func of(heading string, p *store.Property) column {
	return column{heading: heading, property: p, class: p.Class}
}

// The columns that need more than one property, or none.
var (
	dateColumn     = column{heading: "Date (UTC)", cell: func(record store.Entry) string { return portalTime(record.Head().Time) }}
	locationColumn = column{heading: "Location", cell: func(record store.Entry) string { return location(record.(*store.SignIn)) }}
	statusColumn   = statusOf(store.SignIns)
)

// statusOf makes the column of a kind's status.
func statusOf(kind *store.Kind) column {
	c := column{heading: "Status", cell: func(record store.Entry) string {
		status := kind.Status(record)
		if status == store.StatusUnknown {
			return ""
		}
		return kind.StatusInfo(status).Label
	}}
	if f := kind.StatusField(); f != nil {
		c.class = f.Class
	}
	return c
}

// userColumns, principalColumns and identityColumns are the columns of the portal's files.
var (
	userColumns      = signInColumns(store.UserFileColumns)
	principalColumns = signInColumns(store.PrincipalFileColumns)
	identityColumns  = signInColumns(store.IdentityFileColumns)
)

func signInColumns(declared []store.SignInColumn) (columns []column) {
	parts := map[store.SignInPart]column{store.FileDate: dateColumn, store.FileLocation: locationColumn, store.FileStatus: statusColumn}
	for _, c := range declared {
		if c.Property == nil {
			columns = append(columns, parts[c.Part])
			continue
		}
		columns = append(columns, of(c.Heading, c.Property))
	}
	return columns
}

// columnsOf gives the columns of a log's file, without those of withheld classes.
func columnsOf(info store.LogInfo, withheld store.Classes) []column {
	all := principalColumns
	switch {
	case len(info.Kind().FileColumns) > 0:
		all = nil
		for _, c := range info.Kind().FileColumns {
			all = append(all, column{heading: c.Heading, cell: c.Text})
		}
	case info.Kind() != store.SignIns:
		all = declaredColumns(info)
	case info.User:
		all = userColumns
	case info.Log == store.ManagedIdentity:
		all = identityColumns
	}
	var columns []column
	for _, c := range all {
		if !withheld.Has(c.class) {
			columns = append(columns, c)
		}
	}
	return columns
}

// declaredColumns are the date, the status and every single-valued property that records of the log can have.
func declaredColumns(info store.LogInfo) []column {
	kind := info.Kind()
	columns := []column{dateColumn}
	if kind.Status != nil {
		columns = append(columns, statusOf(kind))
	}
	for _, p := range kind.Properties {
		if p.Set == nil && (p.Logs == nil || slices.Contains(p.Logs, info.Log)) {
			columns = append(columns, of(p.Label, p))
		}
	}
	return columns
}

// stepCells are one row of the authentication details' file.
func stepCells(s *store.SignIn, step *store.AuthenticationStep) []string {
	succeeded := ""
	switch step.Succeeded {
	case store.True:
		succeeded = "true"
	case store.False:
		succeeded = "false"
	}
	return []string{portalTime(step.Time), s.ID, step.Method, step.MethodDetail, succeeded, step.ResultDetail, step.Requirement}
}

// portalTime writes a time as the portal's files do: UTC, in whole seconds.
func portalTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// location is one cell: the known ones of city, state and country.
func location(s *store.SignIn) string {
	var parts []string
	if s.City == "" && s.State != "" && s.CountryOrRegion != "" {
		return ", " + s.State + ", " + s.CountryOrRegion // the place of each part says what it is
	}
	for _, part := range []string{s.City, s.State, s.CountryOrRegion} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// neutral gives a cell that no spreadsheet reads as a formula.
func neutral(cell string) string { return store.NeutralCell(cell) }
