package views

import "signpost/store"

// marks are notes about the record as a whole.
func (l *Look) marks(e store.Entry) (marks []Mark) {
	if e.Head().TimeIsIngestion {
		marks = append(marks, Mark{"ingestion", ingestionNote(l.Kind)})
	}
	if l.Marks != nil {
		marks = append(marks, l.Marks(e)...)
	}
	return marks
}

func signInMarks(e store.Entry) (marks []Mark) {
	s := e.(*store.SignIn)
	if s.LoggedInteractiveThen() {
		marks = append(marks, Mark{"not interactive", thenNote})
	}
	if s.Microsoft == store.True {
		marks = append(marks, Mark{"Microsoft", microsoftNote})
	}
	return marks
}
