package auth

import (
	"slices"
	"strings"
	"testing"
)

func TestCommonPasswords(t *testing.T) {
	list := commonPasswords()
	long := 0
	for _, password := range list {
		if len(password) >= MinPasswordLength {
			long++
			if checkPassword(password, "ada") == nil || checkPassword(strings.ToUpper(password), "ada") == nil {
				t.Fatalf("%q is taken", password)
			}
		}
	}
	if len(list) < 10_000 || long < 1000 || !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) || slices.Contains(list, "") {
		t.Errorf("the list has %d passwords, %d of them long enough to be chosen", len(list), long)
	}
	if size := len(commonPasswordsFile); size > 100<<10 {
		t.Errorf("the list takes %d bytes of the program, want 100 KB at most", size)
	}
}
