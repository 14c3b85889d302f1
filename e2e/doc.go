// Package e2e holds the browser tests: they run the built binary on a made-up tenant and look at its
// pages as people do, with scripts and without. They need the build tag e2e and what `make test` installs.
package e2e
