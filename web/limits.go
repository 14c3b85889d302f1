package web

import (
	"cmp"
	"time"
)

// Limits bound the use by one person or client, so that the others have their share. A zero field means its usual value.
type Limits struct {
	// AnswerTimeout is how long a client may take to read an answer, or one piece of a stream.
	AnswerTimeout time.Duration
	// Downloads bounds the files that are sent at a time, DownloadsEach those to one person.
	Downloads, DownloadsEach int
	// DownloadRate is the least number of bytes a second that a client must take of a download, as the mean of each
	// DownloadWindow.
	DownloadRate   int64
	DownloadWindow time.Duration
	// DownloadMemory bounds the bytes of records that all downloads together hold in large pages. Beyond it each goes on in
	// small ones.
	DownloadMemory int64
	// Questions bounds the costly questions of one person that are answered at a time. As many pages of the person may hold a
	// snapshot of the store. The next one waits.
	Questions int
}

// usualLimits let a person open several pages and files at a time, and stop those who take more than their share.
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
