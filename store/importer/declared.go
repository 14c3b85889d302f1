package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// declared is a kind of records that is read by its declaration: see store.Shape.
type declared struct {
	kind  *store.Kind
	shape *shape
	// told is the shape that files are told, where the portal writes the records itself: it is known and not kept. Else nil.
	told  *shape
	tells []string        // in lower case
	id    *store.Property // nil where the kind has none
	root  *node
	// toldRoot is the root for documents of another kind; nil where none tells a record of the kind.
	toldRoot *node
}

// node says how the value of one key of a record is read.
type node struct {
	property *store.Property // that the value is; nil for none
	set      func(d *decoder, value []byte)
	rank     int // of the time that the value is, 1 for the best; 0 for no time
	list     func(e store.Entry, value []byte) (ok bool)
	members  map[string]*node // of an object, by their names in lower case
	value    func(e store.Entry, told string)
	fills    bool // see filling
}

// at gives the node of a path, and makes it where it is not there.
func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(strings.ToLower(path), ".") {
		if n.members == nil {
			n.members = map[string]*node{}
		}
		if n.members[name] == nil {
			n.members[name] = &node{}
		}
		n = n.members[name]
	}
	return n
}

// put lets a path lead to a node.
func (n *node) put(path string, to *node) {
	if at := strings.LastIndexByte(path, '.'); at >= 0 {
		n, path = n.at(path[:at]), path[at+1:]
	}
	n.at(path)
	n.members[strings.ToLower(path)] = to
}

// filling gives the node of a further name that tells nothing where the property has a value already.
func (n *node) filling() *node {
	other := *n
	other.fills = true
	other.set = func(d *decoder, value []byte) {
		if isUnset(n.property, d.entry) {
			n.set(d, value)
		}
	}
	return &other
}

func declaredOf(kind *store.Kind) *declared {
	k := &declared{kind: kind, root: &node{}}
	k.shape = &shape{name: kind.Many, declared: k, read: (*stream).entry}
	for _, name := range kind.Shape.Tells {
		k.tells = append(k.tells, strings.ToLower(name))
	}
	for _, p := range kind.Properties {
		set := setter(p)
		if set == nil || p.MadeUp {
			continue
		}
		n := k.root.at(p.Name)
		n.property, n.set = p, set
		if p.Unique && k.id == nil {
			k.id = p
		}
	}
	for i, name := range kind.Shape.Times {
		k.root.at(name).rank = i + 1
	}
	for name, list := range kind.Shape.Lists {
		k.root.at(name).list = list
	}
	k.flatten()
	for name, read := range kind.Shape.Values {
		k.root.at(name).value = read
	}
	for alias, name := range kind.Shape.Aliases {
		k.root.put(alias, k.root.at(name))
	}
	for alias, name := range kind.Shape.Fills {
		k.root.put(alias, k.root.at(name).filling())
	}
	k.declareTold()
	return k
}

// flatten has values inside of objects read from keys that are whole paths too, as rows of tables have them.
func (k *declared) flatten() {
	paths := slices.Collect(maps.Keys(k.kind.Shape.Lists))
	for _, p := range k.kind.Properties {
		if !p.MadeUp && setter(p) != nil {
			paths = append(paths, p.Name)
		}
	}
	for _, path := range paths {
		if strings.Contains(path, ".") {
			k.root.members[strings.ToLower(path)] = k.root.at(path)
		}
	}
}

// hasTime says that records of the kind have a time of their own under one of the keys that Azure Monitor uses around them.
func (k *declared) hasTime() bool {
	return k.root.members["time"] != nil || k.root.members["timegenerated"] != nil
}

// declared decodes the record that was outlined last into one of the log. reason is a sentence that says why it cannot be used;
// empty where it can.
func (d *decoder) declared(k *declared, log store.Log, doc []byte) (e store.Entry, reason string) {
	if d.has(markMapped) {
		return d.mappedEntry(k, log, doc)
	}
	return d.declaredBy(k, reading{root: k.root, inside: k.kind.Shape.Inside, around: d.around(doc)}, log, doc)
}

// reading says how a document is read into a record of a kind.
type reading struct {
	root   *node
	inside string // the key of an object that holds the record too; empty for none
	around store.Envelope
	settle func(store.Entry) // nil for none
}

// declaredBy is declared for a document that is read in a way of its own.
func (d *decoder) declaredBy(k *declared, by reading, log store.Log, doc []byte) (e store.Entry, reason string) {
	d.passProperties()
	e = k.kind.New()
	d.entry, d.anyScalar = e, true
	d.misreads, d.eventTime, d.timeRank, d.unreadLists = d.misreads[:0], time.Time{}, 0, nil
	if !d.isEnveloped() {
		d.readNodes(by.root, doc)
	}
	for _, object := range d.properties {
		d.readNodes(by.root, object)
	}
	if reason := d.readInside(by.root, by.inside, doc); reason != "" {
		return nil, reason
	}
	if by.settle != nil {
		by.settle(e)
	}
	d.settleMisreads()
	h := store.Head{Log: log, Time: d.eventTime}
	if d.isEnveloped() || !k.hasTime() {
		h.Ingested = d.envelope.ingested
	}
	if k.id != nil {
		h.ID = *k.id.Text(e)
	}
	if h.ID == "" && !d.isEnveloped() {
		return nil, "the " + k.kind.One + " has no id: it cannot be told from another copy of itself."
	}
	key := ""
	if times := k.kind.Shape.Times; len(times) > 0 {
		key = times[0]
	}
	if reason := d.settleTime(&h.Time, &h.TimeIsIngestion, &h.Ingested, key); reason != "" {
		return nil, reason
	}
	if h.ID == "" {
		h.ID = derivedID(doc, !h.TimeIsIngestion)
	}
	e.SetHead(h)
	if shape := &k.kind.Shape; shape.Settle != nil {
		shape.Settle(e, by.around)
		d.settleMisreads()
	}
	if logOf := k.kind.Shape.LogOf; logOf != nil {
		h = e.Head()
		h.Log = logOf(e, log)
		e.SetHead(h)
	}
	return e, ""
}

// readInside reads the record that stands inside a member of the document, or of its properties: see store.Shape. reason says why
// it cannot be read.
func (d *decoder) readInside(root *node, name string, doc []byte) (reason string) {
	if name == "" {
		return ""
	}
	objects := d.properties
	if !d.isEnveloped() {
		objects = [][]byte{doc}
	}
	for _, object := range objects {
		value := d.member(object, strings.ToLower(name))
		if d.isEmpty(value) {
			continue
		}
		inside := d.unwrap(value)
		if inside[0] != '{' {
			return name + " is not a whole JSON object: it was cut off or changed. Programs for spreadsheets cut cells at 32,767 characters, so import the file as it was downloaded."
		}
		d.readNodes(root, inside)
	}
	return ""
}

// around is what stands around the properties of the record; empty where nothing does.
func (d *decoder) around(doc []byte) store.Envelope {
	if !d.isEnveloped() {
		return store.Envelope{}
	}
	v := &d.envelope
	return store.Envelope{
		Category: v.category, Operation: v.operation, Tenant: cmp.Or(v.aadTenant, v.tenant), Correlation: v.correlation,
		Address: v.address, Identity: v.identity, Result: d.text(d.member(doc, "result")), ResultType: v.resultType,
	}
}

// passProperties reads the outline to its end, where it stopped before properties.
func (d *decoder) passProperties() {
	for d.atProperties {
		d.properties = append(d.properties, d.rest.Value())
		d.readEnvelope()
	}
}

func (d *decoder) readNodes(n *node, object []byte) {
	for name, value := range rawjson.EachMember(object) {
		if member := n.members[string(d.lower(name))]; member != nil {
			d.readNode(member, value)
		}
	}
}

func (d *decoder) readNode(n *node, value []byte) {
	if isNull(value) {
		return
	}
	if n.rank > 0 {
		d.readTime(n.rank, value)
	}
	if n.members != nil {
		if object := d.unwrap(value); object[0] == '{' {
			d.readNodes(n, object)
			return
		}
	}
	switch {
	case n.value != nil:
		if !d.isEmpty(value) {
			n.value(d.entry, textOf(value))
		}
	case n.list != nil:
		if !d.isEmpty(value) && !n.list(d.entry, d.unwrap(value)) {
			d.unreadLists = append(d.unreadLists, n)
		}
	case n.set != nil:
		d.hasMissed = false
		n.set(d, value)
		if d.hasMissed {
			d.misreads = append(d.misreads, n.property)
		}
	case n.members != nil && !d.isEmpty(value):
		d.missMembers(n)
	}
}

// textOf gives what a value says: a text, or the JSON of any other value.
func textOf(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		value = []byte(rawjson.Unescaped(inside))
	}
	return strings.ToValidUTF8(string(value), "\uFFFD")
}

// missMembers notes all properties inside an object that the record has as something else.
func (d *decoder) missMembers(n *node) {
	for _, member := range n.members {
		if member.property != nil {
			d.misreads = append(d.misreads, member.property)
		}
		d.missMembers(member)
	}
}

// readTime takes the best time of a record.
func (d *decoder) readTime(rank int, value []byte) {
	switch t, ok := d.time(value); {
	case !ok:
		if d.badTime == nil && !d.isEmpty(value) {
			d.badTime = value
		}
	case d.timeRank == 0 || rank <= d.timeRank:
		d.eventTime, d.timeRank = t, rank
	}
}

// settleMisreads leaves the properties that hold nothing, sorted by name: the record may have a value in another place too.
func (d *decoder) settleMisreads() {
	list := slices.DeleteFunc(d.misreads, func(p *store.Property) bool { return !isUnset(p, d.entry) })
	slices.SortFunc(list, func(a, b *store.Property) int { return cmp.Compare(a.Name, b.Name) })
	d.misreads = slices.Compact(list)
}

// unreadNodes appends the members of an object that no property is read from.
func (d *decoder) unreadNodes(list []store.KeyValue, n *node, path string, object []byte) []store.KeyValue {
	for name, value := range rawjson.EachMember(object) {
		list = d.unreadNode(list, n.members[string(d.lower(name))], path, name, value)
	}
	return list
}

func (d *decoder) unreadNode(list []store.KeyValue, n *node, path string, name, value []byte) []store.KeyValue {
	if n == nil {
		return d.appendUnread(list, path, name, value)
	}
	if n.members == nil {
		if slices.Contains(d.unreadLists, n) || n.fills && d.saysOther(n.property, value) {
			return d.appendUnread(list, path, name, value)
		}
		return list
	}
	return d.unreadNodes(list, n, path+rawjson.Unescaped(name)+".", d.unwrap(value))
}

// saysOther says that a member has another value than the property that it is one name of.
func (d *decoder) saysOther(p *store.Property, value []byte) bool {
	return p.Text != nil && d.entry != nil && d.text(value) != "" && !strings.EqualFold(d.text(value), *p.Text(d.entry))
}

// unreadDeclared is Unread for a record of a declared kind.
func (d *decoder) unreadDeclared(k *declared, doc []byte) (envelope, unknown []store.KeyValue) {
	for name, value := range rawjson.EachMember(doc) {
		lower := string(d.lower(name))
		around := envelopeKeys[lower]
		switch inner := d.unwrap(value); {
		case lower == "properties" && inner[0] == '{':
			unknown = d.unreadNodes(unknown, k.root, "", inner)
		case d.isEnveloped() && slices.Contains(aroundProperties, lower), around != nil && around.set != nil && (d.isEnveloped() || k.root.members[lower] == nil):
			envelope = d.appendUnread(envelope, "", name, value)
		case k.kind.Shape.Inside != "" && lower == strings.ToLower(k.kind.Shape.Inside):
			if inside := d.unwrap(value); inside[0] == '{' {
				unknown = d.unreadNodes(unknown, k.root, "", inside)
			}
		case d.isEnveloped():
			unknown = d.appendUnread(unknown, "", name, value)
		default:
			unknown = d.unreadNode(unknown, k.root.members[lower], "", name, value)
		}
	}
	return envelope, unknown
}
