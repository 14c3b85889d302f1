package store

// FailureRate is the failures among the records that were decided: successes and failures. An interrupted sign-in was not
// decided. It is the one rule for every failure rate of the program. Kinds other than sign-ins have their own outcomes in these
// two statuses.
func (c *Counts) FailureRate() Rate {
	return Rate{N: c.ByStatus[StatusFailure], Of: c.ByStatus[StatusSuccess] + c.ByStatus[StatusFailure]}
}
