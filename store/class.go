package store

// Class is data that only some roles may see, on every surface. Fields and whole logs have a class; the zero Class has no
// audience of its own.
type Class uint8

// The classes. No declared field or log is of the last three yet. The risk of a sign-in is part of its log, not of Risk.
const (
	NoClass           Class = iota
	ConditionalAccess       // what policies said of a sign-in
	Risk                    // Identity Protection's own records
	Activity                // what people did in Microsoft 365
	AttributeLog            // changes of custom security attributes
	classesEnd
)

// AllClasses gives every class with an audience of its own.
func AllClasses() []Class {
	var all []Class
	for c := ConditionalAccess; c < classesEnd; c++ {
		all = append(all, c)
	}
	return all
}

// String is the class in words.
func (c Class) String() string {
	switch c {
	case ConditionalAccess:
		return "Conditional Access data"
	case Risk:
		return "Identity Protection's records"
	case Activity:
		return "Microsoft 365 activity"
	case AttributeLog:
		return "custom security attributes"
	}
	return "log data"
}

// Classes is a set of classes; the zero value holds none.
type Classes uint32

// ClassesOf gives the set of some classes.
func ClassesOf(classes ...Class) (set Classes) {
	for _, c := range classes {
		if c != NoClass {
			set |= 1 << c
		}
	}
	return set
}

// Has says whether the class is in the set. NoClass is in none.
func (set Classes) Has(c Class) bool { return set&(1<<c) != 0 && c != NoClass }

// occur says whether any sign-in can hold data of the classes.
func (set Classes) occur() bool { return set&declaredClasses != 0 }

// declaredClasses are the classes that some property has.
var declaredClasses = func() (set Classes) {
	for _, p := range properties {
		set |= ClassesOf(p.Class)
	}
	return set
}()
