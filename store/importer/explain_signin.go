package importer

import (
	"slices"
	"strings"
	"unicode"

	"signpost/store"
	"signpost/store/rawjson"
)

// Explanations of the keys of a sign-in, and of the cells of its row.

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
