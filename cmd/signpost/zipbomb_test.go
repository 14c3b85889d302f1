package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// namesOfOneMember is an archive with many names for one packed file. The content is stored once, and unpacked
// once for each name.
func namesOfOneMember(t *testing.T, content string, names int) []byte {
	t.Helper()
	var one bytes.Buffer
	w := zip.NewWriter(&one)
	member, err := w.Create("00000.json")
	if err == nil {
		_, err = io.WriteString(member, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	archive := one.Bytes()
	end := bytes.LastIndex(archive, []byte("PK\x05\x06"))
	start := int(binary.LittleEndian.Uint32(archive[end+16:]))
	entry := archive[start:end]
	many := bytes.Clone(archive[:start])
	for n := range names {
		many = append(many, bytes.Replace(entry, []byte("00000.json"), fmt.Appendf(nil, "%05d.json", n), 1)...)
	}
	tail := bytes.Clone(archive[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(names))
	binary.LittleEndian.PutUint16(tail[10:], uint16(names))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(many)-start))
	return append(many, tail...)
}

// The unpacked size of a whole archive is bounded, whatever the number of names.
func TestImportRefusesManyNamesOfOneMember(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		names int
		args  []string
		want  string
	}{
		{"beyond the bound", 20, []string{"--max-unpacked", "8"}, "unpack to more than 8 MiB together"},
		{"beyond the ratio", 5000, nil, "unpack to more than 1000 times its size together"},
		{"within both", 5, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "names.zip")
			content := manyRecords(0, 1) + strings.Repeat(" ", 1<<20)
			if err := os.WriteFile(file, namesOfOneMember(t, content, test.names), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, complaint := signpost(t, append([]string{"import", "--json", "--data", filepath.Join(t.TempDir(), "data"), file}, test.args...)...)
			var report struct{ Totals struct{ Read, New int } }
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			if test.want == "" {
				if code != 0 || report.Totals.New != 1 || report.Totals.Read != test.names {
					t.Errorf("got exit status %d, %+v: %s", code, report.Totals, complaint)
				}
				return
			}
			if code != exitFailed || !strings.Contains(complaint, test.want) || report.Totals.Read != 0 {
				t.Errorf("got exit status %d, %+v, %q, want %d, nothing read and %q", code, report.Totals, complaint, exitFailed, test.want)
			}
		})
	}
}
