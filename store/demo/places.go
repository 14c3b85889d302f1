package demo

// place is the believed place of an address. Cities and coordinates are real; the people are not.
type place struct {
	city, country string
	fragment      string // the object location
}

func at(city, state, country, latitude, longitude string) *place {
	return &place{
		city: city, country: country,
		fragment: `{"city":` + quoted(city) + `,"state":` + quoted(state) + `,"countryOrRegion":` + quoted(country) +
			`,"geoCoordinates":{"latitude":` + latitude + `,"longitude":` + longitude + `}}`,
	}
}

// nowhere is Azure Monitor's form of an unknown place.
var nowhere = at("", "", "", "0.0", "0.0")

var (
	bergen      = at("Bergen", "Vestland", "NO", "60.392990112304688", "5.3241500854492188")
	askoy       = at("Askøy", "Vestland", "NO", "60.400001525878906", "5.1833300590515137")
	porto       = at("Porto", "Porto", "PT", "41.149608612060547", "-8.6109895706176758")
	lisbon      = at("Lisbon", "Lisboa", "PT", "38.722251892089844", "-9.1393404006958008")
	toronto     = at("Toronto", "Ontario", "CA", "43.653228759765625", "-79.383186340332031")
	hamilton    = at("Hamilton", "Ontario", "CA", "43.25568962097168", "-79.871101379394531")
	singapore   = at("Singapore", "Central Singapore", "SG", "1.2896699905395508", "103.85006713867188")
	rotterdam   = at("Rotterdam", "Zuid-Holland", "NL", "51.922500610351563", "4.4791698455810547")
	dordrecht   = at("Dordrecht", "Zuid-Holland", "NL", "51.810001373291016", "4.6736102104187012")
	dublin      = at("Dublin", "Dublin", "IE", "53.343990325927734", "-6.2671899795532227")
	amsterdam   = at("Amsterdam", "Noord-Holland", "NL", "52.373989105224609", "4.8919601440429688")
	reykjavik   = at("Reykjavík", "Capital Region", "IS", "64.135482788085938", "-21.895410537719727")
	newYork     = at("New York", "New York", "US", "40.714271545410156", "-74.005966186523438")
	edinburgh   = at("Edinburgh", "Scotland", "GB", "55.952060699462891", "-3.1964800357818604")
	ulaanbaatar = at("Ulaanbaatar", "Ulaanbaatar", "MN", "47.907711029052734", "106.88324737548828")
	asuncion    = at("Asunción", "Asunción", "PY", "-25.286460876464844", "-57.647499084472656")
	suva        = at("Suva", "Central", "FJ", "-18.141599655151367", "178.44149780273438")
)

// network is a range of addresses with its place. Every address is of a documentation range (RFC 5737, RFC 3849),
// and so is every autonomous system number (RFC 5398).
type network struct {
	place     *place
	asn       string
	addresses []string
	named     string // the array networkLocationDetails
}

const unnamed = "[]"

func trusted(name string) string {
	return `[{"networkType":"trustedNamedLocation","networkNames":[` + quoted(name) + `]}]`
}

// block gives count addresses from first on, below prefix ("192.0.2.").
func block(prefix string, first, count int) []string {
	list := make([]string, count)
	for i := range list {
		list[i] = prefix + itoa(first+i)
	}
	return list
}

// site is a place of work with its clock, its people's homes and its networks.
type site struct {
	name      string
	people    int
	utcOffset int // hours; the organisation has no summer time
	shifts    bool
	office    *network
	homes     []*place
	homeASN   string
	phoneASN  string
	homeNet   string // IPv6 prefix of the homes, a /40 without its last group
	phoneNet  string // IPv6 prefix of the mobile carrier
}

func office(p *place, asn, prefix string, first, count int, sixth, name string) *network {
	return &network{
		place: p, asn: asn, named: trusted(name),
		addresses: append(block(prefix, first, count), "2001:db8:"+sixth+"::10", "2001:db8:"+sixth+"::11"),
	}
}

var sites = []*site{
	{
		name: "Bergen", people: 640, utcOffset: 1, homes: []*place{bergen, bergen, askoy}, homeASN: "65536", phoneASN: "65537",
		office: office(bergen, "64500", "192.0.2.", 2, 6, "1", "Bergen head office"), homeNet: "2001:db8:10", phoneNet: "2001:db8:50",
	},
	{
		name: "Porto", people: 420, utcOffset: 0, homes: []*place{porto, porto, lisbon}, homeASN: "65538", phoneASN: "65539",
		office: office(porto, "64501", "192.0.2.", 34, 4, "2", "Porto office"), homeNet: "2001:db8:11", phoneNet: "2001:db8:51",
	},
	{
		name: "Toronto", people: 380, utcOffset: -5, homes: []*place{toronto, toronto, hamilton}, homeASN: "65540", phoneASN: "65541",
		office: office(toronto, "64502", "192.0.2.", 66, 4, "3", "Toronto office"), homeNet: "2001:db8:12", phoneNet: "2001:db8:52",
	},
	{
		name: "Singapore", people: 300, utcOffset: 8, homes: []*place{singapore}, homeASN: "65542", phoneASN: "65543",
		office: office(singapore, "64503", "192.0.2.", 98, 3, "4", "Singapore office"), homeNet: "2001:db8:13", phoneNet: "2001:db8:53",
	},
	{
		name: "Rotterdam warehouse", people: 240, utcOffset: 1, shifts: true, homes: []*place{rotterdam, dordrecht}, homeASN: "65544", phoneASN: "65545",
		office: office(rotterdam, "64504", "192.0.2.", 130, 3, "5", "Rotterdam warehouse"), homeNet: "2001:db8:14", phoneNet: "2001:db8:54",
	},
	{
		name: "Guests", people: guestCount, utcOffset: 0, homes: []*place{edinburgh}, homeASN: "65546", phoneASN: "65546",
		office:  &network{place: edinburgh, asn: "64505", named: unnamed, addresses: block("198.51.100.", 240, 4)},
		homeNet: "2001:db8:15", phoneNet: "2001:db8:55",
	},
}

const guestCount = 20

// Networks of the stories and of the machines.
var (
	sprayNet   = &network{place: asuncion, asn: "64496", named: unnamed, addresses: block("203.0.113.", 64, 16)}
	fatigueNet = &network{place: suva, asn: "64497", named: unnamed, addresses: []string{"203.0.113.90"}}
	codeNet    = &network{place: ulaanbaatar, asn: "64498", named: unnamed, addresses: []string{"203.0.113.200", "203.0.113.201"}}
	hotelNorth = &network{place: reykjavik, asn: "64506", named: unnamed, addresses: []string{"203.0.113.12"}}
	hotelWest  = &network{place: newYork, asn: "64507", named: unnamed, addresses: []string{"203.0.113.20", "203.0.113.21"}}
	cloudWest  = &network{place: dublin, asn: "64508", named: unnamed, addresses: block("192.0.2.", 161, 12)}
	cloudMid   = &network{place: amsterdam, asn: "64508", named: unnamed, addresses: block("192.0.2.", 177, 12)}
	edgeExit   = &network{place: amsterdam, asn: "64509", named: `[{"networkType":"namedNetwork","networkNames":["Global Secure Access"]}]`, addresses: block("192.0.2.", 193, 8)}
)
