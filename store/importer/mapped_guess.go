package importer

import (
	"net/netip"
	"strings"
	"unicode"

	"signpost/store"
)

// otherHeadings are further headings by which log collectors and people call the fields of sign-ins, as wordsOf writes them. The
// first name that the kind has counts: audit records have other names for some.
var otherHeadings = map[string][]string{
	"time": {"createdDateTime", "activityDateTime"}, "timestamp": {"createdDateTime", "activityDateTime"}, "when": {"createdDateTime", "activityDateTime"},
	"date": {"createdDateTime", "activityDateTime"}, "datetime": {"createdDateTime", "activityDateTime"}, "dateutc": {"createdDateTime", "activityDateTime"},
	"eventtime": {"createdDateTime", "activityDateTime"}, "created": {"createdDateTime", "activityDateTime"}, "timegenerated": {"createdDateTime", "activityDateTime"},
	"creationtime": {"createdDateTime", "activityDateTime"}, "eventtimestamp": {"createdDateTime", "activityDateTime"}, "timeutc": {"createdDateTime", "activityDateTime"},
	"who": {"userPrincipalName", "initiatedBy.user.userPrincipalName"}, "user": {"userPrincipalName", "initiatedBy.user.userPrincipalName"},
	"username": {"userPrincipalName", "initiatedBy.user.userPrincipalName"}, "upn": {"userPrincipalName", "initiatedBy.user.userPrincipalName"},
	"email": {"userPrincipalName", "initiatedBy.user.userPrincipalName"}, "login": {"userPrincipalName", "initiatedBy.user.userPrincipalName"},
	"account": {"userPrincipalName", "initiatedBy.user.userPrincipalName"}, "actor": {"initiatedBy.user.userPrincipalName", "userPrincipalName"},
	"initiatedby": {"initiatedBy.user.userPrincipalName"}, "name": {"userDisplayName", "initiatedBy.user.displayName"},
	"fullname": {"userDisplayName", "initiatedBy.user.displayName"}, "ip": {"ipAddress", "initiatedBy.user.ipAddress"},
	"clientip": {"ipAddress", "initiatedBy.user.ipAddress"}, "sourceip": {"ipAddress", "initiatedBy.user.ipAddress"}, "srcip": {"ipAddress", "initiatedBy.user.ipAddress"},
	"from": {"ipAddress", "initiatedBy.user.ipAddress"}, "address": {"ipAddress", "initiatedBy.user.ipAddress"}, "remoteip": {"ipAddress", "initiatedBy.user.ipAddress"},
	"app": {"appDisplayName", "initiatedBy.app.displayName"}, "appname": {"appDisplayName", "initiatedBy.app.displayName"},
	"applicationname": {"appDisplayName", "initiatedBy.app.displayName"}, "target": {"resourceDisplayName"}, "outcome": {"status", "result"},
	"result": {"status", "result"}, "resulttype": {"status.errorCode"}, "error": {"status.errorCode"}, "code": {"status.errorCode"}, "errorcode": {"status.errorCode"},
	"reason": {"status.failureReason", "resultReason"}, "country": {"location.countryOrRegion"}, "place": {"location"}, "os": {"deviceDetail.operatingSystem"},
	"device": {"deviceDetail.displayName"}, "agent": {"userAgent"}, "asn": {"autonomousSystemNumber"}, "activity": {"activityDisplayName"},
	"action": {"activityDisplayName"}, "operation": {"activityDisplayName"}, "operationname": {"activityDisplayName"}, "event": {"activityDisplayName"},
	"mfa": {"authenticationRequirement"}, "requirement": {"authenticationRequirement"}, "sp": {"servicePrincipalName"}, "risk": {"riskLevelDuringSignIn"},
	"risklevel": {"riskLevelDuringSignIn"}, "session": {"sessionId"}, "correlation": {"correlationId"}, "tenant": {"tenantId"},
}

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
// the first, has it.
func guessFields(kind *store.Kind, headings []string, values map[string][]string) map[string]string {
	fields := kind.MappedFields()
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
	}
	guess, taken := map[string]string{}, map[string]bool{}
	try := func(heading, name string) {
		if guess[heading] == "" && known[name] && !taken[name] {
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
		case all(seen, looksLikeTime):
			try(heading, fields[0].Name)
		case all(seen, isAddress):
			try(heading, store.IPAddress.Name)
			try(heading, "initiatedBy.user.ipAddress")
		case all(seen, func(value string) bool { return strings.Count(value, "@") == 1 && !strings.ContainsAny(value, " <") }):
			try(heading, store.UserPrincipalName.Name)
			try(heading, "initiatedBy.user.userPrincipalName")
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

func all(values []string, is func(string) bool) bool {
	for _, value := range values {
		if !is(value) {
			return false
		}
	}
	return len(values) > 0
}

// looksLikeTime says whether a value is a time in some form.
func looksLikeTime(value string) bool {
	if _, ok := epochTime(value); ok {
		return true
	}
	if _, ok := parseTime([]byte(value)); ok {
		return true
	}
	_, _, _, _, ok := localDate([]byte(value))
	return ok
}

func isAddress(value string) bool {
	_, err := netip.ParseAddr(value)
	return err == nil
}
