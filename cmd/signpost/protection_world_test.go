package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/importer"
)

// protectionWorld is the portal of reports, with further sign-ins at risk, risk detections and risky users. Every value that matters
// occurs in many combinations.
type protectionWorld struct {
	*insightsWorld
	detections []madeDetection
	changes    map[string][]madeChange // of each user, the oldest first
}

// madeDetection is a detection as the test wrote it.
type madeDetection struct {
	ID, Type, Level, State, Activity string
	Techniques                       []string
	At                               time.Time
}

// madeChange is a change of the risk of a user as the test wrote it.
type madeChange struct {
	At                       time.Time
	Level, State, Detail, By string
}

func pickOne[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func newProtectionWorld(t *testing.T) *protectionWorld {
	t.Helper()
	w := &protectionWorld{insightsWorld: newInsightsWorld(t), changes: map[string][]madeChange{}}
	w.addSignIns(rand.New(rand.NewPCG(22, 1)))
	return w
}

// put imports an answer of Graph.
func (w *protectionWorld) put(set string, records []map[string]any) {
	w.t.Helper()
	text, err := json.Marshal(map[string]any{"@odata.context": "https://graph.microsoft.com/beta/$metadata#" + set, "value": records})
	if err != nil {
		w.t.Fatal(err)
	}
	report, err := importer.New(w.db, importer.Options{}).Reader(w.t.Context(), set, strings.NewReader(string(text)))
	if err != nil || report.RejectedTotal+report.Skipped > 0 || report.Read != int64(len(records)) {
		w.t.Fatalf("import %d %s: %+v, %v", len(records), set, report, err)
	}
}

func (w *protectionWorld) someTime(r *rand.Rand, days int) time.Time {
	return w.until.Add(-time.Duration(r.IntN(days*24*60*60)) * time.Second)
}

// addSignIns adds sign-ins of every level, state, code and place.
func (w *protectionWorld) addSignIns(r *rand.Rand) {
	var records []map[string]any
	var apps []string
	for id := range w.apps {
		apps = append(apps, id)
	}
	slices.Sort(apps)
	reasons := map[int64][]string{50053: {"The account is locked because of too many tries.", "Sign-in was blocked because it came from an IP address with malicious activity.", "", "Malicious address."}}
	for i := range 700 {
		log := pickOne(r, store.Interactive, store.NonInteractive)
		code := pickOne[int64](r, 0, 0, 0, 53003, 53004, 530032, 50053, 50053, 50074, 50076, 500121, 50126, 50058)
		s := &store.SignIn{
			AppID: pickOne(r, apps...), UserID: fmt.Sprintf("00000000-0000-4000-8000-%012d", r.IntN(30)), ErrorCode: store.IntOf(code),
			RiskLevelDuringSignIn: pickOne(r, "low", "medium", "high", "high", "none", "hidden"), RiskState: pickOne(r, "none", "atRisk", "atRisk", "remediated", "dismissed", "confirmedSafe", "confirmedCompromised"),
			City: pickOne(r, "Porto", "London", "London", "Springfield", "", "Ulm"), CountryOrRegion: pickOne(r, "PT", "GB", "CA", "US", "", "DE"),
		}
		s.Log, s.ID, s.Time = log, fmt.Sprintf("00000000-0000-4000-9000-%012d", i), w.someTime(r, insightsDays)
		if some := reasons[code]; some != nil {
			s.FailureReason = pickOne(r, some...)
		}
		for _, kind := range []string{"unfamiliarFeatures", "nationStateIP", "anonymizedIPAddress", "newCountry"} {
			if r.IntN(4) == 0 {
				s.RiskEventTypes = append(s.RiskEventTypes, kind)
			}
		}
		location := map[string]any{"city": s.City, "countryOrRegion": s.CountryOrRegion}
		if s.City != "Ulm" {
			location["geoCoordinates"] = map[string]any{"latitude": 41.5, "longitude": -8.5}
		}
		kind := "nonInteractiveUser"
		if log == store.Interactive {
			kind = "interactiveUser"
		}
		records = append(records, map[string]any{
			"id": s.ID, "createdDateTime": s.Time.Format(time.RFC3339), "correlationId": fmt.Sprintf("00000000-0000-4000-a000-%012d", i), "userId": s.UserID,
			"userPrincipalName": s.UserID[30:] + "@example.com", "userDisplayName": "Person " + s.UserID[34:], "appId": s.AppID, "isInteractive": log == store.Interactive, "signInEventTypes": []string{kind},
			"status": map[string]any{"errorCode": code, "failureReason": s.FailureReason}, "riskLevelDuringSignIn": s.RiskLevelDuringSignIn, "riskState": s.RiskState,
			"riskEventTypes_v2": s.RiskEventTypes, "location": location,
		})
		w.signIns = append(w.signIns, s)
	}
	w.put("auditLogs/signIns", records)
}

// addDetections adds detections; some come twice, in two states.
func (w *protectionWorld) addDetections(r *rand.Rand) {
	var records []map[string]any
	for i := range 400 {
		d := madeDetection{
			ID: fmt.Sprintf("%064x", i), Type: pickOne(r, "unfamiliarFeatures", "anomalousToken", "anonymizedIPAddress", "nationStateIP", "newCountry", "leakedCredentials", "somethingNew"),
			Level: pickOne(r, "low", "medium", "high"), Activity: pickOne(r, "signin", "user"), At: w.someTime(r, insightsDays),
		}
		info := "[]"
		if r.IntN(3) == 0 {
			d.Techniques = pickOne(r, []string{"T1078"}, []string{"T1078", "T1090"}, []string{"T1621"})
			info = `[{"Key":"mitreTechniques","Value":"` + strings.Join(d.Techniques, ",") + `"}]`
		}
		for copies := 1 + r.IntN(2); copies > 0; copies-- {
			d.State = pickOne(r, "atRisk", "remediated", "dismissed", "confirmedSafe", "confirmedCompromised")
			records = append(records, map[string]any{
				"id": d.ID, "riskEventType": d.Type, "riskLevel": d.Level, "riskState": d.State, "riskDetail": "none", "activity": d.Activity, "detectionTimingType": "realtime",
				"activityDateTime": d.At.Format(time.RFC3339), "detectedDateTime": d.At.Format(time.RFC3339), "lastUpdatedDateTime": d.At.Add(time.Duration(9-copies) * time.Hour).Format(time.RFC3339),
				"userId": fmt.Sprintf("00000000-0000-4000-8000-%012d", r.IntN(30)), "userDisplayName": "Somebody", "userPrincipalName": "somebody@example.com", "additionalInfo": info, "tokenIssuerType": "AzureAD", "source": "IdentityProtection",
			})
		}
		w.detections = append(w.detections, d)
	}
	w.put("identityProtection/riskDetections", records)
}

// addRiskyUsers adds users with a history of a year.
func (w *protectionWorld) addRiskyUsers(r *rand.Rand) {
	var records []map[string]any
	for i := range 30 {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		times := map[time.Time]bool{}
		for range 4 + r.IntN(12) {
			times[w.someTime(r, pickOne(r, insightsDays, insightsDays, 360))] = true
		}
		var list []madeChange
		for at := range times {
			list = append(list, madeChange{At: at})
		}
		slices.SortFunc(list, func(a, b madeChange) int { return a.At.Compare(b.At) })
		var history []map[string]any
		var last map[string]any
		for n := range list {
			c := &list[n]
			c.Level, c.State, c.Detail = pickOne(r, "low", "medium", "high"), pickOne(r, "atRisk", "atRisk", "remediated", "dismissed", "confirmedCompromised", "none"), "none"
			switch c.State {
			case "remediated":
				c.Detail = pickOne(r, "userPerformedSecuredPasswordChange", "userPassedMFADrivenByRiskBasedPolicy", "adminGeneratedTemporaryPassword")
			case "dismissed":
				c.Detail = pickOne(r, "adminDismissedAllRiskForUser", "aiConfirmedSigninSafe")
			}
			last = map[string]any{"id": id, "userId": id, "riskLevel": c.Level, "riskState": c.State, "riskDetail": c.Detail, "riskLastUpdatedDateTime": c.At.Format(time.RFC3339)}
			history = append(history, last)
		}
		records = append(records, map[string]any{
			"id": id, "riskLevel": last["riskLevel"], "riskState": last["riskState"], "riskDetail": last["riskDetail"], "riskLastUpdatedDateTime": last["riskLastUpdatedDateTime"],
			"userDisplayName": fmt.Sprintf("Person %d", i), "userPrincipalName": fmt.Sprintf("person%d@example.com", i), "isDeleted": false, "isProcessing": false, "history": history,
		})
		w.changes[id] = list
	}
	w.put("identityProtection/riskyUsers", records)
}
