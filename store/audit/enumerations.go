package audit

import "signpost/store"

// Categories are the kinds of activities. Services spell one category in several ways.
var Categories = store.NewEnumeration("category", `
	AdministrativeUnit: Administrative unit
	Agreement: Agreement
	ApplicationManagement: Application management
	Application Management: Application management
	AttributeManagement: Attribute management
	Authentication: Authentication
	Authorization: Authorization
	AuthorizationPolicy: Authorization policy
	AzureRBACRoleManagementElevateAccess: Azure RBAC role management, elevated access
	CertBasedConfiguration: Certificate-based configuration
	CertificateAuthorityEntity: Certificate authority
	CertificateBasedAuthConfiguration: Certificate-based authentication
	CompanyBranding: Company branding
	CompanyBrandingLocale: Company branding by language
	Contact: Contact
	CrossTenantAccessSettings: Cross-tenant access settings
	CrossTenantIdentitySyncSettings: Cross-tenant synchronization settings
	DelegatedAdminServiceProviderConstraints: Limits of delegated administration by service providers
	Device: Device
	DeviceConfiguration: Device configuration
	DeviceManagement: Device management
	DeviceTemplate: Device template
	DirectoryManagement: Directory management
	EntitlementManagement: Entitlement management
	GroupManagement: Group management
	IdentityProtection: Identity Protection
	KerberosDomain: Kerberos domain
	KeyManagement: Key management
	Label: Label
	MicrosoftSupportAccessManagement: Microsoft support access
	MultiTenantOrg: Multitenant organization
	MultiTenantOrgIdentitySyncPolicyUpdate: Multitenant organization, synchronization policy
	MultiTenantOrgPartnerConfigurationTemplate: Multitenant organization, partner template
	MultiTenantOrgTenant: Multitenant organization, tenant
	ObjectManagement: Object management
	OrganizationalUnitContainer: Organizational unit
	Other: Other
	PendingExternalUserProfile: Pending external user
	PermissionGrantPolicy: Permission grant policy
	Policy: Policy
	PolicyManagement: Policy management
	ProvisioningManagement: Provisioning management
	PublicKeyInfrastructure: Public key infrastructure
	ResourceManagement: Resource management
	RoleManagement: Role management
	TaskManagement: Task management
	UserManagement: User management
	WorkflowManagement: Workflow management`)

// Operations are how an activity changes its target. Services add their own.
var Operations = store.NewEnumeration("operationType", `
	Add: Add
	Assign: Assign
	Update: Update
	Unassign: Unassign
	Delete: Delete
	Create: Create
	Read: Read
	ServiceApi: Call of a service
	ActivityLog: Activity`)

// Results are the outcomes of an activity.
var Results = store.NewEnumeration("operationResult", `
	success: Success
	failure: Failure
	timeout: Timeout`)

// TargetTypes are the kinds of objects that are acted on.
var TargetTypes = store.NewEnumeration("type", `
	User: User
	Group: Group
	ServicePrincipal: Service principal
	Application: Application
	Device: Device
	Role: Role
	Policy: Policy
	Directory: Directory
	Request: Request
	AdministrativeUnit: Administrative unit
	Other: Other
	N/A: Not stated`)

// GroupTypes are the kinds of groups.
var GroupTypes = store.NewEnumeration("groupType", `
	unifiedGroups: Microsoft 365 group
	azureAD: Security group`)

// Activities are the names of activities that are no words: those of Identity Protection. All others are shown as they stand.
var Activities = store.NewEnumeration("activityDisplayName", `
	ConfirmAccountCompromised: Confirm account compromised
	ConfirmCompromised: Confirm compromised
	ConfirmSafe: Confirm safe
	ConfirmAccountSafe: Confirm account safe
	DismissUser: Dismiss user
	DismissRisk: Dismiss risk
	ConfirmServicePrincipalCompromised: Confirm service principal compromised
	DismissServicePrincipal: Dismiss service principal
	Update StsRefreshTokenValidFrom Timestamp: Update refresh token time (revokes sessions)`)
