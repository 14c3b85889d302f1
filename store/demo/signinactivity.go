package demo

import (
	"encoding/base64"
	"io"
	"time"
)

// The reports in this file are older than the others: somebody exported them, and left them with the rest. What they tell differs from
// the logs as such exports do.
const (
	activityReportDays = 120 // the report of sign-in activity is from before all logs of the usual length
	registrationsDays  = 20  // the registration details of before
)

// olderReports are files of older reports. They come before the present ones.
func (o *organisation) olderReports() []directoryFile {
	return []directoryFile{
		{"registrationdetails-before.json", o.writeEarlierRegistrations},
		{"credentialuserregistrationdetails.json", o.writeFormerRegistrations},
		{"serviceprincipalsigninactivities.json", o.writeSignInActivity},
	}
}

// idActivity numbers what the report of sign-in activity makes up.
const idActivity uint64 = 0x51a

// writeSignInActivity writes the last uses of applications and programs, as the report had them at its time. An application is used by
// people, a program by itself. Graph tells the request behind a few uses; of most it says Aggregated.
func (o *organisation) writeSignInActivity(w io.Writer, until time.Time) error {
	exported := until.UTC().Truncate(24*time.Hour).AddDate(0, 0, -activityReportDays)
	return answer(w, "reports/servicePrincipalSignInActivities", func(put func(string)) {
		row := func(appID string, h uint64, context string) {
			last := exported.Add(-time.Duration(1+share(mix(h, 1), 30*24*60)) * time.Minute)
			request := "Aggregated"
			if share(mix(h, 2), 8) == 0 {
				request = guidOf(mix(h, 3)).String()
			}
			use := `{"lastSignInDateTime":"` + last.Format(time.RFC3339) + `","lastSignInRequestId":"` + request + `"}`
			contexts := ""
			for _, name := range []string{"delegatedClientSignInActivity", "delegatedResourceSignInActivity", "applicationAuthenticationClientSignInActivity", "applicationAuthenticationResourceSignInActivity"} {
				value := "null"
				if name == context {
					value = use
				}
				contexts += `,"` + name + `":` + value
			}
			put(`{"id":"` + base64.StdEncoding.EncodeToString([]byte(appID)) + `","appId":"` + appID + `","lastSignInActivity":` + use + contexts + `}`)
		}
		for i := range o.apps {
			row(o.apps[i].id, mix(idActivity, 1, uint64(i)), "delegatedClientSignInActivity")
		}
		for i := range o.services {
			row(o.services[i].appID, mix(idActivity, 2, uint64(i)), "applicationAuthenticationClientSignInActivity")
		}
	})
}
