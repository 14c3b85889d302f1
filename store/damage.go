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
}

// Add adds a damage.
func (c *Checkup) Add(d Damage) {
	if c.Total++; len(c.Damages) < MaxDamageListed {
		c.Damages = append(c.Damages, d)
	}
}
