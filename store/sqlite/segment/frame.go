package segment

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"
)

// A blob is: one byte that tells its kind and version, the number of rows, the content, and the CRC-32C of all that.
// Numbers are varints. Content that is an array is a payload: its length, the length of what follows, and the array. A zstd
// frame of the array takes its place where that is shorter.
const (
	columnVersion byte = 0x51
	keysVersion   byte = 0x61
	checksumSize       = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal appends the checksum of dst[start:].
func seal(dst []byte, start int) []byte {
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// open checks a blob's checksum, version and rows and gives a reader of its content.
func open(blob []byte, version byte, rows int) (*reader, error) {
	if rows < 0 || rows > MaxRows {
		return nil, damaged("number of rows")
	}
	if len(blob) < 1+1+checksumSize {
		return nil, damaged("too short")
	}
	body := blob[:len(blob)-checksumSize]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(blob[len(body):]) {
		return nil, damaged("checksum")
	}
	if body[0] != version {
		return nil, damaged("kind or version")
	}
	r := &reader{left: body[1:]}
	if r.uvarint() != uint64(rows) || r.err != nil {
		return nil, damaged("number of rows")
	}
	return r, nil
}

// appendPayload appends data as a payload.
func appendPayload(dst, data []byte, enc *zstd.Encoder) []byte {
	packed := enc.EncodeAll(data, make([]byte, 0, len(data)/2+64))
	dst = binary.AppendUvarint(dst, uint64(len(data)))
	if len(packed) >= len(data) {
		packed = data
	}
	dst = binary.AppendUvarint(dst, uint64(len(packed)))
	return append(dst, packed...)
}

// reader reads the content of a blob. After its first error it gives zeros.
type reader struct {
	left []byte
	err  error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = damaged(what)
	}
	r.left = nil
}

// end is the reader's error, or one if something is left.
func (r *reader) end() error {
	if r.err == nil && len(r.left) > 0 {
		r.fail("bytes after the end")
	}
	return r.err
}

func (r *reader) byte() byte {
	if len(r.left) == 0 {
		r.fail("ends early")
		return 0
	}
	b := r.left[0]
	r.left = r.left[1:]
	return b
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.left)
	if n <= 0 {
		r.fail("number")
		return 0
	}
	r.left = r.left[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.left)
	if n <= 0 {
		r.fail("number")
		return 0
	}
	r.left = r.left[n:]
	return v
}

// payload reads an array of at least least and at most most bytes. The result may be part of the blob.
func (r *reader) payload(least, most int, dec *zstd.Decoder) []byte {
	size, stored := r.uvarint(), r.uvarint()
	if r.err != nil {
		return nil
	}
	if size < uint64(least) || size > uint64(most) || stored > size || stored > uint64(len(r.left)) {
		r.fail("length of an array")
		return nil
	}
	data := r.left[:stored]
	r.left = r.left[stored:]
	if stored == size {
		return data
	}
	// The frame must claim the size before anything is allocated for it.
	var header zstd.Header
	if err := header.Decode(data); err != nil || header.Skippable || !header.HasFCS || header.FrameContentSize != size {
		r.fail("header of a frame")
		return nil
	}
	out, err := dec.DecodeAll(data, make([]byte, 0, size))
	if err != nil || uint64(len(out)) != size {
		r.fail("frame")
		return nil
	}
	return out
}
