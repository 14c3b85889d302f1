// Package rawjson walks JSON as bytes. It makes no tree: what it gives are slices of the text, so that a document can be
// checked, read, cut or written again to the letter. It knows nothing of what a document means.
//
// The terms:
//
//   - A value is an object, a list, a text, a number or a word (true, false, null).
//   - An object has members, each a key and a value. A list has items.
//   - A text is a JSON string. What stands between its quotation marks is its inside; escapes are still in it.
//   - A document is compact when no blank stands between its tokens.
//
// There are two ways to walk. The strict ones read text of which nothing is known: Scanner checks one value of a stream and
// copies it compact, Reader goes through a whole document token by token and tells where it is. Both take what RFC 8259
// allows and no more, for both read tokens with the same code. The quick ones read compact text that was checked before:
// EachMember and EachItem, and Members for a walk that stops in between or goes into an object.
//
// What is no UTF-8 inside a text is no error here. Scanner writes U+FFFD for it, once for a run of such bytes. Reader leaves
// the bytes, and Text.String has U+FFFD for each.
//
// How deep values may nest is the caller's to say: Scanner takes a bound, and a caller of Reader counts.
package rawjson
