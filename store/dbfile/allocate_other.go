//go:build !linux

package dbfile

import "os"

// allocate gives a file room on the disk.
func allocate(file *os.File, bytes int64) error { return writeZeros(file, bytes) }
