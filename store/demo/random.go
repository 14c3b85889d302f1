package demo

import "math/bits"

// mix hashes numbers. The whole tenant comes from it, so it depends on nothing else.
func mix(numbers ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, n := range numbers {
		h = scramble(h ^ scramble(n+0x9e3779b97f4a7c15))
	}
	return h
}

// scramble is the finalizer of splitmix64.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// mix2 is mix of two numbers without a slice, for the hot path.
func mix2(a, b uint64) uint64 {
	return scramble(scramble(a+0x9e3779b97f4a7c15) ^ (b+0x632be59bd9b4e019)*0x9e3779b97f4a7c15)
}

// random is splitmix64: it takes a few nanoseconds a number, and every seed is good.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return scramble(r.state)
}

// below gives a number in [0, n).
func (r *random) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// share maps a hash to a number in [0, n).
func share(hash uint64, n int) int {
	hi, _ := bits.Mul64(hash, uint64(n))
	return int(hi)
}
