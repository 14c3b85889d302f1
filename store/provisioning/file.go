package provisioning

import (
	"encoding/json"
	"strconv"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/rawjson"
)

// fileColumns are the columns of CSV files, under Graph's names: every value of one text under its path, and lists as JSON. An
// import reads such a file back.
func fileColumns() (columns []store.FileColumn) {
	add := func(heading string, text func(r *Record) string) {
		columns = append(columns, store.FileColumn{Heading: heading, Text: func(e store.Entry) string { return text(e.(*Record)) }})
	}
	add("activityDateTime", func(r *Record) string { return r.Head().Time.UTC().Format(time.RFC3339Nano) })
	for _, p := range properties {
		switch {
		case p.MadeUp:
		case p.Text != nil:
			add(p.Name, func(r *Record) string { return *p.Text(r) })
		case p.Int != nil:
			add(p.Name, func(r *Record) string {
				if n := *p.Int(r); n.Set {
					return strconv.FormatInt(n.N, 10)
				}
				return ""
			})
		}
	}
	for i, name := range []string{"sourceIdentity.details", "targetIdentity.details", "sourceSystem.details", "targetSystem.details"} {
		add(name, func(r *Record) string { return object(*r.details()[i]) })
	}
	add("provisioningSteps", func(r *Record) string {
		return list(r.Steps, func(s Step) any {
			return struct {
				Name        string          `json:"name"`
				Type        string          `json:"provisioningStepType"`
				Status      string          `json:"status"`
				Description string          `json:"description"`
				Details     json.RawMessage `json:"details,omitempty"`
			}{s.Name, s.Type, s.Status, s.Description, json.RawMessage(object(s.Details))}
		})
	})
	add("modifiedProperties", func(r *Record) string {
		return list(r.Changes, func(c audit.Change) any {
			if c.Withheld {
				c.Old, c.New = audit.Withheld, audit.Withheld
			}
			return struct {
				Name string `json:"displayName"`
				Old  string `json:"oldValue"`
				New  string `json:"newValue"`
			}{c.Name, c.Old, c.New}
		})
	})
	return columns
}

// object writes details as a JSON object; none are an empty text.
func object(details []store.KeyValue) string {
	if len(details) == 0 {
		return ""
	}
	b := []byte{'{'}
	for i, d := range details {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.AppendQuoted(b, d.Key), ':')
		b = rawjson.AppendQuoted(b, d.Value)
	}
	return string(append(b, '}'))
}

// list writes a list as JSON; an empty one is an empty text.
func list[T any](items []T, each func(T) any) string {
	if len(items) == 0 {
		return ""
	}
	written := make([]any, len(items))
	for i, item := range items {
		written[i] = each(item)
	}
	b, err := json.Marshal(written)
	if err != nil {
		panic(err) // texts alone
	}
	return string(b)
}
