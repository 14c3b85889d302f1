package store

// Damage is a stored part that differs from what was written, because a disk, a cable or memory changed it.
type Damage struct {
	// Place names the damaged part: a table and its rows.
	Place string `json:"place"`
	// Problem names the fault, and Remedy what to do; each is a sentence.
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}

// MaxDamageListed bounds the list of a checkup; Total counts all.
const MaxDamageListed = 1000

// Checkup is the result of reading everything that an engine stores.
type Checkup struct {
	// Rows and Records count what was read. Unsummed counts the rows from before there were sums, in which not all
	// damage shows.
	Rows     int64    `json:"rows"`
	Records  int64    `json:"records"`
	Unsummed int64    `json:"unsummed"`
	Damages  []Damage `json:"damages"`
	Total    int64    `json:"damages_total"`
	// Access is what the access log was found to hold; nil where it was not looked at.
	Access *AccessCheck `json:"access,omitempty"`
}

// AccessCheck is what following the chain of the access log told. Head is NUMBER:HASH of its newest record; empty for an empty log.
type AccessCheck struct {
	Records int64  `json:"records"`
	First   int64  `json:"first"`
	Head    string `json:"head"`
	// Closed says that nothing was appended after the head that portal.db keeps. Else the log is open, or was left without being
	// closed: what was appended within the last second before may be missing, and only a head that the program logged can show it.
	Closed bool `json:"closed"`
	// Older are given heads that cannot be compared: retention removed their records.
	Older []string `json:"older,omitempty"`
}

// Add adds a damage.
func (c *Checkup) Add(d Damage) {
	if c.Total++; len(c.Damages) < MaxDamageListed {
		c.Damages = append(c.Damages, d)
	}
}
