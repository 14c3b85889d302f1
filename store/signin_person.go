package store

// Owns says whether the sign-in is this person's own: one of a user log, made by or on behalf of them.
func (p Person) Owns(s *SignIn) bool {
	if info, _ := SignIns.Log(s.Log); !info.User || p.IsEmpty() {
		return false
	}
	return equalFold(p.UserID, s.UserID)
}
