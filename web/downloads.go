package web

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"signpost/store/export"
	"signpost/views"
)

// downloads counts the files that are being sent. Each holds rows in memory, for as long as its client reads them.
type downloads struct {
	limits Limits
	// memory bounds the large pages of all downloads together.
	memory *export.Memory

	mu     sync.Mutex
	all    int
	people map[int64]int
}

func newDownloads(limits Limits) *downloads {
	return &downloads{limits: limits, memory: export.NewMemory(limits.DownloadMemory), people: map[int64]int{}}
}

// tooManyDownloads refuses a file. limit is the number of files that are already being sent, to the person or to everybody.
type tooManyDownloads struct {
	limit int
	ofAll bool
}

func (t tooManyDownloads) Error() string {
	return fmt.Sprintf("%d downloads are on their way", t.limit)
}

// begin counts a person's download until end is called.
func (d *downloads) begin(person int64) (end func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.people[person] >= d.limits.DownloadsEach:
		return nil, tooManyDownloads{limit: d.limits.DownloadsEach}
	case d.all >= d.limits.Downloads:
		return nil, tooManyDownloads{limit: d.limits.Downloads, ofAll: true}
	}
	d.all++
	d.people[person]++
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.all--
		if d.people[person]--; d.people[person] == 0 {
			delete(d.people, person)
		}
	}), nil
}

// beginDownload counts a download of the viewer until end is called. What the portal itself asks for is not counted: it sends few files
// at a time, and people must not wait for these.
func (s *Server) beginDownload(c echo.Context) (end func(), err error) {
	if _, ok := readersOf(c.Request().Context()); ok {
		return func() {}, nil
	}
	return s.downloads.begin(viewer(c).Account.ID)
}

// downloadRetry is the number of seconds after which a program may try a refused download again. Most downloads end within
// seconds, and one that nobody reads is cut sooner or later.
const downloadRetry = 15

// problem tells the refusal to the person who asked for the file.
func (t tooManyDownloads) problem(c echo.Context) views.Problem {
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(downloadRetry))
	p := views.Problem{
		Status: http.StatusTooManyRequests, Title: "Too many downloads at once",
		Message: "You are downloading " + views.Count(int64(t.limit), "file", "files") + " already, which is as many as one person can at a time.",
		Advice:  "Wait until one of them is finished, or cancel one in your browser. Then go back and try again.",
	}
	if t.ofAll {
		p.Message = "Signpost is sending " + views.Count(int64(t.limit), "file", "files") + " already, to you and to others, which is as many as it can at a time."
		p.Advice = "Wait a little, then go back and try again."
	}
	return p
}

// paceOf gives the speed at which a client must read a stream. A download has a least speed; news have time for each
// message.
func (s *Server) paceOf(c echo.Context) *pace {
	if !isExport(c) {
		return nil
	}
	return newPace(s.Limits.DownloadRate, s.Limits.DownloadWindow)
}
