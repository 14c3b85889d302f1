//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The odd sign-ins are what a made-up tenant of good manners lacks: names and addresses as long as they
// come, records that say little, every outcome of one person, a group of more members than are shown at
// once. They lie in a day of their own, which oddRange asks for.
var oddDay = time.Date(2020, 3, 4, 0, 0, 0, 0, time.UTC)

const (
	tenant      = "86131ef0-a87d-4dcb-942f-b2d3734b0444" // of the made-up tenant: with two, lists have a column more
	oddRange    = "from=2020-03-04T00:00:00Z&to=2020-03-05T00:00:00Z"
	longRange   = "from=2020-03-10T00:00:00Z&to=2020-03-11T00:00:00Z"
	oddUPN      = "una@tidewater-lantern.example"
	longAddress = "2001:0db8:ffff:aaaa:bbbb:cccc:dddd:eeee"
)

type object map[string]any

// recentFailure is the ID of a failure of the last hour with a success of the same user and application before it. At a weekend
// the made-up tenant has none among its newest failures.
const recentFailure = "0dd00003-0001-4000-8000-000000000001"

// importOddSignIns writes them to the folder and imports them into the shared portal, with the recent failure.
func importOddSignIns(folder string) error {
	file := filepath.Join(folder, "odd.ndjson")
	if err := writeLines(file, slices.Concat(oddSignIns(), recentSignIns())); err != nil {
		return fmt.Errorf("write the odd sign-ins: %w", err)
	}
	return signpost("", "import", "--data", data, file)
}

func writeLines(file string, records []object) error {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, record := range records {
		if err := encoder.Encode(record); err != nil {
			return err
		}
	}
	return os.WriteFile(file, lines.Bytes(), 0o600)
}

func recentSignIns() (records []object) {
	for i, code := range []int{0, 50126} {
		status := object{"errorCode": code}
		if code != 0 {
			status["failureReason"] = "Error validating credentials due to invalid username or password."
		}
		at := time.Now().UTC().Truncate(time.Second).Add(time.Duration(10*i-30) * time.Minute)
		records = append(records, object{"time": at.Add(time.Minute), "category": "SignInLogs", "tenantId": tenant, "properties": object{
			"id": fmt.Sprintf("0dd00003-%04d-4000-8000-000000000001", i), "createdDateTime": at, "status": status,
			"userId": "12345678-0000-0000-0000-000000000003", "userDisplayName": "Rena Recent", "userPrincipalName": "rena@tidewater-lantern.example",
			"appId": "66666666-0000-0000-0000-000000000003", "appDisplayName": "Harbour Timetable", "ipAddress": "203.0.113.77",
			"correlationId": fmt.Sprintf("c0de0003-%04d-2222-3333-444444444444", i), "resourceId": "00000003-0000-0000-c000-000000000000", "resourceDisplayName": "Microsoft Graph",
			"clientAppUsed": "Browser", "authenticationRequirement": "singleFactorAuthentication",
			"location":     object{"city": "Suva", "state": "Central", "countryOrRegion": "FJ", "geoCoordinates": object{"latitude": -18.14, "longitude": 178.44}},
			"deviceDetail": object{"operatingSystem": "Windows10", "browser": "Edge 131.0.0"},
		}})
	}
	return records
}

func oddSignIns() (records []object) {
	add := func(category string, minute int, properties object) {
		at := oddDay.Add(8*time.Hour + time.Duration(minute)*time.Minute)
		record := object{"time": at.Add(5 * time.Minute), "category": category, "tenantId": tenant, "properties": properties}
		properties["id"] = fmt.Sprintf("%s-%04d-4000-8000-0000%08d", "0dd00000", len(records), len(records))
		properties["createdDateTime"] = at
		records = append(records, record)
	}
	long := object{
		"userId": "11111111-2222-3333-4444-555555555555", "userDisplayName": "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh (External, Contractor)",
		"userPrincipalName": "maximiliana-theodora.wolfeschlegelsteinhausenbergerdorff_partner.example#EXT#@tidewater-lantern.example",
		"appId":             "66666666-7777-8888-9999-000000000000", "appDisplayName": "Contoso-Harbour-Invoices-Reconciliation-And-Settlement-Service-Production-West-Europe",
		"resourceId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "resourceDisplayName": "api://harbour-invoices-reconciliation-and-settlement.tidewater-lantern.example/v2",
		"ipAddress": longAddress, "location": object{"city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "state": "Isle of Anglesey", "countryOrRegion": "GB"},
		"conditionalAccessStatus": "failure", "authenticationRequirement": "multiFactorAuthentication",
		"status": object{"errorCode": 530034567, "failureReason": "A code that nobody has described yet.", "additionalDetails": "See https://tidewater-lantern.example/" + fmt.Sprintf("%0120d", 1)},
	}
	add("SignInLogs", 1, long)
	own := func(code int, reason string) object {
		return object{
			"userId": "12345678-0000-0000-0000-000000000001", "userDisplayName": "Una Member", "userPrincipalName": oddUPN,
			"appId": "66666666-0000-0000-0000-000000000001", "appDisplayName": "Microsoft Teams", "ipAddress": "203.0.113.9",
			"location": object{"city": "Suva", "state": "Central", "countryOrRegion": "FJ"}, "clientAppUsed": "Browser",
			"deviceDetail": object{"operatingSystem": "Windows10", "browser": "Edge 131.0.0"},
			"status":       object{"errorCode": code, "failureReason": reason},
		}
	}
	for i, code := range []int{0, 50126, 50140, 500121, 530034567, 53003} {
		add("SignInLogs", 2+i, own(code, "Reason of the code."))
	}
	// One sign-in with MFA as Azure Monitor records it: code asked, declined twice, timed out, approved.
	for i, detail := range []string{
		"MFA required in Azure AD", "MFA denied; user declined the authentication", "MFA denied; user declined the authentication",
		"MFA denied; user did not respond to mobile app notification", "MFA completed in Azure AD",
	} {
		event := own([]int{50074, 500121, 500121, 500121, 0}[i], detail)
		event["correlationId"], event["resourceId"] = "c0de0000-1111-2222-3333-444444444444", "00000003-0000-0000-c000-000000000000"
		event["authenticationRequirement"] = "multiFactorAuthentication"
		event["status"].(object)["additionalDetails"] = detail
		add("SignInLogs", 30+i, event)
	}
	add("SignInLogs", 12, object{"ipAddress": longAddress, "userPrincipalName": oddUPN})
	add("SignInLogs", 13, object{
		"userPrincipalName": "scanner@tidewater-lantern.example", "isInteractive": false, "clientAppUsed": "Other clients; IMAP",
		"appDisplayName": "Office 365 Exchange Online", "status": object{"errorCode": 0},
	})
	add("SignInLogs", 14, object{"status": object{"errorCode": 0}})
	for i := range 70 {
		add("NonInteractiveUserSignInLogs", 20+i, maps.Clone(long))
	}
	add("NonInteractiveUserSignInLogs", 30, own(0, ""))
	// Six days later: values that are longer than a filter takes, the second without anything at its beginning.
	add("SignInLogs", 6*24*60, object{
		"userPrincipalName": "long@tidewater-lantern.example", "userAgent": strings.Repeat("Mozilla/5.0 (é) ", 400), "appDisplayName": strings.Repeat(" ", 1200) + "x",
		"location": object{"city": strings.Repeat("Suva ", 300), "countryOrRegion": "FJ"},
	})
	return records
}
