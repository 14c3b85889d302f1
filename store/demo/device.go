package demo

// device is the form in which a person's machine appears in records.
type device struct {
	detail string // the object deviceDetail
	agent  string // user agent; empty: a refresh has none
	window string // user agent of the browser that an application without one opens for a sign-in
	client string // clientAppUsed
	bound  string // tokenProtectionStatusDetails and related properties
	joined bool   // registered and compliant
}

type deviceKind uint8

const (
	laptopBrowser deviceKind = iota
	laptopApp
	phoneApp
	phoneBrowser
	deviceKinds
)

const (
	modernApp = "Mobile Apps and Desktop clients"
	browser   = "Browser"

	notBound = `"signInTokenProtectionStatus":"none","tokenProtectionStatusDetails":{"signInSessionStatus":"unbound","signInSessionStatusCode":1002},`
	isBound  = `"signInTokenProtectionStatus":"bound","appTokenProtectionStatus":"bound","tokenProtectionStatusDetails":{"signInSessionStatus":"bound","signInSessionStatusCode":0},`
)

// makeDevices gives a person's laptop (or the warehouse's shared terminal) and phone.
func makeDevices(i int, s *site, ownLaptop bool) [deviceKinds]device {
	h := mix(idDevice, uint64(i))
	laptop, phone := guidOf(h).String(), guidOf(mix(h, 1)).String()
	unbound := func(d device) device { d.bound = notBound; return d }
	bound := func(d device) device { d.bound, d.joined = isBound, true; return d }
	var list [deviceKinds]device
	name := "TL-" + itoa(10000+i)
	switch {
	case s.shifts && !ownLaptop:
		agent := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
		terminal := guidOf(mix(idDevice, 5000, uint64(i%12))).String()
		list[laptopBrowser] = unbound(device{detail: registered(terminal, "DOCK-TERMINAL-"+itoa(1+i%12), "Windows10", "Chrome 131.0.0", "false", "Azure AD registered"), agent: agent, client: browser})
		list[laptopApp] = unbound(device{detail: registered(terminal, "DOCK-TERMINAL-"+itoa(1+i%12), "Windows10", "Rich Client 4.61.3.0", "false", "Azure AD registered"), client: modernApp})
	case !ownLaptop:
		agent := "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
		list[laptopBrowser] = unbound(device{detail: unknown("Linux", "Firefox 132.0"), agent: agent, client: browser})
		list[laptopApp] = unbound(device{detail: unknown("Linux", "Rich Client 4.54.1.0"), client: modernApp})
	case share(mix(h, 2), 5) == 0:
		agent := "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
		list[laptopBrowser] = unbound(device{detail: registered(laptop, name, "MacOs", "Safari 18.1", "true", "Azure AD registered"), agent: agent, client: browser})
		list[laptopApp] = unbound(device{detail: registered(laptop, name, "MacOs", "Rich Client 5.8.1.0", "true", "Azure AD registered"), client: modernApp})
	default:
		trust := "Azure AD joined"
		if share(mix(h, 3), 3) == 0 {
			trust = "Hybrid Azure AD joined"
		}
		agent := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
		list[laptopBrowser] = bound(device{detail: registered(laptop, name, "Windows10", "Edge 131.0.0", "true", trust), agent: agent, client: browser})
		list[laptopApp] = bound(device{detail: registered(laptop, name, "Windows10", "Rich Client 4.61.3.0", "true", trust), client: modernApp})
	}
	list[laptopApp].window = list[laptopBrowser].agent
	if share(mix(h, 4), 5) < 3 {
		agent := "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
		list[phoneApp] = unbound(device{detail: registered(phone, "iPhone", "Ios 18.1", "Mobile Safari", "true", "Azure AD registered"), agent: "Mozilla/5.0 (compatible; MSAL 1.0)", client: modernApp})
		list[phoneBrowser] = unbound(device{detail: unknown("Ios 18.1", "Mobile Safari 18.1"), agent: agent, client: browser})
	} else {
		agent := "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
		list[phoneApp] = unbound(device{detail: `{"deviceId":"","operatingSystem":"Android 14"}`, agent: "Dalvik/2.1.0 (Linux; U; Android 14; Lantern 5 Build/TL1A.240601.001)", client: modernApp})
		list[phoneBrowser] = unbound(device{detail: unknown("Android 14", "Chrome Mobile 131.0.0"), agent: agent, client: browser})
	}
	return list
}

func registered(id, name, system, browser, compliant, trust string) string {
	return `{"deviceId":"` + id + `","displayName":` + quoted(name) + `,"operatingSystem":"` + system + `","browser":"` + browser +
		`","browserId":"` + guidOf(mix(idDevice, uint64(len(id)), uint64(id[0]), uint64(id[1]), uint64(id[2]), uint64(id[3]))).String() +
		`","isCompliant":` + compliant + `,"isManaged":` + compliant + `,"trustType":"` + trust + `"}`
}

func unknown(system, browser string) string {
	return `{"deviceId":"","operatingSystem":"` + system + `","browser":"` + browser + `"}`
}

// Devices of the stories.
var (
	sprayDevice = device{detail: unknown("Linux", "Python Requests 2.32"), agent: "python-requests/2.32.3", client: browser, bound: notBound}
	strangerWeb = device{
		detail: unknown("Windows10", "Chrome 119.0.0"), client: browser, bound: notBound,
		agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
	}
	strangerApp = device{detail: unknown("Windows10", "Rich Client 4.30.1.0"), window: strangerWeb.agent, client: modernApp, bound: notBound}
)

// mailSpellings are the names of old mail clients in real records.
var mailSpellings = [...]string{
	"Other clients; IMAP", "Other clients; IMAP", "IMAP4", "Other clients; POP", "POP3", "Authenticated SMTP", "Other clients; SMTP",
	"Exchange Web Services", "AutoDiscover", "Universal Outlook", "Other clients",
}

var mailDevices = func() []device {
	list := make([]device, len(mailSpellings))
	for i, spelling := range mailSpellings {
		list[i] = device{detail: `{"deviceId":"","operatingSystem":"","browser":"CBAInPROD"}`, agent: "CBAInPROD", client: spelling, bound: notBound}
	}
	return list
}()
