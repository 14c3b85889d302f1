package store

import "strings"

// Lockout is one of the two meanings of error code 50053. Only the failure reason tells which.
type Lockout uint8

// The meanings.
const (
	NoLockout      Lockout = iota
	LockoutUntold          // the reason tells neither
	LockedByTries          // too many wrong passwords
	BlockedAddress         // malicious activity from the address
)

const lockoutCode = 50053

// LockoutOf gives the meaning that a failure reason tells.
func LockoutOf(code Int, reason string) Lockout {
	if !code.Set || code.N != lockoutCode {
		return NoLockout
	}
	switch reason = strings.ToLower(reason); {
	case strings.Contains(reason, "malicious"):
		return BlockedAddress
	case strings.Contains(reason, "locked"):
		return LockedByTries
	}
	return LockoutUntold
}

// Lockout gives the meaning of a sign-in with that code.
func (s *SignIn) Lockout() Lockout { return LockoutOf(s.ErrorCode, s.FailureReason) }
