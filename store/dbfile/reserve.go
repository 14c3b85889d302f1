package dbfile

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

// Reserve is the room that is kept back in a folder.
type Reserve struct {
	folder string
	bytes  int64 // 0: none
	// holds says that this process holds the room by the file.
	holds bool
	// free gives the room on the folder's disk; FreeSpace where nil.
	free func(folder string) (bytes int64, known bool)
}

// NewReserve keeps so many bytes of a folder's disk back; 0 for none. Where holds is true they are held by a file.
func NewReserve(folder string, bytes int64, holds bool) *Reserve {
	return &Reserve{folder: folder, bytes: bytes, holds: holds}
}

func (r *Reserve) path() string { return filepath.Join(r.folder, reserveFile) }

// room gives the free bytes of the disk, and how many the file holds.
func (r *Reserve) room() (free, held int64, known bool) {
	measure := r.free
	if measure == nil {
		measure = FreeSpace
	}
	free, known = measure(r.folder)
	return free, min(Size(r.path()), r.bytes), known
}

// Refuse is store.ErrDiskFull where what is kept back would be written to. What no file holds is kept with as much again as
// a batch of an import takes.
func (r *Reserve) Refuse() error {
	if r == nil || r.bytes == 0 {
		return nil
	}
	free, held, known := r.room()
	if !known || held >= r.bytes || free >= r.bytes+r.batch() {
		return nil
	}
	return fmt.Errorf("%w: the disk of %s has %s free, and %s are kept back so that people can sign in. Make room", store.ErrDiskFull, r.folder, Megabytes(free), Megabytes(r.bytes))
}

// batch is about what one batch of an import takes.
func (r *Reserve) batch() int64 { return r.bytes / 4 }

// Take makes the file hold the room, where that leaves as much again. What fails is tried again by and by.
func (r *Reserve) Take() {
	if !r.holds || r.bytes == 0 || Size(r.path()) >= r.bytes {
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
		_ = ReleaseReserve(r.folder) // half of it is of no use
	}
}

// ReleaseReserve lets go of the room that a file holds in a folder; it says whether there was any.
func ReleaseReserve(folder string) bool {
	path := filepath.Join(folder, reserveFile)
	return Size(path) > 0 && os.Truncate(path, 0) == nil
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

// Full says that the disk has no room for another batch of an import.
func (r *Reserve) Full() bool {
	free, _, known := r.room()
	return r.Refuse() != nil || known && free < r.batch()
}

// ReservePart is the part of a reserve that one file may use where everything else that needs room is refused. What is left of the
// reserve stays for portal.db.
type ReservePart struct {
	of    *Reserve
	bytes int64
}

// Part gives a part of the reserve. It is all of a smaller one. A nil reserve has nil parts, which refuse nothing.
func (r *Reserve) Part(bytes int64) *ReservePart {
	if r == nil {
		return nil
	}
	return &ReservePart{of: r, bytes: min(bytes, r.bytes)}
}

// left is how many bytes the part leaves of the reserve.
func (p *ReservePart) left() int64 { return p.of.bytes - p.bytes }

// Refuse is store.ErrDiskFull where the part is used up.
func (p *ReservePart) Refuse() error {
	if p == nil || p.of.bytes == 0 {
		return nil
	}
	free, held, known := p.of.room()
	if !known || free+held >= p.left() {
		return nil
	}
	return fmt.Errorf("%w: the disk of %s has %s left, and %s of them are kept back so that people can sign in. Make room", store.ErrDiskFull, p.of.folder, Megabytes(free+held), Megabytes(p.left()))
}

// lentAtOnce is how much of the part is let go of at a time: another program may take it first.
const lentAtOnce = 1 << 20

// Lend lets go of some of the part that the reserve's file holds. It says whether there was any: what failed for want of room may
// then be tried again.
func (p *ReservePart) Lend() bool {
	if p == nil {
		return false
	}
	size := Size(p.of.path())
	if size <= p.left() {
		return false
	}
	return os.Truncate(p.of.path(), max(p.left(), size-lentAtOnce)) == nil
}

// MakeRoom lets go of the room that this process holds where the disk is full, so that people can sign in.
func (r *Reserve) MakeRoom() {
	if r.holds && IsFull(r.folder) {
		_ = ReleaseReserve(r.folder) // what is written next says whether there is room
	}
}
