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
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The bounds of what a packed file unpacks to, unless Options say otherwise. Logs pack about 1:20. The files of an upload
// together have the same bound.
const (
	defaultMaxUnpacked = 40 << 30
	defaultMaxRatio    = 1000
	// ratioFrom is the unpacked size from which the ratio is checked.
	ratioFrom = 100 << 20
)

// errUnpacked says that a packed file is larger inside than is allowed.
type errUnpacked struct{ reason string }

func (e errUnpacked) Error() string { return e.reason }

// files gives the files of a path: the file itself, or all in the folder and below, in the order of names. Names that begin
// with a dot are left out: desktop systems and version control keep their own files there.
func files(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.Mode().IsRegular():
		return []string{path}, nil
	case !info.IsDir(): // how a file is packed is found out by reading its beginning twice
		return nil, fmt.Errorf("%s is a pipe or a device, and only files and folders are imported: save what it gives as a file", path)
	}
	var list []string
	err = filepath.WalkDir(path, func(at string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case at != path && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		// A link in a folder counts if it leads to a file. Links to folders could lead in circles.
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			list = append(list, at)
		}
		return nil
	})
	return list, err
}

// counter counts the bytes that are read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded stops reading a packed file that unpacks to more than is allowed. A small file could otherwise keep the importer
// busy for days.
type bounded struct {
	r              io.Reader
	packed         func() int64 // bytes taken so far
	n              int64
	limit, atRatio int64
	archive        *archiveBound // that the file is in; nil where it is in none
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > b.limit {
		return 0, errUnpacked{fmt.Sprintf("it unpacks to more than %d MiB, the limit: raise --max-unpacked if that is right", b.limit>>20)}
	}
	if b.n > ratioFrom && b.n > b.atRatio*max(b.packed(), 1) {
		return 0, errUnpacked{fmt.Sprintf("it unpacks to more than %d times its size: that is no log", b.atRatio)}
	}
	if err := b.archive.add(int64(n)); err != nil {
		return 0, err
	}
	return n, err
}

// archiveBound adds up the unpacked sizes of an archive's files. Each of many files alone would stay within the bounds.
type archiveBound struct {
	packed, unpacked int64 // bytes
	limit, atRatio   int64
}

// add counts bytes that were unpacked.
func (a *archiveBound) add(n int64) error {
	if a == nil {
		return nil
	}
	a.unpacked += n
	switch {
	case a.unpacked > a.limit:
		return errUnpacked{fmt.Sprintf("the files of the archive unpack to more than %d MiB together, the limit: unpack it and import the folder, or raise --max-unpacked", a.limit>>20)}
	case a.unpacked > ratioFrom && a.unpacked > a.atRatio*max(a.packed, 1):
		return errUnpacked{fmt.Sprintf("the files of the archive unpack to more than %d times its size together: those are no logs", a.atRatio)}
	}
	return nil
}

// declared counts the sizes that an archive states, before any of its files is read. Where it states too little, counting
// while unpacking finds it.
func (a *archiveBound) declared(files []*zip.File) error {
	says := *a
	for _, file := range files {
		if err := says.add(int64(min(file.UncompressedSize64, uint64(a.limit)+1))); err != nil {
			return err
		}
	}
	return nil
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zipMagic  = []byte("PK\x03\x04")
	zipEmpty  = []byte("PK\x05\x06")
)

// unpack gives the text of a file in UTF-8: gzip is unpacked, and a byte order mark is taken off. modified is when the text
// was written, where the packed data tells it.
func (im *Importer) unpack(r io.Reader) (text io.Reader, modified time.Time, err error) {
	in := &counter{r: r}
	b := bufio.NewReaderSize(in, 64<<10)
	start, err := b.Peek(4)
	if len(start) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return nil, modified, err
	}
	if bytes.HasPrefix(start, zipMagic) {
		if start, _ := b.Peek(8 << 10); isWorkbookStart(start) { // a shorter one is looked at as far as it goes
			return bytes.NewReader(oldWorkbook), time.Time{}, nil
		}
		return nil, modified, errors.New("a zip archive cannot be read from a stream or inside another archive: give it as a file")
	}
	if !bytes.HasPrefix(start, gzipMagic) {
		return im.plainText(b), modified, nil
	}
	unpacked, err := gzip.NewReader(b)
	if err != nil {
		return nil, modified, err
	}
	im.looksAt().isGzip()
	return im.plainText(bufio.NewReaderSize(&bounded{
		r: unpacked, packed: func() int64 { return in.n },
		limit: im.opts.MaxUnpacked, atRatio: im.opts.MaxRatio, archive: im.archive,
	}, 64<<10)), unpacked.ModTime, nil
}

// oldWorkbook are the first bytes of an old kind of workbook. They stand in for any workbook inside an archive.
var oldWorkbook = []byte("\xd0\xcf\x11\xe0")

// workbookNames are texts in the names of the files that a workbook consists of.
var workbookNames = []string{"xl/workbook", "[Content_Types].xml", "application/vnd.oasis.opendocument.spreadsheet"}

// isWorkbookStart says whether an archive with this start is a workbook.
func isWorkbookStart(start []byte) bool {
	for _, name := range workbookNames {
		if bytes.Contains(start, []byte(name)) {
			return true
		}
	}
	return false
}

// isWorkbookArchive says whether an archive is a workbook of Excel or an open document.
func isWorkbookArchive(archive *zip.Reader) bool {
	names := map[string]bool{}
	for _, file := range archive.File {
		if strings.HasPrefix(file.Name, "xl/workbook") {
			return true
		}
		names[file.Name] = true
	}
	return names["mimetype"] && names["content.xml"]
}

// plainText takes a byte order mark off, and turns UTF-16 into UTF-8. Windows tools write UTF-16, some without a mark.
func plainText(b *bufio.Reader) io.Reader {
	start, _ := b.Peek(64) // of a shorter text as much as there is; a real error comes again when the text is read
	if len(start) < 2 {
		return b
	}
	switch {
	case start[0] == 0xfe && start[1] == 0xff, start[0] == 0xff && start[1] == 0xfe:
		return transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case start[0] == 0xef && start[1] == 0xbb:
		if mark, err := b.Peek(3); err == nil && mark[2] == 0xbf {
			_, _ = b.Discard(3) // they were peeked, so they are there
		}
	default:
		if end, ok := endOfUTF16(start); ok && !isMagic(start) {
			return transform.NewReader(b, unicode.UTF16(end, unicode.IgnoreBOM).NewDecoder())
		}
	}
	return b
}

// endOfUTF16 tells UTF-16 without a mark by its zeros: text of mostly ASCII has one in every second byte. end says which of
// the two bytes of a character comes first.
func endOfUTF16(start []byte) (end unicode.Endianness, ok bool) {
	var zeros [2]int
	for i, c := range start {
		if c == 0 {
			zeros[i%2]++
		}
	}
	most, fewest := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	end = unicode.LittleEndian
	if zeros[0] > 0 {
		end = unicode.BigEndian
	}
	return end, len(start) >= 4 && fewest == 0 && most*3 >= len(start)
}

// importFile imports a file, or each file in a zip archive.
func (im *Importer) importFile(ctx context.Context, from File) (reports []reported, err error) {
	file, err := os.Open(from.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	received := im.started
	if !from.Uploaded {
		received = earlier(received, info.ModTime())
	}
	start := make([]byte, 4)
	n, _ := io.ReadFull(file, start) // a short file is no archive; an error comes again below
	if start = start[:n]; !bytes.Equal(start, zipMagic) && !bytes.Equal(start, zipEmpty) {
		if _, err := file.Seek(0, io.SeekStart); err != nil && n > 0 {
			return nil, err
		}
		again := func() (io.ReadCloser, error) { return os.Open(from.Path) }
		return []reported{im.importStream(ctx, from.Name, received, &im.progress, file, about{answers: im.answers(from), again: again})}, nil
	}
	archive, err := im.openArchive(file, info.Size())
	if err != nil {
		return nil, err
	}
	if isWorkbookArchive(archive) { // what it holds is no files of its own
		outcome := im.importStream(ctx, from.Name, received, nil, nil, about{answers: im.answers(from), workbook: from.Path})
		im.progress.bytes += info.Size()
		return []reported{outcome}, nil
	}
	im.archive = &archiveBound{packed: info.Size(), limit: im.opts.MaxUnpacked, atRatio: im.opts.MaxRatio}
	im.stated = statedBy(archive)
	defer func() { im.archive, im.stated = nil, nil }()
	members := from.members(archive)
	if err := im.archive.declared(members); err != nil {
		return nil, err
	}
	all := len(members)
	sort.SliceStable(members, func(i, j int) bool { return members[i].Name < members[j].Name })
	if im.explains {
		members = members[:min(all, maxExplained)]
	}
	done := im.progress.bytes
	for _, member := range members {
		if ctx.Err() != nil {
			break
		}
		reports = append(reports, im.importMember(ctx, from.Name+"/"+member.Name, earlier(received, member.Modified), member, im.answers(from)))
	}
	im.progress.bytes = done + info.Size()
	if all > len(members) {
		reports = append(reports, failed(from.Name, fmt.Errorf("the archive holds %d files: the first %d are explained", all, len(members))))
	}
	return reports, nil
}

// maxExplained is how many files of an archive are explained.
const maxExplained = 200

// openArchive reads the list of an archive's members. The list alone could fill the memory, so it is read up to the size that the
// allowed number of members needs.
func (im *Importer) openArchive(file io.ReaderAt, size int64) (*zip.Reader, error) {
	list := &boundedAt{r: file, left: -1}
	if im.opts.MaxMembers > 0 {
		list.left = listSize(im.opts.MaxMembers)
	}
	archive, err := zip.NewReader(list, size)
	list.left = -1
	switch {
	case errors.Is(err, errTooMany), err == nil && im.opts.MaxMembers > 0 && len(archive.File) > im.opts.MaxMembers:
		return nil, fmt.Errorf("the archive holds more than %d files, the limit: make several of it", im.opts.MaxMembers)
	case err != nil:
		return nil, fmt.Errorf("open the zip archive: %w", err)
	}
	return archive, nil
}

// members gives the files of an archive that are imported.
func (f File) members(archive *zip.Reader) (members []*zip.File) {
	for place, member := range archive.File {
		if isFile(member) && !slices.Contains(f.Without, place) {
			members = append(members, member)
		}
	}
	return members
}

// isFile is false for folders in an archive, and for what desktop systems put there.
func isFile(member *zip.File) bool { return !member.FileInfo().IsDir() && !hidden(member.Name) }

// hidden says whether a name in an archive is one that desktop systems put there.
func hidden(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(filepath.Base(name), ".")
}

func (im *Importer) importMember(ctx context.Context, path string, received time.Time, member *zip.File, answers Answers) reported {
	if member.Flags&1 != 0 {
		return failed(path, errors.New("the file in the archive is encrypted: unpack it first"))
	}
	r, err := member.Open()
	if err != nil {
		return failed(path, fmt.Errorf("open the file in the archive: %w", err))
	}
	defer r.Close() // nothing was written
	unpacked := &bounded{
		r: r, packed: func() int64 { return int64(member.CompressedSize64) },
		limit: im.opts.MaxUnpacked, atRatio: im.opts.MaxRatio, archive: im.archive,
	}
	return im.importStream(ctx, path, received, nil, unpacked, about{answers: answers, again: member.Open})
}

// answers gives what was said about a file, else about all.
func (im *Importer) answers(from File) Answers {
	a := from.Answers
	if a.Log == "" {
		a.Log = im.opts.Answers.Log
	}
	if a.Dates == "" {
		a.Dates = im.opts.Answers.Dates
	}
	if a.Zone == nil {
		a.Zone = im.opts.Answers.Zone
	}
	return a
}
