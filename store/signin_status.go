package store

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
)

// The statuses of sign-ins as the portal words them. An unknown one is shown as "-": the record tells neither a code nor a
// status.
const (
	StatusSuccess Status = iota + 1
	StatusFailure
	StatusInterrupted
)

var signInStatuses = []StatusInfo{
	StatusUnknown:     {Label: "-"},
	StatusSuccess:     {Name: "success", Label: "Success", Tone: Good},
	StatusFailure:     {Name: "failure", Label: "Failure", Tone: Bad},
	StatusInterrupted: {Name: "interrupted", Label: "Interrupted", Tone: Warning},
}

// interruptedCodes are the error codes the portal shows as Interrupted. The API has no such status and Microsoft publishes no
// list. The first part was taken from a public analyser of portal exports. The second part are codes that say that a page or
// a step came between. A code that is not here and not 0 is Failure.
//
// Statuses of stored sign-ins follow from this list: a change has to be derived for them too.
var interruptedCodes = map[int64]bool{
	16000: true, 16001: true, 16003: true,
	50055: true, 50058: true, 50059: true, 50072: true, 50074: true, 50125: true, 50127: true, 50129: true,
	50140: true, 50143: true, 50144: true, 50168: true, 50199: true,
	51006: true, 52004: true, 65001: true,
	81010: true, 81012: true, 81014: true,

	26000: true, 29200: true,
	50019: true, 50077: true, 50081: true, 50202: true, 50203: true, 50204: true, 50205: true, 50207: true, 50209: true,
	53006: true, 53007: true,
	90096: true, 90135: true, 90137: true,
	500142: true, 500583: true, 501271: true, 650041: true, 5001212: true,
}

// CodeListVersion names the list of error codes that statuses follow from: how many there are and a hash of them, so that
// it changes with the list and with nothing else.
func CodeListVersion() string {
	codes := slices.Sorted(maps.Keys(interruptedCodes))
	hash := sha256.New()
	for _, code := range codes {
		fmt.Fprintln(hash, code)
	}
	return fmt.Sprintf("%d interrupted codes, sha256 %x", len(codes), hash.Sum(nil)[:8])
}

// DeriveStatus gives the status of a sign-in: what the record states (the portal's own files do), else
// what follows from the error code, else StatusUnknown.
func DeriveStatus(stated string, code Int) Status {
	if s := StatusNamed(signInStatuses, stated); s != StatusUnknown {
		return s
	}
	switch {
	case !code.Set:
		return StatusUnknown
	case code.N == 0:
		return StatusSuccess
	case interruptedCodes[code.N]:
		return StatusInterrupted
	}
	return StatusFailure
}
