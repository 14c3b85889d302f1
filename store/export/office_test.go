package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"signpost/store"
)

// LibreOffice, where the machine has it, opens the hostile cells and makes a formula of none, even when told to
// look for formulas. It does make one of a cell that neutral did not treat.
func TestLibreOfficeSeesNoFormula(t *testing.T) {
	if os.Getenv("SIGNPOST_SOAK") == "" {
		t.Skip("it takes a while to start LibreOffice: SIGNPOST_SOAK=1 does")
	}
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("no LibreOffice here: ", err)
	}
	cells := hostile()
	var signIns []store.SignIn
	var bare bytes.Buffer
	plain := csv.NewWriter(&bare)
	for i, cell := range cells {
		signIns = append(signIns, store.SignIn{Log: store.Interactive, ID: fmt.Sprint(i), UserDisplayName: cell, UserAgent: cell, City: cell})
		if err := plain.Write([]string{cell, "x"}); err != nil {
			t.Fatal(err)
		}
	}
	plain.Flush()
	s := storeOf(signIns...)
	// Comma, double quote, UTF-8, from the first row on; nothing by column, no language, not all quoted cells
	// text, special numbers and formulas recognised.
	const withFormulas = "CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"
	for name, test := range map[string]struct {
		file []byte
		some bool
	}{
		"neutral.csv":  {fileOf(t, s, func(*Request) {}), false},
		"neutral.xlsx": {fileOf(t, s, func(r *Request) { r.Format = XLSX }), false},
		"bare.csv":     {bare.Bytes(), true},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, name), test.file, 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"-env:UserInstallation=file://" + folder + "/profile", "--headless", "--convert-to", "fods", "--outdir", folder}
		if filepath.Ext(name) == ".csv" {
			args = append(args, "--infilter="+withFormulas)
		}
		if output, err := exec.CommandContext(t.Context(), office, append(args, filepath.Join(folder, name))...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, output)
		}
		sheet, err := os.ReadFile(filepath.Join(folder, name[:len(name)-len(filepath.Ext(name))]+".fods"))
		if err != nil {
			t.Fatal(err)
		}
		formulas, cells := bytes.Count(sheet, []byte("table:formula=")), bytes.Count(sheet, []byte("<table:table-cell"))
		t.Logf("%s: %d formulas among %d cells", name, formulas, cells)
		if (formulas > 0) != test.some || cells < 200 {
			t.Errorf("%s: %d formulas among %d cells, want some: %t", name, formulas, cells, test.some)
		}
	}
}
