package importer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/hamba/avro/v2/ocf"
	"github.com/klauspost/compress/flate"
)

// captureSchema is the schema that Event Hubs Capture writes.
const captureSchema = `{"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[
	{"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},{"name":"EnqueuedTimeUtc","type":"string"},
	{"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},
	{"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},
	{"name":"Body","type":["null","bytes"]}]}`

// captured is a message as Capture writes it.
type captured struct {
	SequenceNumber               int64
	Offset, EnqueuedTimeUtc      string
	SystemProperties, Properties map[string]any
	Body                         *[]byte
}

// avroBatch is the number of messages in a block of captureOf.
const avroBatch = 2

// captureOf writes a file of Event Hubs Capture. A nil body is none.
func captureOf(t testing.TB, codec ocf.CodecName, bodies ...[]byte) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := ocf.NewEncoder(captureSchema, &file, ocf.WithCodec(codec), ocf.WithBlockLength(avroBatch))
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range bodies {
		m := captured{
			SequenceNumber: int64(i), Offset: fmt.Sprint(i * 100), EnqueuedTimeUtc: "11/28/2026 10:18:00 AM",
			SystemProperties: map[string]any{"x-opt-enqueued-time": map[string]any{"long": int64(1)}, "key": map[string]any{"string": "a"}},
			Properties:       map[string]any{"a": map[string]any{"double": 1.5}, "b": nil, "c": map[string]any{"bytes": []byte("x")}},
		}
		if body != nil {
			m.Body = &body
		}
		if err := w.Encode(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// batches are the bodies of messages with one batch of two records each.
func batches(n int) (bodies [][]byte) {
	for i := range n {
		bodies = append(bodies, []byte(batchOf(2*i, 2*i+1)))
	}
	return bodies
}

func TestCapture(t *testing.T) {
	for _, codec := range []ocf.CodecName{ocf.Null, ocf.Deflate, ocf.Snappy} {
		got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(captureOf(t, codec, batches(7)...)))
		if err != nil || got.Format != EventHubCapture || got.New != 14 || got.Read != 14 {
			t.Errorf("%s: %v, got %+v", codec, err, got)
		}
	}
	damaged := append(avroFile(onlyBody[:40], "null"), batchOf(1, 2)+"\n"+batchOf(3)...)
	got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(damaged))
	if err != nil || got.Format != EventHubCapture || got.New != 3 || got.Read != 3 || !strings.Contains(strings.Join(got.CannotShow, " "), "header of the Avro file is damaged") {
		t.Errorf("with a damaged header: %v, got %+v", err, got)
	}
	if got := checkOf(t, damaged); got != "" {
		t.Errorf("the check of a damaged header says %q", got)
	}
	packed := gzipped(t, string(captureOf(t, ocf.Null, batches(3)...)))
	got, err = New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(packed))
	if err != nil || got.Format != EventHubCapture || got.New != 6 {
		t.Errorf("gzip: %v, got %+v", err, got)
	}
	if _, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(packed[:len(packed)-20])); err == nil || !strings.Contains(err.Error(), "packed data is cut off") {
		t.Errorf("half a gzip: %v", err)
	}
}

func TestBrokenCapture(t *testing.T) {
	plain := captureOf(t, ocf.Null, batches(6)...)
	deflated := captureOf(t, ocf.Deflate, batches(6)...)
	sync := plain[len(plain)-16:]
	second := bytes.Index(plain, sync) + 16 // the first mark ends the header
	third := second + bytes.Index(plain[second:], sync) + 16
	flipped := bytes.Clone(plain)
	flipped[len(flipped)-1] ^= 1
	spoilt := bytes.Clone(deflated)
	at := 0
	for range 3 { // marks: of the header and of two blocks
		at += bytes.Index(spoilt[at:], spoilt[len(spoilt)-16:]) + 16
	}
	for range 2 { // numbers: of messages and of bytes
		for ; spoilt[at] >= 0x80; at++ {
		}
		at++
	}
	spoilt[at] = 0xff // a kind of packed data that there is not
	large := append([]byte(`{"a":"`), bytes.Repeat([]byte("x"), MaxRecord)...)
	withLarge := captureOf(t, ocf.Null, []byte(batchOf(1)), append(large, `"}`...), []byte(batchOf(2)))
	for _, tt := range []struct {
		name     string
		file     []byte
		fresh    int64
		rejected []string
	}{
		{"cut off in a block", plain[:len(plain)-116], 10, []string{"cut off in block 3, after 5 messages"}},
		{"cut off behind a block", plain[:third], 4, nil},
		{"cut off in the mark", plain[:len(plain)-3], 12, []string{"cut off in block 3, after 6 messages"}},
		{"cut off in a packed block", deflated[:len(deflated)-30], 8, []string{"cut off in block 3, after 4 messages"}},
		{"cut off in the header", plain[:100], 0, []string{"cut off in its header"}},
		{"the magic alone", plain[:4], 0, []string{"cut off in its header"}},
		{"a wrong mark", flipped, 8, []string{"damaged in block 3, after 4 messages: the mark behind the block"}},
		{"a damaged packed block", spoilt, 8, []string{"damaged in block 3, after 4 messages: the block cannot be unpacked"}},
		{"a body that is no JSON", captureOf(t, ocf.Null, []byte("hello"), []byte(batchOf(1))), 1, []string{"the body of message 1 is no JSON"}},
		{"a body that is broken", captureOf(t, ocf.Null, []byte(batchOf(1)), []byte(`{"records":[{"a":tru}]}`)), 1, []string{"in the body of message 2: not valid JSON"}},
		{"a body that is too large", withLarge, 2, []string{"message 2 is larger than 4 MiB"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(tt.file))
			if err != nil || got.Format != EventHubCapture || got.New != tt.fresh || int(got.RejectedTotal) != len(tt.rejected) || got.Read != got.New+got.RejectedTotal {
				t.Fatalf("%v, got %+v, want %d new and rejected %q", err, got, tt.fresh, tt.rejected)
			}
			for i, want := range tt.rejected {
				if !strings.Contains(got.Rejected[i].Reason, want) {
					t.Errorf("rejected %q, want %q", got.Rejected[i].Reason, want)
				}
			}
		})
	}
}

// avroFile writes a container with a schema and blocks. A block is its number of messages and its bytes.
func avroFile(schema, codec string, blocks ...[]byte) []byte {
	file := bytes.Clone(avroMagic)
	text := func(s string) { file = append(binary.AppendVarint(file, int64(len(s))), s...) }
	file = binary.AppendVarint(file, 2)
	text("avro.schema")
	text(schema)
	text("avro.codec")
	text(codec)
	file = append(binary.AppendVarint(file, 0), strings.Repeat("s", 16)...)
	for _, block := range blocks {
		file = append(append(file, block...), strings.Repeat("s", 16)...)
	}
	return file
}

// avroBlock writes a block that states sizes which may be wrong.
func avroBlock(messages, size int64, data []byte) []byte {
	return append(binary.AppendVarint(binary.AppendVarint(nil, messages), size), data...)
}

const onlyBody = `{"type":"record","name":"EventData","fields":[{"name":"Body","type":["null","bytes"]}]}`

// What a hostile file states costs neither memory nor time.
func TestHostileCapture(t *testing.T) {
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range 66 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	withMap := `{"type":"record","name":"E","fields":[{"name":"P","type":{"type":"map","values":["null","long"]}},{"name":"Body","type":"bytes"}]}`
	endless := append(binary.AppendVarint(nil, 1<<62), 0, 0, 0) // names of no bytes, and nulls
	for _, tt := range []struct {
		name string
		file []byte
		says string
	}{
		{"a block of a terabyte", avroFile(onlyBody, "null", avroBlock(1, 1<<40, nil)), "64 MiB is the limit"},
		{"a block of less than nothing", avroFile(onlyBody, "null", avroBlock(1, -1, nil)), "-1 bytes"},
		{"less than no messages", avroFile(onlyBody, "null", avroBlock(-1<<63, 0, nil)), "messages in 0 bytes"},
		{"endless messages", avroFile(onlyBody, "null", avroBlock(1<<62, 0, nil)), "does not end in its block"},
		{"an endless map", avroFile(withMap, "null", avroBlock(1, int64(len(endless)), endless)), "does not end in its block"},
		{"a body of less than nothing", avroFile(onlyBody, "null", avroBlock(1, 2, []byte{2, 1})), "does not end in its block"},
		{"a type that the union has not", avroFile(onlyBody, "null", avroBlock(1, 1, []byte{9})), "does not end in its block"},
		{"more than the messages", avroFile(onlyBody, "null", avroBlock(1, 3, []byte{0, 0, 0})), "more than its messages"},
		{"a number without an end", append(avroFile(onlyBody, "null"), bytes.Repeat([]byte{0xff}, 20)...), "more than 64 bits"},
		{"a block that unpacks to too much", avroFile(onlyBody, "deflate", avroBlock(1, int64(bomb.Len()), bomb.Bytes())), "more than 64 MiB"},
		{"a snappy block that states too much", avroFile(onlyBody, "snappy", avroBlock(1, 10, []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0})), "64 MiB is the limit"},
		{"a snappy block without a checksum", avroFile(onlyBody, "snappy", avroBlock(1, 1, []byte{0})), "no checksum"},
		{"a header of a terabyte", append(append(bytes.Clone(avroMagic), 2), binary.AppendVarint(nil, 1<<40)...), "in its header"},
		{"a header of less than nothing", append(append(bytes.Clone(avroMagic), 2), binary.AppendVarint(nil, -1)...), "in its header"},
	} {
		got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(tt.file))
		if err != nil || got.RejectedTotal < 1 || !strings.Contains(got.Rejected[len(got.Rejected)-1].Reason, tt.says) {
			t.Errorf("%s: %v, got %+v", tt.name, err, got)
		}
	}
	small := Options{MaxUnpacked: 1 << 20}
	if _, err := New(newFakeWriter(), small).Reader(t.Context(), "x", bytes.NewReader(avroFile(onlyBody, "deflate", avroBlock(1, int64(bomb.Len()), bomb.Bytes())))); err == nil || !strings.Contains(err.Error(), "more than 1 MiB") {
		t.Errorf("a file that unpacks to too much: %v", err)
	}
}

// Another Avro file is refused by what it is, by the import and by the check of an upload.
func TestOtherAvro(t *testing.T) {
	fields := func(fields string) string {
		return `{"type":"record","name":"Reading","namespace":"moon","fields":[` + fields + `]}`
	}
	for _, tt := range []struct{ name, schema, codec, says string }{
		{"no body", fields(`{"name":"Tide","type":"long"}`), "null", "the records moon.Reading, which is not read: Event Hubs Capture (Avro) has a Body of bytes"},
		{"a body of text", fields(`{"name":"Body","type":"string"}`), "null", "a Body of bytes"},
		{"a body of three types", fields(`{"name":"Body","type":["null","bytes","long"]}`), "null", "a Body of bytes"},
		{"records inside", fields(`{"name":"Body","type":"bytes"},{"name":"In","type":{"type":"array","items":"null"}}`), "null", "a Body of bytes"},
		{"records that hold themselves", fields(`{"name":"Body","type":"bytes"},{"name":"In","type":["null","moon.Reading"]}`), "null", "a Body of bytes"},
		{"no record", `"bytes"`, "null", "of type bytes"},
		{"no schema", `{"type":`, "null", "a schema that cannot be read"},
		{"another packing", onlyBody, "xz", "packed with xz"},
	} {
		file := avroFile(tt.schema, tt.codec, avroBlock(0, 0, nil))
		got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", bytes.NewReader(file))
		if said := strings.Join(got.CannotShow, "\n"); err != nil || got.Format != Unknown || got.Unreadable != 1 || got.Read != 1 || !strings.Contains(said, tt.says) {
			t.Errorf("%s: %v, got %+v", tt.name, err, got)
		}
		if got := checkOf(t, file); !strings.Contains(got, tt.says) {
			t.Errorf("%s: the check says %q", tt.name, got)
		}
	}
	if got := checkOf(t, captureOf(t, ocf.Deflate, batches(1)...)); got != "" {
		t.Errorf("the check of a Capture file says %q", got)
	}
}

// Memory does not grow with the file: one block is held at a time.
func TestCaptureHoldsOneBlock(t *testing.T) {
	body := []byte(batchOf(1, 2))
	var bodies [][]byte
	for range 500 {
		bodies = append(bodies, body)
	}
	for _, codec := range []ocf.CodecName{ocf.Null, ocf.Deflate} {
		c, err := newCapture(bytes.NewReader(captureOf(t, codec, bodies...)), bounded{limit: defaultMaxUnpacked, atRatio: defaultMaxRatio})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		err = c.each(func(got []byte) error {
			if found++; !bytes.Equal(got, body) {
				t.Errorf("message %d is %q", found, got)
			}
			return nil
		}, t.FailNow)
		if held := cap(c.block) + c.unpacked.Cap() + cap(c.text); err != nil || found != 500 || held > 20*len(body) {
			t.Errorf("%s: %v, %d messages, %d bytes held", codec, err, found, held)
		}
	}
}

// FuzzCapture: no Avro file may crash the importer or keep it busy, and its counts add up.
func FuzzCapture(f *testing.F) {
	for _, codec := range []ocf.CodecName{ocf.Null, ocf.Deflate, ocf.Snappy} {
		file := captureOf(f, codec, []byte(batchOf(1)), nil, []byte(`hello`))
		f.Add(file[4:])
		f.Add(file[4 : len(file)-40])
	}
	f.Add(avroFile(onlyBody, "null", avroBlock(1<<40, 0, nil))[4:])
	f.Add(avroFile(`{"type":"record","name":"A","fields":[{"name":"Body","type":["bytes","null"]},{"name":"B","type":{"type":"map","values":"int"}}]}`, "", avroBlock(1, 4, []byte{2, 0, 0, 0}))[4:])
	f.Fuzz(func(t *testing.T, behind []byte) {
		w := newFakeWriter()
		got, err := New(w, Options{BatchSize: 3, MaxUnpacked: 1 << 20}).Reader(t.Context(), "x", bytes.NewReader(append(bytes.Clone(avroMagic), behind...)))
		if err != nil && !strings.Contains(err.Error(), "more than 1 MiB") {
			t.Fatal(err)
		}
		if len(got.Directory) > 0 {
			return
		}
		if sum := got.New + got.Updated + got.Same + got.Skipped + got.RejectedTotal; got.Read != sum || int(got.New) != len(w.rows) {
			t.Errorf("got %+v, %d stored", got, len(w.rows))
		}
	})
}

// FuzzAvroSchema: no schema may crash the reader.
func FuzzAvroSchema(f *testing.F) {
	f.Add(captureSchema)
	f.Add(onlyBody)
	f.Add(`{"type":"record","name":"A","fields":[{"name":"Body","type":{"type":"bytes","logicalType":"decimal","precision":4}},{"name":"N","type":["null","A"],"default":null}]}`)
	f.Add(`["null",{"type":"enum","name":"E","symbols":["A"]},{"type":"fixed","name":"F","size":-1},{"type":"array","items":"E"}]`)
	f.Fuzz(func(t *testing.T, schema string) {
		file := avroFile(schema, "null", avroBlock(3, 16, bytes.Repeat([]byte{2}, 16)))
		c, err := newCapture(bytes.NewReader(file), bounded{})
		if (err == nil) != (c != nil && c.fields != nil) {
			t.Fatalf("%q: %v", schema, err)
		}
		if err == nil {
			_ = c.each(func([]byte) error { return nil }, func() {}) // the block fits few schemas
		}
	})
}
