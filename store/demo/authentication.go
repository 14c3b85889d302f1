package demo

import "strconv"

// appendAuthentication writes the authentication details, the reason for MFA, and its lifetime.
func (c *recorder) appendAuthentication(b []byte, n *entry) []byte {
	s := steps{b: append(b, `"authenticationDetails":[`...), n: n}
	proof := n.outcome.proof
	// Most refreshes have no steps, as in real records.
	if n.interactive || proof > bothByClaim || n.luck.below(12) == 0 {
		s.list(proof)
	}
	b = append(s.b, `],"authenticationRequirementPolicies":[`...)
	if n.outcome.multi {
		b = append(b, `{"requirementProvider":"multiConditionalAccess","detail":"Conditional Access"}`...)
	}
	b = append(b, `],"sessionLifetimePolicies":[`...)
	switch {
	case n.outcome.code == 70043:
		b = append(b, `{"expirationRequirement":"signInFrequencyPeriodicReauthentication","detail":"Sign-in frequency (every 12 hours)"}`...)
	case n.interactive && n.outcome.multi && n.luck.below(5) == 0:
		b = append(b, `{"expirationRequirement":"rememberMultifactorAuthenticationOnTrustedDevices","detail":"Remember MFA on trusted devices"}`...)
	}
	b = append(b, `],"authenticationRequirement":"`...)
	if n.outcome.multi {
		b = append(b, `multiFactorAuthentication",`...)
	} else {
		b = append(b, `singleFactorAuthentication",`...)
	}
	if proof == secondDone {
		m := methods[n.person.method]
		b = appendText(b, `"mfaDetail":{"authMethod":"`, m.name)
		b = appendText(b, `"authDetail":"`, m.detail)
		b = append(b[:len(b)-1], `},"authenticationMethodsUsed":["Password","`...)
		b = append(b, m.name...)
		b = append(b, `"],`...)
	}
	return b
}

// steps appends authentication steps.
type steps struct {
	b     []byte
	n     *entry
	count int64
}

const (
	primary = "Primary authentication"
	second  = "Multifactor authentication"
)

func (s *steps) list(p proof) {
	m := methods[s.n.person.method]
	switch p {
	case noProof:
		return
	case byClaim, bothByClaim:
		s.add("Previously satisfied", "", true, "First factor requirement satisfied by claim in the token", primary)
		if p == bothByClaim {
			s.add("Previously satisfied", "", true, "MFA requirement satisfied by claim in the token", second)
		}
		return
	case strongKey:
		name, detail := "Windows Hello for Business", ""
		switch s.n.person.index % 3 {
		case 1:
			name, detail = "FIDO2 security key", "Lantern key"
		case 2:
			name, detail = "Passkey (device-bound)", "Authenticator"
		}
		s.add(name, detail, true, "MFA requirement satisfied by strong authentication", primary)
		return
	case badPassword:
		s.add("Password", "Password in the cloud", false, "Invalid username or password or Invalid on-premise username or password.", primary)
		return
	}
	kept := "Password Hash Sync"
	if s.n.person.index%4 == 0 {
		kept = "Password in the cloud"
	}
	s.add("Password", kept, true, "Correct password", primary)
	switch p {
	case secondAsked:
		s.add(m.name, m.detail, false, "Authentication in progress", second)
	case secondDenied:
		s.add("Mobile app notification", "", false, "MFA denied; user declined the authentication", second)
	case secondTimedOut:
		s.add("Mobile app notification", "", false, "MFA denied; user did not respond to mobile app notification", second)
	case secondWrong:
		s.add("OATH verification code", "", false, "MFA denied; invalid verification code", second)
	case secondDone:
		s.add(m.name, m.detail, true, "MFA successfully completed", second)
	}
}

func (s *steps) add(method, detail string, succeeded bool, result, requirement string) {
	b := s.b
	if s.count > 0 {
		b = append(b, ',')
	}
	b = append(b, `{"authenticationStepDateTime":"`...)
	b = appendTime(b, s.n.created+s.count*9*ticksPerSecond)
	b = appendText(b, `+00:00","authenticationMethod":"`, method)
	if detail != "" {
		b = appendText(b, `"authenticationMethodDetail":"`, detail)
	}
	b = append(b, `"succeeded":`...)
	b = strconv.AppendBool(b, succeeded)
	b = appendText(b, `,"authenticationStepResultDetail":"`, result)
	b = append(b, `"authenticationStepRequirement":"`...)
	b = append(b, requirement...)
	b = append(b, `","StatusSequence":`...)
	b = strconv.AppendInt(b, s.count, 10)
	b = append(b, `,"RequestSequence":`...)
	b = strconv.AppendInt(b, min(s.count, 1), 10)
	s.b = append(b, '}')
	s.count++
}
