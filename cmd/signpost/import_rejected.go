package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"signpost/store"
)

// checkRejected refuses a --rejected that could not be written after the import.
func (c *ImportCmd) checkRejected() error {
	if c.Rejected == "" {
		return nil
	}
	if c.Explain {
		return usageError{errors.New("--rejected and --explain exclude each other: --explain imports nothing")}
	}
	if _, err := os.Lstat(c.Rejected); err == nil {
		return usageError{fmt.Errorf("--rejected: %s is there already, and is not overwritten: name another file", c.Rejected)}
	}
	if folder, err := os.Stat(filepath.Dir(c.Rejected)); err != nil || !folder.IsDir() {
		return usageError{fmt.Errorf("--rejected: there is no folder %s", filepath.Dir(c.Rejected))}
	}
	if c.isRejectedArchive() {
		return nil
	}
	several := len(c.Paths) > 1
	for _, path := range c.Paths {
		info, err := os.Stat(path)
		several = several || err == nil && info.IsDir() || strings.EqualFold(filepath.Ext(path), ".zip")
	}
	if several {
		return usageError{errors.New("--rejected: the rejected records of several files need an archive: name a file that ends in .zip")}
	}
	return nil
}

func (c *ImportCmd) isRejectedArchive() bool {
	return strings.EqualFold(filepath.Ext(c.Rejected), ".zip")
}

// keptRejected is the rejected records of one file.
type keptRejected struct {
	report *store.ImportReport
	file   store.RejectedFile
}

// writeRejected writes the rejected records of all files, as the ledger keeps them.
func (c *ImportCmd) writeRejected(ctx context.Context, w store.Writer, reports []store.ImportReport, said io.Writer) error {
	if c.Rejected == "" {
		return nil
	}
	history, ok := w.(store.ImportHistory)
	if !ok {
		return errors.New("the store keeps no rejected records")
	}
	var files []keptRejected
	var total, kept int64
	for i := range reports {
		r := &reports[i]
		total += r.RejectedTotal
		if r.RejectedKept == 0 {
			continue
		}
		file, err := history.RejectedOf(context.WithoutCancel(ctx), r.ImportID)
		if err != nil {
			return err
		}
		kept += int64(len(file.Records))
		files = append(files, keptRejected{r, file})
	}
	if len(files) == 0 {
		fmt.Fprintf(said, "%s was not written: %s\n", store.VisibleText(c.Rejected), map[bool]string{true: "no record was rejected", false: "of the rejected records no text is kept"}[total == 0])
		return nil
	}
	write := func(out io.Writer) error {
		_, err := files[0].file.WriteTo(out)
		return err
	}
	switch {
	case c.isRejectedArchive():
		write = func(out io.Writer) error { return archiveRejected(out, files) }
	case len(files) > 1:
		return fmt.Errorf("%d files have some. Name a file that ends in .zip, or download them from the pages of the imports", len(files))
	}
	if err := writeNew(c.Rejected, write); err != nil {
		return err
	}
	fmt.Fprintf(said, "%s has %d of %s: correct them and import it again\n", store.VisibleText(c.Rejected), kept, countOf(total, "rejected record"))
	return nil
}

// archiveRejected writes the rejected records of each file under a name that tells its log.
func archiveRejected(out io.Writer, files []keptRejected) error {
	archive := zip.NewWriter(out)
	for i := range files {
		member, err := archive.Create(files[i].file.Name(files[i].report.Path, strconv.FormatInt(files[i].report.ImportID, 10)))
		if err != nil {
			return err
		}
		if _, err := files[i].file.WriteTo(member); err != nil {
			return err
		}
	}
	return archive.Close()
}

// writeNew writes a file that is not there yet. What is not whole is removed again.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is not overwritten", path)
	}
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
