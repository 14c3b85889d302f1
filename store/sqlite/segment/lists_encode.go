package segment

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zstd"
)

const listsVersion byte = 0x71

// AppendListText appends a list as the distances between its values, each a varint: equal bytes are equal lists.
func AppendListText(dst []byte, list []int64) []byte {
	before := int64(0)
	for _, v := range list {
		dst = binary.AppendUvarint(dst, uint64(v-before))
		before = v
	}
	return dst
}

// ReadListText reads what AppendListText wrote; anything else is ErrDamaged.
func ReadListText(text []byte) ([]int64, error) {
	var list []int64
	before := int64(0)
	for r := (reader{left: text}); len(r.left) > 0; {
		distance := r.uvarint()
		if r.err != nil || distance == 0 || distance > uint64(math.MaxInt64-before) {
			return nil, damaged("list")
		}
		before += int64(distance)
		list = append(list, before)
	}
	return list, nil
}

// Encode appends the column's encoding to dst; enc is from NewEncoder.
func (l *Lists) Encode(dst []byte, enc *zstd.Encoder) []byte {
	start := len(dst)
	dst = append(dst, listsVersion)
	dst = binary.AppendUvarint(dst, uint64(l.Len()))
	dst = binary.AppendUvarint(dst, uint64(len(l.ends)))
	dst = binary.AppendUvarint(dst, uint64(len(l.values)))
	dst = appendLong(dst, AppendListText(nil, l.values), enc)
	var lengths, distances []byte
	var places []int
	for number := range l.ends {
		places = l.AppendPlaces(places[:0], number)
		lengths = binary.AppendUvarint(lengths, uint64(len(places)))
		before := -1
		for _, place := range places {
			distances = binary.AppendUvarint(distances, uint64(place-before))
			before = place
		}
	}
	dst = appendLong(dst, lengths, enc)
	dst = appendLong(dst, distances, enc)
	if !l.numbers.Constant() {
		dst = l.numbers.appendCodes(dst, enc)
	}
	return seal(dst, start)
}

// appendLong appends data of any length: its length, and as many payloads as that takes.
func appendLong(dst, data []byte, enc *zstd.Encoder) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(data)))
	for len(data) > 0 {
		some := min(len(data), maxPayload)
		dst = appendPayload(dst, data[:some], enc)
		data = data[some:]
	}
	return dst
}

// maxLong bounds what appendLong wrote: the lists of 65,536 rows, each of 4,096 values of its own.
const maxLong = 4096 * MaxRows

// long reads what appendLong wrote. Memory is taken as it is filled: a length alone claims none.
func (r *reader) long(dec *zstd.Decoder) []byte {
	size := r.uvarint()
	if size > maxLong {
		r.fail("length of an array")
	}
	var data []byte
	for r.err == nil && uint64(len(data)) < size {
		some := min(int(size)-len(data), maxPayload)
		data = append(data, r.payload(some, some, dec)...)
	}
	return data
}

// DecodeLists decodes a list column of rows rows; dec is from NewDecoder. An error is ErrDamaged: b is not what Encode
// made of a column of that many rows.
func DecodeLists(b []byte, rows int, dec *zstd.Decoder) (*Lists, error) {
	r, err := open(b, listsVersion, rows)
	if err != nil {
		return nil, err
	}
	count, values := r.uvarint(), r.uvarint()
	if count > uint64(max(rows, 1)) || count == 0 && rows > 0 {
		return nil, damaged("number of lists")
	}
	l := &Lists{}
	if l.values, err = ReadListText(r.long(dec)); err != nil {
		return nil, err
	}
	if uint64(len(l.values)) != values {
		return nil, damaged("number of values")
	}
	l.readLists(r, int(count), dec)
	l.readNumbers(r, rows, int(count), dec)
	if err := r.end(); err != nil {
		return nil, err
	}
	l.noteEmpty()
	return l, nil
}

// readLists reads the lists and checks that each ascends and that they have every value: the bounds are values then.
func (l *Lists) readLists(r *reader, count int, dec *zstd.Decoder) {
	lengths, distances := reader{left: r.long(dec)}, reader{left: r.long(dec)}
	total := len(distances.left) // no place takes less than a byte
	if r.err != nil {
		return
	}
	l.ends = make([]int, 0, min(count, len(lengths.left)))
	l.makePlaces(total)
	used := make([]bool, len(l.values))
	at := 0
	for range count {
		length := lengths.uvarint()
		if lengths.err != nil || length > uint64(len(l.values)) || length > uint64(total-at) {
			r.fail("length of a list")
			return
		}
		place := -1
		for range length {
			distance := distances.uvarint()
			if distances.err != nil || distance == 0 || distance > uint64(len(l.values)-1-place) {
				r.fail("list")
				return
			}
			place += int(distance)
			used[place] = true
			l.setPlace(at, uint32(place))
			at++
		}
		l.ends = append(l.ends, at)
	}
	if lengths.end() != nil || distances.end() != nil {
		r.fail("lists")
		return
	}
	l.cutPlaces(at)
	for _, has := range used {
		if !has {
			r.fail("value of no list")
			return
		}
	}
}

// cutPlaces leaves n places.
func (l *Lists) cutPlaces(n int) {
	switch {
	case l.places8 != nil:
		l.places8 = append(make([]uint8, 0, n), l.places8[:n]...)
	case l.places16 != nil:
		l.places16 = append(make([]uint16, 0, n), l.places16[:n]...)
	default:
		l.places32 = append(make([]uint32, 0, n), l.places32[:n]...)
	}
}

// readNumbers reads the numbers of the rows' lists and checks that each list is a row's.
func (l *Lists) readNumbers(r *reader, rows, count int, dec *zstd.Decoder) {
	l.numbers = &Column{rows: rows}
	if count <= 1 {
		return
	}
	l.numbers.high = int64(count - 1)
	l.numbers.shape = dense16
	if count <= 1<<8 {
		l.numbers.shape = dense8
	}
	l.numbers.readCodes(r, count, dec)
	if r.err != nil {
		return
	}
	used := make([]bool, count)
	for row := range rows {
		used[l.numbers.Value(row)] = true
	}
	for _, has := range used {
		if !has {
			r.fail("list of no row")
			return
		}
	}
}
