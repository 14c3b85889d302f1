package main

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A second serve on the same folder leaves the uploads of the first alone, and one that cannot listen changes nothing.
func TestASecondServeKeepsTheFirstOnesUpload(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	first := serve(t, data)
	ada := first.signIn("ada")
	upload := first.beginUpload(ada, "a.json", manyRecords(0, 2000))

	taken := strings.TrimPrefix(first.url, "http://")
	if _, complaint, code := runProgram(t, "", "serve", "--addr", taken, "--data", data); code != exitFailed || !strings.Contains(complaint, "listen") {
		t.Errorf("a serve on the same address: exit status %d, %q, want %d and that it cannot listen", code, complaint, exitFailed)
	}
	second := serve(t, data)
	if files := first.uploadedFiles(ada); len(files) != 1 {
		t.Errorf("while both serve, the folder of uploads holds %q, want one file", files)
	}
	upload.send(manyRecords(2000, 2000))
	upload.end()
	if status, _ := upload.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload: got %d, want %d", status, http.StatusSeeOther)
	}
	if text := first.imported(ada); !strings.Contains(text, `data-value="4000"`) {
		t.Errorf("not all was imported: %s", text)
	}
	second.signal(syscall.SIGTERM)
	if code := second.code(); code != 0 {
		t.Errorf("the second ends with %d", code)
	}
	if files := first.uploadedFiles(ada); len(files) != 0 {
		t.Errorf("an upload was left: %q", files)
	}
}

// A start that cannot listen makes no data folder.
func TestAServeThatCannotListenChangesNothing(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	data := filepath.Join(t.TempDir(), "data")
	if _, _, code := runProgram(t, "", "serve", "--demo", "--addr", taken.Addr().String(), "--data", data); code != exitFailed {
		t.Errorf("exit status %d, want %d", code, exitFailed)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the data folder was made (%v)", err)
	}
}

// What a process left that was killed in the midst of an upload is cleared by the next, also beside another one.
func TestUploadsOfADeadProcessAreCleared(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	dead, alive := serve(t, data), serve(t, data)
	dead.beginUpload(dead.signIn("ada"), "dead.json", manyRecords(0, 500))
	ada := alive.signIn("ada")
	lives := alive.beginUpload(ada, "alive.json", manyRecords(500, 500))
	dead.until("both uploads have begun", func() bool { return len(dead.uploadedFiles(nil)) == 2 })
	if err := dead.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-dead.ended
	serve(t, data)
	if files := alive.uploadedFiles(nil); len(files) != 1 {
		t.Errorf("the folder of uploads holds %q, want that of the living process", files)
	}
	lives.end()
	if status, _ := lives.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload of the living process: got %d", status)
	}
}

// A slow upload holds no other; whoever may import stops it, and so does who disables its sender.
func TestATricklingUploadHoldsNobody(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, name := range []string{"ada", "mallory"} {
		addPerson(t, data, name, "security-administrator")
	}
	s := serve(t, data)
	ada, mallory := s.signIn("ada"), s.signIn("mallory")
	slow := s.beginUpload(mallory, "slow.json", manyRecords(0, 1))
	slow.trickle()
	if status, text := ada.upload("a.json", manyRecords(10, 3)); status != http.StatusSeeOther {
		t.Fatalf("beside a trickling upload: got %d: %s", status, text)
	}
	s.until("the import beside it is done", func() bool {
		_, past := ada.get("/import")
		_, text := ada.get("/import/run")
		return strings.Contains(past, "a.json") && strings.Contains(text, `data-phase="receiving"`)
	})

	_, page := ada.get("/import/run")
	stop := regexp.MustCompile(`name="run" value="([^"]+)"`).FindStringSubmatch(page)
	if stop == nil {
		t.Fatalf("nothing on the page stops the upload: %s", page)
	}
	if status, _ := ada.post("/import/run", url.Values{"run": {stop[1]}}); status != http.StatusSeeOther {
		t.Errorf("stop: got %d", status)
	}
	if status, text := slow.answer(); status != http.StatusConflict || !strings.Contains(text, "The upload was stopped by ada.") {
		t.Errorf("the stopped upload: got %d: %s", status, text)
	}

	slow = s.beginUpload(mallory, "slow.json", manyRecords(0, 1))
	slow.trickle()
	if _, complaint, code := runProgram(t, "", "user", "disable", "mallory", "--data", data); code != 0 {
		t.Fatal(complaint)
	}
	if status, text := slow.answer(); status != http.StatusSeeOther {
		t.Errorf("the upload of somebody disabled: got %d: %s", status, text)
	}
	s.until("nothing of the uploads is left", func() bool { return len(s.uploadedFiles(nil)) == 0 })
	if _, text := ada.get("/import"); strings.Contains(text, "slow.json") {
		t.Error("something of a stopped upload was imported")
	}
}

// An upload that does not keep the pace is ended; how many may be on their way is bounded.
func TestUploadsThatDoNotKeepThePace(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	addPerson(t, data, "ada", "security-administrator")
	s := serve(t, data, "--upload-patience", "300ms", "--upload-pace", "64")
	ada := s.signIn("ada")
	for _, trickles := range []bool{true, false} {
		slow := s.beginUpload(ada, "slow.json", manyRecords(0, 1))
		if trickles {
			slow.trickle()
		}
		if status, text := slow.answer(); status != http.StatusRequestTimeout || !strings.Contains(text, "less than 64 KiB a second") {
			t.Errorf("trickles %t: got %d: %s", trickles, status, text)
		}
		s.until("nothing of it is left", func() bool { return len(s.uploadedFiles(nil)) == 0 })
	}
	if status, text := ada.upload("a.json", manyRecords(0, 3)); status != http.StatusSeeOther {
		t.Errorf("after them: got %d: %s", status, text)
	}
}
