package importer

import (
	"bytes"
	"strconv"
	"time"
)

// clock reads the parts of a time one after the other. bad stays set after the first missing part.
type clock struct {
	rest []byte
	bad  bool
}

// number reads between min and max digits.
func (c *clock) number(least, most int) int {
	n, digits := 0, 0
	for digits < most && digits < len(c.rest) && c.rest[digits] >= '0' && c.rest[digits] <= '9' {
		n = n*10 + int(c.rest[digits]-'0')
		digits++
	}
	c.bad = c.bad || digits < least
	c.rest = c.rest[digits:]
	return n
}

// skip reads one of the allowed bytes, if it is there.
func (c *clock) skip(allowed string) (byte, bool) {
	if len(c.rest) > 0 {
		for i := range len(allowed) {
			if c.rest[0] == allowed[i] {
				c.rest = c.rest[1:]
				return allowed[i], true
			}
		}
	}
	return 0, false
}

func (c *clock) must(allowed string) {
	if _, ok := c.skip(allowed); !ok {
		c.bad = true
	}
}

// micros reads a fraction of a second with any number of digits and cuts it to microseconds.
func (c *clock) micros() int {
	if _, ok := c.skip(".,"); !ok {
		return 0
	}
	n, digits := 0, 0
	for len(c.rest) > 0 && c.rest[0] >= '0' && c.rest[0] <= '9' {
		if digits < 6 {
			n = n*10 + int(c.rest[0]-'0')
		}
		digits++
		c.rest = c.rest[1:]
	}
	c.bad = c.bad || digits == 0
	for ; digits < 6; digits++ {
		n *= 10
	}
	return n
}

// zone reads the zone behind a time and gives its distance from UTC. No zone means UTC.
func (c *clock) zone() time.Duration {
	c.skip(" ")
	switch string(c.rest) {
	case "", "Z", "z", "UTC", "GMT":
		c.rest = nil
		return 0
	}
	sign, ok := c.skip("+-")
	if !ok {
		c.bad = true
		return 0
	}
	hours := c.number(2, 2)
	c.skip(":")
	offset := time.Duration(hours)*time.Hour + time.Duration(c.number(2, 2))*time.Minute
	c.bad = c.bad || len(c.rest) > 0
	if sign == '-' {
		return -offset
	}
	return offset
}

// parseTime reads a time in the spellings of exports. One is RFC 3339, with any number of digits; it may have a blank for the
// T, an hour of one digit, or no zone (UTC). The other is the American "4/14/2025 11:17:05 AM". A third is
// /Date(milliseconds)/, which Windows PowerShell writes. It gives UTC, cut to microseconds. .NET writes year 1 for no time.
func parseTime(text []byte) (t time.Time, ok bool) {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	if inside, found := bytes.CutPrefix(text, []byte("/Date(")); found {
		return parseMillis(inside)
	}
	c := clock{rest: text}
	var year, month, day int
	american := len(text) > 2 && (text[1] == '/' || text[2] == '/')
	if american {
		month = c.number(1, 2)
		c.must("/")
		day = c.number(1, 2)
		c.must("/")
		year = c.number(4, 4)
		c.skip(",")
		c.must(" ")
	} else {
		year = c.number(4, 4)
		c.must("-")
		month = c.number(2, 2)
		c.must("-")
		day = c.number(2, 2)
		c.must("T t")
	}
	hour := c.number(1, 2)
	c.must(":")
	minute := c.number(2, 2)
	second := 0
	if _, more := c.skip(":"); more {
		second = c.number(2, 2)
	}
	micros := c.micros()
	if american {
		hour = c.half(hour)
	}
	offset := c.zone()
	if c.bad || year < 2 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC)
	if day < 1 || t.Month() != time.Month(month) && second < 60 {
		return time.Time{}, false // the 31st of a month that has 30 days
	}
	return t.Add(-offset), true
}

// isNoTime says that a value is the year 1, which .NET writes for no time.
func isNoTime(value []byte) bool { return bytes.HasPrefix(value, []byte(`"0001-01-01`)) }

// parseMillis reads the rest of /Date(1795866480000)/: milliseconds since 1970 in UTC. A zone behind them does not move the time.
func parseMillis(inside []byte) (t time.Time, ok bool) {
	digits, found := bytes.CutSuffix(inside, []byte(")/"))
	if at := bytes.LastIndexAny(digits, "+-"); at > 0 {
		digits = digits[:at]
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if !found || err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(n).UTC(), true
}

// half reads AM or PM and gives the hour of the day.
func (c *clock) half(hour int) int {
	c.skip(" ")
	letter, ok := c.skip("AaPp")
	if !ok {
		return hour
	}
	c.must("Mm")
	c.bad = c.bad || hour < 1 || hour > 12
	switch {
	case (letter == 'A' || letter == 'a') && hour == 12:
		return 0
	case (letter == 'P' || letter == 'p') && hour != 12:
		return hour + 12
	}
	return hour
}
