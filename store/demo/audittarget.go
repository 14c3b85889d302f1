package demo

import (
	"encoding/json"
	"strings"
)

// listed is a JSON text of a list of strings.
func listed(texts ...string) string {
	quotes := make([]string, len(texts))
	for i, text := range texts {
		quotes[i] = quoted(text)
	}
	return "[" + strings.Join(quotes, ",") + "]"
}

// updated names the changed properties, as the directory's core adds to its changes.
func updated(names ...string) change {
	return change{"Included Updated Properties", "", quoted(strings.Join(names, ", "))}
}

func ofUser(p *person, changes ...change) target {
	return target{kind: "User", id: p.id, name: p.name, upn: p.upn, changes: changes}
}

// ofCoreUser is ofUser as the directory's core writes it, without the display name.
func ofCoreUser(p *person, changes ...change) target {
	t := ofUser(p, changes...)
	t.name = ""
	return t
}

func (p *person) userType() string {
	if p.guest {
		return "Guest"
	}
	return "Member"
}

func (d *deed) anybody() *person { return &d.org.people[d.below(len(d.org.people))] }

// colleague is anybody but the named people of Bergen, most of the warehouse, and the guests.
func (d *deed) colleague() *person { return &d.org.people[20+d.below(1700)] }

func (d *deed) anyGroup() *demoGroup { return &d.groups[d.below(len(d.groups))] }

func ofGroup(g *demoGroup, changes ...change) target {
	kind := "azureAD"
	if g.kind == "unified" {
		kind = "unifiedGroups"
	}
	return target{kind: "Group", id: g.id, name: g.name, groupType: kind, changes: changes}
}

func groupChanges(g *demoGroup, removed bool) []change {
	changes := []change{
		{"Group.ObjectID", "", quoted(g.id)},
		{"Group.DisplayName", "", quoted(g.name)},
		{"Group.WellKnownObjectName", "", ""},
	}
	if removed {
		for i := range changes {
			changes[i].old, changes[i].new = changes[i].new, changes[i].old
		}
	}
	return changes
}

// ofPrincipal is the service principal of an application, as the directory has it.
func (o *organisation) ofPrincipal(a *app, changes ...change) target {
	return target{kind: "ServicePrincipal", id: guidOf(mix(idService, uint64(o.appIndex(a)), 2)).String(), name: a.name, changes: changes}
}

// ofApplication is an application, as the directory has it.
func (o *organisation) ofApplication(a *app, changes ...change) target {
	return target{kind: "Application", id: guidOf(mix(idService, uint64(o.appIndex(a)), 1)).String(), name: a.name, changes: changes}
}

func (o *organisation) appIndex(a *app) int {
	for i := range o.apps {
		if &o.apps[i] == a {
			return i
		}
	}
	panic("demo: " + a.name + " is no application of the organisation")
}

func (d *deed) ownApp() *app {
	for {
		if a := &d.org.apps[len(cloudApps)+d.below(len(d.org.apps)-len(cloudApps))]; a.owner == tenantID {
			return a
		}
	}
}

// laptop reads the device that a person's sign-ins name; ok is false where they name none.
func laptop(p *person) (device struct{ DeviceID, DisplayName, OperatingSystem string }, ok bool) {
	err := json.Unmarshal([]byte(p.devices[laptopApp].detail), &device)
	return device, err == nil && device.DeviceID != ""
}

// ofDevice is a person's device. Its object ID is not the device ID, which stands in the details.
func ofDevice(p *person, name string, changes ...change) target {
	return target{kind: "Device", id: guidOf(mix(idTarget, 1, uint64(p.index))).String(), name: name, changes: changes}
}
