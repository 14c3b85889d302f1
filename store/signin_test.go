package store

import "testing"

func TestLoggedInteractiveThen(t *testing.T) {
	for _, tt := range []struct {
		log         Log
		interactive Bool
		want        bool
	}{
		{Interactive, False, true},
		{Interactive, True, false},
		{Interactive, Unset, false},
		{NonInteractive, False, false},
	} {
		s := SignIn{Log: tt.log, IsInteractive: tt.interactive}
		if got := s.LoggedInteractiveThen(); got != tt.want {
			t.Errorf("%s with isInteractive %d = %v, want %v", tt.log, tt.interactive, got, tt.want)
		}
	}
}

func TestOptionalValues(t *testing.T) {
	if got, want := IntOf(0), (Int{Set: true}); got != want {
		t.Errorf("IntOf(0) = %+v, want %+v", got, want)
	}
	if got, want := [2]Bool{BoolOf(true), BoolOf(false)}, [2]Bool{True, False}; got != want {
		t.Errorf("BoolOf(true), BoolOf(false) = %v, want %v", got, want)
	}
}
