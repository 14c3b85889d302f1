package demo

import "strconv"

// recorder writes events as records, for one goroutine. It reuses its buffers, so that writing makes no garbage.
type recorder struct {
	org    *organisation
	buffer []byte
	entry  entry
}

func newRecorder(org *organisation) *recorder {
	return &recorder{org: org, buffer: make([]byte, 0, 16<<10)}
}

// entry holds the values of one sign-in.
type entry struct {
	created, ingested    int64
	id, correlation      guid
	session, original    guid
	luck                 random // for the random values of this event
	outcome              *outcomeText
	address              []byte
	place                *place
	asn, named           string
	person               *person
	app                  *app
	target               *resource
	device               *device
	client               string
	interactive          bool
	protocol, tokenType  string
	transfer             string
	risk                 *risk
	crossing             *crossing
	terminal             result // of the report-only policy CA010
	throughGSA, bornADFS bool
	flagged              bool // for review, by the person
}

// line gives the record of an event with its line end. It is valid until the next call.
func (c *recorder) line(e *event) []byte {
	n := &c.entry
	*n = entry{
		created: e.tick, ingested: e.ingested(), address: n.address[:0],
		id:          requestGUID(mix2(e.attempt, uint64(e.part)+1)),
		correlation: guidOf(scramble(e.attempt + 11)),
		luck:        random{mix2(e.attempt, uint64(e.part)+77)},
		outcome:     &outcomes[e.outcome],
		protocol:    "none", tokenType: "none", transfer: "none",
	}
	b := c.buffer[:0]
	switch e.scene.log() {
	case logService:
		b = c.appendService(b, e, n)
	case logMachine:
		b = c.appendMachine(b, e, n)
	default:
		c.direct(e, n)
		b = c.appendUser(b, n)
	}
	c.buffer = b
	return b
}

const (
	envelopeStart = `{ "time": "`
	envelopeMain  = `", "operationName": "Sign-in activity", "operationVersion": "1.0", "category": "`
)

// envelopeTenant and the constants below are the parts of a record that never change.
var (
	envelopeResource = `Z", "resourceId": "/tenants/` + tenantID + `/providers/Microsoft.aadiam`
	envelopeTenant   = `", "tenantId": "` + tenantID + `", `
)

// relayAddress is the address of some refreshes: a relay, and not the address for which the token was issued.
const relayAddress = "198.51.100.200"

func appendEnvelope(b []byte, n *entry, category, name, country string) []byte {
	b = append(b, envelopeStart...)
	b = appendTime(b, n.ingested)
	b = append(b, envelopeResource...)
	b = append(b, envelopeMain...)
	b = append(b, category...)
	b = append(b, envelopeTenant...)
	b = append(b, n.outcome.head...)
	b = append(b, `"durationMs": 0, `...)
	if len(n.address) > 0 {
		b = append(b, `"callerIpAddress": "`...)
		if category == "NonInteractiveUserSignInLogs" && n.correlation[0] == 0 {
			b = append(b, relayAddress...)
		} else {
			b = append(b, n.address...)
		}
		b = append(b, `", `...)
	}
	b = append(b, `"correlationId": "`...)
	b = appendGUID(b, n.correlation)
	if name != "" {
		b = append(b, `", "identity": "`...)
		b = append(b, name...)
	}
	b = append(b, `", "Level": 4, `...)
	if country != "" {
		b = append(b, `"location": "`...)
		b = append(b, country...)
		b = append(b, `", `...)
	}
	b = append(b, `"properties": {"id":"`...)
	b = appendGUID(b, n.id)
	b = append(b, `","createdDateTime":"`...)
	b = appendTime(b, n.created)
	return append(b, `+00:00",`...)
}

func appendText(b []byte, key, value string) []byte {
	b = append(b, key...)
	b = append(b, value...)
	return append(b, '"', ',')
}

func appendGUIDField(b []byte, key string, g guid) []byte {
	b = append(b, key...)
	b = appendGUID(b, g)
	return append(b, '"', ',')
}

// appendService writes a service principal's record. Like real ones it is half as long as a person's, and its levels say low without
// any risk.
func (c *recorder) appendService(b []byte, e *event, n *entry) []byte {
	w := &c.org.services[e.who]
	target := w.targets[0]
	if e.part >= 7 {
		target = w.targets[1+int(e.part)%2]
	}
	address := share(mix2(w.ordinal, uint64(floorDiv(e.tick, 3*ticksPerDay))), 3)
	n.address = append(n.address, w.network.addresses[(int(w.ordinal)+address)%len(w.network.addresses)]...)
	n.place = w.network.place
	if w.hiddenP {
		n.place = nowhere
	}
	b = appendEnvelope(b, n, "ServicePrincipalSignInLogs", "", n.place.country)
	b = appendText(b, `"userId":null,"appId":"`, w.appID)
	b = append(b, `"ipAddress":"`...)
	b = append(b, n.address...)
	b = append(b, `","status":`...)
	b = append(b, n.outcome.status...)
	b = append(b, `,"location":`...)
	b = append(b, n.place.fragment...)
	b = appendGUIDField(b, `,"correlationId":"`, n.correlation)
	b = append(b, `"isInteractive":false,"tokenIssuerType":"AzureAD","authenticationProcessingDetails":[{"key":"Azure AD App Authentication Library","value":"Family: MSAL Library: MSAL.NetCore 4.66.1.0 Platform: .NET 8.0"}],"networkLocationDetails":`...)
	b = append(b, w.network.named...)
	b = appendText(b, `,"clientCredentialType":"`, w.kind)
	b = append(b, `"processingTimeInMilliseconds":`...)
	b = strconv.AppendInt(b, int64(20+n.luck.below(160)), 10)
	b = append(b, `,"riskDetail":"none","riskLevelAggregated":"low","riskLevelDuringSignIn":"low","riskState":"none",`...)
	b = append(b, target.fragment...)
	b = appendText(b, `"servicePrincipalName":"`, w.name)
	b = appendText(b, `"servicePrincipalId":"`, w.id)
	b = appendText(b, `"servicePrincipalCredentialKeyId":"`, c.keyOf(w, e))
	b = appendText(b, `"servicePrincipalCredentialThumbprint":"`, w.thumbprint)
	b = appendText(b, `"federatedCredentialId":"`, w.federated)
	if w.agent {
		b = append(b, `"agent":{"agentType":"agenticAppInstance","parentAppId":"`...)
		b = append(b, c.org.services[31].appID...)
		b = append(b, `"},`...)
	}
	return appendWorkloadEnd(b, n, w, target)
}

// keyOf gives the credential's key. The export job gets a new key after each expiry. A secret that is wrong is nobody's key.
func (c *recorder) keyOf(w *workload, e *event) string {
	switch {
	case e.outcome == badSecret:
		return ""
	case w.name != exportJob:
		return w.key
	}
	return exportKey(exportTurn(e.tick))
}

// exportTurn gives the turn of the secret that the export job has at an instant.
func exportTurn(tick int64) int64 {
	turn, since := turnOf(tick)
	if since >= secretEnd*ticksPerDay+9*ticksPerHour {
		turn++
	}
	return turn
}

func exportKey(turn int64) string {
	return string(appendGUID(nil, guidOf(mix2(idCredential, uint64(turn)))))
}

// appendWorkloadEnd writes the end that records of both kinds of workload share.
func appendWorkloadEnd(b []byte, n *entry, w *workload, target *resource) []byte {
	b = append(b, `"flaggedForReview":false,"isTenantRestricted":false,`...)
	if w.network != nil {
		b = append(b, `"autonomousSystemNumber":`...)
		b = append(b, w.network.asn...)
		b = append(b, ',')
	}
	b = append(b, `"crossTenantAccessType":"none","uniqueTokenIdentifier":"`...)
	b = appendTokenID(b, n.id)
	b = append(b, `","incomingTokenType":"none","authenticationProtocol":"`...)
	if w.network != nil {
		b = append(b, `clientCredentials`...)
	} else {
		b = append(b, `none`...)
	}
	b = append(b, `","appServicePrincipalId":null,"resourceServicePrincipalId":"`...)
	b = append(b, target.principal...)
	b = append(b, `","signInTokenProtectionStatus":"none","originalTransferMethod":"none","isThroughGlobalSecureAccess":false,"conditionalAccessAudiences":`...)
	if target.name == "Azure Resource Manager" {
		b = append(b, target.audiences...)
	} else {
		b = append(b, `[]`...)
	}
	b = appendText(b, `,"appOwnerTenantId":"`, w.owner)
	b = append(b, `"resourceOwnerTenantId":"`...)
	b = append(b, target.owner...)
	return append(b, "\"}}\n"...)
}

// appendMachine writes a managed identity's record: no address, a place of 0,0 and a notApplied without meaning.
func (c *recorder) appendMachine(b []byte, e *event, n *entry) []byte {
	w := &c.org.machines[e.who]
	target := w.targets[0]
	if e.part >= 6 {
		target = w.targets[1+int(e.part)%2]
	}
	b = appendEnvelope(b, n, "ManagedIdentitySignInLogs", "", "")
	b = appendText(b, `"userId":null,"appId":"`, w.appID)
	b = append(b, `"ipAddress":"","status":`...)
	b = append(b, n.outcome.status...)
	b = append(b, `,"location":`...)
	b = append(b, nowhere.fragment...)
	b = appendGUIDField(b, `,"correlationId":"`, n.correlation)
	b = append(b, `"conditionalAccessStatus":"notApplied","appliedConditionalAccessPolicies":[],"isInteractive":false,"tokenIssuerType":"AzureAD","authenticationProcessingDetails":[],"clientCredentialType":"managedIdentity","processingTimeInMilliseconds":0,"riskDetail":"none","riskLevelAggregated":"low","riskLevelDuringSignIn":"low","riskState":"none",`...)
	b = append(b, target.fragment...)
	b = appendText(b, `"servicePrincipalName":"`, w.name)
	b = appendText(b, `"servicePrincipalId":"`, w.id)
	b = append(b, w.msi...)
	b = append(b, `"federatedCredentialId":"",`...)
	return appendWorkloadEnd(b, n, w, target)
}
