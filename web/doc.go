// Package web answers the browser. It sees the logs through store.Store and people through auth, never an engine.
//
// routes.go has every address and the row of the authorization table that it needs. The handler of an address stands in the
// file of its noun. So /errors is in errors.go, and /me in me.go. Users, groups and applications share directory_object.go.
// A list is in logs.go, and its parts are in logs_*.go. A handler reads the request, asks a question of package ask, and
// gives the answer to the page of the same noun in package views. It writes into memory. The answer goes out after the
// handler has returned and has released the store (outgoing.go). limits.go, fairly.go, connections.go and downloads.go bound
// the use by one person, client or address.
package web
