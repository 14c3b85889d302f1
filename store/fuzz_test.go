package store

import (
	"net/url"
	"reflect"
	"testing"
)

// FuzzParseFilter reads any query: what it gives must read back the same and be of bounded size, and
// asking whether sign-ins pass must not fail.
func FuzzParseFilter(f *testing.F) {
	for _, query := range []string{
		"user=Ada&user=ada&user.not=bob&user.empty=no", "ip=192.0.2.0/24&ip=2001:db8:&ip.has=::&ip=:", "client=legacy&client.has=;",
		"request.starts=ABC&token=Zm9v&correlation.empty=yes", "error=AADSTS050126&anyerror.not=0", "ingested=2026-11-23T14:05:09.1234567%2B01:00",
		"city=%C4%B0&city=i&city=%FF&city=%FE", "status.has=x&group.empty=yes&.=&a.b=c", "mfa=Denied&ca.not=notapplied&gsa=TRUE",
		"ip=::ffff:192.0.2.0/120&ip=FE80::1%25eth0&ip=0:0:0:0:&ip=00db8::",
	} {
		f.Add(query)
	}
	signIns := variedSignIns(20)
	f.Fuzz(func(t *testing.T, query string) {
		params, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		filter, bad := SignIns.ParseFilter(params, "range")
		if len(bad) > MaxFilterValues+2 {
			t.Errorf("%d messages", len(bad))
		}
		again, bad := SignIns.ParseFilter(filter.Values())
		if len(bad) > 0 || !reflect.DeepEqual(again, filter) {
			t.Errorf("%v reads back as %v, %v", filter.Values(), again.Values(), bad)
		}
		for _, c := range filter.Conditions() {
			rebuilt := filter.WithoutField(c.Field)
			if len(rebuilt.Conditions()) >= len(filter.Conditions()) {
				t.Errorf("%s is not taken out", c.Field.Name)
			}
			for _, value := range c.Values {
				if same := filter.With(c.Field, c.Op, value); !reflect.DeepEqual(same, filter) {
					t.Errorf("%v with what it has is %v", filter.Values(), same.Values())
				}
			}
		}
		for i := range signIns {
			if filter.Match(&signIns[i]) != filter.MatchLine([]Entry{&signIns[i]}) {
				t.Error("a line of one event is not that event")
			}
		}
		filter.MatchLine([]Entry{&signIns[0], &signIns[1]})
	})
}
