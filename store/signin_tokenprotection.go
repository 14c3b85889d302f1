package store

// tokenProtectionReasons are the status codes of token protection as Microsoft documents them for the field
// signInSessionStatusCode: why the token of a sign-in is not bound to its device.
var tokenProtectionReasons = map[int64]string{
	1002: "Not bound: the device is not registered with Entra",
	1003: "Not bound: the device was registered without secure credentials, in an old or unsupported way; on a Mac it has to be upgraded once",
	1004: "Not bound: the registration of the device is not kept in its hardware (Mac)",
	1005: "Not bound: no reason is given",
	1006: "Not bound: the version of the operating system is too old",
	1007: "Not bound: the registration is not kept in hardware, and the person is not the owner of the device",
	1008: "Not bound: the application does not use a broker",
}

// TokenProtectionReason is a status code of token protection in words; empty where there is none or nothing is known of it.
func TokenProtectionReason(code Int) string {
	if !code.Set {
		return ""
	}
	return tokenProtectionReasons[code.N]
}
