package segment

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged is wrapped by the error of decoding bytes that are not what was encoded.
var ErrDamaged = errors.New("segment: damaged")

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }

// maxPayload bounds what one zstd frame of ours may hold: ten bytes, the longest varint, for each
// row.
const maxPayload = 10 * MaxRows

// NewEncoder makes the compressor that Encode wants. It is safe for concurrent use.
func NewEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil,
		// Columns have few repeated runs; what compresses them is that some bytes are frequent. The slower levels find
		// nothing more, and a frame without any run is to be packed too.
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithAllLitEntropyCompression(true),
		// A block no longer than one plane of a full column, so that each plane has its own statistics.
		zstd.WithWindowSize(MaxRows),
		zstd.WithSingleSegment(true), // every frame tells its size
		zstd.WithEncoderCRC(false),   // the blob has its own checksum
	)
}

// NewDecoder makes the decompressor that Decode wants: it refuses to give more than a segment can need. It is safe for
// concurrent use.
func NewDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(0),
		zstd.WithDecoderMaxMemory(maxPayload),
		zstd.WithDecoderMaxWindow(1<<20),
		zstd.WithDecodeAllCapLimit(true),
	)
}
