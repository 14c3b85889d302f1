package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"signpost/store/demo"
	"signpost/store/importer"
)

// auditAtUsualDensity is about how many audit records the demo has in its days at its usual density.
const auditAtUsualDensity = 15_000

// fillAudit imports about as many audit records as were asked for. Their density has nothing to do with that of the stored
// sign-ins, so few belong to one of these.
func (b *Bench) fillAudit(ctx context.Context, state *fillState) (err error) {
	db, err := b.OpenForImport(ctx, b.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := b.begin(state); err != nil {
		return err
	}
	density := float64(demo.DefaultDensity) * float64(b.Audit) / auditAtUsualDensity * demo.DefaultDays / float64(state.Days)
	tenant, err := demo.New(demo.Options{Density: demo.Density(max(density, 1)), Seed: firstSeed, Days: state.Days, Until: state.Until})
	if err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() {
		var err error
		for _, day := range tenant.Days() {
			if err = tenant.AuditDay(ctx, day, writer); err != nil {
				break
			}
		}
		writer.CloseWithError(err)
	}()
	began := time.Now()
	imported, err := importer.New(db, importer.Options{}).Reader(ctx, "made-up audit records", reader)
	if err = errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("fill the audit log: %w", err)
	}
	state.Audit, state.AuditRows = b.Audit, imported.New
	state.AuditRowsPerSec = float64(imported.Read) / time.Since(began).Seconds()
	fmt.Fprintf(b.Progress, "imported %d audit records for about %d, %.0f rows/s\n", state.AuditRows, b.Audit, state.AuditRowsPerSec)
	state.Filled = true
	return b.save(state)
}

// begin notes that a further part of the fill is under way: the folder is no good until it is done.
func (b *Bench) begin(state *fillState) error {
	state.Filled = false
	return b.save(state)
}
