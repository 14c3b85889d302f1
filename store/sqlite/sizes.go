package sqlite

import (
	"time"

	"signpost/store/sqlite/segment"
)

// sizes say how many rows are kept in memory and in segments, and when that changes. Tests make many segments of few
// rows.
type sizes struct {
	segment int // rows of a segment, at most
	// piece is the rows of a piece of a segment that a range cuts; see eachPiece.
	piece int
	// A log's rows in memory are sealed when there are that many, or when there are some and nothing was imported for a
	// while.
	sealRows, idleRows int
	idleTime           time.Duration
	// Segments of fewer rows than smallRows are joined when there are smallSegments of them.
	smallRows, smallSegments int
	// partKeys is how many changed keys are read at a time: a row takes a kilobyte until its columns are made.
	partKeys int
	// backlogBytes is how many bytes of changed keys (three or four a key) a question reads at most.
	backlogBytes int64
	// maxJoined bounds the rows that are joined while a question waits for it.
	maxJoined int
	// walkedRows is how many rows a page of groups walks along before it counts whole windows.
	walkedRows int
	// graveTime is how long the columns of a segment that was replaced stay: questions may still be reading them.
	graveTime time.Duration
	// refillRows is how many rows of older rules are made again in one transaction, refillTime how long that goes on at a time.
	refillRows int
	refillTime time.Duration
	// tick is how often the sealer looks whether there is something to do, and retryTime how long it waits when it
	// could not do it.
	tick, retryTime time.Duration
	// watchTime is how often the write-ahead logs are looked at. A log of watchBytes should have been copied into its file
	// long ago.
	watchTime  time.Duration
	watchBytes int64
}

func usualSizes() sizes {
	return sizes{
		segment: segment.MaxRows, piece: 4096, sealRows: segment.MaxRows, idleRows: 4096, idleTime: 10 * time.Second,
		smallRows: segment.MaxRows / 4, smallSegments: 8, partKeys: 8192, backlogBytes: 2 << 20, maxJoined: 16384,
		walkedRows: 4096, graveTime: time.Minute, refillRows: 4096, refillTime: 100 * time.Millisecond, tick: 250 * time.Millisecond, retryTime: 30 * time.Second,
		watchTime: time.Minute, watchBytes: 256 << 20,
	}
}
