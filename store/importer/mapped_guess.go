package importer

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"signpost/store"
)

// otherHeadings are further headings by which log collectors and people call fields, as wordsOf writes them. The first field that
// the kind has and that the values can be counts.
var otherHeadings = func() map[string][]string {
	list := map[string][]string{}
	for _, row := range []struct{ headings, fields string }{
		{"time timestamp when date datetime dateutc eventtime created timegenerated creationtime eventtimestamp timeutc", "createdDateTime activityDateTime"},
		{"who user username upn email login account", "userPrincipalName userDisplayName userId initiatedBy.user.userPrincipalName initiatedBy.user.displayName initiatedBy.user.id"},
		{"actor initiatedby", "initiatedBy.user.userPrincipalName initiatedBy.user.displayName initiatedBy.user.id userPrincipalName userDisplayName"},
		{"name fullname", "userDisplayName userPrincipalName initiatedBy.user.displayName initiatedBy.user.userPrincipalName"},
		{"userid", "userId userPrincipalName"},
		{"ip clientip sourceip srcip from address remoteip", "ipAddress initiatedBy.user.ipAddress"},
		{"where", "ipAddress location initiatedBy.user.ipAddress"},
		{"app appname application applicationname what", "appDisplayName appId initiatedBy.app.displayName initiatedBy.app.appId"},
		{"target resource", "resourceDisplayName resourceId"},
		{"outcome result status", "status status.errorCode result"},
		{"resulttype error code errorcode", "status.errorCode status.failureReason"},
		{"reason message", "status.failureReason resultReason status.errorCode"},
		{"country", "location.countryOrRegion"},
		{"place", "location"},
		{"os", "deviceDetail.operatingSystem"},
		{"device", "deviceDetail.displayName deviceDetail.deviceId"},
		{"agent", "userAgent"},
		{"asn", "autonomousSystemNumber"},
		{"activity action operation operationname event", "activityDisplayName"},
		{"mfa requirement", "authenticationRequirement"},
		{"sp", "servicePrincipalName servicePrincipalId"},
		{"risk risklevel", "riskLevelDuringSignIn"},
		{"session", "sessionId"},
		{"correlation", "correlationId"},
		{"tenant", "tenantId homeTenantName"},
	} {
		for heading := range strings.FieldsSeq(row.headings) {
			list[heading] = strings.Fields(row.fields)
		}
	}
	return list
}()

// wordsOf gives the letters and digits of a heading in lower case.
func wordsOf(heading string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, heading)
}

// guessFields gives the fields that headings and values suggest. A field is suggested once: of two headings the better one, else
// the first, has it. A field that the values of a column cannot be is not suggested for it, whatever its heading.
func guessFields(cells *cellReader, headings []string, values map[string][]string) map[string]string {
	fields := cells.kind.MappedFields()
	known := map[string]store.MappedField{}
	for _, f := range fields {
		known[f.Name] = f
	}
	guess, taken := map[string]string{}, map[string]bool{}
	try := func(heading, name string) {
		if f, ok := known[name]; ok && guess[heading] == "" && !taken[name] && cells.fits(f, values[heading]) {
			guess[heading], taken[name] = name, true
		}
	}
	for _, names := range headingGuesses(fields) {
		for _, heading := range headings {
			for _, name := range names[wordsOf(heading)] {
				try(heading, name)
			}
		}
	}
	for _, heading := range headings {
		switch seen := values[heading]; {
		case len(seen) == 0:
		case most(seen, isTime):
			try(heading, fields[0].Name)
		case most(seen, isAddress):
			try(heading, store.IPAddress.Name)
			try(heading, "initiatedBy.user.ipAddress")
		case most(seen, isPrincipalName):
			try(heading, store.UserPrincipalName.Name)
			try(heading, "initiatedBy.user.userPrincipalName")
		case areErrorCodes(seen):
			try(heading, store.ErrorCode.Name)
		}
	}
	return guess
}

// headingGuesses gives the fields by headings, the surest first: names in records, labels, what people write, and
// headings of the portal's and of Defender's files.
func headingGuesses(fields []store.MappedField) []map[string][]string {
	names, labels, lasts := map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, f := range fields {
		names[wordsOf(f.Name)] = append(names[wordsOf(f.Name)], f.Name)
		if !f.IsTime {
			labels[wordsOf(f.Label)] = append(labels[wordsOf(f.Label)], f.Name)
			last := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
			lasts[wordsOf(last)] = append(lasts[wordsOf(last)], f.Name)
		}
	}
	delete(labels, "user") // alone it is mostly a username; beside one it is the portal's heading for the name
	files := map[string][]string{}
	for plain, english := range portalHeadings {
		if column := portalRows.columns[plainHeading(english)]; column.property != nil {
			files[wordsOf(plain)] = append(files[wordsOf(plain)], column.property.Name)
		}
	}
	for plain, column := range defenderRows.columns {
		if column.property != nil {
			files[wordsOf(plain)] = append(files[wordsOf(plain)], column.property.Name)
		}
	}
	return []map[string][]string{names, labels, otherHeadings, files, lasts}
}

// cellReader reads single cells as an import with a mapping does.
type cellReader struct {
	d    *decoder
	to   *mappedKind
	kind *store.Kind
}

// understands says whether a cell can be read as a field.
func (r *cellReader) understands(name, cell string) bool {
	if name == r.to.time {
		return isTime(cell)
	}
	column, known := r.to.columns[name]
	if !known {
		return false
	}
	r.d.entry = r.kind.New()
	if s, isSignIn := r.d.entry.(*store.SignIn); isSignIn {
		r.d.begin(s)
	}
	r.d.anyScalar = true
	return r.d.readMappedCell(column, cell)
}

// fits says whether the values of a column may be those of a field: most can be read as it. Any text can be read as a name or
// an ID. There their looks tell.
func (r *cellReader) fits(f store.MappedField, values []string) bool {
	if len(values) == 0 {
		return true
	}
	if !most(values, func(value string) bool { return r.understands(f.Name, value) }) {
		return false
	}
	if f.Of == nil || f.Of.Text == nil || f.Of.Enumeration != nil && !f.Of.Address {
		return true
	}
	isPrincipal := strings.HasSuffix(f.Name, store.UserPrincipalName.Name)
	switch {
	case f.Of.Address:
		return most(values, isAddress)
	case isPrincipal:
		return !most(values, isGUID) && !most(values, isNumber) && !most(values, func(value string) bool { return strings.Contains(value, " ") })
	case strings.HasSuffix(f.Name, "Name"):
		return !most(values, isGUID) && !most(values, isNumber) && !most(values, isPrincipalName)
	case strings.HasSuffix(strings.ToLower(f.Name), "reason"):
		return !most(values, isGUID) && !most(values, isNumber)
	case strings.HasSuffix(f.Name, "Id"):
		return !most(values, isPrincipalName) && !most(values, func(value string) bool { return strings.Contains(value, " ") })
	}
	return true
}

// most says whether half of the values or more are something.
func most(values []string, is func(string) bool) bool {
	n := 0
	for _, value := range values {
		if is(value) {
			n++
		}
	}
	return n*2 >= len(values) && n > 0
}

func isAddress(value string) bool {
	_, err := netip.ParseAddr(value)
	return err == nil
}

func isPrincipalName(value string) bool {
	return strings.Count(value, "@") == 1 && !strings.ContainsAny(value, " <")
}

var guidPattern = regexp.MustCompile(`^\{?[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?$`)

func isGUID(value string) bool { return guidPattern.MatchString(value) }

func isNumber(value string) bool {
	_, err := strconv.ParseInt(value, 10, 64)
	return err == nil
}

// areErrorCodes says whether values are error codes of sign-ins: 0, and numbers of five digits or more of which some are among
// those of failed credentials or policies, such as 50126 and 53003. Without a 0 all must be.
func areErrorCodes(values []string) bool {
	zeros, codes, others := 0, 0, 0
	for _, value := range values {
		switch {
		case value == "0":
			zeros++
		case !isNumber(value) || len(value) < 5 || len(value) > 7 || value[0] == '-':
			return false
		case strings.HasPrefix(value, "50") || strings.HasPrefix(value, "53"):
			codes++
		default:
			others++
		}
	}
	return codes > 0 && (zeros > 0 || others == 0)
}
