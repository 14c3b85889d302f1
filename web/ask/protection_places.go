package ask

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// The numbers of places.
var (
	NumberRiskySignIns = &Number{
		Name: "riskysignins", Label: "Risky sign-ins", Unit: InCount,
		Definition: "Sign-ins of users whose risk state is other than none, or that had a risk level of low, medium or high during the sign-in. Those with a hidden risk are left out.",
	}
	NumberPlaces = &Number{
		Name: "places", Label: "Places", Unit: InCount,
		Definition: "Different places of risky sign-ins, by city and country or region. Those that tell neither are no place.",
	}
)

// RiskPlace is a city with its country or region. Either may be empty: the sign-ins do not tell it.
type RiskPlace struct{ City, Country string }

// IsZero says that nothing is known of the place.
func (p RiskPlace) IsZero() bool { return p == RiskPlace{} }

// PlaceCount counts the risky sign-ins of a place. At is where it is, as far as it was asked for and a sign-in tells it.
type PlaceCount struct {
	RiskPlace
	N  int64
	At store.Coordinates
}

// RiskyPlaces are the places of risky sign-ins, the most frequent first. Countries sums them up by country or region; Unplaced counts
// the sign-ins that tell no place. Shown is how many places have been looked up for a map; MapTrouble says that some could not be.
type RiskyPlaces struct {
	Rows      []PlaceCount
	Countries []PlaceCount
	SignIns   int64
	Unplaced  int64
	Shown     int
	Complete  bool

	MapTrouble Trouble
}

// placesShown is how many places a map shows.
const placesShown = 40

// levelFilter narrows risky sign-ins to the level of the query.
func (q *ProtectionQuery) levelFilter() (f store.Filter) {
	if q.Level != "" {
		f = f.With(store.RiskSignInField, store.OpIs, q.Level)
	}
	return f
}

// inPlace narrows to the sign-ins of a place.
func inPlace(f store.Filter, p RiskPlace) store.Filter {
	for _, part := range []struct {
		field *store.Field
		value string
	}{{store.CityField, p.City}, {store.CountryField, p.Country}} {
		if part.value == "" {
			f = f.With(part.field, store.OpEmpty, "")
		} else {
			f = f.With(part.field, store.OpIs, part.value)
		}
	}
	return f
}

// placeLanes gives the risky sign-ins of the query's place.
func placeLanes(_ context.Context, _ Reader, q *ProtectionQuery) (lanes []store.ListQuery, err error) {
	for _, part := range RiskyParts(q.Range, q.levelFilter()) {
		list := part.Query
		if q.Place.City == AnyCity {
			list.Filter = inPlace(list.Filter, RiskPlace{Country: q.Place.Country}).WithoutField(store.CityField)
		} else {
			list.Filter = inPlace(list.Filter, q.Place)
		}
		lanes = append(lanes, list)
	}
	return lanes, nil
}

// AnyCity stands for all cities of a country, also for none.
const AnyCity = "*"

// askPlaces counts risky sign-ins by place, and finds where the first places are.
func (q *ProtectionQuery) askPlaces(ctx context.Context, r Reader) (p RiskyPlaces, err error) {
	logs := LogsOf(store.ObjectUser)
	var reasons []*placeCounts
	var questions []func(context.Context) error
	for _, part := range RiskyPartsOf(logs[0], q.Range, q.levelFilter()) { // those of the other logs have the same filters
		c := &placeCounts{logs: logs, in: q.Range, filter: part.Query.Filter, cities: map[RiskPlace]int64{}, totals: make([]store.Total, len(logs))}
		reasons = append(reasons, c)
		questions = append(questions, c.questions(r)...)
	}
	if err := Together(ctx, questions...); err != nil {
		return p, err
	}
	p.Complete = true
	places, countries := map[RiskPlace]*PlaceCount{}, map[RiskPlace]*PlaceCount{}
	for _, c := range reasons {
		p.Complete = p.Complete && c.complete()
		for _, t := range c.totals {
			p.SignIns += t.N
		}
		c.addTo(places, countries)
	}
	p.Rows, p.Countries, p.Unplaced = sortedPlaces(places), sortedPlaces(countries), p.SignIns
	for i := range p.Rows {
		p.Unplaced -= p.Rows[i].N
	}
	p.Shown = min(placesShown, len(p.Rows))
	// The numbers stand without the map.
	return p, r.Part(ctx, "where places of risky sign-ins are", q.locate(ctx, r, p.Rows[:p.Shown]), &p.MapTrouble)
}

// placeCounts are the sign-ins that are risky for one reason, by country and by city.
type placeCounts struct {
	logs   []store.Log
	in     store.Range
	filter store.Filter

	totals              []store.Total
	countries           []store.TableRow
	cities              map[RiskPlace]int64
	incomplete, partial bool // of the countries and of the cities
}

func (c *placeCounts) complete() bool {
	return !c.incomplete && !c.partial && !slices.ContainsFunc(c.totals, func(t store.Total) bool { return !t.Complete })
}

func (c *placeCounts) questions(r Reader) (questions []func(context.Context) error) {
	for i, log := range c.logs {
		questions = append(questions, func(ctx context.Context) (err error) {
			c.totals[i], err = r.Total(ctx, store.ListQuery{Log: log, Range: c.in, Filter: c.filter})
			return err
		})
	}
	return append(questions,
		func(ctx context.Context) (err error) {
			c.countries, _, c.incomplete, err = wholeTable(ctx, r, store.TableQuery{Logs: c.logs, Range: c.in, Filter: c.filter, By: store.CountryField, Limit: store.MaxTop})
			return err
		},
		func(ctx context.Context) error { return c.askCities(ctx, r) },
	)
}

// askCities counts by city and country. A table has few columns: further ones have the countries that the columns before lack.
func (c *placeCounts) askCities(ctx context.Context, r Reader) error {
	q := store.TableQuery{Logs: c.logs, Range: c.in, Filter: c.filter, By: store.CityField, Across: store.CountryField, Columns: store.MaxColumns, Limit: store.MaxTop}
	for first := true; ; first = false {
		rows, columns, incomplete, err := wholeTable(ctx, r, q)
		if err != nil {
			return err
		}
		c.partial = c.partial || incomplete
		var rest int64
		for _, row := range rows {
			rest += row.Rest
			if first {
				c.cities[RiskPlace{City: row.Value}] += row.None
			}
			for i, column := range columns {
				c.cities[RiskPlace{row.Value, column.Value}] += row.Cells[i]
			}
		}
		if rest == 0 || len(columns) == 0 {
			return nil
		}
		for _, column := range columns {
			q.Filter = q.Filter.With(store.CountryField, store.OpIsNot, column.Value)
		}
	}
}

// addTo adds the counts to those by place and by country. Values that differ in case alone are one.
func (c *placeCounts) addTo(places, countries map[RiskPlace]*PlaceCount) {
	add := func(to map[RiskPlace]*PlaceCount, p RiskPlace, n int64) {
		key := RiskPlace{store.FoldCase(p.City), store.FoldCase(p.Country)}
		switch found := to[key]; {
		case n == 0:
		case found == nil:
			to[key] = &PlaceCount{RiskPlace: p, N: n}
		default:
			found.N += n
		}
	}
	withCity := map[string]int64{}
	for p, n := range c.cities {
		withCity[store.FoldCase(p.Country)] += n
		add(places, p, n)
	}
	for _, row := range c.countries {
		p := RiskPlace{Country: row.Value}
		add(countries, p, row.Total())
		add(places, p, row.Total()-withCity[store.FoldCase(row.Value)])
	}
}

func sortedPlaces(of map[RiskPlace]*PlaceCount) (list []PlaceCount) {
	for _, p := range of {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b PlaceCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Country, b.Country), strings.Compare(a.City, b.City))
	})
	return list
}

// locate finds the coordinates of places. Only whole records have them, so it reads the newest of each place that is not known yet. A place
// that none of them locates is looked up again when a log has changed, and for another range. A reader with a scope looks it up each time.
func (q *ProtectionQuery) locate(ctx context.Context, r Reader, places []PlaceCount) error {
	version := ""
	if !q.InScope {
		var err error
		if version, err = versionsOf(ctx, LogsOf(store.ObjectUser)); err != nil {
			return err
		}
	}
	if version != "" {
		version += " " + cmp.Or(q.Range.Preset, fmt.Sprint(q.Range.From.UnixMicro(), q.Range.To.UnixMicro())) + " " + q.Level
	}
	var questions []func(context.Context) error
	for i := range places {
		p := &places[i]
		key := store.Place{City: p.City, CountryOrRegion: p.Country}
		if at, known := q.Atlas.find(key); known {
			p.At = at
			continue
		}
		if q.Atlas.isLacking(key, version) {
			continue
		}
		questions = append(questions, func(ctx context.Context) (err error) {
			switch p.At, err = q.locateOne(ctx, r, p.RiskPlace); {
			case err != nil:
			case p.At.Set:
				q.Atlas.add(key, p.At)
			default:
				q.Atlas.lacks(key, version)
			}
			return err
		})
	}
	return Together(ctx, questions...)
}

// versionsOf tells the content of some logs from any other; empty where that is not known.
func versionsOf(ctx context.Context, logs []store.Log) (string, error) {
	var all []string
	for _, log := range logs {
		version, ok, err := store.VersionOf(ctx, log)
		if err != nil || !ok {
			return "", err
		}
		all = append(all, version)
	}
	return strings.Join(all, " "), nil
}

// placeTries is how many risky sign-ins of a place are read in a log until one tells where it was.
const placeTries = 5

// locateOne reads the newest risky sign-ins of a place, first those of the range, then all: a town stays where it is.
func (q *ProtectionQuery) locateOne(ctx context.Context, r Reader, p RiskPlace) (store.Coordinates, error) {
	for _, part := range append(RiskyParts(q.Range, q.levelFilter()), RiskyParts(store.AllTime(), store.Filter{})...) {
		list := part.Query
		list.Filter, list.Limit = inPlace(list.Filter, p), placeTries
		page, err := r.Page(ctx, list)
		if err != nil {
			return store.Coordinates{}, err
		}
		for i := range page.Rows {
			head := page.Rows[i].Entry.Head()
			record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}})
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return store.Coordinates{}, err
			}
			if err == nil && record.SignIn().Coordinates.Set {
				return record.SignIn().Coordinates, nil
			}
		}
	}
	return store.Coordinates{}, nil
}
