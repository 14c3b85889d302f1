package importer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"signpost/store/rawjson"
)

// Limits bound what files from outside may be inside.
type Limits struct {
	Unpacked int64 // bytes that all files together may unpack to
	Ratio    int64 // how many times its own size a file may unpack to, looked at from checkRatioFrom on
	Members  int   // files that an archive may hold
}

// checkRatioFrom is the unpacked size from which the ratio is checked. Small logs of equal lines pack very well.
const checkRatioFrom = 10 << 20

// Refused is a file that cannot be imported. Reason is a sentence that goes on from its name.
type Refused struct{ Name, Reason string }

// Check reads files to their ends and unpacks packed ones. It gives the files that are no export, that are damaged, and that
// are larger inside than is allowed. Nothing is imported. The error is of reading the files, or the context's.
func Check(ctx context.Context, limits Limits, files ...File) ([]Refused, error) {
	c := &check{ctx: ctx, limits: limits, im: newImporter(nil, nil, Options{MaxUnpacked: limits.Unpacked, MaxRatio: limits.Ratio})}
	for _, file := range files {
		if err := c.file(file); err != nil {
			return nil, fmt.Errorf("look at %s: %w", file.Name, err)
		}
	}
	return c.refused, nil
}

type check struct {
	ctx      context.Context
	limits   Limits
	im       *Importer
	refused  []Refused
	unpacked int64 // of all files so far
}

func (c *check) refuse(name, reason string) {
	c.refused = append(c.refused, Refused{name, reason})
}

func (c *check) file(from File) error {
	file, err := os.Open(from.Path)
	if err != nil {
		return err
	}
	defer file.Close() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return err
	}
	start := make([]byte, 4)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	part := &part{c: c, name: from.Name, packed: info.Size()}
	switch start = start[:n]; {
	case bytes.Equal(start, zipEmpty):
		c.refuse(from.Name, "is an archive without a file in it.")
	case bytes.Equal(start, zipMagic):
		return part.archive(file)
	default:
		return part.text(from.Name, file, false)
	}
	return nil
}

// part is one file, and how much of it and all its members is unpacked so far.
type part struct {
	c                *check
	name             string
	packed, unpacked int64
}

// archive looks at every file in a zip archive.
func (p *part) archive(file io.ReaderAt) error {
	// The list of members alone could fill the memory. It is read up to the size that the allowed number of members needs.
	list := &boundedAt{r: file, left: int64(p.c.limits.Members)*512 + 256<<10}
	archive, err := zip.NewReader(list, p.packed)
	list.left = -1
	switch {
	case errors.Is(err, errTooMany):
		p.c.refuse(p.name, p.tooMany())
		return nil
	case err != nil:
		p.c.refuse(p.name, "is a zip archive that is damaged or cut off. Make it again, or upload it again.")
		return nil
	}
	if isWorkbookArchive(archive) {
		p.c.refuse(p.name, isWorkbook)
		return nil
	}
	found := 0
	for _, member := range archive.File {
		if member.FileInfo().IsDir() || hidden(member.Name) {
			continue
		}
		if found++; found > p.c.limits.Members {
			p.c.refuse(p.name, p.tooMany())
			return nil
		}
		if refused := len(p.c.refused); refused >= 20 {
			return nil // that is enough to see what is wrong
		}
		if err := p.member(p.name+"/"+member.Name, member); err != nil {
			return err
		}
	}
	if found == 0 {
		p.c.refuse(p.name, "is an archive without a file in it.")
	}
	return nil
}

func (p *part) tooMany() string {
	return fmt.Sprintf("is an archive of more than %d files, the limit. Make several of it.", p.c.limits.Members)
}

func (p *part) member(name string, member *zip.File) error {
	if member.Flags&1 != 0 {
		p.c.refuse(name, "is encrypted. Unpack the archive first.")
		return nil
	}
	r, err := member.Open()
	if err != nil {
		p.c.refuse(name, "cannot be unpacked: it is damaged, or packed in a way that is not known here.")
		return nil
	}
	defer r.Close() // nothing was written
	return p.text(name, r, true)
}

// errTooBig ends the reading of a file that is larger inside than is allowed.
var (
	errTooBig  = errors.New("unpacks to too much")
	errTooMany = errors.New("too many files in the archive")
)

// lookAt is how much of a text tells what it is.
const lookAt = 64 << 10

// text looks at the start of a text, and reads a packed one to its end. A gzip file in an archive counts twice, packed and
// unpacked: either could be without end.
func (p *part) text(name string, r io.Reader, inArchive bool) error {
	outer := bufio.NewReader(&unpacking{p: p, r: r, counts: inArchive})
	magic, err := outer.Peek(len(gzipMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return p.explain(name, err)
	}
	isGzip := bytes.Equal(magic, gzipMagic)
	inner, _, err := p.c.im.unpack(outer)
	if err != nil {
		return p.explain(name, err)
	}
	inner = &unpacking{p: p, r: inner, counts: isGzip}
	b := bufio.NewReaderSize(inner, lookAt)
	start, err := b.Peek(lookAt)
	if err != nil && !errors.Is(err, io.EOF) {
		return p.explain(name, err)
	}
	if reason := whatIsWrong(start); reason != "" {
		p.c.refuse(name, reason)
		return nil
	}
	if isGzip || inArchive {
		if _, err := io.Copy(io.Discard, b); err != nil {
			return p.explain(name, err)
		}
	}
	return nil
}

// whatIsWrong says why a text with this start is no export. It is empty where the text may be one.
func whatIsWrong(start []byte) string {
	text := bytes.TrimLeftFunc(start, func(r rune) bool { return r < 0x80 && rawjson.IsBlank(byte(r)) })
	if len(text) == 0 {
		return "is empty."
	}
	switch c := contentOf(text); {
	case c.refused != "":
		return c.refused
	case c.isJSON, c.csv != nil:
		return ""
	case bytes.IndexByte(text, 0) >= 0:
		return "is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."
	}
	return "is no export that is known here: neither JSON nor CSV with the headings of one."
}

// explain turns what went wrong with a file into a refusal. The end of the context and errors of the disk stay errors.
func (p *part) explain(name string, err error) error {
	var tooBig errUnpacked
	switch {
	case p.c.ctx.Err() != nil:
		return p.c.ctx.Err()
	case errors.Is(err, errTooBig), errors.As(err, &tooBig):
		p.c.refuse(name, fmt.Sprintf("unpacks to more than is allowed: %d MiB in all, and %d times its size.", p.c.limits.Unpacked>>20, p.c.limits.Ratio))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		p.c.refuse(name, "is cut off. Upload it again.")
	case errors.As(err, new(*os.PathError)):
		return err
	default:
		var known flate.CorruptInputError
		if !errors.As(err, &known) && !errors.Is(err, gzip.ErrChecksum) && !errors.Is(err, gzip.ErrHeader) && !errors.Is(err, zip.ErrChecksum) && !errors.Is(err, zip.ErrFormat) {
			p.c.refuse(name, "cannot be read: "+err.Error()+".")
			return nil
		}
		p.c.refuse(name, "is damaged. Make it again, or upload it again.")
	}
	return nil
}

// unpacking counts what is unpacked and ends with errTooBig, or when the context ends.
type unpacking struct {
	p      *part
	r      io.Reader
	counts bool
}

func (u *unpacking) Read(b []byte) (int, error) {
	if err := u.p.c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.r.Read(b)
	if !u.counts {
		return n, err
	}
	u.p.unpacked += int64(n)
	u.p.c.unpacked += int64(n)
	if u.p.c.unpacked > u.p.c.limits.Unpacked || u.p.unpacked > checkRatioFrom && u.p.unpacked > u.p.c.limits.Ratio*max(u.p.packed, 1) {
		return 0, errTooBig
	}
	return n, err
}

// boundedAt fails once more than left bytes are read. A left below zero sets no bound.
type boundedAt struct {
	r    io.ReaderAt
	left int64
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if b.left < 0 {
		return b.r.ReadAt(p, off)
	}
	if int64(len(p)) > b.left {
		return 0, errTooMany
	}
	n, err := b.r.ReadAt(p, off)
	b.left -= int64(n)
	return n, err
}
