package dbfile

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// Castagnoli is the table of the CRC-32C. All sums are of that kind.
var Castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum gives the CRC-32C of some bytes.
func Checksum(b []byte) uint32 { return crc32.Checksum(b, Castagnoli) }

// SumOf gives the sum of the cells of a row, as its column sum holds it. No row is written with a float64 or a []byte:
// damage makes such cells, and their sum is another one.
func SumOf(cells ...any) int64 {
	var b []byte
	for _, cell := range cells {
		switch v := cell.(type) {
		case nil:
			b = append(b, 0)
		case int64:
			b = binary.LittleEndian.AppendUint64(append(b, 1), uint64(v))
		case string:
			b = append(binary.AppendUvarint(append(b, 2), uint64(len(v))), v...)
		case float64:
			b = binary.LittleEndian.AppendUint64(append(b, 3), math.Float64bits(v))
		case []byte:
			b = append(binary.AppendUvarint(append(b, 4), uint64(len(v))), v...)
		default:
			panic(fmt.Sprintf("dbfile: no sum of a %T", cell)) // a mistake of the program
		}
	}
	return int64(int32(Checksum(b)))
}

// Summed is a table with a column sum. Columns are those that the sum covers.
type Summed struct{ Table, Columns string }

// Write writes the sum of one row.
func (s Summed) Write(ctx context.Context, tx *sql.Tx, where string, args ...any) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+s.Columns+" FROM "+s.Table+" WHERE "+where, args...)
	if err != nil {
		return fmt.Errorf("sum a row of %s: %w", s.Table, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		return errors.Join(err, rows.Err())
	}
	cells, targets := scanTargets(len(names))
	if err := errors.Join(rows.Scan(targets...), rows.Close()); err != nil {
		return fmt.Errorf("sum a row of %s: %w", s.Table, err)
	}
	_, err = tx.ExecContext(ctx, "UPDATE "+s.Table+" SET sum = ? WHERE "+where, append([]any{SumOf(cells...)}, args...)...)
	return err
}

// Check calls damaged with the place of each row that has not the cells that its sum is of. Rows without a sum pass.
func (s Summed) Check(ctx context.Context, q Querier, damaged func(place string)) error {
	rows, err := q.QueryContext(ctx, "SELECT sum, "+s.Columns+" FROM "+s.Table)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.Table, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.Table, err)
	}
	cells, targets := scanTargets(len(names))
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("read %s: %w", s.Table, err)
		}
		if cells[0] != nil && cells[0] != any(SumOf(cells[1:]...)) {
			damaged(fmt.Sprintf("%s, %s %v", s.Table, names[1], cells[1]))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", s.Table, err)
	}
	return nil
}

// scanTargets gives cells for the columns of a row, and the pointers that Scan fills them through.
func scanTargets(columns int) (cells, targets []any) {
	cells, targets = make([]any, columns), make([]any, columns)
	for i := range cells {
		targets[i] = &cells[i]
	}
	return cells, targets
}
