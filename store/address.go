package store

import (
	"net/netip"
	"strings"
)

// A filter on an address takes an address, a prefix that ends in "." or ":", a network in CIDR notation, or ":"
// for all IPv6. An IPv4 address written inside IPv6 (::ffff:192.0.2.7) is the IPv4 address.

const addressHint = `an address, a prefix ending in "." or ":", or a network such as 192.0.2.0/24`

// allIPv6 is the filter value for every IPv6 address.
const allIPv6 = ":"

// address gives the one spelling of an address, prefix or network in a filter.
func address(value string) (string, string) {
	v := strings.ToLower(strings.TrimSpace(value))
	switch {
	case v == allIPv6:
		return v, ""
	case strings.HasSuffix(v, "."):
		if _, ok := dottedPrefix(v); ok {
			return v, ""
		}
	case strings.HasSuffix(v, ":"):
		v = trimGroups(v)
		if _, ok := colonPrefix(v); ok || isShortenedPrefix(v) {
			return v, ""
		}
	case strings.Contains(v, "/"):
		if p, err := netip.ParsePrefix(v); err == nil {
			return unmapPrefix(p).String(), ""
		}
	default:
		if a, err := netip.ParseAddr(v); err == nil {
			return a.Unmap().String(), ""
		}
	}
	return "", `is not an address. Write an address (192.0.2.7), a prefix that ends in "." or ":" (192.0.), or a network (192.0.2.0/24). A lone ":" finds all IPv6.`
}

// dottedPrefix parses one to three whole numbers of an IPv4 address, each with its full stop.
func dottedPrefix(v string) (netip.Prefix, bool) {
	dots := strings.Count(v, ".")
	if dots > 3 {
		return netip.Prefix{}, false
	}
	a, err := netip.ParseAddr(v + "0.0.0.0"[2*dots:])
	if err != nil || !a.Is4() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, 8*dots), true
}

// colonPrefix parses one to seven whole groups of an IPv6 address, each with its colon and none left out.
func colonPrefix(v string) (netip.Prefix, bool) {
	groups := strings.Count(v, ":")
	if groups > 7 || strings.Contains(v, "::") {
		return netip.Prefix{}, false
	}
	a, err := netip.ParseAddr(v + "0:0:0:0:0:0:0:0"[2*groups:])
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, 16*groups), true
}

// isShortenedPrefix tells whether v is the beginning of an IPv6 address with zeros left out. A v that ends in "::"
// could also be a whole address, but nobody signs in from such a one.
func isShortenedPrefix(v string) bool {
	if !strings.HasSuffix(v, "::") {
		v = strings.TrimSuffix(v, ":")
	}
	a, err := netip.ParseAddr(v)
	return err == nil && strings.Contains(v, "::") && a.Zone() == ""
}

// trimGroups removes the leading zeros of each group of a prefix, as addresses are written.
func trimGroups(v string) string {
	groups := strings.Split(v, ":")
	for i, g := range groups {
		if t := strings.TrimLeft(g, "0"); g != "" && len(g) <= 4 {
			groups[i] = t
			if t == "" {
				groups[i] = "0"
			}
		}
	}
	return strings.Join(groups, ":")
}

// unmapPrefix gives the network without bits behind its length, an IPv4 one inside IPv6 as IPv4.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

// matchAddress compares a stored address (as text) with a value of address. A stored text that is no address is
// still found by its beginning.
func matchAddress(stored, want string) bool {
	switch {
	case stored == "" || want == "":
		return false
	case want == allIPv6:
		return strings.Contains(stored, ":")
	case strings.EqualFold(stored, want):
		return true
	}
	last := want[len(want)-1]
	prefix := last == '.' || last == ':'
	if prefix && len(stored) > len(want) && strings.EqualFold(stored[:len(want)], want) {
		return true
	}
	a, err := netip.ParseAddr(stored)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	if prefix {
		return matchPrefix(a, want)
	}
	if strings.Contains(want, "/") {
		p, err := netip.ParsePrefix(want)
		return err == nil && p.Contains(a)
	}
	w, err := netip.ParseAddr(want)
	return err == nil && a == w
}

// matchPrefix compares numbers where the prefix has whole groups, else it compares the address's one spelling.
func matchPrefix(a netip.Addr, want string) bool {
	if strings.HasSuffix(want, ".") {
		p, ok := dottedPrefix(want)
		return ok && p.Contains(a)
	}
	if !strings.Contains(want, "::") {
		p, ok := colonPrefix(want)
		return ok && p.Contains(a)
	}
	var buf [64]byte
	text := a.AppendTo(buf[:0])
	return len(text) >= len(want) && string(text[:len(want)]) == want
}
