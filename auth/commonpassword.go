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

// commonPasswordsFile is the list of common passwords, in small letters and sorted, one a line. Where it comes from stands in
// commonpasswords.LICENSE.
//
//go:embed commonpasswords.txt.gz
var commonPasswordsFile []byte

// commonPasswords is the list; it is unpacked when the first password is chosen.
var commonPasswords = sync.OnceValue(func() []string {
	list, err := gzip.NewReader(bytes.NewReader(commonPasswordsFile))
	var text []byte
	if err == nil {
		text, err = io.ReadAll(list)
	}
	if err != nil {
		panic(fmt.Sprintf("auth: the list of common passwords cannot be read: %v", err)) // it is a part of the program
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
})

// isCommonPassword says that a password is among those that are guessed first, in any casing and with blanks around it.
func isCommonPassword(password string) bool {
	_, found := slices.BinarySearch(commonPasswords(), strings.ToLower(strings.TrimSpace(password)))
	return found
}
