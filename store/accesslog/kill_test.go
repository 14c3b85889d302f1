package accesslog

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/store/access"
)

// killFolder tells the test binary that it is the process that is going to be killed.
const killFolder = "SIGNPOST_TEST_KILL_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(killFolder); folder != "" {
		if err := appendForKilling(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// appendForKilling appends by 20 goroutines until it is killed, and says of each record that it is on disk.
func appendForKilling(folder string) error {
	l, err := Open(context.Background(), folder)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	var saying sync.Mutex
	for g := range 20 {
		group.Go(func() {
			for i := 0; ; i++ {
				r := aRecord(g*1_000_000 + i)
				if l.Append(context.Background(), r) != nil {
					return
				}
				saying.Lock()
				fmt.Println(access.Head{Number: r.Number.N, Hash: r.Hash})
				saying.Unlock()
			}
		})
	}
	group.Wait()
	return nil
}

// A process that is killed loses no record that it said was written, and the chain goes on.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	kills := 4
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 60
	}
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(17, 4))
	var written []access.Head
	for range kills {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), killFolder+"="+folder)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		most := 50 + r.IntN(400)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			head, err := access.ParseHead(strings.TrimSpace(lines.Text()))
			if err != nil {
				continue // the last line of a killed process may be a part of one
			}
			if written = append(written, head); most > 0 {
				if most--; most == 0 {
					time.Sleep(time.Duration(r.IntN(3_000)) * time.Microsecond)
					_ = command.Process.Kill()
				}
			}
		}
		_ = command.Wait() // it was killed
	}
	if len(written) < 50*kills {
		t.Fatalf("%d records were written: too few to tell anything", len(written))
	}
	l := open(t, folder)
	v, err := l.Verify(t.Context(), written...)
	if err != nil || len(v.Findings) > 0 || v.Records < int64(len(written)) || v.Records != v.Head.Number {
		t.Fatalf("of %d records: %+v, %v", len(written), v, err)
	}
}
