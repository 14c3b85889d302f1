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
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"signpost/store"
	"signpost/store/rawjson"
)

// Limits bound what files from outside may be inside.
type Limits struct {
	Unpacked int64 // bytes that all files together may unpack to
	Ratio    int64 // how many times its own size a file may unpack to, looked at from checkRatioFrom on
	Members  int   // files that an archive may hold
	// Mappings are those that are applied to files of no known format.
	Mappings []store.Mapping
}

// checkRatioFrom is the unpacked size from which the ratio is checked. Small logs of equal lines pack very well.
const checkRatioFrom = 10 << 20

// maxRefusedMembers is the number of refused members at which the check of an archive ends. It is enough to see what is wrong.
const maxRefusedMembers = 20

// Refused is a file that cannot be imported, or a member of an archive. Reason is a sentence that goes on from its name.
type Refused struct {
	Name, Reason string
	File         int // place among the checked files; names may repeat
	// Member is the place in the archive's list of the one member to be left out. It is Whole where nothing of the file may be
	// imported.
	Member int
	// Mappable says that the file has columns, so a mapping would make it one that is read.
	Mappable bool
}

// Whole is the Member of a refusal of a whole file.
const Whole = -1

// Check reads files to their ends and unpacks packed ones. It gives the files that are no export, that are damaged, and that
// are larger inside than is allowed. Nothing is imported. The error is of reading the files, or the context's.
// What it does not refuse may be imported.
func Check(ctx context.Context, limits Limits, files ...File) ([]Refused, error) {
	c := &check{ctx: ctx, limits: limits, im: newImporter(nil, nil, Options{MaxUnpacked: limits.Unpacked, MaxRatio: limits.Ratio, Mappings: limits.Mappings})}
	for i, file := range files {
		if err := c.file(i, file); err != nil {
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
	unpacked int64 // bytes, of all files and members so far that are not refused
}

func (c *check) file(place int, from File) error {
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
	part := &part{c: c, place: place, name: from.Name, path: from.Path, packed: info.Size(), member: Whole}
	switch start = start[:n]; {
	case bytes.Equal(start, zipEmpty):
		part.refuse(from.Name, "is an archive without a file in it.")
	case bytes.Equal(start, zipMagic):
		err = part.archive(file)
	default:
		err = part.text(from.Name, file, false)
	}
	c.refused = append(c.refused, part.refused...)
	if part.isWhollyRefused() {
		c.unpacked -= part.counted
	}
	return err
}

// part is one file with its members.
type part struct {
	c       *check
	place   int // of the file
	name    string
	path    string
	packed  int64
	member  int // place of the member that is looked at; Whole outside of one
	refused []Refused
	// unpacked is all that was unpacked so far. It bounds the work by the ratio, so what is refused stays in it.
	unpacked int64
	counted  int64 // the share of this file in check.unpacked
}

func (p *part) refuse(name, reason string) {
	p.refused = append(p.refused, Refused{Name: name, Reason: reason, File: p.place, Member: p.member})
}

// refuseWhole refuses the file with all its members. The refusal stands before those of its members.
func (p *part) refuseWhole(name, reason string) {
	p.refused = slices.Insert(p.refused, 0, Refused{Name: name, Reason: reason, File: p.place, Member: Whole})
}

func (p *part) isWhollyRefused() bool {
	return slices.ContainsFunc(p.refused, func(r Refused) bool { return r.Member == Whole })
}

// archive looks at every file in a zip archive.
func (p *part) archive(file io.ReaderAt) error {
	// The list of members alone could fill the memory. It is read up to the size that the allowed number of members needs.
	list := &boundedAt{r: file, left: listSize(p.c.limits.Members)}
	archive, err := zip.NewReader(list, p.packed)
	list.left = -1
	switch {
	case errors.Is(err, errTooMany):
		p.refuse(p.name, p.tooMany())
		return nil
	case err != nil:
		p.refuse(p.name, "is a zip archive that is damaged or cut off. Make it again, or upload it again.")
		return nil
	}
	if isWorkbookArchive(archive) {
		book, refused := openWorkbook(p.path, p.c.limits.Unpacked)
		if refused != "" {
			p.refuse(p.name, refused)
			return nil
		}
		return book.Close()
	}
	members := 0
	for _, member := range archive.File {
		if isFile(member) {
			members++
		}
	}
	switch {
	case members > p.c.limits.Members:
		p.refuse(p.name, p.tooMany())
		return nil
	case members == 0:
		p.refuse(p.name, "is an archive without a file in it.")
		return nil
	}
	for place, member := range archive.File {
		if !isFile(member) {
			continue
		}
		if len(p.refused) >= maxRefusedMembers {
			p.refuseWhole(p.name, fmt.Sprintf("was left out whole: %d of its files cannot be imported, and the others were not looked at.", maxRefusedMembers))
			return nil
		}
		if err := p.lookInto(place, member); err != nil || p.isWhollyRefused() {
			return err
		}
	}
	if len(p.refused) == members {
		for i := range p.refused {
			p.refused[i].Member = Whole
		}
	}
	return nil
}

// lookInto looks at a member. A refused one leaves its room to the others.
func (p *part) lookInto(place int, member *zip.File) error {
	counted, refused := p.counted, len(p.refused)
	p.member = place
	defer func() { p.member = Whole }()
	err := p.read(p.name+"/"+member.Name, member)
	if len(p.refused) > refused {
		p.c.unpacked -= p.counted - counted
		p.counted = counted
	}
	return err
}

func (p *part) tooMany() string {
	return fmt.Sprintf("is an archive of more than %d files, the limit. Make several of it.", p.c.limits.Members)
}

func (p *part) read(name string, member *zip.File) error {
	if member.Flags&1 != 0 {
		p.refuse(name, "is encrypted. Unpack the archive first.")
		return nil
	}
	r, err := member.Open()
	if err != nil {
		p.refuse(name, "cannot be unpacked: it is damaged, or packed in a way that is not known here.")
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
	if reason := whatIsWrong(start); reason != "" && !p.c.im.hasMapping(start) {
		p.refuse(name, reason)
		_, isTable := tableOfText(bytes.TrimLeft(start, " \t\r\n"))
		p.refused[len(p.refused)-1].Mappable = reason == noExport && isTable
		return nil
	}
	if isGzip || inArchive {
		if _, err := io.Copy(io.Discard, b); err != nil {
			return p.explain(name, err)
		}
	}
	return nil
}

// noExport is said of a text of no known format.
const noExport = "is no export that is known here: neither JSON nor CSV with the headings of one."

// whatIsWrong says why a text with this start is no export. It is empty where the text may be one.
func whatIsWrong(start []byte) string {
	text := bytes.TrimLeftFunc(start, func(r rune) bool { return r < 0x80 && rawjson.IsBlank(byte(r)) })
	if len(text) == 0 {
		return "is empty."
	}
	switch c := contentOf(text); {
	case c.refused != "":
		return c.refused
	case c.isCapture:
		return otherAvro(text)
	case c.isJSON, c.csv != nil:
		return ""
	case bytes.IndexByte(text, 0) >= 0:
		return "is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."
	}
	return noExport
}

// explain turns what went wrong with a file into a refusal. The end of the context and errors of the disk stay errors.
func (p *part) explain(name string, err error) error {
	var tooBig errUnpacked
	switch {
	case p.c.ctx.Err() != nil:
		return p.c.ctx.Err()
	case errors.Is(err, errTooBig), errors.As(err, &tooBig):
		reason := fmt.Sprintf("unpacks to more than is allowed: %d MiB in all, and %d times its size.", p.c.limits.Unpacked>>20, p.c.limits.Ratio)
		if p.member != Whole { // the bounds are those of the archive
			reason += " The whole archive was left out."
		}
		p.refuseWhole(name, reason)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		p.refuse(name, "is cut off. Upload it again.")
	case errors.As(err, new(*os.PathError)):
		return err
	default:
		var known flate.CorruptInputError
		if !errors.As(err, &known) && !errors.Is(err, gzip.ErrChecksum) && !errors.Is(err, gzip.ErrHeader) && !errors.Is(err, zip.ErrChecksum) && !errors.Is(err, zip.ErrFormat) {
			p.refuse(name, "cannot be read: "+err.Error()+".")
			return nil
		}
		p.refuse(name, "is damaged. Make it again, or upload it again.")
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
	u.p.counted += int64(n)
	u.p.c.unpacked += int64(n)
	if u.p.c.unpacked > u.p.c.limits.Unpacked || u.p.unpacked > checkRatioFrom && u.p.unpacked > u.p.c.limits.Ratio*max(u.p.packed, 1) {
		return 0, errTooBig
	}
	return n, err
}

// boundedAt fails once more than left bytes are read. A left below zero sets no bound.
// listSize is the size in bytes that the list of so many members needs at most.
func listSize(members int) int64 { return int64(members)*512 + 256<<10 }

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
