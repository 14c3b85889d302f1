//go:build linux || darwin || freebsd

package dbfile

import (
	"errors"
	"syscall"
)

// FreeSpace gives the bytes that the disk of a folder has room for.
func FreeSpace(folder string) (free int64, known bool) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return 0, false
	}
	return int64(stat.Bavail) * int64(stat.Bsize), true //nolint:unconvert // the types differ between systems
}

// IsNoSpace says that the system had no room left for a file.
func IsNoSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
