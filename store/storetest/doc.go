// Package storetest is the conformance suite of engines. It has a plain store that is slow and obviously right, made-up
// sign-ins with the variety that breaks engines, and random questions. An engine's test calls Run, which compares its answers
// with those of the plain store.
package storetest
