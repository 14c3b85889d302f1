package provisioning

import "signpost/store"

// Each enumeration stands in the order of Graph's numbers: Azure Monitor sends some values as numbers.

// Results are how a change, or a step of it, ended.
var Results = store.NewEnumeration("provisioningResult", `
	success: Success
	failure: Failure
	skipped: Skipped
	warning: Warning`)

// Actions are what was done to the object.
var Actions = store.NewEnumeration("provisioningAction", `
	other: Other
	create: Create
	delete: Delete
	disable: Disable
	update: Update
	stagedDelete: Staged delete`)

// StepTypes are the parts of the work.
var StepTypes = store.NewEnumeration("provisioningStepType", `
	import: Import
	scoping: Determine if in scope
	matching: Match
	processing: Process
	referenceResolution: Resolve references
	export: Provision`)

// ErrorCategories say whose failure it is.
var ErrorCategories = store.NewEnumeration("provisioningStatusErrorCategory", `
	failure: Failure of the service
	nonServiceFailure: Failure outside of the service
	success: Success`)

// Initiators are kinds of who had the job run.
var Initiators = store.NewEnumeration("initiatorType", `
	user: User
	application: Application
	system: System`)

// IdentityTypes are kinds of objects. Systems add their own.
var IdentityTypes = store.NewEnumeration("identityType", `
	User: User
	Group: Group
	ServicePrincipal: Service principal
	Role: Role
	RolesCompound: Roles
	Contact: Contact
	Worker: Worker`)
