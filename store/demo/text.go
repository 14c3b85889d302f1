package demo

import (
	"encoding/binary"
	"encoding/hex"

	"signpost/store/rawjson"
)

// Text is appended by hand, because a record must take a few microseconds and make no garbage.

const (
	ticksPerSecond = 10_000_000 // a tick is 100 ns: Azure Monitor writes 7 digits
	ticksPerHour   = 3600 * ticksPerSecond
	ticksPerDay    = 24 * ticksPerHour
)

const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839" +
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

func appendPair(b []byte, n int64) []byte { return append(b, pairs[2*n], pairs[2*n+1]) }

// appendTime writes ticks since 1970 as 2026-11-23T14:05:09.1234567, without zone.
func appendTime(b []byte, tick int64) []byte {
	days := floorDiv(tick, ticksPerDay)
	rest := tick - days*ticksPerDay
	year, month, day := civil(days)
	b = appendPair(b, year/100)
	b = appendPair(b, year%100)
	b = append(b, '-')
	b = appendPair(b, month)
	b = append(b, '-')
	b = appendPair(b, day)
	b = append(b, 'T')
	seconds, fraction := rest/ticksPerSecond, rest%ticksPerSecond
	b = appendPair(b, seconds/3600)
	b = append(b, ':')
	b = appendPair(b, seconds/60%60)
	b = append(b, ':')
	b = appendPair(b, seconds%60)
	b = append(b, '.', byte('0'+fraction/1_000_000))
	b = appendPair(b, fraction/10_000%100)
	b = appendPair(b, fraction/100%100)
	return appendPair(b, fraction%100)
}

// civil turns days since 1970 into a Gregorian date. Its years begin in March, so that the leap day is the last of
// its year.
func civil(days int64) (year, month, day int64) {
	days += 719468
	era := floorDiv(days, 146097)
	ofEra := days - era*146097
	yearOfEra := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*ofYear + 2) / 153
	day = ofYear - (153*m+2)/5 + 1
	month = m + 3
	if m >= 10 {
		month = m - 9
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// guid is a GUID in the order of its text.
type guid [16]byte

// requestGUID derives a request ID. It ends in 00, as real ones do.
func requestGUID(hash uint64) guid {
	g := guidOf(hash)
	g[15] = 0
	return g
}

func guidOf(hash uint64) guid {
	var g guid
	binary.BigEndian.PutUint64(g[:8], scramble(hash))
	binary.BigEndian.PutUint64(g[8:], scramble(hash^0xa5a5a5a5a5a5a5a5))
	g[6] = g[6]&0x0f | 0x40
	g[8] = g[8]&0x3f | 0x80
	return g
}

func (g guid) String() string { return string(appendGUID(nil, g)) }

func appendGUID(b []byte, g guid) []byte {
	b = hex.AppendEncode(b, g[:4])
	b = append(b, '-')
	b = hex.AppendEncode(b, g[4:6])
	b = append(b, '-')
	b = hex.AppendEncode(b, g[6:8])
	b = append(b, '-')
	b = hex.AppendEncode(b, g[8:10])
	b = append(b, '-')
	return hex.AppendEncode(b, g[10:])
}

const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// appendTokenID writes the unique token identifier of a request ID. It is the ID's bytes in URL base64, in .NET's
// order: the first three parts are little-endian.
func appendTokenID(b []byte, g guid) []byte {
	m := [18]byte{g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]}
	for i := 0; i < 15; i += 3 {
		n := uint(m[i])<<16 | uint(m[i+1])<<8 | uint(m[i+2])
		b = append(b, base64URL[n>>18&63], base64URL[n>>12&63], base64URL[n>>6&63], base64URL[n&63])
	}
	return append(b, base64URL[m[15]>>2], base64URL[m[15]&3<<4])
}

// quoted is s as a JSON string.
func quoted(s string) string { return string(rawjson.AppendQuoted(nil, s)) }
