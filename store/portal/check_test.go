package portal

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/dbfile"
)

// portalOfMany is a portal.db of many pages, closed.
func portalOfMany(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	p, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
			INSERT INTO accounts (id, name, name_folded, password_hash, created) SELECT i, 'P ' || i, 'p ' || i, hex(randomblob(100)), 1 FROM n`,
		"INSERT INTO account_roles SELECT id, 'user' FROM accounts",
		"INSERT INTO sessions (token_hash, account_id, created, seen) SELECT randomblob(32), id, 1, 1 FROM accounts",
		"VACUUM",
	} {
		if _, err := p.writer.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

// portalDamages is what the checkup of a portal.db says.
func portalDamages(t *testing.T, folder string) []store.Damage {
	t.Helper()
	var report store.Checkup
	if err := Check(t.Context(), folder, &report); err != nil {
		t.Fatal(err)
	}
	return report.Damages
}

func TestCheckFindsEveryDamagedPage(t *testing.T) {
	folder := portalOfMany(t)
	if found := portalDamages(t, folder); len(found) > 0 {
		t.Fatalf("before any damage: %+v", found)
	}
	whole, err := os.ReadFile(filepath.Join(folder, "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if len(whole) < 20*page {
		t.Fatalf("only %d bytes", len(whole))
	}
	for at := 0; at < len(whole); at += page {
		damaged := t.TempDir()
		b := append([]byte{}, whole...)
		copy(b[at:at+100], strings.Repeat("\xA5", 100))
		if err := os.WriteFile(filepath.Join(damaged, "portal.db"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		found := portalDamages(t, damaged)
		if len(found) == 0 {
			t.Errorf("page %d is damaged, and nothing was found", at/page+1)
			continue
		}
		for _, d := range found {
			if d.Place != "portal.db" || !strings.Contains(d.Problem, "the structure of the file is damaged (SQLite says: ") || strings.Contains(d.Problem, "\n") || d.Remedy == "" {
				t.Errorf("page %d: %+v", at/page+1, d)
			}
		}
	}
}

// Rows of an account that is gone are found; other programs than this one may forget the pragma that keeps them from it.
func TestCheckFindsRowsWithoutTheirAccount(t *testing.T) {
	folder := portalOfMany(t)
	db, err := sql.Open("sqlite", dbfile.DSN(filepath.Join(folder, "portal.db"), nil))
	if err == nil {
		_, err = db.Exec("DELETE FROM accounts WHERE id IN (7, 8)")
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	found := portalDamages(t, folder)
	if len(found) != 2 || found[0].Place != "portal.db, table account_roles" || found[1].Place != "portal.db, table sessions" {
		t.Fatalf("found %+v", found)
	}
	for _, d := range found {
		if d.Problem != "rows that belong to a row of accounts that is missing: 2" || !strings.Contains(d.Remedy, "delete these rows") {
			t.Errorf("found %+v", d)
		}
	}
}
