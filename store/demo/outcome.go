package demo

import "strconv"

// outcome is the result of an attempt, or of one event of it.
type outcome uint8

const (
	claimSingle outcome = iota // success, first factor by claim
	claimMulti                 // success, both factors by claim
	passwordOnly
	mfaDone // success after a request for a second factor
	passwordless
	wrongPassword
	locked
	maliciousIP
	disabled
	askedNew // 50076
	asked    // 50074
	denied
	timedOut
	wrongCode
	keepSignedIn
	silentFailed
	passwordExpired
	enrol
	register
	consent
	adminConsent
	blocked
	legacyBlocked
	notProtected
	notCompliant
	confirmApp
	pickAccount
	notAssigned
	external
	inactive
	frequency
	revoked
	sessionEnded
	spaExpired
	replyAddress
	noResource
	noApp
	badSecret
	secretExpired
	badAssertion
	deviceCodeDone
	outcomeCount
)

// proof selects the authentication steps of a record.
type proof uint8

const (
	noProof proof = iota
	byClaim
	bothByClaim
	goodPassword
	badPassword
	secondAsked
	secondDenied
	secondTimedOut
	secondWrong
	secondDone
	strongKey
)

// verdict is the result of Conditional Access.
type verdict uint8

const (
	notEvaluated verdict = iota
	satisfied
	mfaMissing
	legacyClient
	deviceMissing
)

type outcomeText struct {
	code            int
	reason, details string
	proof           proof
	multi           bool // the attempt came as far as MFA
	verdict         verdict

	status string // the object status
	head   string // resultType, resultSignature and resultDescription of the envelope
}

// outcomes has the texts. The failure reasons are made up, and close to the usual ones.
var outcomes = func() [outcomeCount]outcomeText {
	list := outcomeTexts
	for i := range list {
		o := &list[i]
		code := strconv.Itoa(o.code)
		o.status = `{"errorCode":` + code
		signature := "SUCCESS"
		if o.code != 0 {
			signature = "FAILURE"
			o.status += `,"failureReason":` + quoted(o.reason)
		}
		if o.details != "" {
			o.status += `,"additionalDetails":` + quoted(o.details)
		}
		o.status += "}"
		o.head = `"resultType": "` + code + `", "resultSignature": "` + signature + `", `
		if o.reason != "" {
			o.head += `"resultDescription": ` + quoted(o.reason) + `, `
		}
	}
	return list
}()

var outcomeTexts = [outcomeCount]outcomeText{
	claimSingle:     {proof: byClaim, verdict: notEvaluated},
	claimMulti:      {details: "MFA requirement satisfied by claim in the token", proof: bothByClaim, multi: true, verdict: satisfied},
	passwordOnly:    {proof: goodPassword, verdict: notEvaluated},
	mfaDone:         {details: "MFA completed in Azure AD", proof: secondDone, multi: true, verdict: satisfied},
	passwordless:    {details: "MFA requirement satisfied by strong authentication", proof: strongKey, multi: true, verdict: satisfied},
	wrongPassword:   {code: 50126, reason: "Credentials could not be validated: the username or the password is wrong.", details: "The user did not enter the right credentials. Some of these are expected: people mistype.", proof: badPassword},
	locked:          {code: 50053, reason: "The account is locked, because the user tried to sign in too many times with an incorrect user ID or password.", proof: badPassword},
	maliciousIP:     {code: 50053, reason: "Sign-in was blocked, because it came from an IP address with malicious activity.", proof: badPassword},
	disabled:        {code: 50057, reason: "The user account is disabled.", details: "The account has been disabled by an administrator."},
	askedNew:        {code: 50076, reason: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multifactor authentication.", proof: secondAsked, multi: true, verdict: mfaMissing},
	asked:           {code: 50074, reason: "Strong authentication is required and the user did not pass the challenge.", details: "MFA required in Azure AD", proof: secondAsked, multi: true, verdict: mfaMissing},
	denied:          {code: 500121, reason: "Authentication failed during the strong authentication request.", details: "MFA denied; user declined the authentication", proof: secondDenied, multi: true, verdict: mfaMissing},
	timedOut:        {code: 500121, reason: "Authentication failed during the strong authentication request.", details: "MFA denied; user did not respond to mobile app notification", proof: secondTimedOut, multi: true, verdict: mfaMissing},
	wrongCode:       {code: 500121, reason: "Authentication failed during the strong authentication request.", details: "MFA denied; invalid verification code", proof: secondWrong, multi: true, verdict: mfaMissing},
	keepSignedIn:    {code: 50140, reason: "This occurred due to the 'Keep me signed in' interrupt while the user was signing in.", proof: goodPassword},
	silentFailed:    {code: 50058, reason: "A silent sign-in request was sent but no user is signed in.", details: "The session is not enough for single sign-on."},
	passwordExpired: {code: 50055, reason: "The password is expired.", details: "The user was asked to change it.", proof: goodPassword},
	enrol:           {code: 50072, reason: "The user must enrol for a second factor, which is done interactively.", proof: goodPassword, multi: true, verdict: mfaMissing},
	register:        {code: 50079, reason: "The user is required to register for multifactor authentication.", proof: goodPassword, multi: true, verdict: mfaMissing},
	consent:         {code: 65001, reason: "The user or an administrator has not consented to use the application.", details: "An interactive authorization request is needed.", proof: byClaim},
	adminConsent:    {code: 90094, reason: "An administrator of the organisation must consent to the permissions asked for.", proof: byClaim},
	blocked:         {code: 53003, reason: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", details: "Blocked by a policy of the organisation.", proof: goodPassword, verdict: deviceMissing},
	legacyBlocked:   {code: 53003, reason: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", proof: goodPassword, verdict: legacyClient},
	notProtected:    {code: 530031, reason: "Access policy does not allow token issuance: the application is not protected by an app policy.", proof: byClaim, verdict: deviceMissing},
	notCompliant:    {code: 53000, reason: "The device is not in the required state: compliant.", details: "Conditional Access requires a compliant device, and this one is not.", proof: goodPassword, verdict: deviceMissing},
	confirmApp:      {code: 50199, reason: "For security reasons, user confirmation is required for this request.", proof: goodPassword},
	pickAccount:     {code: 16000, reason: "The account of this identity provider is not in the tenant and cannot access the application in it.", details: "Another account must be picked.", proof: byClaim},
	notAssigned:     {code: 50105, reason: "The signed-in user is not assigned to a role for the application.", proof: byClaim},
	external:        {code: 50158, reason: "An external security challenge was not satisfied.", details: "The user is redirected to another page or provider for more proof.", proof: secondAsked, multi: true, verdict: mfaMissing},
	inactive:        {code: 700082, reason: "The refresh token has expired due to inactivity.", details: "The token was inactive for 90 days."},
	frequency:       {code: 70043, reason: "The refresh token has expired or is invalid due to sign-in frequency checks by Conditional Access.", verdict: mfaMissing},
	revoked:         {code: 50173, reason: "The provided grant has expired because it was revoked; a fresh token is needed.", details: "The user may have changed or reset the password."},
	sessionEnded:    {code: 50132, reason: "The session is not valid: the password expired or was recently changed."},
	spaExpired:      {code: 700084, reason: "The refresh token was issued to a single page application and has reached its fixed, limited lifetime."},
	replyAddress:    {code: 50011, reason: "The reply address in the request does not match the ones registered for the application.", proof: byClaim},
	noResource:      {code: 500011, reason: "The resource principal was not found in the tenant.", proof: byClaim},
	noApp:           {code: 700016, reason: "The application was not found in the directory.", details: "It may not be installed, or the request went to the wrong tenant.", proof: noProof},
	badSecret:       {code: 7000215, reason: "Invalid client secret provided. The value of the secret is expected, not its ID."},
	secretExpired:   {code: 7000222, reason: "The provided client secret keys are expired."},
	badAssertion:    {code: 700027, reason: "The certificate used to sign the client assertion is not registered for the application."},
	deviceCodeDone:  {details: "MFA completed in Azure AD", proof: secondDone, multi: true, verdict: satisfied},
}

// methods are second factors, with their detail in an authentication step.
var methods = [...]struct{ name, detail string }{
	{"Mobile app notification", ""},
	{"Mobile app notification", ""},
	{"Mobile app notification", ""},
	{"OATH verification code", ""},
	{"Text message", "+XX XXXXXXXX01"},
	{"Phone call", "+XX XXXXXXXX02"},
}
