package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Bounds for the garbage collector, unless GOMEMLIMIT says otherwise. They stand well above the use of a command.
// An import into ten million sign-ins holds some 130 MiB: a third is the filters of IDs, a quarter the
// dictionaries. The portal over as many holds some 400 MiB, most of it the cache of columns.
const (
	importMemory = 300 << 20
	portalMemory = 580 << 20
)

// importCache bounds the decoded columns that an import keeps: it reads those of the newest segments only.
const importCache = 32 << 20

// memoryBound is the bound of this process; 0 before limitMemory.
var memoryBound atomic.Int64

// limitMemory makes the garbage collector work harder near the bound; else the heap grows to twice its live data.
// Dictionaries have no bound, and could leave too little room: the collector would then run all the time. So the
// bound is at least one and a half times the memory in use.
func limitMemory(bytes int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(bytes)
	if memoryBound.Swap(bytes) == 0 {
		go keepMemoryBound()
	}
}

func keepMemoryBound() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for range time.Tick(time.Second) {
		metrics.Read(live)
		inUse := int64(live[0].Value.Uint64())
		debug.SetMemoryLimit(max(memoryBound.Load(), inUse+inUse/2+memoryBesideHeap))
	}
}

// memoryBesideHeap is the part of the bound that the runtime, stacks and free spans take.
const memoryBesideHeap = 40 << 20
