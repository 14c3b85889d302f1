//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile is a file that one process at a time holds; the system lets go of it when the process ends, however it ends.
type lockFile struct{ file *os.File }

// tryLock takes hold of a file, which it makes where it is missing; nil where another process holds it.
func tryLock(path string) (*lockFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &lockFile{file}, nil
	}
	closeErr := file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, closeErr
	}
	return nil, errors.Join(fmt.Errorf("lock the lock file: %w", err), closeErr)
}

func (l *lockFile) release() error { return l.file.Close() }

// Hold takes hold of a file for this process, and makes it where it is missing; held is false where another process has it. It
// is let go of when the process ends, however it ends.
func Hold(path string) (letGo func() error, held bool, err error) {
	lock, err := tryLock(path)
	if lock == nil {
		return nil, false, err
	}
	return lock.release, true, nil
}
