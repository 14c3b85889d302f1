package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk names the environment variable with the folder of the small file system.
const smallDisk = "SIGNPOST_TEST_SMALL_DISK"

// onSmallDisk runs the test a second time with a small file system mounted, in a namespace that needs no rights.
// In that run it returns the file system's folder, in the first run an empty text.
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
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	return ""
}

// fillDisk writes a file until the disk is full.
func fillDisk(t *testing.T, folder, name string) (path string) {
	t.Helper()
	path = filepath.Join(folder, name)
	file, err := os.Create(path)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
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
	return path
}

// While the disk is full people sign in and read, every page says so, and nothing is imported. Once there is room,
// imports go on without a restart. A start on a full disk uses the reserve, or says that the disk is full.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := onSmallDisk(t, "180")
	if disk == "" {
		return
	}
	exports, data := smallExport(t), filepath.Join(disk, "data")
	addPerson(t, data, "ada", "global-administrator")
	p := serve(t, data)
	if info, err := os.Stat(filepath.Join(data, "reserve")); err != nil || info.Size() != 64<<20 {
		t.Fatalf("the room that is kept back: %v, %v", info, err)
	}
	if status, _, complaint := signpost(t, "import", "--data", data, exports); status != 0 {
		t.Fatalf("import with room: %d, %s", status, complaint)
	}
	ada := p.signIn("ada")
	if _, body := ada.get("/logs/interactive"); strings.Contains(body, `data-testid="disk-full"`) {
		t.Error("a page says that the disk is full, which it is not")
	}
	filler := fillDisk(t, disk, "filler")
	for n := range 20 {
		b := p.visitor()
		if status := b.signIn("ada"); status != http.StatusSeeOther {
			t.Fatalf("sign-in %d on a full disk: %d: %s", n, status, p.log)
		}
		status, body := b.get("/logs/interactive")
		if status != http.StatusOK || !strings.Contains(body, `data-testid="disk-full"`) || !strings.Contains(body, `data-testid="row"`) && !strings.Contains(body, `data-testid="grid"`) {
			t.Fatalf("a page on a full disk: %d", status)
		}
	}
	filler2 := fillDisk(t, disk, "filler2") // another program takes the freed space
	if status, _, complaint := signpost(t, "import", "--data", data, exports); status != exitFailed || !strings.Contains(complaint, "the disk is full") {
		t.Errorf("import on a full disk: %d, %q", status, complaint)
	}
	file, err := filepath.Glob(filepath.Join(exports, "*"))
	if err != nil || len(file) == 0 {
		t.Fatal(err)
	}
	if status := ada.uploadFile(file[0]); status != http.StatusInsufficientStorage {
		t.Errorf("upload on a full disk: %d, want 507", status)
	}
	for _, path := range []string{filler, filler2} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if status := ada.uploadFile(file[0]); status != http.StatusSeeOther {
		t.Errorf("upload once there is room: %d: %s", status, p.log)
	}
	if status, _, complaint := signpost(t, "import", "--data", data, exports); status != 0 {
		t.Errorf("import once there is room: %d, %q", status, complaint)
	}
	waitFor(t, "the room to be kept back again", func() bool {
		info, err := os.Stat(filepath.Join(data, "reserve"))
		_, body := ada.get("/logs/interactive")
		return err == nil && info.Size() == 64<<20 && !strings.Contains(body, `data-testid="disk-full"`)
	})

	p.kill()
	fillDisk(t, disk, "filler")
	p = serve(t, data)
	if status := p.visitor().signIn("ada"); status != http.StatusSeeOther {
		t.Errorf("sign in after a start on a full disk: %d: %s", status, p.log)
	}
	p.kill()
	for _, name := range []string{"main.db-shm", "portal.db-shm", "cols.db-shm"} {
		_ = os.Remove(filepath.Join(data, name)) // a restart of the machine loses the contents of memory
	}
	fillDisk(t, disk, "filler2")
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0", "--data", data}, {"import", "--data", data, exports}} {
		status, _, complaint := signpost(t, args...)
		if status != exitFailed || !strings.Contains(complaint, "the disk is full") || !strings.Contains(complaint, data) {
			t.Errorf("%s on a disk without any room: %d, %q", args[0], status, complaint)
		}
	}
}

// waitFor waits until the condition holds.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 600 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}
