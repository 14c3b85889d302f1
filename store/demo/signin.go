package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// signIn is a made-up sign-in as plain values: Azure Monitor's record, from which every other format is written.
type signIn struct {
	log  int
	line []byte // the record with its line end; valid until the next sign-in
	// created is the time of the sign-in, ingested that of its arrival in Azure Monitor.
	created, ingested time.Time
	envelope          map[string]any
	properties        map[string]any
}

// monitorTime and monitorIngested are the forms of the two times in Azure Monitor's records.
const (
	monitorTime     = "2006-01-02T15:04:05.0000000-07:00"
	monitorIngested = "2006-01-02T15:04:05.0000000Z"
)

// readSignIn reads Azure Monitor's record of a sign-in. Numbers keep their digits.
func readSignIn(log int, line []byte) (*signIn, error) {
	s := &signIn{log: log, line: line}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	err := decoder.Decode(&s.envelope)
	s.properties, _ = s.envelope["properties"].(map[string]any)
	if err == nil {
		s.created, err = time.Parse(monitorTime, s.text("createdDateTime"))
	}
	if err == nil {
		s.ingested, err = time.Parse(monitorIngested, cellText(s.envelope["time"]))
	}
	if err != nil {
		return nil, fmt.Errorf("read a made-up record: %w", err)
	}
	s.created = s.created.UTC()
	return s, nil
}

// at gives the value at a path of Graph's names, as "status.errorCode"; nil for no path, and where the record has none.
func (s *signIn) at(path string) any {
	if path == "" {
		return nil
	}
	var v any = s.properties
	for path != "" {
		name, rest, _ := strings.Cut(path, ".")
		object, _ := v.(map[string]any)
		v, path = object[name], rest
	}
	return v
}

// text is the value at a path as text; empty where the record has none.
func (s *signIn) text(path string) string { return cellText(s.at(path)) }

// errorCode is 0 for a success.
func (s *signIn) errorCode() string { return s.text("status.errorCode") }

// cellText writes a value as a cell of a CSV file: a nested one as JSON, none as nothing.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return string(appendJSON(nil, v))
}
