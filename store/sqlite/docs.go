package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"signpost/store"
	"signpost/store/dbfile"
)

// docsPerBlock is how many records are compressed together. Measured on made-up records of 4.5 KB, sorted by user: 256
// together take 235 bytes each, 64 together 279. A block of 256 unpacks in about a millisecond.
const docsPerBlock = 256

// docRef is where a record stands: block << 8 | position.
type docRef int64

func refOf(block int64, position int) docRef { return docRef(block<<8 | int64(position)) }
func (r docRef) block() int64                { return int64(r) >> 8 }
func (r docRef) position() int               { return int(r & (docsPerBlock - 1)) }

// maxBlock bounds what a damaged block may claim to unpack to: the importer's batches hold some 20 MiB.
const maxBlock = 64 << 20

// newEncoder makes the compressor of records; it is used by two goroutines at a time, the one that prepares
// and the one that commits.
func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxBlock))
}

// docPacker compresses records; its buffers are used again and again.
type docPacker struct {
	encoder       *zstd.Encoder
	plain, packed []byte
}

// pack frames and compresses up to docsPerBlock records.
func (p *docPacker) pack(docs [][]byte) []byte {
	p.plain = p.plain[:0]
	for _, d := range docs {
		p.plain = binary.AppendUvarint(p.plain, uint64(len(d)))
		p.plain = append(p.plain, d...)
	}
	p.packed = p.encoder.EncodeAll(p.plain, p.packed[:0])
	return bytes.Clone(p.packed)
}

var errDamagedBlock = fmt.Errorf("%w: a block of records", store.ErrDamaged)

// unpackBlock gives the records of a block as pack framed them.
func unpackBlock(dec *zstd.Decoder, packed []byte) ([]byte, error) {
	plain, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamagedBlock, err)
	}
	return plain, nil
}

// docAt gives one record of an unpacked block. The bytes are a copy.
func docAt(plain []byte, position int) ([]byte, error) {
	for i := 0; ; i++ {
		n, size := binary.Uvarint(plain)
		if size <= 0 || n > uint64(len(plain)-size) {
			return nil, errDamagedBlock
		}
		doc := plain[size : size+int(n)]
		if i == position {
			return bytes.Clone(doc), nil
		}
		plain = plain[size+int(n):]
	}
}

// storedBlock is a block of records as docs has it.
type storedBlock struct {
	packed   []byte
	received time.Time // of all its records; see store.Version
}

// readBlock reads a block of records.
func readBlock(ctx context.Context, q dbfile.Querier, block int64) (b storedBlock, err error) {
	var received sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT z, received FROM docs WHERE block = ?", block).Scan(&b.packed, &received); err != nil {
		return b, fmt.Errorf("read block %d of records: %w", block, err)
	}
	if received.Valid {
		b.received = time.UnixMicro(received.Int64).UTC()
	}
	return b, nil
}

// receivedValue is when records were received as docs has it.
func receivedValue(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
