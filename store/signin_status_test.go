package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestDeriveStatus(t *testing.T) {
	for _, tt := range []struct {
		stated string
		code   Int
		want   Status
	}{
		{"", Int{}, StatusUnknown},
		{"", IntOf(0), StatusSuccess},
		{"", IntOf(50126), StatusFailure},
		{"", IntOf(50074), StatusInterrupted},
		{"", IntOf(50140), StatusInterrupted},
		{"", IntOf(50076), StatusFailure},
		{"", IntOf(500121), StatusFailure},
		{"", IntOf(50053), StatusFailure},
		{"", IntOf(-1), StatusFailure},
		{"", IntOf(99999999), StatusFailure},
		{"Interrupted", IntOf(50126), StatusInterrupted},
		{"Failure", IntOf(0), StatusFailure},
		{"success", Int{}, StatusSuccess},
		{" FAILURE ", Int{}, StatusFailure},
		{"Other", IntOf(0), StatusSuccess},
		{"Other", Int{}, StatusUnknown},
	} {
		if got := DeriveStatus(tt.stated, tt.code); got != tt.want {
			t.Errorf("DeriveStatus(%q, %v) = %v, want %v", tt.stated, tt.code, got, tt.want)
		}
		s := SignIn{StatedStatus: tt.stated, ErrorCode: tt.code}
		if got := s.Status(); got != tt.want {
			t.Errorf("SignIn{%q, %v}.Status() = %v, want %v", tt.stated, tt.code, got, tt.want)
		}
	}
}

func TestStatusWords(t *testing.T) {
	for _, tt := range []struct {
		status      Status
		word, label string
	}{
		{StatusUnknown, "", "-"},
		{StatusSuccess, "success", "Success"},
		{StatusFailure, "failure", "Failure"},
		{StatusInterrupted, "interrupted", "Interrupted"},
	} {
		if got := SignIns.StatusInfo(tt.status).Name; got != tt.word {
			t.Errorf("the name of status %d = %q, want %q", tt.status, got, tt.word)
		}
		if got := SignIns.StatusInfo(tt.status).Label; got != tt.label {
			t.Errorf("the label of status %d = %q, want %q", tt.status, got, tt.label)
		}
		if got := SignIns.ParseStatus(tt.label); got != tt.status {
			t.Errorf("SignIns.ParseStatus(%q) = %v, want %v", tt.label, got, tt.status)
		}
	}
}

// TestInterruptedCodes compares the list with the two reference lists that it is taken from.
func TestInterruptedCodes(t *testing.T) {
	text := reference(t, "reference/aadsts.json")
	var entries []struct {
		Code   int64  `json:"code"`
		Status string `json:"portal_status_hint"`
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	listed := map[int64]bool{}
	for _, e := range entries {
		if e.Status == "Interrupted" {
			listed[e.Code] = true
		}
		if got := SignIns.StatusInfo(DeriveStatus("", IntOf(e.Code))).Label; got != e.Status {
			t.Errorf("code %d is %s, want %s", e.Code, got, e.Status)
		}
	}
	if len(listed) == 0 {
		t.Fatal("the reference lists no interrupted code")
	}
	first := len(listed)
	lines := strings.Split(strings.TrimSpace(string(reference(t, "reference/data/aadsts-missing.tsv"))), "\n")
	for _, line := range lines[1:] {
		number, rest, _ := strings.Cut(line, "\t")
		code, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatalf("a line of the list of codes is %q", line)
		}
		want := StatusFailure
		if class, _, _ := strings.Cut(rest, "\t"); class == "interrupt" {
			listed[code], want = true, StatusInterrupted
		}
		if got := DeriveStatus("", IntOf(code)); got != want {
			t.Errorf("code %d is %s, want %s", code, SignIns.StatusInfo(got).Label, SignIns.StatusInfo(want).Label)
		}
	}
	if got := len(listed) - first; got != 21 {
		t.Errorf("the second list has %d interrupted codes, want 21", got)
	}
	for code := range interruptedCodes {
		if !listed[code] {
			t.Errorf("code %d is Interrupted here and not in the reference", code)
		}
	}
}

// reference reads a file of the folder that stands beside the repository; without it the test is skipped.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("../../shared/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside the repository", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCodeListVersion(t *testing.T) {
	before := CodeListVersion()
	if !strings.HasPrefix(before, fmt.Sprint(len(interruptedCodes), " interrupted codes, sha256 ")) || before != CodeListVersion() {
		t.Errorf("the version is %q", before)
	}
	interruptedCodes[1] = true
	after := CodeListVersion()
	delete(interruptedCodes, 1)
	if after == before || CodeListVersion() != before {
		t.Errorf("with another list the version is %q", after)
	}
}
