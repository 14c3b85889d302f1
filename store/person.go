package store

// Person is somebody's own identity: the rows of this user ID, and, where a row has no user ID or the
// person none is known, of this UPN (compared without regard to case). A person with neither has no rows.
type Person struct {
	UserID            string
	UserPrincipalName string
}

// IsEmpty says that no row can be this person's.
func (p Person) IsEmpty() bool { return p.UserID == "" && p.UserPrincipalName == "" }

// Owns says whether the sign-in is this person's own: one of a user log, made by or on behalf of them.
func (p Person) Owns(s *SignIn) bool {
	if info, _ := s.Log.Info(); !info.User {
		return false
	}
	if p.UserID != "" && s.UserID != "" {
		return equalFold(p.UserID, s.UserID)
	}
	return p.UserPrincipalName != "" && equalFold(p.UserPrincipalName, s.UserPrincipalName)
}
