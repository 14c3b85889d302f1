package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"signpost/store"
)

// People can sign in while the disk is full: some room is kept back for portal.db, which a session takes a page of. An
// import is refused as long as less than that is free. serve also holds the room by a file, since it is not alone on the
// disk. Whoever writes to portal.db and finds no room empties that file. Once there is room again the file gets it back,
// and imports go on.

// DefaultReserve is how many bytes are kept back unless an option says otherwise.
const DefaultReserve = 64 << 20

// reserveFile holds the room.
const reserveFile = "reserve"

// reserve is the room that is kept back in a folder.
type reserve struct {
	folder string
	bytes  int64 // 0: none
	// holds says that this process holds the room by the file.
	holds bool
	// free gives the room on the folder's disk; freeSpace where nil.
	free func(folder string) (bytes int64, known bool)
}

// WithReserve keeps so many bytes of the disk back; 0 for none. Where holds is true they are held by a file.
func WithReserve(bytes int64, holds bool) Option {
	return func(db *DB) { db.reserve.bytes, db.reserve.holds = bytes, holds }
}

func (r *reserve) path() string { return filepath.Join(r.folder, reserveFile) }

// room gives the free bytes of the disk, and how many the file holds.
func (r *reserve) room() (free, held int64, known bool) {
	measure := r.free
	if measure == nil {
		measure = freeSpace
	}
	free, known = measure(r.folder)
	return free, min(sizeOf(r.path()), r.bytes), known
}

// refuse is store.ErrDiskFull where what is kept back would be written to. What no file holds is kept with as much again as
// a batch of an import takes.
func (r *reserve) refuse() error {
	if r == nil || r.bytes == 0 {
		return nil
	}
	free, held, known := r.room()
	if !known || held >= r.bytes || free >= r.bytes+r.batch() {
		return nil
	}
	return fmt.Errorf("%w: the disk of %s has %s free, and %s are kept back so that people can sign in. Make room", store.ErrDiskFull, r.folder, megabytes(free), megabytes(r.bytes))
}

// batch is about what one batch of an import takes.
func (r *reserve) batch() int64 { return r.bytes / 4 }

// take makes the file hold the room, where that leaves as much again. What fails is tried again by and by.
func (r *reserve) take() {
	if !r.holds || r.bytes == 0 || sizeOf(r.path()) >= r.bytes {
		return
	}
	if free, _, known := r.room(); known && free < 2*r.bytes {
		return
	}
	file, err := os.OpenFile(r.path(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return
	}
	err = allocate(file, r.bytes)
	if errors.Join(err, file.Close()) != nil {
		_ = releaseReserve(r.folder) // half of it is of no use
	}
}

// releaseReserve lets go of the room that a file holds in a folder; it says whether there was any.
func releaseReserve(folder string) bool {
	path := filepath.Join(folder, reserveFile)
	return sizeOf(path) > 0 && os.Truncate(path, 0) == nil
}

// writeZeros writes zeros to a file: for a file system that cannot promise room otherwise.
func writeZeros(file *os.File, bytes int64) error {
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < bytes; at += int64(len(zeros)) {
		if _, err := file.WriteAt(zeros[:min(int64(len(zeros)), bytes-at)], at); err != nil {
			return err
		}
	}
	return file.Sync()
}

// DiskFull says that the disk has no room for another batch of an import.
func (db *DB) DiskFull() bool {
	free, _, known := db.reserve.room()
	return db.reserve.refuse() != nil || known && free < db.reserve.batch()
}
