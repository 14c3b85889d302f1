package views

import (
	"fmt"
	"strconv"
	"strings"

	"signpost/static"
)

// WidthsPath is the path of the style sheets of chosen widths. The name of a sheet has the width of every column in pixels, or
// 0 for one without a choice. A page may hold no style of its own. A sheet never changes, so a browser can store it for ever.
const WidthsPath = static.Prefix + "widths/"

// widthName is the name of the column in the preference of widths.
func (c Column) widthName() string {
	if c.Name == generalColumn {
		return c.holds[0].Name
	}
	return c.Name
}

// WidthColumn gives the column of the list with a name in the preference of widths.
func (l List) WidthColumn(name string) (column Column, ok bool) {
	columns := l.look().of(l.Log).Columns
	if l.choosesColumns() {
		columns = l.columnsOf(l.choosable(true))
	} else if tenant := l.look().Tenant; tenant != nil {
		columns = append(columns[:len(columns):len(columns)], l.look().propertyColumn(tenant.Properties[0]))
	}
	for _, c := range columns {
		if c.widthName() == name {
			return c, true
		}
	}
	return Column{}, false
}

// widthsURL is the address of the style sheet of the list's widths; "" if none was chosen.
func (p LogPage) widthsURL() string {
	var any bool
	var widths []string
	for _, c := range p.columns() {
		width := p.Widths[c.widthName()]
		any = any || width > 0
		widths = append(widths, strconv.Itoa(width))
	}
	if !any {
		return ""
	}
	return WidthsPath + strings.Join(widths, "-") + ".css"
}

// WidthsSheet is the style sheet of a list's widths, 0 for a column without a choice. A phone has cards instead of columns, and
// paper has its own widths. The script changes --w while somebody drags: see static/widths.js.
func WidthsSheet(widths []int) string {
	var sheet strings.Builder
	sheet.WriteString("@media screen and (min-width: 721px) {\n")
	for i, width := range widths {
		if width > 0 {
			fmt.Fprintf(&sheet, ".grid > * > tr > :nth-child(%d):not([colspan]) { --w: %dpx; box-sizing: border-box; width: var(--w); min-width: var(--w); max-width: var(--w); overflow: hidden; text-overflow: ellipsis; }\n", i+1, width)
			fmt.Fprintf(&sheet, ".grid > * > tr > :nth-child(%d) > .code { max-width: calc(100%% - 120px); }\n", i+1)
		}
	}
	if len(widths) > 0 && widths[len(widths)-1] > 0 {
		sheet.WriteString(".grid { width: auto; }\n") // every column has a width, so none can take the rest of the window
	}
	sheet.WriteString("}\n")
	return sheet.String()
}
