// Where a browser knows Trusted Types, the policy of the pages (web/middleware.go) lets no string become markup or code. The one
// exception is DOMParser: what it makes is a document of its own, in which nothing runs and nothing is fetched. htmx and two
// modules read pages of ours with it. A policy can be made once, so no other script can allow more.
globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text, type, sink) => (sink === 'DOMParser parseFromString' ? text : null),
});
