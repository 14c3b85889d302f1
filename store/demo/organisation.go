package demo

import (
	"strconv"
	"strings"
	"sync"
)

const (
	domain      = "tidewater-lantern.example"
	guestDomain = "kestrel-audit.example"
)

// Tenants: the demo's own, the owner of the cloud's applications, the guests', and one that own people visit.
var (
	tenantID    = guidOf(mix(1, 1)).String()
	cloudTenant = guidOf(mix(1, 2)).String()
	guestTenant = guidOf(mix(1, 3)).String()
	visitTenant = guidOf(mix(1, 4)).String()
	// microsoftTenant is "Microsoft Services", the owner of first-party applications in every tenant.
	microsoftTenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

	vendorTenant = guidOf(mix(1, 5)).String()
)

// Kinds of numbered things, so that IDs derived from equal numbers differ.
const (
	idPerson uint64 = iota + 10
	idDevice
	idApp
	idResource
	idPolicy
	idWorkload
	idHabit
	idCredential
	idCapture
	idReport
)

// organisation has everyone and everything that signs in. It does not depend on the seed, because accounts of the
// demo name its people.
type organisation struct {
	people    []person
	firstOf   []int // index of each site's first person
	apps      []app
	resources []resource
	services  []workload // service principals
	machines  []workload // managed identities
	policies  []policy
	parties   []party // relying parties of AD FS
	emergency *person // the account for emergencies, which belongs to nobody
}

// theOrganisation is built once and never changed.
var theOrganisation = sync.OnceValue(func() *organisation {
	o := &organisation{}
	o.resources = makeResources()
	o.apps = makeApps(o.resources)
	o.policies = makePolicies()
	o.services = makeServices(o.resources)
	o.machines = makeMachines(o.resources)
	o.parties = makeParties()
	o.makePeople()
	return o
})

// person is a person who signs in, with all that records have about them.
type person struct {
	index         int
	name          string
	upn, id       string
	site          *site
	guest         bool
	finance       bool // uses the applications of policy CA003
	office        bool // has no terminal of the warehouse
	identity      string
	identityMixed string // the username in the spelling of the non-interactive log
	home          *place
	homeV4        string
	homeV6        string // a /64, up to its last colon
	phoneV6       string
	devices       [deviceKinds]device
	habits        [habitCount]habit
	method        int  // second factor, index of methods
	strong        bool // has a key, a passkey or Windows Hello
	single        bool // has registered no second factor
}

// habit is a token that a person's devices request again and again.
type habit struct {
	app    *app
	target *resource
	device deviceKind
}

const (
	phoneHabits = 4 // the first ones are the phone's
	habitCount  = 12
)

func (o *organisation) makePeople() {
	i, nextName := 0, 0
	for _, s := range sites {
		o.firstOf = append(o.firstOf, i)
		for k := range s.people {
			first, last := firstNames[nextName%len(firstNames)], lastNames[(nextName/len(firstNames)+nextName%len(firstNames)*7)%len(lastNames)]
			if known := named[s.name]; k < len(known) {
				first, last = known[k][0], known[k][1]
			} else {
				nextName++
			}
			o.people = append(o.people, o.makePerson(i, s, first, last))
			i++
		}
	}
	// Behind the people of all sites, so that everyday life never picks it.
	o.people = append(o.people, o.makePerson(i, sites[0], "Emergency", "Access"))
	o.emergency = &o.people[i]
	o.emergency.strong = true
	for i := range o.people {
		o.giveHabits(&o.people[i])
	}
}

func (o *organisation) makePerson(i int, s *site, first, last string) person {
	h := mix(idPerson, uint64(i))
	p := person{
		index: i, name: first + " " + last, id: guidOf(h).String(), site: s,
		guest: s.name == "Guests", office: !s.shifts || i%4 == 0,
		home: s.homes[share(mix(h, 1), len(s.homes))], method: share(mix(h, 2), len(methods)),
	}
	p.strong = !p.guest && share(mix(h, 5), 10) < 4
	p.single = i%20 == 15 // their refreshes are of one factor too
	p.finance = !p.guest && p.office && share(mix(h, 3), 10) == 0
	at := domain
	if p.guest {
		at = guestDomain
	}
	mixed := ascii(first) + "." + ascii(last) + "@" + at
	p.upn = strings.ToLower(mixed)
	p.identity = identity(p.name, p.upn, p.id)
	p.identityMixed = identity(p.name, mixed, p.id)
	p.homeV4 = "198.51.100." + strconv.Itoa(1+share(mix(h, 4), 230))
	p.homeV6 = subnet(s.homeNet, h, i)
	p.phoneV6 = subnet(s.phoneNet, h>>8, i)
	p.devices = makeDevices(i, s, p.office && !p.guest)
	return p
}

func identity(name, upn, id string) string {
	return `"userDisplayName":` + quoted(name) + `,"userPrincipalName":"` + upn + `","userId":"` + id + `",`
}

// subnet gives a person's /64 of a network, up to its last colon.
func subnet(net string, h uint64, i int) string {
	return net + strconv.FormatUint(h&0xff|0x100, 16)[1:] + ":" + strconv.FormatUint(0x1000+uint64(i), 16) + ":"
}

// ascii spells a name as an address has it.
func ascii(s string) string {
	return strings.NewReplacer("Å", "A", "å", "a", "ã", "a", "ë", "e").Replace(s)
}

// giveHabits chooses the tokens that the person's devices keep fresh: mail, chat and files for all, and some of
// the organisation's own applications.
func (o *organisation) giveHabits(p *person) {
	h := mix(idHabit, uint64(p.index))
	usual := [...]struct {
		app, target string
		device      deviceKind
	}{
		{"Outlook Mobile", "Office 365 Exchange Online", phoneApp},
		{"Microsoft Teams", "Microsoft Teams Services", phoneApp},
		{"Microsoft Authenticator App", "Microsoft Graph", phoneApp},
		{"OneDrive SyncEngine", "Office 365 SharePoint Online", phoneApp},
		{"Microsoft Office", "Office 365 SharePoint Online", laptopApp},
		{"Microsoft Teams Web Client", "Microsoft Graph", laptopBrowser},
		{"OneDrive SyncEngine", "Office 365 SharePoint Online", laptopApp},
		{"Microsoft Edge", "Microsoft Graph", laptopApp},
		{"One Outlook Web", "Office 365 Exchange Online", laptopBrowser},
	}
	for i := range p.habits {
		if i < len(usual) {
			u := usual[i]
			p.habits[i] = habit{o.appNamed(u.app), o.resourceNamed(u.target), u.device}
			continue
		}
		own := &o.apps[len(cloudApps)+share(mix(h, uint64(i)), len(o.apps)-len(cloudApps))]
		p.habits[i] = habit{own, own.target, laptopBrowser}
	}
	if share(mix(h, 99), 25) == 0 { // administrators of the cloud
		p.habits[9] = habit{o.appNamed("Azure Portal"), o.resourceNamed("Azure Resource Manager"), laptopBrowser}
	}
}

func (o *organisation) appNamed(name string) *app {
	for i := range o.apps {
		if o.apps[i].name == name {
			return &o.apps[i]
		}
	}
	panic("demo: no application " + name)
}

func (o *organisation) resourceNamed(name string) *resource {
	for i := range o.resources {
		if o.resources[i].name == name {
			return &o.resources[i]
		}
	}
	panic("demo: no resource " + name)
}

// personNamed finds one of the named people.
func (o *organisation) personNamed(first, last string) *person {
	name := first + " " + last
	for i := range o.people {
		if o.people[i].name == name {
			return &o.people[i]
		}
	}
	panic("demo: nobody is called " + name)
}

func itoa(n int) string { return strconv.Itoa(n) }
