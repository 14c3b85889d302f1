//go:build unix

package web

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
)

// Several processes may serve one data folder. Each upload has a folder of its own with a file that its process holds. A
// process that starts clears the folders that nobody holds any more, and nothing else. A file next to the folders is held
// while one is made or cleared, because a folder that was just made is not yet held.

// held is a file that this process holds. The system releases it when the process ends in any way.
type held struct{ file *os.File }

// hold takes hold of a file, and makes it if it is missing. If another process holds the file, it waits for that process or
// gives nil at once.
func hold(path string, wait bool) (*held, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(file.Fd()), how)
	}
	if err == nil {
		return &held{file}, nil
	}
	closeErr := file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, closeErr
	}
	return nil, errors.Join(fmt.Errorf("lock the lock file: %w", err), closeErr)
}

// letGo releases the file to other processes. Closing it cannot fail in a way that would keep it.
func (h *held) letGo() { _ = h.file.Close() }

// heldName is the file in an upload's folder that its process holds. Files of the upload have other names.
const heldName = "held"

// uploadFolder is the folder for the uploads of all processes on a data folder.
type uploadFolder struct {
	path string
	log  *slog.Logger
}

// alone keeps other processes from making and clearing folders until letGo is called.
func (f uploadFolder) alone() (letGo func(), err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return nil, err
	}
	h, err := hold(f.path+".lock", true)
	if err != nil {
		return nil, err
	}
	return h.letGo, nil
}

// clear removes the uploads that no living process holds: a killed process left them. A folder that cannot be looked at
// stays, and the log says so.
func (f uploadFolder) clear() error {
	entries, err := os.ReadDir(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for what was left of uploads: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	letGo, err := f.alone()
	if err != nil {
		return fmt.Errorf("clear what was left of uploads: %w", err)
	}
	defer letGo()
	for _, entry := range entries {
		if err := f.clearOne(filepath.Join(f.path, entry.Name())); err != nil {
			f.log.Warn("clear what was left of an upload", "folder", entry.Name(), "error", err)
		}
	}
	return nil
}

func (f uploadFolder) clearOne(path string) error {
	// A folder without the file was left before the file was made, or by an earlier version.
	if _, err := os.Stat(filepath.Join(path, heldName)); err == nil {
		h, err := hold(filepath.Join(path, heldName), false)
		if err != nil || h == nil {
			return err
		}
		defer h.letGo()
	}
	return os.RemoveAll(path)
}

// make makes a folder for an upload and holds it.
func (f uploadFolder) make() (path string, _ *held, err error) {
	letGo, err := f.alone()
	if err != nil {
		return "", nil, err
	}
	defer letGo()
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return "", nil, fmt.Errorf("make the folder of uploads: %w", err)
	}
	if path, err = os.MkdirTemp(f.path, ""); err != nil {
		return "", nil, fmt.Errorf("make a folder for the upload: %w", err)
	}
	h, err := hold(filepath.Join(path, heldName), false)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(path))
	}
	return path, h, nil
}
