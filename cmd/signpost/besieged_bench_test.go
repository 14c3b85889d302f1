package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/cmd/signpost/bench"
	"signpost/store/demo"
	"signpost/store/importer"
)

// besiegedRows is how many sign-ins the portal has, unless SIGNPOST_ROWS says otherwise.
const besiegedRows = 1_000_000

// besieged is a portal with many sign-ins, and one person who opens its pages.
type besieged struct {
	*served
	b       *testing.B
	tenant  *bench.Bench
	reader  *person
	pages   []string
	others  []string // cookies of five more people
	opened  int
	waiting sync.WaitGroup
}

// newBesieged fills a folder and serves it with the default flags.
func newBesieged(b *testing.B) *besieged {
	b.Helper()
	rows := besiegedRows
	if text := os.Getenv("SIGNPOST_ROWS"); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	tenant := &bench.Bench{
		Options: bench.Options{Rows: rows, Days: demo.DefaultDays, Data: b.TempDir()},
		Host:    bench.Host{OpenForImport: openForImport, Progress: os.Stderr},
	}
	if err := tenant.Fill(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"ada", "bob", "cem", "dina", "eve", "finn"} {
		addPerson(b, tenant.Data, name, "global-reader")
	}
	p := &besieged{served: serve(b, tenant.Data), b: b, tenant: tenant}
	p.reader = p.signIn("ada")
	for _, name := range []string{"bob", "cem", "dina", "eve", "finn"} {
		p.others = append(p.others, p.signIn(name).cookie())
	}
	const month = "range=30d"
	_, list := p.reader.get("/logs/interactive?" + month)
	row := regexp.MustCompile(`"/logs/interactive/([0-9a-f-]{36})`).FindStringSubmatch(list)
	if row == nil {
		b.Fatalf("no row: %s", list)
	}
	p.pages = []string{
		"/logs/interactive", "/logs/interactive?" + month, "/logs/interactive/" + row[1],
		"/logs/noninteractive?" + month, "/logs/noninteractive?" + month + "&status=failure", "/logs/serviceprincipal?" + month,
		"/errors", "/errors/50126?" + month, "/users", "/apps", "/me",
	}
	return p
}

// measure opens the pages in turn and reports their times.
func (p *besieged) measure(b *testing.B) {
	var times []float64
	for b.Loop() {
		times = append(times, float64(p.reader.open(p.pages[p.opened%len(p.pages)]).Microseconds())/1000)
		p.opened++
	}
	slices.Sort(times)
	at := func(part float64) float64 { return times[int(part*float64(len(times)-1))] }
	b.ReportMetric(0, "ns/op") // the kinds of pages differ: a mean over all says little
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(float64(p.memory()>>20), "MiB")
}

// beside starts an action over and over, in the background, until all pages are measured.
func (p *besieged) beside(b *testing.B, do func(context.Context)) {
	ctx, cancel := context.WithCancel(b.Context())
	p.waiting.Add(1)
	go func() {
		defer p.waiting.Done()
		for ctx.Err() == nil {
			do(ctx)
		}
	}()
	b.Cleanup(func() {
		cancel()
		p.waiting.Wait()
	})
}

// besideUnread keeps that many connections open that send a request and read nothing. It replaces each that the
// program cuts.
func (p *besieged) besideUnread(b *testing.B, n int, paths, cookies []string) {
	for i := range n {
		p.beside(b, func(ctx context.Context) {
			conn, err := p.tryUnread(paths[i%len(paths)], cookies[i%len(cookies)])
			if err != nil {
				return
			}
			select {
			case <-time.After(20*time.Second + rand.N(20*time.Second)):
			case <-ctx.Done():
			}
			conn.Close()
		})
	}
	time.Sleep(2 * time.Second) // all have asked
}

// besideImport imports further sign-ins with `signpost import`, at most perSecond a second; 0 means without a
// limit.
func (p *besieged) besideImport(b *testing.B, perSecond int) {
	p.beside(b, func(ctx context.Context) {
		db, err := openForImport(ctx, p.tenant.Data)
		if err != nil {
			b.Error(err)
			return
		}
		reader, writer := io.Pipe()
		paced := &pacedWriter{w: writer, perSecond: perSecond, began: time.Now()}
		go func() { writer.CloseWithError(p.tenant.StreamMore(ctx, paced)) }()
		report, err := importer.New(db, importer.Options{}).Reader(context.WithoutCancel(ctx), "more of the made-up tenant", reader)
		rate := float64(report.New) / time.Since(paced.began).Seconds()
		if err := errors.Join(err, reader.Close(), db.Close()); err != nil {
			b.Errorf("import: %v", err)
		}
		b.ReportMetric(rate, "imported-rows/s")
	})
	time.Sleep(3 * time.Second) // it is under way
}

// pacedWriter writes lines, no more than a given number a second.
type pacedWriter struct {
	w         io.Writer
	perSecond int
	began     time.Time
	records   int
}

func (p *pacedWriter) Write(text []byte) (int, error) {
	p.records += bytes.Count(text, []byte("\n"))
	if p.perSecond > 0 {
		time.Sleep(time.Until(p.began.Add(time.Duration(p.records) * time.Second / time.Duration(p.perSecond))))
	}
	return p.w.Write(text)
}

// besideBackup makes one backup after another. last gives the newest whole one.
func (p *besieged) besideBackup(b *testing.B) (last func() string) {
	folder := b.TempDir()
	var mu sync.Mutex
	var newest string
	made := 0
	p.beside(b, func(context.Context) {
		file := filepath.Join(folder, strconv.Itoa(made)+".zip")
		if status, _, complaint := signpost(b, "backup", "--data", p.tenant.Data, "--out", file); status != 0 {
			b.Errorf("backup: %d, %s", status, complaint)
		}
		mu.Lock()
		defer mu.Unlock()
		if made++; newest != "" {
			_ = os.Remove(newest) // the folder goes in the end
		}
		newest = file
	})
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return newest
	}
}

// BenchmarkPagesBeside opens pages of a portal with a million sign-ins: alone, and while clients read nothing, an
// import runs, and backups are made. The last backup must be one state of the store.
func BenchmarkPagesBeside(b *testing.B) {
	p := newBesieged(b)
	for _, page := range p.pages {
		p.reader.open(page)
	}
	unread := []string{"/logs/interactive?limit=200", "/logs/noninteractive?limit=200"}
	downloads := []string{
		"/logs/noninteractive/export.json?range=30d", "/logs/noninteractive/export.ndjson?range=30d",
		"/logs/noninteractive/evidence.zip?range=30d", "/logs/noninteractive/export.csv?range=30d",
	}
	b.Run("nobody", p.measure)
	b.Run("200 stalled readers", func(b *testing.B) {
		p.besideUnread(b, 200, unread, append(p.others, "")) // some are signed out
		p.measure(b)
	})
	b.Run("100 stalled downloads", func(b *testing.B) {
		p.besideUnread(b, 100, downloads, p.others)
		p.measure(b)
	})
	b.Run("import of 5000 a second", func(b *testing.B) {
		p.besideImport(b, 5000)
		p.measure(b)
	})
	b.Run("import of 5000 a second and backup", func(b *testing.B) {
		p.besideImport(b, 5000)
		last := p.besideBackup(b)
		p.measure(b)
		p.expectSound(b, last())
	})
	b.Run("all of these", func(b *testing.B) {
		p.besideUnread(b, 200, unread, p.others)
		p.besideUnread(b, 100, downloads, p.others)
		p.besideImport(b, 0)
		last := p.besideBackup(b)
		p.measure(b)
		p.expectSound(b, last())
	})
}

// expectSound restores a backup, and every row of it has its record.
func (p *besieged) expectSound(b *testing.B, file string) {
	if file == "" {
		b.Log("no backup was whole when the pages had been opened")
		return
	}
	folder := filepath.Join(b.TempDir(), "restored")
	if status, _, complaint := signpost(b, "restore", file, "--data", folder); status != 0 {
		b.Fatalf("restore: %d, %s", status, complaint)
	}
	if status, out, complaint := signpost(b, "check", "--data", folder); status != 0 || !strings.Contains(out, "nothing is damaged") {
		b.Fatalf("check of what was restored: %d, %q, %q", status, out, complaint)
	}
}

// BenchmarkQuestionOfALeavingClient measures how long the program works on for a client that has left.
func BenchmarkQuestionOfALeavingClient(b *testing.B) {
	p := newBesieged(b)
	// No column holds this field, so the question reads the records of a month.
	const costly = "/logs/noninteractive?range=30d&originalrequestid=none"
	var most time.Duration
	for b.Loop() {
		conn := p.askUnread(costly, p.reader.cookie())
		time.Sleep(150 * time.Millisecond)
		if used := p.busyFor(50 * time.Millisecond); used < 10*time.Millisecond {
			b.Fatalf("the question is no costly one: %v in 50 ms", used)
		}
		conn.Close()
		left := time.Now()
		for p.busyFor(20*time.Millisecond) > 4*time.Millisecond {
		}
		most = max(most, time.Since(left)-20*time.Millisecond)
	}
	b.ReportMetric(float64(most.Milliseconds()), "max-ms")
}

// busyFor gives the processor time that the program used while it waited.
func (p *besieged) busyFor(while time.Duration) time.Duration {
	before := p.processorTime()
	time.Sleep(while)
	return p.processorTime() - before
}

// processorTime is the time that all threads of the program used since its start.
func (p *besieged) processorTime() (used time.Duration) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	if err != nil || len(files) == 0 {
		p.b.Skip("this system does not tell what a process takes")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		taken, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(taken, 10, 64)
		if err != nil {
			p.b.Fatal(err)
		}
		used += time.Duration(n)
	}
	return used
}
