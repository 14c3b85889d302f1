package importer

import (
	"fmt"
	"strings"

	"signpost/store"
)

// ParseAnswers reads what somebody says about files that do not say it themselves. Each text may be empty. The error is a sentence
// that names the flag and lists what is right.
func ParseAnswers(log, dates, zone string) (a Answers, err error) {
	if log != "" {
		info, known := store.SignIns.Log(store.Log(log))
		if !known {
			return Answers{}, fmt.Errorf("--log takes a log of sign-ins: %s; %q is none", strings.Join(signInLogNames(), ", "), log)
		}
		a.Log = string(info.Log)
	}
	if a.Dates = DateOrder(dates); dates != "" && !a.Dates.Valid() {
		return Answers{}, fmt.Errorf("--dates takes dmy (day, month, year) or mdy (month, day, year); %q is neither", dates)
	}
	if zone != "" {
		if a.Zone, err = store.ParseZone(zone); err != nil {
			return Answers{}, fmt.Errorf("--zone: %w", err)
		}
	}
	return a, nil
}

func signInLogNames() (names []string) {
	for _, info := range store.SignIns.Logs {
		names = append(names, string(info.Log))
	}
	return names
}

// noteOtherLog says that the name of a file goes before the log that somebody gave for it.
func (s *stream) noteOtherLog(named store.Log) {
	if s.log == "" || s.log == named {
		return
	}
	ofName, _ := store.SignIns.Log(named)
	said, _ := store.SignIns.Log(s.log)
	s.tally.notes = append(s.tally.notes, fmt.Sprintf("The file's name tells the log %q, so the answer %q does not count for it.", ofName.Title, said.Title))
}
