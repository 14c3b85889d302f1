package export

import (
	"context"
	"fmt"

	"signpost/store"
)

// StillReading tells whether some records of the file still have the fields that an older version read from what
// was received. They are being read again, and the file may differ after that.
func (r Request) StillReading(ctx context.Context, s store.Store) (bool, error) {
	files := []Request{r}
	if r.Format == ZIP {
		files = r.csvFiles(s.Catalog())
	}
	for _, file := range files {
		q := file.Query
		info, _ := s.Catalog().Log(q.Log)
		q.Filter, _ = q.Filter.For(info)
		q.After, q.Before = nil, nil
		total, err := s.Total(ctx, q)
		if err != nil {
			return false, fmt.Errorf("count the %s log: %w", q.Log, err)
		}
		if !total.Complete {
			return true, nil
		}
	}
	return false, nil
}

// StillReadingSentence explains StillReading.
const StillReadingSentence = "Older records are being read again after an update of Signpost: after that the same question may give other rows and values."
