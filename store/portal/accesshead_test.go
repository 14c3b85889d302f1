package portal

import (
	"path/filepath"
	"strings"
	"testing"

	"signpost/store/access"
	"signpost/store/dbfile"
)

// The newest head is kept, whoever keeps it last.
func TestAccessHead(t *testing.T) {
	folder := t.TempDir()
	if h, err := KeptAccessHead(t.Context(), folder); err != nil || h != (access.KeptHead{}) {
		t.Errorf("without a file: %+v, %v", h, err)
	}
	p := openTestPortal(t, folder)
	if h, err := p.AccessHead(t.Context()); err != nil || h != (access.KeptHead{}) {
		t.Errorf("before any was kept: %+v, %v", h, err)
	}
	head := func(number int64, closed bool) access.KeptHead {
		return access.KeptHead{Head: access.Head{Number: number, Hash: strings.Repeat("0f", 32)}, Closed: closed}
	}
	for _, test := range []struct{ keep, want access.KeptHead }{
		{head(1, false), head(1, false)}, {head(3, false), head(3, false)}, {head(2, true), head(3, false)}, {head(3, true), head(3, true)}, {head(3, false), head(3, false)},
	} {
		if err := p.KeepAccessHead(t.Context(), test.keep); err != nil {
			t.Fatal(err)
		}
		if got, err := KeptAccessHead(t.Context(), folder); err != nil || got != test.want {
			t.Errorf("after %+v: %+v, %v; want %+v", test.keep, got, err, test.want)
		}
	}
	// A portal.db from before there was an access log keeps none.
	older := t.TempDir()
	w, err := dbfile.OpenWriter(filepath.Join(older, File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ExecContext(t.Context(), "CREATE TABLE accounts (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if h, err := KeptAccessHead(t.Context(), older); err != nil || h != (access.KeptHead{}) {
		t.Errorf("an older file: %+v, %v", h, err)
	}
}
