package activity

import (
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/risk"
)

// riskDetection is the number of the record type of risk detections, AadRiskDetection.
const riskDetection = 294

// tells gives the sign-in or the risk detection that a record tells; nil for a record of another type. A record that names no ID of it
// tells none either: it could never be found again.
func tells(e store.Entry) store.Entry {
	r := e.(*Record)
	if r.RecordNumber.Set && r.RecordNumber.N == riskDetection {
		if r.detectionID == "" {
			return nil
		}
		d := &risk.Record{}
		d.SetHead(store.Head{Log: risk.Users, ID: r.detectionID, Time: r.Head().Time, ToldBy: Log})
		return d
	}
	if !r.IsSignIn() || r.RecordNumber.Set && r.RecordNumber.N != stsLogon && r.RecordNumber.N != accountLogon {
		return nil
	}
	id, h := r.requestID(), r.Head()
	if id == "" {
		return nil
	}
	s := &store.SignIn{
		Log: store.Interactive, ID: id, Time: h.Time, TimeIsIngestion: h.TimeIsIngestion, ToldBy: Log,
		CorrelationID: guidOf(r.CorrelationID), SessionID: guidOf(r.SessionID), TenantID: r.Tenant,
		AppID: guidOf(r.ApplicationID), AppDisplayName: r.ApplicationName, ResourceID: r.resource(),
		UserAgent: r.UserAgent, IPAddress: r.Address,
		DeviceID: guidOf(r.DeviceID), DeviceDisplayName: r.DeviceName, OperatingSystem: valueIn(r.DeviceDetails, "OS"), Browser: valueIn(r.DeviceDetails, "BrowserType"),
		IsCompliant: truthOf(valueIn(r.DeviceDetails, "IsCompliant")),
	}
	if truthOf(valueIn(r.DeviceDetails, "IsCompliantAndManaged")) == store.True { // false says that one of both is not
		s.IsCompliant, s.IsManaged = store.True, store.True
	}
	if store.RequestOfToken(r.TokenID) == id {
		s.UniqueTokenIdentifier = r.TokenID
	}
	if _, isNumber := number(valueIn(r.DeviceDetails, "TrustType")); !isNumber { // what the numbers mean is documented nowhere
		s.TrustType = valueIn(r.DeviceDetails, "TrustType")
	}
	switch r.UserType {
	case "Application", "ServicePrincipal":
		s.ServicePrincipalID = r.UserObjectID
	default:
		s.UserID = r.UserObjectID
		if strings.Contains(r.UserID, "@") {
			s.UserPrincipalName = r.UserID
		}
	}
	for _, key := range []string{"RequestType", "UserAuthenticationMethod", "KeepMeSignedIn"} {
		if value := valueIn(r.Extended, key); value != "" {
			s.AuthenticationProcessingDetails = append(s.AuthenticationProcessingDetails, store.KeyValue{Key: key, Value: value})
		}
	}
	r.tellStatus(s)
	return s
}

// requestID gives the request ID of the sign-in that the record tells; empty where it names none. Records of the former type
// have it as their own ID alone.
func (r *Record) requestID() string {
	if r.RecordNumber.Set && r.RecordNumber.N == accountLogon {
		return wholeGUID(r.SignInID)
	}
	return wholeGUID(r.IntraSystemID)
}

// wholeGUID gives a text that is a GUID, in lower case; nothing for any other text, and for zeros.
func wholeGUID(text string) string {
	if strings.Contains(text, "_") {
		return ""
	}
	return guidOf(text)
}

// resource gives the ID of the application that was signed in to. The object and the target of such a record are that one.
func (r *Record) resource() string {
	id := guidOf(r.Object)
	for _, target := range r.Targets {
		if target.Type == "0" && id == "" {
			id = guidOf(target.ID)
		}
	}
	return id
}

// tellStatus fills how the sign-in ended: its code where the record tells one that fits the operation, else the outcome in a word.
func (r *Record) tellStatus(s *store.SignIn) {
	code, told := number(r.ErrorNumber)
	failed := strings.EqualFold(r.Operation, loginFailed)
	switch noError := r.LogonError == "" || strings.EqualFold(r.LogonError, "None"); {
	case told && (code != 0 || noError && !failed):
		s.ErrorCode = store.IntOf(code)
	case r.ErrorNumber == "" && r.Outcome == success:
		s.ErrorCode = store.IntOf(0)
	default:
		s.StatedStatus = store.SignIns.StatusInfo(store.SignIns.ParseStatus(r.Outcome)).Name
	}
	if !strings.EqualFold(r.LogonError, "None") {
		s.FailureReason = r.LogonError
	}
}

// number reads a number without a sign.
func number(text string) (n int64, ok bool) {
	n, err := strconv.ParseInt(text, 10, 53)
	return n, err == nil && n >= 0
}

func truthOf(text string) store.Bool {
	switch strings.ToLower(text) {
	case "true":
		return store.True
	case "false":
		return store.False
	}
	return store.Unset
}
