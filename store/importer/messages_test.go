package importer

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// batchOf is a batch of Azure Monitor, as one message of Event Hubs holds it.
func batchOf(numbers ...int) string {
	var list []string
	for _, n := range numbers {
		list = append(list, strings.TrimSpace(line(n)))
	}
	return `{"records":[` + strings.Join(list, ",") + `]}`
}

// quote writes a text as a string of JSON.
func quote(t testing.TB, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMessages(t *testing.T) {
	q := func(text string) string { return quote(t, text) }
	in64 := func(text string) string { return `"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"` }
	broken := `{"records":[` + strings.TrimSpace(line(1)) + `,{"a":tru}]}`
	deep := batchOf(1)
	for range maxLists + 1 {
		deep = `{"Body":` + q(deep) + `}`
	}
	for _, tt := range []struct {
		name, content   string
		fresh, rejected int64
		line            int64
		says            string
	}{
		{"a body in an array", `[{"EnqueuedTimeUtc":"2026-11-28T10:00:00Z","Offset":"1","Body":` + q(batchOf(1, 2)) + `}]`, 2, 0, 0, ""},
		{"only a body", `{"body":` + q(batchOf(1)) + `}` + "\n" + `{"body":` + q(line(2)) + `}`, 2, 0, 0, ""},
		{"application properties beside it", `{"SequenceNumber":1,"Properties":{"tenant":"x"},"SystemProperties":{},"Body":` + q(batchOf(1)) + `}`, 1, 0, 0, ""},
		{"EventBody", `{"EventBody":` + q(batchOf(1)) + `,"PartitionKey":null}`, 1, 0, 0, ""},
		{"Data beside a sequence number", `{"sequence_number":7,"data":` + q(line(1)) + `}`, 1, 0, 0, ""},
		{"a body that is a batch", `{"Body":` + batchOf(1, 2) + `}`, 2, 0, 0, ""},
		{"a body that is a record", `{"enqueuedTimeUtc":"2026","body":` + strings.TrimSpace(line(1)) + `}`, 1, 0, 0, ""},
		{"a body that is a list", `{"enqueuedTimeUtc":"2026","body":[` + strings.TrimSpace(line(1)) + `,` + line(2) + `]}`, 2, 0, 0, ""},
		{"a body of lines", `{"Body":` + q(lines(3)) + `}`, 3, 0, 0, ""},
		{"a body in base64", `{"Body":` + in64(batchOf(1, 2)) + `}`, 2, 0, 0, ""},
		{"a body in base64 without its padding", `{"Body":` + strings.ReplaceAll(in64(batchOf(1)+" "), "=", "") + `}`, 1, 0, 0, ""},
		{"a list of bodies", `[` + q(batchOf(1, 2)) + `,` + q(batchOf(3)) + `]`, 3, 0, 0, ""},
		{"a list of bodies with blanks", `[` + q("\r\n\t { \"records\" : [ "+line(1)+" ] }") + `]`, 1, 0, 0, ""},
		{"a list of lists", q(`[`+strings.TrimSpace(line(1))+`]`) + "\n" + q(batchOf(2)), 2, 0, 0, ""},
		{"lines of records in strings", q(line(1)) + "\n" + q(line(2)) + "\n", 2, 0, 0, ""},
		{"lines of base64", in64(line(1)) + "\n" + in64(batchOf(2)), 2, 0, 0, ""},
		{"messages in a message", `{"Body":` + q(`[`+q(batchOf(1))+`,`+q(batchOf(2))+`]`) + `}`, 2, 0, 0, ""},
		{"more than messages", `{"Body":` + q(batchOf(1, 2)) + "}\n" + line(3), 3, 0, 0, ""},
		{"a broken record in a body", line(5) + `{"Body":` + q(broken) + "}\n" + `{"Body":` + q(batchOf(2, 3)) + "}", 4, 1, 2, "in the body of the message: not valid JSON in line 1"},
		{"a body that is cut off", `{"Body":` + q(batchOf(1, 2)[:300]) + "}\n" + `{"Body":` + q(batchOf(3, 4)) + "}", 3, 1, 1, "in the body of the message: the record is cut off"},
		{"a string that is cut off", `{"Body":` + q(batchOf(1, 2, 3)) + "}\n" + `"{\"time\":`, 3, 1, 2, "the record is cut off"},
		{"a body that is no JSON", `{"SequenceNumber":1,"Body":"hello"}` + "\n" + `{"Body":` + q(batchOf(1)) + "}", 1, 1, 1, "no JSON"},
		{"a record without a time in a body", `{"Body":` + q(batchOf(1)) + "}\n" + `{"Body":` + q(`{"records":[{"category":"SignInLogs","properties":{}}]}`) + "}", 1, 1, 2, "has no time"},
		{"messages that stand too deep", deep, 0, 1, 1, "too deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(tt.content))
			if err != nil || got.Format != EventHub || got.New != tt.fresh || got.RejectedTotal != tt.rejected || got.Read != tt.fresh+tt.rejected {
				t.Fatalf("%v, got %+v, want %d new and %d rejected", err, got, tt.fresh, tt.rejected)
			}
			if tt.rejected > 0 && (got.Rejected[0].Line != tt.line || !strings.Contains(got.Rejected[0].Reason, tt.says)) {
				t.Errorf("rejected %+v, want %q in line %d", got.Rejected, tt.says, tt.line)
			}
		})
	}
}

// An empty body is no loss, and other objects with such keys are no messages.
func TestMessagesWithoutRecords(t *testing.T) {
	for _, tt := range []struct {
		name, content, format string
		skipped, unread       int64
		says                  string
	}{
		{"an empty body", `{"SequenceNumber":1,"Body":""}`, EventHub, 1, 0, "messages without a record"},
		{"no body", `{"SequenceNumber":1,"Body":null}`, EventHub, 1, 0, "messages without a record"},
		{"an empty batch", `{"Body":"{\"records\":[]}"}`, EventHub, 0, 0, "holds no records"},
		{"another kind inside", `{"Body":"{\"category\":\"B2CRequestLogs\",\"time\":\"2026-11-02T09:00:00Z\",\"properties\":{}}"}`, EventHub, 1, 0, "B2C request logs"},
		{"something unknown inside", `{"Body":"{\"a\":1}"}`, EventHub, 1, 1, "of no format"},
		{"a letter", `{"subject":"Lunch","body":{"contentType":"text","content":"At noon?"}}`, Unknown, 1, 1, "of no format"},
		{"an answer of another service", `{"data":{"users":[]},"errors":[]}`, Unknown, 1, 1, "of no format"},
	} {
		got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(tt.content))
		if said := strings.Join(got.CannotShow, "\n"); err != nil || got.Format != tt.format || got.Skipped != tt.skipped || got.Unreadable != tt.unread || got.Read != tt.skipped || !strings.Contains(said, tt.says) {
			t.Errorf("%s: %v, got %+v", tt.name, err, got)
		}
	}
}

// The records of messages are those of a plain file, whatever stands around them.
func TestMessagesHoldTheSameRecords(t *testing.T) {
	plain := newFakeWriter()
	if _, err := New(plain, Options{}).Reader(t.Context(), "x", strings.NewReader(lines(20))); err != nil {
		t.Fatal(err)
	}
	var bodies strings.Builder
	for i := range 10 {
		bodies.WriteString(`{"Body":` + quote(t, batchOf(2*i, 2*i+1)) + "}\n")
	}
	messages := newFakeWriter()
	if _, err := New(messages, Options{BatchSize: 3}).Reader(t.Context(), "x", strings.NewReader(bodies.String())); err != nil {
		t.Fatal(err)
	}
	want, got := slices.Sorted(maps.Keys(plain.rows)), slices.Sorted(maps.Keys(messages.rows))
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 20 {
		t.Fatalf("of %d rows (-plain +messages):\n%s", len(want), diff)
	}
	for key := range plain.rows {
		if want, got := string(plain.rows[key][0].Doc), string(messages.rows[key][0].Doc); want != got {
			t.Errorf("%s is kept as %s, want %s", key, got, want)
		}
	}
}

// FuzzMessages: what a file holds is the same in the body of a message, and no body may crash the importer.
func FuzzMessages(f *testing.F) {
	f.Add(batchOf(1, 2))
	f.Add(lines(2))
	f.Add(`[` + quote(f, batchOf(1)) + `,"eyJhIjoxfQ=="]`)
	f.Add(`{"records":[{"a":tru}, ` + line(1))
	f.Add("{\"Body\":\"\\ufeff{}\",\"Offset\":\"1\"}")
	f.Add(`{"Body":{"records":[1,"{\"a\"",[],{}]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		w := newFakeWriter()
		got, err := New(w, Options{BatchSize: 3}).Reader(t.Context(), "x", strings.NewReader(`{"SequenceNumber":1,"Body":`+string(text)+`}`))
		if len(got.Directory) > 0 {
			return // FuzzDirectory looks at those
		}
		if sum := got.New + got.Updated + got.Same + got.Skipped + got.RejectedTotal; err != nil || got.Read != sum || int(got.New) != len(w.rows) {
			t.Fatalf("%q: %v, got %+v, %d stored", body, err, got, len(w.rows))
		}
		for _, r := range got.Rejected {
			if r.Line != 1 {
				t.Errorf("%q: rejected in line %d", body, r.Line)
			}
		}
		start := strings.TrimSpace(body) // a body is read without what stands around it
		if !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "[") || !utf8.ValidString(body) || strings.Contains(body, "\x00") {
			return // no JSON, or other bytes in a string than in a file
		}
		plain, err := New(newFakeWriter(), Options{BatchSize: 3}).Reader(t.Context(), "x", strings.NewReader(start))
		if err != nil || plain.New != got.New || plain.Read != got.Read {
			t.Errorf("%q: in a message %+v, in a file %+v, %v", body, got, plain, err)
		}
	})
}
