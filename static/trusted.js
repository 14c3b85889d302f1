// Where a browser knows Trusted Types, the policy of the pages (web/middleware.go) lets no string become markup or code. The
// exceptions are the two ways to make a document of its own, in which nothing runs and nothing is fetched: htmx and two modules
// read pages of ours with them. A policy can be made once, so no other script can allow more.
const documents = ['DOMParser parseFromString', 'Document parseHTMLUnsafe'];

globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text, type, sink) => (documents.includes(sink) ? text : null),
});
