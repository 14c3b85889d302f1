package sqlite

import (
	"time"
)

// quarterOf gives the quarter of a day by which the look-up tables are partitioned. Ids are random, so an import writes to
// every page of the quarters that its sign-ins lie in. With whole days and 330,000 sign-ins a day, a batch of 10,000
// dirtied 5,200 pages. That was half of what an import wrote. By the hour it would be less still, and a look-up without a
// time would ask 8,760 times a year instead of 1,460.
func quarterOf(k rowKey) int64 {
	return floorDiv(int64(k)>>12, int64(6*time.Hour/time.Microsecond))
}
