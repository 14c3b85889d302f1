//go:build !linux

package sqlite

import "os"

// allocate gives a file room on the disk.
func allocate(file *os.File, bytes int64) error { return writeZeros(file, bytes) }
