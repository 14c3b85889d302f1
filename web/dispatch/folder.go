package dispatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"signpost/auth"
)

// partPrefix begins the name of a file that is not whole yet.
const partPrefix = ".signpost-part-"

// removeParts removes the files that were not whole when the portal was killed.
func (d *Dispatcher) removeParts() error {
	if d.Folder == "" {
		return nil
	}
	entries, err := os.ReadDir(d.Folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), partPrefix) {
			err = errors.Join(err, os.Remove(filepath.Join(d.Folder, e.Name())))
		}
	}
	return err
}

// writeFile writes the file of a schedule into the folder. Its note is in a text file with the same name and .txt.
func (d *Dispatcher) writeFile(ctx context.Context, one *auth.Delivery, who auth.Readers, m message) error {
	if d.Folder == "" {
		return lasting{sentence("The portal has no folder for files: see --reports-folder.")}
	}
	return d.writeWhole(func(w io.Writer) (string, error) {
		file, err := d.makeFile(ctx, one, who, m, w)
		if err != nil {
			return "", err
		}
		name := fileName(one, filepath.Ext(file.Name))
		return name, d.writeNote(name+".txt", m.said()) // before the file, so that nobody finds the file without it
	})
}

// writeNote writes a note into the folder, or removes the note of an earlier attempt.
func (d *Dispatcher) writeNote(name, said string) error {
	if said == "" {
		err := os.Remove(filepath.Join(d.Folder, name))
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return withoutPath(err)
	}
	return d.writeWhole(func(w io.Writer) (string, error) {
		_, err := io.WriteString(w, said+"\n")
		return name, err
	})
}

// writeWhole writes a file into the folder. The file gets its name when it is whole. The name follows from the run, so a run that is
// written again replaces its file.
func (d *Dispatcher) writeWhole(write func(io.Writer) (name string, err error)) (err error) {
	part, err := os.CreateTemp(d.Folder, partPrefix+"*")
	if err != nil {
		return fmt.Errorf("begin the file: %w", withoutPath(err))
	}
	defer func() {
		if err != nil {
			_ = part.Close()           // its error is no news
			_ = os.Remove(part.Name()) // the next attempt makes another one
		}
	}()
	name, err := write(part)
	if err != nil {
		return err
	}
	if err = errors.Join(part.Sync(), part.Chmod(0o640), part.Close()); err != nil {
		return fmt.Errorf("write the file: %w", withoutPath(err))
	}
	if err = os.Rename(part.Name(), filepath.Join(d.Folder, name)); err != nil {
		return fmt.Errorf("name the file: %w", withoutPath(err))
	}
	return syncFolder(d.Folder)
}

// fileName is made of the name of the schedule, its number and the time of the run. Only letters, digits and hyphens of the name
// stay, so that it cannot lead out of the folder.
func fileName(one *auth.Delivery, extension string) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, one.Name)
	return fmt.Sprintf("%s_%d_%s%s", strings.Trim(name, "-"), one.Subscription, one.Due.UTC().Format("20060102T150405Z"), extension)
}

// withoutPath gives the reason of an error of a file without the path, which is not for the page.
func withoutPath(err error) error {
	var path *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func syncFolder(folder string) error {
	open, err := os.Open(folder)
	if err != nil {
		return withoutPath(err)
	}
	defer open.Close() //nolint:errcheck // it was read only
	// Some file systems cannot sync a folder; the file itself is whole.
	_ = open.Sync()
	return nil
}

var _ io.Writer = (*limited)(nil)
