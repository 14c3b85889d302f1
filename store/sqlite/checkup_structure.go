package sqlite

import (
	"context"
	"fmt"

	"signpost/store"
)

// Checkup reads everything that portal.db holds.
func (p *Portal) Checkup(ctx context.Context, report *store.Checkup) error {
	return asStoreError(ctx, checkIntegrity(ctx, p.reader, "portal.db", report))
}

// checkIntegrity asks SQLite about the structure of a file.
func checkIntegrity(ctx context.Context, q querier, file string, report *store.Checkup) error {
	rows, err := q.QueryContext(ctx, "PRAGMA integrity_check(100)")
	if err != nil {
		return fmt.Errorf("check %s: %w", file, err)
	}
	defer rows.Close()
	for rows.Next() {
		var said string
		if err := rows.Scan(&said); err != nil {
			return err
		}
		if said != "ok" {
			report.Add(store.Damage{Place: file, Problem: said, Remedy: remedyRestore})
		}
	}
	return rows.Err()
}
