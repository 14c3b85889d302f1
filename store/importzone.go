package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// farthestZone is the largest offset from UTC that any zone has, in hours.
const farthestZone = 14

// ParseZone reads the time zone of a file: a name of the IANA list, or an offset from UTC such as +02:00. The error says what is
// right.
func ParseZone(text string) (*time.Location, error) {
	name := strings.TrimSpace(text)
	if strings.EqualFold(name, "UTC") || strings.EqualFold(name, "Z") {
		return time.UTC, nil
	}
	if name != "" && (name[0] == '+' || name[0] == '-') {
		if seconds, ok := offset(name[1:]); ok {
			if name[0] == '-' {
				seconds = -seconds
			}
			return time.FixedZone(name, seconds), nil
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local || name == "" {
		return nil, fmt.Errorf("%q is no time zone: write a name such as Europe/Zurich or UTC, or an offset from UTC such as +02:00", text)
	}
	return zone, nil
}

// offset reads the seconds of 2, 02, 0200 and 02:00.
func offset(text string) (seconds int, ok bool) {
	hours, minutes, parted := strings.Cut(text, ":")
	if !parted && len(text) == 4 {
		hours, minutes, parted = text[:2], text[2:], true
	}
	h, err := strconv.ParseUint(hours, 10, 8)
	if err != nil || len(hours) > 2 || h > farthestZone {
		return 0, false
	}
	if !parted {
		return int(h) * 3600, true
	}
	m, err := strconv.ParseUint(minutes, 10, 8)
	if err != nil || len(minutes) != 2 || m > 59 || h == farthestZone && m > 0 {
		return 0, false
	}
	return int(h)*3600 + int(m)*60, true
}
