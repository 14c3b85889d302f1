package store

import (
	"fmt"
	"slices"
)

// refuseMistakes panics on a declaration by which records would be kept or shown wrong.
func (k *Kind) refuseMistakes() {
	for _, p := range k.Properties {
		if p.Class != NoClass && (p.Set != nil || p.List != nil) && k.Withhold == nil {
			panic(fmt.Sprintf("the kind %q has the property %s of several values, which not everybody may see, and no Withhold to take it out", k.One, p.Name))
		}
	}
	for _, p := range k.Properties {
		if p.InRow && (p.Text == nil || p.Unique || p.Fallback != nil || p.Address || p.Enumeration != nil) {
			panic(fmt.Sprintf("the property %s of the kind %q is kept with its row, and is no plain text", p.Name, k.One))
		}
	}
	if len(k.Lists) > 0 && k.Update == nil {
		panic(fmt.Sprintf("the kind %q has lists and no Update: a newer copy would never change them", k.One))
	}
	for _, p := range k.Owners {
		if p.Text == nil || p.Unique || !slices.Contains(k.Properties, p) {
			panic(fmt.Sprintf("the owner %s of the kind %q is no text that has a column", p.Name, k.One))
		}
	}
	for _, log := range k.Logs {
		for _, p := range slices.Concat(log.Principals, log.Apps) {
			if p.Text == nil && p.PartOf == nil || p.Unique || !slices.Contains(k.Properties, p) {
				panic(fmt.Sprintf("the log %s tells whose a record is by %s, which is no text that has a column", log.Log, p.Name))
			}
		}
		for _, p := range log.GroupBy {
			if p.Text == nil && p.Int == nil || p.Unique || !slices.Contains(k.Properties, p) {
				panic(fmt.Sprintf("the log %s is grouped by %s, which is no text or number that has a column", log.Log, p.Name))
			}
		}
	}
	for _, f := range k.Named {
		k.takeClass(f)
	}
}

// takeClass gives a field the class of its properties. It panics where they do not agree.
func (k *Kind) takeClass(f *Field) {
	shown := slices.Concat(f.Properties, f.Beside)
	if f.Column != nil {
		shown = append(shown, f.Column)
	}
	for _, p := range shown {
		if p.Class != shown[0].Class || f.Class != NoClass && p.Class != f.Class {
			panic(fmt.Sprintf("the field %s of the kind %q and its property %s are not of one class", f.Name, k.One, p.Name))
		}
	}
	if len(shown) > 0 {
		f.Class = shown[0].Class
	}
}
