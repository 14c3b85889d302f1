package views

import (
	"slices"
	"testing"

	"signpost/store"
	"signpost/store/audit"
)

// Whoever types words means the values that read so and the text itself, each once. Some records hold the words.
func TestValuesMeant(t *testing.T) {
	for _, c := range []struct {
		field *store.Field
		typed string
		want  []string
	}{
		{store.OSField, "Windows 10", []string{"Windows10", "Windows 10"}},
		{store.OSField, "windows 10", []string{"Windows10", "Windows 10"}},
		{store.OSField, "Windows10", []string{"Windows10"}},
		{store.OSField, "Windows 8.1", []string{"Windows8.1", "Windows 8.1"}},
		{store.MethodField, "temporary access pass", []string{"TAP", "temporaryAccessPass", "Temporary Access Pass"}},
		{store.MethodField, "Text message", []string{"Text message", "SMS", "OneWaySMS"}},
		{store.CountryField, "germany", []string{"DE"}},
		{store.CountryField, "Atlantis", []string{"Atlantis"}},
		{store.StatusField, "Interrupted", []string{"interrupted"}},
		{store.MFAField, "Declined", []string{store.MFADenied}},
		{store.MFAField, "declined by post", []string{"declined by post"}}, // the page refuses it
		{store.FlowField, "Device code", []string{"deviceCode"}},
		{store.ErrorField, "50126", []string{"50126"}},
		{audit.CategoryField, "Application management", []string{"ApplicationManagement", "Application Management"}},
	} {
		if got := ValuesMeant(c.field, c.typed); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q means %q, want %q", c.field.Name, c.typed, got, c.want)
		}
	}
	codes := ValuesMeant(store.ErrorField, codeInWords("50126"))
	if !slices.Equal(codes, []string{"50126"}) {
		t.Errorf("the words of error 50126 mean %q", codes)
	}
}
