package auth

import "net/netip"

// Network is what an address counts as, for throttling and as a place that an account signs in from. An IPv4 address counts by
// itself, an IPv6 address by the 64 bits that one line is given.
type Network string

// unknownNetwork is where an address is none: a socket file, say. Those share one.
const unknownNetwork Network = "unknown"

const lineBits = 64 // RFC 6177: an IPv6 line has a /64 at least

// NetworkOf gives the network of a client's address.
func NetworkOf(address string) Network {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return unknownNetwork
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return Network(addr.String())
	}
	prefix, err := addr.Prefix(lineBits)
	if err != nil {
		return unknownNetwork
	}
	return Network(prefix.String())
}
