// Package ask holds the questions that pages ask. It knows no requests and no pages.
//
// A question takes a Reader, what is asked, and the time where that matters. It gives a plain answer. The handlers in package web
// read a request, ask, and give the answer to a page of package views. A view draws answers, and may call what says which
// sign-ins a number counts, so that its link leads to the same ones. It never asks a Reader.
//
// # Terms
//
// What a page needs at one time is asked at one time (Together), each question with its deadline. All questions of a page see the
// state that its snapshot holds. A part of an answer may be missing while the rest stands: its Trouble says why, and OnFailure is
// told. An answer never holds what its viewer may not see, as the Reader does not give it.
package ask
