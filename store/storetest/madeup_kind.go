package storetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// MadeUpOf makes up about n records of any kind from its declaration: few values and many, empty ones, mixed case, records at one
// instant. What stands in its lists is told by madeUpItems. About every fourth has further copies, which fill, change or blank
// properties and lists. They are in random order. The same kind, seed and n give the same records.
func MadeUpOf(kind *store.Kind, seed uint64, n int) []store.Record {
	m := &maker{r: rand.New(rand.NewPCG(seed, 5)), seed: seed}
	var records []store.Record
	for i := range n {
		e := m.entry(kind, i)
		lists := map[string]json.RawMessage{}
		m.fillLists(kind, lists)
		for {
			records = append(records, copyOf(kind, e, lists))
			if m.r.IntN(4) > 0 {
				break
			}
			e = m.laterCopy(kind, e)
			m.fillLists(kind, lists)
		}
	}
	m.r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records
}

// entry makes up one record.
func (m *maker) entry(kind *store.Kind, n int) store.Entry {
	head := store.Head{Log: kind.Logs[m.r.IntN(len(kind.Logs))].Log, ID: m.id(n), Time: m.time()}
	if m.r.IntN(5) > 0 {
		head.Ingested = head.Time.Add(time.Duration(m.r.IntN(600)-30) * time.Second)
	}
	e := kind.New()
	for _, p := range kind.Properties {
		m.fill(e, p)
		if p.IsComputed() && p.Text != nil && m.r.IntN(4) > 0 {
			*p.Text(e) = kind.Statuses[m.r.IntN(len(kind.Statuses))].Name
		}
	}
	e.SetHead(head)
	return e
}

// fill sets a property of a record.
func (m *maker) fill(e store.Entry, p *store.Property) {
	n := m.skewed(20)
	switch {
	case p.Int != nil:
		*p.Int(e) = []store.Int{{}, store.IntOf(0), store.IntOf(int64(n)), store.IntOf(int64(n) * 1_000_003)}[m.r.IntN(4)]
	case p.Bool != nil:
		*p.Bool(e) = m.truth()
	case p.Text == nil:
		// a set follows from what else the record holds
	case p.Instant:
		*p.Text(e) = []string{"", Edges()[n%len(Edges())].Format(time.RFC3339Nano), Noon.Add(time.Duration(n) * time.Minute).Format(time.RFC3339Nano)}[m.r.IntN(3)]
	case p.Unique:
		*p.Text(e) = m.pick("", guid(400+n), strings.ToUpper(guid(400+n)), fmt.Sprintf("%s %d", p.Name, n))
	case p.Address:
		*p.Text(e) = m.pick("", fmt.Sprintf("192.0.2.%d", n), fmt.Sprintf("2001:db8::%x", n), fmt.Sprintf("2001:DB8::%X", n))
	case p.Fallback != nil:
		*p.Text(e) = m.pick("", guid(700+n), strings.ToUpper(guid(700+n)))
	default:
		*p.Text(e) = m.pick("", fmt.Sprintf("%s %d", p.Label, n), strings.ToUpper(fmt.Sprintf("%s %d", p.Label, n)), "Ärlig, "+p.Name, "none")
	}
}

// laterCopy makes up a further copy of a record, newer or older than it.
func (m *maker) laterCopy(kind *store.Kind, e store.Entry) store.Entry {
	e = e.Clone()
	head := e.Head()
	for _, p := range kind.Properties {
		if m.r.IntN(5) == 0 && !isOwner(kind, p) {
			m.fill(e, p)
		}
	}
	switch m.r.IntN(3) {
	case 0:
		head.Ingested = time.Time{}
	case 1:
		head.Ingested = head.Time.Add(time.Duration(m.r.IntN(100)-10) * time.Hour)
	}
	if m.r.IntN(4) == 0 {
		head.Time = head.Time.Truncate(time.Second)
	}
	e.SetHead(head)
	return e
}

// isOwner says that records with other values of the property are no copies.
func isOwner(kind *store.Kind, p *store.Property) bool {
	for _, owner := range kind.Owners {
		if p == owner {
			return true
		}
	}
	return false
}

// madeUpDoc is a made-up record as received: its head, its properties in their order, and its lists under the names that the
// shape of the kind gives them.
type madeUpDoc struct {
	Head       store.Head
	Properties []json.RawMessage
	Lists      map[string]json.RawMessage `json:",omitempty"`
}

// copyOf gives a record of any kind as an import passes it on. What is not in lists the record does not have.
func copyOf(kind *store.Kind, e store.Entry, lists map[string]json.RawMessage) store.Record {
	doc := madeUpDoc{Head: e.Head(), Lists: lists}
	for _, p := range kind.Properties {
		var value any
		switch {
		case p.Text != nil:
			value = *p.Text(e)
		case p.Int != nil:
			value = *p.Int(e)
		case p.Bool != nil:
			value = *p.Bool(e)
		}
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // a text, a number or a truth value
		}
		doc.Properties = append(doc.Properties, text)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // JSON and a few plain values
	}
	if e, err = decodeOf(kind, text); err != nil {
		panic(err) // it was written above
	}
	return store.Record{Entry: e, Versions: []store.Version{{Entry: e, Doc: text, Received: receivedOf(text)}}}
}

// decodeOf reads the record of copyOf.
func decodeOf(kind *store.Kind, text []byte) (store.Entry, error) {
	var doc madeUpDoc
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	e := kind.New()
	for _, name := range slices.Sorted(maps.Keys(doc.Lists)) { // several may fill one list of the record
		kind.Shape.Lists[name](e, doc.Lists[name])
	}
	for i, p := range kind.Properties {
		var into any
		switch {
		case p.Text != nil:
			into = p.Text(e)
		case p.Int != nil:
			into = p.Int(e)
		case p.Bool != nil:
			into = p.Bool(e)
		default:
			continue
		}
		if err := json.Unmarshal(doc.Properties[i], into); err != nil {
			return nil, err
		}
	}
	e.SetHead(doc.Head)
	return e, nil
}
