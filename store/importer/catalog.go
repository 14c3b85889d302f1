package importer

import (
	"maps"
	"strings"

	"signpost/store"
)

// kindTable adds the kinds of a catalog to the table of all shapes. It is made once, and only read then.
type kindTable struct {
	signIns bool // the catalog has them
	kinds   []*declared
	logs    map[store.Log]*declared
	// categories are the logs of the kinds by Azure Monitor's category in lower case.
	categories map[string]verdict
	// instead are the logs that take the place of a shape that is known and not kept: the categories of both are the same.
	instead map[*shape]*verdict
	outer   map[string]*outerKey
	// mapped are the kinds that rows can be mapped to, by their logs.
	mapped map[store.Log]*mappedKind
}

func tableOf(catalog store.Catalog) *kindTable {
	t := &kindTable{logs: map[store.Log]*declared{}, categories: map[string]verdict{}, instead: map[*shape]*verdict{}, outer: outerKeys, mapped: map[store.Log]*mappedKind{}}
	for _, kind := range catalog {
		if kind == store.SignIns {
			t.signIns = true
			to := mappedKindOf(kind, nil)
			for _, info := range kind.Logs {
				t.mapped[info.Log] = to
			}
			continue
		}
		k := declaredOf(kind)
		t.kinds = append(t.kinds, k)
		to := mappedKindOf(kind, k)
		for _, info := range kind.Logs {
			t.logs[info.Log] = k
			if !info.Own {
				t.mapped[info.Log] = to
			}
			if info.Own {
				k.told = &shape{name: kind.Many}
			}
			category := strings.ToLower(info.Category)
			if category == "" {
				continue
			}
			if info.Own {
				t.categories[category] = verdict{shape: k.told, format: AzureMonitor, named: true}
				continue
			}
			t.categories[category] = verdict{shape: k.shape, format: AzureMonitor, log: info.Log, named: true}
			if known := shapeThatSays(category); known != nil && t.instead[known] == nil {
				t.instead[known] = &verdict{shape: k.shape, format: Graph, log: info.Log}
			}
		}
		for _, says := range kind.Shape.Says {
			t.says(k, strings.ToLower(says))
		}
		t.markKeys(k.tells)
	}
	return t
}

// says lets a further name stand for the first log of a kind.
func (t *kindTable) says(k *declared, name string) {
	log := k.kind.Logs[0].Log
	t.categories[name] = verdict{shape: k.shape, format: AzureMonitor, log: log, named: true}
	if known := shapeThatSays(name); known != nil && t.instead[known] == nil {
		t.instead[known] = &verdict{shape: k.shape, format: Graph, log: log}
	}
}

// markKeys marks the keys that tell a kind, other than those that sign-ins have too. A sign-in so costs no look at its keys.
func (t *kindTable) markKeys(tells []string) {
	t.outer = maps.Clone(t.outer)
	for _, name := range tells {
		switch k := t.outer[name]; {
		case k == nil:
			t.outer[name] = &outerKey{envelope: &key{mark: markTells}}
		case k.field == nil && k.envelope != nil && k.envelope.set == nil:
			t.outer[name] = &outerKey{envelope: &key{mark: k.envelope.mark | markTells}}
		}
	}
}

// withKeys finds the log of a record by its keys. It is nil where no kind has them.
func (t *kindTable) withKeys(keys keySet) *verdict {
	for _, k := range t.kinds {
		if len(k.tells) > 0 && keys.all(k.tells) {
			if k.told != nil {
				return &verdict{shape: k.told, format: Graph}
			}
			return &verdict{shape: k.shape, format: Graph, log: k.kind.Logs[0].Log}
		}
	}
	if known := shapeWithKeys(keys); known != nil {
		return t.instead[known]
	}
	return nil
}

// notKept gives a shape unless a kind of the catalog has taken its place.
func (t *kindTable) notKept(known *shape) *shape {
	if t.instead[known] != nil {
		return nil
	}
	return known
}

// tellDeclared tells a record of a kind beside sign-ins that no category names. keys are those of the objects that may hold its
// values. What the record says of itself counts first, then what its answer says, then its keys. A set or a type that is in no
// table does not speak against the keys.
func (d *decoder) tellDeclared(near *directory, keys ...keySet) (v verdict, ok bool) {
	if len(d.table.kinds) == 0 {
		return verdict{}, false
	}
	said := d.ownClaim()
	if said.isEmpty() {
		said = near.claim
	}
	var found *verdict
	switch {
	case said.members:
	case said.shape != nil && said.shape.isKnown():
		found = d.table.instead[said.shape]
	default:
		for _, set := range keys {
			if found == nil {
				found = d.table.withKeys(set)
			}
		}
	}
	if found == nil {
		return verdict{}, false
	}
	return *found, true
}

// valueKeys gives the keys of the record, or those of its properties. It does no work without a kind that they can tell.
func (d *decoder) valueKeys(doc []byte) (keys []keySet) {
	if len(d.table.kinds) == 0 {
		return nil
	}
	if !d.isEnveloped() {
		return []keySet{tellingOf(doc).keys}
	}
	for _, object := range d.properties {
		keys = append(keys, tellingOf(object).keys)
	}
	return keys
}
