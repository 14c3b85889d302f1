package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"signpost/store/dbfile"
)

// SQLite copies a file's write-ahead log into the file by itself, and says nothing where it cannot. The log then only
// grows, until the disk is full. The sealer looks at the logs and says so.

// watchLogs tells of write-ahead logs that could not be copied into their files.
func (s *sealer) watchLogs(ctx context.Context) {
	if s.db.sizes.watchBytes == 0 || time.Since(s.watched) < s.db.sizes.watchTime {
		return
	}
	s.watched = time.Now()
	folder := filepath.Dir(s.path)
	s.watchLog(ctx, filepath.Join(folder, "main.db"), s.db.writer)
	s.watchLog(ctx, filepath.Join(folder, "cols.db"), s.db.cols.now().writer)
}

// watchLog copies a log that has grown into its file, and tells of what could not be copied.
func (s *sealer) watchLog(ctx context.Context, path string, writer *dbfile.Writer) {
	info, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < s.db.sizes.watchBytes {
		return
	}
	name := filepath.Base(path)
	if err != nil {
		s.db.log.Warn("look at a write-ahead log", "file", name, "error", err)
		return
	}
	var busy, pages, copied int64
	err = writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.db.log.Warn("the write-ahead log cannot be copied into its file", "file", name, "bytes", info.Size(), "error", err)
	case copied < pages:
		s.db.log.Warn("the write-ahead log cannot be copied into its file while somebody reads or writes; it grows until then",
			"file", name, "bytes", info.Size(), "pages", pages, "copied", copied)
	}
}
