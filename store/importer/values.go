package importer

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

func (d *decoder) time(value []byte) (time.Time, bool) {
	inside, isText := d.dateInside(value)
	if !isText {
		return time.Time{}, false
	}
	if first, second, _, _, isLocal := localDate(inside); isLocal && first <= 12 && second <= 12 && first != second {
		d.openDate = string(inside)
	}
	return parseTime(inside)
}

func (d *decoder) setTime(value []byte) {
	if t, ok := d.time(value); ok {
		d.into.Time = t
	} else if len(value) > 2 {
		d.badTime = value
	}
}

func (d *decoder) setIngested(value []byte) {
	if t, ok := d.time(value); ok {
		d.envelope.ingested = t
	}
}

// setStatus reads a status that is a word: the portal states Success, Failure or Interrupted. The members of a status object
// are properties of their own.
func (d *decoder) setStatus(value []byte) {
	if word := d.text(value); store.SignIns.ParseStatus(word) != store.StatusUnknown {
		d.into.StatedStatus = word
	}
}

// setResource leaves out the path of an Azure resource. A record without an envelope may have it under the same name.
func (d *decoder) setResource(value []byte) {
	id := d.text(value)
	if id == "" {
		d.missed(value)
	}
	if !strings.HasPrefix(id, "/") {
		setText(&d.into.ResourceID, id)
	}
}

// setLocation reads a location that is a word. In Log Analytics and in the envelope it is the country.
func (d *decoder) setLocation(value []byte) {
	if inside, isText := rawjson.Unquoted(value); isText && len(inside) > 0 && !isShapeOnly(inside) {
		setText(&d.envelope.country, d.text(value))
	}
}

// setResultType reads the envelope's code: a number, a number in a string, or "Success".
func (d *decoder) setResultType(value []byte) {
	if rawjson.IsText(value) {
		setText(&d.envelope.resultType, d.text(value))
	} else {
		setText(&d.envelope.resultType, string(value))
	}
}

// address reads an address. Published samples write <IP ADDRESS> for one that they leave out.
func (d *decoder) address(value []byte) string {
	text := d.text(value)
	if len(text) > 2 && text[0] == '<' && text[len(text)-1] == '>' && strings.Trim(text[1:len(text)-1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ _") == "" {
		return ""
	}
	return text
}

// sameAddress compares two spellings of an address. An IPv4 address may be written as IPv6.
func sameAddress(a, b string) bool {
	first, errA := netip.ParseAddr(a)
	second, errB := netip.ParseAddr(b)
	return errA == nil && errB == nil && first.Unmap() == second.Unmap()
}

// setCoordinates leaves 0,0 out. Real records write it for "no place".
func (d *decoder) setCoordinates(value []byte) {
	var latitude, longitude float64
	var hasLatitude, hasLongitude bool
	for key, member := range rawjson.EachMember(d.unwrap(value)) {
		switch string(d.name(key)) {
		case "latitude":
			latitude, hasLatitude = d.float(member)
		case "longitude":
			longitude, hasLongitude = d.float(member)
		}
	}
	if hasLatitude && hasLongitude {
		d.setPlace(latitude, longitude)
	}
}

func (d *decoder) setPlace(latitude, longitude float64) {
	inRange := latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180
	if inRange && (latitude != 0 || longitude != 0) {
		d.into.Coordinates = store.Coordinates{Latitude: latitude, Longitude: longitude, Set: true}
	}
}

// pair reads two texts out of an object.
func (d *decoder) pair(object []byte, first, second string) (a, b string) {
	for key, value := range rawjson.EachMember(object) {
		switch string(d.name(key)) {
		case first:
			a = d.text(value)
		case second:
			b = d.text(value)
		}
	}
	return a, b
}

// conditionBits are the words of Graph's conditionalAccessConditions in the order of the enumeration, without none. Azure
// Monitor sends them as the bits of a number; application is 1.
var conditionBits = []string{
	"application", "users", "devicePlatform", "location", "clientType", "signInRisk", "userRisk", "time",
	"deviceState", "client", "ipAddressSeenByAzureAD", "ipAddressSeenByResourceProvider",
	"unknownFutureValue", "servicePrincipals", "servicePrincipalRisk", "authenticationFlows", "insiderRisk",
}

// conditions reads conditions as a bit field (Azure Monitor), as words joined by commas, or as a list of words (Graph).
func (d *decoder) conditions(value []byte) (words []string) {
	if n := d.integer(value); n.Set {
		for bit, rest := 0, uint64(n.N); rest != 0; bit, rest = bit+1, rest>>1 {
			switch {
			case rest&1 == 0:
			case bit < len(conditionBits):
				words = append(words, conditionBits[bit])
			default:
				words = append(words, "condition "+strconv.Itoa(bit))
			}
		}
		return words
	}
	for _, joined := range d.words(value) {
		for word := range strings.SplitSeq(joined, ",") {
			if word = strings.TrimSpace(word); word != "" && word != "none" {
				words = append(words, word)
			}
		}
	}
	return words
}
