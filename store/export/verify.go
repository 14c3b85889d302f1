package export

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Bounds of a bundle: one that was made to do harm is refused before it costs more.
const (
	maxBundleFiles = 64
	maxNameBytes   = 200
	maxSumsBytes   = 64 << 10
	maxManifest    = 1 << 20
	maxDirectory   = 4 << 20 // read to find the files
	// Records pack to a tenth or a fiftieth. Files that pack far better are not records.
	maxPacking     = 250
	freelyUnpacked = 64 << 20 // whatever the size of the bundle
)

// Verified is the result of Verify.
type Verified struct {
	// Manifest is the bundle's own description; the zero value where it cannot be read.
	Manifest Manifest
	// ManifestSHA256 is the hash of MANIFEST.sha256. An unchanged bundle has the hash that its maker was told.
	ManifestSHA256 string
	// Problems are sentences about faults; none means that the bundle is as its manifest says.
	Problems []string
	// Files is the number of files without a fault.
	Files int
}

// Verify checks an evidence bundle against its manifest: all files are there and no others, each with its bytes
// and rows. It writes no files, and stops at sizes that no bundle can have. The error is one of reading r; faults
// of the bundle are in the result.
func Verify(r io.ReaderAt, size int64) (Verified, error) {
	b := &bundle{budget: max(freelyUnpacked, size*min(maxPacking, 1<<62/max(size, 1)))}
	file := &watchedReader{r: r, left: maxDirectory}
	reader, err := zip.NewReader(file, size)
	switch {
	case file.failure != nil:
		return b.Verified, file.failure
	case file.left < 0:
		b.problem("Its directory is longer than that of any bundle.")
		return b.Verified, nil
	case err != nil:
		b.problem("It is no zip file, or its end is cut off: %v.", err)
		return b.Verified, nil
	}
	file.left = math.MaxInt64
	b.check(reader)
	return b.Verified, file.failure
}

// watchedReader keeps the first error of reading the file itself, as distinct from faults of its content. It reads
// no more than left bytes.
type watchedReader struct {
	r       io.ReaderAt
	left    int64
	failure error
}

func (w *watchedReader) ReadAt(p []byte, off int64) (int, error) {
	if w.left -= int64(len(p)); w.left < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := w.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && w.failure == nil {
		w.failure = err
	}
	return n, err
}

// bundle is an evidence bundle under examination.
type bundle struct {
	Verified
	entries map[string]*zip.File
	// sums are the hashes by name, as MANIFEST.sha256 has them.
	sums map[string]string
	// budget is the number of bytes that may still be unpacked.
	budget int64
}

func (b *bundle) problem(format string, values ...any) {
	b.Problems = append(b.Problems, fmt.Sprintf(format, values...))
}

func (b *bundle) check(reader *zip.Reader) {
	if len(reader.File) > maxBundleFiles {
		b.problem("It has %d files; no bundle has more than %d.", len(reader.File), maxBundleFiles)
		return
	}
	if reader.Comment != "" {
		b.problem("The zip has a comment, which no bundle has.")
	}
	b.entries = map[string]*zip.File{}
	for _, file := range reader.File {
		switch {
		case !isPlainName(file.Name):
			b.problem("A file is called %s, which is no name of a bundle's file.", shownName(file.Name))
		case b.entries[file.Name] != nil:
			b.problem("%s is there twice.", shownName(file.Name))
		default:
			b.entries[file.Name] = file
		}
	}
	if !b.readSums() || !b.readManifest() {
		return
	}
	for _, file := range b.Manifest.Files {
		b.checkFile(file)
	}
	for _, entry := range reader.File {
		if name := entry.Name; isPlainName(name) && b.sums[name] == "" && name != sumsName {
			b.problem("%s is extra: the manifest does not have it.", shownName(name))
		}
	}
}

// isPlainName tells whether the name can only be a file's: no folder, no way up, nothing that a terminal obeys.
func isPlainName(name string) bool {
	if name == "" || len(name) > maxNameBytes || strings.Trim(name, ".") == "" {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// shownName is a name that a stranger chose, in a form that can be shown.
func shownName(name string) string {
	if isPlainName(name) {
		return name
	}
	return fmt.Sprintf("%.120q", name)
}

// small reads a file that describes the others.
func (b *bundle) small(name string, limit int64) (content []byte, ok bool) {
	entry := b.entries[name]
	if entry == nil {
		b.problem("%s is missing: this is no evidence bundle, or not a whole one.", name)
		return nil, false
	}
	var out bytes.Buffer
	if _, err := b.unpack(entry, limit, &out); err != nil {
		b.problem("%s %v.", name, err)
		return nil, false
	}
	return out.Bytes(), true
}

// errLonger means that a file has more bytes than it should.
var errLonger = errors.New("is longer than it may be")

// unpack reads a file to its end, within the limit and the budget.
func (b *bundle) unpack(entry *zip.File, limit int64, w io.Writer) (n int64, err error) {
	content, err := entry.Open()
	if err != nil {
		return 0, fmt.Errorf("cannot be read: %w", err)
	}
	defer content.Close() //nolint:errcheck // it was read only
	allowed := min(limit, b.budget)
	n, err = io.Copy(w, io.LimitReader(content, allowed+1))
	b.budget -= min(n, b.budget)
	switch {
	case err != nil:
		return n, fmt.Errorf("is damaged or cut off: %w", err)
	case n > limit:
		return n, errLonger
	case n > allowed:
		return n, errors.New("unpacks to more than records can: it was made to fill something up")
	}
	return n, nil
}

// readSums reads MANIFEST.sha256.
func (b *bundle) readSums() bool {
	text, ok := b.small(sumsName, maxSumsBytes)
	if !ok {
		return false
	}
	sum := sha256.Sum256(text)
	b.ManifestSHA256 = hex.EncodeToString(sum[:])
	b.sums = map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !found || !isSum(sum) || !isPlainName(name) || b.sums[name] != "" {
			b.problem("%s has a line that is none: %.120q.", sumsName, line)
			return false
		}
		b.sums[name] = strings.ToLower(sum)
	}
	return true
}

// isSum tells whether a text is a SHA-256 in hexadecimal digits.
func isSum(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == sha256.Size
}

// readManifest reads manifest.json, and compares the two manifests.
func (b *bundle) readManifest() bool {
	text, ok := b.small(manifestName, maxManifest)
	if !ok {
		return false
	}
	sum := sha256.Sum256(text)
	if b.sums[manifestName] != hex.EncodeToString(sum[:]) {
		b.problem("%s was altered: its SHA-256 is not the one of %s.", manifestName, sumsName)
	} else {
		b.Verified.Files++
	}
	if err := json.Unmarshal(text, &b.Manifest); err != nil || b.Manifest.Kind != manifestKind {
		b.problem("%s is not one of an evidence bundle.", manifestName)
		return false
	}
	if b.Manifest.Version != manifestVersion {
		b.problem("%s is of version %d; this program knows %d.", manifestName, b.Manifest.Version, manifestVersion)
		return false
	}
	var names []string
	for _, file := range b.Manifest.Files {
		if file == nil || !isPlainName(file.Name) || file.Size < 0 || !isSum(file.SHA256) || slices.Contains(names, file.Name) {
			b.problem("%s lists a file that can be none.", manifestName)
			return false
		}
		if names = append(names, file.Name); b.sums[file.Name] != strings.ToLower(file.SHA256) {
			b.problem("%s: %s and %s do not agree on it.", file.Name, manifestName, sumsName)
		}
	}
	for name := range b.sums {
		if name != manifestName && !slices.Contains(names, name) {
			b.problem("%s stands in %s and not in %s.", name, sumsName, manifestName)
		}
	}
	return true
}

// checkFile compares a file with its entry in the manifest.
func (b *bundle) checkFile(file *ManifestFile) {
	entry := b.entries[file.Name]
	if entry == nil {
		b.problem("%s is missing.", file.Name)
		return
	}
	sum, rows := sha256.New(), rowCounter{}
	switch {
	case strings.HasSuffix(file.Name, ".csv"):
		rows.heading, rows.quoted = 1, true
	case !strings.HasSuffix(file.Name, ".ndjson"):
		rows.none = true
	}
	before := len(b.Problems)
	n, err := b.unpack(entry, file.Size, io.MultiWriter(sum, &rows))
	got := hex.EncodeToString(sum.Sum(nil))
	switch {
	case errors.Is(err, errLonger):
		b.problem("%s was altered: it is longer than the %d bytes of the manifest.", file.Name, file.Size)
	case err != nil:
		b.problem("%s %v.", file.Name, err)
	case n < file.Size:
		b.problem("%s is cut off: it has %d bytes of %d.", file.Name, n, file.Size)
	case got != strings.ToLower(file.SHA256):
		b.problem("%s was altered: its SHA-256 is %s, not %s.", file.Name, got, file.SHA256)
	case !rows.none && rows.n-rows.heading != file.Rows:
		b.problem("%s has %d rows; the manifest says %d.", file.Name, rows.n-rows.heading, file.Rows)
	}
	if len(b.Problems) == before {
		b.Verified.Files++
	}
}

// rowCounter counts the line ends of its input. With quoted set it ignores those inside of quotes.
type rowCounter struct {
	n, heading           int64
	quoted, inside, none bool
}

func (c *rowCounter) Write(p []byte) (int, error) {
	switch {
	case c.none:
	case !c.quoted:
		c.n += int64(bytes.Count(p, []byte{'\n'}))
	default:
		for _, b := range p {
			switch {
			case b == '"':
				c.inside = !c.inside
			case b == '\n' && !c.inside:
				c.n++
			}
		}
	}
	return len(p), nil
}
