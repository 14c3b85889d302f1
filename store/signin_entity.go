package store

// Entity is what signs in, and what is signed in to: the lists of the directory have rows of them. Sign-ins without one (a
// managed identity has no user) are in no row.
type Entity uint8

// The entities.
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
