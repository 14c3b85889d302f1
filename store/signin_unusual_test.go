package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The places of the tests, with where they are.
var (
	bergen    = Place{"Bergen", "Vestland", "NO"}
	askoy     = Place{"Askøy", "Vestland", "NO"}
	oslo      = Place{"Oslo", "Oslo", "NO"}
	amsterdam = Place{"Amsterdam", "Noord-Holland", "NL"}
	suva      = Place{"Suva", "Central", "FJ"}
	nowhere   = Place{CountryOrRegion: "NO"}

	testPlaces = map[Place]Coordinates{
		bergen: {60.393, 5.324, true}, askoy: {60.4, 5.183, true}, oslo: {59.913, 10.739, true}, amsterdam: {52.374, 4.892, true},
		suva: {-18.142, 178.441, true},
	}
)

var testMonday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// past is a history as a test writes it down: oldest first.
type past []Trace

// at adds a successful interactive sign-in from the usual laptop some hours after the first Monday, and what the changes make of it.
func (p *past) at(hours float64, from Place, changes ...func(*Trace)) {
	k := KeyAt(testMonday.Add(time.Duration(hours * float64(time.Hour))))
	t := Trace{Key: k, Log: Interactive, Status: StatusSuccess, ErrorCode: IntOf(0), Location: from, OperatingSystem: "Windows10", Browser: "Edge 131.0.0"}
	for _, change := range changes {
		change(&t)
	}
	*p = append(*p, t)
}

// known is a person who was in Bergen, twice a day, for ten days: just long enough.
func known() past {
	var p past
	for day := range 10 {
		p.at(float64(24*day), bergen)
		p.at(float64(24*day+8), bergen)
	}
	return p
}

// marks gives the marks of the whole past in its order, as words.
func (p past) marks(answers map[Cursor]Answer) []string {
	newestFirst := slices.Clone(p)
	slices.Reverse(newestFirst)
	marks := Unusual(newestFirst, testPlaces, answers)
	slices.Reverse(marks)
	words := make([]string, len(marks))
	for i, list := range marks {
		var kinds []string
		for _, m := range list {
			kinds = append(kinds, strings.TrimSpace([]string{"denied", "country", "device", "browser", "speed", "flow"}[m.Kind]+" "+m.Value))
		}
		words[i] = strings.Join(kinds, ", ")
	}
	return words
}

func background(t *Trace) { t.Log = NonInteractive }

func failed(code int64) func(*Trace) {
	return func(t *Trace) { t.Status, t.ErrorCode = StatusFailure, IntOf(code) }
}

func with(system, browser string) func(*Trace) {
	return func(t *Trace) { t.OperatingSystem, t.Browser = system, browser }
}

func on(device string) func(*Trace) { return func(t *Trace) { t.DeviceID = device } }

func denied(t *Trace) { t.Denied = true }

func by(flow string) func(*Trace) { return func(t *Trace) { t.Flow = flow } }

// anyPast is a random history of n sign-ins, each up to so many hours after the one before.
func anyPast(r *rand.Rand, n int, apart float64) past {
	places := []Place{bergen, askoy, oslo, amsterdam, suva, nowhere, {}}
	var p past
	hours := 0.0
	for range n {
		hours += r.Float64() * apart
		p.at(hours, places[min(r.IntN(12), len(places)-1)%len(places)], func(t *Trace) {
			if r.IntN(3) == 0 {
				background(t)
			}
			if r.IntN(4) == 0 {
				failed(50126)(t)
			}
			t.Denied = r.IntN(20) == 0
			t.Browser = []string{"Edge 1", "Edge 2", "Chrome 3", ""}[r.IntN(4)]
			t.DeviceID = []string{"", "", "d1", "d2"}[r.IntN(4)]
			t.Flow = []string{"", "", "", FlowDeviceCode, FlowTransfer}[r.IntN(5)]
		})
	}
	return p
}

func TestUnusual(t *testing.T) {
	const later = 240.0 // hours: the day after the known ones
	for _, test := range []struct {
		name string
		add  func(*past)
		want []string // the marks of what was added
	}{
		{"as ever", func(p *past) { p.at(later, bergen) }, []string{""}},
		{"another city of the country", func(p *past) { p.at(later, oslo) }, []string{""}},
		{"another country, and then it is known", func(p *past) { p.at(later, amsterdam); p.at(later+1, amsterdam) }, []string{"country NL", ""}},
		{"a guess from elsewhere does not make the place known", func(p *past) {
			p.at(later, suva, failed(50126))
			p.at(later+40, suva)
		}, []string{"country FJ", "country FJ"}},
		{"no place at all", func(p *past) { p.at(later, Place{}) }, []string{""}},
		{"a country without a city, and so without coordinates", func(p *past) { p.at(later, nowhere) }, []string{""}},
		{"the country in other letters", func(p *past) { p.at(later, Place{CountryOrRegion: "no"}) }, []string{""}},
		{"a token refreshed from another country", func(p *past) { p.at(later, suva, background) }, []string{"country FJ"}},
		{"a new version of the browser", func(p *past) { p.at(later, bergen, with("Windows10", "Edge 142.0.1")) }, []string{""}},
		{"a new version of the system", func(p *past) { p.at(later, bergen, with("Windows 11", "Edge 131.0.0")) }, []string{""}},
		{"another browser", func(p *past) { p.at(later, bergen, with("Windows10", "Chrome 119.0.0")) }, []string{"browser Chrome 119.0.0"}},
		{"another system", func(p *past) { p.at(later, bergen, with("Ios 18.1", "Mobile Safari 18.1")) }, []string{"device Ios 18.1"}},
		{"a record that tells no device", func(p *past) { p.at(later, bergen, with("", "")) }, []string{""}},
		{"a record that tells no browser", func(p *past) { p.at(later, bergen, with("Windows10", "")) }, []string{""}},
		{"a registered device, and then it is known whatever runs on it", func(p *past) {
			p.at(later, bergen, on("d1"))
			p.at(later+1, bergen, on("D1"), with("Windows10", "Firefox 132.0"))
		}, []string{"device Windows10", ""}},
		{"a device code, and then it is known", func(p *past) {
			p.at(later, bergen, by(FlowDeviceCode))
			p.at(later+1, bergen, by(FlowDeviceCode), background)
		}, []string{"flow devicecode", ""}},
		{"a transfer after a device code", func(p *past) {
			p.at(later, bergen, by(FlowDeviceCode), failed(50199))
			p.at(later+1, bergen, by(FlowTransfer))
		}, []string{"flow devicecode", "flow transfer"}},
		{"a device code from another country", func(p *past) { p.at(later+40, suva, by(FlowDeviceCode)) }, []string{"country FJ, flow devicecode"}},
		{"declined", func(p *past) { p.at(later, bergen, denied, failed(500121)) }, []string{"denied"}},
		{"declined from afar, and then approved", func(p *past) { p.at(later-15, suva, denied, with("Windows10", "Chrome 119.0.0")) }, []string{"denied, country FJ, browser Chrome 119.0.0, speed"}},
		{"a stranger does not move the person", func(p *past) {
			p.at(later, bergen)
			p.at(later+1, suva)
			p.at(later+2, bergen)
			p.at(later+3, suva)
		}, []string{"", "country FJ, speed", "", "speed"}},
		{"a flight", func(p *past) { p.at(later, bergen); p.at(later+5, amsterdam); p.at(later+30, bergen) }, []string{"", "country NL", ""}},
		{"the next town at the same moment: an address is a guess", func(p *past) { p.at(later, bergen); p.at(later, askoy); p.at(later, oslo) }, []string{"", "", ""}},
		{"two places at the same moment", func(p *past) { p.at(later, bergen); p.at(later, amsterdam) }, []string{"", "country NL, speed"}},
		{"a refresh here and a sign-in there: the refresh has the first token's address", func(p *past) {
			p.at(later, amsterdam)
			p.at(later+1, bergen, background)
			p.at(later+2, amsterdam)
		}, []string{"country NL", "", ""}},
		{"a VPN that is switched on every day becomes a habit", func(p *past) {
			for day := range 5 {
				p.at(later+float64(24*day), bergen)
				p.at(later+float64(24*day)+0.1, amsterdam)
			}
		}, []string{"", "country NL, speed", "", "speed", "", "speed", "", "", "", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := known()
			before := len(p)
			test.add(&p)
			if got := p.marks(nil); !slices.Equal(got[before:], test.want) || strings.Join(got[:before], "") != "" {
				t.Errorf("got %q, want %q after none", got, test.want)
			}
		})
	}
}

func TestNothingIsUnusualForSomebodyNew(t *testing.T) {
	var p past
	p.at(0, bergen)
	p.at(1, bergen, with("Ios 18.1", "Mobile Safari"))
	for i := range 60 { // many, in less than the learning time
		p.at(2+float64(i), oslo, with(fmt.Sprint("System", i), "x"))
	}
	if got := strings.Join(p.marks(nil), ""); got != "" {
		t.Errorf("got %q, want no marks while a person is being learnt", got)
	}
	p = nil
	for i := range LearningSignIns { // over a long time, but few
		p.at(float64(100*i), Place{CountryOrRegion: fmt.Sprint("C", i)})
	}
	if got := strings.Join(p.marks(nil), ""); got != "" {
		t.Errorf("got %q, want no marks after few sign-ins", got)
	}
	p.at(2050, Place{CountryOrRegion: "ZZ"})
	if got := p.marks(nil); got[len(got)-1] != "country ZZ" {
		t.Errorf("got %q, want the last marked: by now the person is known", got)
	}
}

func TestAnswersTeach(t *testing.T) {
	p := known()
	p.at(240, amsterdam)
	p.at(260, amsterdam)
	strange := p[len(p)-2].Cursor()
	for _, test := range []struct {
		answer Answer
		want   []string
	}{
		{Unanswered, []string{"country NL", ""}},
		{Mine, []string{"", ""}},
		{NotMine, []string{"country NL", "country NL"}},
	} {
		got := p.marks(map[Cursor]Answer{strange: test.answer})
		if got := got[len(got)-2:]; !slices.Equal(got, test.want) {
			t.Errorf("answer %d: got %q, want %q", test.answer, got, test.want)
		}
	}
}

// A sign-in's marks do not depend on what came later.
func TestMarksStand(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		p := anyPast(r, 60, 12)
		whole := p.marks(nil)
		at := r.IntN(len(p))
		if got := p[:at].marks(nil); !slices.Equal(got, whole[:at]) {
			t.Fatalf("the first %d of %d: got %q, want %q", at, len(p), got, whole[:at])
		}
		for i, words := range whole {
			if strings.Contains(words, "speed") && (p[i].Log != Interactive || !testPlaces[p[i].Location].Set) {
				t.Fatalf("%+v is too fast, and has no place or is a refresh", p[i])
			}
			if strings.Contains(words, "denied") != p[i].Denied {
				t.Fatalf("%+v: got %q", p[i], words)
			}
		}
	}
}

// Nor do they depend on how much of the history is looked at.
func TestMarksAreOfTheTimeBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	marked := 0
	for range 100 {
		p := anyPast(r, 300, 48)
		whole := p.marks(nil)
		from := r.IntN(len(p))
		first := slices.IndexFunc(p, func(t Trace) bool { return p[from].Time().Sub(t.Time()) <= JudgedFrom })
		part := p[first:].marks(nil)
		if got := part[from-first:]; !slices.Equal(got, whole[from:]) {
			t.Fatalf("%d of %d, looked at from %d on: got %q, want %q", len(p)-from, len(p), first, got, whole[from:])
		}
		if first > 0 {
			marked += len(strings.Join(whole[from:], ""))
		}
	}
	if marked == 0 {
		t.Error("nothing was marked")
	}
}

// What nobody did for a long time is new again.
func TestThePastIsForgotten(t *testing.T) {
	const day = 24.0
	p := known()
	p.at(10*day, amsterdam, with("Ios 18.1", "Mobile Safari 18.1"))
	for n := 11.0; n < 120; n++ {
		p.at(n*day, bergen)
	}
	p.at(99.9*day, amsterdam, with("Ios 18.1", "Mobile Safari 18.1"))
	slices.SortFunc(p, func(a, b Trace) int { return a.Key.Compare(b.Key) })
	p.at(120*day, bergen, with("Ios 18.1", "Mobile Safari 18.1"))
	p.at(190*day, amsterdam, with("Windows10", "Edge 140.0.0"))
	p.at(191*day, bergen, with("Ios 18.1", "Mobile Safari 18.1"))
	got := p.marks(nil)
	at := slices.IndexFunc(p, func(t Trace) bool {
		return t.Time().Equal(testMonday.Add(time.Duration(99.9 * day * float64(time.Hour))))
	})
	if got[at] != "" {
		t.Errorf("after 89.9 days: got %q, want nothing new", got[at])
	}
	if last := got[len(got)-3:]; !slices.Equal(last, []string{"", "country NL", ""}) {
		t.Errorf("got %q, want the country alone new again after 90.1 days", last)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b Place
		want float64
	}{{bergen, bergen, 0}, {bergen, oslo, 305}, {bergen, amsterdam, 892}, {bergen, suva, 15354}} {
		got, back := Distance(testPlaces[test.a], testPlaces[test.b]), Distance(testPlaces[test.b], testPlaces[test.a])
		if math.Abs(got-test.want) > 10+test.want/100 || math.Abs(got-back) > 1e-6 {
			t.Errorf("%s to %s: got %.0f km and %.0f back, want %.0f", test.a, test.b, got, back, test.want)
		}
	}
	poles := Distance(Coordinates{90, 0, true}, Coordinates{-90, 0, true})
	if half := math.Pi * earthRadius; math.Abs(poles-half) > 1 {
		t.Errorf("pole to pole: got %.0f, want %.0f", poles, half)
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]string{
		"Windows10": "windows", "Windows 11": "windows", "Windows": "windows", "MacOs": "macos", "Ios 18.1": "ios", "Edge 131.0.0": "edge",
		"Chrome Mobile 131.0.0": "chrome mobile", "Rich Client 4.61.3.0": "rich client", "Mobile Safari": "mobile safari", "": "", " ": "",
		"360 Browser": "360 browser", "Python Requests 2.32": "python requests",
	} {
		if got := kindOf(name); got != want {
			t.Errorf("kindOf(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestLocatedGivesTheLatestPlaces(t *testing.T) {
	var p past
	for i := range 80 {
		p.at(float64(-i), Place{City: fmt.Sprint(i / 2)})
	}
	p[5].Location = Place{}
	got := Located(p)
	if len(got) != MaxLocated || got[0] != &p[0] || got[1] != &p[2] {
		t.Errorf("got %d places beginning with %+v", len(got), got[0])
	}
}
