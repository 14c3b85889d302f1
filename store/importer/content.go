package importer

import (
	"bytes"
	"strings"

	"signpost/store"
)

// content is what a file holds. Its first bytes tell.
type content struct {
	isJSON bool
	// isCapture is true for an Avro file. Its header tells whether Event Hubs Capture wrote it.
	isCapture bool
	csv       *headings // nil for a file that is no CSV file of a known kind
	// refused says why nothing of the file can be read, in a sentence that goes on from its name. format names what the file
	// is.
	refused, format string
}

// Some files are told by their first bytes alone.
var magics = []struct{ start, refused, format string }{
	{"PAR1", "is a Parquet file, which is not read. Write it out as JSON or CSV.", Unknown},
	{"\xd0\xcf\x11\xe0", isWorkbook, Unknown},
	{"7z\xbc\xaf\x27\x1c", isPacked, Unknown},
	{"Rar!", isPacked, Unknown},
	{"\xfd7zXZ", isPacked, Unknown},
	{"\x28\xb5\x2f\xfd", isPacked, Unknown},
	{"BZh", isPacked, Unknown},
	{"%PDF", "is a PDF file, which is not read.", Unknown},
}

const (
	isWorkbook = "is a workbook that is no download of this program: save it as CSV."
	isPacked   = "is packed in a way that is not read: unpack it first, or pack it with gzip or zip."
)

// isMagic says whether a file is told by its first bytes.
func isMagic(start []byte) bool {
	for _, m := range magics {
		if bytes.HasPrefix(start, []byte(m.start)) {
			return true
		}
	}
	return bytes.HasPrefix(start, avroMagic)
}

// contentOf tells what a file holds. text begins with the first byte that is no blank.
func contentOf(text []byte) content {
	for _, m := range magics {
		if bytes.HasPrefix(text, []byte(m.start)) {
			return content{refused: m.refused, format: m.format}
		}
	}
	if bytes.HasPrefix(text, avroMagic) {
		return content{isCapture: true, format: EventHubCapture}
	}
	start := bytes.TrimLeft(text, "\x00 \t\r\n")
	if len(start) == 0 {
		return content{}
	}
	if start[0] == '{' || start[0] == '[' || holdsJSON(start) {
		return content{isJSON: true}
	}
	if h := headingsOf(start); h.format != "" {
		return content{csv: h, format: h.format}
	}
	// Other text may stand before lines that begin with a brace. Then those lines are rejected and not the whole file.
	return content{isJSON: bytes.Contains(text, []byte("\n{")) && !bytes.Contains(text, []byte{0})}
}

// headings are the heading row of a CSV file, and what the row tells.
type headings struct {
	format string // "" for a file that is not known
	comma  rune
	plain  []string // as plainHeading gives them
	// written are the headings as they stand.
	written []string
	// mapping is that of the file's headings, where its format is Mapped.
	mapping *mapping
	// columns are those of a file whose rows are read as records.
	columns []csvColumn
	// steps says that the file has the authentication steps of sign-ins, a row for each.
	steps bool
	names []string // as Graph's names, of a list of the directory
	keys  keySet
	// shape is the kind of the rows. It is nil for rows that are kept or that are unknown.
	shape *shape
	// named are headings that are known by the declaration of a kind: see nameColumns.
	named map[string]bool
	// object is the kind of the objects that a list of the directory holds. members says that they are members of a group.
	object  store.ObjectKind
	members bool
}

// headingsOf reads the first line of a text. PowerShell may write the type of the objects in a line before it.
func headingsOf(text []byte) *headings {
	line := firstRow(text)
	h := &headings{comma: commaOf(line), keys: keySet{}}
	h.take(strings.Split(string(line), string(h.comma)))
	return h
}

// headingsOfRow tells what a table is by the cells of its first row.
func headingsOfRow(cells []string) *headings {
	h := &headings{comma: ',', keys: keySet{}}
	h.take(cells)
	return h
}

func (h *headings) take(cells []string) {
	h.written = cells
	for _, heading := range cells {
		name := plainHeading(heading)
		h.plain = append(h.plain, name)
		h.keys[name] = true
	}
	h.classify()
}

// commaOf gives what stands between the headings of a line. Spreadsheets write semicolons in some languages.
func commaOf(line []byte) rune {
	best := ','
	for _, comma := range ";\t" {
		if bytes.Count(line, []byte(string(comma))) > bytes.Count(line, []byte(string(best))) {
			best = comma
		}
	}
	return best
}

// plainHeading is a heading in lower case without blanks, quotation marks and the time zone that Log Analytics adds.
func plainHeading(heading string) string {
	name := strings.ToLower(strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(heading), "\ufeff\"")), ""))
	if at := strings.LastIndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
		name = name[:at]
	}
	return name
}

// classify tells what a CSV file is by its headings.
func (h *headings) classify() {
	keys := h.keys
	switch known := shapeWithKeys(keys); {
	case keys["auditdata"]:
		h.format = UnifiedAuditLog
	case known == provisioningRecords && !keys["timegenerated"]:
		h.classifyProvisioning()
	case h.isRisk(known):
		h.classifyRisk(known)
	case h.isPortal():
		h.format = PortalCSV
	case isDefenders(keys):
		h.format = DefenderCSV
	case keys["sourcesystem"] || keys["timegenerated"]:
		h.format, h.shape = LogAnalyticsCSV, known
	case known != nil:
		h.format, h.shape = PowerShellCSV, known
	case h.isDirectory():
		h.format = PortalDirectoryCSV
	case h.isSignIns():
		h.format = PowerShellCSV
	}
}

// isPortal says whether the file is one of sign-ins from the Entra admin center, in any language whose headings are known. In
// others nobody knows which column has the ID: somebody maps them.
func (h *headings) isPortal() bool {
	keys := keySet{}
	for _, name := range h.plain {
		keys[portalPlain(name)] = true
	}
	h.steps = keys["requestid"] && keys["authenticationmethod"] && !keys["application"] && !keys["status"]
	hasDate := keys["date(utc)"] || strings.HasSuffix(h.plain[0], "(utc)")
	return h.steps || keys["requestid"] && (hasDate || keys["serviceprincipalid"] && keys["credentialkeyid"])
}

// isSignIns says whether the headings are those of sign-ins. PowerShell's Export-Csv takes over Graph's names.
func (h *headings) isSignIns() bool {
	marks := mark(0)
	for key := range h.keys {
		marks |= fieldMarks[key]
	}
	return looksLikeSignIn(marks)
}

// isDirectory says whether the file is a list of the directory, and notes the kind of its objects.
func (h *headings) isDirectory() bool {
	keys := keySet{}
	for _, name := range h.plain {
		known := headingName(name)
		h.names = append(h.names, known)
		keys[known] = true
	}
	if keys["appid"] && h.keys["application(client)id"] { // the portal's own heading
		keys["application(client)id"] = true
	}
	isMembers := keys["id"] && (keys["objecttype"] || keys["isuser"] && keys["isgroup"])
	for key := range keys {
		isMembers = isMembers && !isForeign(key)
	}
	if isMembers {
		h.members = true
		return true
	}
	if !keys["id"] && keys["application(client)id"] {
		keys["id"] = true // told as rows without an ID
	}
	var ok bool
	h.object, ok = objectWithKeys(keys)
	return ok
}
