package dbfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"signpost/store"
)

// A part of the reserve may be used where everything else is refused: bit by bit, and no more than the part.
func TestReservePart(t *testing.T) {
	t.Parallel()
	const whole, part = 8 << 20, 2 << 20
	folder := t.TempDir()
	free := int64(0)
	r := NewReserve(folder, whole, true)
	r.free = func(string) (int64, bool) { return free, true }
	file := filepath.Join(folder, reserveFile)
	for _, test := range []struct {
		name           string
		held, free     int64
		refused, lends bool
		heldAfter      int64
	}{
		{"the file holds all", whole, 0, false, true, whole - lentAtOnce},
		{"some of the part is lent", whole - lentAtOnce, 0, false, true, whole - part},
		{"the part is used up", whole - part, 0, false, false, whole - part},
		{"another program took some of what was lent", whole - part - 1, 0, true, false, whole - part - 1},
		{"nothing is held, and there is room", 0, whole, false, false, 0},
		{"nothing is held, and only the rest is free", 0, whole - part, false, false, 0},
		{"nothing is held, and less is free", 0, whole - part - 1, true, false, 0},
	} {
		if err := os.WriteFile(file, make([]byte, test.held), 0o600); err != nil {
			t.Fatal(err)
		}
		free = test.free
		p := r.Part(part)
		if err := p.Refuse(); (err != nil) != test.refused || err != nil && !errors.Is(err, store.ErrDiskFull) {
			t.Errorf("%s: refused with %v", test.name, err)
		}
		if lends := p.Lend(); lends != test.lends || Size(file) != test.heldAfter {
			t.Errorf("%s: lends %v, and holds %d; want %v and %d", test.name, lends, Size(file), test.lends, test.heldAfter)
		}
	}
	none := (*Reserve)(nil).Part(part)
	if none.Refuse() != nil || none.Lend() || NewReserve(folder, 0, false).Part(part).Refuse() != nil {
		t.Error("where nothing is kept back something is refused")
	}
}
