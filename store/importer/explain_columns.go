package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"signpost/store"
	"signpost/store/rawjson"
)

// What became of a key is found out by reading its value alone, with the code that reads whole records: the fields that it fills
// are the answer. So nothing about keys is declared for explanations.

// usage is what became of one key.
type usage struct {
	kind, path   string
	fields       []string
	known        bool // the key is one that is read
	with, missed int64
	examples     []string
	probed       int
	translated   int64    // words of another language that are told by another cell
	words        []string // the first of them
}

// closelyLooked is how many values of a key are looked at for every field that they might fill.
const closelyLooked = 1000

// moreTold bounds the memory for keys that are only counted.
const moreTold = 10_000

// usageOf gives the usage of a key; nil where too many are known already.
func (l *look) usageOf(kind, path string) *usage {
	path = clipped(path)
	key := kind + "\x00" + path
	if at, known := l.keys[key]; known {
		return l.usages[at]
	}
	if len(l.usages) == store.MaxColumnsExplained {
		if len(l.more) < moreTold {
			l.more[strings.Clone(key)] = true
		}
		return nil
	}
	u := &usage{kind: kind, path: path}
	l.keys[key] = len(l.usages)
	l.usages = append(l.usages, u)
	return u
}

// count counts a value that fills fields. A value that fills none was not understood.
func (u *usage) count(value []byte, fields ...string) {
	u.with++
	u.known = true
	if len(fields) == 0 {
		u.missed++
		if text := clipped(jsonOrText(value)); len(u.examples) < firstExamples && !slices.Contains(u.examples, text) {
			u.examples = append(u.examples, text)
		}
	}
	for _, field := range fields {
		if !slices.Contains(u.fields, field) {
			u.fields = append(u.fields, field)
		}
	}
}

// jsonOrText gives a value as a person would read it.
func jsonOrText(value []byte) string {
	if inside, isText := rawjson.Unquoted(value); isText {
		return rawjson.Unescaped(inside)
	}
	return string(value)
}

// record takes in a record. doc is compact.
func (l *look) record(s *stream, doc []byte, v verdict) {
	if l == nil {
		return
	}
	if len(l.first[v.format]) == 0 {
		for name := range rawjson.EachMember(doc) {
			if len(l.first[v.format]) < 8 {
				l.first[v.format] = append(l.first[v.format], clipped(rawjson.Unescaped(name)))
			}
		}
	}
	if says := cmp.Or(s.decoder.envelope.category, s.decoder.envelope.table); says != "" && (len(l.said) < 20 || l.said[says] > 0) {
		l.said[strings.Clone(says)]++
	}
	l.claimed = cmp.Or(l.claimed, claimName(s.directory.context))
	switch {
	case v.shape == nil:
		for name := range rawjson.EachMember(doc) {
			l.stranger(rawjson.Unescaped(name))
		}
	case v.shape.read == nil:
	case v.shape == signIns:
		l.signIn(doc)
	case v.shape.declared != nil:
		l.entry(v.shape.declared, doc)
	case v.shape.state != nil:
		l.state(v.shape, doc)
	default:
		l.object(doc, v.shape.name, v.object)
	}
}

// signIn looks at each key of a sign-in.
func (l *look) signIn(doc []byte) {
	d := l.d
	if f := d.rowFormatOf(doc); f != nil {
		l.signInRow(f, doc)
		return
	}
	d.outline(doc)
	isEnveloped, isTable := d.isEnveloped(), d.isTableRow()
	for name, value := range rawjson.EachMember(doc) {
		lower := string(d.lower(name))
		_, field := fieldKeys[lower]
		switch inner := d.unwrap(value); {
		case lower == "properties" && inner[0] == '{':
			for name, value := range rawjson.EachMember(inner) {
				l.field(path(propertiesPath, name), string(d.lower(name)), value)
			}
		case isEnveloped || !field:
			l.around(store.SignIns.Many, rawjson.Unescaped(name), lower, value, isTable)
		default:
			l.field(rawjson.Unescaped(name), lower, value)
		}
	}
}

// propertiesPath is how Azure Monitor calls the object of a record's own keys.
const propertiesPath = "properties"

// path gives the path of a member.
func path(object string, name []byte) string { return object + "." + rawjson.Unescaped(name) }

// field looks at a key that may be a field of a sign-in.
func (l *look) field(path, lower string, value []byte) {
	d := l.d
	if d.isEmpty(value) && !isTypeText(value) {
		return
	}
	k := fieldKeys[lower]
	if k == nil {
		l.kept(store.SignIns.Many, path)
		return
	}
	if object := d.unwrap(value); k.members != nil && object[0] == '{' {
		for name, member := range rawjson.EachMember(object) {
			inner := path + "." + rawjson.Unescaped(name)
			set := k.members[string(d.lower(name))]
			switch {
			case d.isEmpty(member) && !isTypeText(member):
			case set == nil:
				l.kept(store.SignIns.Many, inner)
			default:
				l.probe(store.SignIns.Many, inner, member, func() { set(d, member) })
			}
		}
		return
	}
	l.probe(store.SignIns.Many, path, value, func() { k.read(d, value) })
}

// isTypeText says that a value is the name of a .NET type, which stands where a value was lost.
func isTypeText(value []byte) bool {
	inside, isText := rawjson.Unquoted(value)
	return isText && isDotNetType(inside)
}

// kept counts a value that no field is read from.
func (l *look) kept(kind, path string) {
	if u := l.usageOf(kind, path); u != nil {
		u.with++
	}
}

// probe reads a value into an empty sign-in, and tells which fields it has filled.
func (l *look) probe(kind, path string, value []byte, read func()) {
	u := l.usageOf(kind, path)
	if u == nil {
		return
	}
	d := l.d
	d.begin(&store.SignIn{})
	d.envelope, d.badTime, d.latitude, d.longitude = envelope{}, nil, "", ""
	read()
	if u.probed++; u.probed > closelyLooked && len(u.fields) > 0 && !d.hasMissed && d.badTime == nil {
		u.with++
		return
	}
	d.hasMissed = false
	u.count(value, d.filled()...)
}

// filled gives the labels of what a sign-in that one value was read into has.
func (d *decoder) filled() (labels []string) {
	s := d.into
	add := func(has bool, label string) {
		if has && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	add(!s.Time.IsZero(), "Date")
	for _, p := range store.SignIns.Properties {
		if p.Text != nil || p.Int != nil || p.Bool != nil {
			add(!isUnset(p, s), p.Label)
		}
	}
	add(s.Coordinates.Set || d.latitude != "" || d.longitude != "", "Coordinates")
	add(d.envelope.country != "", store.CountryOrRegion.Label)
	add(d.envelope.alternateName != "", store.SignInIdentifier.Label)
	add(d.envelope.riskEventTypes != nil, listLabel(store.CollectionRiskEventTypes))
	for _, c := range store.Collections() {
		state := s.CollectionState(c)
		add(state == store.CollectionRead || state == store.CollectionEmpty, listLabel(c))
	}
	return labels
}

// listLabel is the label of a list of the sign-in.
func listLabel(c store.Collection) string {
	for _, p := range store.SignIns.Properties {
		if p.Name == c.Name() {
			return p.Label
		}
	}
	return inWords(c.Name())
}

// inWords writes a key such as targetResources as words.
func inWords(key string) string {
	var words strings.Builder
	before := ' '
	for i, r := range key {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r) && unicode.IsLower(before):
			words.WriteByte(' ')
			words.WriteRune(unicode.ToLower(r))
			before = r
			continue
		}
		words.WriteRune(r)
		before = r
	}
	return strings.Replace(words.String(), "Sign in", "Sign-in", 1)
}

// aroundFields are the fields that the keys around a record fill where the record itself has none, in lower case.
var aroundFields = map[string]string{
	"time": "Time of ingestion", "timegenerated": "Time of ingestion", "category": "Log", "type": "Log", "tenantid": store.TenantID.Label, "aadtenantid": store.TenantID.Label,
	"correlationid": store.CorrelationID.Label, "calleripaddress": store.IPAddress.Label, "identity": store.UserDisplayName.Label,
	"location": store.CountryOrRegion.Label, "resulttype": store.ErrorCode.Label, "resultdescription": store.FailureReason.Label,
}

// around looks at a key around the properties of a record.
func (l *look) around(kind, path, lower string, value []byte, isTable bool) {
	if l.d.isEmpty(value) {
		return
	}
	label, fills := aroundFields[lower]
	if !fills || isTable && lower == "tenantid" { // Log Analytics' workspace
		l.kept(kind, path)
		return
	}
	u := l.usageOf(kind, path)
	if u == nil {
		return
	}
	if label == aroundFields["time"] {
		if _, ok := l.d.time(value); !ok {
			u.count(value)
			return
		}
	}
	u.count(value, label)
}

// signInRow looks at each cell of a row with headings of its own.
func (l *look) signInRow(f *rowFormat, doc []byte) {
	d := l.d
	hasCode := l.hasErrorCode(f, doc)
	for name, value := range rawjson.EachMember(doc) {
		path := rawjson.Unescaped(name)
		column, known := f.columns[plainHeading(path)]
		cell := jsonOrText(value)
		switch {
		case isNull(value) || strings.TrimSpace(cell) == "" || isNothing(cell):
		case !known || column.isKeptOnly():
			l.kept(store.SignIns.Many, path)
		case isStatusColumn(column) && store.SignIns.ParseStatus(cell) == store.StatusUnknown && hasCode:
			if u := l.usageOf(store.SignIns.Many, path); u != nil {
				u.translate(cell)
			}
		case column.read != nil:
			l.probe(store.SignIns.Many, path, value, func() { column.read(d, cell) })
		default:
			l.probe(store.SignIns.Many, path, value, func() { d.setCell(column, cell) })
		}
	}
}

// isStatusColumn says whether a column has the status as a word.
func isStatusColumn(c rowColumn) bool { return slices.Contains(c.tells, store.StatedStatus) }

// hasErrorCode says whether the row has the code that its status follows from.
func (l *look) hasErrorCode(f *rowFormat, doc []byte) bool {
	l.d.begin(&store.SignIn{})
	for name, value := range rawjson.EachMember(doc) {
		if column, _ := l.d.column(f, name); column.property == store.ErrorCode {
			l.d.setCell(column, jsonOrText(value))
		}
	}
	l.d.hasMissed = false
	return l.d.into.ErrorCode.Set
}

// translate counts a status that is no English word, in a row with an error code.
func (u *usage) translate(word string) {
	u.with++
	u.translated++
	u.known = true
	if word = clipped(word); len(u.words) < firstExamples && !slices.Contains(u.words, word) {
		u.words = append(u.words, word)
	}
}

// note says what the words of another language are taken for; empty where there are none.
func (u *usage) note() string {
	if u.translated == 0 {
		return ""
	}
	return fmt.Sprintf("words of another language in %d of %d values, such as %s: they stay in Raw, and the status of these rows follows from the error code", u.translated, u.with, strings.Join(u.words, "; "))
}

// entry looks at each key of a record of a declared kind.
func (l *look) entry(k *declared, doc []byte) {
	d := l.d
	d.outline(doc)
	d.anyScalar = true
	isEnveloped := d.isEnveloped()
	for name, value := range rawjson.EachMember(doc) {
		lower := string(d.lower(name))
		around := envelopeKeys[lower]
		switch inner := d.unwrap(value); {
		case lower == "properties" && inner[0] == '{':
			for name, value := range rawjson.EachMember(inner) {
				l.node(k, k.root.members[string(d.lower(name))], path(propertiesPath, name), value)
			}
		case k.kind.Shape.Inside != "" && lower == strings.ToLower(k.kind.Shape.Inside) && inner[0] == '{':
			for name, value := range rawjson.EachMember(inner) {
				l.node(k, k.root.members[string(d.lower(name))], path(k.kind.Shape.Inside, name), value)
			}
		case isEnveloped, around != nil && around.set != nil && k.root.members[lower] == nil:
			l.around(k.kind.Many, rawjson.Unescaped(name), lower, value, false)
		default:
			l.node(k, k.root.members[lower], rawjson.Unescaped(name), value)
		}
	}
	d.anyScalar = false
}

// node looks at the value of a key of a declared kind.
func (l *look) node(k *declared, n *node, path string, value []byte) {
	d, kind := l.d, k.kind.Many
	if d.isEmpty(value) {
		return
	}
	if n == nil {
		l.kept(kind, path)
		return
	}
	if object := d.unwrap(value); n.members != nil && object[0] == '{' {
		for name, member := range rawjson.EachMember(object) {
			l.node(k, n.members[string(d.lower(name))], path+"."+rawjson.Unescaped(name), member)
		}
		return
	}
	u := l.usageOf(kind, path)
	if u == nil {
		return
	}
	d.entry, d.hasMissed = k.kind.New(), false
	label, understood := inWords(strings.TrimPrefix(strings.TrimPrefix(path, propertiesPath+"."), k.kind.Shape.Inside+".")), false
	if n.rank > 0 {
		_, understood = d.time(value)
		label = "Date"
	}
	switch {
	case n.value != nil:
		understood = true
	case n.list != nil:
		understood = n.list(d.entry, d.unwrap(value))
	case n.set != nil:
		n.set(d, value)
		understood = understood || !d.hasMissed
	}
	if n.property != nil {
		label = cmp.Or(n.property.Label, label)
	}
	d.hasMissed = false
	if !understood {
		u.count(value)
		return
	}
	u.count(value, label)
}

// object looks at each key of an object of a directory: one that changes what is kept of the object is read.
func (l *look) object(doc []byte, kind string, of store.ObjectKind) {
	for name, value := range rawjson.EachMember(doc) {
		path := rawjson.Unescaped(name)
		if l.d.isEmpty(value) || strings.HasPrefix(path, "@odata.") {
			continue
		}
		u := l.usageOf(kind, path)
		switch {
		case u == nil:
		case u.known || l.isOfObject(strings.ToLower(path), value, of):
			u.count(value, inWords(path))
		default:
			u.with++
		}
	}
}

// state looks at each key of a row of a report.
func (l *look) state(k *shape, doc []byte) {
	r := stateReader{d: l.d}
	_, _ = k.state.row(&r, doc) // what is lacking is told elsewhere
	for name, value := range rawjson.EachMember(doc) {
		path := rawjson.Unescaped(name)
		if l.d.isEmpty(value) || strings.Contains(path, "@odata.") {
			continue
		}
		u := l.usageOf(k.name, path)
		switch {
		case u == nil:
		case slices.Contains(r.unknown, path):
			u.with++
		case slices.Contains(r.unread, path):
			u.count(value)
		default:
			u.count(value, inWords(path))
		}
	}
}

// isOfObject says whether a key of an object is read.
func (l *look) isOfObject(lower string, value []byte, of store.ObjectKind) bool {
	alone := append(rawjson.AppendQuoted([]byte{'{'}, lower), ':')
	o := l.d.graphObject(append(append(alone, value...), '}'))
	object := o.object(of)
	return object.ID+object.Name+object.Username+object.AppID+object.Type != "" || object.Enabled != store.Unset ||
		!object.Created.IsZero() || !object.LastSuccess.IsZero() || len(object.Facts) > 0 || o.members != nil || o.owners != nil || !object.Details.IsZero()
}
