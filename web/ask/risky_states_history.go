package ask

import (
	"slices"

	"signpost/store"
)

// HistoryPerPage is how many changes a page of the history has.
const HistoryPerPage = 50

// historyPage gives one page of changes, which have the newest first, and the place that the next one goes on after. A place is a time
// and, among changes of one time, the number from the oldest on.
func historyPage(changes []store.RiskChange, after *store.Cursor) (page []store.RiskChange, next *store.Cursor) {
	keys := make([]store.Key, len(changes))
	tie := uint64(0)
	for i := range slices.Backward(changes) {
		if tie++; i == len(changes)-1 || changes[i].Updated.UnixMicro() != changes[i+1].Updated.UnixMicro() {
			tie = 0
		}
		keys[i] = store.NewKey(changes[i].Updated, tie)
	}
	first := 0
	for after != nil && first < len(changes) && !keys[first].Before(after.Key) {
		first++
	}
	end := min(first+HistoryPerPage, len(changes))
	if end < len(changes) && end > 0 {
		next = &store.Cursor{Key: keys[end-1]}
	}
	return changes[first:end], next
}
