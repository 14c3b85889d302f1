package web

import "time"

// ImportLimits bound uploads; zero means the default.
type ImportLimits struct {
	Upload   int64 // bytes of all files of one upload, as they are sent
	Files    int   // files of one upload
	Unpacked int64 // bytes that they may unpack to
	Ratio    int64 // how many times its own size a file may unpack to
	Members  int   // files that an archive may hold

	Arriving, ArrivingOfOne int // uploads that are arriving at a time, of all people and of one
	// An upload that brings fewer than Pace bytes a second over Patience is ended.
	Pace     int64
	Patience time.Duration
	// Trust is the time after which the session of an upload's sender is checked again.
	Trust time.Duration
}

// These are the default limits. Logs pack about 1:20.
const (
	defaultUpload        = 2 << 30
	defaultFiles         = 200
	defaultUnpacked      = 40 << 30
	defaultRatio         = 200
	defaultMembers       = 10_000
	defaultArriving      = 4
	defaultArrivingOfOne = 2
	defaultPace          = 16 << 10
	defaultPatience      = time.Minute
	defaultTrust         = 5 * time.Second
)

func orDefault[T int | int64 | time.Duration](value, usual T) T {
	if value == 0 {
		return usual
	}
	return value
}

// filled gives the limits with the defaults in place of zero.
func (l ImportLimits) filled() ImportLimits {
	return ImportLimits{
		Upload: orDefault(l.Upload, defaultUpload), Files: orDefault(l.Files, defaultFiles), Unpacked: orDefault(l.Unpacked, defaultUnpacked),
		Ratio: orDefault(l.Ratio, defaultRatio), Members: orDefault(l.Members, defaultMembers),
		Arriving: orDefault(l.Arriving, defaultArriving), ArrivingOfOne: orDefault(l.ArrivingOfOne, defaultArrivingOfOne),
		Pace: orDefault(l.Pace, defaultPace), Patience: orDefault(l.Patience, defaultPatience), Trust: orDefault(l.Trust, defaultTrust),
	}
}
