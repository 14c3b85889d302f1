// Package web answers the browser. It sees the logs through store.Store and people through auth, never an engine.
//
// routes.go has every address and the row of the authorization table it needs. The handler of an address stands in the file
// of its noun (/errors in errors.go, /me in me.go; users, groups and applications share directory_object.go; a list is
// logs.go, and its parts are logs_*.go). It reads the request, asks a question of package ask, and gives the answer to the
// page of the same noun in package views. A handler writes into memory: the answer goes out when it has returned and nothing
// of the store is held
// (outgoing.go). What one person, client or address may take is bounded in limits.go, fairly.go, connections.go and
// downloads.go.
package web
