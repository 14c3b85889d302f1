package store

// Damage is something that is stored and is not as it was written, because a disk, a cable or a memory changed it.
type Damage struct {
	// Place is what is damaged: a table and which of its rows.
	Place string `json:"place"`
	// Problem is what is wrong with it, and Remedy what to do, in a sentence.
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}

// MaxDamageListed is how many damages a checkup lists; Total counts all.
const MaxDamageListed = 1000

// Checkup is what reading everything that an engine stores has found.
type Checkup struct {
	// Rows and Records are how many were read; Unsummed how many of the rows were written before there were sums, so that
	// not every damage to them shows.
	Rows     int64    `json:"rows"`
	Records  int64    `json:"records"`
	Unsummed int64    `json:"unsummed"`
	Damages  []Damage `json:"damages"`
	Total    int64    `json:"damages_total"`
}

// Add notes a damage.
func (c *Checkup) Add(d Damage) {
	if c.Total++; len(c.Damages) < MaxDamageListed {
		c.Damages = append(c.Damages, d)
	}
}
