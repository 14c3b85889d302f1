package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const checkRecord = `{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","appId":"a"}`

func gzipOf(t *testing.T, text []byte) []byte {
	t.Helper()
	return gzipped(t, string(text))
}

// manyMembers is an archive of empty files.
func manyMembers(t *testing.T, n int) []byte {
	pairs := make([]string, 0, 2*n)
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("%d.json", i), "{}")
	}
	return zipped(t, pairs...)
}

func checkOf(t *testing.T, contents ...[]byte) string {
	t.Helper()
	_, refused := checkIn(t, Limits{Unpacked: 64 << 20, Ratio: 100, Members: 50}, contents...)
	var lines []string
	for _, r := range refused {
		lines = append(lines, r.Name+" "+r.Reason)
	}
	return strings.Join(lines, "\n")
}

// checkIn checks files that are called f0, f1 and so on.
func checkIn(t *testing.T, limits Limits, contents ...[]byte) ([]File, []Refused) {
	t.Helper()
	folder := t.TempDir()
	var list []File
	for i, content := range contents {
		path := filepath.Join(folder, fmt.Sprint(i))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, File{Path: path, Name: fmt.Sprintf("f%d", i)})
	}
	refused, err := Check(t.Context(), limits, list...)
	if err != nil {
		t.Fatal(err)
	}
	return list, refused
}

func TestCheck(t *testing.T) {
	record := []byte(checkRecord + "\n")
	zeros := bytes.Repeat([]byte{' '}, 20<<20)
	packed := gzipOf(t, bytes.Repeat(record, 1000))
	archive := zipped(t, "a.json", checkRecord, "b.json", checkRecord)
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-6] ^= 0xff // of the checksum
	utf16 := []byte{0xff, 0xfe}
	for _, b := range record {
		utf16 = append(utf16, b, 0)
	}
	for _, test := range []struct {
		what    string
		content []byte
		want    string // the reason without the file's name; empty for none
	}{
		{"NDJSON", record, ""},
		{"an array", []byte(" \n[" + checkRecord + "]"), ""},
		{"UTF-16", utf16, ""},
		{"UTF-16 without a mark", utf16[2:], ""},
		{"a portal CSV", []byte("Date (UTC),Request ID,User\n1,2,3\n"), ""},
		{"gzip", packed, ""},
		{"zip", archive, ""},
		{"zip with gzip in it", zipped(t, "a.json.gz", string(packed)), ""},
		{"zip with what desktops add", zipped(t, "__MACOSX/._a.json", "\x00\x05", "a.json", checkRecord), ""},
		{"nothing", nil, "f0 is empty."},
		{"spaces", []byte(" \n\t "), "f0 is empty."},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "f0 is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."},
		{"prose", []byte("Dear administrator,\n"), "f0 is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"another CSV", []byte("a,b\n1,2\n"), "f0 is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"gzip of a picture", gzipOf(t, []byte("\x89PNG\x00")), "f0 is no text, so no export of sign-in logs. Upload JSON, NDJSON or CSV, plain or packed."},
		{"half a gzip", packed[:len(packed)/2], "f0 is cut off. Upload it again."},
		{"gzip, start only", packed[:5], "f0 is cut off. Upload it again."},
		{"a damaged gzip", damaged, "f0 is damaged. Make it again, or upload it again."},
		{"half a zip", archive[:len(archive)/2], "f0 is a zip archive that is damaged or cut off. Make it again, or upload it again."},
		{"an empty zip", zipped(t), "f0 is an archive without a file in it."},
		{"a zip of folders", zipped(t, "a/", ""), "f0 is an archive without a file in it."},
		{"a zip in a zip", zipped(t, "b.zip", string(archive)), "f0/b.zip cannot be read: a zip archive cannot be read from a stream or inside another archive: give it as a file."},
		{"a zip with one bad file", zipped(t, "a.json", checkRecord, "b.txt", "hello"), "f0/b.txt is no export that is known here: neither JSON nor CSV with the headings of one."},
		{"too many files", manyMembers(t, 51), "f0 is an archive of more than 50 files, the limit. Make several of it."},
		{"far too many files", manyMembers(t, 20_000), "f0 is an archive of more than 50 files, the limit. Make several of it."},
		{"a gzip bomb", gzipOf(t, append(bytes.Clone(record), zeros...)), "f0 unpacks to more than is allowed: 64 MiB in all, and 100 times its size."},
		{"a zip bomb", zipped(t, "a.json", checkRecord+string(zeros)), "f0/a.json unpacks to more than is allowed: 64 MiB in all, and 100 times its size. The whole archive was left out."},
		{"a bomb in a zip", zipped(t, "a.json.gz", string(gzipOf(t, append(bytes.Clone(record), zeros...)))), "f0/a.json.gz unpacks to more than is allowed: 64 MiB in all, and 100 times its size. The whole archive was left out."},
	} {
		if got := checkOf(t, test.content); got != test.want {
			t.Errorf("%s: got %q, want %q", test.what, got, test.want)
		}
	}
}

// The bound holds for all files together, not only for each of them.
func TestCheckBoundsTheSum(t *testing.T) {
	t.Parallel()
	var random strings.Builder
	for i := 0; random.Len() < 12<<20; i++ {
		fmt.Fprintf(&random, "{\"id\":\"%d\"}\n", i*2654435761)
	}
	packed := gzipOf(t, []byte(random.String()))
	five := [][]byte{packed, packed, packed, packed, packed}
	if got := checkOf(t, five...); got != "" {
		t.Errorf("60 MiB in five files: got %q, want none refused", got)
	}
	if got, want := checkOf(t, append(five, packed)...), "f5 unpacks to more than is allowed: 64 MiB in all, and 100 times its size."; got != want {
		t.Errorf("72 MiB in six files: got %q, want %q", got, want)
	}
}

// wholes are the places of the files that must not be imported at all. leftOut are the places of other files with those of
// their refused members.
func wholes(refused []Refused) (wholes []int, leftOut map[int][]int) {
	leftOut = map[int][]int{}
	for _, r := range refused {
		switch {
		case r.Member != Whole:
			leftOut[r.File] = append(leftOut[r.File], r.Member)
		case !slices.Contains(wholes, r.File):
			wholes = append(wholes, r.File)
		}
	}
	for _, file := range wholes {
		delete(leftOut, file)
	}
	return wholes, leftOut
}

// Of an archive the bad members alone are refused, by their places: two members may have one name. An import without them
// brings in the others.
func TestCheckRefusesSingleMembers(t *testing.T) {
	limits := Limits{Unpacked: 1 << 20, Ratio: 100, Members: 50}
	archive := zipped(t, "folder/", "", "z.json", line(1), "a.pdf", "%PDF", "__MACOSX/._a", "\x00", "z.json", "", "b.json", line(2))
	bad := zipped(t, "a.pdf", "%PDF", "b.pdf", "%PDF")
	list, refused := checkIn(t, limits, archive, bad)
	whole, leftOut := wholes(refused)
	if !slices.Equal(whole, []int{1}) || len(leftOut) != 1 || !slices.Equal(leftOut[0], []int{2, 4}) {
		t.Errorf("got %+v, want the members 2 and 4 of the first file, and the second one whole", refused)
	}
	list[0].Without = leftOut[0]
	reports, err := New(newFakeWriter(), Options{}).Files(t.Context(), list[0])
	if err != nil || len(reports) != 2 || reports[0].Path != "f0/b.json" || reports[1].Path != "f0/z.json" || reports[0].New+reports[1].New != 2 {
		t.Errorf("got %+v, %v, want b.json and the good z.json", reports, err)
	}
}

// The check of an archive ends at 20 refused members, whatever was refused before. The rest of it was not looked at, so it is
// refused whole.
func TestCheckImportsNothingUnchecked(t *testing.T) {
	pdf := []byte("%PDF")
	var contents [][]byte
	for range 20 {
		contents = append(contents, pdf)
	}
	var pdfs []string
	for i := range 25 {
		pdfs = append(pdfs, fmt.Sprintf("%d.pdf", i), "%PDF")
	}
	good := zipped(t, "a.json", checkRecord)
	contents = append(contents, manyMembers(t, 51), zipped(t, append(pdfs, "a.json", checkRecord)...), good, zipped(t, "a.json", checkRecord, "b.json.gz", "\x1f\x8b"))
	_, refused := checkIn(t, Limits{Unpacked: 1 << 20, Ratio: 100, Members: 50}, contents...)
	whole, leftOut := wholes(refused)
	if len(whole) != 22 || !slices.Contains(whole, 20) || !slices.Contains(whole, 21) || len(leftOut) != 1 || !slices.Equal(leftOut[23], []int{1}) {
		t.Errorf("whole are %v, single members %v, want the files 0 to 21, and the member 1 of the file 23", whole, leftOut)
	}
	if first := refused[slices.IndexFunc(refused, func(r Refused) bool { return r.File == 21 })]; first.Name != "f21" ||
		first.Reason != "was left out whole: 20 of its files cannot be imported, and the others were not looked at." {
		t.Errorf("the archive of 25 is first refused by %+v", first)
	}
}

// A refused file or member leaves its room to the files after it.
func TestCheckGivesRoomBack(t *testing.T) {
	half := bytes.Repeat([]byte(checkRecord+"\n"), 600<<10/(len(checkRecord)+1))
	packed, large := gzipOf(t, half), gzipOf(t, bytes.Repeat(half, 3))
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-6] ^= 0xff // of the checksum
	limits := Limits{Unpacked: 1 << 20, Ratio: 1000, Members: 50}
	for what, before := range map[string][]byte{
		"a file over the limit":      large,
		"a damaged file":             damaged,
		"a damaged member":           zipped(t, "a.json", checkRecord, "b.json.gz", string(damaged)),
		"an archive over the limit":  zipped(t, "a.json", string(half), "b.json", string(half), "c.json", checkRecord),
		"a member that is no export": zipped(t, "a.json", checkRecord, "b.txt", strings.Repeat("Hello ", 100<<10)),
	} {
		_, refused := checkIn(t, limits, before, packed)
		if len(refused) == 0 || slices.ContainsFunc(refused, func(r Refused) bool { return r.File != 0 }) {
			t.Errorf("%s: got %+v, want it refused and not the file behind it", what, refused)
		}
	}
	if _, refused := checkIn(t, limits, packed, packed); len(refused) != 1 || refused[0].File != 1 {
		t.Errorf("two good files over the limit: got %+v, want the second refused", refused)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gz")
	if err := os.WriteFile(path, gzipOf(t, []byte(checkRecord)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, Limits{Unpacked: 1 << 20, Ratio: 100, Members: 1}, File{Path: path, Name: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// Looking at an upload always ends, with a bounded number of reasons and no panic.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(checkRecord))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		refused, err := Check(t.Context(), Limits{Unpacked: 1 << 20, Ratio: 10, Members: 5}, File{Path: path, Name: "file"})
		if err != nil || len(refused) > 20 {
			t.Errorf("got %d refused, %v", len(refused), err)
		}
	})
}
