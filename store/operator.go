package store

import "strings"

// Operator is how a condition compares a field with its values.
type Operator uint8

// The operators, in the order a control offers them. OpEmpty and OpNotEmpty share the suffix .empty: the
// value yes or no tells them apart.
const (
	OpIs       Operator = iota // any value of the field is a wanted one
	OpIsNot                    // none is, so a sign-in without a value passes
	OpStarts                   // any value starts with a wanted text
	OpHas                      // any value contains a wanted text
	OpEmpty                    // there is no value at all
	OpNotEmpty                 // there is some value
)

// Operators gives every operator.
func Operators() []Operator {
	return []Operator{OpIs, OpIsNot, OpStarts, OpHas, OpEmpty, OpNotEmpty}
}

// Suffix is what a parameter has behind FIELD and a full stop; empty for is.
func (o Operator) Suffix() string {
	switch o {
	case OpIsNot:
		return "not"
	case OpStarts:
		return "starts"
	case OpHas:
		return "has"
	case OpEmpty, OpNotEmpty:
		return "empty"
	}
	return ""
}

// Label is the operator in words, to stand between the field and the value.
func (o Operator) Label() string {
	switch o {
	case OpIsNot:
		return "is not"
	case OpStarts:
		return "starts with"
	case OpHas:
		return "contains"
	case OpEmpty:
		return "is empty"
	case OpNotEmpty:
		return "is not empty"
	}
	return "is"
}

// TakesValue says that a value is to be given; is empty and is not empty are whole without one.
func (o Operator) TakesValue() bool { return o != OpEmpty && o != OpNotEmpty }

// Negative says that the condition must hold beside all others of its field. Of the positive ones (is,
// starts with, contains, is empty) one that holds is enough.
func (o Operator) Negative() bool { return o == OpIsNot || o == OpNotEmpty }

// Inverted says that the condition holds where no value of the field passes Condition.MatchText and its
// siblings; the others hold where any value does.
func (o Operator) Inverted() bool { return o == OpIsNot || o == OpEmpty }

// emptyValue is the value of .empty that the operator stands for.
func (o Operator) emptyValue() string {
	if o == OpNotEmpty {
		return "no"
	}
	return "yes"
}

// operatorOf reads a suffix; .empty is OpEmpty until its value is read.
func operatorOf(suffix string) (Operator, bool) {
	for _, o := range []Operator{OpIsNot, OpStarts, OpHas, OpEmpty} {
		if o.Suffix() == suffix {
			return o, true
		}
	}
	return OpIs, false
}

var (
	textOperators   = Operators()
	uniqueOperators = []Operator{OpIs, OpIsNot, OpStarts, OpEmpty, OpNotEmpty}
	closedOperators = []Operator{OpIs, OpIsNot, OpEmpty, OpNotEmpty}
	memberOperators = []Operator{OpIs, OpIsNot}
)

// Operators gives the operators that make sense for the field. The slice must not be changed.
func (f *Field) Operators() []Operator {
	switch {
	case f.Members:
		return memberOperators
	case f.Unique:
		return uniqueOperators
	case f.Closed:
		return closedOperators
	}
	return textOperators
}

// Knows says whether the operator makes sense for the field.
func (f *Field) Knows(op Operator) bool {
	for _, o := range f.Operators() {
		if o == op {
			return true
		}
	}
	return false
}

// Param is the name of the query parameter of the field and operator.
func (f *Field) Param(op Operator) string {
	if suffix := op.Suffix(); suffix != "" {
		return f.Name + "." + suffix
	}
	return f.Name
}

// operatorsInWords lists what the field knows, for the message about what it does not.
func (f *Field) operatorsInWords() string {
	var labels []string
	for _, o := range f.Operators() {
		if o != OpNotEmpty { // .empty=no, told together with .empty=yes
			labels = append(labels, o.Label())
		}
	}
	last := len(labels) - 1
	return strings.Join(labels[:last], ", ") + " and " + labels[last]
}
