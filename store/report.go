package store

import "time"

// Entity is what a report has a row for.
type Entity uint8

// The entities. Sign-ins without one (a managed identity has no user) are in no row.
const (
	EntityApplication Entity = iota
	EntityUser
	EntityServicePrincipal
)

// Property gives the ID by which the entity is told; its name stands in where the ID is empty.
func (e Entity) Property() *Property {
	switch e {
	case EntityUser:
		return UserID
	case EntityServicePrincipal:
		return ServicePrincipalID
	}
	return AppID
}

// NameProperty gives the entity's name.
func (e Entity) NameProperty() *Property {
	switch e {
	case EntityUser:
		return UserDisplayName
	case EntityServicePrincipal:
		return ServicePrincipalName
	}
	return AppDisplayName
}

// EntitiesOf gives the entities that sign in in a log.
func EntitiesOf(log LogInfo) []Entity {
	if log.User {
		return []Entity{EntityApplication, EntityUser}
	}
	return []Entity{EntityApplication, EntityServicePrincipal}
}

// ReportQuery asks for the sign-ins per entity over some logs (all where Logs is empty), the entities with
// the most sign-ins first, equal counts by ID. A log in which a condition's field never occurs has no
// matching sign-ins. After continues behind a row.
type ReportQuery struct {
	Entity Entity
	Logs   []Log
	Range  Range
	Filter Filter
	After  *ReportPlace
	Limit  int // 1 to MaxTop
}

// ReportPlace is a row's place in a report.
type ReportPlace struct {
	N  int64
	ID string
}

// ReportRow is one entity's sign-ins. ID is the entity's, in lower case; where it has none, Name alone
// tells it, and ID is empty. Name is the one on its newest sign-in of those counted; of two at the same instant, on the
// one of the log that comes later in Logs().
type ReportRow struct {
	ID, Name                               string
	Success, Failure, Interrupted, Unknown int64
	First, Last                            time.Time
	// LastSuccess and LastFailure are the times of the newest sign-in of that status; zero where there is none.
	LastSuccess, LastFailure time.Time
	// Username is a user's principal name on the sign-in that Name is of; empty for other entities.
	Username string
}

// Total counts the entity's sign-ins.
func (r *ReportRow) Total() int64 { return r.Success + r.Failure + r.Interrupted + r.Unknown }

// Report is one page of entities. Entities counts all of them. Complete says that every count is exact.
type Report struct {
	Rows     []ReportRow
	Entities int64
	Next     *ReportPlace
	Complete bool
}
