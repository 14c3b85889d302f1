package web

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// panicking is an importer that panics.
type panicking struct{ inCheck bool }

func (p panicking) Check(context.Context, ImportLimits, []UploadedFile) ([]views.RefusedFile, error) {
	if p.inCheck {
		panic("odd file")
	}
	return nil, nil
}

func (p panicking) Import(context.Context, []UploadedFile, func(bytes, total, records int64)) ([]store.ImportReport, error) {
	panic("odd record")
}

func (p panicking) Explain(context.Context, ImportLimits, UploadedFile, func(bytes, total, records int64)) ([]store.Explanation, error) {
	panic("odd name")
}

// A panic of an importer ends its import, and not the portal.
func TestAnImporterThatPanics(t *testing.T) {
	for i, importer := range []panicking{{true}, {false}, {false}} {
		folder, log := filepath.Join(t.TempDir(), "uploads"), &logBuffer{}
		imports, err := NewUploads(importer, folder, ImportLimits{}, time.Now, slog.New(slog.NewJSONHandler(log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		run, err := imports.begin("ada")
		if err != nil {
			t.Fatal(err)
		}
		run.explains, run.files = i == 2, []UploadedFile{{Name: "odd.csv"}}
		<-run.start()
		imports.done.Wait()
		if got, _ := imports.shown(); got.Phase != views.ImportFailed || !strings.Contains(got.Problem, "made a mistake") {
			t.Errorf("%+v: the run is %s: %q", importer, got.Phase, got.Problem)
		}
		if !strings.Contains(log.String(), "panic: odd ") || !strings.Contains(log.String(), "panic_test.go") {
			t.Errorf("%+v: the log does not say where: %s", importer, log)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("%+v: left are %v, %v", importer, left, err)
		}
		if _, err := imports.begin("ada"); err != nil {
			t.Errorf("%+v: the next upload: %v", importer, err)
		}
	}
}

// A question runs on a goroutine of its own. Nothing else would catch a panic there, and the portal would end.
func TestAPanicOfAQuestionIsAnError(t *testing.T) {
	err := ask.Together(t.Context(), func(context.Context) error { panic("odd row") }, func(context.Context) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "odd row") || !strings.Contains(err.Error(), "panic_test.go") {
		t.Errorf("got %v, want an error that says what and where", err)
	}
}
