package dispatch

import (
	"os"
	"path/filepath"
	"testing"
)

// Files that a kill cut off are removed, also from a folder with a name that looks like a pattern. Others stay.
func TestPartsAreRemoved(t *testing.T) {
	d := Dispatcher{Folder: filepath.Join(t.TempDir(), "reports[1]")}
	if err := os.Mkdir(d.Folder, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{partPrefix + "123", "Failures_1_20261124T070000Z.csv"} {
		if err := os.WriteFile(filepath.Join(d.Folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.removeParts(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(d.Folder); err != nil || len(left) != 1 || left[0].Name() != "Failures_1_20261124T070000Z.csv" {
		t.Errorf("the folder has %v, %v", left, err)
	}
}
