package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// columnKind says how a column's cells are drawn.
type columnKind string

const (
	kindDate   columnKind = "date"
	kindID     columnKind = "id"
	kindText   columnKind = "text"
	kindStatus columnKind = "status"
	kindIP     columnKind = "ip"
	kindCount  columnKind = "count"
)

// generalColumn is the class of every column without a look of its own.
const generalColumn = "property"

// Column is one column of a list.
type Column struct {
	Name  string // of the class
	Label string
	Kind  columnKind
	Hint  string // the title of the heading
	// ConditionalAccess marks a column that only some roles may see.
	ConditionalAccess bool
	cell              func(store.Entry) Cell
	// isTime says that the texts of cells are times, as store.Property.Instant says.
	isTime bool
	// draws is the property that chooses the column.
	draws *store.Property
	// holds are the properties with values in the cells, for filtering by them.
	holds []*store.Property
}

// class gives the style sheet the kind of a cell and the name of its column. Most cells are text, which needs no class.
func (c Column) class() string {
	switch c.Kind {
	case kindText:
		return "of-" + c.Name
	case kindDate, kindStatus, kindCount:
		return "col-" + string(c.Kind)
	}
	return "col-" + string(c.Kind) + " of-" + c.Name
}

// Cell is one value of a row: the shown text, and the whole of it for the title.
type Cell struct{ Text, Title string }

func plain[E store.Entry](get func(E) string) func(store.Entry) Cell {
	return func(e store.Entry) Cell {
		text := OrEmpty(get(e.(E)))
		return Cell{Text: text, Title: text}
	}
}

func shortened[E store.Entry](get func(E) string) func(store.Entry) Cell {
	return func(e store.Entry) Cell { return Cell{Text: ShortID(get(e.(E))), Title: OrEmpty(get(e.(E)))} }
}

// cellIn is a cell of a row. A row already has its own ID in its data attribute. If this ID is a GUID, the cell does not repeat
// it, and the script shows it whole.
func (c Column) cellIn(zone Zone, e store.Entry) Cell {
	cell := c.zoned(zone, e)
	if c.Kind == kindID && cell.Title == e.Head().ID && store.IsGUID(cell.Title) {
		cell.Title = cell.Text
	}
	return cell
}

// zoned is a cell with its time in the zone of the viewer.
func (c Column) zoned(zone Zone, e store.Entry) Cell {
	cell := c.cell(e)
	if t, err := time.Parse(time.RFC3339Nano, cell.Text); c.isTime && err == nil {
		cell = Cell{Text: zone.Time(t), Title: zone.PreciseTime(t)}
	}
	return cell
}

// named shows a name, else the ID; the title has both.
func named(name, id func(*store.SignIn) string) func(store.Entry) Cell {
	return func(e store.Entry) Cell {
		s := e.(*store.SignIn)
		n, i := name(s), id(s)
		switch {
		case n == "" && i == "":
			return Cell{Empty, Empty}
		case n == "":
			return Cell{i, i}
		case i == "" || i == n:
			return Cell{n, n}
		}
		return Cell{n, n + " (" + i + ")"}
	}
}

var (
	dateColumn    = Column{Name: "date", Label: "Date", Kind: kindDate}
	requestColumn = Column{Name: "request", Label: "Request ID", Kind: kindID, draws: store.RequestID, holds: []*store.Property{store.RequestID}, cell: shortened(func(s *store.SignIn) string { return s.ID })}
	userColumn    = Column{Name: "user", Label: "User", Kind: kindText, draws: store.UserDisplayName, holds: []*store.Property{store.UserDisplayName}, cell: named(
		func(s *store.SignIn) string { return s.UserDisplayName },
		func(s *store.SignIn) string {
			if s.UserPrincipalName != "" {
				return s.UserPrincipalName
			}
			return s.UserID
		})}
	appColumn = Column{Name: "app", Label: "Application", Kind: kindText, draws: store.AppDisplayName, holds: []*store.Property{store.AppDisplayName}, cell: named(
		func(s *store.SignIn) string { return s.AppDisplayName }, func(s *store.SignIn) string { return s.AppID })}
	statusColumn   = Column{Name: "status", Label: "Status", Kind: kindStatus, draws: store.StatedStatus, holds: []*store.Property{store.StatedStatus, store.ErrorCode}}
	ipColumn       = Column{Name: "ip", Label: "IP address", Kind: kindIP, draws: store.IPAddress, holds: []*store.Property{store.IPAddress}, cell: plain(func(s *store.SignIn) string { return s.IPAddress })}
	firstIPColumn  = Column{Name: "ip", Label: "IP address", Kind: kindIP, Hint: tokenAddressNote, holds: ipColumn.holds, cell: ipColumn.cell}
	locationColumn = Column{Name: "location", Label: "Location", Kind: kindText, Hint: placeNote, draws: store.Location, holds: []*store.Property{store.CountryOrRegion, store.State, store.City}, cell: plain(Place)}
	caColumn       = Column{
		Name: "ca", Label: "Conditional Access", Kind: kindText, ConditionalAccess: true, Hint: conditionalAccessNote,
		draws: store.ConditionalAccessStatus, holds: []*store.Property{store.ConditionalAccessStatus},
		cell: plain(func(s *store.SignIn) string { return store.ConditionalAccessStatuses.Words(s.ConditionalAccessStatus) }),
	}
	requirementColumn = Column{
		Name: "requirement", Label: "Authentication requirement", Kind: kindText, Hint: requirementNote,
		draws: store.AuthenticationRequirement, holds: []*store.Property{store.AuthenticationRequirement},
		cell: plain(func(s *store.SignIn) string { return store.Requirements.Words(s.AuthenticationRequirement) }),
	}
	resourceColumn = Column{Name: "resource", Label: "Resource", Kind: kindText, draws: store.ResourceDisplayName, holds: []*store.Property{store.ResourceDisplayName}, cell: named(
		func(s *store.SignIn) string { return s.ResourceDisplayName }, func(s *store.SignIn) string { return s.ResourceID })}
	resourceIDColumn = Column{Name: "resourceid", Label: "Resource ID", Kind: kindID, holds: []*store.Property{store.ResourceID}, cell: shortened(func(s *store.SignIn) string { return s.ResourceID })}
	countColumn      = Column{Name: "count", Label: "# sign-ins", Kind: kindCount, Hint: "Sign-ins that are the same but for their time"}
	riskColumn       = Column{Name: "riskstate", Label: "Risk detection status", Kind: kindText, draws: store.RiskState, holds: []*store.Property{store.RiskState}, cell: plain(func(s *store.SignIn) string { return store.RiskStates.Words(s.RiskState) })}
	mfaColumn        = Column{Name: "mfarequired", Label: "MFA required", Kind: kindText, Hint: requirementNote, draws: store.AuthenticationRequirement, holds: []*store.Property{store.AuthenticationRequirement}, cell: plain(mfaRequired)}
)

// principalColumn and principalIDColumn name the client in the two logs without a user.
func principalColumn(what string) Column {
	return Column{Name: "sp", Label: what + " name", Kind: kindText, holds: []*store.Property{store.ServicePrincipalName}, cell: named(
		func(s *store.SignIn) string { return s.ServicePrincipalName }, func(s *store.SignIn) string { return s.ServicePrincipalID })}
}

func principalIDColumn(what string) Column {
	return Column{Name: "spid", Label: what + " ID", Kind: kindID, holds: []*store.Property{store.ServicePrincipalID}, cell: shortened(func(s *store.SignIn) string { return s.ServicePrincipalID })}
}

// mfaRequired gives the requirement in the words of the legacy view.
func mfaRequired(s *store.SignIn) string {
	switch {
	case s.AuthenticationRequirement == "":
		return ""
	case strings.EqualFold(s.AuthenticationRequirement, "multiFactorAuthentication"):
		return "Yes"
	}
	return "No"
}

// Columns gives the columns of the list in the order of the Entra portal. If columns can be chosen and were, it gives those after
// the date. If sign-ins of several tenants are stored, a column names the tenant.
func (l List) Columns(chosen []*store.Property, conditionalAccess, severalTenants bool) []Column {
	info := l.Info()
	if len(chosen) > 0 && !info.Grouped {
		return visible(l.columnsOf(chosen), conditionalAccess)
	}
	return visible(l.defaultColumns(severalTenants), conditionalAccess)
}

func (l List) defaultColumns(severalTenants bool) []Column {
	if l.choosesColumns() {
		return l.columnsOf(l.defaultProperties(severalTenants))
	}
	columns := slices.Clone(l.look().of(l.Log).Columns)
	if tenant := l.look().Tenant; severalTenants && tenant != nil {
		columns = slices.Insert(columns, len(columns)-1, l.look().propertyColumn(tenant.Properties[0])) // the count stays the last column
	}
	return columns
}

func visible(columns []Column, conditionalAccess bool) []Column {
	if conditionalAccess {
		return columns
	}
	var rest []Column
	for _, c := range columns {
		if !c.ConditionalAccess {
			rest = append(rest, c)
		}
	}
	return rest
}

// propertyColumn makes a column of any single-valued property.
func (l *Look) propertyColumn(p *store.Property) Column {
	if c, ok := l.Columns[p]; ok {
		return c
	}
	c := Column{Name: generalColumn, Label: p.Label, Kind: kindText, ConditionalAccess: p.Class == store.ConditionalAccess, isTime: p.Instant, holds: []*store.Property{p}}
	c.cell = plain(func(e store.Entry) string { return l.cellText(p, e) })
	if p.IsID() {
		c.Kind = kindID
		c.cell = shortened(func(e store.Entry) string { return propertyText(p, e) })
	}
	return c
}

// propertyText is a single-valued property as text; "" where it is empty.
func propertyText(p *store.Property, e store.Entry) string {
	switch {
	case p.Text != nil:
		return *p.Text(e)
	case p.Int != nil:
		if n := *p.Int(e); n.Set {
			return Integer(n)
		}
	case p.Bool != nil:
		if b := *p.Bool(e); b != store.Unset {
			return YesNo(b)
		}
	}
	return ""
}
