// Package kinds is the catalog of the kinds of records that Signpost keeps.
package kinds

import (
	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

// Catalog is every kind, in the order in which pages show them.
var Catalog = store.NewCatalog(store.SignIns, audit.Kind, provisioning.Kind, activity.Kind, risk.Kind, access.Kind)
