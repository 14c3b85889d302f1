package activity

import (
	"net/netip"
	"strings"
)

// plainAddress gives an IP address without the port and the brackets that records may write around it, and its port. An IPv4
// address inside an IPv6 address is an IPv4 address. A text that is no address is not given.
func plainAddress(told string) (address, port string) {
	told = strings.TrimSpace(told)
	if a, err := netip.ParseAddr(strings.Trim(told, "[]")); err == nil {
		return a.Unmap().String(), ""
	}
	if both, err := netip.ParseAddrPort(told); err == nil {
		_, port, _ = strings.Cut(told[strings.LastIndexByte(told, ':'):], ":")
		return both.Addr().Unmap().String(), port
	}
	return "", ""
}
