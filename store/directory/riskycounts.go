package directory

import (
	"context"
	"fmt"
	"sync"

	"signpost/store/dbfile"
)

// keptRisk keeps answers about all risky objects at one revision of the directory: nearly every page asks the same. They are shared, and
// must not be changed.
type keptRisk struct {
	mu       sync.Mutex
	revision int64
	answers  map[string]any
}

// mostKeptRisk bounds how many answers are kept: some for each kind and each time zone.
const mostKeptRisk = 64

// keptAnswer gives the kept answer of a key at the revision of q, else asks for it with the revision.
func keptAnswer[A any](ctx context.Context, k *keptRisk, q dbfile.Querier, key string, ask func(revision int64) (A, error)) (answer A, err error) {
	var revision int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return answer, fmt.Errorf("read the revision of the directory: %w", err)
	}
	if kept, ok := k.of(revision, key).(A); ok {
		return kept, nil
	}
	if answer, err = ask(revision); err == nil {
		k.keep(revision, key, answer)
	}
	return answer, err
}

func (k *keptRisk) of(revision int64, key string) any {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.revision != revision {
		return nil
	}
	return k.answers[key]
}

func (k *keptRisk) keep(revision int64, key string, answer any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.answers == nil || k.revision != revision || len(k.answers) >= mostKeptRisk {
		k.revision, k.answers = revision, map[string]any{}
	}
	k.answers[key] = answer
}
