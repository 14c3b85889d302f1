package views

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// RiskyFormat is a file format for a list of risky objects.
type RiskyFormat struct {
	// Name ends addresses and names of files.
	Name, Title, ContentType string
	// New begins a file.
	New func(w io.Writer, kind store.StateKind) RiskyFile
}

// RiskyFile is a file of risky objects that is being written.
type RiskyFile interface {
	Row(r *store.Risky) error
	// End ends the file; one without rows is written whole here.
	End() error
}

// RiskyFormats gives every format.
func RiskyFormats() []RiskyFormat {
	return []RiskyFormat{
		{"csv", "CSV", "text/csv; charset=utf-8", newRiskyCSV},
		{"json", "JSON", "application/json", newRiskyJSON},
	}
}

// note says what is in the file.
func (f RiskyFormat) note(kind store.StateKind) string {
	if f.Name == "csv" {
		return "All rows of the list, times in UTC"
	}
	return "All rows of the list, as Microsoft Graph's " + riskyResource(kind)
}

// riskyResource is the resource of Graph that has the objects of a kind.
func riskyResource(kind store.StateKind) string {
	switch kind {
	case store.StateRiskyUser:
		return "riskyUser"
	case store.StateRiskyAgent:
		return "riskyAgent"
	}
	return "riskyServicePrincipal"
}

// RiskyFileName names a file by its list and its day.
func RiskyFileName(kind store.StateKind, f RiskyFormat, now time.Time) string {
	return map[store.StateKind]string{store.StateRiskyUser: "RiskyUsers", store.StateRiskyPrincipal: "RiskyServicePrincipals", store.StateRiskyAgent: "RiskyAgents"}[kind] +
		"_" + now.UTC().Format(time.DateOnly) + "." + f.Name
}

type riskyCSV struct {
	w     io.Writer
	kind  store.StateKind
	file  *csv.Writer
	begun bool
}

func newRiskyCSV(w io.Writer, kind store.StateKind) RiskyFile {
	file := csv.NewWriter(w)
	file.UseCRLF = true
	return &riskyCSV{w: w, kind: kind, file: file}
}

// riskyColumn is a column of a CSV file.
type riskyColumn struct {
	label string
	cell  func(r *store.Risky) string
}

// riskyColumns are the columns for a kind. The portal's headings are not public: these are the labels of the page. Whether somebody is
// deleted is left out: records say no for deleted users too.
func riskyColumns(kind store.StateKind) []riskyColumn {
	columns := []riskyColumn{
		{"ID", func(r *store.Risky) string { return r.ID }},
		{"Name", func(r *store.Risky) string { return r.Names.Name }},
	}
	switch kind {
	case store.StateRiskyUser:
		columns = append(columns, riskyColumn{"Username", func(r *store.Risky) string { return r.Names.Username }}, riskyColumn{"Guest", func(r *store.Risky) string { return toldBool(r.Guest) }})
	case store.StateRiskyAgent:
		columns = append(columns, riskyColumn{"Identity type", func(r *store.Risky) string { return r.Names.Type }}, riskyColumn{"Blueprint ID", func(r *store.Risky) string { return r.Names.Blueprint }})
	default:
		columns = append(columns, riskyColumn{"Application ID", func(r *store.Risky) string { return r.Names.AppID }}, riskyColumn{"Service principal type", func(r *store.Risky) string { return r.Names.Type }})
	}
	columns = append(columns,
		riskyColumn{risk.Level.Label, func(r *store.Risky) string { return r.Level }},
		riskyColumn{risk.State.Label, func(r *store.Risky) string { return r.State }},
		riskyColumn{risk.Detail.Label, func(r *store.Risky) string { return r.Detail }},
		riskyColumn{"Risk last updated (UTC)", func(r *store.Risky) string { return instantOrNone(r.Updated) }},
		riskyColumn{"Processing", func(r *store.Risky) string { return toldBool(r.Processing) }},
	)
	if kind != store.StateRiskyUser {
		columns = append(columns, riskyColumn{"Enabled", func(r *store.Risky) string { return toldBool(r.Enabled) }})
	}
	return columns
}

// toldBool is a truth value in a file; empty where no record tells it.
func toldBool(b store.Bool) string {
	switch b {
	case store.True:
		return "true"
	case store.False:
		return "false"
	}
	return ""
}

func (f *riskyCSV) line(cell func(c riskyColumn) string) error {
	var cells []string
	for _, c := range riskyColumns(f.kind) {
		cells = append(cells, store.NeutralCell(cell(c)))
	}
	if err := f.file.Write(cells); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// begin writes the headings.
func (f *riskyCSV) begin() error {
	if f.begun {
		return nil
	}
	f.begun = true
	// The byte order mark tells Excel that the file is UTF-8.
	if _, err := io.WriteString(f.w, "\ufeff"); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return f.line(func(c riskyColumn) string { return c.label })
}

func (f *riskyCSV) Row(r *store.Risky) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.line(func(c riskyColumn) string { return c.cell(r) })
}

func (f *riskyCSV) End() error {
	if err := f.begin(); err != nil {
		return err
	}
	f.file.Flush()
	return f.file.Error()
}

// riskyJSON is an array with an object for each row.
type riskyJSON struct {
	w    *bufio.Writer
	kind store.StateKind
	lead string // before the next row
}

func newRiskyJSON(w io.Writer, kind store.StateKind) RiskyFile {
	return &riskyJSON{w: bufio.NewWriter(w), kind: kind, lead: "["}
}

func (f *riskyJSON) Row(r *store.Risky) error {
	object, err := json.Marshal(graphRisky(r))
	if err == nil {
		_, err = fmt.Fprintf(f.w, "%s\n%s", f.lead, object)
	}
	if f.lead = ","; err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

func (f *riskyJSON) End() error {
	if f.lead == "[" {
		_, _ = f.w.WriteString(f.lead) // Flush gives its error
	}
	_, _ = f.w.WriteString("\n]\n")
	return f.w.Flush()
}

// graphRisk is the risk that Graph's resources of risky objects have in common. A member is null where no record tells it.
type graphRisk struct {
	ID           string  `json:"id"`
	IsProcessing *bool   `json:"isProcessing"`
	RiskLevel    *string `json:"riskLevel"`
	RiskState    *string `json:"riskState"`
	RiskDetail   *string `json:"riskDetail"`
}

// graphRisky is a risky object in the shape of Graph's resource.
func graphRisky(r *store.Risky) any {
	common := graphRisk{ID: r.ID, IsProcessing: boolOrNull(r.Processing), RiskLevel: textOrNull(r.Level), RiskState: textOrNull(r.State), RiskDetail: textOrNull(r.Detail)}
	updated := textOrNull(instantOrNone(r.Updated))
	switch r.Of {
	case store.StateRiskyUser:
		return struct {
			graphRisk
			IsDeleted *bool   `json:"isDeleted"`
			Updated   *string `json:"riskLastUpdatedDateTime"`
			Name      *string `json:"userDisplayName"`
			Username  *string `json:"userPrincipalName"`
		}{common, boolOrNull(r.Deleted), updated, textOrNull(r.Names.Name), textOrNull(r.Names.Username)}
	case store.StateRiskyAgent:
		return struct {
			graphRisk
			IsDeleted *bool   `json:"isDeleted"`
			IsEnabled *bool   `json:"isEnabled"`
			Updated   *string `json:"riskLastModifiedDateTime"`
			Name      *string `json:"agentDisplayName"`
			Type      *string `json:"identityType"`
			Blueprint *string `json:"blueprintId"`
		}{common, boolOrNull(r.Deleted), boolOrNull(r.Enabled), updated, textOrNull(r.Names.Name), textOrNull(r.Names.Type), textOrNull(r.Names.Blueprint)}
	}
	return struct {
		graphRisk
		IsEnabled *bool   `json:"isEnabled"`
		Updated   *string `json:"riskLastUpdatedDateTime"`
		Name      *string `json:"displayName"`
		AppID     *string `json:"appId"`
		Type      *string `json:"servicePrincipalType"`
	}{common, boolOrNull(r.Enabled), updated, textOrNull(r.Names.Name), textOrNull(r.Names.AppID), textOrNull(r.Names.Type)}
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func boolOrNull(b store.Bool) *bool {
	if b == store.Unset {
		return nil
	}
	is := b == store.True
	return &is
}
