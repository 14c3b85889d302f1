package storetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"signpost/store"
)

// madeUpItems makes up an item of each list that a kind declares, by the name of the list in store.Shape: a map or a text, as
// JSON has it. A kind whose lists do not stand here has none in its made-up records.
var madeUpItems = map[string]func(m *maker) any{
	"targetresources": (*maker).targetItem,
	"additionaldetails": func(m *maker) any {
		return map[string]any{"key": m.pick("User-Agent", "user-agent", "TicketId", ""), "value": m.itemName("Detail")}
	},
	"provisioningsteps": func(m *maker) any {
		return map[string]any{
			"name": m.pick("EntryImport", "ENTRYIMPORT", "EntryExportAdd", ""), "provisioningStepType": []any{m.pick("import", "Export", ""), m.r.IntN(7)}[m.r.IntN(2)],
			"status": []any{m.pick("success", "Failure", ""), m.r.IntN(5)}[m.r.IntN(2)], "description": m.itemName("Step"), "details": map[string]any{"SkipReason": m.itemName("Reason")},
		}
	},
	"modifiedproperties": func(m *maker) any {
		name := m.pick("department", "DEPARTMENT", "userName", "Terms\x1fof use", "")
		return map[string]any{"displayName": name, "name": name, "oldValue": m.pick("", "1"), "newValue": m.itemName("Value")}
	},
	"serviceprincipal": (*maker).application, "sourceidentity.details": (*maker).openDetails, "targetidentity.details": (*maker).openDetails,
	"sourcesystem.details": (*maker).openDetails, "targetsystem.details": (*maker).openDetails,
	"resulttype": func(m *maker) any { return m.pick("Success", "") }, "type": func(m *maker) any { return m.pick("AADProvisioningLogs", "") }, "aadtenantid": func(m *maker) any { return m.pick(guid(900), "") },
	"parameters": (*maker).pairItem, "operationproperties": (*maker).pairItem, "extendedproperties": (*maker).pairItem, "deviceproperties": (*maker).pairItem,
	"actor": (*maker).pairItem, "target": (*maker).pairItem, "aadtarget": (*maker).pairItem,
	"item": (*maker).pairItem, "affecteditems": (*maker).pairItem, "folder": (*maker).pairItem, "folders": (*maker).pairItem, "destfolder": (*maker).pairItem,
	"additionalinfo": func(m *maker) any {
		return map[string]any{
			"Key": m.pick("riskReasons", "RISKREASONS", "mitreTechniques", "userAgent", "alertUrl"), "Value": []any{m.pick("UnfamiliarIP", "unfamiliarIP,UnfamiliarASN", "T1078,T1539", ""), []any{"UnfamiliarIP", m.itemName("Reason")}, nil}[m.r.IntN(3)],
		}
	},
	"keyids":                  func(m *maker) any { return m.pick(guid(950), strings.ToUpper(guid(950)), guid(951), "") },
	"location.geocoordinates": func(m *maker) any { return map[string]any{"latitude": float64(m.r.IntN(90)), "longitude": 10.5} },
	"subjects":                func(m *maker) any { return m.objectItem("Person") },
	"roles":                   func(m *maker) any { return m.pick("reports-reader", "Reports-Reader", "administrator", "") },
}

// targetItem is an object that was changed, with the properties of it that were.
func (m *maker) targetItem() any {
	target := m.objectItem("Target")
	target["type"] = m.pick("User", "user", "Group", "ServicePrincipal", "")
	var changes []any
	for range m.r.IntN(4) {
		changes = append(changes, map[string]any{
			"displayName": m.pick("AccountEnabled", "ACCOUNTENABLED", "Included Updated Properties", "Terms\x1fof use", ""), "oldValue": m.pick("", "[1]"), "newValue": m.itemName("Value"),
		})
	}
	target["modifiedProperties"] = changes
	return target
}

// application is the service principal of an application.
func (m *maker) application() any {
	return map[string]any{"id": m.pick("", guid(800+m.skewed(12))), "displayName": m.itemName("Application")}
}

// openDetails are members that a record may have or not.
func (m *maker) openDetails() any {
	return map[string]any{m.pick("UserPrincipalName", "userprincipalname", "ApplicationId"): m.itemName("Detail")}
}

// objectItem is an object of the directory. Any of its names may be missing.
func (m *maker) objectItem(what string) map[string]any {
	n := m.skewed(12)
	return map[string]any{
		"id": m.pick("", guid(700+n), strings.ToUpper(guid(700+n))), "displayName": m.itemName(what),
		"userPrincipalName": m.pick("", "", fmt.Sprintf("user%d@example.com", n), fmt.Sprintf("User%d@Example.com", n)),
	}
}

// pairItem is a name with its value, as the lists of Microsoft 365 activity have them.
func (m *maker) pairItem() any {
	value := m.itemName("Value")
	return map[string]any{
		"name": m.pick("ForwardTo", "FORWARDTO", "Terms\x1fof use", "Subject", ""), "value": value, "id": value, "type": "5", "oldValue": "", "newValue": value, "path": m.pick("", `\Inbox`),
	}
}

func (m *maker) itemName(what string) string {
	name := fmt.Sprintf("%s %d", what, m.skewed(8))
	return m.pick("", name, strings.ToUpper(name), "Ärlig, "+name, norm.NFD.String("Ärlig, "+name))
}

// fillLists gives a record other lists: mostly one or several items, some of them twice, in another casing or without any
// value. A list may also be lost, be empty, or be in a shape that is not read, with all of its items or some.
func (m *maker) fillLists(kind *store.Kind, lists map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(kind.Shape.Lists)) {
		item := madeUpItems[name]
		if item == nil || len(lists) > 0 && m.r.IntN(2) == 0 {
			continue
		}
		var items []any
		for range m.r.IntN(5) {
			items = append(items, item(m))
			switch one := items[m.r.IntN(len(items))]; m.r.IntN(8) {
			case 0:
				items = append(items, one)
			case 1:
				items = append(items, inCapitals(one))
			case 2:
				items = append(items, map[string]any{})
			}
		}
		value := any(items)
		switch m.r.IntN(12) {
		case 0:
			delete(lists, name)
			continue
		case 1:
			value = "none"
		case 2, 3:
			value = append(items, 7)
		}
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // maps, texts and numbers
		}
		lists[name] = text
	}
}

// inCapitals gives an item with all of its texts in capitals.
func inCapitals(item any) any {
	switch of := item.(type) {
	case string:
		return strings.ToUpper(of)
	case []any:
		capitals := make([]any, len(of))
		for i := range of {
			capitals[i] = inCapitals(of[i])
		}
		return capitals
	case map[string]any:
		capitals := map[string]any{}
		for key, value := range of {
			capitals[key] = inCapitals(value)
		}
		return capitals
	}
	return item
}
