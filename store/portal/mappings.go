package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store"
	"signpost/store/dbfile"
)

// Mappings gives the mappings by name.
func (p *DB) Mappings(ctx context.Context) ([]store.Mapping, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT id, name, log, headings, fields, dates, zone, made_by, created FROM mappings ORDER BY name_folded")
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the mappings: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var list []store.Mapping
	for rows.Next() {
		var m store.Mapping
		var headings, fields string
		var created int64
		if err := rows.Scan(&m.ID, &m.Name, &m.Log, &headings, &fields, &m.Dates, &m.Zone, &m.By, &created); err != nil {
			return nil, dbfile.StoreError(ctx, fmt.Errorf("read a mapping: %w", err))
		}
		m.Created = time.UnixMicro(created).UTC()
		if err := errors.Join(json.Unmarshal([]byte(headings), &m.Headings), json.Unmarshal([]byte(fields), &m.Fields)); err != nil {
			return nil, fmt.Errorf("read the mapping %s: %w", m.Name, err)
		}
		list = append(list, m)
	}
	return list, dbfile.StoreError(ctx, rows.Err())
}

// AddMapping keeps a new mapping and gives it with its ID. Its headings are then in the order of their letters.
func (p *DB) AddMapping(ctx context.Context, m store.Mapping) (store.Mapping, error) {
	m.Name = strings.TrimSpace(m.Name)
	m.Headings = slices.Sorted(slices.Values(m.Headings))
	headings, err := json.Marshal(m.Headings)
	if err != nil {
		return m, err
	}
	fields, err := json.Marshal(m.Fields)
	if err != nil {
		return m, err
	}
	err = p.write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM mappings").Scan(&n); err != nil {
			return fmt.Errorf("count the mappings: %w", err)
		}
		if n >= store.MaxMappings {
			return store.ErrTooManyMappings
		}
		err := tx.QueryRowContext(ctx, `INSERT INTO mappings (name, name_folded, log, headings, fields, dates, zone, made_by, created)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			m.Name, strings.ToLower(m.Name), m.Log, string(headings), string(fields), m.Dates, m.Zone, m.By, m.Created.UnixMicro()).Scan(&m.ID)
		return asMappingTaken(err)
	})
	return m, err
}

// ChangeMapping keeps what a mapping says now, under its ID. Its headings stay, and so do its maker and the time it was made.
func (p *DB) ChangeMapping(ctx context.Context, m store.Mapping) error {
	fields, err := json.Marshal(m.Fields)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(m.Name)
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE mappings SET name = ?, name_folded = ?, log = ?, fields = ?, dates = ?, zone = ? WHERE id = ?",
			name, strings.ToLower(name), m.Log, string(fields), m.Dates, m.Zone, m.ID)
		if err != nil {
			return asMappingTaken(err)
		}
		return orNone(result, store.ErrNoMapping)
	})
}

// RenameMapping gives a mapping another name.
func (p *DB) RenameMapping(ctx context.Context, id int64, name string) error {
	name = strings.TrimSpace(name)
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE mappings SET name = ?, name_folded = ? WHERE id = ?", name, strings.ToLower(name), id)
		if err != nil {
			return asMappingTaken(err)
		}
		return orNone(result, store.ErrNoMapping)
	})
}

// RemoveMapping removes a mapping. Records that were imported with it stay as they are.
func (p *DB) RemoveMapping(ctx context.Context, id int64) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM mappings WHERE id = ?", id)
		if err != nil {
			return fmt.Errorf("remove the mapping: %w", err)
		}
		return orNone(result, store.ErrNoMapping)
	})
}

// asMappingTaken tells the two UNIQUE constraints of a mapping apart.
func asMappingTaken(err error) error {
	var driver *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &driver) && driver.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE && strings.Contains(err.Error(), "mappings.headings"):
		return store.ErrMappingHeadingsTaken
	case errors.As(err, &driver) && driver.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return store.ErrMappingNameTaken
	}
	return fmt.Errorf("write the mapping: %w", err)
}

// MappingsOf gives the mappings that the portal of a data folder keeps; none where the folder has no portal. It makes nothing.
func MappingsOf(ctx context.Context, folder string) (list []store.Mapping, err error) {
	if _, err := os.Stat(filepath.Join(folder, File)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	p, err := Open(ctx, folder)
	if err != nil {
		return nil, err
	}
	list, err = p.Mappings(ctx)
	return list, errors.Join(err, p.Close())
}
