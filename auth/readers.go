package auth

import "slices"

// And gives the rights that both people have.
func (r Rights) And(other Rights) Rights {
	r.also = append(slices.Clone(r.also), other)
	return r
}

// Readers are the owner and the recipient of a message. The message holds what both of them may see.
type Readers struct {
	// Owner set the message up; the zero Account for the portal itself.
	Owner Account
	// Recipient gets it. The zero Account stands for an address outside the portal, or a folder: see Outside.
	Recipient Account
	// Outside says that the message leaves the portal for somebody without an account. Then it holds what a Reports Reader sees.
	Outside bool
	// Why is the reason for the access log.
	Why string
}

// Accounts gives the accounts among the readers. The access log names the first one.
func (r Readers) Accounts() (list []Account) {
	for _, a := range []Account{r.Recipient, r.Owner} {
		if a.ID != 0 && !slices.ContainsFunc(list, func(b Account) bool { return a.ID == b.ID }) {
			list = append(list, a)
		}
	}
	return list
}

// Rights are the rights that all readers have. Nobody has any where there is no reader, or one is disabled.
func (r Readers) Rights() (rights Rights) {
	if r.Outside {
		rights = RightsOf([]Role{RoleReportsReader})
	}
	for _, a := range r.Accounts() {
		switch {
		case a.Disabled:
			return Rights{}
		case !rights.signedIn:
			rights = a.Rights()
		default:
			rights = rights.And(a.Rights())
		}
	}
	return rights
}
