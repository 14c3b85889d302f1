package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// These are the inputs of the filter picker. A form cannot name a parameter after another input's value, so fromPicker turns its
// answer into FIELD=value. The parameter pick opens the picker at a field, and find narrows the values that it offers.
const (
	pickParam   = "pick"  // FIELD or FIELD.not and so on
	findParam   = "find"  // typed: the text to look for among the values, or the value itself
	pickedField = "field" // the field chosen
	pickedOp    = "op"    // one of views.OperatorNames
	pickedValue = "value" // a value ticked, repeated
	pickedHad   = "had"   // a value that the condition had before, repeated
)

var pickerParams = []string{pickParam, findParam, pickedField, pickedOp, pickedValue, pickedHad}

// splitPicker separates the picker's parameters from the rest of an address.
func splitPicker(params url.Values) (rest, picker url.Values) {
	return splitNamed(params, pickerParams)
}

// splitNamed separates the parameters with some names from the others.
func splitNamed(params url.Values, names []string) (rest, named url.Values) {
	rest, named = url.Values{}, url.Values{}
	for name, values := range params {
		if slices.Contains(names, name) {
			named[name] = values
		} else {
			rest[name] = values
		}
	}
	return rest, named
}

// badPicker gives the errors of the picker's parameters that do not depend on the log. openPicker reports the errors of pick.
func badPicker(picker url.Values) (bad store.BadParams) {
	isOpen := picker.Has(pickParam) || picker.Has(pickedField)
	for _, name := range pickerParams {
		values, several := picker[name], name == pickedValue || name == pickedHad || name == pickParam
		switch {
		case len(values) == 0:
		case !isOpen:
			bad = append(bad, store.BadParam{Param: name, Value: values[0], Problem: "belongs to the filter picker, which this address does not open. Take it out of the address."})
		case len(values) > 1 && !several:
			bad = append(bad, store.BadParam{Param: name, Value: strings.Join(values, ", "), Problem: "is given more than once. Keep one."})
		}
	}
	if op := picker.Get(pickedOp); isOpen && len(bad) == 0 {
		if _, known := views.OperatorNamed(op); !known {
			bad = append(bad, store.BadParam{Param: pickedOp, Value: op, Problem: badOperator})
		}
	}
	return bad
}

const badOperator = "is not a comparison that this field knows. Choose one from the list."

// fromPicker gives the address that the picker's form means when it is applied; ok is false where it was not. Without a value, a
// condition that is being edited is removed, and a new one is left for the page to refuse.
func fromPicker(list views.List, rest, picker url.Values) (address string, ok bool) {
	if !picker.Has(pickedField) || picker.Has(pickParam) {
		return "", false
	}
	target := url.Values{}
	for name, values := range rest {
		target[name] = slices.Clone(values)
	}
	param := picker.Get(pickedField)
	op, _ := views.OperatorNamed(picker.Get(pickedOp))
	field, found := list.Kind().Field(param)
	if found {
		param = field.Param(op)
	}
	values := pickedValues(picker, func(typed string) []string {
		if found && (op == store.OpIs || op == store.OpIsNot) {
			return views.ValuesMeant(field, typed)
		}
		return []string{typed}
	})
	switch {
	case !op.TakesValue():
		target.Set(param, views.EmptyValue(op))
	case len(values) == 0 && len(picker[pickedHad]) > 0:
	case len(values) == 0:
		target.Add(param, "")
	default:
		target[param] = append(target[param], values...)
	}
	return list.URL(target), true
}

// pickedValues are the ticked values and the typed one. If a value was newly ticked, the typed text was only a search and does
// not count. meant gives the values that a typed text stands for.
func pickedValues(picker url.Values, meant func(typed string) []string) []string {
	var values []string
	ticked := false
	for _, v := range picker[pickedValue] {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
			ticked = ticked || !slices.Contains(picker[pickedHad], v)
		}
	}
	if typed := strings.TrimSpace(picker.Get(findParam)); typed != "" && !ticked {
		values = append(values, meant(typed)...)
	}
	return values
}

// openPicker opens the picker if the address asks for it, or if a condition is wrong.
func openPicker(page *views.LogPage, picker url.Values) {
	pick := picker.Get(pickParam)
	page.PickField = picker.Has(pickParam)
	if pick == "" {
		for _, b := range page.Bad {
			if field, op, ok := page.List.ConditionNamed(b.Param); ok && op.TakesValue() {
				page.Picker = &views.Picker{Field: field, Op: op, Find: b.Value}
				return
			}
		}
		return
	}
	field, op, ok := page.List.ConditionNamed(pick)
	switch {
	case !ok, len(picker[pickParam]) > 1:
		page.Bad = append(page.Bad, store.BadParam{Param: pickParam, Value: strings.Join(picker[pickParam], ", "), Problem: "is not a field to filter by. Choose one from the list."})
		return
	case !field.AppliesTo(page.List.Info()):
		page.Bad = append(page.Bad, store.BadParam{Param: pickParam, Value: pick, Problem: "is a field that " + page.List.Kind().Many + " of this log do not have. Choose another from the list."})
		return
	}
	if chosen, known := views.OperatorNamed(picker.Get(pickedOp)); known && picker.Has(pickedOp) {
		if op = chosen; !field.Knows(op) {
			op = store.OpIs
			page.Bad = append(page.Bad, store.BadParam{Param: pickedOp, Value: picker.Get(pickedOp), Problem: badOperator})
		}
	}
	page.Picker = &views.Picker{Field: field, Op: op, Find: picker.Get(findParam), Had: conditionValues(page.Query.Filter, field, op)}
	page.Picker.Chosen = page.Picker.Had
	if picker.Has(pickedField) {
		page.Picker.Had, page.Picker.Chosen = picker[pickedHad], picker[pickedValue]
	}
}

func conditionValues(f store.Filter, field *store.Field, op store.Operator) []string {
	for _, c := range f.Conditions() {
		if c.Field == field && c.Op == op && op.TakesValue() {
			return c.Values
		}
	}
	return nil
}

// picker answers with the picker only, or with the values that it offers.
func (s *Server) picker(ctx context.Context, reader snapshot, c echo.Context, page views.LogPage, target string) error {
	if err := ask.Together(ctx, func(ctx context.Context) error { return s.fillPicker(ctx, reader, &page) }); err != nil {
		return err
	}
	if p := page.Picker; p != nil {
		if err := s.recordValues(c, &page, pickParam, p.Field, p.Find); err != nil {
			return err
		}
	}
	if target == "picker-options" && page.Picker != nil {
		return render(c, http.StatusOK, views.PickerOptions(*page.Picker))
	}
	return render(c, http.StatusOK, views.FilterPanel(page))
}

// pickerTop is the number of values that the picker offers; typing narrows them.
const pickerTop = 20

// fillPicker asks for the values that the picker offers, in the range and under the rest of the filter. If they do not come in
// time, the picker says so and takes a typed value.
func (s *Server) fillPicker(ctx context.Context, reader snapshot, page *views.LogPage) error {
	p := page.Picker
	if p != nil && p.Field.Members && p.Field.Object != store.ObjectGroup {
		return offerDepartments(ctx, reader, p)
	}
	if p != nil && p.Field.Members {
		return s.offerGroups(ctx, reader, p, page.Query.Range)
	}
	if p == nil || !p.Field.Facetable() {
		return nil
	}
	q := store.ValuesQuery{ListQuery: listQuery(page), Field: p.Field, Text: strings.TrimSpace(p.Find), Top: pickerTop}
	facet, err := findValues(ctx, reader, q)
	if errors.Is(err, store.ErrTooSlow) {
		p.TooSlow = true
		return nil
	}
	p.Facet = &facet
	return err
}

// findValues asks for the values that hold a text, either in themselves or in the words shown for them.
func findValues(ctx context.Context, reader snapshot, q store.ValuesQuery) (store.Facet, error) {
	if q.Text == "" || !views.ShowsWords(q.Field) {
		return reader.Values(ctx, q)
	}
	text, top := q.Text, q.Top
	q.Text, q.Top = "", store.MaxTop
	facet, err := reader.Values(ctx, q)
	if err == nil {
		keepHolding(&facet, text, top)
	}
	return facet, err
}

func keepHolding(facet *store.Facet, text string, top int) {
	facet.Values = slices.DeleteFunc(facet.Values, func(v store.FacetValue) bool { return !views.HoldsText(facet.Field, v.Value, text) })
	facet.Distinct = int64(len(facet.Values))
	facet.Values = facet.Values[:min(len(facet.Values), top)]
}

// maxNames bounds the IDs among the filter's values that are looked up by name.
const maxNames = 20

// fillNames finds the names of the IDs in the filter, as the newest sign-in of the range has them.
func (s *Server) fillNames(ctx context.Context, reader snapshot, page *views.LogPage) error {
	names := map[string]string{}
	for _, g := range page.Groups {
		names[g.Group.ID] = g.Group.Name
	}
	for _, c := range page.Query.Filter.Conditions() {
		if !c.Field.IsOfIDs() || !c.Op.TakesValue() || !c.Field.AppliesTo(page.List.Info()) {
			continue
		}
		for _, value := range c.Values {
			if len(names) == maxNames || !store.IsGUID(value) {
				continue
			}
			q := listQuery(page)
			q.Filter, q.After, q.Before, q.Limit = store.Filter{}.With(c.Field, store.OpIs, value), nil, nil, 1
			newest, err := reader.Page(ctx, q)
			switch {
			case errors.Is(err, store.ErrTooSlow):
			case err != nil:
				return err
			case len(newest.Rows) > 0:
				names[value] = c.Field.NameIn(newest.Rows[0].Entry)
			}
		}
	}
	page.Names = names
	return nil
}
