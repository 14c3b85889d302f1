package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// Prepared asks a database the same few questions again and again: each is prepared once. It is safe for concurrent use. The
// texts of questions must be constants, since every one of them is kept.
type Prepared struct {
	db         *sql.DB
	statements sync.Map // *sql.Stmt by its query
}

// NewPrepared takes over the database: closing it closes that.
func NewPrepared(db *sql.DB) *Prepared { return &Prepared{db: db} }

// QueryContext is that of sql.DB.
func (p *Prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is that of sql.DB.
func (p *Prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.statement(ctx, query)
	if err != nil {
		return p.db.QueryRowContext(ctx, query, args...) // which tells the error
	}
	return s.QueryRowContext(ctx, args...)
}

func (p *Prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.statements.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if before, twice := p.statements.LoadOrStore(query, s); twice {
		return before.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// Close closes the statements and the database.
func (p *Prepared) Close() error {
	var errs []error
	p.statements.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(append(errs, p.db.Close())...)
}
