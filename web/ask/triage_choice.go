package ask

import (
	"errors"
	"net/url"
	"strconv"

	"signpost/auth"
)

// TriageChoice is an object in a form, with what the form's person saw: the version of what is kept, and the print of the imported risk.
type TriageChoice struct {
	Of    auth.TriageObject
	Seen  int64
	Print string
}

// These are the members of a choice in a form.
const (
	choiceKind  = "kind"
	choiceLog   = "log"
	choiceID    = "id"
	choiceSeen  = "seen"
	choicePrint = "risk"
)

// Choice is the object as the value of a control in a form.
func (t TriageTarget) Choice() TriageChoice {
	return TriageChoice{Of: t.Of, Seen: t.Kept.Version, Print: t.Risk.Print()}
}

// String is the choice as the value of a control.
func (c TriageChoice) String() string {
	v := url.Values{choiceKind: {string(c.Of.Kind)}, choiceID: {c.Of.ID}, choiceSeen: {strconv.FormatInt(c.Seen, 10)}, choicePrint: {c.Print}}
	if c.Of.Log != "" {
		v.Set(choiceLog, c.Of.Log)
	}
	return v.Encode()
}

// maxChoice bounds the bytes of a choice.
const maxChoice = 2000

var errNoChoice = errors.New("the value does not name an object")

// ParseTriageChoice reads the value of a control.
func ParseTriageChoice(text string) (TriageChoice, error) {
	if len(text) > maxChoice {
		return TriageChoice{}, errNoChoice
	}
	v, err := url.ParseQuery(text)
	if err != nil {
		return TriageChoice{}, errNoChoice
	}
	seen, err := strconv.ParseInt(v.Get(choiceSeen), 10, 64)
	c := TriageChoice{
		Of:   auth.TriageObject{Kind: auth.TriageKind(v.Get(choiceKind)), Log: v.Get(choiceLog), ID: v.Get(choiceID)},
		Seen: seen, Print: v.Get(choicePrint),
	}
	if err != nil || seen < 0 || !c.Of.IsWhole() || c.String() != text {
		return TriageChoice{}, errNoChoice
	}
	return c, nil
}
