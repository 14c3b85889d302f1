package ask

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"signpost/store"
	"signpost/store/risk"
)

// NumberTechnique is the number of each technique.
var NumberTechnique = &Number{
	Name: "technique", Label: "By technique", Unit: InCount,
	Definition: "Risk detections of users by the technique of MITRE ATT&CK that they name, else by the technique of their type. A detection with several techniques counts for each. " +
		"Without detections it is the sign-ins at risk, by the types that they tell.",
}

// Techniques are the techniques with the most detections or sign-ins first. FromSignIns says that no detections were imported.
type Techniques struct {
	Rows        []TechniqueCount
	FromSignIns bool
	Complete    bool
}

// TechniqueCount counts detections, or sign-ins at risk, of one technique; those of none have an empty ID. Open counts those that are
// at risk or confirmed compromised; of sign-ins those that are not remediated.
type TechniqueCount struct {
	ID      string
	N, Open int64
}

// NoTechnique is the value of the parameter for records of no known technique.
const NoTechnique = "none"

// typeTechniques are the techniques of types of detections that often come without one. The names of types are those of Microsoft Graph.
var typeTechniques = map[string]string{
	"anomalousToken":                   "T1539",
	"unfamiliarFeatures":               "T1078",
	"nationStateIP":                    "T1078",
	"nationStateIPAddress":             "T1078",
	"investigationsThreatIntelligence": "T1078",
	"anonymizedIPAddress":              "T1090",
}

// typesOf gives the types of a technique, in order; all types of the table for none.
func typesOf(technique string) (types []string) {
	for _, t := range slices.Sorted(maps.Keys(typeTechniques)) {
		if technique == "" || typeTechniques[t] == technique {
			types = append(types, t)
		}
	}
	return types
}

// detectionFilter narrows detections to the level of the query, and to open ones.
func (q *ProtectionQuery) detectionFilter(open bool) (f store.Filter) {
	if q.Level != "" {
		f = f.With(risk.StatusField, store.OpIs, q.Level)
	}
	if open {
		for _, state := range store.OpenRiskStates() {
			f = f.With(risk.StateField, store.OpIs, state)
		}
	}
	return f
}

// ofTypes narrows to records of the types of a technique; without one to records of no type that has one.
func ofTypes(f store.Filter, field *store.Field, technique string) store.Filter {
	for _, t := range typesOf(technique) {
		if technique == "" {
			f = f.With(field, store.OpIsNot, t)
		} else {
			f = f.With(field, store.OpIs, t)
		}
	}
	return f
}

// techniqueFilters narrow detections to a technique; no detection passes two of them.
func (q *ProtectionQuery) techniqueFilters(technique string, open bool) (filters []store.Filter) {
	f := q.detectionFilter(open)
	untold := f.With(risk.TechniqueField, store.OpEmpty, "")
	if technique == "" {
		return []store.Filter{ofTypes(untold, risk.TypeField, "")}
	}
	filters = append(filters, f.With(risk.TechniqueField, store.OpIs, technique))
	if len(typesOf(technique)) > 0 {
		filters = append(filters, ofTypes(untold, risk.TypeField, technique))
	}
	return filters
}

// signInTechniqueFilter narrows the sign-ins at risk to a technique.
func (q *ProtectionQuery) signInTechniqueFilter(technique string, open bool) store.Filter {
	f := q.attackFilter()
	if open {
		f = q.outcomeFilters(NotRemediated, nil)[0]
	}
	return ofTypes(f, store.RiskEventField, technique)
}

// techniqueLanes gives the records of the query's technique.
func techniqueLanes(ctx context.Context, r Reader, q *ProtectionQuery) (lanes []store.ListQuery, err error) {
	var a Protection
	if err := a.told(ctx, r); err != nil {
		return nil, err
	}
	technique := q.Technique
	if technique == NoTechnique {
		technique = ""
	}
	if a.DetectionsTold {
		for _, f := range q.techniqueFilters(technique, q.Open) {
			lanes = append(lanes, store.ListQuery{Log: risk.Users, Range: q.Range, Filter: f})
		}
		return lanes, nil
	}
	for _, log := range LogsOf(store.ObjectUser) {
		lanes = append(lanes, store.ListQuery{Log: log, Range: q.Range, Filter: q.signInTechniqueFilter(technique, q.Open)})
	}
	return lanes, nil
}

// askTechniques counts by technique.
func (q *ProtectionQuery) askTechniques(ctx context.Context, r Reader, detections bool) (t Techniques, err error) {
	counts := map[string]*TechniqueCount{}
	if t.Complete = true; detections {
		err = q.countDetections(ctx, r, counts, &t.Complete)
	} else {
		t.FromSignIns = true
		err = q.countSignInTechniques(ctx, r, counts, &t.Complete)
	}
	for _, c := range counts {
		if c.N > 0 {
			t.Rows = append(t.Rows, *c)
		}
	}
	slices.SortFunc(t.Rows, func(a, b TechniqueCount) int {
		// Those without a technique come last.
		return cmp.Or(compareBools(a.ID == "", b.ID == ""), cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
	})
	return t, err
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// countDetections counts detections by the techniques that they name, and the others by type.
func (q *ProtectionQuery) countDetections(ctx context.Context, r Reader, counts map[string]*TechniqueCount, complete *bool) error {
	f := q.detectionFilter(false)
	untold := f.With(risk.TechniqueField, store.OpEmpty, "")
	tables := []*detectionTable{
		{by: risk.TechniqueField, filter: f, technique: func(value string) string { return value }},
		{by: risk.TypeField, filter: untold, technique: techniqueOfType},
	}
	var questions []func(context.Context) error
	for _, t := range tables {
		questions = append(questions, func(ctx context.Context) error { return t.ask(ctx, r, q.Range) })
	}
	untyped := make([]store.Total, 2)
	for i, open := range []bool{false, true} {
		list := store.ListQuery{Log: risk.Users, Range: q.Range, Filter: q.detectionFilter(open).With(risk.TechniqueField, store.OpEmpty, "").With(risk.TypeField, store.OpEmpty, "")}
		questions = append(questions, func(ctx context.Context) (err error) {
			untyped[i], err = r.Total(ctx, list)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	counts[""] = &TechniqueCount{N: untyped[0].N, Open: untyped[1].N}
	*complete = untyped[0].Complete && untyped[1].Complete
	for _, t := range tables {
		t.addTo(counts)
		*complete = *complete && !t.incomplete
	}
	return nil
}

// detectionTable counts detections by a field that tells their technique, and by their state.
type detectionTable struct {
	by        *store.Field
	filter    store.Filter
	technique func(value string) string

	rows       []store.TableRow
	columns    []store.TableColumn
	incomplete bool
}

func (t *detectionTable) ask(ctx context.Context, r Reader, in store.Range) (err error) {
	t.rows, t.columns, t.incomplete, err = wholeTable(ctx, r, store.TableQuery{
		Logs: []store.Log{risk.Users}, Range: in, Filter: t.filter, By: t.by, Across: risk.StateField, Columns: store.MaxColumns, Limit: store.MaxTop,
	})
	return err
}

func (t *detectionTable) addTo(counts map[string]*TechniqueCount) {
	for _, row := range t.rows {
		technique := t.technique(row.Value)
		c := counts[technique]
		if c == nil {
			c = &TechniqueCount{ID: technique}
			counts[technique] = c
		}
		c.N += row.Total()
		for i, column := range t.columns {
			if (store.RiskChange{State: column.Value}).IsOpen() {
				c.Open += row.Cells[i]
			}
		}
	}
}

// techniqueOfType gives the technique of a type of detections; empty for none.
func techniqueOfType(eventType string) string {
	for t, technique := range typeTechniques {
		if store.FoldCase(t) == store.FoldCase(eventType) {
			return technique
		}
	}
	return ""
}

// wholeTable gives all rows of a table.
func wholeTable(ctx context.Context, r Reader, q store.TableQuery) (rows []store.TableRow, columns []store.TableColumn, incomplete bool, err error) {
	for {
		table, err := r.Table(ctx, q)
		if err != nil {
			return nil, nil, false, err
		}
		rows, columns, incomplete = append(rows, table.Rows...), table.Columns, incomplete || !table.Complete
		if q.After = table.Next; q.After == nil {
			return rows, columns, incomplete, nil
		}
	}
}

// countSignInTechniques counts the sign-ins at risk by the types that they tell.
func (q *ProtectionQuery) countSignInTechniques(ctx context.Context, r Reader, counts map[string]*TechniqueCount, complete *bool) error {
	techniques := append(slices.Compact(slices.Sorted(maps.Values(typeTechniques))), "")
	logs := LogsOf(store.ObjectUser)
	totals := make([]store.Total, len(techniques)*len(logs)*2)
	var questions []func(context.Context) error
	for i, technique := range techniques {
		for j, log := range logs {
			for k, open := range []bool{false, true} {
				into := &totals[(i*len(logs)+j)*2+k]
				questions = append(questions, func(ctx context.Context) (err error) {
					*into, err = r.Total(ctx, store.ListQuery{Log: log, Range: q.Range, Filter: q.signInTechniqueFilter(technique, open)})
					return err
				})
			}
		}
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	for i, technique := range techniques {
		c := &TechniqueCount{ID: technique}
		for j := range logs {
			all, open := totals[(i*len(logs)+j)*2], totals[(i*len(logs)+j)*2+1]
			c.N, c.Open = c.N+all.N, c.Open+open.N
			*complete = *complete && all.Complete && open.Complete
		}
		counts[technique] = c
	}
	return nil
}
