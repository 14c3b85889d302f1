package auth

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the list
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// commonPasswordsFile is the list of common passwords, lower case and sorted, one a line. Its source stands in
// commonpasswords.LICENSE.
//
//go:embed commonpasswords.txt.gz
var commonPasswordsFile []byte

// commonPasswords is the list. It is unpacked when somebody first chooses a password.
var commonPasswords = sync.OnceValue(func() []string {
	list, err := gzip.NewReader(bytes.NewReader(commonPasswordsFile))
	var text []byte
	if err == nil {
		text, err = io.ReadAll(list)
	}
	if err != nil {
		panic(fmt.Sprintf("auth: the list of common passwords cannot be read: %v", err)) // the list is part of the program: this cannot happen
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
})

// isCommonPassword tells whether the list has the password, in any letter case and with spaces around it.
func isCommonPassword(password string) bool {
	_, found := slices.BinarySearch(commonPasswords(), strings.ToLower(strings.TrimSpace(password)))
	return found
}
