package importer

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// Decoder gives the store.Decoder of a catalog. It reads one record of Azure Monitor or Microsoft Graph into an entry: the same
// log and document always give the same entry. The log that a document was kept in tells the kind of its record. Without a log
// the document tells it. The error is a sentence: the record is of no kind of the catalog, or cannot be used as one.
func Decoder(catalog store.Catalog) store.Decoder {
	table := tableOf(catalog)
	return func(log store.Log, doc []byte) (store.Entry, error) {
		compact, n, err := rawjson.Compact(nil, doc, maxDepth)
		if err != nil {
			return nil, ofRecord(err)
		}
		for _, c := range doc[n:] {
			if !rawjson.IsBlank(c) {
				return nil, errors.New("not valid JSON: something follows the record")
			}
		}
		if compact[0] != '{' {
			return nil, ofReason(notObject)
		}
		e, reason := newDecoder(table).decode(log, compact)
		if reason != "" {
			return nil, ofReason(reason)
		}
		return e, nil
	}
}

// ofReason makes an error of the sentence that says why a record cannot be used. It stands alone in lists of rejected records.
func ofReason(sentence string) error { return errors.New(sentence) }

// decode reads a compact record; see Decoder.
func (d *decoder) decode(log store.Log, doc []byte) (e store.Entry, reason string) {
	d.outline(doc)
	d.givenLog, d.isKept = log, log != ""
	if told, reason, isTold := d.decodeTold(log, doc); isTold {
		return told, reason
	}
	if k := d.table.logs[log]; k != nil {
		return d.declared(k, log, doc)
	}
	var near directory
	_, known := store.SignIns.Log(log)
	if !known {
		_, isDeclared := d.tellDeclared(&near, d.valueKeys(doc)...)
		known = !isDeclared && d.mayBeFew()
	}
	if known {
		near.claim.shape = signIns
	}
	switch v := d.tell(doc, &near); {
	case v.shape == signIns && d.table.signIns:
		var s store.SignIn
		reason = d.signIn(doc, v.format, &s)
		return &s, reason
	case v.shape == signIns:
		return nil, notKeptSignIns
	case v.shape != nil && v.shape.declared != nil:
		return d.declared(v.shape.declared, v.log, doc)
	default:
		return nil, v.sentence()
	}
}

// notKeptSignIns is said where the catalog has no sign-ins.
const notKeptSignIns = "sign-ins are not kept."

// Bounds of the table of repeated texts. With them it takes about 16 MiB at most.
const (
	maxInterned       = 1 << 16
	maxInternedLength = 256
)

// decoder reads records one after the other. Texts that repeat, such as names, addresses and user agents, are kept once. No
// text holds on to the bytes that it was read from.
type decoder struct {
	table *kindTable
	texts map[string]string
	// headings are the plain forms of keys that rows had; see column.
	headings  map[string]string
	cellWords map[cellWord]readWord // see wordOf
	scratch   []byte
	lowered   [64]byte

	// The outline of the present record. Its fields are not decoded yet.
	marks    mark
	envelope envelope
	// rest is the part of the record that is not read yet. atProperties says that it begins with the value of `properties`.
	rest         rawjson.Members
	atProperties bool
	properties   [][]byte // other values of that key, which are objects
	fields       []field  // of a record without `properties`
	fieldMarks   mark

	// The record that is being decoded. into is the same sign-in.
	entry   store.Entry
	into    *store.SignIn
	badTime []byte // a time of the event that cannot be read
	// openDate is a time that does not tell whether the day or the month comes first.
	openDate string
	// anyScalar says that numbers and truths are texts too, and yes and no are truths. The exports of sign-ins have no such ones.
	anyScalar bool
	// What is known of a record of a declared kind: its time with the rank of its key, and the properties that were not read.
	eventTime time.Time
	timeRank  int
	misreads  []*store.Property
	// unreadLists are the lists of the record in a shape that is not read.
	unreadLists []*node
	partly      bool // something inside the member of a list that is being read was not read
	// givenLog is the log that something else than the record tells; it counts where the record does not tell it.
	givenLog store.Log
	// isKept says that the record was stored before.
	isKept bool
	// Parts of the row that is read.
	cell                []byte
	latitude, longitude string
	// isShallow says that the record has names of types in the place of values.
	isShallow bool
	// hasMissed says that some value could not be read. misreadIn then finds its property.
	hasMissed bool
}

// envelope holds the members that stand around the properties of an Azure Monitor record. It fills fields that the properties
// leave empty.
type envelope struct {
	category, table, operation string
	odataType, odataContext    string
	tenant, aadTenant          string
	ingested                   time.Time
	correlation                string
	address, identity, country string
	resultType, result         string
	// These come from former names of fields. They count where the field's own name is missing.
	riskEventTypes []string
	alternateName  string
}

func newDecoder(table *kindTable) *decoder {
	return &decoder{table: table, texts: make(map[string]string), headings: make(map[string]string), cellWords: make(map[cellWord]readWord)}
}

// begin makes the values that are read next those of a sign-in.
func (d *decoder) begin(s *store.SignIn) { d.into, d.entry = s, s }

// lower gives a key in lower case. Real exports spell calleripaddress, Level and CreatedDateTime. The slice is good until the
// next call. Every known key fits into the buffer.
func (d *decoder) lower(key []byte) []byte {
	if len(key) > len(d.lowered) {
		return nil
	}
	low := d.lowered[:len(key)]
	for i, c := range key {
		low[i] = lowerCase[c]
	}
	return low
}

// name gives a key in lower case and without the underscores between its words. The Python SDK of Microsoft Graph spells
// created_date_time, and the .NET SDK spells RiskEventTypesV2 for riskEventTypes_v2. An underscore at the beginning stays: it
// tells _ResourceId of Log Analytics from resourceId. The slice is good until the next call of name or lower.
func (d *decoder) name(key []byte) []byte {
	low := d.lower(key)
	if len(low) == 0 || bytes.IndexByte(low[1:], '_') < 0 {
		return low
	}
	joined := low[:1]
	for _, c := range low[1:] {
		if c != '_' {
			joined = append(joined, c)
		}
	}
	return joined
}

// keyName is name for a key that stands in the code.
func keyName(key string) string { return string(new(decoder).name([]byte(key))) }

var lowerCase = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
	}
	for c := byte('A'); c <= 'Z'; c++ {
		table[c] += 'a' - 'A'
	}
	return table
}()

// unwrap gives the JSON inside a string: Azure Monitor sends some objects and lists as strings. Any other value is returned
// as it is.
func (d *decoder) unwrap(value []byte) []byte {
	if compact, ok := rawjson.Embedded(value, maxDepth); ok {
		return compact
	}
	if bytes.HasPrefix(value, []byte(`"@{`)) {
		if object, ok := objectOfText(rawjson.Unescaped(value[1 : len(value)-1])); ok {
			return object
		}
	}
	return value // maybe a text that Log Analytics has cut at its limit: it stays in the document only
}

// nobody is the object ID that names nothing.
const nobody = "00000000-0000-0000-0000-000000000000"

// nothing is how Azure Monitor writes that there is no text.
const nothing = "<null>"

// text gives what a string says; empty for null and for a value of another type.
func (d *decoder) text(value []byte) string { return d.read(value, false) }

// uniqueText is text for ids that hardly repeat. They would only fill the table of repeated texts.
func (d *decoder) uniqueText(value []byte) string { return d.read(value, true) }

func (d *decoder) read(value []byte, unique bool) string {
	if len(value) <= 2 || value[0] != '"' {
		if d.anyScalar && isScalar(value) {
			return string(value)
		}
		return ""
	}
	b := value[1 : len(value)-1]
	if bytes.IndexByte(b, '\\') >= 0 {
		d.scratch = rawjson.AppendUnescaped(d.scratch[:0], b)
		b = d.scratch
	}
	if len(b) == len(nobody) && string(b) == nobody || len(b) == len(nothing) && string(b) == nothing {
		return ""
	}
	if unique || len(b) > maxInternedLength {
		return string(b)
	}
	if text, ok := d.texts[string(b)]; ok {
		return text
	}
	if len(d.texts) >= maxInterned {
		clear(d.texts)
	}
	text := string(b)
	d.texts[text] = text
	return text
}

// maxInteger is the largest number that is read. JSON does not hold larger ones exactly, and no field of a record comes
// near.
const maxInteger = 1 << 53

// integer reads a number, or a string that holds one. Log Analytics writes many numbers as strings.
func (d *decoder) integer(value []byte) store.Int {
	value, _ = rawjson.Unquoted(value)
	if len(value) == 0 || len(value) > 24 {
		return store.Int{}
	}
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		if n < -maxInteger || n > maxInteger {
			return store.Int{}
		}
		return store.IntOf(n)
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || f != float64(int64(f)) || f > maxInteger || f < -maxInteger {
		return store.Int{}
	}
	return store.IntOf(int64(f))
}

// truth reads true and false, also as words in a string.
func (d *decoder) truth(value []byte) store.Bool {
	value, _ = rawjson.Unquoted(value)
	switch string(d.lower(value)) {
	case "true":
		return store.True
	case "false":
		return store.False
	case "yes":
		if d.anyScalar {
			return store.True
		}
	case "no":
		if d.anyScalar {
			return store.False
		}
	}
	return store.Unset
}

// isScalar says that a value is a number or a truth.
func isScalar(value []byte) bool {
	switch c := value[0]; c {
	case 't', 'f', '-':
		return true
	default:
		return c >= '0' && c <= '9'
	}
}

// float reads a number, or a string that holds one.
func (d *decoder) float(value []byte) (f float64, ok bool) {
	value, _ = rawjson.Unquoted(value)
	if len(value) == 0 || len(value) > 64 {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(value), 64)
	return f, err == nil
}
