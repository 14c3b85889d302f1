package ask

import "testing"

// The method of an audit record is read from its reason. What names no method gives none.
func TestMethodOfReason(t *testing.T) {
	for reason, want := range map[string]string{
		"User registered Authenticator App with Notification and Code ": "appNotification",
		"User failed to register Mobile Phone Call and SMS":             "mobileSMS",
		"User deleted Office Phone":                                     "officePhone",
		"user registered Passkey (Microsoft Authenticator)":             "Passkey (Microsoft Authenticator)",
		"User registered ":              "",
		"Successfully completed reset.": "",
		"":                              "",
	} {
		if got := methodOfReason(reason); got != want {
			t.Errorf("%q gives %q, want %q", reason, got, want)
		}
	}
}
