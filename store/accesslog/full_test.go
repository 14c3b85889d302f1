package accesslog

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

// smallDisk names the environment variable with the folder of the small file system.
const smallDisk = "SIGNPOST_TEST_SMALL_DISK"

// onSmallDisk runs the test a second time with a small file system mounted, in a namespace that needs no rights. In that run it
// returns the file system's folder, in the first run an empty text.
func onSmallDisk(t *testing.T, megabytes string) string {
	t.Helper()
	if folder := os.Getenv(smallDisk); folder != "" {
		return folder
	}
	unshare := []string{"--user", "--map-root-user", "--mount"}
	if err := exec.Command("unshare", append(unshare, "true")...).Run(); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	folder := t.TempDir()
	args := append(unshare, "sh", "-c", `mount -t tmpfs -o size=`+megabytes+`m none "$0" && exec "$@"`, folder,
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	command := exec.Command("unshare", args...)
	command.Env = append(os.Environ(), smallDisk+"="+folder)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	return ""
}

// fillDisk writes a file until the disk is full.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// On a full disk the log takes its part of the reserve, and no more. Then it refuses, and loses nothing. Once there is room it goes
// on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := onSmallDisk(t, "120")
	if disk == "" {
		return
	}
	folder := filepath.Join(disk, "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	reserve := dbfile.NewReserve(folder, dbfile.DefaultReserve, true)
	held := func() int64 { return dbfile.Size(filepath.Join(folder, "reserve")) }
	// It is taken where as much again stays free.
	if err := os.WriteFile(filepath.Join(folder, "reserve"), make([]byte, dbfile.DefaultReserve), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, folder, WithReserve(reserve), WithKeeper(&memory{}))
	if err := l.Append(t.Context(), aRecord(0)); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(disk, "filler")
	fillDisk(t, filler)
	long := func(n int) *access.Record {
		r := aRecord(n)
		r.Query = strings.Repeat("x", 100_000)
		return r
	}
	written, failed := int64(1), error(nil)
	for failed == nil {
		if failed = l.Append(t.Context(), long(int(written))); failed == nil {
			written++
		}
	}
	if !errors.Is(failed, store.ErrDiskFull) {
		t.Errorf("refused with %v", failed)
	}
	if bytes := written * 100_000; bytes < 8<<20 || bytes > ReservePart {
		t.Errorf("%d bytes were written, where there are %d", bytes, ReservePart)
	}
	if free, _ := dbfile.FreeSpace(folder); held()+free < dbfile.DefaultReserve-ReservePart-1<<20 || held() < dbfile.DefaultReserve-ReservePart {
		t.Errorf("%d bytes of the reserve are left, and %d are free", held(), free)
	}
	if v, err := l.Verify(t.Context()); err != nil || len(v.Findings) > 0 || v.Records != written {
		t.Errorf("on the full disk: %d records, want %d; %v, %v", v.Records, written, v.Findings, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(t.Context(), long(0)); err != nil {
		t.Errorf("once there is room: %v", err)
	}
	if v, err := l.Verify(t.Context()); err != nil || len(v.Findings) > 0 || v.Records != written+1 {
		t.Errorf("once there is room: %+v, %v", v, err)
	}
	if reserve.Take(); held() != dbfile.DefaultReserve && reserve.Refuse() == nil {
		t.Errorf("the reserve has %d bytes, and nothing is refused", held())
	}
}
