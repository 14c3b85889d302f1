package sqlite

import (
	"context"
	"slices"
)

// sortedRun is how many keys are sorted at a time, which takes some milliseconds.
const sortedRun = 1 << 17

// sortedKeys sorts keys piece by piece: there may be millions.
func sortedKeys(ctx context.Context, keys []rowKey) ([]rowKey, error) {
	var runs [][]rowKey
	for run := range slices.Chunk(keys, sortedRun) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slices.Sort(run)
		runs = append(runs, run)
	}
	for len(runs) > 1 {
		var longer [][]rowKey
		for pair := range slices.Chunk(runs, 2) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if len(pair) == 1 {
				longer = append(longer, pair[0])
				continue
			}
			longer = append(longer, mergedKeys(pair[0], pair[1]))
		}
		runs = longer
	}
	if len(runs) == 0 {
		return nil, nil
	}
	return runs[0], nil
}

// mergedKeys merges two ascending lists.
func mergedKeys(a, b []rowKey) []rowKey {
	merged := make([]rowKey, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}
