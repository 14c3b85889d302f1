package storetest

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

func randomCase(n uint64, p *Plain) Case { return RandomCase(rand.New(rand.NewPCG(n, 4)), p) }

// keyed gives a plain store of the sign-ins; those at one instant keep the given order.
func keyed(signIns ...store.SignIn) *Plain {
	taken := map[store.Key]bool{}
	var records []store.Record
	for _, s := range signIns {
		r := Copy(s)
		for r.Key = store.KeyAt(s.Time); taken[r.Key]; r.Key = r.Key.Next() {
		}
		taken[r.Key] = true
		records = append(records, r)
	}
	return NewPlain(signInsOnly, records)
}

// A failed case can be asked again from its text.
func TestCaseReadsWhatItWrites(t *testing.T) {
	for _, plain := range []*Plain{keyed(MadeUp(1, 200)...), NewPlain(signInsOnly, nil)} {
		for n := range uint64(500) {
			c := randomCase(n, plain)
			again, err := ParseCase(signInsOnly, c.String())
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(c, again, gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".catalog" }, gocmp.Ignore())); diff != "" {
				t.Fatalf("%s (-written +read):\n%s", c, diff)
			}
		}
	}
	if _, err := ParseCase(signInsOnly, "page?nonsense=1"); err == nil {
		t.Error("a case with an unknown parameter is read")
	}
}

// A comparison of empty answers proves nothing: most cases must have an answer.
func TestRandomCasesHaveAnswers(t *testing.T) {
	plain := keyed(MadeUp(2, 400)...)
	answered, conditions, operators := map[Kind]int{}, 0, map[string]int{}
	for n := range uint64(4200) {
		c := randomCase(n, plain)
		text := strings.Join(Ask(t.Context(), plain, c), "\n")
		if strings.HasPrefix(text, "error: ") {
			t.Fatalf("%s: %s", c, text)
		}
		if len(text) > 60 {
			answered[c.Kind]++
		}
		for param := range c.Params {
			if _, suffix, found := strings.Cut(param, "."); found {
				operators[suffix]++
			}
		}
		conditions += len(c.list().Filter.Conditions())
	}
	for _, kind := range Kinds() {
		if kind != KindTotal && kind != KindNewest && kind != KindTenants && answered[kind] < 40 {
			t.Errorf("%d cases of kind %s have an answer", answered[kind], kind)
		}
	}
	if conditions < 2000 {
		t.Errorf("%d conditions", conditions)
	}
	for _, suffix := range []string{"not", "starts", "has", "empty"} {
		if operators[suffix] < 50 {
			t.Errorf("%d conditions with .%s", operators[suffix], suffix)
		}
	}
}

// Enough questions have several conditions on one list, in each form that a pair can take.
func TestRandomCasesAskPairs(t *testing.T) {
	plain := keyed(MadeUp(2, 400)...)
	asked := map[string]int{}
	for n := range uint64(3300) {
		byList := map[*store.List][]store.Condition{}
		for _, condition := range randomCase(n, plain).list().Filter.Conditions() {
			name := condition.Field.Name
			if list := condition.Field.List(); list != nil {
				byList[list] = append(byList[list], condition)
			} else if name == "flow" || name == "tenant" || condition.Field.Single {
				if condition.Field.Single {
					name = "a single property"
				}
				asked[name]++
			}
		}
		for _, conditions := range byList {
			fields, ways := map[*store.Field]bool{}, map[string]bool{"pair": true}
			for _, condition := range conditions {
				fields[condition.Field] = true
				ways["pair with ."+condition.Op.Suffix()] = true
				if len(condition.Values) > 1 {
					ways["pair with several values"] = true
				}
			}
			for way := range ways {
				if len(fields) > 1 {
					asked[way]++
				}
			}
		}
	}
	for what, least := range map[string]int{
		"pair": 300, "pair with .not": 80, "pair with .empty": 80, "pair with .starts": 30, "pair with .has": 30, "pair with several values": 80,
		"flow": 50, "tenant": 50, "a single property": 200,
	} {
		if asked[what] < least {
			t.Errorf("%d questions ask a %s, want %d", asked[what], what, least)
		}
	}
}

// The variety that the suite promises.
func TestMadeUpVariety(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(8) {
		signIns := MadeUp(seed, 400)
		instants := map[time.Time]int{}
		for i := range signIns {
			s := &signIns[i]
			count := func(what string, is bool) {
				if is {
					counts[what]++
				}
			}
			count(string(s.Log), true)
			instants[s.Time]++
			count("at one instant", instants[s.Time] > 1)
			count("seven digits", !s.Time.Equal(floor(s.Time)))
			count("before 2015", s.Time.Year() < 2015)
			count("id that is no GUID", len(s.ID) != 36)
			count("id in capitals", s.ID != strings.ToLower(s.ID))
			count("no code", !s.ErrorCode.Set)
			count("stated status", s.StatedStatus != "")
			count("name for want of an ID", s.UserID == "" && s.UserPrincipalName != "")
			count("nobody", s.UserID == "" && s.UserPrincipalName == "" && s.UserDisplayName == "" && s.ServicePrincipalID == "")
			count("IPv6", strings.Contains(s.IPAddress, ":"))
			count("no address", s.IPAddress == "")
			count("several policies", len(s.AppliedConditionalAccessPolicies) > 1)
		}
		for _, m := range keyed(signIns...).matching(store.ListQuery{Log: store.Interactive, Range: everything}) {
			if m.row().Line.Events > 1 {
				counts["line of several"]++
			}
			if m.row().Line.Events > 3 {
				counts["line of many"]++
			}
			if m.row().Line.Denied > 1 {
				counts["denied more than once"]++
			}
		}
		copies := Versions(seed, signIns)
		counts["copies"] += len(copies)
		for i := range copies {
			if copies[i].TimeIsIngestion {
				counts["undated copy"]++
			}
		}
	}
	for _, what := range []string{
		"interactive", "noninteractive", "serviceprincipal", "managedidentity", "at one instant", "seven digits", "before 2015",
		"id that is no GUID", "id in capitals", "no code", "stated status", "name for want of an ID", "nobody", "IPv6", "no address",
		"several policies", "line of several", "line of many", "denied more than once", "copies", "undated copy",
	} {
		if counts[what] < 5 {
			t.Errorf("%d sign-ins: %s", counts[what], what)
		}
	}
	if diff := gocmp.Diff(MadeUp(3, 50), MadeUp(3, 50)); diff != "" {
		t.Errorf("one seed makes two things up:\n%s", diff)
	}
	for _, s := range MadeUp(4, 100) {
		if back, err := Decode(s.Log, Copy(s).Versions[0].Doc); err != nil || gocmp.Diff(&s, back) != "" {
			t.Fatalf("a record reads back as another: %v\n%s", err, gocmp.Diff(&s, back))
		}
	}
}
