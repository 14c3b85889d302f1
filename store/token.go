package store

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A unique token identifier is the request ID of the sign-in that issued the token, in another spelling: its 16 bytes in
// base64url without padding, the first three groups in the order of a processor (22 characters). Older exports have the ID as
// text in base64 (48 characters). Both are read from real sign-ins, and Microsoft documents neither.

// swapped are the places of the bytes of a GUID in a token.
var swapped = [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}

// RequestOfToken gives the request ID that a token stands for; empty for a text that is no such token. Capitals count.
func RequestOfToken(token string) string {
	switch len(token) {
	case 22:
		told, err := base64.RawURLEncoding.Strict().DecodeString(token)
		if err != nil {
			return ""
		}
		id := make([]byte, 16)
		for i, from := range swapped {
			id[i] = told[from]
		}
		return textOfGUID(id)
	case 48:
		told, err := base64.StdEncoding.Strict().DecodeString(token)
		if err != nil || bytesOfGUID(string(told)) == nil {
			return ""
		}
		return strings.ToLower(string(told))
	}
	return ""
}

// TokensOfRequest gives the tokens that stand for a request ID, the usual spelling first; none for a text that is no GUID.
func TokensOfRequest(id string) []string {
	told := bytesOfGUID(id)
	if told == nil {
		return nil
	}
	token := make([]byte, 16)
	for i, from := range swapped {
		token[from] = told[i]
	}
	return []string{base64.RawURLEncoding.EncodeToString(token), base64.StdEncoding.EncodeToString([]byte(strings.ToLower(id)))}
}

// bytesOfGUID gives the 16 bytes of a GUID in the order of its text; nil for a text that is none, and for one of zeros.
func bytesOfGUID(text string) []byte {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return nil
	}
	id, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(id) != 16 || strings.Trim(string(id), "\x00") == "" {
		return nil
	}
	return id
}

func textOfGUID(id []byte) string {
	if strings.Trim(string(id), "\x00") == "" {
		return ""
	}
	text := hex.EncodeToString(id)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
