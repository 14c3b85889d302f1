package segment

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged is wrapped by the error of decoding bytes that are not what was encoded.
var ErrDamaged = errors.New("segment: damaged")

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }

// maxPayload bounds what one zstd frame of ours may hold: ten bytes, the longest varint, for each row.
const maxPayload = 10 * MaxRows

// NewEncoder makes the compressor that Encode wants. It is safe for concurrent use.
func NewEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithEncoderCRC(false),     // the blob has its own checksum
		zstd.WithSingleSegment(true),   // so that every frame tells its size
		zstd.WithWindowSize(1<<20),     // no payload is larger
		zstd.WithLowerEncoderMem(true), // one-shot use only
		zstd.WithZeroFrames(true),      //
		zstd.WithConcurrentBlocks(false),
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
