package store

import "strings"

// Status is how a record ended, such as success: a number that means something in its kind alone. 0 is for a record that does
// not tell.
type Status uint8

// MaxStatuses bounds the statuses of a kind.
const MaxStatuses = 8

// StatusUnknown is that of a record that does not tell, in every kind.
const StatusUnknown Status = 0

// StatusInfo describes a status of a kind.
type StatusInfo struct {
	// Name is its value in addresses and files; empty for the unknown one.
	Name  string
	Label string
	Tone  Tone
}

// Tone is whether a status is good or bad news.
type Tone uint8

// The tones.
const (
	Neutral Tone = iota
	Good
	Bad
	Warning
)

// StatusInfo describes a status; what is none of the kind's is unknown.
func (k *Kind) StatusInfo(s Status) StatusInfo {
	switch {
	case int(s) < len(k.Statuses):
		return k.Statuses[s]
	case len(k.Statuses) > 0:
		return k.Statuses[StatusUnknown]
	}
	return StatusInfo{Label: "-"}
}

// StatusOf tells how a record of the kind ended.
func (k *Kind) StatusOf(e Entry) Status {
	if k.Status == nil {
		return StatusUnknown
	}
	return k.Status(e)
}

// ParseStatus reads the name of a status without regard to case; StatusUnknown for anything else.
func (k *Kind) ParseStatus(name string) Status { return StatusNamed(k.Statuses, name) }

// StatusNamed is ParseStatus for a kind that is being declared.
func StatusNamed(statuses []StatusInfo, name string) Status {
	name = strings.TrimSpace(name)
	for s, info := range statuses {
		if info.Name != "" && strings.EqualFold(info.Name, name) {
			return Status(s)
		}
	}
	return StatusUnknown
}

// statusNames are the values of a condition on the status.
func (k *Kind) statusNames() []string {
	var names []string
	for _, info := range k.Statuses {
		if info.Name != "" {
			names = append(names, info.Name)
		}
	}
	return names
}
