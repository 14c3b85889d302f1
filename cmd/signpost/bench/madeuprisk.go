package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// detectionRecord is a detection as Microsoft Graph has it.
type detectionRecord struct {
	ID                  string         `json:"id"`
	RequestID           string         `json:"requestId,omitempty"`
	CorrelationID       string         `json:"correlationId,omitempty"`
	RiskEventType       string         `json:"riskEventType"`
	RiskLevel           string         `json:"riskLevel"`
	RiskState           string         `json:"riskState"`
	RiskDetail          string         `json:"riskDetail"`
	Source              string         `json:"source"`
	DetectionTimingType string         `json:"detectionTimingType"`
	Activity            string         `json:"activity"`
	TokenIssuerType     string         `json:"tokenIssuerType"`
	IPAddress           string         `json:"ipAddress,omitempty"`
	Location            map[string]any `json:"location,omitempty"`
	ActivityDateTime    string         `json:"activityDateTime"`
	DetectedDateTime    string         `json:"detectedDateTime"`
	LastUpdatedDateTime string         `json:"lastUpdatedDateTime"`
	AdditionalInfo      string         `json:"additionalInfo"`

	UserID            string `json:"userId,omitempty"`
	UserDisplayName   string `json:"userDisplayName,omitempty"`
	UserPrincipalName string `json:"userPrincipalName,omitempty"`

	AppID                       string   `json:"appId,omitempty"`
	ServicePrincipalID          string   `json:"servicePrincipalId,omitempty"`
	ServicePrincipalDisplayName string   `json:"servicePrincipalDisplayName,omitempty"`
	KeyIDs                      []string `json:"keyIds,omitempty"`
}

// riskyRecord is a risky user or service principal as Microsoft Graph has it, with its history.
type riskyRecord struct {
	ID string `json:"id"`
	riskChange
	UserDisplayName      string       `json:"userDisplayName,omitempty"`
	UserPrincipalName    string       `json:"userPrincipalName,omitempty"`
	DisplayName          string       `json:"displayName,omitempty"`
	AppID                string       `json:"appId,omitempty"`
	ServicePrincipalType string       `json:"servicePrincipalType,omitempty"`
	History              []riskChange `json:"history"`
}

type riskChange struct {
	RiskLevel               string `json:"riskLevel"`
	RiskState               string `json:"riskState"`
	RiskDetail              string `json:"riskDetail"`
	RiskLastUpdatedDateTime string `json:"riskLastUpdatedDateTime"`
}

// The types of made-up detections: those of sign-ins, of users without a sign-in, and of service principals.
var (
	signInRisks = []struct{ name, techniques string }{
		{"unfamiliarFeatures", "T1078"},
		{"anonymizedIPAddress", "T1090.003,T1078"},
		{"unlikelyTravel", "T1078"},
		{"passwordSpray", "T1110.003"},
		{"maliciousIPAddress", ""},
		{"anomalousToken", "T1539,T1528"},
		{"newCountry", ""},
		{"suspiciousBrowser", "T1078"},
	}
	userRisks     = []string{"leakedCredentials", "anomalousUserActivity", "suspiciousAPITraffic", "userReportedSuspiciousActivity", "attemptedPrtAccess"}
	workloadRisks = []string{"suspiciousSignins", "leakedCredentials", "anomalousServicePrincipalActivity", "investigationsThreatIntelligence"}
	// riskEnds are states with the details that lead to them.
	riskEnds = [][2]string{
		{"remediated", "userPassedMFADrivenByRiskBasedPolicy"},
		{"remediated", "userPerformedSecuredPasswordChange"},
		{"dismissed", "adminDismissedAllRiskForUser"},
		{"confirmedSafe", "adminConfirmedSigninSafe"},
		{"confirmedCompromised", "adminConfirmedUserCompromised"},
	}
)

func oneOf[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }

// madeUpDetection fills what every detection has.
func madeUpDetection(prefix string, n int, at time.Time, random *rand.Rand) *detectionRecord {
	d := &detectionRecord{
		ID: fmt.Sprintf("%s%062x", prefix, n), RiskLevel: oneOf(random, []string{"low", "low", "medium", "high"}), RiskState: "atRisk", RiskDetail: "none",
		Source: "IdentityProtection", TokenIssuerType: "AzureAD", ActivityDateTime: timeOf(at),
	}
	if random.IntN(2) == 0 {
		end := oneOf(random, riskEnds)
		d.RiskState, d.RiskDetail = end[0], end[1]
	}
	noticed := at.Add(time.Duration(random.IntN(48*60)) * time.Minute)
	d.DetectionTimingType = "offline"
	if random.IntN(2) == 0 {
		noticed, d.DetectionTimingType = at.Add(time.Duration(random.IntN(600))*time.Second), "realtime"
	}
	d.DetectedDateTime, d.LastUpdatedDateTime = timeOf(noticed), timeOf(noticed.Add(time.Duration(random.IntN(72*60))*time.Minute))
	return d
}

func timeOf(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (d *detectionRecord) name(s namedSignIn) {
	d.RequestID, d.CorrelationID, d.IPAddress = s.id, s.correlation, s.address
	if s.country != "" {
		d.Location = map[string]any{"city": s.city, "countryOrRegion": s.country}
	}
}

// userDetection is a detection of a user. The last fourth names no sign-in.
func (f *detectionFiller) userDetection(n int, random *rand.Rand) any {
	if n < f.users*3/4 {
		if s, ok := f.named(n); ok {
			d := madeUpDetection("aa", n, s.at, random)
			of := oneOf(random, signInRisks)
			d.Activity, d.RiskEventType, d.AdditionalInfo = "signin", of.name, signInInfo(of.techniques)
			d.name(s)
			d.UserID, d.UserDisplayName, d.UserPrincipalName = s.of.id, s.of.name, s.of.username
			return d
		}
	}
	who := f.people[n%len(f.people)]
	d := madeUpDetection("bb", n, f.someTime(random), random)
	d.Activity, d.RiskEventType, d.DetectionTimingType, d.AdditionalInfo = "user", oneOf(random, userRisks), "offline", "[]"
	d.UserID, d.UserDisplayName, d.UserPrincipalName = who.id, who.name, who.username
	return d
}

// named gives the sign-in that a detection names: the risky ones several times, and then the others once.
func (f *detectionFiller) named(n int) (namedSignIn, bool) {
	if n < detectionsOfOne*len(f.risky) {
		return f.risky[n/detectionsOfOne], true
	}
	if n -= detectionsOfOne * len(f.risky); n < len(f.others) {
		return f.others[n], true
	}
	return namedSignIn{}, false
}

func signInInfo(techniques string) string {
	info := `[{"Key":"userAgent","Value":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"},{"Key":"riskReasons","Value":["UnfamiliarASN","UnfamiliarIP"]}`
	if techniques != "" {
		info += `,{"Key":"mitreTechniques","Value":"` + techniques + `"}`
	}
	return info + "]"
}

// workloadDetection is a detection of a service principal.
func (f *detectionFiller) workloadDetection(n int, random *rand.Rand) any {
	who, at, s := f.principals[n%len(f.principals)], f.someTime(random), namedSignIn{}
	if len(f.ofWorkloads) > 0 {
		s = f.ofWorkloads[n%len(f.ofWorkloads)]
		who, at = s.of, s.at
	}
	d := madeUpDetection("cc", n, at, random)
	d.Activity, d.RiskEventType, d.AdditionalInfo = "servicePrincipal", oneOf(random, workloadRisks), "[]"
	d.name(s)
	d.ServicePrincipalID, d.ServicePrincipalDisplayName, d.AppID = who.id, who.name, who.app
	if s.key != "" {
		d.KeyIDs = []string{s.key}
	}
	return d
}

// someTime is within the days of the tenant.
func (f *detectionFiller) someTime(random *rand.Rand) time.Time {
	return f.state.Until.Add(-time.Duration(random.Int64N(int64(f.state.Days) * int64(24*time.Hour))))
}

func (f *detectionFiller) riskyUser(n int, random *rand.Rand) any {
	who := f.people[n]
	r := &riskyRecord{ID: who.id, UserDisplayName: who.name, UserPrincipalName: who.username, History: f.history(random)}
	r.riskChange = r.History[len(r.History)-1]
	return r
}

func (f *detectionFiller) riskyPrincipal(n int, random *rand.Rand) any {
	who := f.principals[n]
	r := &riskyRecord{ID: who.id, DisplayName: who.name, AppID: who.app, ServicePrincipalType: "Application", History: f.history(random)}
	for i := range r.History {
		r.History[i].RiskDetail = strings.NewReplacer("AllRiskForUser", "AllRiskForServicePrincipal", "ConfirmedUser", "ConfirmedServicePrincipal").Replace(r.History[i].RiskDetail)
	}
	r.riskChange = r.History[len(r.History)-1]
	return r
}

// history has changes from a risk to its end and to the next risk, the oldest first.
func (f *detectionFiller) history(random *rand.Rand) (changes []riskChange) {
	n := 1 + random.IntN(riskChanges)
	step := time.Duration(f.state.Days) * 24 * time.Hour / time.Duration(n)
	for i := range n {
		at := f.state.Until.Add(-time.Duration(n-i)*step + time.Duration(random.Int64N(int64(step))))
		c := riskChange{RiskLevel: oneOf(random, []string{"low", "medium", "high"}), RiskState: "atRisk", RiskDetail: "none", RiskLastUpdatedDateTime: timeOf(at)}
		if i%2 == 1 {
			end := oneOf(random, riskEnds)
			c.RiskState, c.RiskDetail = end[0], end[1]
			if c.RiskState != "confirmedCompromised" {
				c.RiskLevel = "none"
			}
		}
		changes = append(changes, c)
	}
	return changes
}
