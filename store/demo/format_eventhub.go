package demo

import (
	"io"
	"strconv"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/ocf"
)

// message is one that Azure Monitor sends to an event hub: an object with a list of records.
type message struct {
	enqueued         time.Time
	offset, sequence int64
	body             []byte
}

// batch gathers records into messages, in the order of their ingestion.
type batch struct {
	send func(m *message) error
	next message
	n    int
}

// batchSize is the number of records in a full message. A message holds the records of one minute at most.
const batchSize = 25

func (b *batch) put(s *signIn) error {
	at := s.ingested.Truncate(time.Millisecond)
	if b.n == batchSize || b.n > 0 && !at.Truncate(time.Minute).Equal(b.next.enqueued.Truncate(time.Minute)) {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if b.n == 0 {
		b.next.body = append(b.next.body[:0], `{"records":[`...)
	} else {
		b.next.body = append(b.next.body, ',')
	}
	b.next.body = append(b.next.body, s.line[:len(s.line)-1]...)
	b.next.enqueued = at // a message is sent with its last record
	b.n++
	return nil
}

// flush sends the message that was begun, if any.
func (b *batch) flush() error {
	if b.n == 0 {
		return nil
	}
	b.next.body = append(b.next.body, "]}"...)
	if err := b.send(&b.next); err != nil {
		return err
	}
	b.n = 0
	b.next.sequence++
	b.next.offset += int64(len(b.next.body))
	return nil
}

// eventHubWriter writes the messages as a consumer keeps them: a list of objects with the body as a text.
type eventHubWriter struct {
	batch
	file  *outputFile
	begun bool
}

func openEventHub(_ *Tenant, o *output) (signInWriter, error) {
	file, err := o.create("messages.json")
	if err != nil {
		return nil, err
	}
	w := &eventHubWriter{file: file}
	w.send = w.write
	_, err = file.WriteString("[")
	return w, err
}

func (w *eventHubWriter) write(m *message) error {
	start := "\n"
	if w.begun {
		start = ",\n"
	}
	w.begun = true
	_, err := w.file.Write(appendJSON([]byte(start), object{
		{"EnqueuedTimeUtc", m.enqueued.Format("2006-01-02T15:04:05.000Z")},
		{"Offset", strconv.FormatInt(m.offset, 10)},
		{"SequenceNumber", m.sequence},
		{"Body", string(m.body)},
	}))
	return err
}

func (w *eventHubWriter) finish() error {
	if err := w.flush(); err != nil {
		return err
	}
	_, err := w.file.WriteString("\n]\n")
	return err
}

// captureSchema is the schema of Event Hubs Capture.
const captureSchema = `{"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[` +
	`{"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},{"name":"EnqueuedTimeUtc","type":"string"},` +
	`{"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},` +
	`{"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},` +
	`{"name":"Body","type":["null","bytes"]}]}`

// captured is a message in Capture's schema.
type captured struct {
	SequenceNumber   int64
	Offset           string
	EnqueuedTimeUtc  string //nolint:revive,staticcheck // the schema's name
	SystemProperties map[string]any
	Properties       map[string]any
	Body             []byte
}

// captureWriter writes the messages as Event Hubs Capture does, a file for each day of their arrival.
type captureWriter struct {
	batch
	output *output
	day    string
	file   *ocf.Encoder
}

func openCapture(_ *Tenant, o *output) (signInWriter, error) {
	w := &captureWriter{output: o}
	w.send = w.write
	return w, nil
}

func (w *captureWriter) write(m *message) error {
	if day := m.enqueued.Format("2006_01_02"); day != w.day {
		if err := w.begin(day); err != nil {
			return err
		}
	}
	return w.file.Encode(captured{
		SequenceNumber: m.sequence, Offset: strconv.FormatInt(m.offset, 10),
		EnqueuedTimeUtc:  m.enqueued.Format("1/2/2006 3:04:05 PM"),
		SystemProperties: map[string]any{"x-opt-sequence-number-epoch": int64(-1)},
		Properties:       map[string]any{},
		Body:             m.body,
	})
}

// begin ends the file of the day before and begins one with a header. The library writes the two entries of a header in
// any order; here they have one, so that the same sign-ins give the same bytes.
func (w *captureWriter) begin(day string) error {
	if err := w.end(); err != nil {
		return err
	}
	file, err := w.output.create("tidewater-lantern_signins_0_" + day + "_00_00_00.avro")
	if err != nil {
		return err
	}
	w.day = day
	sync := guidOf(mix(idCapture, uint64(len(w.output.files))))
	header := avro.NewWriter(file, 512)
	header.Write([]byte{'O', 'b', 'j', 1}) //nolint:errcheck // Flush tells
	header.WriteLong(2)
	header.WriteString("avro.codec")
	header.WriteBytes([]byte(ocf.Deflate))
	header.WriteString("avro.schema")
	header.WriteBytes([]byte(captureSchema))
	header.WriteLong(0)
	header.Write(sync[:]) //nolint:errcheck // Flush tells
	if err := header.Flush(); err != nil {
		return err
	}
	// The library goes on with a file that has a header.
	if err := file.Flush(); err != nil {
		return err
	}
	if _, err := file.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.file, err = ocf.NewEncoder(captureSchema, file.file, ocf.WithCodec(ocf.Deflate))
	return err
}

func (w *captureWriter) end() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

func (w *captureWriter) finish() error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.end()
}
