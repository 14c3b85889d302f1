package provisioning

import (
	"fmt"
	"strings"
)

// Advice says what an error code means and what to do. The words are ours; which codes there are, Microsoft's page on the
// analysis of provisioning logs says.
type Advice struct{ Means, Do string }

// AdviceOn gives the advice on an error code; ok is false for a code of which nothing is known. Services put the name of a system
// before some codes, such as ContosoEntryConflict: then the longest code counts that it ends in.
func AdviceOn(code string) (a Advice, ok bool) {
	code, longest := strings.ToLower(strings.TrimSpace(code)), 0
	for known, advice := range advices {
		if len(known) > longest && strings.HasSuffix(code, known) {
			a, longest = advice, len(known)
		}
	}
	return a, longest > 0
}

const (
	retried   = "Nothing at first: the service tries again. If the error stays, restart provisioning for the application."
	rights    = "Check the credentials in the application's provisioning settings with Test connection, and give their account the rights to create, change and read in the target."
	uniqueKey = "Choose a matching attribute that has one value for each object, and remove the duplicates."
)

var advices = readAdvices(`
Conflict, EntryConflict | The target has another object with the same value of an attribute that must be unique. | Find that object in the target. Remove it, change its value, or change the matching attribute so that it is taken for the same object.
TooManyRequests | The target had too many requests and refused this one. | ` + retried + `
InternalServerError | The target failed. | The service tries again within about 40 minutes. If the error stays, ask the vendor of the target.
InsufficientRights, MethodNotAllowed, NotPermitted, Unauthorized | The target refused the credentials that the service has, or their rights. | ` + rights + `
UnprocessableEntity | The target refused a value. | Compare the modified properties with what the target accepts, and correct the source or the attribute mapping.
WebExceptionProtocolError | The target answered with an error of the HTTP protocol. | ` + retried + `
InvalidAnchor | The target does not have the object any more that this one was matched with. | Restart provisioning for the application: the service then matches anew.
NotImplemented | The target gave an answer that was not expected. | Ask the vendor of the target whether its API has what the service needs.
MandatoryFieldsMissing, MissingValues | A required attribute has no value in the source. | Fill the attribute in the source, or give the mapping a default value.
SchemaAttributeNotFound | The mapping names an attribute that the target does not have. | Correct the attribute in the mapping or in the schema of the target.
InternalError | The provisioning service failed. | ` + retried + `
InvalidDomain | The domain of the mail address or the user name is not verified in the target. | Verify the domain in the target, or map another value.
Timeout | An answer took too long. | ` + retried + `
LicenseLimitExceeded | The target has no licence left. | Free a licence in the target or buy one.
DuplicateTargetEntries | Several objects of the target match this one. | ` + uniqueKey + `
DuplicateSourceEntries | Several objects of the source match one of the target. | ` + uniqueKey + `
ImportSkipped | The object could not be read whole from the source. | Look at the steps for the missing attribute, and fill it in the source.
EntrySynchronizationSkipped | The object is out of scope, or nothing of it has changed. | Nothing, if that is meant. Else check its assignment to the application and the scoping filters.
SystemForCrossDomainIdentityManagementMultipleEntriesInResponse | A search in the target by the matching attribute gave several objects. | ` + uniqueKey + `
SystemForCrossDomainIdentityManagementServiceIncompatible | The target's answer is not as the SCIM standard says. | Ask the vendor of the target to correct its SCIM API.
SchemaPropertyCanOnlyAcceptValue | The attribute takes one value only, and was given another. | Map the value that the target takes.
AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService | The object is managed elsewhere, so cross-tenant synchronization may not change it. | Change the object where it is managed, or leave it out with a scoping filter.
AzureDirectoryB2BManagementPolicyCheckFailure | The target tenant's rules for guests refuse the invitation. | Allow the source tenant in the target's external collaboration and cross-tenant access settings.
`)

// readAdvices reads a table of codes, their meaning and what to do. It panics on a line that has not all three.
func readAdvices(table string) map[string]Advice {
	advices := map[string]Advice{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		parts := strings.Split(line, "|")
		if len(parts) != 3 {
			panic(fmt.Sprintf("the advice %q has not three parts", line))
		}
		for code := range strings.SplitSeq(parts[0], ",") {
			advices[strings.ToLower(strings.TrimSpace(code))] = Advice{Means: strings.TrimSpace(parts[1]), Do: strings.TrimSpace(parts[2])}
		}
	}
	return advices
}
