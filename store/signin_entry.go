package store

var _ Entry = (*SignIn)(nil)

// Head gives the part that every record has.
func (s *SignIn) Head() Head {
	return Head{Log: s.Log, ID: s.ID, Time: s.Time, TimeIsIngestion: s.TimeIsIngestion, Ingested: s.Ingested, ToldBy: s.ToldBy}
}

// SetHead sets the part that every record has.
func (s *SignIn) SetHead(h Head) {
	s.Log, s.ID, s.Time, s.TimeIsIngestion, s.Ingested, s.ToldBy = h.Log, h.ID, h.Time, h.TimeIsIngestion, h.Ingested, h.ToldBy
}

// Clone gives a copy; see Entry.
func (s *SignIn) Clone() Entry {
	c := *s
	return &c
}

// SignIn gives the row as a sign-in. To ask it of a row of another kind is a mistake in the program, and panics.
func (r Row) SignIn() *SignIn { return r.Entry.(*SignIn) }

// SignIn gives the record as a sign-in; see Row.SignIn.
func (r *Record) SignIn() *SignIn { return r.Entry.(*SignIn) }

// SignIn gives the version as a sign-in; see Row.SignIn.
func (v *Version) SignIn() *SignIn { return v.Entry.(*SignIn) }
