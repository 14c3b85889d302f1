package auth

import "net/netip"

// Network is the unit in which throttling and known places count addresses. It is one IPv4 address, or the 64
// bits of IPv6 that one line gets.
type Network string

// unknownNetwork stands for a client without an IP address, such as one at a socket file. All of them share it.
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
