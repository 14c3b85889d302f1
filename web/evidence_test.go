package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/export"
)

// ledger has one import.
type ledger struct{}

func (ledger) Imports(_ context.Context, after int64, _ int) ([]store.Import, error) {
	if after > 0 {
		return nil, nil
	}
	return []store.Import{{ID: 1, Path: "/srv/exports/november.zip/a.ndjson", Format: "azure-monitor", Started: at("10:00:00"), Ended: at("10:01:00"), New: 4}}, nil
}

// A bundle names its author. Only administrators see the folders that files were imported from. The manifest's hash is
// logged.
func TestEvidenceSaysWhoMadeIt(t *testing.T) {
	for role, want := range map[auth.Role]string{admin: `"/srv/exports/november.zip/a.ndjson"`, auth.RoleGlobalReader: `"file":"a.ndjson"`} {
		p := newPortal(t, exportStore(), role)
		var log bytes.Buffer
		p.Imports, p.Log = ledger{}, slog.New(slog.NewTextHandler(&log, nil))
		a := p.download("/logs/interactive/evidence.zip?user=ada")
		if a.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d", role, a.StatusCode)
		}
		text := allFiles(t, a.body)
		for _, part := range []string{want, `"by": "kim"`, "User sign-ins (interactive); Date: Last 24 hours (", "User: ada"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the bundle lacks %q", role, part)
			}
		}
		found, err := export.Verify(strings.NewReader(a.body), int64(len(a.body)))
		if err != nil || len(found.Problems) > 0 {
			t.Errorf("%s: %q, %v", role, found.Problems, err)
		}
		if !strings.Contains(log.String(), "manifest_sha256="+found.ManifestSHA256) || !strings.Contains(log.String(), "account=kim") {
			t.Errorf("%s: the log has %s", role, log.String())
		}
	}
	if a := newPortal(t, exportStore(), auth.RoleUser).download("/logs/interactive/evidence.zip"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a user: got %d, want 403", a.StatusCode)
	}
}

// Sizes are measured once for a while, and not at all if the log cannot be read in time.
func TestSizesAreKept(t *testing.T) {
	var sizes fileSizes
	of := sizesOf{store.Interactive, 0, ""}
	now := at("12:00:00")
	if _, due := sizes.take(of, now); !due {
		t.Error("nothing is known, and nobody measures")
	}
	if _, due := sizes.take(of, now.Add(time.Second)); due {
		t.Error("two measure at once")
	}
	if _, due := sizes.take(of, now.Add(sizesRetry)); !due {
		t.Error("after a measure that failed nobody tries again")
	}
	slow := newPortal(t, slowRecords{exportStore()}, admin).get("/logs/interactive")
	if slow.Code != http.StatusOK || slow.hook("download").Length() != 1 || slow.hook("file-size").Length() != 0 {
		t.Errorf("status %d, %d sizes of a log that cannot be measured", slow.Code, slow.hook("file-size").Length())
	}
}

// slowRecords is a store that takes too long for records.
type slowRecords struct{ *fakeStore }

func (slowRecords) Records(context.Context, store.RecordsQuery) (store.RecordPage, error) {
	return store.RecordPage{}, store.ErrTooSlow
}
