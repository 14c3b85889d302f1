package views

import (
	"strings"
	"testing"

	"signpost/store"
	"signpost/web/ask"
)

func TestRecordedValuesInMails(t *testing.T) {
	for value, want := range map[string]string{
		"":                                     "",
		"Robin's laptop":                       "Robin's laptop",
		"Edge 130.0.2849.56":                   "Edge 130.0.2849.56",
		"St. Louis":                            "St. Louis",
		"Verify at https://evil.example/a.b?c": "Verify at https[:]//evil[.]example/a[.]b?c",
		"www.evil.example":                     "www[.]evil[.]example",
		"www.1evil":                            "www[.]1evil",
		"mail robin@evil.example":              "mail robin@evil[.]example",
		"evil\uff0eexample evil\u3002example":  "evil[\uff0e]example evil[\u3002]example",
		"evil.\u200bexample":                   "evil[.][U+200B]example",
		"http://192.0.2.7/":                    "http[:]//192.0.2.7/",
		`\\evil\share \\\evil`:                 `\ \evil\share \ \ \evil`,
		"Ends with a dot.":                     "Ends with a dot.",
		"two\nlines":                           "two[U+000A]lines",
		strings.Repeat("ä", 80):                strings.Repeat("ä", 80),
		strings.Repeat("ä", 81):                strings.Repeat("ä", 80) + "…",
	} {
		if got := plainRecorded(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

// No value of a record makes a link in a mail, or a mail that is too long to read.
func TestMailWithHostileValues(t *testing.T) {
	const evil = "Verify at https://evil.example/now or www.evil.example "
	long := evil + strings.Repeat("x", 5000)
	s := ask.OwnSignIn{Trace: store.Trace{
		Status: store.StatusSuccess, AppDisplayName: long, AppID: long, Location: store.Place{City: long, State: long, CountryOrRegion: long},
		DeviceDisplayName: long, OperatingSystem: long, Browser: long,
	}, Marks: []store.Mark{{Kind: store.MarkFirstCountry, Value: long}, {Kind: store.MarkFirstDevice, Value: long}}}
	subject, body := NewSignInMail([]ask.OwnSignIn{s}, Zone{}, "https://signpost.example/")
	if strings.Count(subject+body, "://") != 1 || strings.Contains(subject+body, "evil.example") || strings.Contains(subject+body, "www.") {
		t.Errorf("the mail has a link in it: %s\n%s", subject, body)
	}
	if len(subject) > 200 || len(body) > 2500 {
		t.Errorf("the subject has %d bytes and the body %d", len(subject), len(body))
	}
	for _, want := range []string{"Device: Verify at https[:]//evil[.]example/now", "https://signpost.example/me\n"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail lacks %q: %s", want, body)
		}
	}
	if s.AppDisplayName != long || s.Marks[0].Value != long {
		t.Error("the sign-in itself was changed")
	}
	s.AppDisplayName, s.Marks = "", s.Marks[1:]
	if _, body := NewSignInMail([]ask.OwnSignIn{s}, Zone{}, "https://signpost.example"); strings.Contains(body, "evil.example") {
		t.Errorf("the mail has a link in it: %s", body)
	}
}
