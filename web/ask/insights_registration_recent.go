package ask

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

// recentDays is how far back methods count as recently registered.
const recentDays = 30

const recentName = "recent"

// The columns of the recently registered methods.
var (
	NumberNewMethods = &Number{Name: "new", Label: "New methods", Unit: InText, Definition: "Methods that an import of the last 30 days told, and the import before it did not. One that was removed again counts too."}
	NumberNewSince   = &Number{Name: "since", Label: "First told by the import of", Unit: InTime, Definition: "The time of the import that told the last of them first."}
)

// recentRegistrations are the users whom the card of recently registered methods counts.
var recentRegistrations = &InsightList{
	Name: recentName, Title: "Recently registered", One: "user", Many: "users", Object: store.ObjectUser, Undated: true,
	Definition: "Users for whom an import of the last 30 days told a method that the import before it did not. A choice of a method leaves those with this one among the new ones.",
	Columns:    []*Number{NumberPerson, NumberNewMethods, NumberNewSince, NumberRegisteredMethods, NumberIsAdmin, NumberUserKind},
	Sort:       NumberNewSince, Ask: listRecent,
}

// listRecent gives the users with a new method.
func listRecent(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	asked := registrationsQuery(q)
	asked.Method = "" // the new methods are what is chosen from: they may be gone again
	persons, err := r.NewMethods(ctx, q.Now.AddDate(0, 0, -recentDays), asked)
	if err != nil {
		return nil, err
	}
	method := q.Chosen[SwitchMethod.Param]
	var rows []InsightRow
	for i := range persons {
		p := &persons[i]
		if method != "" && !slices.ContainsFunc(p.New, func(m string) bool { return strings.EqualFold(m, method) }) {
			continue
		}
		rows = append(rows, InsightRow{ID: p.ID, Name: p.Name, Username: p.Username, Cells: []Cell{
			methodsCell(spelled(p.New)), timeCell(p.At), methodsCell(p.Methods), boolCell(p.Admin), wordedCell(p.UserType, userTypeWords),
		}})
	}
	return heldRows(q, rows), nil
}

// spelled gives methods as the report spells them.
func spelled(methods []string) (names []string) {
	for _, method := range methods {
		_, name := methodWords(method)
		names = append(names, name)
	}
	return names
}

// newMethodsCard counts users with a new method. A line leads to the users, where no method is chosen: a choice leaves users who have
// the method still.
func newMethodsCard(q *InsightQuery, fresh [2]map[string]int64, told store.StateTold) InsightCard {
	card := InsightCard{
		Name: "recent", Title: "Recently registered methods", None: "No import of the last 30 days told a method that the import before it did not.",
		Definition: "Users for whom an import of the last 30 days told a method that the import before it did not, and of these the last 7 days. Users who were imported for the first time do not count.",
	}
	for _, method := range byCount(fresh[1]) {
		words, name := methodWords(method)
		line := CardLine{
			Label: words,
			Text:  strconv.FormatInt(fresh[1][method], 10) + ", in 7 days " + strconv.FormatInt(fresh[0][method], 10),
		}
		if q.Chosen[SwitchMethod.Param] == "" {
			line.Address = registrationAddress(q, "list", recentName, SwitchMethod.Param, name)
		}
		card.Lines = append(card.Lines, line)
	}
	if len(card.Lines) > 0 {
		card.Lines = append(card.Lines, dateLines(told)...)
	}
	return card
}
