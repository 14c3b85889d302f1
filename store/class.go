package store

// Class is data that only some roles may see, on every page and in every file. Fields and whole logs have a class.
// The zero Class is for data without an audience of its own.
type Class uint8

// The classes. The risk fields of a sign-in are part of its log, and not of Risk.
const (
	NoClass           Class = iota
	ConditionalAccess       // results of policies at a sign-in
	Risk                    // Identity Protection's own records
	Activity                // actions of people in Microsoft 365
	AttributeLog            // changes of custom security attributes
	Secret                  // values of changes that describe a credential
	AccessLog               // the portal's own log of who looked
	Content                 // names of files, folders and mails in Microsoft 365 activity
	TenantLogs              // the logs that have no other class: all who read logs may read them
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

// String names the class in words.
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
	case AccessLog:
		return "the access log"
	case Content:
		return "names of files, folders and mails"
	case Secret:
		return "values of credentials"
	}
	return "the tenant's logs"
}

// Classes is a set of classes; the zero value is empty.
type Classes uint32

// ClassesOf gives the set of these classes.
func ClassesOf(classes ...Class) (set Classes) {
	for _, c := range classes {
		if c != NoClass {
			set |= 1 << c
		}
	}
	return set
}

// Without gives the set without a class.
func (set Classes) Without(c Class) Classes { return set &^ (1 << c) }

// Has tells whether the class is in the set; NoClass never is.
func (set Classes) Has(c Class) bool { return set&(1<<c) != 0 && c != NoClass }
