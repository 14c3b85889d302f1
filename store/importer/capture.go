package importer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hamba/avro/v2"
)

// Event Hubs Capture writes Avro object container files: a header with the schema, and blocks of messages. See
// https://avro.apache.org/docs/1.12.0/specification/#object-container-files and
// https://learn.microsoft.com/azure/event-hubs/event-hubs-capture-overview.
//
// The library reads the schema and the values. The container is read here, because the library takes memory for whatever size
// a block states, and unpacks it to any size. The fields beside the body are passed over here, because the library counts to
// the end of a map even where its block has ended.

var avroMagic = []byte("Obj\x01")

const (
	// maxBlock is the size in bytes over which a block is refused, packed and unpacked.
	maxBlock = 64 << 20
	// maxAvroHeader bounds a key and a value of the header. The schema of Capture has 600 bytes.
	maxAvroHeader = 64 << 10
	// blockStep is how much memory is taken for a block at a time, as its bytes arrive.
	blockStep = 1 << 20
)

// errOtherAvro says that an Avro file holds no messages of Event Hubs. The sentence goes on from the name of the file.
type errOtherAvro struct{ sentence string }

func (e errOtherAvro) Error() string { return e.sentence }

var errNoSchema = errOtherAvro{"is an Avro file with a schema that cannot be read: of Avro only Event Hubs Capture (Avro) is read."}

// errAvro says where an Avro file is cut off or damaged, in a sentence that goes on from the name of the file.
type errAvro struct{ sentence string }

func (e errAvro) Error() string { return e.sentence }

// capture reads the messages of a file of Event Hubs Capture.
type capture struct {
	in *bufio.Reader
	// The header.
	codec string
	sync  [16]byte
	// fields are those of a message. body is the place of the body among them, and bodyIn its place in a union: -1 where it
	// stands in none.
	fields       []*avro.Field
	body, bodyIn int
	blocks       int64 // read so far
	messages     int64 // the same
	block        []byte
	unpacked     bytes.Buffer
	unpacking    bounded // what is unpacked, of all blocks together
	packed       int64   // bytes of all blocks so far
	inflater     io.ReadCloser
	text         []byte // of the present body
}

// newCapture reads the header. bounds hold for what the blocks unpack to.
func newCapture(r io.Reader, bounds bounded) (*capture, error) {
	c := &capture{in: bufio.NewReaderSize(r, 64<<10), unpacking: bounds}
	c.unpacking.packed = func() int64 { return c.packed }
	schema, err := c.readHeader()
	if err != nil {
		return nil, err
	}
	return c, c.takeSchema(schema)
}

// readHeader reads up to the first block, and gives the schema.
func (c *capture) readHeader() (schema []byte, err error) {
	if _, err := c.in.Discard(len(avroMagic)); err != nil {
		return nil, c.ends(err)
	}
	for {
		n, err := c.long()
		if err != nil {
			return nil, err
		}
		if n < 0 { // then its size in bytes follows
			n = -n
			if _, err := c.long(); err != nil {
				return nil, err
			}
		}
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			key, err := c.bytes()
			if err != nil {
				return nil, err
			}
			value, err := c.bytes()
			if err != nil {
				return nil, err
			}
			switch string(key) {
			case "avro.schema":
				schema = value
			case "avro.codec":
				c.codec = string(value)
			}
		}
	}
	if _, err := io.ReadFull(c.in, c.sync[:]); err != nil {
		return nil, c.ends(err)
	}
	return schema, nil
}

// long reads a number of the container. Avro writes it as package binary does.
func (c *capture) long() (int64, error) {
	start, err := c.in.Peek(binary.MaxVarintLen64)
	n, size := binary.Varint(start)
	switch {
	case size > 0:
		_, err = c.in.Discard(size)
		return n, err
	case size < 0, len(start) == binary.MaxVarintLen64:
		return 0, c.damaged("it has a number of more than 64 bits")
	}
	return 0, c.ends(err)
}

// bytes reads a key or a value of the header.
func (c *capture) bytes() ([]byte, error) {
	n, err := c.long()
	switch {
	case err != nil:
		return nil, err
	case n < 0 || n > maxAvroHeader:
		return nil, c.damaged("its header has a value of %d bytes", n)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(c.in, b)
	return b, c.ends(err)
}

// ends gives the end of the file inside the container as a sentence. Other errors stay: they are of reading.
func (c *capture) ends(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errAvro{"is cut off " + c.place()}
	}
	return err
}

func (c *capture) damaged(format string, values ...any) error {
	return errAvro{"is damaged " + c.place() + ": " + fmt.Sprintf(format, values...) + "."}
}

// place says where reading ended.
func (c *capture) place() string {
	if c.fields == nil {
		return "in its header"
	}
	return fmt.Sprintf("in block %d, after %s", c.blocks, count(c.messages, "message"))
}

// takeSchema takes a schema of messages.
func (c *capture) takeSchema(text []byte) error {
	schema, err := avro.ParseBytesWithCache(text, "", &avro.SchemaCache{})
	if err != nil {
		return errNoSchema
	}
	switch c.codec {
	case "", codecNull, codecDeflate, codecSnappy:
	default:
		return errOtherAvro{"is an Avro file that is packed with " + shortText(c.codec) + ": Event Hubs Capture (Avro) is read unpacked, with deflate and with snappy."}
	}
	record, isRecord := schema.(*avro.RecordSchema)
	if !isRecord {
		return errOtherAvro{"is an Avro file of type " + string(schema.Type()) + otherAvroEnd}
	}
	c.body = -1
	for place, field := range record.Fields() {
		if in, ok := bytesIn(field.Type()); ok && field.Name() == "Body" {
			c.body, c.bodyIn = place, in
		} else if !canPass(field.Type()) {
			c.body = -1
			break
		}
	}
	if c.body < 0 {
		return errOtherAvro{"is an Avro file of the records " + shortText(record.FullName()) + otherAvroEnd}
	}
	c.fields = record.Fields()
	return nil
}

const (
	codecNull    = "null"
	codecDeflate = "deflate"
	codecSnappy  = "snappy"

	otherAvroEnd = ", which is not read: Event Hubs Capture (Avro) has a Body of bytes, and around it numbers, texts and maps of them. Write the records out as JSON."
)

// bytesIn says whether a field holds bytes, and gives their place in a union.
func bytesIn(schema avro.Schema) (place int, ok bool) {
	union, isUnion := schema.(*avro.UnionSchema)
	if !isUnion {
		return -1, schema.Type() == avro.Bytes
	}
	place = slices.IndexFunc(union.Types(), func(s avro.Schema) bool { return s.Type() == avro.Bytes })
	return place, place >= 0 && len(union.Types()) == 2 && union.Nullable()
}

// canPass says whether pass can read a type. All types of Capture's fields can be, and no other nests or takes no bytes.
func canPass(schema avro.Schema) bool {
	switch s := schema.(type) {
	case *avro.PrimitiveSchema, *avro.NullSchema:
		return true
	case *avro.MapSchema:
		return s.Values().Type() != avro.Map && canPass(s.Values())
	case *avro.UnionSchema:
		return !slices.ContainsFunc(s.Types(), func(one avro.Schema) bool { return one.Type() == avro.Map || !canPass(one) })
	}
	return false
}

// otherAvro says why an Avro file with this start is no Capture file; empty where it may be one.
func otherAvro(start []byte) string {
	_, err := newCapture(bytes.NewReader(start), bounded{})
	var other errOtherAvro
	if errors.As(err, &other) && !(errors.Is(err, errNoSchema) && bytes.Contains(start, batchStart)) {
		return other.sentence
	}
	return ""
}

// readCapture reads the messages of a file of Event Hubs Capture, and the records in them. Such a file has no lines: reasons
// name the message.
func (s *stream) readCapture(src *source) error {
	s.tally.messages[EventHubCapture] += 0
	if done, err := s.salvage(src); done {
		return err
	}
	c, err := newCapture(src, bounded{limit: s.im.opts.MaxUnpacked, atRatio: s.im.opts.MaxRatio, archive: s.im.archive})
	if err == nil {
		err = s.readMessages(c)
	}
	var other errOtherAvro
	var damage errAvro
	switch {
	case src.failure() != nil: // it looks like the end of the file
		return src.failure()
	case errors.As(err, &other):
		delete(s.tally.messages, EventHubCapture)
		s.tally.unreadable(Unknown, 1, "the file "+other.sentence)
	case errors.As(err, &damage):
		s.records++
		s.tally.reject(s.records, 1, "the file "+damage.sentence)
	default:
		s.tally.noRecords = err == nil && s.records == 0
		return err
	}
	return nil
}

// batchStart is how the text of a message with a batch begins.
var batchStart = []byte(`{"records"`)

// salvage reads the batches behind a header that cannot be read: without it no block can be told from another. It gives false
// where the header is sound, or where no batch stands near the start of the file.
func (s *stream) salvage(src *source) (done bool, err error) {
	_, broken := newCapture(bytes.NewReader(src.window()), bounded{})
	at := bytes.Index(src.window(), batchStart)
	if at < 0 || !errors.As(broken, new(errAvro)) && !errors.Is(broken, errNoSchema) {
		return false, nil
	}
	src.advance(at)
	err = s.readRecords(src)
	s.tally.messages[EventHubCapture] += s.records
	s.tally.directoryNotes["The header of the Avro file is damaged: the batches behind it were read as text."] = true
	return true, err
}

func (s *stream) readMessages(c *capture) error {
	found := func(body []byte) error {
		s.records++
		s.im.progress.records++
		text := plainBody(body)
		s.original = original{text: text}
		return s.message(EventHubCapture, text, 1, fmt.Sprintf("message %d", c.messages))
	}
	return c.each(found, func() {
		s.records++
		s.tally.reject(s.records, 1, fmt.Sprintf("message %d is larger than 4 MiB.", c.messages))
	})
}
