//go:build unix

package dbfile

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Hold takes hold of a file for this process, and makes it where it is missing; held is false where another process has it. It
// is let go of when the process ends, however it ends.
func Hold(path string) (letGo func() error, held bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("open the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file.Close, true, nil
	}
	closeErr := file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, false, closeErr
	}
	return nil, false, errors.Join(fmt.Errorf("lock the lock file: %w", err), closeErr)
}
