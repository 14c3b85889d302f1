package demo

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// output is the files that one run writes to a folder.
type output struct {
	dir   string
	files []*outputFile
}

// outputFile is one of them. What is written to it is buffered.
type outputFile struct {
	*bufio.Writer
	file *os.File
}

// create makes a file that must not be there yet.
func (o *output) create(name string) (*outputFile, error) {
	f, err := os.OpenFile(filepath.Join(o.dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	file := &outputFile{bufio.NewWriterSize(f, writeBuffer), f}
	o.files = append(o.files, file)
	return file, nil
}

// close ends the files. After an error, its own or the one that it is given, it removes them.
func (o *output) close(failed error) error {
	for _, f := range o.files {
		if failed == nil {
			failed = f.Flush()
		}
		if err := f.file.Close(); failed == nil {
			failed = err
		}
	}
	if failed == nil {
		return nil
	}
	failed = fmt.Errorf("write the demo's files: %w", failed)
	for _, f := range o.files {
		failed = errors.Join(failed, os.Remove(f.file.Name()))
	}
	return failed
}
