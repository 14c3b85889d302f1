// Package ask holds the questions that pages ask. It knows no requests and no pages.
//
// A question takes a Reader, its subject, and the time where that matters. It gives a plain answer. The handlers in package web
// read a request, ask, and give the answer to a page of package views. A view draws answers and never asks a Reader. It may call
// the functions that give the sign-ins behind a number, so that its link leads to the same ones.
//
// # Terms
//
// The questions that a page needs together run at the same time (Together), each with its deadline. All questions of a page see
// the state of its snapshot. A part of an answer may be missing while the rest stands. Its Trouble says why, and OnFailure is
// told. An answer never holds data that its viewer may not see, because the Reader does not give it.
package ask
