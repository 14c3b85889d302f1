package web

import (
	"net/url"
	"slices"
	"strings"

	"signpost/auth"
	"signpost/store/export"
	"signpost/views"
)

// sendTarget is a list of a log or a report, at an address that a schedule can send.
type sendTarget struct {
	url      *url.URL
	isReport bool
	// file is the path of its files without their extension.
	file string
}

// sendable reads an address that a schedule can send.
func sendable(address string) (sendTarget, error) {
	u, err := url.Parse(localPath(address))
	if err != nil || u.Path == "" {
		return sendTarget{}, auth.Invalid{Field: "address", Problem: "This is no address of this portal. Copy the part behind the host, such as /logs/interactive?status=failure."}
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return sendTarget{}, auth.Invalid{Field: "address", Problem: "The part of the address behind its question mark cannot be read."}
	}
	if name, ok := strings.CutPrefix(u.Path, "/logs/"); ok && name != "" && !strings.Contains(name, "/") {
		return sendTarget{u, false, u.EscapedPath() + "/export"}, nil
	}
	if path, ok := strings.CutPrefix(u.EscapedPath(), views.InsightsPath+"/"); ok {
		switch name, subject, isInner := strings.Cut(path, "/"); {
		case name == "" || strings.Contains(name, "."):
		case !isInner:
			return sendTarget{u, true, views.InsightsPath + "/" + name}, nil
		case subject != "" && !strings.Contains(subject, "/"):
			return sendTarget{u, true, views.InsightsPath + "/" + path + "/list"}, nil
		}
	}
	return sendTarget{}, auth.Invalid{Field: "address", Problem: "Only a list of a log or a report of Usage & insights can be sent."}
}

// formats are the formats of its files.
func (a sendTarget) formats() []string {
	if !a.isReport {
		return []string{string(export.CSV), string(export.XLSX), string(export.JSON), documentFormat}
	}
	formats := []string{documentFormat}
	for _, f := range views.InsightFormats() {
		formats = append(formats, f.Name)
	}
	return formats
}

// fileAddress gives the address of the file of a list or a report.
func fileAddress(address, format string) (string, error) {
	of, err := sendable(address)
	if err != nil {
		return "", err
	}
	if formats := of.formats(); !slices.Contains(formats, format) {
		return "", auth.Invalid{Field: "format", Problem: "There is no file of this kind. Choose one of " + strings.Join(formats, ", ") + "."}
	}
	path := of.file + "." + format
	if of.url.RawQuery != "" {
		path += "?" + of.url.RawQuery
	}
	return path, nil
}
