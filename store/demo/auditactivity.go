package demo

// idProgram numbers the programs that act in audit records, idTarget what only audit records tell of.
const (
	idProgram uint64 = iota + 60
	idTarget
)

func newProgram(name string) *program {
	h := mix(idProgram)
	for i := range len(name) {
		h = mix2(h, uint64(name[i]))
	}
	return &program{name: name, principal: guidOf(h).String(), address: cloudWest.addresses[share(h, len(cloudWest.addresses))]}
}

// Programs of the cloud write without an application ID, as real ones do.
var (
	substrate    = newProgram("Microsoft Substrate Management")
	credentials  = newProgram("Azure Credential Configuration Endpoint Service")
	strongAuth   = newProgram("Azure MFA StrongAuthenticationService")
	licensing    = newProgram("Microsoft Azure AD Group-Based Licensing")
	approvals    = newProgram("Microsoft Approval Management")
	registration = newProgram("Device Registration Service")
	passwordDesk = newProgram("Microsoft password reset service")
	invitations  = newProgram("Microsoft Invitation Acceptance Portal")
	pimService   = newProgram("MS-PIM")
	cloudSync    = &program{name: "Azure AD Cloud Sync", appID: guidOf(mix(idProgram, 1)).String(), principal: guidOf(mix(idProgram, 2)).String(), address: "192.0.2.177"}
)

const (
	core             = "Core Directory"
	serviceMethods   = "Authentication Methods"
	servicePasswords = "Self-service Password Management"
	serviceGroups    = "Self-service Group Management"
	servicePIM       = "PIM"

	ofUsers  = "UserManagement"
	ofGroups = "GroupManagement"
	ofApps   = "ApplicationManagement"
	ofRoles  = "RoleManagement"
)

var (
	updateUser       = auditActivity{"Update user", core, ofUsers, "Update"}
	addUser          = auditActivity{"Add user", core, ofUsers, "Add"}
	disableAccount   = auditActivity{"Disable account", core, ofUsers, "Update"}
	changeLicense    = auditActivity{"Change user license", core, ofUsers, "Update"}
	passwordProfile  = auditActivity{"Update PasswordProfile", core, ofUsers, "Update"}
	changeByUser     = auditActivity{"Change user password", core, ofUsers, "Update"}
	resetByAdmin     = auditActivity{"Reset user password", core, ofUsers, "Update"}
	revokeSessions   = auditActivity{"Update StsRefreshTokenValidFrom Timestamp", core, ofUsers, "Update"}
	resetSelf        = auditActivity{"Reset password (self-service)", servicePasswords, ofUsers, "Update"}
	resetForOther    = auditActivity{"Reset password (by admin)", servicePasswords, ofUsers, "Update"}
	changeSelf       = auditActivity{"Change password (self-service)", servicePasswords, ofUsers, "Update"}
	unlockSelf       = auditActivity{"Unlock user account (self-service)", servicePasswords, ofUsers, "Update"}
	resetFlow        = auditActivity{"Self-service password reset flow activity progress", servicePasswords, ofUsers, "ActivityLog"}
	resetBlocked     = auditActivity{"Blocked from self-service password reset", servicePasswords, ofUsers, "ActivityLog"}
	startInfo        = auditActivity{"User started security info registration", serviceMethods, ofUsers, "Add"}
	registerInfo     = auditActivity{"User registered security info", serviceMethods, ofUsers, "ServiceApi"}
	registerCallback = auditActivity{"POST UserAuthMethod.SecurityInfoRegistrationCallback", serviceMethods, ofApps, "ServiceApi"}
	changeDefault    = auditActivity{"User changed default security info", serviceMethods, ofUsers, "Update"}
	adminDeleteInfo  = auditActivity{"Admin deleted security info", serviceMethods, ofUsers, "Delete"}
	addMember        = auditActivity{"Add member to group", core, ofGroups, "Assign"}
	removeMember     = auditActivity{"Remove member from group", core, ofGroups, "Unassign"}
	groupsGet        = auditActivity{"GroupsODataV4_Get", serviceGroups, ofGroups, "ActivityLog"}
	requestToJoin    = auditActivity{"Request to join a group", serviceGroups, ofGroups, "Add"}
	approveJoin      = auditActivity{"Approve a pending request to join a group", serviceGroups, ofGroups, "Update"}
	renewGroup       = auditActivity{"Renew group", serviceGroups, ofGroups, "Update"}
	addDevice        = auditActivity{"Add device", core, "Device", "Add"}
	updateDevice     = auditActivity{"Update device", core, "Device", "Update"}
	registerDevice   = auditActivity{"Register device", "Device Registration Service", "Device", "Add"}
	deviceOwner      = auditActivity{"Add registered owner to device", core, "Device", "Assign"}
	readBitLocker    = auditActivity{"Read BitLocker key", core, "KeyManagement", "Read"}
	updateApp        = auditActivity{"Update application", core, ofApps, "Update"}
	appSecrets       = auditActivity{"Update application – Certificates and secrets management", core, ofApps, "Update"}
	updatePrincipal  = auditActivity{"Update service principal", core, ofApps, "Update"}
	addPrincipal     = auditActivity{"Add service principal", core, ofApps, "Add"}
	removePrincipal  = auditActivity{"Remove service principal", core, ofApps, "Delete"}
	principalSecret  = auditActivity{"Add service principal credentials", core, ofApps, "Update"}
	removeSecret     = auditActivity{"Remove service principal credentials", core, ofApps, "Update"}
	addOwner         = auditActivity{"Add owner to application", core, ofApps, "Assign"}
	consentTo        = auditActivity{"Consent to application", core, ofApps, "Assign"}
	addGrant         = auditActivity{"Add delegated permission grant", core, ofApps, "Assign"}
	removeGrant      = auditActivity{"Remove delegated permission grant", core, ofApps, "Unassign"}
	assignApp        = auditActivity{"Add app role assignment grant to user", core, ofUsers, "Assign"}
	assignService    = auditActivity{"Add app role assignment to service principal", core, ofApps, "Assign"}
	acceptTerms      = auditActivity{"Accept Terms Of Use", "Terms of Use", "Policy", "Update"}
	requestPackage   = auditActivity{"User requests access package assignment", "Entitlement Management", "EntitlementManagement", "Create"}
	provision        = auditActivity{"Synchronization rule action", "Account Provisioning", "ProvisioningManagement", ""}
	elevate          = auditActivity{"User has elevated their access to User Access Administrator for their Azure Resources", "Azure RBAC (Elevated Access)", "AzureRBACRoleManagementElevateAccess", "Assign"}
	recommend        = auditActivity{"Recommendation was refreshed.", "Azure AD Recommendations", "DirectoryManagement", "Update"}
	roleSetting      = auditActivity{"Update role setting in PIM ", servicePIM, ofRoles, "Update"}
)
