package web

import (
	"cmp"
	"time"
)

// Limits bound what one person or client may take from the others. A zero field means its usual value.
type Limits struct {
	// AnswerTimeout is how long a client may take to read an answer, or one piece of a stream.
	AnswerTimeout time.Duration
	// Downloads is how many files may be on their way at a time, DownloadsEach how many of one person.
	Downloads, DownloadsEach int
	// DownloadRate is how many bytes a second a client must take of a download, as the mean of each DownloadWindow.
	DownloadRate   int64
	DownloadWindow time.Duration
	// DownloadMemory is how many bytes of records all downloads together may hold in large pages. Beyond it each goes on in
	// small ones.
	DownloadMemory int64
	// Questions is how many costly questions of one person are answered at a time. As many pages of theirs may hold a snapshot
	// of the store. The next one waits.
	Questions int
}

// usualLimits let a person open several pages and files at a time, and stop those who would take more than their share.
var usualLimits = Limits{
	AnswerTimeout: 30 * time.Second, Downloads: 8, DownloadsEach: 2, DownloadRate: 16 << 10, DownloadWindow: time.Minute,
	DownloadMemory: 12 << 20, Questions: 4,
}

func (l Limits) orUsual() Limits {
	u := usualLimits
	return Limits{
		AnswerTimeout: cmp.Or(l.AnswerTimeout, u.AnswerTimeout), Downloads: cmp.Or(l.Downloads, u.Downloads),
		DownloadsEach: cmp.Or(l.DownloadsEach, u.DownloadsEach), DownloadRate: cmp.Or(l.DownloadRate, u.DownloadRate),
		DownloadWindow: cmp.Or(l.DownloadWindow, u.DownloadWindow), DownloadMemory: cmp.Or(l.DownloadMemory, u.DownloadMemory),
		Questions: cmp.Or(l.Questions, u.Questions),
	}
}
