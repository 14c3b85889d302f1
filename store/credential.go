package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// CredentialType is what a credential of an application is made of.
type CredentialType string

// The types of credentials. Sources spell a password as password, secret and clientSecret.
const (
	PasswordCredential    CredentialType = "password"
	CertificateCredential CredentialType = "certificate"
	SymmetricCredential   CredentialType = "symmetric"
)

// CredentialTypeOf gives the type that a spelling means: a keyType of a report, or the type of a directory's keyCredential. An
// unknown spelling is its own type, in lower case.
func CredentialTypeOf(spelling string) CredentialType {
	switch low := FoldCase(strings.TrimSpace(spelling)); low {
	case "password", "secret", "clientsecret":
		return PasswordCredential
	case "certificate", "asymmetricx509cert", "x509certandpassword":
		return CertificateCredential
	default:
		return CredentialType(low)
	}
}

// The origins of credentials: an application has it, or its instance in the tenant.
const (
	OriginApplication      = "application"
	OriginServicePrincipal = "servicePrincipal"
)

// Credential is a password or a key of an application or a service principal, as the directory describes it. It holds no
// secret, no hint of one and no key material: the import drops these.
type Credential struct {
	KeyID string         `json:"key"` // in lower case
	Type  CredentialType `json:"type"`
	Usage string         `json:"usage,omitempty"` // Sign or Verify, of keys
	Name  string         `json:"name,omitempty"`
	// Thumbprint is a certificate's, in capital hexadecimal digits, as sign-ins have it.
	Thumbprint string    `json:"thumbprint,omitempty"`
	Created    time.Time `json:"created,omitzero"`
	Expires    time.Time `json:"expires,omitzero"`
}

// AppDetails is what an export tells of an application or a service principal and what its facts do not hold. A nil list was not told; an
// empty one was told as empty.
type AppDetails struct {
	IdentifierURIs []string `json:"uris"` // identifierUris, or servicePrincipalNames
	ReplyURLs      []string `json:"replies"`
	// Passwords and Keys are its passwordCredentials and keyCredentials. An export may tell one of the two lists alone.
	Passwords []Credential `json:"passwords"`
	Keys      []Credential `json:"keys"`
	// OwnerTenant is appOwnerOrganizationId, in lower case.
	OwnerTenant string `json:"tenant,omitempty"`
}

// IsZero says that nothing was told.
func (d *AppDetails) IsZero() bool {
	return d.IdentifierURIs == nil && d.ReplyURLs == nil && d.Passwords == nil && d.Keys == nil && d.OwnerTenant == ""
}

// With gives what is known after a later export: each list that it tells takes the place of the earlier one.
func (d AppDetails) With(later AppDetails) AppDetails {
	if later.IdentifierURIs != nil {
		d.IdentifierURIs = later.IdentifierURIs
	}
	if later.ReplyURLs != nil {
		d.ReplyURLs = later.ReplyURLs
	}
	if later.Passwords != nil {
		d.Passwords = later.Passwords
	}
	if later.Keys != nil {
		d.Keys = later.Keys
	}
	d.OwnerTenant = cmp.Or(later.OwnerTenant, d.OwnerTenant)
	return d
}

// Credentials gives each credential once: a key and a password with one key ID are one credential, and the key describes it.
// The directory has such pairs for the certificate that signs SAML tokens.
func (d *AppDetails) Credentials() (list []Credential) {
	at := map[string]int{}
	for _, c := range slices.Concat(d.Keys, d.Passwords) {
		if first, twice := at[c.KeyID]; twice {
			kept := &list[first]
			kept.Name, kept.Thumbprint = cmp.Or(kept.Name, c.Name), cmp.Or(kept.Thumbprint, c.Thumbprint)
			continue
		}
		at[c.KeyID] = len(list)
		list = append(list, c)
	}
	return list
}

// PlainURI is a URI in the form in which URIs of applications are compared: in lower case, without blanks and slashes at its end.
func PlainURI(uri string) string { return strings.TrimRight(FoldCase(strings.TrimSpace(uri)), "/") }
