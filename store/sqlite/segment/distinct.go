package segment

// distinct numbers distinct values in the order of their first appearance: an open-addressing hash table that is
// emptied, not thrown away, between uses. At most MaxRows values.
type distinct struct {
	slots  []uint32 // number + 1, 0 for an empty slot; the length is a power of two
	shift  uint8    // 64 - log2(len(slots))
	values []int64  // by number
}

const firstSlotsLog = 10

// reset forgets all values.
func (d *distinct) reset() {
	d.values = d.values[:0]
	if cap(d.slots) < 1<<firstSlotsLog {
		d.slots = make([]uint32, 1<<firstSlotsLog)
	}
	d.slots = d.slots[:1<<firstSlotsLog]
	d.shift = 64 - firstSlotsLog
	clear(d.slots)
}

// id is the number of a value, a new one if the value has not been seen since reset.
func (d *distinct) id(v int64) int {
	mask := len(d.slots) - 1
	for at := d.home(v); ; at = (at + 1) & mask {
		slot := d.slots[at&mask]
		if slot == 0 {
			return d.add(v, at)
		}
		if d.values[slot-1] == v {
			return int(slot - 1)
		}
	}
}

// mark sets marks[i] where values[i] has a number.
func (d *distinct) mark(marks []uint8, values []int64) {
	marks = marks[:len(values)]
	mask := len(d.slots) - 1
	for i, v := range values {
		for at := d.home(v); ; at++ {
			slot := d.slots[at&mask]
			if slot == 0 {
				break
			}
			if d.values[slot-1] == v {
				marks[i] = 1
				break
			}
		}
	}
}

// home is where a value's slot is looked for first: the upper bits of a product with 2^64 over the golden ratio. That
// spreads consecutive and evenly spaced values.
func (d *distinct) home(v int64) int { return int(uint64(v) * 0x9E3779B97F4A7C15 >> d.shift) }

func (d *distinct) add(v int64, at int) int {
	d.values = append(d.values, v)
	d.slots[at] = uint32(len(d.values))
	if 2*len(d.values) > len(d.slots) {
		d.grow()
	}
	return len(d.values) - 1
}

// grow makes four times the slots.
func (d *distinct) grow() {
	d.shift -= 2
	size := 4 * len(d.slots)
	if cap(d.slots) >= size {
		d.slots = d.slots[:size]
		clear(d.slots)
	} else {
		d.slots = make([]uint32, size)
	}
	for i, v := range d.values {
		at := d.home(v)
		for d.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		d.slots[at] = uint32(i + 1)
	}
}
