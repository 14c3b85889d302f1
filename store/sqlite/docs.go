package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// docsPerBlock is how many records are compressed together: 64 together take half of what each by
// itself with a trained dictionary takes, and a block decodes in well under a millisecond.
const docsPerBlock = 64

// docRef is where a record stands: block << 6 | position.
type docRef int64

func refOf(block int64, position int) docRef { return docRef(block<<6 | int64(position)) }
func (r docRef) block() int64                { return int64(r) >> 6 }
func (r docRef) position() int               { return int(r & (docsPerBlock - 1)) }

// maxBlock bounds what a damaged block may claim to unpack to.
const maxBlock = docsPerBlock * 5 << 20

func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock))
}

// packDocs frames and compresses up to docsPerBlock records.
func packDocs(enc *zstd.Encoder, buffer []byte, docs [][]byte) (packed, scratch []byte) {
	buffer = buffer[:0]
	for _, d := range docs {
		buffer = binary.AppendUvarint(buffer, uint64(len(d)))
		buffer = append(buffer, d...)
	}
	return enc.EncodeAll(buffer, nil), buffer
}

var errDamagedBlock = errors.New("a block of records is damaged")

// unpackDoc gives one record of a block. The bytes are a copy.
func unpackDoc(dec *zstd.Decoder, packed []byte, position int) ([]byte, error) {
	plain, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamagedBlock, err)
	}
	for i := 0; ; i++ {
		n, size := binary.Uvarint(plain)
		if size <= 0 || n > uint64(len(plain)-size) {
			return nil, errDamagedBlock
		}
		doc := plain[size : size+int(n)]
		if i == position {
			return append([]byte(nil), doc...), nil
		}
		plain = plain[size+int(n):]
	}
}

// readDoc reads one record as received.
func (db *DB) readDoc(ctx context.Context, q querier, ref docRef) ([]byte, error) {
	var packed []byte
	if err := q.QueryRowContext(ctx, "SELECT z FROM docs WHERE block = ?", ref.block()).Scan(&packed); err != nil {
		return nil, fmt.Errorf("read block %d of records: %w", ref.block(), err)
	}
	return unpackDoc(db.decoder, packed, ref.position())
}
