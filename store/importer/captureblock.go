package importer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/hamba/avro/v2"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
)

// each calls found with the body of every message. The bytes are good until found returns. tooLarge is called for a message
// with a body over MaxRecord. The error is an errAvro, that of found, or that of reading.
func (c *capture) each(found func(body []byte) error, tooLarge func()) error {
	for {
		if _, err := c.in.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		c.blocks++
		n, err := c.readBlock()
		isCut := errors.As(err, new(errAvro)) && n > 0 && c.codec != codecDeflate && c.codec != codecSnappy
		if err != nil && !isCut {
			return err
		}
		err = c.eachIn(n, found, tooLarge)
		switch {
		case isCut && (err == nil || errors.As(err, new(errAvro))):
			return c.ends(io.EOF) // the messages before the end of the file were read
		case err != nil:
			return err
		}
	}
}

// readBlock reads a block, and gives the number of its messages. Of a block that is cut off it keeps the bytes that are there.
func (c *capture) readBlock() (messages int64, err error) {
	messages, err = c.long()
	if err != nil {
		return 0, err
	}
	size, err := c.long()
	switch {
	case err != nil:
		return 0, err
	case messages < 0 || size < 0:
		return 0, c.damaged("the block states %d messages in %d bytes", messages, size)
	case size > maxBlock:
		return 0, c.damaged("the block states %d bytes, and %d MiB is the limit", size, maxBlock>>20)
	}
	c.block, c.packed = c.block[:0], c.packed+size
	for left := int(size); left > 0; {
		step := min(left, blockStep)
		at := len(c.block)
		c.block = slices.Grow(c.block, step)[:at+step]
		n, err := io.ReadFull(c.in, c.block[at:])
		if c.block = c.block[:at+n]; err != nil {
			return messages, c.ends(err)
		}
		left -= step
	}
	var sync [16]byte
	if _, err := io.ReadFull(c.in, sync[:]); err != nil {
		return messages, c.ends(err)
	}
	if sync != c.sync {
		return 0, c.damaged("the mark behind the block is not that of the file")
	}
	return messages, nil
}

// eachIn calls found with the body of every message of the block that was read last.
func (c *capture) eachIn(messages int64, found func(body []byte) error, tooLarge func()) error {
	block, err := c.unpack()
	if err != nil {
		return err
	}
	r := avro.NewReader(nil, 0).Reset(block)
	for range messages {
		isLarge := c.readMessage(r)
		if r.Error != nil {
			return c.damaged("a message does not end in its block")
		}
		c.messages++
		if isLarge {
			tooLarge()
		} else if err := found(c.text); err != nil {
			return err
		}
	}
	if r.Peek(); r.Error == nil {
		return c.damaged("the block holds more than its messages")
	}
	return nil
}

// readMessage reads a message, and its body into c.text. isLarge says that the body is over MaxRecord and was passed over.
func (c *capture) readMessage(r *avro.Reader) (isLarge bool) {
	c.text = c.text[:0]
	for place, field := range c.fields {
		if place != c.body {
			pass(r, field.Type())
		} else {
			isLarge = c.readBody(r)
		}
		if r.Error != nil {
			return isLarge
		}
	}
	return isLarge
}

func (c *capture) readBody(r *avro.Reader) (isLarge bool) {
	if c.bodyIn >= 0 {
		switch place := r.ReadLong(); {
		case r.Error != nil:
			return false
		case place == int64(1-c.bodyIn): // null
			return false
		case place != int64(c.bodyIn):
			r.ReportError("body", "the union has no such type")
			return false
		}
	}
	switch size := r.ReadLong(); {
	case r.Error != nil:
	case size < 0:
		r.ReportError("body", "the size is below zero")
	case size > MaxRecord:
		r.SkipNBytes(int(size))
		return true
	default:
		c.text = slices.Grow(c.text, int(size))[:size]
		r.Read(c.text)
	}
	return false
}

// unpack gives the bytes of the block that was read last.
func (c *capture) unpack() ([]byte, error) {
	switch c.codec {
	case codecDeflate:
		if c.inflater == nil {
			c.inflater = flate.NewReader(nil)
		}
		if err := c.inflater.(flate.Resetter).Reset(bytes.NewReader(c.block), nil); err != nil {
			return nil, err
		}
		c.unpacking.r = c.inflater
	case codecSnappy:
		plain, err := unsnap(c.block)
		if err != nil {
			return nil, c.damaged("the block cannot be unpacked: %v", err)
		}
		c.unpacking.r = bytes.NewReader(plain)
	default:
		return c.block, nil
	}
	c.unpacked.Reset()
	n, err := io.Copy(&c.unpacked, io.LimitReader(&c.unpacking, maxBlock+1))
	switch {
	case errors.As(err, new(errUnpacked)):
		return nil, err
	case err != nil:
		return nil, c.damaged("the block cannot be unpacked: %v", err)
	case n > maxBlock:
		return nil, c.damaged("the block unpacks to more than %d MiB, the limit", maxBlock>>20)
	}
	return c.unpacked.Bytes(), nil
}

// unsnap unpacks a block of snappy, which a checksum follows.
func unsnap(block []byte) ([]byte, error) {
	at := len(block) - crc32.Size
	if at < 0 {
		return nil, errors.New("it has no checksum")
	}
	size, err := snappy.DecodedLen(block[:at])
	if err != nil {
		return nil, err
	}
	if size > maxBlock {
		return nil, fmt.Errorf("it states %d bytes, and %d MiB is the limit", size, maxBlock>>20)
	}
	plain, err := snappy.Decode(nil, block[:at])
	if err == nil && crc32.ChecksumIEEE(plain) != binary.BigEndian.Uint32(block[at:]) {
		err = errors.New("its checksum is another one")
	}
	return plain, err
}

// pass reads a value that is not needed.
func pass(r *avro.Reader, schema avro.Schema) {
	switch s := schema.(type) {
	case *avro.MapSchema:
		for r.Error == nil {
			n, size := r.ReadBlockHeader()
			if n == 0 {
				return
			}
			if size > 0 {
				r.SkipNBytes(int(size))
				continue
			}
			for ; n > 0 && r.Error == nil; n-- {
				r.SkipString()
				pass(r, s.Values())
			}
		}
	case *avro.UnionSchema:
		if place := int(r.ReadLong()); r.Error == nil && place >= 0 && place < len(s.Types()) {
			pass(r, s.Types()[place])
		} else {
			r.ReportError("pass", "the union has no such type")
		}
	case *avro.PrimitiveSchema:
		passPrimitive(r, s.Type())
	}
}

func passPrimitive(r *avro.Reader, t avro.Type) {
	switch t {
	case avro.Boolean:
		r.SkipBool()
	case avro.Int:
		r.SkipInt()
	case avro.Long:
		r.SkipLong()
	case avro.Float:
		r.SkipFloat()
	case avro.Double:
		r.SkipDouble()
	case avro.String:
		r.SkipString()
	case avro.Bytes:
		r.SkipBytes()
	}
}
