package dbfile

import (
	"errors"
	"os"
	"syscall"
)

// allocate gives a file room on the disk.
func allocate(file *os.File, bytes int64) error {
	err := syscall.Fallocate(int(file.Fd()), 0, 0, bytes)
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return writeZeros(file, bytes)
	}
	return err
}
