package sqlite

import (
	"context"
	"slices"
	"sync"

	"signpost/store"
)

// axes are one field in all logs of a table. A value has one number in all of them.
type axes struct {
	byLog []*axis // nil for a log whose records do not know the field
	all   []*axis

	mu      sync.Mutex
	numbers map[string]int32 // by folded text; not needed where there is one axis: its places are the numbers
	folded  []string
}

// newAxes makes the axes of a field. Logs that hold it in the same columns share one.
func (v *view) newAxes(ctx context.Context, f *store.Field, logs []*tableLog) *axes {
	a := &axes{numbers: map[string]int32{}}
	for _, log := range logs {
		columns := v.axisColumns(f, &log.asked)
		if len(columns) == 0 {
			a.byLog = append(a.byLog, nil)
			continue
		}
		at := slices.IndexFunc(a.all, func(other *axis) bool { return slices.Equal(other.columns, columns) })
		if at < 0 {
			at = len(a.all)
			a.all = append(a.all, v.newAxis(ctx, f, &log.asked, columns))
		}
		a.byLog = append(a.byLog, a.all[at])
	}
	return a
}

// of gives the numbers of the values of a bin.
func (a *axes) of(one *axis, bin int64) []int32 {
	values := one.values(bin)
	if len(a.all) == 1 || len(values) == 0 {
		return values
	}
	numbers := make([]int32, len(values))
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, value := range values {
		folded := one.folded(value)
		number, ok := a.numbers[folded]
		if !ok {
			number = int32(len(a.folded))
			a.numbers[folded], a.folded = number, append(a.folded, folded)
		}
		numbers[i] = number
	}
	return numbers
}

// most is how many values there are at most, when all rows are counted.
func (a *axes) most() int {
	most := 0
	for _, one := range a.all {
		most += one.places()
	}
	return most
}

// text is the folded text of a value.
func (a *axes) text(number int32) string {
	if len(a.all) == 1 {
		return a.all[0].folded(number)
	}
	return a.folded[number]
}
