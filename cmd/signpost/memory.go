package main

import (
	"os"
	"runtime/debug"
)

// Bounds that the garbage collector works towards, unless GOMEMLIMIT says otherwise. They stand well above what a command
// holds: an import into ten million sign-ins some 100 MiB, a quarter of it the dictionaries, the portal over as many some
// 350 MiB, most of it the cache of columns.
const (
	importMemory = 220 << 20
	portalMemory = 520 << 20
)

// limitMemory makes the garbage collector work harder near the bound, instead of letting the heap grow to twice what is
// in use.
func limitMemory(bytes int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(bytes)
	}
}
